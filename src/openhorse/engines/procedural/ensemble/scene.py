"""Several reference pictures in, one scene out: who acts, where, in whose colours.

Each picture is cast (actor, object, place or style), the stage is built, the actors are set on its ground.
Knows no language: roles, moves and moods come with the brief.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Move, Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.ensemble.actor import Actor, Dressing, Gait, Stance, foot_column
from openhorse.engines.procedural.ensemble.air import Air
from openhorse.engines.procedural.ensemble.casting import Cast, Member, cast
from openhorse.engines.procedural.ensemble.palette import Swatch, swatch_of
from openhorse.engines.procedural.ensemble.stage import MARGIN, Framing, Setting, Stage
from openhorse.engines.procedural.score import Bed, Hit, HitKind, Mood, Score
from openhorse.engines.procedural.still.plate import Pixels
from openhorse.vocabulary import Frame, Picture

_SIDES = frozenset({"left", "right"})

_PUSH = 0.15
"""The part of the way to the leading actor that the camera goes."""

_BUST_BELOW = 0.06
"""The part of a bust that is below the frame: more than its walk ever lifts it."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """An actor and where it stands: right of the middle and forward of depth 1, in pixels at depth 1.

    A `bust` is cut off below and stands so near that the frame's lower edge hides the cut.
    """

    actor: Actor
    right: float
    forward: float
    bust: bool


class Ensemble:
    """Reference pictures brought together in one shot; satisfies Scene."""

    def __init__(self, shot: Shot, pictures: Sequence[Picture]) -> None:
        """`pictures` are one to nine, in the order in which the prompt numbers them."""
        self.shot = shot
        cv2.setRNGSeed(shot.seed & 0x7FFFFFFF)
        company = cast(shot.brief, pictures)
        self.notes = company.notes
        self._stage = Stage(shot, _setting(company))
        self._placed = self._place(company)
        self._walk = self._group_walk()
        self._air = Air(shot, self._stage.light)
        self._darkroom = Darkroom(shot.width, shot.height)

    def frame(self, index: int) -> Frame:
        """Frame `index`; its planes are reused by the next call."""
        t, part = self.shot.moment(index)
        framing = self._framing(t, part)
        picture = self._stage.draw(index, framing)
        size = self.shot.height, self.shot.width
        stances = [self._stance(placed, t, framing) for placed in self._placed]
        patches = [placed.actor.posed(stance, t, size) for placed, stance in zip(self._placed, stances, strict=True)]
        rises = [placed.actor.rise(t) for placed in self._placed]
        self._air.cast_shadows(picture, list(zip(patches, stances, rises, strict=True)), self._placed_sizes())
        for patch in patches:
            patch.lay(picture)
        return self._darkroom.convert(self._air.finish(picture, index))

    def score(self) -> Score:
        """The stage's sounds and a step for every foot that comes down on it."""
        shot, brief = self.shot, self.shot.brief
        if brief.silent:
            return Score(shot.seconds, shot.seed)
        own = self._stage.score()
        beds = own.beds if own is not None and own.beds else (Bed("wind", 0.16, period=6.0), Bed("room", 0.12))
        hits = tuple(sorted((*(own.hits if own else ()), *self._steps()), key=lambda hit: hit.at))
        return Score(shot.seconds, shot.seed, beds, hits, self._mood(own) if brief.music else None)

    # --- where everyone is ---

    def _place(self, company: Cast) -> list[_Placed]:
        """Everyone on the ground, farthest first, so that nearer ones cover them."""
        brush = round(self.shot.height / 360) if company.paint else 0
        stage = self._stage
        dressing = Dressing(company.style or stage.swatch, stage.light, stage.ground, company.likeness, brush)
        spots = _spots(company.members, self.shot)
        if len(spots) == 1 and self.shot.width > self.shot.height and not company.members[0].cutout.open_sides & _SIDES:
            aside = stage.calmer_side * 0.13 * self.shot.width * spots[0].depth
            spots = [replace(spots[0], right=aside)]
        placed = []
        for number, (member, spot) in enumerate(zip(company.members, spots, strict=True)):
            largest = round(spot.height * _nearest(spot.depth))
            worn = dressing if member.dressed else None
            actor = Actor(member.cutout, max(8, largest), member.gait, worn, phase=(number * 0.37) % 1)
            forward = (spot.depth - 1) * stage.plane.focal
            placed.append(_Placed(actor, spot.right, forward, member.bust))
        self._lead = placed[0] if placed else None
        return sorted(placed, key=lambda one: -one.forward)

    def _group_walk(self) -> tuple[float, float]:
        """Pixels a second, right and forward, at which the company walks; the camera goes with it."""
        lead = self._lead
        if lead is None:
            return 0.0, 0.0
        speed = lead.actor.pace * lead.actor.height / _nearest(1 + lead.forward / self._stage.plane.focal)
        if lead.actor.profile:
            return lead.actor.facing * speed, 0.0
        return 0.0, -speed

    def _stance(self, placed: _Placed, t: float, framing: Framing) -> Stance:
        plane = self._stage.plane
        right, forward = placed.right + self._walk[0] * t, placed.forward + self._walk[1] * t
        x, y, scale = plane.project(right, forward, framing)
        scale /= _nearest(1 + placed.forward / plane.focal)
        if placed.bust:
            # Just below the frame, wherever the camera goes: that edge hides where the picture cut the body off.
            y = self.shot.height + _BUST_BELOW * scale * placed.actor.height
        return Stance(x, y, scale)

    def _placed_sizes(self) -> list[tuple[int, int]]:
        return [(placed.actor.width, placed.actor.height) for placed in self._placed]

    def _framing(self, t: float, part: float) -> Framing:
        """The camera: the brief's move over the whole shot, and along with whoever walks."""
        width, height, plane = self.shot.width, self.shot.height, self._stage.plane
        eased = part * part * (3 - 2 * part) * 0.5 + part * 0.5
        depth = 1 + (self._lead.forward / plane.focal if self._lead else 0)
        room = MARGIN / 2 * 0.85
        right, forward = self._walk[0] * t, self._walk[1] * t
        if any(self._walk):
            # who walks also crosses the frame a little: the camera is slow to follow
            across = 0.03 if self._lead and self._lead.actor.gait is Gait.BUST else 0.1
            right -= (eased - 0.5) * across * width * (1 if self._walk[0] >= 0 else -1)
        zoom, shift_x, shift_y = 1.0, 0.0, 0.0
        match self.shot.brief.move:
            case Move.STATIC:
                pass
            case Move.PAN_LEFT | Move.PAN_RIGHT as move:
                way = (eased - 0.5) * (2 if move is Move.PAN_RIGHT else -2)
                right, shift_x = right + way * 0.1 * width, way * room * width
            case Move.TILT_UP | Move.TILT_DOWN as move:
                shift_y = (eased - 0.5) * (2 if move is Move.TILT_UP else -2) * room * height
            case Move.PULL_OUT:
                forward, zoom = forward + (1 - eased) * _PUSH * plane.focal * depth, 1 + 0.05 * (1 - eased)
            case Move.PUSH_IN | None:
                forward, zoom = forward + eased * _PUSH * plane.focal * depth, 1 + 0.05 * eased
        return Framing(right, forward, zoom, shift_x, shift_y)

    # --- sound ---

    def _steps(self) -> list[Hit]:
        kind = self._underfoot()
        hits = []
        for placed in self._placed:
            loud = (0.5 if placed is self._lead else 0.25) * (0.6 if placed.actor.gait is Gait.BUST else 1)
            for at in placed.actor.footfalls(self.shot.seconds):
                framing = self._framing(at, at / self.shot.seconds)
                pan = self._stance(placed, at, framing).x / self.shot.width
                hits.append(Hit(kind, at, loud, float(np.clip(pan, 0, 1))))
        return hits

    def _underfoot(self) -> HitKind:
        layout = self._stage.layout
        if layout is None or not layout.is_outdoors:
            return "step-soft"
        if float(layout.plants.mean()) > 0.12:
            return "step-grass"
        return "step-pavement" if layout.night else "step-soft"

    def _mood(self, own: Score | None) -> Mood:
        brief = self.shot.brief
        known: tuple[Mood, ...] = ("calm", "vast", "warm", "neon", "tender", "bright", "dark")
        for mood in known:
            if brief.mood == mood:
                return mood
        if own is not None and own.mood is not None:
            return own.mood
        lightness, _, yellow = self._stage.swatch.mean
        if lightness < 30:
            return "dark"
        return "warm" if yellow > 12 else "bright" if lightness > 68 else "calm"


def _nearest(depth: float) -> float:
    """How much larger than at depth 1 somebody at `depth` is ever seen."""
    return 1.0 / (depth * (1 - _PUSH)) * 1.02


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place on the ground: right of the middle in pixels at depth 1, depth, and height at depth 1."""

    right: float
    depth: float
    height: float


def _spots(members: Sequence[Member], shot: Shot) -> list[_Spot]:
    """A spot for each member, the leading one first: each in a column of its own, so that none hides another.

    Few stand side by side; of many every other one stands farther back, seen in the gap between two nearer ones.
    """
    count = len(members)
    columns = sorted(range(count), key=lambda column: (abs(column - (count - 1) / 2), column))
    crowded = count > (4 if shot.width > shot.height else 2)
    middle = columns[0] if columns else 0
    if crowded:
        columns.sort(key=lambda column: (column - middle) % 2)
    spots = []
    for number, (member, column) in enumerate(zip(members, columns, strict=True)):
        behind = crowded and (column - middle) % 2 == 1
        depth = 1.9 if behind else 1.1 + 0.1 * (number % 2) if number else 1.0
        share = 1.35 / count if crowded else 0.78 / count if count > 1 else 0.84
        x = (column + 0.5) / count - 0.5
        spots.append(_bust_spot(member, shot) if member.bust else _ground_spot(member, shot, (x, depth), share))
    return spots


def _ground_spot(member: Member, shot: Shot, at: tuple[float, float], share: float) -> _Spot:
    """`at`: the column of the frame from its middle (−0.5…0.5) and the depth; `share`: the part of the width it has."""
    x, depth = at
    width, height = shot.width, shot.height
    aspect = member.cutout.rgb.shape[1] / member.cutout.rgb.shape[0]
    tall = height * (0.54 if width >= height else 0.46) * member.size
    if depth > 1.5:
        tall *= 1.25
    tall = min(tall, share * width * min(depth, 1.5) / aspect)
    return _Spot(x * width * 0.84 * depth, depth, tall)


def _bust_spot(member: Member, shot: Shot) -> _Spot:
    """Somebody cut off at the waist stands so near that the frame's lower edge hides it."""
    width, height = shot.width, shot.height
    aspect = member.cutout.rgb.shape[1] / member.cutout.rgb.shape[0]
    depth = 0.6
    seen = min(0.86 * height, (0.6 if width > height else 0.94) * width / aspect)
    wide = seen * aspect
    # centred by its middle, not by where it would stand
    x = (foot_column(member.cutout.alpha) / member.cutout.alpha.shape[1] - 0.5) * wide
    if "left" in member.cutout.open_sides:
        x = -width / 2 + wide * 0.46 - 0.02 * width
    elif "right" in member.cutout.open_sides:
        x = width / 2 - wide * 0.46 + 0.02 * width
    return _Spot(x * depth, depth, seen * depth)


def _setting(company: Cast) -> Setting:
    tint: Swatch | None = None
    if company.members and company.place is None:
        lead = company.members[0].cutout
        tint = swatch_of(lead.rgb, lead.alpha)
    place: Pixels | None = company.place
    return Setting(place, company.style if company.restyle else None, company.paint, tint, bool(company.members))
