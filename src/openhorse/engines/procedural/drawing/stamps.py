# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
"""Small painted pictures and a list of places in, those pictures drawn in depth out: trees, flakes, drops, stars.

Knows not what the pictures show. The kernel is untyped for mypy because Numba's decorators are.
"""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import C0, C05, C1, F, I
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips

_STRIPS = 16
"""Upright strips of the frame that are drawn independently: order within a strip is order of drawing."""


@njit(**STRIP)
def _stamp(out, depth, sheets, sizes, places, first_strip, last_strip):
    # places: x of the middle, y of the foot, height, level, kind, brightness, distance
    rows = out.shape[1]
    width = out.shape[2]
    for strip in range(first_strip, last_strip):
        left = I(strip * width // _STRIPS)
        right = I((strip + 1) * width // _STRIPS)
        for k in range(places.shape[0]):
            level = I(places[k, 3])
            kind = I(places[k, 4])
            tall = F(sizes[level, 0])
            wide = F(sizes[level, 1])
            ratio = tall / places[k, 2]
            x0 = places[k, 0] - wide / ratio * C05
            first = max(I(x0), left)
            last = min(I(x0 + wide / ratio) + I(1), right)
            if first >= last:
                continue
            y0 = places[k, 1] - places[k, 2]
            sheet = sheets[level, kind]
            for y in range(max(I(y0), I(0)), min(I(places[k, 1]) + I(1), I(rows))):
                v = (F(y) + C05 - y0) * ratio - C05
                if v < C0 or v >= tall - C1:
                    continue
                iv = I(v)
                v -= F(iv)
                for x in range(first, last):
                    u = (F(x) + C05 - x0) * ratio - C05
                    if u < C0 or u >= wide - C1 or depth[y, x] < places[k, 6]:
                        continue
                    iu = I(u)
                    u -= F(iu)
                    w0 = (C1 - u) * (C1 - v)
                    w1 = u * (C1 - v)
                    w2 = (C1 - u) * v
                    w3 = u * v
                    a = sheet[iv, iu, 3] * w0 + sheet[iv, iu + 1, 3] * w1
                    a += sheet[iv + 1, iu, 3] * w2 + sheet[iv + 1, iu + 1, 3] * w3
                    if a < F(0.004):
                        continue
                    for c in range(3):
                        ink = sheet[iv, iu, c] * w0 + sheet[iv, iu + 1, c] * w1
                        ink += sheet[iv + 1, iu, c] * w2 + sheet[iv + 1, iu + 1, c] * w3
                        out[c, y, x] = out[c, y, x] * (C1 - a) + ink * places[k, 5]
                    if out.shape[0] > 3:
                        out[3, y, x] = out[3, y, x] * (C1 - a) + a
                        if a > F(0.3):
                            depth[y, x] = min(depth[y, x], places[k, 6] + F(0.04))


class Stamps:
    """Pictures of one size (kinds × height × width × 4, premultiplied linear), kept in levels of falling size.

    A picture must be clear at its border, except at its foot.
    """

    def __init__(self, pictures: NDArray[np.float32], smallest: int = 6) -> None:
        kinds, height, width, _ = pictures.shape
        heights = [height]
        while heights[-1] / 1.35 >= smallest:
            heights.append(round(heights[-1] / 1.35))
        self._heights = np.array(heights)
        sizes = [(tall, max(3, round(width * tall / height))) for tall in heights]
        self._sizes = np.array(sizes, np.int32)
        self._sheets = np.zeros((len(sizes), kinds, height, width, 4), np.float32)
        for level, (tall, wide) in enumerate(sizes):
            for kind in range(kinds):
                self._sheets[level, kind, :tall, :wide] = cv2.resize(
                    pictures[kind], (wide, tall), interpolation=cv2.INTER_AREA
                )

    def draw(self, out: NDArray[np.float32], depth: NDArray[np.float32], places: NDArray[np.float32]) -> None:
        """Draw onto `out` (3 or 4 × rows × width; a fourth plane is coverage) in the order of `places`.

        `places` is n × 6: x of the middle, y of the foot, height in pixels, kind, brightness, distance
        (what `depth` says lies nearer stays in front). With coverage, `depth` follows what was drawn.
        """
        if not len(places):
            return
        # the smallest level that is not smaller than the picture on the screen: never enlarged, hardly reduced
        level = np.clip(len(self._heights) - np.searchsorted(self._heights[::-1], places[:, 2]) - 1, 0, None)
        full = np.empty((len(places), 7), np.float32)
        full[:, :3], full[:, 3], full[:, 4:] = places[:, :3], level, places[:, 3:]
        in_strips(_stamp, 0, _STRIPS, out, depth, self._sheets, self._sizes, full)
