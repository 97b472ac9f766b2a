"""A picture, its layout and its cut-out in, the role that it is made for out: subject, place, style or sign.

For pictures that the prompt does not name, or only loosely. Knows no prompt and no other picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Role
from openhorse.engines.procedural.ensemble.cutout import Cutout
from openhorse.engines.procedural.ensemble.palette import to_lab
from openhorse.engines.procedural.ensemble.seeking import shrunk
from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.plate import Field, Pixels


@dataclass(frozen=True, slots=True)
class Grain:
    """How detail and colour are spread over a picture.

    `flat` is the part without any fine detail; `least` and `most` are the fine detail (log grey levels) of the poorest
    and the richest of 16 cells; `banded` is how much more rows differ from one another than columns do.
    `ruled` counts straight lines across most of it, as in screens and forms.
    """

    flat: float
    least: float
    most: float
    banded: float
    ruled: int


def read_grain(rgb: Pixels) -> Grain:
    """The grain of a picture (height × width × 3)."""
    grey = cv2.cvtColor(shrunk(rgb, 720), cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.0))
    cells = [
        float(np.log1p(cell.mean())) for band in np.array_split(fine, 4) for cell in np.array_split(band, 4, axis=1)
    ]
    lab = to_lab(shrunk(rgb, 160))
    rows, columns = lab.mean(1).var(0).sum(), lab.mean(0).var(0).sum()
    return Grain(
        float((fine < 0.6).mean()), min(cells), max(cells), float(rows / max(1.0, float(columns))), _ruled(grey)
    )


def _ruled(grey: Field) -> int:
    """How many level and upright straight lines cross most of the picture, the fewer of the two: screens and forms."""
    counts = []
    for axis in (0, 1):
        share = (np.abs(np.diff(grey, axis=axis)) > 10).mean(1 - axis)
        # a line stands alone; where the next rows are as busy it is only texture
        beside = np.maximum(np.roll(share, 4), np.roll(share, -4))
        counts.append(int(((share > 0.4) & (beside < 0.4 * share)).sum()))
    return min(counts)


def is_open_country(rgb: Pixels, layout: Layout) -> bool:
    """Whether a picture is so plainly a landscape that nothing in it need be sought: sky, ground, no subject."""
    if not layout.has_sky or layout.figure is not None:
        return False
    return read_grain(rgb).banded > 10 and float(layout.sky.mean()) < 0.7


def made_for(rgb: Pixels, layout: Layout, cutout: Cutout) -> Role:
    """ACTOR for any subject, else PLACE, STYLE (textures and abstract pictures) or SIGN (screens and forms)."""
    grain = read_grain(rgb)
    if grain.ruled >= 2 and cutout.how != "face":
        return Role.SIGN
    if _is_subject(layout, cutout, grain):
        return Role.ACTOR
    return Role.STYLE if _is_abstract(layout, grain) else Role.PLACE


def _is_subject(layout: Layout, cutout: Cutout, grain: Grain) -> bool:
    """Whether something stands out that the picture is about. In open country it must do so beyond doubt."""
    if cutout.how in ("alpha", "face"):
        return True
    smooth = grain.flat > 0.75 and grain.banded < 4 and not layout.has_sky
    if not cutout.trusted:
        return layout.figure is not None and layout.figure.confidence > 0.45 and not smooth
    level = layout.has_sky and (grain.banded > 10 or float(layout.water.mean()) > 0.1)
    green = not layout.has_sky and layout.is_outdoors and float(layout.plants.mean()) > 0.3
    if cutout.how == "saliency" and (level or green):
        return cutout.confidence > 0.9 and not cutout.open_sides and 0.02 < cutout.share < 0.3
    # in a picture without detail a large shape is a part of the pattern
    return not smooth or cutout.share < 0.2


def _is_abstract(layout: Layout, grain: Grain) -> bool:
    """A gradient without detail that is no horizon, or one texture all over."""
    even = grain.most - grain.least < 0.55
    if even and grain.least > 1.0:
        return True
    if layout.has_sky and grain.flat < 0.8:
        return False
    return grain.flat > 0.7 and grain.banded < 4
