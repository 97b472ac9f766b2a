"""Several shots in, one film out: each shot's scene in its time, joined by cuts and dissolves, and one score of all.

Knows no particular scene. At most two scenes are kept set up: a film of eight shots needs no more room than one of two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import FRAME_RATE, Shot
from openhorse.engines.procedural.scene import Scene
from openhorse.engines.procedural.score import Bed, Score
from openhorse.vocabulary import Frame

Entry = Literal["cut", "dissolve"]
DISSOLVE = 14
"""Frames for which one shot is seen through the next."""
_OVERLAP = 0.25
"""Seconds for which the sound of one shot is still heard in the next."""


@dataclass(frozen=True, slots=True)
class Take:
    """A shot's part of a film: `frames` of it from the film's frame `start` on, and how it is entered.

    The shot itself is at least as long.
    """

    shot: Shot
    start: int
    frames: int
    entry: Entry = "cut"

    @property
    def end(self) -> int:
        """The first frame after it."""
        return self.start + self.frames


class Montage:
    """A film of several takes; satisfies Scene."""

    notes: tuple[str, ...]

    def __init__(self, takes: Sequence[Take], film: Shot, build: Callable[[Shot], Scene]) -> None:
        """`takes` follow one another without a gap; `film` is the whole film's frame, length and seed."""
        self.takes, self.film, self._build = tuple(takes), film, build
        self._kept: dict[int, Scene] = {}
        scores, notes = [], []
        for number in range(len(self.takes)):
            scene = self._scene(number)
            scores.append(scene.score())
            notes += [f"Shot {number + 1}: {note}" for note in scene.notes]
        self._score = _joined(self.takes, scores, film)
        self.notes = tuple(notes)
        self._blend = _Blend(film.width, film.height)

    def frame(self, index: int) -> Frame:
        """Frame `index` (0 … frame_count − 1) of the film."""
        number = next(k for k, take in enumerate(self.takes) if index < take.end or k + 1 == len(self.takes))
        take = self.takes[number]
        into = index - take.start
        frame = self._scene(number).frame(into)
        reach = min(DISSOLVE, take.frames)
        if number == 0 or take.entry == "cut" or into >= reach:
            return frame
        # the shot before goes on below the one that comes
        before = self.takes[number - 1]
        held = self._blend.keep(frame)
        return self._blend.mix(self._scene(number - 1).frame(index - before.start), held, (into + 1) / (reach + 1))

    def score(self) -> Score:
        """All takes' sounds, each in its time, under one music."""
        return self._score

    def _scene(self, number: int) -> Scene:
        """A take's scene, set up when it is needed."""
        if number not in self._kept:
            for other in [k for k in self._kept if k < number - 1 or k > number]:
                del self._kept[other]
            self._kept[number] = self._build(self.takes[number].shot)
        return self._kept[number]


class _Blend:
    """Two frames in, one out: both seen through each other; its planes are reused."""

    def __init__(self, width: int, height: int) -> None:
        sizes = (width * height, width * height // 4, width * height // 4)
        self._held = [np.zeros(size, np.uint8) for size in sizes]
        self._out = [np.zeros(size, np.uint8) for size in sizes]

    def keep(self, frame: Frame) -> list[NDArray[np.uint8]]:
        """A copy of a frame's planes, for its scene is going to draw over them."""
        for plane, own in zip((frame.y, frame.u, frame.v), self._held, strict=True):
            own[:] = np.asarray(plane).reshape(-1)
        return self._held

    def mix(self, one: Frame, other: list[NDArray[np.uint8]], share: float) -> Frame:
        """`share` (0…1) of the `other` over `one`."""
        weight = round(share * 256)
        for plane, above, out in zip((one.y, one.u, one.v), other, self._out, strict=True):
            below = np.asarray(plane).reshape(-1).astype(np.uint16)
            out[:] = (below * (256 - weight) + above.astype(np.uint16) * weight + 128) >> 8
        return Frame(*(out.data for out in self._out))


def _joined(takes: Sequence[Take], scores: Sequence[Score], film: Shot) -> Score:
    """One score: each take's beds and hits in its time; the music, its space and its surface are the first's."""
    beds: list[Bed] = []
    hits = []
    for take, score in zip(takes, scores, strict=True):
        start, end = take.start / FRAME_RATE, take.end / FRAME_RATE
        hits += [replace(hit, at=hit.at + start) for hit in score.hits if hit.at + start < end]
        beds += [_within(bed, start, end, film.seconds) for bed in score.beds]
    music = next((score.mood for score in scores if score.mood is not None), None)
    return Score(
        film.seconds,
        film.seed,
        tuple(beds),
        tuple(hits),
        music,
        next((score.space for score in scores if score.space is not None), None),
        next((score.surface for score in scores if score.surface is not None), None),
    )


def _within(bed: Bed, start: float, end: float, seconds: float) -> Bed:
    """A bed that is heard from `start` to `end` only, its swells, gusts and flicker moved along with it."""
    inside = [(max(0.0, start + at), gain) for at, gain in bed.envelope if start + at < end]
    first = inside[0][1] if inside else 1.0
    last = inside[-1][1] if inside else 1.0
    envelope: list[tuple[float, float]] = []
    if start > 0:
        envelope += [(0.0, 0.0), (start - _OVERLAP / 2, 0.0), (start + _OVERLAP / 2, first)]
    envelope += [(at, gain) for at, gain in inside if start + _OVERLAP / 2 < at < end - _OVERLAP / 2]
    if end < seconds:
        envelope += [(end - _OVERLAP / 2, last), (end + _OVERLAP / 2, 0.0), (seconds, 0.0)]
    gusts = tuple((at + start, force) for at, force in bed.gusts)
    return replace(bed, phase=bed.phase + start, envelope=tuple(envelope), gusts=gusts)
