"""Acts in their order and a shot's length in, who does what when out: which acts blend, how far one has gone.

Knows no body and no place. Times are seconds of the film, lengths metres.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.bearing import ease

_FINE = 96
"""Samples a second of ways and phases; between them they are straight."""
_BLEND = 0.42
"""Seconds from one posture to the next."""
_LEAST = 0.5
_SHORTEST = 0.45
"""How much of its stride one takes who is about to stand still."""
_HEARD = 0.3
"""The part of its speed below which a foot is put down without a sound."""


@dataclass(frozen=True, slots=True)
class Span:
    """One act: its name, its speed (metres a second of the film) and the metres of one cycle of its legs.

    `weight` is how long it takes, against the others of the shot; `turn` is how far one then turns to the viewer (0
    along the way, 1 face on), `lift` how high one is above the ground.
    """

    deed: str
    speed: float = 0.0
    stride: float = 0.0
    weight: float = 1.0
    turn: float = 0.0
    lift: float = 0.0


class Blend(NamedTuple):
    """Two acts by their number and the share (0…1) of the second; the same twice where nothing changes."""

    before: int
    after: int
    share: float


class Timeline:
    """The acts of one player over a shot of `seconds`; it goes no farther than `room`."""

    def __init__(self, spans: Sequence[Span], seconds: float, room: float = math.inf) -> None:
        self.spans = tuple(spans)
        self.starts = _starts(spans, seconds, room)
        self.seconds = seconds
        self._times: NDArray[np.float64] = np.arange(round(seconds * _FINE) + _FINE + 1) / _FINE
        pace = np.array([self._pace(float(t)) for t in self._times])
        full = np.array([max(self._around(float(t), "speed")) or 1.0 for t in self._times])
        strides = np.array([max(self._around(float(t), "stride")) or 1.0 for t in self._times])
        self._effort = np.clip(pace / full, 0, 1)
        self._gone = _sum(pace)
        self._cycles = _sum(pace / (strides * np.maximum(_SHORTEST, np.sqrt(self._effort))))

    def _around(self, t: float, what: str) -> tuple[float, float]:
        now = self.now(t, 2.0)
        return getattr(self.spans[now.before], what), getattr(self.spans[now.after], what)

    def _pace(self, t: float) -> float:
        # who stops has stopped when the next act begins, and who starts goes when it has begun
        for k, (first, second) in enumerate(itertools.pairwise(self.spans)):
            half = self._half(k + 1, 2.4)
            late = half if second.speed > first.speed else -half
            share = (t - self.starts[k + 1] - late) / (2 * half) + 0.5
            if share < 1:
                return first.speed + (second.speed - first.speed) * ease(share)
        return self.spans[-1].speed

    def _half(self, number: int, slow: float = 1.0) -> float:
        """Half the time that the change to an act takes: two changes never meet."""
        edges = (*self.starts, self.seconds)
        lengths = (edges[number] - edges[number - 1], edges[number + 1] - edges[number])
        return max(1e-3, min(0.5 * _BLEND * slow, 0.5 * min(lengths)))

    def now(self, t: float, slow: float = 1.0) -> Blend:
        """The acts at `t`; the blend takes `slow` times as long as a posture does, about the same moment."""
        number = self.number(t)
        if number + 1 < len(self.starts):
            half = self._half(number + 1, slow)
            if self.starts[number + 1] - t < half:
                return Blend(number, number + 1, ease(0.5 - (self.starts[number + 1] - t) / (2 * half)))
        if number:
            half = self._half(number, slow)
            if t - self.starts[number] < half:
                return Blend(number - 1, number, ease(0.5 + (t - self.starts[number]) / (2 * half)))
        return Blend(number, number, 0.0)

    def number(self, t: float) -> int:
        """Which act it is at `t`, from 0."""
        return sum(t >= start for start in self.starts[1:])

    def gone(self, t: float) -> float:
        """How far one has gone since the start."""
        return float(np.interp(t, self._times, self._gone))

    def cycles(self, t: float) -> float:
        """How many cycles the legs have made since the start."""
        return float(np.interp(t, self._times, self._cycles))

    def effort(self, t: float) -> float:
        """How fast one goes as a part of the act's full speed, 0…1."""
        return float(np.interp(t, self._times, self._effort))

    def stretch(self, t: float) -> float:
        """How long strides are, as a part of the full ones: who slows down takes shorter steps."""
        return max(_SHORTEST, math.sqrt(self.effort(t)))

    def turn(self, t: float) -> float:
        """How far one is turned to the viewer."""
        before, after, share = self.now(t, 1.6)
        return self.spans[before].turn + (self.spans[after].turn - self.spans[before].turn) * share

    def lift(self, t: float) -> float:
        """How high one is above the ground."""
        before, after, share = self.now(t, 4.0)
        return self.spans[before].lift + (self.spans[after].lift - self.spans[before].lift) * share

    def falls(self, phases: Sequence[float], start: float, end: float) -> list[tuple[float, int]]:
        """When the legs pass `phases` (0…1) of their cycle between two moments, each with the phase's number."""
        found = []
        first, last = self.cycles(start), self.cycles(end)
        for which, phase in enumerate(phases):
            k = math.ceil(first - phase)
            while k + phase < last:
                at = float(np.interp(k + phase, self._cycles, self._times))
                if self.effort(at) > _HEARD and start <= at < end:
                    found.append((at, which))
                k += 1
        return sorted(found)

    @property
    def rest(self) -> float:
        """When one is where the shot is about: in the middle of the first stay after a way, else of the first stay."""
        stays = [k for k, span in enumerate(self.spans) if not span.speed]
        if not stays:
            return self.seconds / 2
        after = [k for k in stays if k > 0]
        k = after[0] if after else stays[0]
        return 0.5 * (self.starts[k] + ([*self.starts, self.seconds][k + 1]))


@runtime_checkable
class Timed(Protocol):
    """A player that does several things in a shot, one after the other."""

    timeline: Timeline | None


def timeline_of(player: object) -> Timeline | None:
    """A player's acts in order; None for one that does the same for the whole shot."""
    return player.timeline if isinstance(player, Timed) else None


def _sum(rate: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = 0.5 * (rate[1:] + rate[:-1]) / _FINE
    return np.concatenate([np.zeros(1), np.cumsum(steps)])


def _starts(spans: Sequence[Span], seconds: float, room: float) -> tuple[float, ...]:
    """When each act begins: each as long as its weight, none so long that one goes beyond the room."""
    total = sum(span.weight for span in spans)
    lengths = [max(_LEAST, seconds * span.weight / total) for span in spans]
    way = sum(span.speed * length for span, length in zip(spans, lengths, strict=True))
    stays = [k for k, span in enumerate(spans) if not span.speed]
    if way > room and stays:
        lengths = [length * room / way if span.speed else length for span, length in zip(spans, lengths, strict=True)]
    over = seconds - sum(lengths)
    for k in stays if over > 0 else ():
        lengths[k] += over / len(stays)
    scale = seconds / sum(lengths)
    starts, at = [], 0.0
    for length in lengths:
        starts.append(at)
        at += length * scale
    return tuple(starts)
