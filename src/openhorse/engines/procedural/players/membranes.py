"""Fins and wings as thin sheets between rays in, their translucent picture out. Knows no animal.

A sheet has rays from its root to its edge; bands of colour run across them, veins along them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.creature import Light, Stand, turn_of

Array = NDArray[np.floating]

_FINE = 16  # parts of a pixel that outlines are given in
_BETWEEN = 5  # rays drawn for each that is given: edges are curves


@dataclass(frozen=True, slots=True)
class Band:
    """A stripe across the rays from the root to `reach` (0…1): its linear colour and how opaque it is."""

    reach: float
    colour: Array
    cover: float = 1.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A fin or wing: `roots` and `tips` of its rays (n × 3, metres of the model), bands from the outermost inwards.

    `dots` are (ray, reach, radius in metres) of spots in the colour `spot`; `near` tells that it lies before the body.
    """

    roots: Array
    tips: Array
    bands: tuple[Band, ...]
    vein: Array | None = None
    veins: float = 0.35
    dots: tuple[tuple[float, float, float], ...] = ()
    spot: Array | None = None
    near: bool = False


def extent(sheets: Sequence[Sheet], stand: Stand) -> Array:
    """All corners as seen, n × 2: metres to the right and up."""
    turn = turn_of(stand)
    return np.concatenate([np.concatenate([sheet.roots, sheet.tips]) @ turn[:2].T for sheet in sheets])


def draw_sheet(planes: NDArray[np.float32], sheet: Sheet, stand: Stand, light: Light) -> None:
    """Lay one sheet over `planes` (4 × height × width, premultiplied)."""
    turn = turn_of(stand)
    roots, tips = _smoothed(sheet.roots @ turn.T), _smoothed(sheet.tips @ turn.T)
    shade = _shade(roots, tips, light)
    for band in sheet.bands:
        edge = roots + (tips - roots) * band.reach
        outline = np.concatenate([roots, edge[::-1]])
        _fill(planes, _pixels(outline, stand), band.colour * shade, band.cover)
    if sheet.vein is not None:
        _vein(planes, sheet, roots, tips, shade, stand)
    for ray, reach, radius in sheet.dots:
        k = min(len(roots) - 1, round(ray * (len(roots) - 1)))
        place = _pixels((roots[k] + (tips[k] - roots[k]) * reach)[None], stand)[0]
        if sheet.spot is not None:
            _dot(planes, place, radius * stand.pixels_per_metre, sheet.spot * shade)


def _smoothed(points: Array) -> Array:
    # a curve through the given points
    count = len(points)
    if count < 3:
        return points
    at = np.linspace(0, count - 1, (count - 1) * _BETWEEN + 1)
    k = np.minimum(at.astype(int), count - 2)
    q = (at - k)[:, None]
    before, after = points[np.maximum(k - 1, 0)], points[np.minimum(k + 2, count - 1)]
    a, b = points[k], points[k + 1]
    curve: Array = 0.5 * (
        2 * a + (b - before) * q + (2 * before - 5 * a + 4 * b - after) * q**2 + (3 * a - before - 3 * b + after) * q**3
    )
    return curve


def _shade(roots: Array, tips: Array, light: Light) -> Array:
    # what falls on either side of it, and what shines through
    along, across = (tips - roots).mean(axis=0), tips[-1] - tips[0]
    normal = np.cross(along, across)
    normal /= np.linalg.norm(normal) + 1e-9
    if normal[2] < 0:
        normal = -normal
    facing = float(normal @ np.array(light.towards))
    key = 0.30 + 0.75 * max(facing, 0.0) + 0.55 * max(-facing, 0.0)
    up = 0.5 + 0.5 * float(normal[1])
    shade: Array = np.array(light.key) * key + np.array(light.sky) * up + np.array(light.ground) * (1 - up)
    return shade


def _pixels(points: Array, stand: Stand) -> Array:
    scale = stand.pixels_per_metre
    return np.stack([stand.x + points[:, 0] * scale, stand.y - points[:, 1] * scale], axis=1)


def _fill(planes: NDArray[np.float32], outline: Array, colour: Array, cover: float) -> None:
    mask, window = _window(planes, outline, 2.0)
    if mask is None:
        return
    rows, columns = window
    corners = np.round((outline - (columns.start, rows.start)) * _FINE).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, 4)
    _lay(planes, mask, window, colour, cover)


def _dot(planes: NDArray[np.float32], place: Array, radius: float, colour: Array) -> None:
    mask, window = _window(planes, place[None], radius + 2)
    if mask is None or radius < 0.4:
        return
    rows, columns = window
    x, y = np.round((place - (columns.start, rows.start)) * _FINE).astype(int)
    cv2.circle(mask, (int(x), int(y)), round(radius * _FINE), 255, -1, cv2.LINE_AA, 4)
    _lay(planes, mask, window, colour, 0.95)


def _vein(planes: NDArray[np.float32], sheet: Sheet, roots: Array, tips: Array, shade: Array, stand: Stand) -> None:
    outline = _pixels(np.concatenate([roots, tips]), stand)
    mask, window = _window(planes, outline, 2.0)
    if mask is None or sheet.vein is None:
        return
    rows, columns = window
    local = np.round((outline - (columns.start, rows.start)) * _FINE).astype(np.int32)
    count = len(roots)
    for k in range(0, count, max(1, _BETWEEN // 2)):
        cv2.line(mask, local[k].tolist(), local[count + k].tolist(), 255, 1, cv2.LINE_AA, 4)
    _lay(planes, mask, window, sheet.vein * shade, sheet.veins)


def _window(
    planes: NDArray[np.float32], outline: Array, margin: float
) -> tuple[NDArray[np.uint8] | None, tuple[slice, slice]]:
    low, high = outline.min(axis=0) - margin, outline.max(axis=0) + margin
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(planes.shape[2], int(high[0]) + 2), min(planes.shape[1], int(high[1]) + 2)
    if left >= right or top >= bottom:
        return None, (slice(0), slice(0))
    return np.zeros((bottom - top, right - left), np.uint8), (slice(top, bottom), slice(left, right))


def _lay(
    planes: NDArray[np.float32], mask: NDArray[np.uint8], window: tuple[slice, slice], colour: Array, cover: float
) -> None:
    part = planes[:, window[0], window[1]]
    alpha = mask.astype(np.float32) * np.float32(cover / 255)
    part *= 1 - alpha
    part[:3] += np.asarray(colour, np.float32)[:, None, None] * alpha
    part[3] += alpha
