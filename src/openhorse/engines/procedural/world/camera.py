"""A lens, a move and a moment in, a Camera out: where it is, and where on the screen a point of the world lies.

Knows no pixels and no scenery. Lengths are metres; the camera stays level, turns and tilts shift its picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from openhorse.engines.procedural.brief import Brief, Move
from openhorse.engines.procedural.easing import eased, unrest
from openhorse.engines.procedural.world.scenery import Lens


@dataclass(frozen=True, slots=True)
class Camera:
    """The camera at one moment: its place, its focal length (pixels), where ahead and the horizon are on the screen."""

    x: float
    eye: float
    z: float
    focal: float
    centre: float
    horizon: float

    def metre(self, z: float) -> float:
        """Pixels in a metre at `z`; what is behind the camera or all but in it is far too large."""
        return self.focal / max(0.05, z - self.z)

    def column(self, x: float, z: float) -> float:
        """The column of a point."""
        return self.centre + (x - self.x) * self.metre(z)

    def row(self, y: float, z: float) -> float:
        """The row of a point `y` above the ground."""
        return self.horizon + (self.eye - y) * self.metre(z)

    def halved(self) -> Camera:
        """The same view in a picture half as wide and half as high."""
        return replace(self, focal=self.focal / 2, centre=self.centre / 2, horizon=self.horizon / 2)


@dataclass(frozen=True, slots=True)
class Path:
    """A camera move over a whole shot about what is `distance` ahead; `reach` (1 is usual) is how far it goes.

    `follow` is how far right the camera has gone by a moment, along with whoever it follows; None where it stays.
    `back` is how fast it goes back before who comes towards it, metres a second; that takes `seconds`, and half-way it
    is where it would be without.
    """

    lens: Lens
    move: Move
    distance: float
    reach: float = 1.0
    seed: int = 0
    follow: Callable[[float], float] | None = None
    back: float = 0.0
    seconds: float = 0.0
    close: tuple[float, float] = (1.0, 1.0)

    def at(self, seconds: float, part: float) -> Camera:
        """The camera `seconds` after the start, when `part` (0…1) of the shot is over."""
        lens, way = self.lens, eased(part)
        x, eye, z, turn, tilt, zoom = self._moved(seconds, way)
        near, far = self.close
        zoom *= near + (far - near) * way
        x += 0.0 if self.follow is None else self.follow(seconds)
        z -= self.back * (seconds - self.seconds / 2)
        focal = lens.focal * zoom
        # about the middle of the frame, so that a zoom keeps what is there
        middle = lens.height * 0.5
        horizon = middle + (lens.horizon - middle) * zoom + tilt * lens.height
        return Camera(x, lens.eye + eye, z, focal, lens.width / 2 + turn * lens.width, horizon)

    def _moved(self, seconds: float, way: float) -> tuple[float, float, float, float, float, float]:
        """Right, up, ahead (metres), turn and tilt (parts of the frame), zoom."""
        to, swing, reach = self.distance, 2 * way - 1, self.reach
        match self.move:
            case Move.STATIC:
                return 0.0, 0.0, 0.0, 0.0, 0.0, 1.0
            case Move.PUSH_IN:
                return 0.0, 0.0, 0.26 * to * way * reach, 0.0, 0.0, 1.0
            case Move.PULL_OUT:
                return 0.0, 0.0, 0.26 * to * (1 - way) * reach, 0.0, 0.0, 1.0
            case Move.PAN_LEFT | Move.PAN_RIGHT:
                side = 1.0 if self.move is Move.PAN_LEFT else -1.0
                return 0.0, 0.0, 0.0, side * 0.16 * swing * reach, 0.0, 1.0
            case Move.TILT_UP | Move.TILT_DOWN:
                side = 1.0 if self.move is Move.TILT_UP else -1.0
                return 0.0, 0.0, 0.0, 0.0, side * 0.13 * (way - 0.6 if side > 0 else way - 0.4) * reach, 1.0
            case Move.ORBIT_LEFT | Move.ORBIT_RIGHT:
                side = 1.0 if self.move is Move.ORBIT_RIGHT else -1.0
                right = side * 0.22 * to * swing * reach
                return right, 0.0, 0.0, right * self.lens.metre(to) / self.lens.width, 0.0, 1.0
            case Move.CRANE_UP | Move.CRANE_DOWN:
                lift = way if self.move is Move.CRANE_UP else 1 - way
                return 0.0, 0.14 * to * lift * reach, 0.0, 0.0, -0.17 * lift * reach, 1.0
            case Move.TRACK_LEFT | Move.TRACK_RIGHT:
                side = 1.0 if self.move is Move.TRACK_RIGHT else -1.0
                return side * 0.3 * to * swing * reach, 0.0, 0.0, 0.0, 0.0, 1.0
            case Move.HANDHELD:
                sway = [unrest(seconds, self.seed + k) for k in range(4)]
                return 0.02 * to * sway[0], 0.012 * to * sway[1], 0.0, 0.006 * sway[2], 0.006 * sway[3], 1.02


def plan(brief: Brief, lens: Lens, distance: float, seconds: int, seed: int) -> Path:
    """The path for a brief about what is `distance` ahead; without a word of the camera it pushes in a little."""
    reach = min(1.3, math.sqrt(seconds / 5)) * (1.6 if brief.haste else 1.0)
    move, close = brief.move, (1.0, 1.0)
    if brief.framing[:2] == ("wide", "close"):
        move, close = move or Move.STATIC, (1.0, 1.6)
    elif brief.framing[:2] == ("close", "wide"):
        move, close = move or Move.STATIC, (1.6, 1.0)
    if move is None:
        move, reach = Move.PUSH_IN, 0.45 * reach
    return Path(lens, move, distance, reach, seed, close=close)
