"""Players placed in a street in; how they come along it and how the camera goes back before them out.

Knows no pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.world.blocking import along
from openhorse.engines.procedural.world.placed import Placed
from openhorse.engines.procedural.world.scenery import Lens, Passage

MOST_BACK = 3.0
"""Metres that the camera goes back at most before those who come."""
_COMES = 0.35
"""The part of its distance by which the leading player comes nearer."""
_STEEPEST = 0.3
_LAST = 0.94
"""Where it is at the end, against where it was placed."""
_ABREAST = 1.3
"""Metres aside of the leading player within which one goes beside it."""


@dataclass(frozen=True, slots=True)
class Coming(Placed):
    """Somebody who comes along a street: `towards` us, metres a second in the mean of `seconds`."""

    towards: float = 0.0
    seconds: float = 1.0

    def gone(self, t: float) -> float:
        """How far right it has gone by `t`."""
        return self.way * self.nearer(t) / max(1e-6, self.towards)

    def nearer(self, t: float) -> float:
        """How much nearer it has come by `t`."""
        timeline = self.timeline
        if timeline is None:
            return self.towards * t
        return self.towards * self.seconds * timeline.gone(t) / max(1e-6, timeline.gone(self.seconds))

    def now(self, t: float) -> Coming:
        """The same where they are at `t`."""
        return replace(self, z=self.z - self.nearer(t))

    def pitch(self, eye: float) -> float:
        """How far an eye that high looks down at them, radians."""
        return min(_STEEPEST, round(0.9 * eye / max(1.0, self.z), 2))


def come_along(placed: Sequence[Placed], passage: Passage, lens: Lens, shot: Shot) -> tuple[tuple[Placed, ...], float]:
    """Everyone within a street, those who go towards us; and how fast the camera goes back, metres a second."""
    if not placed:
        return (), 0.0
    seconds = float(shot.seconds)
    drift = along(placed, lens, shot)(seconds / 2)
    # where they were meant to be, before their way across was taken into account
    middles = [one.x + one.gone(seconds / 2) - drift for one in placed]
    lead, back = placed[0], 0.0
    if lead.way:
        # the camera goes back as fast as leaves the leading one to come nearer by their part
        back = min(MOST_BACK, max(0.0, abs(lead.gone(seconds) - lead.gone(0)) - _COMES * lead.z)) / seconds
    gone: list[Placed] = []
    for one, middle in zip(placed, middles, strict=True):
        x = 0.8 * passage.half * math.tanh(middle / (0.8 * passage.half))
        if one.mount is not None and one.mount < len(gone):
            gone.append(_seated(one, gone[one.mount]))
        elif not one.way:
            gone.append(replace(one, x=x))
        else:
            last = _LAST * one.z + 0.4 * max(0.0, abs(middle - middles[0]) - _ABREAST)
            far = min(abs(one.way) * seconds, passage.end - 20.0 - last)
            coming = _coming(one, (x, last - back * seconds / 2 + far), far / seconds, seconds)
            bends = one.player.long > 1.3 * one.player.tall
            gone.append(_bending(coming, min(passage.half, 0.42 * lens.reach(last)), seconds) if bends else coming)
    return tuple(gone), back


def _coming(one: Placed, spot: tuple[float, float], pace: float, seconds: float) -> Coming:
    # who holds hands or looks aside does so as seen from the side: along the street they only go
    given = {field.name: getattr(one, field.name) for field in fields(Placed)}
    given |= {"x": spot[0], "z": spot[1], "way": 0.0, "facing": 0, "turn": 0.0, "aims": None}
    return Coming(**given, towards=pace, seconds=seconds)


def _bending(one: Coming, half: float, seconds: float) -> Coming:
    """What is long shows us some of its side: it comes on our right, and a little further to it all the time."""
    way = min(0.1 * one.towards, 0.35 * half / seconds)
    return replace(one, x=0.6 * one.x + 0.34 * half - way * seconds, way=way)


def _seated(one: Placed, mount: Placed) -> Placed:
    ahead = replace(one, x=mount.x, z=mount.z - 0.02)
    return replace(ahead, way=0.0, facing=0, turn=0.0, aims=None) if isinstance(mount, Coming) else ahead
