"""A camera move and a moment in, a View out: where the nearest and the farthest parts of a picture are then shown.

Knows no pixels. A picture has nothing beyond its edge, so a move takes the room that it needs from a push-in:
every depth is enlarged about a point inside the frame, and it is this point that travels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from openhorse.engines.procedural.brief import Brief, Move
from openhorse.engines.procedural.easing import eased, unrest

Freedom = Literal["none", "subject", "all"]
"""What of a picture may shrink without baring its border: nothing, a subject that is free of it, or all of it."""
Point = tuple[float, float]
"""A place in the frame as parts of its width and height."""


@dataclass(frozen=True, slots=True)
class View:
    """What the camera shows at one moment; all of it nought at the first frame.

    The farthest and the nearest parts are enlarged by 1 + `zoom_far` and 1 + `zoom_near` about `pivot_far` and
    `pivot_near`. `yaw` and `pitch` enlarge the right and the lower border by as much more (part of the size), the
    left and the upper by as much less. `roll` is an angle in radians. `recede_far` and `recede_near` make the
    frame's middle smaller (parts of the size) while its borders stay. Zooms below nought need a picture that goes on
    beyond its border.
    """

    zoom_far: float = 0.0
    zoom_near: float = 0.0
    pivot_far: Point = (0.5, 0.5)
    pivot_near: Point = (0.5, 0.5)
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    recede_far: float = 0.0
    recede_near: float = 0.0


def travel(one: View, other: View) -> float:
    """How far, as a part of the frame's side, anything in the frame moves between two views at most."""
    most = 0.0
    for zoom, pivot in (("zoom_far", "pivot_far"), ("zoom_near", "pivot_near")):
        for axis in (0, 1):
            for place in (0.0, 1.0):
                shown = [
                    p + (place - p) * (1 + z)
                    for p, z in ((getattr(view, pivot)[axis], getattr(view, zoom)) for view in (one, other))
                ]
                most = max(most, abs(shown[1] - shown[0]))
    turned = abs(one.yaw - other.yaw) + abs(one.pitch - other.pitch) + abs(one.roll - other.roll)
    shrunk = max(abs(one.recede_far - other.recede_far), abs(one.recede_near - other.recede_near))
    return most + 0.5 * turned + 0.3 * shrunk


@dataclass(frozen=True, slots=True)
class Path:
    """A camera move over a whole shot: `move` towards or about `middle`, as far as `zooms` (farthest, nearest).

    `recede` is how much the farthest and the nearest parts shrink within the border; a pull-out that has both shrinks
    the subject by `zooms` and what is behind it by `recede`. `seed` is that of a hand's unrest.
    """

    move: Move
    middle: Point
    zooms: tuple[float, float] = (0.0, 0.0)
    recede: tuple[float, float] = (0.0, 0.0)
    seed: int = 0

    def view(self, seconds: float, part: float) -> View:
        """What is shown `seconds` after the start, when `part` (0…1) of the shot is over."""
        way, room = eased(part), eased(min(1.0, part / 0.7))
        far, near = self.zooms
        match self.move:
            case Move.STATIC:
                return View()
            case Move.PUSH_IN:
                return View(far * way, near * way, self.middle, self.middle)
            case Move.PULL_OUT:
                if min(self.zooms) < 0:
                    return View(far * way, near * way, self.middle, self.middle)
                return self._receding(way)
            case Move.HANDHELD:
                return self._held(seconds)
            case Move.ORBIT_LEFT | Move.ORBIT_RIGHT:
                side = 1.0 if self.move is Move.ORBIT_RIGHT else -1.0
                across = side * (0.38 * way - 0.06 * room)
                # the far goes with the camera and the near against it: what stands between them stays
                return View(
                    far * room,
                    near * room,
                    (0.5 - across, self.middle[1]),
                    (0.5 + across, self.middle[1]),
                    yaw=side * 0.5 * min(far, near) * (0.4 * room - 1.1 * way),
                )
            case _:
                point = self._travelling(way)
                return View(far * room, near * room, point, point, pitch=self._pitch(way))

    def view_of_ground(self, seconds: float, part: float) -> View:
        """`view` for what lies behind a subject: all the same but where only the subject can shrink freely."""
        if self.move is Move.PULL_OUT and any(self.recede):
            return self._receding(eased(part))
        return self.view(seconds, part)

    def _receding(self, way: float) -> View:
        far, near = self.recede
        return View(recede_far=far * way, recede_near=near * way)

    def _travelling(self, way: float) -> Point:
        """The point about which a pan, a tilt, a track or a crane enlarges."""
        x, y = self.middle
        match self.move:
            case Move.PAN_LEFT | Move.TRACK_LEFT:
                return 0.7 - 0.7 * way, y
            case Move.PAN_RIGHT | Move.TRACK_RIGHT:
                return 0.3 + 0.7 * way, y
            case Move.TILT_UP | Move.CRANE_UP:
                return x, 0.7 - 0.7 * way
            case _:
                return x, 0.3 + 0.7 * way

    def _pitch(self, way: float) -> float:
        # seen from higher up, the foot of things grows smaller against their head; the zoom leaves room for it
        lean = 0.35 * min(self.zooms) * way
        return {Move.CRANE_UP: -lean, Move.CRANE_DOWN: lean}.get(self.move, 0.0)

    def _held(self, seconds: float) -> View:
        """In two hands: never still, never far from where it was."""
        wake = eased(min(1.0, seconds / 1.6))
        far, near = self.zooms
        x, y = (0.5 + 0.3 * unrest(seconds, self.seed + axis) for axis in (0, 1))
        # breath and step also bring the camera a little nearer and farther
        breath = 1 + 0.25 * unrest(0.7 * seconds, self.seed + 2)
        return View(
            far * wake * breath,
            near * wake * breath,
            (x, y),
            (x, y),
            roll=0.1 * far * wake * unrest(0.8 * seconds, self.seed + 3),
        )


def plan(brief: Brief, middle: Point, seconds: int, seed: int, freedom: Freedom = "none") -> Path:
    """The path for a brief in a picture about `middle`; `freedom` tells what may grow smaller."""
    # longer shots go farther, but not as much as they are longer
    reach = min(1.3, math.sqrt(seconds / 5)) * (1.7 if brief.haste else 1.0)
    move = brief.move or (Move.PULL_OUT if brief.framing[:2] == ("close", "wide") else Move.PUSH_IN)
    far, near = _ZOOMS[move]
    if move is Move.PULL_OUT:
        recede = (0.0, 0.0) if freedom == "all" else (0.08 * reach, 0.14 * reach)
        shrink = {"all": (-0.13, -0.17), "subject": (-0.15, -0.16), "none": (0.0, 0.0)}[freedom]
        return Path(move, middle, (shrink[0] * reach, shrink[1] * reach), recede, seed)
    if move is Move.PUSH_IN:
        if brief.framing[:2] == ("wide", "close"):
            return Path(move, middle, (0.75, 0.9), seed=seed)
        if brief.move is None:
            far, near = 0.5 * far, 0.5 * near
        elif brief.framing[:1] == ("close",):
            far, near = 0.24, 0.4
    return Path(move, middle, (far * reach, near * reach), seed=seed)


_ZOOMS = {
    Move.STATIC: (0.0, 0.0),
    Move.PUSH_IN: (0.08, 0.24),
    Move.PULL_OUT: (0.0, 0.0),
    Move.PAN_LEFT: (0.24, 0.28),
    Move.PAN_RIGHT: (0.24, 0.28),
    Move.TILT_UP: (0.24, 0.28),
    Move.TILT_DOWN: (0.24, 0.28),
    Move.ORBIT_LEFT: (0.15, 0.17),
    Move.ORBIT_RIGHT: (0.15, 0.17),
    Move.CRANE_UP: (0.09, 0.28),
    Move.CRANE_DOWN: (0.09, 0.28),
    Move.TRACK_LEFT: (0.05, 0.32),
    Move.TRACK_RIGHT: (0.05, 0.32),
    Move.HANDHELD: (0.06, 0.09),
}
"""How much a move enlarges the farthest and the nearest parts by the end of five seconds."""
