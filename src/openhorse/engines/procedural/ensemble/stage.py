"""A picture or a palette in, a stage out: a backdrop that lives, and a ground to stand on that follows the camera.

The ground is a real plane: whatever stands on it and the ground's own grain move together, so nobody slides.
Knows no actors; it tells where on the screen a point of its ground lies.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Move, Shot
from openhorse.engines.procedural.ensemble.palette import (
    Light,
    Swatch,
    carried,
    from_lab,
    light_of,
    painted,
    rounded,
    swatch_of,
    toned,
)
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.still.analysis import Layout, survey
from openhorse.engines.procedural.still.plate import Pixels, fit
from openhorse.engines.procedural.still.scene import Still
from openhorse.vocabulary import Picture

MARGIN = 0.08
"""How much larger than the frame the backdrop is, so that the camera has room."""

_TILE = 512
_DEPTH_STEP = 2.4
"""Units of ground depth for each texel: the grain is foreshortened as it would be in a picture."""


@dataclass(frozen=True, slots=True)
class Framing:
    """Where the camera is at one moment: right and forward on the ground (pixels at depth 1), zoom and tilt."""

    right: float = 0.0
    forward: float = 0.0
    zoom: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0


@dataclass(frozen=True, slots=True)
class Plane:
    """The ground under a level camera. Depth 1 is where the leading actor stands at the start.

    `horizon` and `foot` are rows of the frame; `focal` is in pixels.
    """

    width: int
    height: int
    horizon: float
    foot: float
    focal: float

    def project(self, right: float, forward: float, framing: Framing) -> tuple[float, float, float]:
        """The column, row and scale on the screen of a point of the ground."""
        depth = max(0.25, 1 + (forward - framing.forward) / self.focal)
        zoom = framing.zoom
        x = self.width / 2 + zoom * ((right - framing.right) / depth - framing.shift_x)
        return x, self.horizon + zoom * (self.foot - self.horizon) / depth + framing.shift_y, zoom / depth

    @property
    def slope(self) -> float:
        """How far down the screen a step of one towards the camera comes at depth 1."""
        return (self.foot - self.horizon) / self.focal


@dataclass(frozen=True, slots=True)
class Setting:
    """What a stage is built of: a picture (`place`, height × width × 3), or `tint` alone.

    `style` re-colours the picture; `paint` softens it with a brush; `tint` is the swatch of the actors; `texture` is
    the style's picture, whose colours an imagined stage is painted in. `floor` is False when nobody is on it.
    """

    place: Pixels | None
    style: Swatch | None = None
    paint: bool = False
    tint: Swatch | None = None
    floor: bool = True
    texture: Pixels | None = None


class Stage:
    """One stage, ready to be drawn at any framing."""

    def __init__(self, shot: Shot, setting: Setting) -> None:
        self.shot = shot
        # a backdrop a little softer than the actors is what a lens would give, and is drawn much faster
        self._detail = 0.75 if setting.paint else 0.85 if setting.floor else 1.0
        across, down = shot.width * (1 + MARGIN), shot.height * (1 + MARGIN)
        self.size = _even(across * self._detail), _even(down * self._detail)
        self.layout: Layout | None = None
        self.still: Still | None = None
        picture = self._picture(setting)
        self.plane = self._survey_plane()
        self._backdrop = self._alive(picture, setting)
        first = self._crop(self._backdrop(0), Framing(), shot.height)
        self.light: Light = light_of(first)
        self.swatch: Swatch = swatch_of(first)
        self.ground = first[int(0.8 * shot.height) :].reshape(-1, 3).mean(0).astype(np.float32) / 255
        self.calmer_side = _calmer_side(first)
        self.wet = _wetness(first, self.plane.horizon) if self._may_shine() else 0.0
        self.flooded = self._is_flooded()
        # a picture of a place has a ground of its own; what is imagined, painted or under water is given one
        self.laid = setting.floor and (setting.place is None or setting.paint or self.flooded)
        if self.laid:
            self._lay_ground(first, np.random.default_rng(shot.seed))

    def draw(self, index: int, framing: Framing) -> Pixels:
        """The stage at frame `index` seen from `framing`: height × width × 3, the caller's to change."""
        backdrop = self._backdrop(index)
        if not self.laid:
            return self._grounded(backdrop, framing)
        plane = self.plane
        top = round(plane.horizon + (self._top - plane.horizon) * framing.zoom + framing.shift_y)
        frame = np.empty((self.shot.height, self.shot.width, 3), np.uint8)
        # where the ground hides all of the backdrop none is drawn
        seen = min(self.shot.height, top + self._melted)
        frame[:seen] = self._crop(backdrop, framing, seen)
        self._draw_ground(frame, framing, top)
        return frame

    def score(self) -> Score | None:
        """What the backdrop sounds like; None when it is no picture's."""
        return self.still.score() if self.still else None

    # --- backdrop ---

    def _picture(self, setting: Setting) -> Pixels:
        """The backdrop at rest, at its full size."""
        width, height = self.size
        if setting.place is None:
            rgb = imagined(width, height, setting.tint, self.shot.seed)
            return rgb if setting.texture is None else toned(rgb, setting.texture, 0.9)
        rgb = fit(setting.place, width, height)
        self.layout = survey(setting.place)
        if setting.style is not None:
            rgb = carried(rgb, swatch_of(rgb), setting.style, 0.75)
        if setting.paint:
            rgb = painted(rgb, max(2, round(math.sqrt(width * height) / 240)))
        return rgb

    def _alive(self, picture: Pixels, setting: Setting) -> Callable[[int], Pixels]:
        """The backdrop by frame number: another scene's moving picture where there is something to move."""
        if setting.place is None or self.layout is None or not self.layout.is_outdoors:
            return lambda _index: picture
        width, height = self.size
        rgba = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        brief = replace(self.shot.brief, move=Move.STATIC, actions=frozenset())
        shot = replace(self.shot, width=width, height=height, brief=brief)
        self.still = Still(shot, Picture(width, height, np.ascontiguousarray(rgba).data, False))
        return self.still.rgb

    def _crop(self, picture: Pixels, framing: Framing, rows: int) -> Pixels:
        """The first `rows` of the frame, as the backdrop's `picture` fills it."""
        width, plane = self.shot.width, self.plane
        scale = self._detail / framing.zoom
        left = (self.size[0] - width * scale) / 2 + framing.shift_x * self._detail
        top = self._row(plane.horizon) - (plane.horizon + framing.shift_y) * scale
        turn = np.array([[scale, 0, left], [0, scale, top]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(
            cv2.warpAffine(picture, turn, (width, rows), flags=flags, borderMode=cv2.BORDER_REFLECT), np.uint8
        )

    def _row(self, row: float) -> float:
        """The backdrop's row that a row of the frame at rest shows."""
        return (row - self.shot.height / 2) * self._detail + self.size[1] / 2

    def _grounded(self, backdrop: Pixels, framing: Framing) -> Pixels:
        """The frame with the picture's own ground: below the horizon each row moves as a level plane would."""
        width, height, plane = self.shot.width, self.shot.height, self.plane
        if not (framing.right or framing.forward):
            return self._crop(backdrop, framing, height)
        top = int(np.clip(plane.horizon + framing.shift_y, 0, height))
        frame = np.empty((height, width, 3), np.uint8)
        if top > 0:
            frame[:top] = self._crop(backdrop, framing, top)
        if top == height:
            return frame
        below = (np.arange(top, height, dtype=np.float32) - plane.horizon - framing.shift_y) / framing.zoom
        depth = (plane.foot - plane.horizon) / np.maximum(below, 0.5)
        own = np.maximum(depth + framing.forward / plane.focal, 0.2)
        across = depth / own / framing.zoom
        start = framing.right / own + framing.shift_x
        x = np.arange(width, dtype=np.float32) - np.float32(width / 2)
        map_x = (across * self._detail)[:, None] * x + (start * self._detail + self.size[0] / 2)[:, None]
        rows = plane.horizon + (plane.foot - plane.horizon) / own
        map_y = np.repeat(((rows - height / 2) * self._detail + self.size[1] / 2)[:, None], width, 1)
        frame[top:] = cv2.remap(
            backdrop,
            map_x.astype(np.float32),
            np.ascontiguousarray(map_y, np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
        return frame

    # --- ground ---

    def _may_shine(self) -> bool:
        """Whether the ground may be wet: there is water or rain, or it is so dark that lamps would show in it."""
        if self.layout is None:
            return False
        rainy = bool(self.shot.brief.weather & {"rain", "after-rain"})
        return rainy or self.layout.has_water or self.layout.night or float(self.swatch.mean[0]) < 62

    def _is_flooded(self) -> bool:
        """Whether there is water where actors would stand."""
        if self.layout is None or not self.layout.has_water:
            return False
        rows = self.layout.water.shape[0]
        return float(self.layout.water[rows * 17 // 20 :].mean()) > 0.4

    def _survey_plane(self) -> Plane:
        width, height = self.shot.width, self.shot.height
        horizon = 0.58 if self.layout is None else 0.53
        if self.layout is not None and self.layout.is_outdoors and self.layout.has_sky:
            horizon = float(np.clip(self.layout.horizon, 0.42, 0.62))
        return Plane(width, height, horizon * height, 0.885 * height, 1.1 * height)

    def _lay_ground(self, first: Pixels, draw: np.random.Generator) -> None:
        """The ground's colours, its grain, and where it melts into the backdrop; some more than the frame shows."""
        plane, width, height = self.plane, self.shot.width, self.shot.height
        indoors = self.layout is not None and not self.layout.is_outdoors
        far_depth = 3.2 if indoors else 1.6 if self.flooded else 2.1
        edge = plane.horizon + (plane.foot - plane.horizon) / far_depth
        self._top = int(edge - 0.05 * height)
        rows = height - self._top + int(height * MARGIN / 2)
        self._base = _ground_colours(first, self._top, rows, mirrored=indoors)
        self._grain = _repeated(_grain(first[int(height * 0.72) :], draw), width, height)
        y = np.arange(rows, dtype=np.float32)[:, None]
        waves = draw.standard_normal((4, 40)).astype(np.float32)
        ripple = cv2.resize(waves, (width, rows), interpolation=cv2.INTER_CUBIC)
        soft = np.clip((y + ripple * 0.012 * height) / (0.11 * height), 0, 1)
        self._cover = np.ascontiguousarray(soft * soft * (3 - 2 * soft), np.float32)
        whole = np.flatnonzero(self._cover.min(axis=1) >= 1)
        self._melted = int(whole[0]) if whole.size else rows
        depth = (plane.foot - plane.horizon) / np.maximum(y + self._top - plane.horizon, 4)
        amount = np.clip(1.5 / depth**1.5, 0.1, 1) * np.ones((1, width), np.float32)
        self._grain_amount = np.ascontiguousarray(amount, np.float32)
        self._bare, self._grain_rest = 1 - self._cover, 1 - self._grain_amount
        self._plain = np.full((rows, width), 128, np.uint8)

    def _draw_ground(self, frame: Pixels, framing: Framing, top: int) -> None:
        """Lay the ground over `frame` from row `top` down, in place."""
        plane, width = self.plane, self.shot.width
        rows = min(self.shot.height - top, len(self._base))
        y = np.arange(top, top + rows, dtype=np.float32)[:, None] - np.float32(framing.shift_y + plane.horizon)
        y = y / np.float32(framing.zoom) + np.float32(plane.horizon)
        depth = (plane.foot - plane.horizon) / np.maximum(y - plane.horizon, 4)
        x = (np.arange(width, dtype=np.float32)[None] - np.float32(width / 2)) / np.float32(framing.zoom)
        x = x + np.float32(framing.shift_x)
        # the grain repeats: its origin stays near the middle, float32 has few digits for a long walk
        u = x * depth + np.float32(framing.right % _TILE + self._grain.shape[1] // 2 // _TILE * _TILE)
        along = (plane.focal * (depth - 1) + framing.forward) / _DEPTH_STEP
        v = along - np.float32(float(along.min()) // _TILE * _TILE)
        v = np.ascontiguousarray(np.broadcast_to(v.astype(np.float32), u.shape))
        grain = cv2.remap(self._grain, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        base = self._base[:rows]
        # far away the grain melts into none, before it has three channels
        grain = cv2.blendLinear(grain, self._plain[:rows], self._grain_amount[:rows], self._grain_rest[:rows])
        ground = cv2.multiply(base, cv2.cvtColor(grain, cv2.COLOR_GRAY2RGB), scale=1 / 128)
        melted = min(rows, self._melted)
        behind, cover = frame[top : top + melted], self._cover[:melted]
        frame[top : top + melted] = cv2.blendLinear(ground[:melted], behind, cover, self._bare[:melted])
        frame[top + melted : top + rows] = ground[melted:]


def _even(value: float) -> int:
    return 2 * round(value / 2)


def _calmer_side(first: Pixels) -> int:
    """−1 or 1 for the half of the stage with less to see in it, where an actor hides less; 0 when they are alike."""
    small = cv2.resize(first, (64, 36), interpolation=cv2.INTER_AREA)
    edges = np.abs(cv2.Laplacian(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), cv2.CV_32F))[8:26]
    left, right = float(edges[:, 6:30].sum()) + 40, float(edges[:, 34:58].sum()) + 40
    if max(left, right) < 1.2 * min(left, right):
        return 0
    return 1 if left > right else -1


def _wetness(first: Pixels, horizon: float) -> float:
    """0…1: how much like a mirror the ground is; what stands above the horizon is seen again below it."""
    height = first.shape[0]
    span = min(horizon, height - horizon) * 0.8
    if span < 16:
        return 0.0
    grey = cv2.cvtColor(first, cv2.COLOR_RGB2GRAY)
    above = grey[round(horizon - span) : round(horizon)][::-1]
    below = grey[round(horizon) : round(horizon + span)]
    one, other = (
        cv2.resize(part, (48, 16), interpolation=cv2.INTER_AREA).astype(np.float32) for part in (above, below)
    )
    # what is the same all along a row is sky over ground, no mirror image
    one, other = (part - part.mean(1, keepdims=True) for part in (one, other))
    spread = float(one.std() * other.std())
    if spread < 9:
        return 0.0
    return float(np.clip((float((one * other).mean()) / spread - 0.25) / 0.45, 0, 1))


def _ground_colours(first: Pixels, top: int, rows: int, *, mirrored: bool) -> Pixels:
    """The broad colours of the ground, `rows` from `top` down: the picture's own, far more even than it is.

    `mirrored`: a polished floor that dimly shows what stands behind it.
    """
    width = first.shape[1]
    source = first[max(0, top - rows) : top][::-1] if mirrored else first[top:]
    small = cv2.resize(source, (48, 16), interpolation=cv2.INTER_AREA).astype(np.float32)
    blurred = cv2.GaussianBlur(small, (0, 0), 5, sigmaY=3)
    even = np.median(small.reshape(-1, 3), 0)
    mixed = blurred * 0.6 + even * 0.4
    # nearer ground is a little darker: the eye is led to the actors
    mixed *= np.linspace(1.0, 0.72 if mirrored else 0.8, 16, dtype=np.float32)[:, None, None]
    enlarged = cv2.resize(np.clip(mixed, 0, 255), (width, rows), interpolation=cv2.INTER_CUBIC)
    return rounded(enlarged)


def _repeated(tile: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The tile as often as a frame can show of it: wrapping in the lookup would cost ten times as much."""
    across = math.ceil(width * 3.2 / _TILE / 2) * 2 + 2
    along = math.ceil(1.1 * height * 2.6 / _DEPTH_STEP / _TILE) + 2
    return np.tile(tile, (along, across))


def _grain(ground: Pixels, draw: np.random.Generator) -> NDArray[np.uint8]:
    """A seamless tile of grain (128 is none) with the spectrum of a picture's ground.

    Random-phase noise (Galerne, Gousseau & Morel 2011): the amplitudes of a patch, phases drawn anew.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(ground), cv2.COLOR_RGB2GRAY).astype(np.float32)
    side = min(256, *grey.shape)
    middle = (grey.shape[1] - side) // 2
    patch = grey[-side:, middle : middle + side]
    patch = patch - cv2.GaussianBlur(patch, (0, 0), side / 10)
    window = np.outer(np.hanning(side), np.hanning(side))
    # every ground has some grain of its own, else a smooth picture would leave nothing to walk on
    cycles = np.hypot(np.fft.fftfreq(_TILE)[:, None], np.fft.rfftfreq(_TILE)[None]) * _TILE
    earth = 1 / np.maximum(cycles, 3) ** 1.05
    own = _by_radius(np.abs(np.fft.rfft2(patch * window, (_TILE, _TILE))), cycles)
    own /= np.sqrt((own**2).mean()) + 1e-6
    earth /= np.sqrt((earth**2).mean())
    phases = np.exp(2j * np.pi * draw.random(cycles.shape))
    noise = np.fft.irfft2((0.6 * own + 0.8 * earth) * phases, (_TILE, _TILE))
    noise /= noise.std() + 1e-9
    strength = float(np.clip(patch.std() / (patch.mean() + grey.mean() + 1) * 1.2, 0.07, 0.17))
    grain = 128 * (1 + strength * np.clip(noise, -3, 3))
    return rounded(grain)


def _by_radius(amplitude: NDArray[np.float64], cycles: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean amplitude at each fineness, whatever the direction: what stood on the ground leaves no streaks."""
    ring = np.minimum(cycles.astype(np.int64), _TILE // 2)
    total = np.bincount(ring.ravel(), amplitude.ravel())
    return np.asarray((total / np.maximum(np.bincount(ring.ravel()), 1))[ring])


def imagined(width: int, height: int, tint: Swatch | None, seed: int) -> Pixels:
    """A soft landscape of no particular place in colours that set off `tint`: sky, a low sun, rolling hills."""
    draw = np.random.default_rng(seed + 1)
    a, b = (float(tint.mean[1]), float(tint.mean[2])) if tint is not None else (0.0, 20.0)
    hue = math.atan2(b, a) + math.pi
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None]
    canvas = _between(_lch(66, 30, hue), _lch(92, 16, hue + 0.9), np.clip(y / 0.6, 0, 1) ** 1.3 * np.ones_like(x))
    sun_x, aspect = 0.3 + 0.4 * float(draw.random()), width / height
    away = np.hypot((x - sun_x) * aspect, y - 0.42)
    canvas += np.exp(-((away / 0.42) ** 2))[..., None] * np.array((7, 2, 9), np.float32)
    canvas += np.clip((0.075 - away) * height / 2, 0, 1)[..., None] * np.array((6, 0, 6), np.float32)
    for layer in range(4):
        near = layer / 3
        crest = 0.5 + 0.055 * layer + _rolling(width, draw, 3 + 2 * layer) * (0.05 - 0.008 * layer)
        below = np.clip((y - crest[None]) * height / 1.5, 0, 1)
        mist = np.clip((y - crest[None]) / 0.12, 0, 1)
        lit, shade = _lch(84 - 26 * near, 15 + 9 * near, hue + 0.5 - 0.6 * near), _lch(90 - 22 * near, 12, hue + 0.7)
        canvas += (_between(lit, shade, mist * (1 - near * 0.6)) - canvas) * below[..., None]
    return from_lab(canvas)


def _lch(lightness: float, chroma: float, hue: float) -> NDArray[np.float32]:
    return np.array((lightness, chroma * math.cos(hue), chroma * math.sin(hue)), np.float32)


def _between(one: NDArray[np.float32], other: NDArray[np.float32], amount: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(one + (other - one) * amount[..., None], np.float32)


def _rolling(width: int, draw: np.random.Generator, bumps: int) -> NDArray[np.float32]:
    """A smooth random line of `width` values, about −1…1."""
    points = draw.standard_normal((1, bumps)).astype(np.float32)
    line = cv2.resize(points, (width, 1), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(line, (0, 0), width / bumps / 4)[0], np.float32)
