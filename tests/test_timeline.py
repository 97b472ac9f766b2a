"""Players that do several things in a shot: in their order, without a jump, a slide or a sound that is not seen."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.players.company import fill
from openhorse.engines.procedural.players.order import in_order
from openhorse.engines.procedural.players.player import Casting, Player
from openhorse.engines.procedural.players.puppet import Puppet
from openhorse.engines.procedural.players.timeline import Span, Timeline, timeline_of

MOMENTS = np.arange(0, 5, 1 / 24).tolist()


def player(kind: str, *actions: str) -> Player:
    """The player of a part of five seconds."""
    found = fill(Casting(Character(kind, actions=actions), seed=3))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (("run", "stop", "sit"), (("run",), ("stop",), ("sit",))),
        (("sit", "read"), (("sit", "read"),)),
        (("walk", "sit", "drink"), (("walk",), ("sit", "drink"))),
        (("walk", "talk"), (("walk", "talk"),)),
        (("stand", "read"), (("read",),)),
        (("come", "stop"), (("come",), ("stop",))),
        ((), ()),
    ],
)
def test_what_goes_together_is_one_act(actions: tuple[str, ...], expected: tuple[tuple[str, ...], ...]) -> None:
    """Who sits and reads does one thing; who walks and sits does two."""
    assert in_order(actions, 5) == expected


def test_a_short_shot_leaves_pauses_out_first() -> None:
    """Two seconds are enough to run and to sit, not to stop in between."""
    assert in_order(("run", "stop", "sit"), 2) == (("run",), ("sit",))


def test_one_eases_to_a_stop_and_stays() -> None:
    """The way has no jump, its speed falls without a jump, and once the next act has begun nobody moves."""
    timeline = Timeline((Span("runs", 5.0, 2.0), Span("sits")), 5)
    ways = [timeline.gone(t) for t in MOMENTS]
    speeds = [24 * (b - a) for a, b in itertools.pairwise(ways)]
    assert max(abs(b - a) for a, b in itertools.pairwise(speeds)) < 0.9
    assert speeds[0] == pytest.approx(5.0, rel=0.01)
    assert timeline.gone(timeline.starts[1]) == pytest.approx(timeline.gone(5.0))
    assert timeline.falls((0.0, 0.5), 0, 5)[-1][0] < timeline.starts[1]


def test_between_walls_nobody_goes_farther_than_there_is_room() -> None:
    """The way is shorter, and the time saved is spent at rest."""
    free, bound = (Timeline((Span("walks", 1.2, 1.2), Span("sits")), 5, room) for room in (99.0, 1.5))
    assert bound.gone(5.0) <= 1.5 < free.gone(5.0)
    assert bound.starts[1] < free.starts[1]


@pytest.mark.parametrize(
    ("kind", "actions", "says"),
    [
        ("dog", ("run", "stop", "sit"), "a dog runs, stands, sits"),
        ("horse", ("run", "stop", "rear"), "a horse runs, stands, rears"),
        ("woman", ("walk", "turn", "wave"), "a woman walks, turns round, waves"),
        ("bird", ("land", "jump"), "a bird flies, hops"),
        ("car", ("drive", "stop"), "a car drives, stops"),
        ("robot", ("walk", "stop", "wave"), "a robot walks, stands, waves"),
    ],
)
def test_everybody_does_one_thing_after_the_other(kind: str, actions: tuple[str, ...], says: str) -> None:
    """The player tells so, its timeline ends where it rests, and it steps only while it goes."""
    one = player(kind, *actions)
    timeline = timeline_of(one)
    assert f"{one.name} {one.does}" == says
    assert timeline is not None
    late = timeline.starts[-1] + 0.3
    if kind != "bird":  # which goes on hopping
        assert timeline.gone(4.9) - timeline.gone(late) == pytest.approx(0, abs=1e-6)
        assert not [touch for touch in one.touches(late, 5.0) if touch.kind == "step-soft"]
    joined = [*one.touches(0.0, 1.7), *one.touches(1.7, 5.0)]
    assert [touch.at for touch in joined] == [touch.at for touch in one.touches(0.0, 5.0)]


@pytest.mark.parametrize(
    ("kind", "actions", "most"), [("woman", ("walk", "wave"), 0.001), ("dog", ("walk", "stop", "sit"), 0.0045)]
)
def test_feet_on_the_ground_do_not_slide_while_one_slows_down(kind: str, actions: tuple[str, ...], most: float) -> None:
    """From one picture to the next a bearing foot moves by no more than a small part of a step."""
    one = player(kind, *actions)
    timeline = timeline_of(one)
    assert timeline is not None
    slides = []
    for before, after in itertools.pairwise([t for t in MOMENTS if t < timeline.starts[1] + 0.5]):
        way = timeline.gone(after) - timeline.gone(before)
        for first, second in zip(list(one.feet(before))[:2], list(one.feet(after))[:2], strict=True):
            if max(first.above, second.above) < 0.012 * one.tall:
                across = 1.0 if kind == "dog" else 0.913  # a walker is turned to us by 0.42
                slides.append(abs((second.ahead - first.ahead) * across + way) / one.tall)
    assert len(slides) > 20
    assert float(np.mean(slides)) < most


def test_a_posture_never_jumps() -> None:
    """No bone of somebody who walks, stops and waves moves farther in a frame than a quick hand does."""
    one = player("woman", "walk", "stop", "wave")
    assert isinstance(one, Puppet)
    bones = np.array([one.pose(one.time(t)) for t in MOMENTS])
    hips = bones[:, 0, :, 3]
    assert np.abs(np.diff(hips, axis=0)).max() < 0.06
