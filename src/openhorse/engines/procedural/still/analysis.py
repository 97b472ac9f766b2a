"""A picture in, a Layout out: where sky, water, plants and a subject are, and how near everything is.

Classical vision at a small size; every finding may be missing and none is ever required.
Knows no motion, no time and no prompt.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.shelf import remembered
from openhorse.engines.procedural.still.figure import Figure, cut, find_face, find_figure
from openhorse.engines.procedural.still.plate import Field, Pixels, guided

__all__ = ["Layout", "guided", "survey"]

Mask = NDArray[np.bool_]

WORKING_SIDE = 352
"""The longer side, in pixels, at which a picture is read."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is where in a picture. Fields are height × width at the working size, 0…1.

    `depth` is inverse depth of everything but the sky: 0 far … 1 near. `horizon` is a part of the height.
    `sea_horizon` is where sky and sea meet in a level line, as a part of the height.
    `plain_sides` are the borders (left, right, top, bottom) beyond which the picture would evenly go on.
    `flat_art` tells of a drawing in flat colours.
    `has_depth` is False when `depth` is no more than a guess that holds the picture together.
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
    has_depth: bool
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


@dataclass(frozen=True, slots=True)
class _Look:
    """One picture at the working size, seen in several ways. `edges` is a smoothed gradient in grey levels."""

    rgb: Pixels
    lab: NDArray[np.float32]
    hsv: NDArray[np.float32]
    grey: Field
    edges: Field
    down: Field

    @property
    def shape(self) -> tuple[int, int]:
        return self.grey.shape[0], self.grey.shape[1]


@remembered
def survey(rgb: Pixels, alpha: Field | None = None, expect_figure: bool = False) -> Layout:
    """Read a picture (height × width × 3) of any size. The same picture always gives the same bits.

    `alpha` (0…1, same size) is the picture's own matte and outranks everything found;
    `expect_figure` says that a subject rather than a landscape is likely.
    """
    look = _look_at(rgb)
    height, width = look.shape
    if alpha is not None:
        matte = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
        return _figure_layout(look, Figure(matte.astype(np.float32), 1.0))
    drawn = not expect_figure and len(_plain_sides(look)) < 3 and _is_flat_art(rgb)
    if drawn and find_face(look.rgb) is None:
        return _open_layout(look, np.zeros(look.shape, bool), flat=True)
    sky = _find_sky(look)
    # with a sky overhead only a face, or the customer's word, makes it a picture of a subject
    may_be_figure = expect_figure or not sky.any() or find_face(look.rgb) is not None
    figure = find_figure(look.rgb) if may_be_figure else None
    if figure is not None and _is_greenery(look, figure):
        figure = None
    if figure is not None and _outranks(figure, sky, expect_figure):
        return _figure_layout(look, figure)
    return _open_layout(look, sky)


def _is_greenery(look: _Look, figure: Figure) -> bool:
    """Whether what stands out is only a part of a wood or a meadow."""
    if figure.separable or figure.face:
        return False
    return float(_find_plants(look, np.zeros(look.shape, bool)).mean()) > 0.2


def _is_flat_art(rgb: Pixels) -> bool:
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


def _outranks(figure: Figure, sky: Mask, expected: bool) -> bool:
    """Whether the picture is rather one of its subject than of a landscape."""
    if figure.face:
        # a face that fills the picture is a portrait even under a real sky
        return figure.separable or expected or float(figure.matte.mean()) > 0.2
    return not sky.any() or (expected and figure.separable)


def _look_at(rgb: Pixels) -> _Look:
    rows, columns = rgb.shape[:2]
    scale = WORKING_SIDE / max(rows, columns)
    size = max(32, round(columns * scale)), max(32, round(rows * scale))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    gradient = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    down = np.repeat(np.linspace(0, 1, size[1], dtype=np.float32)[:, None], size[0], axis=1)
    return _Look(
        small,
        cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32),
        cv2.cvtColor(small, cv2.COLOR_RGB2HSV).astype(np.float32),
        grey,
        cv2.GaussianBlur(gradient, (0, 0), 1.5),
        down,
    )


def _figure_layout(look: _Look, figure: Figure) -> Layout:
    nothing = np.zeros(look.shape, np.float32)
    plants = _find_plants(look, nothing > 0) * (1 - figure.matte)
    return Layout(
        sky=nothing,
        water=nothing,
        plants=plants,
        depth=figure.relief(),
        horizon=0.5,
        figure=figure,
        clouded=False,
        night=_is_night(look),
        colourless=_is_colourless(look),
        has_depth=True,
        plain_sides=_plain_sides(look),
    )


def _open_layout(look: _Look, sky: Mask, flat: bool = False) -> Layout:
    has_sky = bool(sky.any())
    sea_row = _sea_horizon(look, sky) if has_sky else None
    sea = np.zeros_like(sky)
    if sea_row is not None:
        sea[sea_row:], sky[sea_row:] = sky[sea_row:], False
    horizon = _horizon(sky, sea_row)
    water = _find_water(look, sky, sea, horizon) if has_sky else sea
    if sea_row is None:
        sea_row = _join_at_level_shore(look, sky, water)
        horizon = horizon if sea_row is None else sea_row / sky.shape[0]
    depth = _depth(look, sky, water, horizon)
    return Layout(
        sky.astype(np.float32),
        water.astype(np.float32),
        np.zeros(look.shape, np.float32) if flat else _find_plants(look, sky | water),
        depth,
        horizon,
        None,
        _is_clouded(look, sky),
        _is_night(look),
        _is_colourless(look),
        has_sky,
        None if sea_row is None else sea_row / sky.shape[0],
        _plain_sides(look),
        flat,
    )


def _find_sky(look: _Look) -> Mask:
    """The smooth, sky-coloured region that hangs from the top border; all False when there is none."""
    height, width = look.shape
    none = np.zeros((height, width), bool)
    lightness, chroma = look.lab[..., 0], np.abs(look.lab[..., 1:] - 128).sum(2)
    warm = (look.lab[..., 2] >= 132) & (lightness > 150) & (look.down < 0.6)
    skyish = (look.lab[..., 2] < 132) | (lightness > 190) | (chroma < 22) | warm
    # foliage in the shade is bluish too, but greener than any night
    skyish &= (lightness > 90) | (look.lab[..., 1] > 117)
    candidate = (look.edges < 26) & skyish & ~_is_green(look)
    sky = _hanging(candidate)
    if sky.mean() < 0.04 or sky[: max(1, height // 6)].mean() < 0.25 or _is_studio(look, sky):
        return none
    labels = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    labels[sky] = cv2.GC_PR_FGD
    labels[cv2.erode(sky.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0] = cv2.GC_FGD
    labels[int(height * 0.85) :] = cv2.GC_BGD
    if not (labels == cv2.GC_FGD).any():
        return none
    return _hanging(cut(look.rgb, labels, rounds=2))


def _hanging(candidate: Mask) -> Mask:
    """The parts of a mask that touch the top border in earnest."""
    _, parts = cv2.connectedComponents(candidate.astype(np.uint8), connectivity=4)
    names, lengths = np.unique(parts[0], return_counts=True)
    kept = names[(names > 0) & (lengths >= 3)]
    return np.isin(parts, kept) & candidate


def _is_studio(look: _Look, sky: Mask) -> bool:
    """Whether the supposed sky is a plain ground behind a subject: a wall, a sweep of paper, a table.

    A sky ends above the bottom border and lies open; a plain ground comes down both sides of a subject.
    """
    height, width = sky.shape
    if sky[-2:].mean() > 0.15:
        return True
    low, side = int(height * 0.8), max(2, width // 12)
    both_sides = sky[low:, :side].mean() > 0.5 and sky[low:, -side:].mean() > 0.5
    middle_free = sky[int(height * 0.5) : low, width // 3 : -(width // 3)].mean() < 0.35
    if both_sides and middle_free:
        return True
    # what hangs below something else in most columns is not open sky; a cloud or a bough does not count
    _, parts = cv2.connectedComponents((~sky).astype(np.uint8), connectivity=4)
    grounded = np.isin(parts, np.unique(parts[-2:])) & ~sky
    covered = sky & np.maximum.accumulate(grounded, axis=0)
    return bool(covered.sum() > 0.35 * sky.sum())


def _is_green(look: _Look) -> Mask:
    hue, saturation = look.hsv[..., 0], look.hsv[..., 1]
    return (hue >= 34) & (hue < 86) & (saturation > 55)


def _sea_horizon(look: _Look, sky: Mask) -> int | None:
    """The row of a straight, level step inside the supposed sky: below it lies water."""
    height, width = sky.shape
    reach = 4
    smooth = cv2.GaussianBlur(look.lab, (0, 0), 1.2)
    step = np.abs(np.roll(smooth, -reach, 0) - np.roll(smooth, reach, 0)).sum(2)
    inside = np.roll(sky, -reach, 0) & np.roll(sky, reach, 0) & sky
    step, count = step * inside, inside.sum(1)
    strength = step.sum(1) / np.maximum(count, 1)
    broad = count > width * 0.3
    if not broad.any():
        return None
    usual = float(np.median(strength[broad]))
    strength[~broad] = 0
    strength[: int(height * 0.12)] = 0
    strength[-reach - 1 :] = 0
    row = int(np.argmax(strength))
    if strength[row] <= max(5.0, usual * 2.2):
        return None
    above = min(9, row)
    window = step[row - above : row + 10]
    near_row = (np.abs(np.argmax(window, 0) - above) <= 3) & (window.max(0) > 4)
    return row if near_row.sum() > 0.45 * count[row] else None


def _join_at_level_shore(look: _Look, sky: Mask, water: Mask) -> int | None:
    """The row in which water begins right below the sky, if it is one row for much of the width.

    The strip between them, where the edge itself kept either from being found, is shared out in place.
    """
    height, width = sky.shape
    met = sky.any(0) & water.any(0)
    bottom = height - 1 - np.argmax(sky[::-1], axis=0)
    top = np.argmax(water, axis=0)
    met &= np.abs(top - bottom) <= max(8, height // 24)
    if met.sum() < 0.3 * width:
        return None
    above, below = int(np.median(bottom[met])), int(np.median(top[met]))
    level = (np.abs(bottom[met] - above) <= 2) & (np.abs(top[met] - below) <= max(2, height // 60))
    if level.mean() < 0.7:
        return None
    first, last = max(1, min(above, below) - 2), min(height - 2, max(above, below) + 2)
    steps = np.abs(look.grey[first + 1 : last + 2] - look.grey[first - 1 : last])[:, met]
    row = first + int(np.argmax(np.median(steps, axis=1)))
    sky[above:row, met] = True
    water[row:below, met] = True
    sky[row:], water[:row] = False, False
    return row


def _horizon(sky: Mask, sea_row: int | None) -> float:
    """Where the ground begins, as a part of the height."""
    height = sky.shape[0]
    if sea_row is not None:
        return float(sea_row / height)
    if not sky.any():
        return 0.38
    lowest = np.where(sky.any(0), height - 1 - np.argmax(sky[::-1], axis=0), 0)
    return float(np.percentile(lowest, 80) / height)


def _find_water(look: _Look, sky: Mask, sea: Mask, horizon: float) -> Mask:
    """Broad, smooth, level regions below the horizon that are blue or mirror the sky's colour."""
    height, width = sky.shape
    below = (look.down > horizon - 0.02) & ~sky & ~_is_green(look)
    hue, saturation = look.hsv[..., 0], look.hsv[..., 1]
    blue = (hue > 84) & (hue < 130) & (saturation > 45) & (look.hsv[..., 2] > 70) & (look.edges < 90)
    found = ((blue | _mirrors_sky(look, sky, horizon)) & below) | sea
    # stalks and masts in front cut a sea into slivers: bridge them before judging its parts
    bridged = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 15), np.uint8))
    found = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((3, 9), np.uint8))
    _, parts, boxes, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    wide = (boxes[:, cv2.CC_STAT_WIDTH] > width * 0.3) & (boxes[:, cv2.CC_STAT_AREA] > 0.015 * height * width)
    wide &= boxes[:, cv2.CC_STAT_WIDTH] > boxes[:, cv2.CC_STAT_HEIGHT]
    wide[0] = False
    kept: Mask = wide[parts] | (sea & (found > 0))
    return kept


def _mirrors_sky(look: _Look, sky: Mask, horizon: float) -> Mask:
    """Smooth parts with the colour of the low sky; none under a dark sky, where every shadow has it."""
    low = look.lab[sky & (look.down > horizon * 0.5)]
    tone = np.median(low, axis=0) if len(low) else np.zeros(3, np.float32)
    if tone[0] < 90:
        return np.zeros_like(sky)
    # a grey sky has the colour of roads and meadows too: only what is quite smooth may be its mirror
    grey = float(np.abs(tone[1:] - 128).max()) < 3.5
    # lightness counts less: water is darker than the sky that it shows
    distance = np.abs(look.lab - tone) * np.array((0.45, 1, 1), np.float32)
    mirror: Mask = (distance.sum(2) < (32 if grey else 26)) & (look.edges < (14 if grey else 22))
    return mirror


def _find_plants(look: _Look, elsewhere: Mask) -> Field:
    """Green or straw-coloured fine texture, softened."""
    hue, saturation, value = (look.hsv[..., channel] for channel in range(3))
    straw = (hue > 16) & (hue < 34) & (saturation > 80)
    texture = cv2.GaussianBlur(np.abs(cv2.Laplacian(look.grey, cv2.CV_32F)), (0, 0), 3)
    plants = (straw | _is_green(look) & (saturation > 45)) & ~elsewhere & (texture > 4)
    # in the dark every hue is noise
    plants &= cv2.blur(value, (9, 9)) > 45
    share = cv2.GaussianBlur(plants.astype(np.float32), (0, 0), 2)
    # scattered specks are not plants: only broad, dense texture sways
    dense = cv2.GaussianBlur(plants.astype(np.float32), (0, 0), 12)
    if float(plants.mean()) < 0.05:
        return np.zeros(look.shape, np.float32)
    soft: Field = np.clip(share * np.clip((dense - 0.2) * 4, 0, 1), 0, 1)
    return soft


def _depth(look: _Look, sky: Mask, water: Mask, horizon: float) -> Field:
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


def _is_clouded(look: _Look, sky: Mask) -> bool:
    """Whether the sky shows clouds of its own: it varies on a scale that no clear gradient does."""
    # masts and branches inside the mask have edges that no cloud has
    sky = sky & (look.edges < 42)
    inner = cv2.erode(sky.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if inner.sum() < 200:
        return False
    lightness = look.lab[..., 0]
    weight = np.maximum(cv2.GaussianBlur(sky.astype(np.float32), (0, 0), 14), 1e-3)
    background = cv2.GaussianBlur(np.where(sky, lightness, 0).astype(np.float32), (0, 0), 14) / weight
    return float((lightness - background)[inner].std()) > 3.5


def _plain_sides(look: _Look) -> frozenset[str]:
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


def _is_night(look: _Look) -> bool:
    return float(np.median(look.grey)) < 48


def _is_colourless(look: _Look) -> bool:
    return float(np.percentile(np.abs(look.lab[..., 1:] - 128).max(axis=2), 90)) < 6
