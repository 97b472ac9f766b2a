"""A generator of chance and a light in; painted conifers out: single, as a forest on a map, and as a frame's border.

Knows neither the lake nor the hour: colours are given. Everything is painted once with OpenCV and then only moved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.stamps import Stamps
from openhorse.engines.procedural.lake.heights import CELL, COLUMNS, LINES, NEAR
from openhorse.engines.procedural.lake.relief import Camera
from openhorse.engines.procedural.lake.terrain import Terrain

Picture = NDArray[np.float32]
"""Height × width × 4: premultiplied linear colour and coverage."""

_SHADES = 6
_SHIFT = 4  # OpenCV takes points in sixteenths of a pixel


@dataclass(frozen=True, slots=True)
class Needles:
    """A conifer's colours (sRGB, 0…255) in shade and in light, the side the light comes from, and snow 0…1.

    `depth` 0…1 is how strongly light and shade part; `fine` how many twigs there are (1 for a tree of 600 pixels).
    """

    shade: tuple[float, float, float]
    light: tuple[float, float, float]
    snow_colour: tuple[float, float, float] = (205.0, 214.0, 230.0)
    side: float = -1.0
    snow: float = 0.0
    depth: float = 0.6
    fine: float = 1.0


@dataclass(frozen=True, slots=True)
class _Strokes:
    """Curves (n × points × 2, pixels), each with a layer from back to front and a shade 0…1."""

    curves: NDArray[np.float64]
    layer: NDArray[np.int64]
    shade: NDArray[np.float64]


def paint_conifer(rng: np.random.Generator, height: int, width: int, needles: Needles) -> Picture:
    """One conifer standing on the bottom edge of a picture of `height` × `width` pixels, tip near the top."""
    scale = 2 if height > 120 else 3
    tall, wide = height * scale, width * scale
    canvas = np.zeros((tall, wide, 4), np.uint8)
    branches = _branches(rng, tall * 0.985, wide, needles)
    _trunk(canvas, tall, wide, needles)
    twigs = _twigs(rng, branches, tall, needles)
    snow = _snow(rng, branches, needles)
    thick = max(1, round(tall * 0.0017 / max(needles.fine, 0.25)))
    for layer in range(5):
        _draw(canvas, twigs, layer, (needles.shade, needles.light), thick)
        if needles.snow > 0:
            pale = tuple(0.55 * part for part in needles.snow_colour)
            _draw(canvas, snow, layer, (pale, needles.snow_colour), thick + scale // 2)
    return _to_light(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA))


def _branches(rng: np.random.Generator, tall: float, wide: float, needles: Needles) -> _Strokes:
    """Whorls of branches from the foot to the tip, each a drooping curve of 8 points."""
    whorls = int(np.clip(20 + 22 * needles.fine, 16, 44))
    each = 9 if needles.fine > 0.6 else 7
    up = (np.arange(whorls) + 0.5 + rng.uniform(-0.35, 0.35, whorls)) / whorls
    up = np.repeat(0.05 + 0.94 * np.clip(up, 0, 1) ** 0.93, each)
    around = rng.uniform(0, 2 * np.pi, up.size)
    # a crown is never a perfect cone: slow swellings, single branches broken short
    swell = 1 + 0.16 * np.sin(up * rng.uniform(9, 16) + rng.uniform(0, 6)) + 0.10 * rng.normal(size=up.size)
    broken = np.where(rng.random(up.size) < 0.13, rng.uniform(0.35, 0.7, up.size), 1.0)
    taper = np.minimum((1 - up) ** 0.82, 0.30 + up * 4.5)  # the lowest branches are shorter: they lacked light
    length = (0.455 * wide * taper + 0.004 * tall) * np.clip(swell, 0.5, 1.3) * broken
    across, front = np.cos(around), np.sin(around)
    along = np.linspace(0, 1, 8)[None, :]
    lean = rng.normal() * 0.006 * tall * up**2
    droop = (0.30 + 0.34 * (1 - up) + 0.07 * rng.normal(size=up.size))[:, None]
    x = wide / 2 + lean[:, None] + (length * across)[:, None] * along
    fall = droop * along - 0.30 * along**2.6 + 0.16 * front[:, None] * along
    y = tall * (1.015 - up)[:, None] + length[:, None] * fall
    layer = np.clip(((front + 1) * 2.5).astype(np.int64), 0, 4)
    lit = 0.9 * np.clip(across * needles.side + 0.15, 0, 1) ** 1.4 + 0.10 * front + 0.10 * rng.normal(size=up.size)
    return _Strokes(np.stack([x, y], axis=-1), layer, lit)


def _twigs(rng: np.random.Generator, branches: _Strokes, tall: float, needles: Needles) -> _Strokes:
    """Hanging twigs along every branch: they, not the branches, make the outline."""
    count = max(5, int(26 * needles.fine))
    at = np.sort(rng.uniform(0.06, 1, (len(branches.curves), count)), axis=1)
    start = _along(branches.curves, at)
    reach = branches.curves[:, -1] - branches.curves[:, 0]
    span = np.abs(reach[:, :1]) + 0.012 * tall
    length = span * (0.34 - 0.20 * at) * rng.uniform(0.45, 1.25, at.shape) + 0.004 * tall
    outward = np.sign(reach[:, :1]) * rng.uniform(0.1, 0.95, at.shape) + rng.normal(size=at.shape) * 0.25
    downward = rng.uniform(0.25, 1.0, at.shape) * np.clip(span / (0.05 * tall), 0.15, 1)
    per_length = length / np.hypot(outward, downward)
    tip = start + np.stack([outward * per_length, downward * per_length], axis=-1)
    middle = (start + tip) / 2 + np.stack([outward * per_length * 0.14, -downward * per_length * 0.16], axis=-1)
    curves = np.stack([start, middle, tip], axis=2).reshape(-1, 3, 2)
    # light reaches the outer twigs; what lies within the crown stays dark
    shade = branches.shade[:, None] * (0.12 + 0.88 * at**1.5) + 0.13 * rng.normal(size=at.shape)
    shade = shade * needles.depth + 0.10
    boughs = _Strokes(branches.curves[:, ::2][:, :3], branches.layer, branches.shade * 0.2)
    return _Strokes(
        np.concatenate([boughs.curves, curves]),
        np.concatenate([boughs.layer, np.repeat(branches.layer, count)]),
        np.concatenate([boughs.shade, shade.ravel()]),
    )


def _snow(rng: np.random.Generator, branches: _Strokes, needles: Needles) -> _Strokes:
    """Pads of snow on the outer half of some branches."""
    start = rng.uniform(0.05, 0.55, (len(branches.curves), 1))
    at = start + (0.95 - start) * np.linspace(0, 1, 4)[None, :]
    curves = _along(branches.curves, at)
    curves[..., 1] -= 1.0
    laden = rng.random(len(curves)) < needles.snow
    shade = 0.35 + branches.shade * needles.depth * 0.8 + 0.1 * rng.normal(size=len(curves))
    return _Strokes(curves[laden], branches.layer[laden], shade[laden])


def _along(curves: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points on each curve at fractions `at` (n × m): n × m × 2."""
    place = np.clip(at, 0, 0.9999) * (curves.shape[1] - 1)
    index = place.astype(np.int64)
    part = (place - index)[..., None]
    row = np.arange(len(curves))[:, None]
    return np.asarray(curves[row, index] * (1 - part) + curves[row, index + 1] * part)


def _trunk(canvas: NDArray[np.uint8], tall: int, wide: int, needles: Needles) -> None:
    half = tall * 0.0085
    middle, tip = wide / 2, tall * 0.02
    corners = np.array([(middle - half, tall), (middle + half, tall), (middle + 0.7, tip), (middle - 0.7, tip)])
    colour = tuple(0.75 * part for part in needles.shade)
    cv2.fillConvexPoly(canvas, _fixed(corners), (*colour, 255.0), cv2.LINE_AA, _SHIFT)


def _draw(
    canvas: NDArray[np.uint8],
    strokes: _Strokes,
    layer: int,
    colours: tuple[tuple[float, ...], tuple[float, ...]],
    thick: int,
) -> None:
    """Draw the strokes of one layer, dark ones first, in as many calls as there are shades."""
    dark, light = np.array(colours[0]), np.array(colours[1])
    level = np.clip((strokes.shade * _SHADES).astype(np.int64), 0, _SHADES - 1)
    for shade in range(_SHADES):
        chosen = strokes.curves[(strokes.layer == layer) & (level == shade)]
        if len(chosen):
            # layers further back lie in the crown's own shadow
            colour = (dark + (light - dark) * shade / (_SHADES - 1)) * (0.72 + 0.07 * layer)
            cv2.polylines(canvas, list(_fixed(chosen)), False, (*colour.tolist(), 255.0), thick, cv2.LINE_AA, _SHIFT)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.round(points * (1 << _SHIFT)).astype(np.int32)


def _to_light(picture: NDArray[np.uint8]) -> Picture:
    """8-bit premultiplied sRGB (as painted on nothing) to premultiplied linear."""
    cover = picture[..., 3:].astype(np.float32) / 255
    plain = picture[..., :3].astype(np.float32) / 255 / np.maximum(cover, 1e-3)
    lit = np.where(plain < 0.04045, plain / 12.92, ((np.minimum(plain, 1) + 0.055) / 1.055) ** 2.4) * cover
    return np.concatenate([lit, cover], axis=2, dtype=np.float32)


def paint_grass(rng: np.random.Generator, height: int, width: int, needles: Needles) -> Picture:
    """A low bank with grass along the bottom edge of a picture, highest in its middle, open at both ends."""
    tall, wide = height * 2, width * 2
    canvas = np.zeros((tall, wide, 4), np.uint8)
    x = np.linspace(0, wide, 90)
    mound = tall * (
        1.02
        - 0.42 * np.clip(np.sin(np.pi * x / wide), 0, 1) ** 0.8
        + 0.02 * np.sin(x * 0.07)
        + 0.012 * np.sin(x * 0.23)
    )
    outline = np.concatenate([np.stack([x, mound], axis=1), [(wide, tall + 9), (0, tall + 9)]])
    colour = tuple(0.8 * part for part in needles.shade)
    cv2.fillPoly(canvas, [_fixed(outline)], (*colour, 255.0), cv2.LINE_AA, _SHIFT)
    count = wide
    foot_x = rng.uniform(0, wide, count)
    foot_y = np.interp(foot_x, x, mound) + rng.uniform(0, 0.25, count) * tall
    tuft = 0.45 + 0.55 * np.sin(foot_x * 0.031 + 1) * np.sin(foot_x * 0.012)
    length = tall * rng.uniform(0.10, 0.42, count) * np.clip(tuft + 0.4, 0.25, 1.1)
    bend = rng.normal(size=count) * length * 0.28 + length * 0.12
    points = [(0.0, 0.0), (0.2, 0.6), (1.0, 1.0)]
    curves = np.stack([np.stack([foot_x + bend * a, foot_y - length * b], axis=1) for a, b in points], axis=1)
    shade = 0.25 + 0.35 * rng.normal(size=count) + 0.2 * needles.depth
    blades = _Strokes(curves, rng.integers(0, 5, count), shade)
    for layer in range(5):
        _draw(canvas, blades, layer, (needles.shade, needles.light), 2)
    return _to_light(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA))


class Forest:
    """Conifers standing on a terrain, as far as single trees can be told apart."""

    _KINDS = 7

    def __init__(self, terrain: Terrain, rng: np.random.Generator, sunlit: Needles, shaded: Needles) -> None:
        """`sunlit` and `shaded` colour the trees that stand in the sun and in the mountains' shadow."""
        kinds = []
        for _ in range(self._KINDS):
            seed = int(rng.integers(1 << 30))
            wide = int(rng.integers(46, 66))
            for needles in (sunlit, shaded):
                tree = paint_conifer(np.random.default_rng(seed), 152, wide, replace(needles, fine=0.42))
                pad = 72 - wide
                kinds.append(np.pad(tree, ((4, 0), (pad // 2, pad - pad // 2), (0, 0))))
        self._stamps = Stamps(np.stack(kinds))
        self._plant(terrain, rng)

    def _plant(self, terrain: Terrain, rng: np.random.Generator) -> None:
        half = terrain.valley.half_width * 1.15
        z = np.concatenate([np.full(int(2 * half * d / _gap(d)) + 1, d) for d in _rows()])
        x = np.concatenate([_gap(d) * np.arange(int(2 * half * d / _gap(d)) + 1) - half * d for d in _rows()])
        x = x + rng.uniform(-0.5, 0.5, x.size) * _gap(z)
        z = z + rng.uniform(-0.5, 0.5, z.size) * _gap(z)
        ground = _at(terrain.height, x, z)
        slope = np.hypot(
            _at(terrain.height, x + 3 * CELL, z) - _at(terrain.height, x - 3 * CELL, z),
            _at(terrain.height, x, z + 3 * CELL) - _at(terrain.height, x, z - 3 * CELL),
        ) / (6 * CELL)
        patches = _patches(rng, x, z)
        chance = np.clip((terrain.valley.tree_line * (1 + 0.45 * patches) - ground) / 0.07, 0, 1)
        chance *= np.clip((2.0 - slope) / 0.5, 0, 1) * np.clip(0.85 + patches, 0.22, 1)
        stands = (ground > 0.006) & (rng.random(x.size) < chance)
        order = np.argsort(-z[stands])
        self.x, self.z, self.ground = x[stands][order], z[stands][order], ground[stands][order]
        young = rng.random(self.x.size) ** 1.6
        thin = np.clip((terrain.valley.tree_line * 1.3 - self.ground) / 0.2, 0.45, 1)
        self.height = 0.060 * (1 - 0.66 * young) * thin * (0.85 + 0.4 * patches[stands][order])
        shaded = _at(terrain.sunlit, self.x, self.z) < 0.4
        self._kind = 2 * rng.integers(0, self._KINDS, self.x.size) + shaded
        self._bright = rng.uniform(0.68, 1.25, self.x.size)

    def draw(self, land: NDArray[np.float32], depth: NDArray[np.float32], camera: Camera) -> None:
        """Stand the trees on what Relief drew: 4 × rows × width and its depth, both of which follow."""
        dx, dz = self.x - camera.x, self.z - camera.z
        cosine, sine = np.cos(camera.yaw), np.sin(camera.yaw)
        across, ahead = dx * cosine - dz * sine, dx * sine + dz * cosine
        ahead = np.maximum(ahead, 0.3)
        scale = camera.focal / ahead
        places = np.empty((len(dx), 6), np.float32)
        places[:, 0] = camera.centre_x + across * scale
        places[:, 1] = camera.horizon_y - (self.ground - 0.002 - camera.height) * scale
        places[:, 2] = self.height * scale
        places[:, 3], places[:, 4], places[:, 5] = self._kind, self._bright, ahead - 0.07
        margin = places[:, 2]
        seen = (places[:, 0] > -margin) & (places[:, 0] < land.shape[2] + margin) & (ahead > 0.5)
        self._stamps.draw(land, depth, places[seen])


def _at(field: NDArray[np.float32], x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float32]:
    """What a map says at places in units, to the nearest cell."""
    columns = np.clip((x / CELL + COLUMNS / 2).astype(np.int32), 0, COLUMNS - 1)
    lines = np.clip(((z - NEAR) / CELL).astype(np.int32), 0, LINES - 1)
    return field[lines, columns]


def _gap(distance: NDArray[np.float64] | float) -> NDArray[np.float64] | float:
    """How far apart trees stand: further from the camera fewer are needed to look dense."""
    return 0.012 + 0.0042 * distance


def _rows() -> list[float]:
    rows, distance = [], 1.3
    while distance < 5.6:
        rows.append(distance)
        distance += float(_gap(distance)) * 1.15
    return rows


def _patches(rng: np.random.Generator, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float32]:
    """Smooth chance, about −0.7…0.7, in clumps and clearings."""
    coarse = cv2.resize(rng.normal(size=(48, 64)).astype(np.float32), (512, 384), interpolation=cv2.INTER_CUBIC)
    columns = np.clip(((x + 5) * 51.2).astype(int), 0, 511)
    rows = np.clip(((z - 1) * 76.8).astype(int), 0, 383)
    return np.asarray(coarse[rows, columns] * 0.45, np.float32)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a border picture stands: middle and foot in pixels of the opening view, and its distance in units."""

    x: float
    foot: float
    distance: float


class Border:
    """Painted trees and grass close to the camera that frame a view; they sway and pass as the camera moves."""

    def __init__(self, pictures: list[tuple[Picture, Place]], opening: Camera) -> None:
        self._planes = [np.ascontiguousarray(picture.transpose(2, 0, 1)) for picture, _ in pictures]
        self._places = [place for _, place in pictures]
        self._opening = opening

    def draw(self, out: Planes, camera: Camera, sway: float) -> None:
        """Lay the border over `out`; `sway` is how far the tips lean, as a part of a tree's height."""
        for number, (planes, place) in enumerate(zip(self._planes, self._places, strict=True)):
            travelled = camera.z - self._opening.z
            scale = place.distance / (place.distance - travelled) * camera.focal / self._opening.focal
            turned = camera.focal * np.tan(camera.yaw - self._opening.yaw)
            aside = (camera.x - self._opening.x) * camera.focal / place.distance
            x = camera.centre_x + (place.x - self._opening.centre_x) * scale - turned - aside
            foot = camera.horizon_y + (place.foot - self._opening.horizon_y) * scale
            lean = sway * (1 + 0.3 * np.sin(number * 2.1))
            _lay(out, planes, (float(x), float(foot)), float(scale), float(lean))


def _lay(out: Planes, planes: NDArray[np.float32], foot: tuple[float, float], scale: float, lean: float) -> None:
    """Draw a picture standing at `foot`, enlarged by `scale`, its top moved sideways by `lean` of its height."""
    _, tall, wide = planes.shape
    spare = abs(lean) * tall * scale + 2
    x0 = max(0, int(foot[0] - wide * scale / 2 - spare))
    x1 = min(out.shape[2], int(foot[0] + wide * scale / 2 + spare) + 1)
    y0, y1 = max(0, int(foot[1] - tall * scale)), min(out.shape[1], int(foot[1]) + 1)
    if x1 <= x0 or y1 <= y0:
        return
    # from the screen back to the picture: u = wide/2 + (x − foot)/scale − lean · height above the foot
    down = (y0 + 0.5 - foot[1]) / scale
    back = np.array(
        [
            [1 / scale, lean / scale, wide / 2 + (x0 + 0.5 - foot[0]) / scale + lean * down - 0.5],
            [0, 1 / scale, tall + down - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = [cv2.warpAffine(plane, back, (x1 - x0, y1 - y0), flags=flags) for plane in planes]
    clear = 1 - laid[3]
    for channel in range(3):
        window = out[channel, y0:y1, x0:x1]
        window *= clear
        window += laid[channel]
