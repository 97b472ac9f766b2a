"""A picture or a palette in, a stage out: a backdrop that lives, and a ground to stand on that follows the camera.

The ground is a real plane: whatever stands on it and the ground's own grain move together, so nobody slides.
Knows no actors; it tells where on the screen a point of its ground lies.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Move, Shot
from openhorse.engines.procedural.ensemble.blocking import Ground
from openhorse.engines.procedural.ensemble.palette import (
    Light,
    Swatch,
    carried,
    from_lab,
    light_of,
    painted,
    rounded,
    swatch_of,
    to_lab,
    toned,
)
from openhorse.engines.procedural.ensemble.placing import Spot
from openhorse.engines.procedural.ensemble.shine import mirrored, streaked
from openhorse.engines.procedural.ensemble.vista import imagined
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.still.analysis import Layout, survey
from openhorse.engines.procedural.still.plate import Pixels, fit
from openhorse.engines.procedural.still.scene import Still
from openhorse.vocabulary import Picture

MARGIN = 0.08
"""How much larger than the frame the backdrop is, so that the camera has room."""

_SHORE = 2.3
"""How deep the shore is where the picture shows water down to its lower border: everybody's feet are on it."""

_FAR = 4.0
"""The depth at which a picture's backdrop stands when the camera goes along its ground."""

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
        self._first = first
        self.ground = first[int(0.8 * shot.height) :].reshape(-1, 3).mean(0).astype(np.float32) / 255
        level = round(self.plane.horizon)
        self._air = first[max(0, level - 14) : level + 8].reshape(-1, 3).mean(0).astype(np.float32)
        # indoors there is next to no air in between; misty weather has more of it
        outside = self.layout is None or self.layout.is_outdoors
        self._hazy = (0.9 if "mist" in shot.brief.weather else 0.45) if outside else 0.15
        self.calmer_side = _calmer_side(first)
        self.wet = self._reflected(first)
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

    def around(self, spot: Spot) -> Pixels | None:
        """What the picture shows where somebody on `spot` will be seen, to just below the feet; None if imagined."""
        if self.layout is None:
            return None
        plane, tall = self.plane, spot.height / spot.depth
        foot = plane.horizon + (plane.foot - plane.horizon) / spot.depth
        middle = self.shot.width / 2 + spot.right / spot.depth
        rows = slice(max(0, int(foot - 0.8 * tall)), max(24, min(self.shot.height, int(foot + 0.15 * tall))))
        columns = slice(max(0, int(middle - 0.5 * tall)), max(24, min(self.shot.width, int(middle + 0.5 * tall))))
        part = self._first[rows, columns]
        return part if min(part.shape[:2]) >= 16 else self._first

    def haze(self, forward: float, framing: Framing) -> tuple[NDArray[np.float32], float]:
        """The air's colour (0…255), and how much of it is before what is `forward` of depth 1 as the camera stands."""
        beyond = max(0.0, (forward - framing.forward) / self.plane.focal)
        return self._air, self._hazy * (1 - math.exp(-0.35 * beyond))

    @property
    def expanse(self) -> Ground:
        """How far one may go on this stage."""
        layout = self.layout
        clear = layout is None or (layout.is_outdoors and layout.has_sky)
        return Ground(self.laid, self.plane.focal, clear, 0.26 if self.flooded else 2.2)

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
        # what is farther than the backdrop moves as one with it
        edge = plane.horizon + framing.shift_y + framing.zoom * (plane.foot - plane.horizon) / _FAR
        top = int(np.clip(edge, 0, height))
        frame = np.empty((height, width, 3), np.uint8)
        far = _FAR + framing.forward / plane.focal
        if top > 0:
            shifted = replace(framing, shift_x=framing.shift_x + framing.right / far)
            frame[:top] = self._crop(backdrop, shifted, top)
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

    def _reflected(self, first: Pixels) -> float:
        """0…1: how much like a mirror the ground is, by what the picture shows on it and by what the words say."""
        if self.layout is None:
            return 0.0
        shining = 0.0 if float(self.layout.plants.mean()) > 0.12 else streaked(first)
        if self.layout.has_water:
            shining = max(shining, mirrored(first, self.plane.horizon))
        rainy = bool(self.shot.brief.weather & {"rain", "after-rain"})
        return max(shining, 0.45 if rainy else 0.0)

    def _is_flooded(self) -> bool:
        """Whether there is water where actors would stand."""
        if self.layout is None or not self.layout.has_water:
            return False
        rows = self.layout.water.shape[0]
        return float(self.layout.water[rows * 17 // 20 :].mean()) > 0.4

    def _growth(self, first: Pixels) -> Swatch | None:
        """The colours of what grows in the picture; None where next to nothing does."""
        assert self.layout is not None
        size = self.layout.plants.shape[1], self.layout.plants.shape[0]
        green = self.layout.plants > 0.5
        return swatch_of(cv2.resize(first, size)[green][None]) if green.mean() > 0.03 else None

    def _survey_plane(self) -> Plane:
        width, height = self.shot.width, self.shot.height
        horizon = 0.58 if self.layout is None else 0.53
        if self.layout is not None and self.layout.is_outdoors and self.layout.has_sky:
            horizon = float(np.clip(self.layout.horizon, 0.42, 0.62))
        foot = 0.885
        if self.layout is not None and self._is_flooded():
            # over water one stands on the near shore, at the picture's lower border; it lies level with the far one
            foot = 0.925
            rows = np.flatnonzero(self.layout.water.mean(1) > 0.3)
            horizon = float(np.clip(rows[0] / len(self.layout.water), 0.42, 0.66))
        return Plane(width, height, horizon * height, foot * height, 1.1 * height)

    def _lay_ground(self, first: Pixels, draw: np.random.Generator) -> None:
        """The ground's colours, its grain, and where it melts into the backdrop; some more than the frame shows."""
        plane, width, height = self.plane, self.shot.width, self.shot.height
        indoors = self.layout is not None and not self.layout.is_outdoors
        far_depth = 3.2 if indoors else _SHORE if self.flooded else 2.1
        edge = plane.horizon + (plane.foot - plane.horizon) / far_depth
        melting = 0.03 if self.flooded else 0.11
        self._top = int(edge - 0.5 * melting * height)
        rows = height - self._top + int(height * MARGIN / 2)
        self._base = _ground_colours(first, self._top, rows, mirrored=indoors)
        if self.flooded:
            self._base = _banked(self._base, self.swatch, self._growth(first))
        self._grain = _repeated(_grain(first[int(height * 0.72) :], draw), width, height)
        y = np.arange(rows, dtype=np.float32)[:, None]
        waves = draw.standard_normal((4, 40)).astype(np.float32)
        ripple = cv2.resize(waves, (width, rows), interpolation=cv2.INTER_CUBIC)
        soft = np.clip((y + ripple * 0.012 * height) / (melting * height), 0, 1)
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


def _banked(base: Pixels, swatch: Swatch, growth: Swatch | None) -> Pixels:
    """The near bank of a water: darker than the water, and of the cast of what grows by it or else of the picture."""
    lab = to_lab(base)
    lab[..., 0] = 0.35 * lab[..., 0] + 0.36 * swatch.mean[0]
    cast = 0.35 * swatch.mean[1:] + np.array((1.5, 5.0), np.float32) if growth is None else 0.6 * growth.mean[1:]
    lab[..., 1:] = (0.3 if growth is None else 0.08) * lab[..., 1:] + cast + np.array((0.5, 3.0), np.float32)
    return from_lab(lab)


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
