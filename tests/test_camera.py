"""The camera of a still scene: every move is seen to be that move, eased, in any picture, without bare borders."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural import direction
from openhorse.engines.procedural.brief import Brief, Move, Shot
from openhorse.engines.procedural.easing import eased
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.still.camera import plan
from openhorse.engines.procedural.still.scene import Still
from openhorse.vocabulary import Mode, Order, Picture, Ratio, Tier

Pixels = NDArray[np.uint8]
SIZE = (320, 180)


def picture_of(pixels: Pixels) -> Picture:
    """A vetted picture of RGB pixels."""
    rgba = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    return Picture(pixels.shape[1], pixels.shape[0], np.ascontiguousarray(rgba).data, False)


def speckled(low: int, high: int, seed: int = 1, size: tuple[int, int] = SIZE) -> Pixels:
    """Coloured spots in which any motion can be followed."""
    random = np.random.default_rng(seed)
    spots = random.integers(low, high, (size[1] // 9, size[0] // 9, 3)).astype(np.uint8)
    return cv2.resize(spots, size, interpolation=cv2.INTER_CUBIC)


def wall() -> Pixels:
    """A spotted surface without sky or subject."""
    return speckled(40, 200)


def valley() -> Pixels:
    """A smooth blue sky over spotted ground."""
    picture = speckled(60, 150, 2)
    picture[:80] = np.linspace((90, 140, 220), (190, 210, 235), 80)[:, None]
    return picture


def jar() -> Pixels:
    """A spotted jar on a light wall that is not quite even."""
    picture = np.clip(speckled(150, 190, 3).astype(np.int32), 70, 255).astype(np.uint8)
    spots = speckled(60, 255, 4)
    spots[..., 2] = 60
    picture[50:150, 120:200] = spots[50:150, 120:200]
    return picture


PICTURES = {"wall": wall, "valley": valley, "jar": jar}


def scene_of(pixels: Pixels, move: Move | None, **more: object) -> Still:
    """A five-second scene in which the light keeps still, so that only motion changes it."""
    scene = Still(Shot(*SIZE, 5, 3, Brief("", move=move, **more)), picture_of(pixels))  # type: ignore[arg-type]
    scene._shine._depth = 0.0
    return scene


def followed(scene: Still, places: list[tuple[float, float]], first: int, last: int) -> NDArray[np.float32]:
    """How far what is at `places` (x, y) in frame `first` has gone by frame `last`, in pixels: one (x, y) for each."""
    at = start = np.array(places, np.float32).reshape(-1, 1, 2)
    before = cv2.cvtColor(scene.rgb(first).copy(), cv2.COLOR_RGB2GRAY)
    for index in range(first + 4, last + 1, 4):
        after = cv2.cvtColor(scene.rgb(index).copy(), cv2.COLOR_RGB2GRAY)
        at, _, _ = cv2.calcOpticalFlowPyrLK(before, after, at, None, winSize=(25, 25), maxLevel=2)  # type: ignore[call-overload]
        before = after
    gone: NDArray[np.float32] = (at - start).reshape(-1, 2)
    return gone


def spread(gone: NDArray[np.float32], places: list[tuple[float, float]]) -> float:
    """By how much the places have been enlarged about their middle: nought when they keep their distances."""
    where = np.array(places, np.float32)
    where = where - where.mean(0)
    moved = gone - gone.mean(0)
    return float((moved * where).sum() / (where * where).sum())


def square(x: float, y: float, half: float) -> list[tuple[float, float]]:
    """The corners of a square."""
    return [(x + dx * half, y + dy * half) for dx in (-1, 1) for dy in (-1, 1)]


@pytest.mark.parametrize("name", ["wall", "valley"])
@pytest.mark.parametrize(
    ("move", "way"),
    [
        (Move.PAN_RIGHT, (-1, 0)),
        (Move.PAN_LEFT, (1, 0)),
        (Move.TRACK_RIGHT, (-1, 0)),
        (Move.TRACK_LEFT, (1, 0)),
        (Move.TILT_UP, (0, 1)),
        (Move.TILT_DOWN, (0, -1)),
        (Move.CRANE_UP, (0, 1)),
        (Move.CRANE_DOWN, (0, -1)),
    ],
)
def test_a_camera_that_goes_somewhere_moves_the_picture_the_other_way(
    name: str, move: Move, way: tuple[int, int]
) -> None:
    """From when there is room for it on, the ground goes against the camera by a good part of the frame."""
    scene = scene_of(PICTURES[name](), move)
    x, y = np.median(followed(scene, square(160, 130, 20), 48, 116), axis=0) / SIZE
    assert x * way[0] + y * way[1] > 0.03
    assert scene.notes[1].startswith("the camera ")


def test_pushing_in_enlarges_and_pulling_out_shrinks() -> None:
    """In pictures with and without a subject, by several parts in a hundred."""
    for make in (wall, jar):
        corners = square(160, 100, 26)
        pushed, pulled = (scene_of(make(), move) for move in (Move.PUSH_IN, Move.PULL_OUT))
        assert spread(followed(pushed, corners, 0, 116), corners) > 0.08, make.__name__
        assert spread(followed(pulled, corners, 0, 116), corners) < -0.06, make.__name__


def test_what_is_near_passes_faster() -> None:
    """A tracking camera shifts the foreground much more than the horizon, a pan hardly more."""
    ratio = {}
    for move in (Move.TRACK_RIGHT, Move.PAN_RIGHT):
        near, far = followed(scene_of(valley(), move), [(160, 150), (160, 98)], 48, 116)
        ratio[move] = near[0] / far[0]
    assert ratio[Move.TRACK_RIGHT] > 1.4
    assert ratio[Move.TRACK_RIGHT] > 1.2 * ratio[Move.PAN_RIGHT]


@pytest.mark.parametrize(("move", "side"), [(Move.ORBIT_RIGHT, 1), (Move.ORBIT_LEFT, -1)])
def test_an_orbit_turns_the_ground_about_the_subject(move: Move, side: int) -> None:
    """What is behind a subject goes with the camera, the subject does not."""
    scene = scene_of(jar(), move)
    assert scene.treatment.kind == "figure"
    gone = followed(scene, [(50, 60), (260, 60), (150, 90), (170, 90), (160, 110)], 48, 116)[:, 0]
    assert side * (np.median(gone[:2]) - np.median(gone[2:])) > 4


def test_a_hand_is_never_still_and_a_tripod_is() -> None:
    """Handheld motion goes to and fro; a static camera leaves a wall where it is."""
    held = scene_of(wall(), Move.HANDHELD)
    steps = np.array([followed(held, square(160, 90, 30), index, index + 8).mean(0) for index in range(40, 104, 8)])
    assert np.abs(steps).max() > 0.5
    assert (steps[:, 0] > 0).any() and (steps[:, 0] < 0).any()
    still = scene_of(wall(), Move.STATIC)
    assert np.abs(followed(still, square(160, 90, 60), 0, 116)).max() < 0.3


def test_wide_to_close_up_goes_all_the_way() -> None:
    """A prompt that names both sizes of shot is a long push-in, in English and in Chinese."""
    for prompt in ("wide shot to close-up", "从全景到特写"):
        brief = read_prompt(prompt)
        assert brief.framing == ("wide", "close")
        path = plan(brief, (0.5, 0.5), 5, 1)
        assert path.move is Move.PUSH_IN
        assert path.view(5.0, 1.0).zoom_far > 0.6
    assert plan(read_prompt("from close-up to wide shot"), (0.5, 0.5), 5, 1).move is Move.PULL_OUT


@pytest.mark.parametrize("move", list(Move))
def test_moves_start_from_the_picture_and_are_eased(move: Move) -> None:
    """Nothing at the start, little in the first and the last frames, most in the middle."""
    path = plan(Brief("", move=move), (0.5, 0.45), 5, 4)
    start = path.view(0.0, 0.0)
    assert (start.zoom_far, start.zoom_near, start.yaw, start.pitch, start.roll, start.recede_near) == (0,) * 6
    assert eased(0.0) == 0.0 and eased(1.0) == pytest.approx(1.0)
    assert eased(0.04) < 0.01 and 1 - eased(0.96) < 0.01
    assert eased(0.55) - eased(0.45) > 0.1


@pytest.mark.parametrize("name", list(PICTURES))
@pytest.mark.parametrize("move", list(Move))
def test_no_border_is_bare(name: str, move: Move) -> None:
    """Pictures without any black show none, whatever the camera does."""
    given = PICTURES[name]()
    scene = scene_of(given, move)
    darkest = int(given.sum(axis=2).min())
    for index in (40, 80, 119):
        assert int(scene.rgb(index).astype(np.int32).sum(axis=2).min()) > 0.75 * darkest - 6


def test_every_move_has_a_note_and_a_plainer_one() -> None:
    """The note names the move; scenes that know only seven moves get one of them."""
    notes = {move: scene_of(wall(), move).notes[1] for move in Move}
    assert len(set(notes.values())) == len(Move)
    first_seven = list(Move)[:7]
    assert all(move.plain in first_seven for move in Move)
    assert all(move.plain is move for move in first_seven)


def test_time_lapse_speeds_up_the_light_not_the_camera() -> None:
    """Hours pass, the move takes its time."""
    slow, quick = (scene_of(valley(), Move.PUSH_IN, time_lapse=lapse) for lapse in (False, True))
    assert quick.treatment.hours > 4 * slow.treatment.hours
    assert quick.treatment.path == slow.treatment.path


class _Listener:
    """Stands in for a scene: it has notes and nothing else."""

    notes = ()


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_knows_every_move(monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """None stands in for another."""
    monkeypatch.setattr(direction, "_scene", lambda _mode, _shot, _pictures: _Listener())
    order = Order("native", "m", mode, "crane up over a lake", Tier.P480, 3, Ratio.R16_9, seed=1)
    production = direction.direct(order, [], *SIZE)
    assert production.shot.brief.move is Move.CRANE_UP
    assert not any("stands in" in note for note in production.notes)
