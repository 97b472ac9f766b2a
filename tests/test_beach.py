"""The beach: every hour, weather and frame size, the same bits every time, and a score that fits the picture."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from openhorse.engines.procedural.beach.scene import Beach
from openhorse.engines.procedural.beach.shore import Tide
from openhorse.engines.procedural.brief import Brief, Hour, Move, Place, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.players.quadruped import pose
from openhorse.vocabulary import Frame, Ratio, Tier, frame_size

BRIEF = Brief(
    "a golden retriever running on a beach",
    place=Place.BEACH,
    subjects=("dog/golden",),
    actions=frozenset({"run"}),
    slow_motion=True,
    tone="warm",
)


def shot(width: int = 320, height: int = 180, seed: int = 7, **changes: object) -> Shot:
    """A three-second shot of the seed prompt, `changes` made to its brief."""
    return Shot(width, height, 3, seed, replace(BRIEF, **changes))  # type: ignore[arg-type]


def digest(frame: Frame) -> str:
    """A frame's fingerprint."""
    return hashlib.sha256(bytes(frame.y) + bytes(frame.u) + bytes(frame.v)).hexdigest()


def picture(scene: Beach, index: int = 10) -> np.ndarray:
    """One frame as RGB, 0…255, in floats."""
    return to_rgb(scene.frame(index), scene.shot.width, scene.shot.height).astype(np.float32)


def test_the_same_shot_gives_the_same_bits() -> None:
    """Two scenes of one shot agree, and a frame does not depend on which were drawn before it."""
    first, second = Beach(shot()), Beach(shot())
    frames = [digest(first.frame(index)) for index in (0, 4, 5)]
    assert digest(second.frame(5)) == frames[2]
    assert digest(second.frame(0)) == frames[0]
    assert len(set(frames)) == 3


def test_the_seed_changes_the_picture() -> None:
    """Another seed has other clouds and waves."""
    assert digest(Beach(shot(seed=1)).frame(0)) != digest(Beach(shot(seed=2)).frame(0))


@pytest.mark.parametrize("ratio", list(Ratio), ids=lambda ratio: ratio.value)
def test_every_ratio_has_a_whole_animal_in_the_frame(ratio: Ratio) -> None:
    """The dog is in the frame from tail to nose, on ground below the horizon, large, at every ratio."""
    width, height = (side // 8 * 2 for side in frame_size(Tier.P720, ratio.fraction))
    scene = Beach(shot(width, height))
    frame = scene.frame(6)
    assert (len(bytes(frame.y)), len(bytes(frame.u))) == (width * height, width * height // 4)
    runner = scene.runner
    assert runner is not None
    left, right = (scene._x + side * scene._metre for side in (runner.left, runner.right))
    assert -0.02 * width < left < right < 1.02 * width
    assert right - left > 0.3 * width
    assert scene._horizon < scene._ground < 0.95 * height
    assert scene._ground - runner.top * scene._metre > 0


@pytest.mark.parametrize("size", [(366, 158), (158, 366), (236, 550), (278, 208), (34, 22)])
def test_odd_even_sizes_are_drawn(size: tuple[int, int]) -> None:
    """Sides that are even but not divisible by four are fine, and pictures are not flat."""
    image = picture(Beach(shot(*size)))
    assert image.shape == (size[1], size[0], 3)
    assert image.std() > 10


def test_hours_differ_as_one_expects() -> None:
    """Dusk is warm and the default, day is blue above, night is dark."""
    images = {hour: picture(Beach(shot(subjects=(), hour=hour))) for hour in Hour}
    top = {hour: image[: len(image) // 3].mean(axis=(0, 1)) for hour, image in images.items()}
    assert top[Hour.DUSK][0] > top[Hour.DUSK][2] * 1.2
    assert top[Hour.DAY][2] > top[Hour.DAY][0] * 1.1
    assert images[Hour.NIGHT].mean() < 0.75 * images[Hour.DAY].mean()
    assert images[Hour.DAWN].mean() > images[Hour.NIGHT].mean()
    assert np.array_equal(images[Hour.DUSK], picture(Beach(shot(subjects=(), hour=None))))


def test_weather_and_tone_change_the_picture() -> None:
    """Rain, clouds, mist, and cool tones are seen; a cool tone without an hour is a day by the sea."""
    plain = picture(Beach(shot(subjects=())))
    for weather in ("rain", "clouds", "mist"):
        changed = picture(Beach(shot(subjects=(), weather=frozenset({weather}))))
        assert np.abs(changed - plain).mean() > 2, weather
    assert Beach(shot(tone="cool")).hour is Hour.DAY


@pytest.mark.parametrize("move", list(Move), ids=lambda move: move.value)
def test_camera_moves_carry_on_through_the_shot(move: Move) -> None:
    """Every move draws its first and last frames, and all but the static one move the horizon or the frame's centre."""
    scene = Beach(shot(subjects=(), move=move))
    first, last = scene._camera(0.0), scene._camera(1.0)
    assert (first != last) == (move.plain is not Move.STATIC)
    assert digest(scene.frame(0)) != digest(scene.frame(scene.shot.frame_count - 1))


def test_the_animal_is_drawn_over_the_beach() -> None:
    """With a dog, the middle of the frame is another than without; an animal we lack is left out and said so."""
    with_dog, person = Beach(shot()), Beach(shot(subjects=("person",)))
    assert np.abs(picture(with_dog) - picture(person))[60:150, 90:220].mean() > 10
    assert any("golden retriever" in note for note in with_dog.notes)
    assert person.runner is None
    assert any("person" in note for note in person.notes)


def test_slow_motion_halves_the_gait() -> None:
    """A slow-motion dog takes twice as long for a stride, and its water as long for a wave."""
    slow, fast = Beach(shot()), Beach(shot(slow_motion=False))
    assert slow.runner is not None and fast.runner is not None
    assert slow.runner.cycle == pytest.approx(2 * fast.runner.cycle)
    slow_waves, fast_waves = slow.score().beds[0], fast.score().beds[0]
    assert slow_waves.period == pytest.approx(2 * (fast_waves.period or 0))


def test_steps_are_heard_when_feet_land() -> None:
    """At each step's moment a foot has just come down that was in the air before, and every landing is heard."""
    scene = Beach(shot())
    runner = scene.runner
    assert runner is not None
    steps = [hit for hit in scene.score().hits if hit.kind == "step-sand"]
    assert len(steps) >= 4
    for hit in steps:
        before, after = (
            [foot.down for foot in pose(runner.build, runner.gait, at / runner.cycle + runner.phase).feet]
            for at in (hit.at - 1e-4, hit.at + 1e-4)
        )
        assert sum(after) == sum(before) + 1
    assert all(0 <= hit.at < 3 and 0 <= hit.pan <= 1 for hit in scene.score().hits)
    assert any(hit.kind == "pant" for hit in scene.score().hits)


def test_the_waves_that_are_heard_are_those_that_are_seen() -> None:
    """A wave is heard to break, in the film's own seconds, while the drawn edge runs up the sand at its fastest."""
    scene = Beach(shot())
    bed = scene.score().beds[0]
    assert bed.kind == "waves" and bed.period is not None
    tide, rate = scene._tide, 0.5

    def run_up(t: float) -> float:
        return tide.edge(t * rate) - tide.edge((t + 0.01) * rate)

    for wave in range(3):
        at = bed.phase + wave * bed.period
        fastest = max(run_up(at + k / 20 * bed.period) for k in range(20))
        assert run_up(at) > 0.6 * fastest


def test_the_tide_runs_up_once_a_period() -> None:
    """The water's edge comes nearest once in each period and repeats."""
    tide = Tide(5.0, 0.2, 1.0)
    edges = [tide.edge(k * 0.05) for k in range(100)]
    assert tide.edge(0.3) == pytest.approx(tide.edge(5.3))
    turns = sum(edges[k - 1] > edges[k] <= edges[(k + 1) % 100] for k in range(100))
    assert turns == 1


def test_silence_and_no_music_are_honoured() -> None:
    """A silent brief has an empty score; one without music has beds and no mood."""
    assert Beach(shot(silent=True)).score().is_silent
    quiet = Beach(shot(music=False)).score()
    assert quiet.mood is None and quiet.beds
    assert Beach(shot()).score().mood == "warm"
