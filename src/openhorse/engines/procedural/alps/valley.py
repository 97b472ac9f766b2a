"""A seed and a view's angles in; where shore, headlands and mountains lie out. Knows no map and no light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Valley:
    """How the land lies around the lake.

    `half_width` of the view and height of the `summit` are tangents of angles from the camera.
    `side` is −1…1: where the main summit stands in the view. `snow_line` and `tree_line` are heights.
    `dusting` 0…1 is how much snow lies below the snow line.
    """

    seed: int
    half_width: float
    summit: float
    side: float
    snow_line: float
    tree_line: float
    dusting: float = 0.0

    def coast(self, rng: np.random.Generator, x: NDArray[np.floating]) -> NDArray[np.float32]:
        """2 × n for n columns `x`: where the land begins, with a headland from each side, and the headlands' weight."""
        half = self.half_width * 2.2
        reaches = [rng.uniform(1.25, 1.5), rng.uniform(0.5, 0.85)]
        if self.side < 0:  # the greater headland stands across from the summit
            reaches.reverse()
        beach, heads = np.full_like(x, 3.0), np.zeros_like(x)
        for side, reach in zip((-1, 1), reaches, strict=True):
            away = (x - side * half * rng.uniform(0.55, 0.8)) / (half * 0.3)
            beach -= reach * np.exp(-(away**2))
            heads += reach * np.exp(-1.6 * away**2)
        for waves, size in ((1.1, 0.20), (2.3, 0.09), (5.0, 0.045), (11.0, 0.022), (23.0, 0.012), (47.0, 0.006)):
            beach += size * np.sin(x * waves + rng.uniform(0, 7) + 0.8 * np.sin(x * waves * 0.37))
        return np.stack([beach, heads]).astype(np.float32)

    def summits(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """Mountains, n × 5: place across and ahead, width, depth (units), and rise (1 is the main one)."""
        distance = rng.uniform(6.7, 7.3)
        half = self.half_width * distance
        main = self.side * half
        across = -np.sign(self.side) * half
        return np.array(
            (
                (main, distance, 1.25, 1.5, 1.0),
                (main + np.sign(self.side) * rng.uniform(1.2, 1.7), distance + 0.7, 1.1, 1.2, 0.55),
                (across * rng.uniform(0.62, 0.85), distance - 0.9, 1.3, 1.3, rng.uniform(0.5, 0.66)),
                (across * rng.uniform(0.1, 0.3), distance + 2.0, 1.2, 1.1, rng.uniform(0.5, 0.7)),
                (across * 1.5, distance - 1.4, 1.4, 1.6, rng.uniform(0.35, 0.6)),
                (-across * 1.6, distance - 1.2, 1.2, 1.6, rng.uniform(0.35, 0.6)),
            ),
            np.float32,
        )
