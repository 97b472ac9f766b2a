"""A picture in, a Look out: the picture at a working size in several colour spaces, with its edges and its focus.

Knows no things: sky.py, water.py, plants.py and stream.py find those in a look.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.plate import Field, Pixels

Mask = NDArray[np.bool_]

WORKING_SIDE = 352
"""The longer side, in pixels, at which a picture is read."""


@dataclass(frozen=True, slots=True)
class Look:
    """One picture at the working size, seen in several ways; every field is height × width.

    `lab` and `hsv` are OpenCV's, of eight bits, as numbers; `edges` is a smoothed gradient and `fine` the finest
    detail about each point, both in grey levels; `down` is 0 at the top and 1 at the bottom.
    """

    rgb: Pixels
    lab: NDArray[np.float32]
    hsv: NDArray[np.float32]
    grey: Field
    edges: Field
    fine: Field
    down: Field

    @property
    def shape(self) -> tuple[int, int]:
        """Its height and width."""
        return self.grey.shape[0], self.grey.shape[1]


def look_at(rgb: Pixels) -> Look:
    """A picture (height × width × 3, any size) at the working size."""
    rows, columns = rgb.shape[:2]
    scale = WORKING_SIDE / max(rows, columns)
    size = max(32, round(columns * scale)), max(32, round(rows * scale))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    gradient = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    down = np.repeat(np.linspace(0, 1, size[1], dtype=np.float32)[:, None], size[0], axis=1)
    return Look(
        small,
        cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32),
        cv2.cvtColor(small, cv2.COLOR_RGB2HSV).astype(np.float32),
        grey,
        cv2.GaussianBlur(gradient, (0, 0), 1.5),
        _fine_detail(rgb, size),
        down,
    )


def _fine_detail(rgb: Pixels, size: tuple[int, int]) -> Field:
    """The strength of detail of two pixels at twice the working size: what is out of focus has none."""
    twice = (size[0] * 2, size[1] * 2)
    grey = cv2.cvtColor(cv2.resize(rgb, twice, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    detail = np.abs(cv2.Laplacian(grey, cv2.CV_32F, ksize=1))
    fine: Field = cv2.resize(detail, size, interpolation=cv2.INTER_AREA)
    return fine


def is_green(look: Look) -> Mask:
    """Where the colour is that of leaves in any light."""
    hue, saturation = look.hsv[..., 0], look.hsv[..., 1]
    return (hue >= 34) & (hue < 86) & (saturation > 55)


def is_flat_art(rgb: Pixels) -> bool:
    """Whether a picture is drawn in flat colours: posters, logos and screens have edges and hardly any shading."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.int16)
    step = 6
    shading = 0.0
    for change in (grey[:, step:] - grey[:, :-step], grey[step:] - grey[:-step]):
        size = np.abs(change)
        shading += float(((size > 0) & (size < 14)).mean()) / 2
    # a ground of one colour tells nothing: what stands on it counts
    drawn = 1 - float(np.bincount(grey.ravel()).max()) / grey.size
    return shading < 0.1 * drawn and float(grey.std()) > 12


def plain_sides(look: Look) -> frozenset[str]:
    """The borders along which the picture is even: its last row or column may be repeated beyond them."""
    turned = {"top": 0, "right": 1, "bottom": 2, "left": 3}
    plain = set()
    for side, quarter in turned.items():
        strip = np.rot90(look.rgb, quarter)[:7].astype(np.float32)
        line = strip[:2].mean(0)
        rough = line - cv2.blur(line, (1, 25))
        if float(np.abs(rough).max()) < 9 and float(np.abs(strip[0] - strip[6]).mean()) < 1.5:
            plain.add(side)
    return frozenset(plain)


def is_night(look: Look) -> bool:
    """Whether most of the picture is dark."""
    return float(np.median(look.grey)) < 48


def is_colourless(look: Look) -> bool:
    """Whether it is black and white."""
    return float(np.percentile(np.abs(look.lab[..., 1:] - 128).max(axis=2), 90)) < 6
