"""Several reference pictures in, one scene out: who acts, where, in whose colours.

Each picture is cast (actor, object, place or style), the stage is built, the actors are set on its ground.
Knows no language: roles, moves and moods come with the brief.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.ensemble.actor import Actor, Patch, Stance
from openhorse.engines.procedural.ensemble.air import Air
from openhorse.engines.procedural.ensemble.casting import Cast, cast
from openhorse.engines.procedural.ensemble.dressing import Dressing
from openhorse.engines.procedural.ensemble.gait import TRAVELLING, Gait
from openhorse.engines.procedural.ensemble.palette import Swatch, swatch_of, texture_of
from openhorse.engines.procedural.ensemble.placing import spots
from openhorse.engines.procedural.ensemble.scoring import Voice, compose
from openhorse.engines.procedural.ensemble.stage import MARGIN, Framing, Setting, Stage
from openhorse.engines.procedural.score import Mood, Score
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

    `way` is how it goes over the ground, right and forward, in pixels a second. A `bust` is cut off below and stands
    so near that the frame's lower edge hides the cut.
    """

    actor: Actor
    right: float
    forward: float
    bust: bool
    way: tuple[float, float] = (0.0, 0.0)

    def at(self, t: float) -> tuple[float, float]:
        """Where it is at `t` seconds."""
        gone = self.actor.course.going(t)
        return self.right + self.way[0] * gone, self.forward + self.way[1] * gone


class Ensemble:
    """Reference pictures brought together in one shot; satisfies Scene."""

    def __init__(self, shot: Shot, pictures: Sequence[Picture]) -> None:
        """`pictures` are one to nine, in the order in which the prompt numbers them."""
        self.shot = shot
        cv2.setRNGSeed(shot.seed & 0x7FFFFFFF)
        company = cast(shot.brief, pictures)
        self._stage = Stage(shot, _setting(company))
        self._placed = self._place(company)
        self._follow = self._set_off()
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
        for placed in sorted(self._placed, key=lambda one: -one.at(t)[1]):
            stance = self._stance(placed, t, framing)
            seen.append((placed.actor.posed(stance, t, size), stance, placed.actor.contacts(stance, t)))
        if self._stage.wet > 0.15 and not self._stage.laid:
            for patch, stance, _ in seen:
                _upside_down(patch, stance.y, 0.4 * self._stage.wet).lay_within(picture)
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

    def _place(self, company: Cast) -> list[_Placed]:
        """Everyone on the ground, the leading one first."""
        brush = round(self.shot.height / 360) if company.paint and company.place is not None else 0
        stage = self._stage
        dressing = Dressing(
            company.style or stage.swatch, stage.light, stage.ground, company.likeness, brush, company.style is not None
        )
        found = spots(company.members, self.shot)
        if len(found) == 1 and self.shot.width > self.shot.height and not company.members[0].cutout.open_sides & _SIDES:
            aside = stage.calmer_side * 0.13 * self.shot.width * found[0].depth
            found = [replace(found[0], right=aside)]
        placed = []
        for number, (member, spot) in enumerate(zip(company.members, found, strict=True)):
            largest = max(8, round(spot.height * _nearest(spot.depth)))
            worn = dressing if member.dressed else None
            phase = (number * 0.37) % 1
            actor = Actor(member.cutout, largest, member.gait, worn, phase, member.build, stage.plane.slope)
            forward = (spot.depth - 1) * stage.plane.focal
            placed.append(_Placed(actor, spot.right, forward, member.bust))
        self._lead = placed[0] if placed else None
        # what a sprite is multiplied by to be as large as it is at depth 1
        self._sizes = {id(one.actor): 1 / _nearest(1 + one.forward / stage.plane.focal) for one in placed}
        return placed

    def _set_off(self) -> bool:
        """Send everyone who travels on their way; True when the camera goes with them.

        On ground that is made here a company that goes one way may go on for ever; over a picture's own ground, or
        past things that stand, it goes as far as the ground allows and stops there.
        """
        going = [placed for placed in self._placed if placed.actor.pace > 0 and placed.actor.gait in TRAVELLING]
        if not going:
            return False
        facings = {placed.actor.facing for placed in going}
        speed = min(placed.actor.pace * self._ground_height(placed) for placed in going)
        lasting = self._stage.laid and not self._stage.flooded and len(going) == len(self._placed) and len(facings) == 1
        for index, placed in enumerate(self._placed):
            if not any(placed is one for one in going):
                continue
            facing, tall = placed.actor.facing, self._ground_height(placed)
            own = speed if len(facings) == 1 else placed.actor.pace * tall
            until = None if lasting else self._until(placed, own, len(facings) > 1)
            placed.actor.keep(own / tall, until)
            way = (facing * own, 0.0) if facing else (0.0, -own)
            gone = placed.actor.course.going(self.shot.seconds)
            back = (0.0, 0.0) if lasting else (-way[0] * gone * 0.5, -way[1] * gone)
            right = placed.right
            if facing and len(self._placed) == 1 and not lasting:
                # its way, not its foot, has the middle of the frame
                right = (placed.actor.foot - placed.actor.width / placed.actor.height / 2) * tall
            self._placed[index] = replace(placed, right=right + back[0], forward=placed.forward + back[1], way=way)
        self._lead = self._placed[0]
        return lasting

    def _until(self, placed: _Placed, speed: float, mixed: bool) -> float | None:
        """When one of that speed (pixels a second) has come as far as there is ground; None if not in this shot.

        `mixed` companies go their several ways: nobody may cross another's.
        """
        plane, width = self._stage.plane, self.shot.width
        if placed.actor.facing:
            wide = placed.actor.width * self._sizes[id(placed.actor)]
            alone = len(self._placed) == 1
            room = max(0.06 * width, (0.84 if alone else 0.3) * width - (wide if alone else 0))
            room = min(room, 0.07 * width) if mixed else room
        else:
            room = plane.focal * (0.5 if self._stage.flooded else 0.85)
        until = room / max(1e-6, speed) + 0.4
        return until if until < self.shot.seconds else None

    def _ground_height(self, placed: _Placed) -> float:
        """An actor's height at depth 1, in pixels."""
        return float(placed.actor.height * self._sizes[id(placed.actor)])

    def _remarks(self) -> tuple[str, ...]:
        if any(placed.actor.course.until is not None for placed in self._placed):
            return ("Who walks stops where the picture's ground ends, and looks about there.",)
        return ()

    def _stance(self, placed: _Placed, t: float, framing: Framing) -> Stance:
        plane = self._stage.plane
        right, forward = placed.at(t)
        x, y, scale = plane.project(right, forward, framing)
        scale *= self._sizes[id(placed.actor)]
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
        if self._follow and self._lead is not None:
            lead = self._lead
            gone = lead.actor.course.going(t)
            # who walks also crosses the frame a little: the camera is slow to follow
            across = 0.03 if lead.actor.gait is Gait.BUST else 0.1
            right = lead.way[0] * gone - (eased - 0.5) * across * width * _sign(lead.way[0])
            forward = lead.way[1] * gone
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

    def _across(self, placed: _Placed, at: float) -> float:
        """Where somebody is at `at` seconds, 0 (left) … 1 (right)."""
        framing = self._framing(at, at / self.shot.seconds)
        return float(np.clip(self._stance(placed, at, framing).x / self.shot.width, 0, 1))

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


def _upside_down(patch: Patch, foot: float, strength: float) -> Patch:
    """A patch as wet ground shows it again below its foot, fading away from it."""
    low = min(patch.rgba.shape[0], max(0, round(foot) - patch.top))
    if low < 4:
        return Patch(np.zeros((0, 0, 4), np.uint8), 0, 0)
    part = cv2.flip(patch.rgba[:low], 0)
    half = cv2.resize(part, (part.shape[1], max(2, low * 3 // 5)), interpolation=cv2.INTER_AREA)
    half = cv2.blur(half, (3, max(3, low // 40 | 1)))
    fade = np.linspace(strength, 0.0, half.shape[0], dtype=np.float32)[:, None, None] ** 1.0
    return Patch(np.asarray(half * fade, np.uint8), patch.left, patch.top + low)
