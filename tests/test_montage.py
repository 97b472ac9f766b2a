"""Shots joined into one film: cuts, dissolves, one score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Shot
from openhorse.engines.procedural.montage import DISSOLVE, Montage, Take
from openhorse.engines.procedural.score import Bed, Hit, Score
from openhorse.vocabulary import Frame

WIDTH, HEIGHT = 32, 18


class Plain:
    """A scene of one grey: its shot's seed; it counts how many of its kind were set up."""

    built: list[int]

    def __init__(self, shot: Shot) -> None:
        self.shot, self.notes = shot, (f"grey {shot.seed}",)
        self._planes = [np.zeros(WIDTH * HEIGHT, np.uint8), *(np.zeros(WIDTH * HEIGHT // 4, np.uint8) for _ in "uv")]

    def frame(self, index: int) -> Frame:
        """All of one grey, one brighter with every frame."""
        for plane in self._planes:
            plane[:] = self.shot.seed + index
        return Frame(*(plane.data for plane in self._planes))

    def score(self) -> Score:
        """A bed with gusts and a swell, and a hit a second."""
        bed = Bed("wind", 0.5, period=4.0, phase=1.0, gusts=((0.0, 0.4), (1.0, 0.9)))
        hits = tuple(Hit("drip", float(k), 0.5) for k in range(self.shot.seconds))
        return Score(self.shot.seconds, self.shot.seed, (bed,), hits, "calm")


def film(entries: str = "cd") -> Montage:
    """Three takes of 1, 2 and 2 s; `entries` has a letter for each join."""
    whole = Shot(WIDTH, HEIGHT, 5, 1, Brief(""))
    names = {"c": "cut", "d": "dissolve"}
    takes = [
        Take(replace(whole, seconds=2, seed=10), 0, 24),
        Take(replace(whole, seconds=3, seed=60), 24, 48, names[entries[0]]),
        Take(replace(whole, seconds=3, seed=160), 72, 48, names[entries[1]]),
    ]
    return Montage(takes, whole, Plain)


def level(montage: Montage, index: int) -> int:
    """The grey of a frame."""
    frame = montage.frame(index)
    values = {int(np.asarray(plane).min()) for plane in (frame.y, frame.u, frame.v)}
    values |= {int(np.asarray(plane).max()) for plane in (frame.y, frame.u, frame.v)}
    assert len(values) == 1
    return values.pop()


def test_a_cut_shows_the_next_shot_from_its_first_frame() -> None:
    """The last frame of one take and the first of the next stand side by side."""
    montage = film()
    assert (level(montage, 23), level(montage, 24)) == (10 + 23, 60)


def test_a_dissolve_goes_from_one_shot_to_the_next_in_order() -> None:
    """Every frame of a dissolve lies between both shots, nearer to the next than the one before."""
    montage = film()
    seen = [level(montage, 72 + k) for k in range(DISSOLVE + 1)]
    assert 60 + 48 < seen[0] < 130
    assert seen == sorted(seen)
    assert seen[DISSOLVE] == 160 + DISSOLVE


def test_frames_may_be_asked_for_in_any_order() -> None:
    """A frame is a function of its number alone, also when its scene has to be set up again."""
    montage = film()
    forwards = [level(montage, k) for k in range(0, 120, 7)]
    backwards = [level(montage, k) for k in reversed(range(0, 120, 7))]
    assert forwards == backwards[::-1]


def test_no_more_than_two_scenes_are_kept() -> None:
    """Scenes are let go when the film has passed them."""
    montage = film()
    for index in range(120):
        montage.frame(index)
        assert len(montage._kept) <= 2


def test_hits_are_heard_in_their_takes_time_and_none_beyond() -> None:
    """A take that is shorter than its shot cuts the hits off that would come after it."""
    assert [hit.at for hit in film().score().hits] == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(("number", "silent", "heard"), [(0, 4.0, 0.5), (1, 0.5, 2.0), (2, 1.0, 4.0)])
def test_a_bed_is_heard_in_its_take_alone(number: int, silent: float, heard: float) -> None:
    """Envelopes are nought outside the take and one inside it."""
    bed = film().score().beds[number]
    seconds, gains = zip(*bed.envelope, strict=True)
    assert np.interp(silent, seconds, gains) == 0
    assert np.interp(heard, seconds, gains) == 1


def test_swells_and_gusts_go_along_with_their_take() -> None:
    """What the picture shows one second into a take is heard one second into it."""
    bed = film().score().beds[1]
    assert bed.phase == 2.0
    assert bed.gusts[1] == (2.0, 0.9)


def test_notes_say_which_shot_they_are_of() -> None:
    """The customer reads what each shot shows."""
    assert film().notes == ("Shot 1: grey 10", "Shot 2: grey 60", "Shot 3: grey 160")
