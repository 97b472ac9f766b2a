"""Characters on four legs in, players out: they run, walk, graze, sit, sleep and look about, as large as life.

Knows no place and no camera. Builds are menagerie.py's and varieties.py's, what they do is acts.py's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.acts import Act, act
from openhorse.engines.procedural.players.album import Album
from openhorse.engines.procedural.players.blending import between
from openhorse.engines.procedural.players.gait import Gait
from openhorse.engines.procedural.players.likeness import Likeness
from openhorse.engines.procedural.players.membranes import Sheet
from openhorse.engines.procedural.players.menagerie import KINDS
from openhorse.engines.procedural.players.order import in_order, pace_of, weight_of
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Medium, Player, Sprite, Touch
from openhorse.engines.procedural.players.posture import Attitude, Posture
from openhorse.engines.procedural.players.quadruped import Pose, at_rest, pose
from openhorse.engines.procedural.players.species import Build
from openhorse.engines.procedural.players.timeline import Span, Timeline
from openhorse.engines.procedural.players.varieties import ALSO, build_of
from openhorse.engines.procedural.players.wings import leathern
from openhorse.engines.procedural.score import HitKind

_STEPS = 24  # pictures of a small one for each of its strides
_SIZES = {"small": 0.72, "usual": 1.0, "large": 1.35}
_VOICES: dict[str, HitKind] = {
    "dog": "bark",
    "wolf": "bark",
    "fox": "bark",
    "cat": "meow",
    "horse": "neigh",
    "zebra": "neigh",
}
_SAID = {"bark": "barks", "meow": "meows", "neigh": "neighs"}
_RIDDEN = frozenset(
    [
        "horse",
        "unicorn",
        "zebra",
        "donkey",
        "camel",
        "elephant",
        "dragon",
        "cow",
        "ox",
        "llama",
        "deer",
        "dinosaur",
        "giraffe",
    ]
)


_LOOKING = frozenset(("stands", "sits", "lies", "looks about", "turns its head", "waves a paw"))
"""What it does while its head is free to follow somebody."""
_Gaze = tuple[float, float, float]


class Beast:
    """One animal on four legs; `timeline` tells when it does what, where it does several things."""

    timeline: Timeline | None
    front: float
    """How far its nose is ahead of its ground point."""

    def __init__(self, casting: Casting) -> None:
        who = casting.character
        build = build_of(who.kind, who.variety, who.colour)
        if build is None:
            raise ValueError(who.kind)
        self._kind, self._build, self._casting = ALSO.get(who.kind, (who.kind, ""))[0], build, casting
        self._size = build.size * _SIZES[who.size]
        self._acts, self.timeline = _scheduled(build, casting, self._size)
        self._act: Act = self._acts[0]
        self._unit = build if build.size == 1.0 else _of_unit_size(build)
        self._rests = {one.gait.name: at_rest(self._unit, one.gait) for one in self._acts}
        gait = self._act.gait
        self._cycle = gait.cycle * math.sqrt(self._size * build.leg) / casting.rate
        self.name, self.does, self.medium = _called(build.name), self._said(), self._where()
        self.speed = _speed(self._act, build, self._size, casting.rate)
        if self.timeline is not None:
            self.speed = max(span.speed for span in self.timeline.spans)
        self._likeness = Likeness(self._size, build.pattern)
        self._posed: tuple[float, _Gaze | None, Pose] | None = None
        self._waterline = 0.56 * build.leg if self._act.afloat else 0.0
        self.tall, self.long = self._measure()
        self._album = Album(self.long)
        self._landings = [[self._foot_at(one.gait, foot) for foot in range(4)] for one in self._acts]

    def _said(self) -> str:
        voice = _SAID.get(_VOICES.get(self._kind) or "", "calls")
        return ", ".join(voice if one.voice else one.does for one in self._acts)

    def _where(self) -> Medium:
        return "afloat" if self._act.afloat else "air" if self._act.aloft else "ground"

    def _measure(self) -> tuple[float, float]:
        moments = [self._cycle * k / 3 for k in range(3)]
        if self.timeline is not None:
            moments += [start + 0.6 for start in self.timeline.starts[1:]]
        boxes = [self._likeness.extent(self._pose(t).rig, self._wings(t)) for t in moments]
        left, right = min(box[0] for box in boxes), max(box[1] for box in boxes)
        self.front = max(box[1] for box in boxes[-1:]) * self._size
        return (max(box[2] for box in boxes) - self._waterline) * self._size, (right - left) * self._size

    def _foot_at(self, gait: Gait, foot: int) -> float:
        if not gait.reach:
            return 0.0
        return pose(self._unit, gait, gait.footfalls[foot] + 1e-4).feet[foot].x * self._size

    def _pose(self, t: float, gaze: _Gaze | None = None) -> Pose:
        if self._posed is not None and self._posed[:2] == (t, gaze):
            return self._posed[2]
        own = t * self._casting.rate
        gait, phase, attitude = self._now(t)
        posed = pose(self._unit, gait, phase, attitude if gaze is None else _gazing(attitude, gaze))
        if self._act.roll:
            posed = Pose(_rolled(posed.rig, self._unit.girth, own), posed.feet)
        self._posed = (t, gaze, posed)
        return posed

    def _gaze(self, look: Look) -> _Gaze | None:
        """How far its head turns to us and lifts to see what it looks at, and how much of that it does."""
        if look.aim is None or look.aim.gaze is None or self._act.does not in _LOOKING:
            return None
        right, up, near = look.aim.gaze
        ahead = right * (look.facing or 1) - 0.85 * self.front
        lift = math.atan2(up - 0.88 * self.tall, max(math.hypot(ahead, near), 0.1))
        return (
            min(1.2, max(-0.5, math.atan2(near, ahead))),
            min(0.8, max(-0.6, lift)),
            look.aim.share,
        )

    def _now(self, t: float) -> tuple[Gait, float, Attitude]:
        """Gait, phase and attitude at `t`."""
        own, timeline = t * self._casting.rate + 7.0 * self._casting.phase, self.timeline
        if timeline is None:
            attitude = self._act.attitude(self._unit, own, self._casting.seed)
            return self._act.gait, t / self._cycle + self._casting.phase, attitude
        before, after, share = timeline.now(t, 1.3)
        two = self._acts[before], self._acts[after]
        first, second = (one.attitude(self._unit, own, self._casting.seed) for one in two)
        return (
            _gait_between(two[0].gait, two[1].gait, share, timeline.stretch(t)),
            timeline.cycles(t) + self._casting.phase,
            _attitude_between(first, second, share),
        )

    def draw(self, look: Look, t: float) -> Sprite:
        """Its picture at `t`."""
        if self.timeline is not None:
            return self._drawn(look, t)
        if not self._act.gait.reach or not self._album.keeps(look):
            return self._drawn(look, t)
        step = round((t / self._cycle + self._casting.phase) * _STEPS) % _STEPS
        return self._album.picture(
            look, step, lambda near: self._drawn(near, (step / _STEPS - self._casting.phase) * self._cycle)
        )

    def _drawn(self, look: Look, t: float) -> Sprite:
        return self._likeness.draw(
            self._pose(t, self._gaze(look)).rig,
            self._rests[self._now(t)[0].name],
            look,
            self._wings(t),
            self._waterline or None,
        )

    def _wings(self, t: float) -> tuple[Sheet, ...]:
        if not self._build.bulk.wings:
            return ()
        own = t * self._casting.rate
        angle = 0.35 + 0.65 * math.sin(2 * math.pi * 0.9 * own) if self._act.aloft else 1.0 + 0.08 * math.sin(1.9 * own)
        root = self._trunk(t, 0.12, 0.09 * self._unit.girth)
        return leathern(root, angle, 1.0 if self._act.aloft else 0.74, self._build.coat.dark)

    def touches(self, start: float, end: float) -> Sequence[Touch]:
        """Footfalls, and the moments when its mouth opens to call."""
        return sorted([*self._footfalls(start, end), *self._calls(start, end)], key=lambda touch: touch.at)

    def _footfalls(self, start: float, end: float) -> list[Touch]:
        gait, found = self._act.gait, list[Touch]()
        if self.timeline is not None:
            return self._timed_footfalls(self.timeline, start, end)
        if not gait.reach or self._act.afloat:
            return []
        weight = self._weight(gait)
        for foot, offset in enumerate(gait.footfalls):
            k = math.ceil(start / self._cycle - offset + self._casting.phase)
            while (at := (k + offset - self._casting.phase) * self._cycle) < end:
                found.append(Touch(at, "step-soft", min(1.0, weight), self._landings[0][foot], soft=gait.lift < 0.09))
                k += 1
        return found

    def _timed_footfalls(self, timeline: Timeline, start: float, end: float) -> list[Touch]:
        found = []
        for number, one in enumerate(self._acts):
            phases = [(offset - self._casting.phase) % 1.0 for offset in one.gait.footfalls]
            for at, foot in timeline.falls(phases, start, end) if one.gait.reach and not one.afloat else ():
                if timeline.number(at) == number:
                    soft, level = one.gait.lift < 0.09, min(1.0, self._weight(one.gait))
                    found.append(Touch(at, "step-soft", level, self._landings[number][foot], soft=soft))
        return found

    def _weight(self, gait: Gait) -> float:
        return min(1.0, 0.25 + 0.28 * self._size) * (0.5 + 1.6 * gait.lift)

    def _calls(self, start: float, end: float) -> list[Touch]:
        voice = _VOICES.get(self._kind)
        if voice is None:
            return []
        found = []
        for number, one in enumerate(self._acts):
            spoken = self._calls_of(one, voice, start, end) if one.voice else []
            found += [call for call in spoken if self.timeline is None or self.timeline.number(call.at) == number]
        return found

    def _calls_of(self, when: Act, voice: HitKind, start: float, end: float) -> list[Touch]:
        moments = when.voice[:1] if voice != "bark" else when.voice
        found = []
        for moment in moments:
            first = (moment - 7.0 * self._casting.phase) / self._casting.rate
            every = when.every / self._casting.rate
            k = math.ceil((start - first) / every)
            while (at := first + k * every) < end:
                found.append(Touch(at, voice, 0.7, 0.3 * self._size, soft=True))
                k += 1
        return found

    def feet(self, t: float) -> Sequence[Foot]:
        """Its feet, and its belly where that is near the ground."""
        if self.medium != "ground":
            return ()
        size, wide = self._size, 0.045 * (0.4 + 0.6 * self._unit.bone)
        posed = self._pose(t)
        feet = [
            Foot(foot.x * size, foot.z * size, max(0.0, foot.y - 0.026 * max(1.0, self._unit.bone)) * size, wide * size)
            for foot in posed.feet
        ]
        girth = 0.13 * self._unit.girth
        for ahead in (0.18, -0.20):
            x, y, _ = self._trunk(t, ahead, -girth)
            feet.append(Foot(x * size, 0.0, max(0.0, y) * size, girth * 0.9 * size))
        return feet

    def _trunk(self, t: float, ahead: float, up: float) -> tuple[float, float, float]:
        gait, phase, attitude = self._now(t)
        return Posture(self._unit, gait, phase % 1.0, attitude).trunk(ahead, up)

    def saddle(self, t: float) -> tuple[float, float] | None:
        """Where a rider sits; None on what nobody rides."""
        if self._kind not in _RIDDEN:
            return None
        x, y, _ = self._trunk(t, 0.03, 0.128 * self._unit.girth)
        return x * self._size, (y - self._waterline) * self._size


def _speed(act: Act, build: Build, size: float, rate: float) -> float:
    if act.aloft:
        return 3.0 * math.sqrt(size) * rate
    cycle = act.gait.cycle * math.sqrt(size * build.leg) / rate
    return act.gait.stride * build.leg * size / cycle if act.gait.reach else 0.0


def _scheduled(build: Build, casting: Casting, size: float) -> tuple[list[Act], Timeline | None]:
    """What it does, and when, where that is more than one thing."""
    words = in_order(casting.character.actions, casting.seconds)
    acts = [act((_WORDS.get(word[0], pace_of(word)),), build) for word in words]
    placed = {(one.afloat, one.aloft, one.roll) for one in acts}
    if len({one.does for one in acts}) < 2 or len(placed) > 1:
        return [act(casting.character.actions, build)], None
    spans = [
        Span(
            one.does,
            _speed(one, build, size, casting.rate),
            one.gait.stride * build.leg * size if one.gait.reach else 0.0,
            weight_of(word),
            0.0 if one.gait.reach else 0.35,
        )
        for word, one in zip(words, acts, strict=True)
    ]
    return acts, Timeline(spans, casting.seconds, casting.room)


def _gait_between(first: Gait, second: Gait, share: float, stretch: float) -> Gait:
    # one who stops keeps the gait of its last steps, and sways ever less
    if first.reach and second.reach:
        return between(first, second, share)
    going, calm = (first, share) if first.reach else (second, 1 - share)
    part = (1 - calm) * stretch if going.reach else 0.0
    return replace(
        going,
        reach=going.reach * stretch,
        lift=going.lift * stretch,
        bob=going.bob * part,
        pitch=going.pitch * part,
        flex=going.flex * part,
    )


def _attitude_between(first: Attitude, second: Attitude, share: float) -> Attitude:
    mixed = between(first, second, share)
    if first.hind is None and second.hind is not None:
        return replace(mixed, planted=share)
    if first.hind is not None and second.hind is None:
        return replace(mixed, planted=1 - share)
    return mixed


def _gazing(attitude: Attitude, gaze: _Gaze) -> Attitude:
    turn, lift, share = gaze
    return replace(
        attitude,
        turn=attitude.turn + (0.10 + 0.8 * turn + 0.2 * (attitude.turn - 0.28) - attitude.turn) * share,
        neck=attitude.neck + 0.35 * lift * share,
        fall=attitude.fall + 0.60 * lift * share,
    )


_WORDS = {"stop": "stand", "land": "stand"}


def _of_unit_size(build: Build) -> Build:
    return replace(build, size=1.0)


def _called(name: str) -> str:
    return f"{'an' if name[0].lower() in 'aeio' else 'a'} {name}"


def _rolled(rig: NDArray[np.float32], girth: float, t: float) -> NDArray[np.float32]:
    # turned about the length of the trunk, until its back lies on the ground
    turn = math.pi - 0.25 + 0.35 * math.sin(2 * math.pi * t / 1.7)
    cosine, sine = math.cos(turn), math.sin(turn)
    out = rig.copy()
    middle = 0.24 * girth
    for y, z in ((1, 2), (4, 5)):
        up, near = rig[:, y] - middle, rig[:, z]
        out[:, y] = up * cosine - near * sine
        out[:, z] = up * sine + near * cosine
    lowest = float(np.minimum(out[:, 1] - rig[:, 6], out[:, 4] - rig[:, 7]).min())
    out[:, (1, 4)] -= lowest
    return out


def _make(casting: Casting) -> Player:
    return Beast(casting)


PARTS: dict[str, Maker] = dict.fromkeys((*KINDS, *ALSO), _make)
