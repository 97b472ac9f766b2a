"""Somebody on two legs and what they do in order in, the stance at any moment out, and the steps that are heard.

Knows no clothes and no place. Feet keep their place on the ground: strides are as long as the way they take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openhorse.engines.procedural.players.bearing import Doer
from openhorse.engines.procedural.players.blending import stepped
from openhorse.engines.procedural.players.moves import MOVES, STRIDES, go
from openhorse.engines.procedural.players.order import weight_of
from openhorse.engines.procedural.players.person import Stance
from openhorse.engines.procedural.players.stride import Stride
from openhorse.engines.procedural.players.timeline import Span, Timeline

_TURNS = {"stand": 0.35, "stop": 0.35, "sit-down": 0.45, "sit": 0.45, "jump": 0.4, "lie-down": 0.0}
"""How far one who does not go is turned to us, where it is not all the way."""
_STILL = frozenset(("sit", "sit-down", "lie-down"))


@dataclass(frozen=True, slots=True)
class Deed:
    """One act: the move of the whole body, and the move of which it has the hands and the face."""

    move: str
    upper: str | None = None


def schedule(
    acts: Sequence[tuple[str, ...]], deeds: Sequence[Deed], scale: tuple[float, float], shot: tuple[float, float]
) -> Timeline:
    """When each deed is done; `scale` is metres and seconds against a grown body's, `shot` its seconds and its room."""
    size, rate = scale
    spans = []
    for act, deed in zip(acts, deeds, strict=True):
        stride = STRIDES.get(deed.move)
        speed = stride.speed * size * rate if stride else 0.0
        turn = 0.0 if stride else _TURNS.get(deed.move if deed.upper is None else deed.upper, 0.85)
        length = stride.reach / stride.duty * size if stride else 0.0
        spans.append(Span(deed.move, speed, length, weight_of(act), turn))
    return Timeline(spans, *shot)


class Performance:
    """What somebody does over a shot; `rate` is how fast their own time goes, `start` where it is at first."""

    def __init__(self, doer: Doer, deeds: Sequence[Deed], timeline: Timeline, clock: tuple[float, float]) -> None:
        self.doer, self.deeds, self.timeline = doer, tuple(deeds), timeline
        self.rate, self.start = clock

    def stance(self, own: float) -> Stance:
        """The stance at a moment of their own time."""
        t = (own - self.start) / self.rate
        before, after, share = self.timeline.now(t)
        first = self._done(before, t)
        return first if before == after else stepped(first, self._done(after, t), share)

    def _done(self, number: int, t: float) -> Stance:
        deed = self.deeds[number]
        stride = STRIDES.get(deed.move)
        own = (t - self.timeline.starts[number]) * self.rate if deed.move == "jump" else t * self.rate + self.start
        if stride is None:
            base = MOVES[deed.move](self.doer, max(0.0, own))
        else:
            base = go(self.doer, self.timeline.cycles(t) * stride.cycle, shortened(stride, self.timeline.stretch(t)))
        return base if deed.upper is None else with_upper(base, MOVES[deed.upper](self.doer, own), stride is not None)

    def steps(self, start: float, end: float) -> list[tuple[float, str]]:
        """When a foot lands between two moments, and in which move."""
        landings = self.timeline.falls((0.0, 0.5), start, end)
        return [(at, self.timeline.spans[self.timeline.number(at)].deed) for at, _ in landings]


def shortened(stride: Stride, part: float) -> Stride:
    """The same way of going in shorter, lower steps."""
    if part >= 0.999:
        return stride
    return replace(stride, reach=stride.reach * part, lift=stride.lift * part, bob=stride.bob * part)


def with_upper(base: Stance, upper: Stance, going: bool) -> Stance:
    """The legs of one stance and what another does above them; who goes keeps the swing of the arms."""
    if going:
        return replace(base, nod=base.nod + 0.5 * upper.nod, mouth=upper.mouth, lids=upper.lids)
    return replace(
        upper,
        feet=base.feet,
        root=base.root,
        sink=base.sink,
        shift=base.shift,
        lean=base.lean,
        bend=base.bend + 0.5 * upper.bend,
    )
