"""An outline and a light in, a range of hills out: shaded by its slopes, hazy at its foot. Knows no place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.grain import Field, grain, layer_of, mixed, ridge, smooth
from openhorse.engines.procedural.world.hours import Daylight


@dataclass(frozen=True, slots=True)
class Range:
    """A range of hills: width and height in pixels, how many tops, how rough (0.3 downs … 0.6 peaks), its colours."""

    width: int
    height: int
    tops: float
    rough: float
    base: NDArray[np.float32]
    light: NDArray[np.float32]
    low: float = 0.45


def hills(form: Range, light: Daylight, random: np.random.Generator) -> Layer:
    """The range as a layer that goes on seamlessly to both sides; its foot is opaque."""
    line = ridge(form.width, form.tops, random, roughness=form.rough)
    line = (line - line.min()) / max(1e-6, float(line.max() - line.min()))
    top = (1 - (form.low + (1 - form.low) * line) * 0.97) * form.height
    rows = np.arange(form.height, dtype=np.float32)[:, None]
    cover = np.clip(rows - top[None, :] + 0.5, 0, 1).astype(np.float32)
    relief = _relief(form, line, random)
    sun = light.key * np.float32(0.75) * smooth(-0.25, 0.55, relief)[..., None]
    shade = light.ambient * np.float32(0.9)
    patches = smooth(-0.3, 0.4, grain((form.width, form.height), (form.tops * 3, 5), random, 4))
    picture = mixed(form.base, form.light, patches) * (sun + shade)
    # air gathers at the foot
    foot = smooth(0.2, 1.0, (rows / form.height).astype(np.float32)) * np.float32(0.35)
    picture = picture * (1 - foot[..., None]) + light.air * foot[..., None]
    return layer_of(picture.astype(np.float32), cover)


def _relief(form: Range, line: Field, random: np.random.Generator) -> Field:
    """How far each point faces the sun, −1…1: by the outline's slope carried down, and by folds of its own."""
    slope = np.gradient(line) * form.width / max(1.0, form.tops) * 0.35
    down = np.linspace(1, 0.2, form.height, dtype=np.float32)[:, None]
    folds = grain((form.width, form.height), (form.tops * 4, 6), random, 5)
    across = np.gradient(folds, axis=1) * form.width / max(1.0, form.tops * 4) * 0.3
    relief: Field = (slope[None, :] * down + across).astype(np.float32)
    return relief
