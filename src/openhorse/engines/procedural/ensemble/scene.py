"""Several reference pictures in, one scene out: who acts, where, in whose colours.

Each picture is cast (actor, object, place or style), the stage is built, the actors are set on its ground.
Knows no language: roles, moves and moods come with the brief.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.ensemble.actor import Actor
from openhorse.engines.procedural.ensemble.air import Air
from openhorse.engines.procedural.ensemble.blocking import Placed, block, follows
from openhorse.engines.procedural.ensemble.carrying import bonds_of, by_member, can_wear, carried, understood
from openhorse.engines.procedural.ensemble.casting import Cast, cast
from openhorse.engines.procedural.ensemble.dressing import Dressing
from openhorse.engines.procedural.ensemble.gait import Gait
from openhorse.engines.procedural.ensemble.palette import Swatch, swatch_of, texture_of
from openhorse.engines.procedural.ensemble.placing import spots
from openhorse.engines.procedural.ensemble.scoring import Voice, compose
from openhorse.engines.procedural.ensemble.shine import upside_down
from openhorse.engines.procedural.ensemble.sprites import Stance
from openhorse.engines.procedural.ensemble.stage import MARGIN, Framing, Setting, Stage
from openhorse.engines.procedural.score import Mood, Score
from openhorse.engines.procedural.still.plate import Pixels
from openhorse.vocabulary import Frame, Picture

_SIDES = frozenset({"left", "right"})

_PUSH = 0.15
"""The part of the way to the leading actor that the camera goes."""

_BUST_BELOW = 0.06
"""The part of a bust that is below the frame: more than its walk ever lifts it."""


class Ensemble:
    """Reference pictures brought together in one shot; satisfies Scene."""

    def __init__(self, shot: Shot, pictures: Sequence[Picture]) -> None:
        """`pictures` are one to nine, in the order in which the prompt numbers them."""
        self.shot = shot
        cv2.setRNGSeed(shot.seed & 0x7FFFFFFF)
        company = cast(shot.brief, pictures)
        self._stage = Stage(shot, _setting(company))
        members = {member.number: member for member in company.members}
        wears = [one for one in company.relations if one.bond == "wears"]
        self._unworn = [one.object for one in wears if not can_wear(members[one.subject], members[one.object])]
        self._placed = self._place(company)
        ground = self._stage.expanse
        self._blocking = block(self._placed, ground, shot)
        self._placed = list(self._blocking.placed)
        self._lead = self._placed[0] if self._placed else None
        self.notes = (*company.notes, *self._remarks())
        texture = texture_of(company.texture, shot.width, shot.height) if company.texture is not None else None
        self._air = Air(shot, self._stage.light, texture)
        self._darkroom = Darkroom(shot.width, shot.height)

    def frame(self, index: int) -> Frame:
        """Frame `index`; its planes are reused by the next call."""
        return self._darkroom.convert(self.rgb(index))

    def rgb(self, index: int) -> Pixels:
        """The picture that `frame` encodes: height × width × 3, display-referred."""
        t, part = self.shot.moment(index)
        framing = self._framing(t, part)
        picture = self._stage.draw(index, framing)
        size = self.shot.height, self.shot.width
        seen = []
        for placed in sorted(self._placed, key=lambda one: -self._depth(one, t)):
            stance = self._stance(placed, t, framing)
            patch = placed.actor.posed(stance, t, size)
            if not placed.bust:
                patch = patch.hazed(*self._stage.haze(self._depth(placed, t), framing))
            seen.append((patch, stance, placed.actor.contacts(stance, t)))
        if self._stage.wet > 0.15 and not self._stage.laid:
            for patch, stance, _ in seen:
                upside_down(patch, stance.y, 0.5 * self._stage.wet).lay_within(picture)
        self._air.cast_shadows(picture, seen)
        for patch, _, _ in seen:
            patch.lay(picture)
        return self._air.finish(picture, index)

    def score(self) -> Score:
        """The stage's sounds, and everything that moves on it when and where it does."""
        stage = self._stage
        own = stage.score()
        voices = [Voice(one.actor, one is self._lead, partial(self._across, one)) for one in self._placed]
        return compose(self.shot, own, stage.layout, voices, self._mood(own))

    # --- where everyone is ---

    def _place(self, company: Cast) -> list[Placed]:
        """Everyone on the ground, the leading one first."""
        brush = round(self.shot.height / 360) if company.paint and company.place is not None else 0
        stage = self._stage
        dressing = Dressing(
            company.style or stage.swatch, stage.light, stage.ground, company.likeness, brush, company.style is not None
        )
        relations = by_member(company)
        found = spots(company.members, self.shot, relations)
        if len(found) == 1 and self.shot.width > self.shot.height and not company.members[0].cutout.open_sides & _SIDES:
            aside = stage.calmer_side * 0.13 * self.shot.width * found[0].depth
            found = [replace(found[0], right=aside)]
        placed = []
        bonds = bonds_of(understood(relations, len(company.members)))
        for number, (member, spot) in enumerate(zip(company.members, found, strict=True)):
            largest = max(8, round(spot.height * _nearest(spot.depth)))
            # a style has the last word on colours
            around = stage.around(spot) if company.style is None else None
            worn = replace(dressing, around=around) if member.dressed else None
            phase = (number * 0.37) % 1
            actor = Actor(member.cutout, largest, member.gait, worn, phase, member.build, stage.plane.slope)
            forward = (spot.depth - 1) * stage.plane.focal
            size = 1 / _nearest(spot.depth)
            placed.append(Placed(actor, spot.right, forward, size, member.bust, bond=bonds.get(number)))
        return placed

    def _remarks(self) -> tuple[str, ...]:
        remarks = [f"Nobody's whole body is seen to wear [Image {number}]." for number in self._unworn]
        if any(placed.actor.course.until is not None for placed in self._placed):
            remarks.append("Who walks stops where there is no room to go farther, and looks about there.")
        if any(placed.actor.gait is Gait.SWAY for placed in self._placed):
            remarks.append("Who shows no arm apart from the body sways instead of waving.")
        return tuple(remarks)

    def _depth(self, placed: Placed, t: float) -> float:
        """How far forward it is; what is carried is before what carries it."""
        if placed.bond is not None:
            return self._depth(self._placed[placed.bond[1]], t) - 1e-3
        return placed.at(t)[1]

    def _stance(self, placed: Placed, t: float, framing: Framing) -> Stance:
        if placed.bond is not None:
            return carried(placed, self._placed[placed.bond[1]], self._stance, t, framing)
        right, forward = placed.at(t)
        x, y, scale = self._stage.plane.project(right, forward, framing)
        scale *= placed.size
        if placed.bust:
            # Just below the frame, wherever the camera goes: that edge hides where the picture cut the body off.
            y = self.shot.height + _BUST_BELOW * scale * placed.actor.height
        return Stance(x, y, scale)

    def _framing(self, t: float, part: float) -> Framing:
        """The camera: the brief's move over the whole shot, and along with whoever walks."""
        width, height, plane = self.shot.width, self.shot.height, self._stage.plane
        eased = part * part * (3 - 2 * part) * 0.5 + part * 0.5
        room = MARGIN / 2 * 0.85
        right, forward = 0.0, 0.0
        if self._blocking.follow and self._lead is not None:
            lead = self._lead
            gone = lead.actor.course.going(t)
            # who walks also crosses the frame a little: the camera is slow to follow
            right = lead.way[0] * gone - (eased - 0.5) * follows(lead.actor.gait) * width * _sign(lead.way[0])
            forward = lead.way[1] * gone
        elif self._blocking.track:
            right = (part - 0.5) * self._blocking.track
        near = 0.1 if self._stage.laid else 0.045
        zoom, shift_x, shift_y = 1.0, 0.0, 0.0
        move = "" if self.shot.brief.move is None else self.shot.brief.move.value
        way = (eased - 0.5) * 2
        if move in ("pan-left", "pan-right", "tracking-left", "tracking-right", "orbit-left", "orbit-right"):
            way = -way if move.endswith("left") else way
            right, shift_x = right + way * near * width, way * room * width
        elif move in ("tilt-up", "tilt-down", "crane-up", "crane-down"):
            shift_y = (way if move.endswith("up") else -way) * room * height
        elif move == "handheld":
            shift_x = 0.004 * width * (math.sin(2.1 * t) + 0.5 * math.sin(4.7 * t + 1))
            shift_y = 0.005 * height * (math.sin(1.7 * t + 2) + 0.5 * math.sin(5.3 * t))
            zoom = 1.02
        elif move == "pull-out":
            forward, zoom = forward + (1 - eased) * self._push() * plane.focal, 1 + 0.06 * (1 - eased)
        elif move != "static":
            forward, zoom = forward + eased * self._push() * plane.focal, 1 + 0.06 * eased
        return Framing(right, forward, zoom, shift_x, shift_y)

    def _push(self) -> float:
        """How far the camera comes nearer: less over a picture's own ground, which it would pull out of shape."""
        near = min(1.0, 1 + self._lead.forward / self._stage.plane.focal) if self._lead is not None else 1.0
        return _PUSH * near * (1.0 if self._stage.laid else 0.5)

    # --- sound ---

    def _across(self, placed: Placed, at: float) -> float:
        """Where somebody is at `at` seconds, 0 (left) … 1 (right)."""
        framing = self._framing(at, at / self.shot.seconds)
        return float(np.clip(self._stance(placed, at, framing).x / self.shot.width, 0, 1))

    def _mood(self, own: Score | None) -> Mood:
        brief = self.shot.brief
        if brief.mood is not None:
            return brief.mood
        if own is not None and own.mood is not None:
            return own.mood
        lightness, _, yellow = self._stage.swatch.mean
        if lightness < 30:
            return "dark"
        return "warm" if yellow > 12 else "bright" if lightness > 68 else "calm"


def _sign(value: float) -> int:
    return 1 if value >= 0 else -1


def _nearest(depth: float) -> float:
    """How much larger than at depth 1 somebody at `depth` is ever seen."""
    return 1.0 / (depth * (1 - _PUSH)) * 1.07


def _setting(company: Cast) -> Setting:
    tint: Swatch | None = None
    if company.members and company.place is None:
        lead = company.members[0].cutout
        tint = swatch_of(lead.rgb, lead.alpha)
    return Setting(
        company.place,
        company.style if company.restyle else None,
        company.paint and company.place is not None,
        tint,
        bool(company.members),
        company.texture,
    )
