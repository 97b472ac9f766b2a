"""Somebody's outline in, where and how wide clothes lie on it out. Knows no clothes and no motion."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from openhorse.engines.procedural.still.plate import Field

_HEAD = 0.14
_LOWEST = 0.55
"""Between these parts of the height from the top a neck is looked for."""
_USUAL = 0.16


class Torso(NamedTuple):
    """Where clothes begin, and how wide the body is there with its arms, both in parts of the whole height."""

    neck: float
    wide: float


def torso_of(alpha: Field) -> Torso:
    """The torso of an upright outline (`alpha`, height × width, 0…1), its foot at the lower border.

    The neck is where the outline is narrowest between the head's widest row and the body's; without one it is where
    a grown person's is.
    """
    height = alpha.shape[0]
    widths = (alpha > 0.5).sum(1).astype(np.float32)
    first, last = round(_HEAD * height), round(_LOWEST * height)
    neck = _USUAL
    found = _narrowest(widths, first, last)
    if found is not None:
        neck = found / height
    body = widths[round((neck + 0.08) * height) : max(round((neck + 0.08) * height) + 1, round(0.68 * height))]
    return Torso(neck, float(body.max()) / height)


def _narrowest(widths: Field, first: int, last: int) -> int | None:
    """The row at which a head ends: narrower than what is above it and what is below it by a twentieth at least."""
    best, row = 0.95, None
    for at in range(first, last):
        least = min(float(widths[:at].max()), float(widths[at : at + (last - first) // 2].max()))
        if least > 0 and widths[at] / least < best:
            best, row = float(widths[at]) / least, at
    return row
