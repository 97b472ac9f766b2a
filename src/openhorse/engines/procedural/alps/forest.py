"""A terrain and the colours of needles in, the conifers that stand on it out. Knows no hour: colours are given."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.alps.heights import CELL, COLUMNS, LINES, NEAR
from openhorse.engines.procedural.alps.prospect import Camera, Prospect
from openhorse.engines.procedural.alps.terrain import Terrain
from openhorse.engines.procedural.drawing.stamps import Stamps
from openhorse.engines.procedural.parts.spruces import Needles, paint_spruce


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
                tree = paint_spruce(np.random.default_rng(seed), 152, wide, replace(needles, fine=0.42))
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

    def draw(self, seen: Prospect, camera: Camera, reach: tuple[float, float]) -> None:
        """Stand those between two distances (units ahead) on what is seen of their land."""
        scale = camera.focal / self.z
        places = np.empty((len(self.x), 6), np.float32)
        places[:, 0] = camera.centre_x + self.x * scale
        places[:, 1] = camera.horizon_y - (self.ground - 0.002 - camera.height) * scale
        places[:, 2] = self.height * scale
        places[:, 3], places[:, 4], places[:, 5] = self._kind, self._bright, self.z - 0.07
        margin = places[:, 2]
        shown = (places[:, 0] > -margin) & (places[:, 0] < seen.land.shape[2] + margin)
        shown &= (self.z >= reach[0]) & (self.z < reach[1])
        self._stamps.draw(seen.land, seen.depth, places[shown])


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
