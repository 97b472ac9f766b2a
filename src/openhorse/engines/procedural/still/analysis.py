"""A picture in, a Layout out: where sky, water, plants and a subject are, and how near everything is.

Classical vision at a small size; every finding may be missing and none is ever required.
Knows no motion, no time and no prompt.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from openhorse.engines.procedural.shelf import remembered
from openhorse.engines.procedural.still.figure import Figure, find_face, find_figure
from openhorse.engines.procedural.still.hair import find_hair
from openhorse.engines.procedural.still.horizon import sea_horizon
from openhorse.engines.procedural.still.look import (
    Look,
    Mask,
    is_colourless,
    is_flat_art,
    is_night,
    look_at,
    plain_sides,
)
from openhorse.engines.procedural.still.plants import find_plants
from openhorse.engines.procedural.still.plate import Field, Pixels, guided
from openhorse.engines.procedural.still.sky import find_sky, is_clouded
from openhorse.engines.procedural.still.stream import find_stream
from openhorse.engines.procedural.still.water import find_water, join_at_level_shore

__all__ = ["Layout", "guided", "survey"]


@dataclass(frozen=True, slots=True)
class Layout:
    """What is where in a picture. Fields are height × width at the working size, 0…1.

    `depth` is inverse depth of everything but the sky: 0 far … 1 near. `horizon` is a part of the height.
    `sea_horizon` is where sky and sea meet in a level line, as a part of the height.
    `plain_sides` are the borders (left, right, top, bottom) beyond which the picture would evenly go on.
    `flat_art` tells of a drawing in flat colours.
    `flow` is where water runs or falls, `hair` a subject's hair; each None where none was found.
    """

    sky: Field
    water: Field
    plants: Field
    depth: Field
    horizon: float
    figure: Figure | None
    clouded: bool
    night: bool
    colourless: bool
    sea_horizon: float | None = None
    plain_sides: frozenset[str] = frozenset()
    flat_art: bool = False
    flow: Field | None = None
    hair: Field | None = None

    @property
    def has_sky(self) -> bool:
        """Whether any sky was found."""
        return bool(self.sky.any())

    @property
    def has_water(self) -> bool:
        """Whether any water was found."""
        return bool(self.water.any())

    @property
    def is_outdoors(self) -> bool:
        """Under a sky, or mostly plants without a subject before them."""
        return self.has_sky or (self.figure is None and float(self.plants.mean()) > 0.12)


@remembered
def survey(
    rgb: Pixels,
    alpha: Field | None = None,
    expect_figure: bool = False,
    life: frozenset[str] = frozenset(),
) -> Layout:
    """Read a picture (height × width × 3) of any size. The same picture always gives the same bits.

    `alpha` (0…1, same size) is the picture's own matte and outranks everything found; `expect_figure` says that a
    subject rather than a landscape is likely; `life` is what the prompt says is to come alive (see `Brief`).
    """
    look = look_at(rgb)
    height, width = look.shape
    if alpha is not None:
        matte = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
        return _figure_layout(look, Figure(matte.astype(np.float32), 1.0), find_face(look.rgb))
    face = find_face(look.rgb)
    if face is None and not expect_figure and len(plain_sides(look)) < 3 and is_flat_art(rgb):
        return _open_layout(look, np.zeros(look.shape, bool), life, flat=True)
    sky = find_sky(look)
    # with a sky overhead only a face, or the customer's word, makes it a picture of a subject
    may_be_figure = expect_figure or not sky.any() or face is not None
    figure = find_figure(look.rgb, look.fine) if may_be_figure else None
    if figure is not None and (_is_greenery(look, figure) or _is_stream(look, sky, figure, life)):
        figure = None
    if figure is not None and _outranks(figure, sky, expect_figure):
        return _figure_layout(look, figure, face)
    return _open_layout(look, sky, life)


def _is_greenery(look: Look, figure: Figure) -> bool:
    """Whether what stands out is only a part of a wood or a meadow."""
    if figure.separable or figure.face:
        return False
    return float(find_plants(look, np.zeros(look.shape, bool)).mean()) > 0.2


def _is_stream(look: Look, sky: Mask, figure: Figure, life: frozenset[str]) -> bool:
    """Whether what stands out is running water or its banks."""
    if figure.face:
        return False
    stream = find_stream(look, sky, find_plants(look, sky), "flow" in life)
    if stream is None:
        return False
    return not figure.separable or float((stream * figure.matte).sum()) > 0.6 * float(stream.sum())


def _outranks(figure: Figure, sky: Mask, expected: bool) -> bool:
    """Whether the picture is rather one of its subject than of a landscape."""
    if figure.face:
        # a face that fills the picture is a portrait even under a real sky
        return figure.separable or expected or float(figure.matte.mean()) > 0.2
    return not sky.any() or (expected and figure.separable)


def _figure_layout(look: Look, figure: Figure, face: Mask | None) -> Layout:
    nothing = np.zeros(look.shape, np.float32)
    plants = find_plants(look, nothing > 0) * (1 - figure.matte)
    return Layout(
        sky=nothing,
        water=nothing,
        plants=plants,
        depth=figure.relief(),
        horizon=0.5,
        figure=figure,
        clouded=False,
        # a black ground behind a subject is a studio's, or a shade's
        night=float(np.median(look.grey)) < 30,
        colourless=is_colourless(look),
        plain_sides=plain_sides(look),
        hair=None if face is None else find_hair(look, figure.matte, face),
    )


def _open_layout(look: Look, sky: Mask, life: frozenset[str], flat: bool = False) -> Layout:
    has_sky = bool(sky.any())
    sea_row, sea, water = _sea(look, sky) if has_sky else (None, ~sky & sky, ~sky & sky)
    if sea_row is not None:
        sky[sea_row:] = False
    horizon = _horizon(sky, sea_row)
    if has_sky and sea_row is None:
        water = find_water(look, sky, sea, horizon)
    if sea_row is None:
        sea_row = join_at_level_shore(look, sky, water)
        horizon = horizon if sea_row is None else sea_row / sky.shape[0]
    depth = _depth(look, sky, water, horizon)
    plants = np.zeros(look.shape, np.float32) if flat else find_plants(look, sky | water)
    return Layout(
        sky=sky.astype(np.float32),
        water=water.astype(np.float32),
        plants=plants,
        depth=depth,
        horizon=horizon,
        figure=None,
        clouded=is_clouded(look, sky),
        night=is_night(look) or (has_sky and _is_dark_sky(look, sky)),
        colourless=is_colourless(look),
        sea_horizon=None if sea_row is None else sea_row / sky.shape[0],
        plain_sides=plain_sides(look),
        flat_art=flat,
        flow=None if flat else find_stream(look, sky | water, plants, "flow" in life),
    )


def _is_dark_sky(look: Look, sky: Mask) -> bool:
    """Whether a sky is as dark as only a night's is."""
    return float(np.median(look.lab[sky][:, 0])) < 62


def _sea(look: Look, sky: Mask) -> tuple[int | None, Mask, Mask]:
    """The row where the sky ends and a sea begins, what of the supposed sky is sea, and all water; or nothing."""
    nothing = np.zeros_like(sky)
    row = sea_horizon(look, sky)
    if row is None:
        return None, nothing, nothing
    sea, above = sky.copy(), sky.copy()
    sea[:row], above[row:] = False, False
    water = find_water(look, above, sea, row / sky.shape[0])
    # a level edge of a cloud is no horizon: below that nothing is water
    if float((water & sea).sum()) < 0.6 * float(sea.sum()):
        return None, nothing, nothing
    return row, sea, water


def _horizon(sky: Mask, sea_row: int | None) -> float:
    """Where the ground begins, as a part of the height."""
    height = sky.shape[0]
    if sea_row is not None:
        return float(sea_row / height)
    if not sky.any():
        return 0.38
    lowest = np.where(sky.any(0), height - 1 - np.argmax(sky[::-1], axis=0), 0)
    return float(np.percentile(lowest, 80) / height)


def _depth(look: Look, sky: Mask, water: Mask, horizon: float) -> Field:
    """A ground ramp from the horizon down; what stands on the ground keeps the nearness of its foot."""
    height, _ = look.shape
    ramp = np.clip((look.down - horizon) / (1 - horizon + 1e-3), 0, 1) ** 0.85
    depth = 0.06 + 0.94 * ramp
    if not sky.any():
        # without a sky there is no saying what stands and what lies: a gentle lean only
        return (0.3 + 0.3 * look.down).astype(np.float32)
    standing = cv2.GaussianBlur(((look.edges > 26) & ~sky & ~water).astype(np.float32), (0, 0), 2) > 0.4
    fade = 1 - 1.2 / height
    for row in range(height - 2, -1, -1):
        depth[row] = np.maximum(depth[row], np.where(standing[row], depth[row + 1] * fade, 0))
    guide = look.grey * np.float32(1 / 255)
    radius = max(4, height // 24)
    smooth = guided(guide, depth.astype(np.float32), radius, 2e-3)
    return np.clip(smooth, 0, 1).astype(np.float32)
