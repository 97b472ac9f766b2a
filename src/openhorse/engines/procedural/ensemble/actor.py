"""A cut-out in, an actor out: lit by its stage, walking, hopping, floating or breathing on its ground.

The cut-out is bent, never slid: its lower third steps, its body sways about the foot that stands.
Knows no prompt and no other actor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.cutout import Cutout
from openhorse.engines.procedural.ensemble.palette import Light, Swatch, graded, painted, rounded, swatch_of
from openhorse.engines.procedural.still.plate import Field, Pixels

_GRID = 12
"""Pixels between the points at which a pose is worked out; it is smooth in between."""


class Gait(StrEnum):
    """How an actor moves. BUST is a walk seen from the waist up; STAND is for what has no life."""

    WALK = "walk"
    RUN = "run"
    BUST = "bust"
    HOP = "hop"
    FLOAT = "float"
    BREATHE = "breathe"
    STAND = "stand"


STRIDE_SECONDS = {Gait.WALK: 1.12, Gait.RUN: 0.72, Gait.BUST: 1.16, Gait.HOP: 1.25}
"""Seconds from a step of one foot to the next step of the same; from hop to hop."""

_REACH = {Gait.WALK: (0.065, 0.42), Gait.RUN: (0.11, 1.05), Gait.BUST: (0.065, 0.42)}
"""How far a foot swings either way, and the heights a second of one who comes towards the camera."""


@dataclass(frozen=True, slots=True)
class Dressing:
    """How an actor is made to belong: the stage's swatch and light, the ground's colour and the grade's strength.

    `ground` is display-referred RGB in 0…1; `brush` in pixels paints the actor as the stage is painted, 0 not at all.
    """

    swatch: Swatch
    light: Light
    ground: NDArray[np.float32]
    strength: float
    brush: int = 0


@dataclass(frozen=True, slots=True)
class Stance:
    """Where an actor's foot is on the screen, in pixels, and how large it is against its sprite."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of a frame: premultiplied RGBA (height × width × 4) and the frame's column and row of its corner."""

    rgba: NDArray[np.uint8]
    left: int
    top: int

    def lay(self, onto: Pixels) -> None:
        """Put it over `onto` (height × width × 3), in place."""
        if not self.rgba.size:
            return
        rows, columns = self.rgba.shape[:2]
        region = onto[self.top : self.top + rows, self.left : self.left + columns]
        clear = cv2.cvtColor(255 - self.rgba[..., 3], cv2.COLOR_GRAY2RGB)
        behind = cv2.multiply(np.ascontiguousarray(region), clear, scale=1 / 255)
        region[:] = cv2.add(behind, np.ascontiguousarray(self.rgba[..., :3]))


@dataclass(frozen=True, slots=True)
class _Pose:
    """A moment of a gait, in body heights and radians. Steps are how far each half's foot is lifted and swung."""

    rise: float = 0.0
    lean: float = 0.0
    stretch: float = 0.0
    pivot: float = 0.0
    lift: tuple[float, float] = (0.0, 0.0)
    swing: tuple[float, float] = (0.0, 0.0)
    trail: float = 0.0


class Actor:
    """One cut-out, dressed for its stage. `profile` actors swing their legs along the screen."""

    def __init__(self, cutout: Cutout, height: int, gait: Gait, dressing: Dressing | None, phase: float = 0.0) -> None:
        """`height` is the largest height in pixels at which it will be seen; `phase` (0…1) sets it out of step."""
        self.gait, self.phase = gait, phase
        self.profile = cutout.rgb.shape[1] > cutout.rgb.shape[0] * 1.05
        self.facing = _facing(cutout.alpha) if self.profile else 0
        rgb, alpha = _resized(cutout, height)
        self.height, self.width = alpha.shape
        self.foot = foot_column(alpha) / self.width
        if dressing is not None:
            rgb = _dressed(rgb, alpha, dressing)
        self._pad = max(8, int(0.16 * max(alpha.shape)))
        self._sprite = _premultiplied(rgb, alpha, self._pad)
        self.alpha = alpha

    def footfalls(self, seconds: float) -> list[float]:
        """The moments (seconds) at which a foot, or the whole actor, comes down."""
        stride = STRIDE_SECONDS.get(self.gait)
        if stride is None:
            return []
        step = stride if self.gait is Gait.HOP else stride / 2
        # a hop lands when its cycle begins anew, a foot when its half of the stride is over
        first = (-self.phase * stride) % step
        count = max(0, math.ceil((seconds - first) / step))
        return [first + number * step for number in range(count) if first + number * step > 0.05]

    @property
    def pace(self) -> float:
        """Body heights a second at which it crosses the ground without its feet sliding; 0 when it stays."""
        if self.gait not in _REACH:
            return 0.0
        reach, approach = _REACH[self.gait]
        return 4 * reach / STRIDE_SECONDS[self.gait] if self.profile else approach

    def posed(self, stance: Stance, t: float, frame: tuple[int, int]) -> Patch:
        """The actor at `t` seconds on a frame of `frame` (height, width), bent and scaled."""
        pose = _pose(self.gait, t, self.phase, self.profile)
        return self._patch(stance, pose, frame)

    def rise(self, t: float) -> float:
        """How far above the ground it is, in body heights."""
        return _pose(self.gait, t, self.phase, self.profile).rise

    def _patch(self, stance: Stance, pose: _Pose, frame: tuple[int, int]) -> Patch:
        tall, wide = self.height * stance.scale, self.width * stance.scale
        spare = 0.12 * max(tall, wide)
        top = max(0, int(stance.y - tall * (1 + pose.rise + max(0.0, pose.stretch)) - spare))
        bottom = min(frame[0], int(stance.y - tall * pose.rise + spare) + 1)
        left = max(0, int(stance.x - wide * self.foot - spare))
        right = min(frame[1], int(stance.x + wide * (1 - self.foot) + spare) + 1)
        if bottom - top < 2 or right - left < 2:
            return Patch(np.zeros((0, 0, 4), np.uint8), 0, 0)
        map_x, map_y = self._bent(stance, pose, (top, bottom, left, right))
        patch = cv2.remap(self._sprite, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return Patch(np.asarray(patch, np.uint8), left, top)

    def _bent(self, stance: Stance, pose: _Pose, box: tuple[int, int, int, int]) -> tuple[Field, Field]:
        """For each pixel of `box` (top, bottom, left, right) the place in the sprite that is seen there."""
        top, bottom, left, right = box
        rows, columns = (bottom - top) // _GRID + 2, (right - left) // _GRID + 2
        y = top + np.arange(rows, dtype=np.float32)[:, None] * _GRID
        x = left + np.arange(columns, dtype=np.float32)[None] * _GRID
        tall = self.height * stance.scale
        u, v = np.broadcast_arrays((x - stance.x) / tall, (stance.y - y) / tall - pose.rise)
        u, v = _unbent(u, v, pose, self.width / self.height)
        across = u * self.height + self.foot * self.width + self._pad
        down = self.height * (1 - v) + self._pad
        size = ((columns - 1) * _GRID, (rows - 1) * _GRID)
        full = []
        for plane in (across, down):
            # sampled at the corners of cells: enlarge so that point k lands on pixel k × _GRID exactly
            turn = np.array([[1 / _GRID, 0, 0], [0, 1 / _GRID, 0]], np.float32)
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            wide = cv2.warpAffine(plane.astype(np.float32), turn, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
            full.append(np.ascontiguousarray(wide[: bottom - top, : right - left]))
        return full[0], full[1]


def _unbent(u: Field, v: Field, pose: _Pose, aspect: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """A pose undone: from where a point of the body is seen to where it is in the picture. Body heights."""
    cos, sin = math.cos(pose.lean), math.sin(pose.lean)
    from_pivot = u - pose.pivot * aspect
    v_upright: NDArray[Any] = (from_pivot * sin + v * cos) / (1 + pose.stretch)
    u_upright: NDArray[Any] = (from_pivot * cos - v * sin + pose.pivot * aspect) * (1 + pose.stretch * 0.5)
    return _unstepped(u_upright, v_upright, pose, aspect)


def _unstepped(u: NDArray[Any], v: NDArray[Any], pose: _Pose, aspect: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """The steps of the two halves of the lower third undone, and the lag of what is above the waist."""
    right_half = 0.5 + 0.5 * np.tanh(u / (0.085 * aspect + 0.01))
    leg = np.clip(1 - v / 0.36, 0, 1.3)
    leg = leg * leg * (3 - 2 * np.minimum(leg, 1))
    lift = pose.lift[0] * (1 - right_half) + pose.lift[1] * right_half
    swing = pose.swing[0] * (1 - right_half) + pose.swing[1] * right_half
    above = np.clip((v - 0.45) / 0.55, 0, 1.2)
    return u - swing * leg - pose.trail * above * above, v - lift * leg


def _pose(gait: Gait, t: float, phase: float, profile: bool) -> _Pose:
    """What a body does at `t` seconds."""
    stride = STRIDE_SECONDS.get(gait, 3.4)
    turn = 2 * math.pi * (t / stride + phase)
    wave, twice = math.sin(turn), abs(math.sin(turn))
    if gait in (Gait.WALK, Gait.RUN):
        high = 0.075 if gait is Gait.RUN else 0.05
        reach = _REACH[gait][0] * (1 if profile else 0.25)
        lift = high * max(0.0, wave), high * max(0.0, -wave)
        swing = reach * math.cos(turn), -reach * math.cos(turn)
        lean = (0.012 if profile else 0.034) * wave
        rise = (0.045 if gait is Gait.RUN else 0.018) * twice
        return _Pose(rise, lean, 0.012 * (twice - 0.5), 0.2 * _sign(wave), lift, swing, -0.02 * math.sin(turn - 0.7))
    if gait is Gait.BUST:
        return _Pose(0.014 * twice - 0.03, 0.016 * wave, 0.006 * (twice - 0.5), trail=-0.014 * math.sin(turn - 0.7))
    if gait is Gait.HOP:
        return _hop((t / stride + phase) % 1)
    if gait is Gait.FLOAT:
        return _Pose(0.09 + 0.035 * wave, 0.035 * math.sin(turn * 0.5 + 1), 0.006 * math.cos(turn))
    if gait is Gait.BREATHE:
        sway = math.sin(turn * 0.5 + 0.4)
        return _Pose(0, 0.008 * sway, 0.007 * wave, trail=0.012 * math.sin(turn * 0.5 - 0.5))
    return _Pose()


def _hop(part: float) -> _Pose:
    """A hop: a crouch, a flight of six tenths of the cycle, a landing that gives."""
    if part < 0.2:
        return _Pose(stretch=-0.09 * math.sin(math.pi * part / 0.2))
    if part < 0.8:
        flight = (part - 0.2) / 0.6
        return _Pose(0.2 * 4 * flight * (1 - flight), 0.03 * math.sin(2 * math.pi * flight), 0.03)
    return _Pose(stretch=-0.04 * math.sin(math.pi * (part - 0.8) / 0.2))


def _sign(value: float) -> float:
    """−1…1, smooth through nought: the weight goes from foot to foot, it does not jump."""
    return math.tanh(value * 3)


def _facing(alpha: Field) -> int:
    """−1 when a subject seen from the side looks left, 1 right: heads are high and at the front."""
    rows, columns = alpha.shape
    across = np.linspace(-1, 1, columns, dtype=np.float32)
    upper = alpha[: max(1, rows * 3 // 10)].sum(0)
    return 1 if float((upper * across).sum()) >= 0 else -1


def foot_column(alpha: Field) -> float:
    """The column of a cut-out's `alpha` above which its weight rests.

    The middle of its lowest tenth, drawn somewhat to the middle of the whole.
    """
    columns = np.arange(alpha.shape[1], dtype=np.float32)
    low = alpha[-max(2, alpha.shape[0] // 10) :].sum(0) + 1e-6
    whole = alpha.sum(0) + 1e-6
    return float(0.6 * (low * columns).sum() / low.sum() + 0.4 * (whole * columns).sum() / whole.sum())


def _resized(cutout: Cutout, height: int) -> tuple[Pixels, Field]:
    rows, columns = cutout.alpha.shape
    scale = height / rows
    size = max(4, round(columns * scale)), max(4, height)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    rgb = cv2.resize(cutout.rgb, size, interpolation=how)
    alpha = np.clip(cv2.resize(cutout.alpha, size, interpolation=how), 0, 1)
    return np.asarray(rgb, np.uint8), np.asarray(alpha, np.float32)


def _premultiplied(rgb: Pixels, alpha: Field, pad: int) -> NDArray[np.uint8]:
    colour = rgb * alpha[..., None]
    rgba = rounded(np.dstack([colour, alpha * 255]))
    return np.asarray(cv2.copyMakeBorder(rgba, pad, pad, pad, pad, cv2.BORDER_CONSTANT), np.uint8)


# --- belonging to the stage -----------------------------------------------------------------------------------


def _dressed(rgb: Pixels, alpha: Field, dressing: Dressing) -> Pixels:
    """The actor graded into its stage and lit by it; done once, so that it looks the same throughout."""
    if dressing.brush:
        rgb = painted(rgb, dressing.brush)
    own = swatch_of(rgb, alpha)
    rgb = graded(rgb, own, dressing.swatch, dressing.strength)
    colours = np.asarray(rgb, np.float32) * np.float32(_exposure(own, dressing) / 255)
    return rounded(_lit(colours, alpha, dressing) * 255)


def _exposure(own: Swatch, dressing: Dressing) -> float:
    """A dark stage darkens who stands in it, but never past telling who it is."""
    return float(np.clip((dressing.swatch.bright + 22) / (min(own.bright, 80) + 12), 0.62, 1.06))


def _lit(colours: NDArray[np.float32], alpha: Field, dressing: Dressing) -> NDArray[np.float32]:
    """Shading of a body that is round like a cushion, a rim from the light, bounce and shade near the ground."""
    light, height = dressing.light, alpha.shape[0]
    padded = cv2.copyMakeBorder(alpha, 32, 32, 32, 32, cv2.BORDER_CONSTANT)
    body = _small_blur(padded, 0.085 * height)
    slope_x = cv2.Sobel(body, cv2.CV_32F, 1, 0)[32:-32, 32:-32] * height / 8
    slope_y = cv2.Sobel(body, cv2.CV_32F, 0, 1)[32:-32, 32:-32] * height / 8
    toward = np.clip(-(slope_x * light.side * 0.8 - slope_y * 0.6) * 0.35, -1, 1)
    shade = 1 + 0.24 * (0.4 + 0.6 * light.strength) * toward
    edge = cv2.GaussianBlur(padded, (0, 0), max(0.8, 0.007 * height))[32:-32, 32:-32]
    across = cv2.Sobel(edge, cv2.CV_32F, 1, 0) * 0.014 * height
    down = cv2.Sobel(edge, cv2.CV_32F, 0, 1) * 0.014 * height
    rim = np.clip(-across * light.side + down * 0.4, 0, 1) * alpha * (0.42 if light.behind else 0.22)
    up = 1 - np.linspace(0, 1, height, dtype=np.float32)[:, None]
    occluded = 0.66 + 0.34 * np.clip(up / 0.16, 0, 1) ** 0.7
    colours = colours * (shade * occluded)[..., None]
    bounce = 0.13 * np.clip(1 - up / 0.4, 0, 1)[..., None]
    colours = colours + (dressing.ground * (0.4 + colours) - colours * 0.5) * bounce
    wrap = np.clip(1.0 - edge, 0, 0.5)[..., None] * 0.22
    colours = colours + (light.ambient - colours) * wrap
    # light on an edge takes the colour of what it falls on, and only a little of its own
    colours = colours + rim[..., None] * light.colour * (0.75 * colours + 0.16)
    return np.asarray(_shouldered(colours), np.float32)


def _shouldered(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours above 0.8 bent back under 1, so that what is bright keeps its hue."""
    over = np.maximum(colours - 0.8, 0)
    return np.asarray(np.minimum(colours, 0.8) + over / (1 + over / 0.18), np.float32)


def _small_blur(values: Field, sigma: float) -> Field:
    """A wide blur at a quarter of the size."""
    rows, columns = values.shape
    small = cv2.resize(values, (max(2, columns // 4), max(2, rows // 4)), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma / 4))
    # slopes are taken of this: the steps of the enlargement must not show in them
    enlarged = cv2.resize(blurred, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.blur(cv2.blur(enlarged, (5, 5)), (5, 5)), np.float32)
