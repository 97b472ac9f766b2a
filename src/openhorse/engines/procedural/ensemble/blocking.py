"""Actors on their spots in, their ways over the ground out: who goes where, how far, and whether the camera goes along.

Knows no pixels of the stage. Lengths are pixels at depth 1, as the ground's plane has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.ensemble.actor import Actor
from openhorse.engines.procedural.ensemble.gait import TRAVELLING, Gait

_CROSSED = 0.68
"""The part of the frame's width that one who goes along the screen crosses."""

_TRACKED = 0.3
"""How far, in frame widths, a picture's own ground can pass below the camera before its sides give out."""

_LANE = 0.13
"""How far, in frame widths, one may go along the screen among others who go elsewhere."""

_EASY = 0.72
"""How slow, against its own pace, somebody goes to be on the way for the whole shot."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An actor and where it stands: right of the middle and forward of depth 1, in pixels at depth 1.

    `size` is what its sprite is multiplied by at depth 1; `way` is how it goes over the ground, right and forward, in
    pixels a second. A `bust` is cut off below and stands so near that the frame's lower edge hides the cut.
    `bond` ties it to another: the word, and the other's number among the placed.
    """

    actor: Actor
    right: float
    forward: float
    size: float
    bust: bool = False
    way: tuple[float, float] = (0.0, 0.0)
    bond: tuple[str, int] | None = None

    @property
    def tall(self) -> float:
        """Its height at depth 1."""
        return float(self.actor.height * self.size)

    def at(self, t: float) -> tuple[float, float]:
        """Where it is at `t` seconds."""
        gone = self.actor.course.going(t)
        return self.right + self.way[0] * gone, self.forward + self.way[1] * gone


@dataclass(frozen=True, slots=True)
class Ground:
    """What there is to go over: whether it goes on for ever, and its focal length in pixels.

    `open`: nothing stands on it that would be pulled out of shape were the camera to go along. `deep` is how far away,
    in focal lengths beyond a spot, somebody may be who comes towards us.
    """

    endless: bool
    focal: float
    open: bool = True
    deep: float = 2.2


@dataclass(frozen=True, slots=True)
class Blocking:
    """Everyone with their ways. `follow`: the camera goes along for good; `track` is how far it does otherwise."""

    placed: tuple[Placed, ...]
    follow: bool = False
    track: float = 0.0


def block(placed: Sequence[Placed], ground: Ground, shot: Shot) -> Blocking:
    """Send everyone who travels on their way.

    A company that goes one way goes on over endless ground. Over a picture's own ground those who come towards us start
    as far off as they need; who goes along the screen crosses it, and for the rest of the way the camera goes along.
    """
    going = [one for one in placed if one.bond is None and one.actor.pace > 0 and one.actor.gait in TRAVELLING]
    if not going:
        return Blocking(tuple(placed))
    facings = {one.actor.facing for one in going}
    alike = len(facings) == 1
    if ground.endless and alike and len(going) == sum(one.bond is None for one in placed):
        return Blocking(tuple(_endlessly(one, going) for one in placed), follow=True)
    speed = min(one.actor.pace * one.tall for one in going)
    room, track = _room(going, placed, shot, facings)
    if not ground.open:
        # no tracking: it is crossed from edge to edge instead
        room, track = room * 1.25, 0.0
    sent = []
    for one in placed:
        if not any(one is other for other in going):
            sent.append(one)
        elif one.bust:
            sent.append(_nearing(one, shot, ground))
        elif one.actor.facing:
            own = speed if alike else one.actor.pace * one.tall
            sent.append(_along(one, own, room + track, shot, alone=len(placed) == 1))
        else:
            sent.append(_towards(one, speed, ground.focal * min(ground.deep, 9.0 if alike else 0.85), shot))
    ways = [abs(one.way[0]) * one.actor.course.going(shot.seconds) for one in sent]
    needed = max(0.0, min(track, max(ways) - room))
    side = next((one.actor.facing for one in going if one.actor.facing), 0)
    return Blocking(tuple(sent), track=side * needed if alike else 0.0)


def _room(going: Sequence[Placed], placed: Sequence[Placed], shot: Shot, facings: set[int]) -> tuple[float, float]:
    """How far those who go along the screen may, by crossing it and by the camera's going along."""
    if len(facings) > 1:
        return _LANE * shot.width, 0.0
    if len(placed) == 1:
        wide = placed[0].tall * placed[0].actor.width / placed[0].actor.height
        return max(0.35 * shot.width, min(_CROSSED, 0.92 - wide / shot.width) * shot.width), _TRACKED * shot.width
    # things that stand are passed; a company keeps together
    group = max(one.right for one in going) - min(one.right for one in going)
    return max(0.15 * shot.width, _CROSSED * shot.width - group), _TRACKED * shot.width


def _endlessly(one: Placed, going: Sequence[Placed]) -> Placed:
    if one.bond is not None:
        return one
    speed = min(other.actor.pace * other.tall for other in going)
    one.actor.keep(speed / one.tall, None)
    facing = one.actor.facing
    return replace(one, way=(facing * speed, 0.0) if facing else (0.0, -speed))


def _along(one: Placed, speed: float, room: float, shot: Shot, *, alone: bool) -> Placed:
    """Along the screen, the middle of the way where its spot is."""
    speed, until = _paced(speed, room, shot.seconds)
    one.actor.keep(speed / one.tall, until)
    gone = one.actor.course.going(shot.seconds) * speed
    right = one.right
    if alone:
        # its way, not its foot, has the middle of the frame
        right = (one.actor.foot - one.actor.width / one.actor.height / 2) * one.tall
    facing = one.actor.facing
    return replace(one, right=right - facing * gone / 2, way=(facing * speed, 0.0))


def _towards(one: Placed, speed: float, room: float, shot: Shot) -> Placed:
    """Towards us, at its spot when the shot is over."""
    speed, until = _paced(speed, room, shot.seconds)
    one.actor.keep(speed / one.tall, until)
    gone = one.actor.course.going(shot.seconds) * speed
    return replace(one, forward=one.forward + gone, way=(0.0, -speed))


def _nearing(one: Placed, shot: Shot, ground: Ground) -> Placed:
    """Somebody seen from the waist up comes a little nearer: the ground is not seen, so any speed will do."""
    gone = min(0.1 * shot.seconds, 0.45) * (1 + one.forward / ground.focal) * ground.focal
    return replace(one, forward=one.forward + gone, way=(0.0, -gone / shot.seconds))


def _paced(speed: float, room: float, seconds: float) -> tuple[float, float | None]:
    """A speed at which the room lasts, down to an easy pace; and when it ends if it does not last even so."""
    needed = speed * seconds
    if needed <= room:
        return speed, None
    speed *= max(_EASY, room / needed)
    until = room / max(1e-6, speed) + 0.4
    return speed, until if until < seconds else None


def follows(gait: Gait) -> float:
    """How far, in frame widths, somebody crosses the frame with whom the camera goes along."""
    return 0.03 if gait is Gait.BUST else 0.1
