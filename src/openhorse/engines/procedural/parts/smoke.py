"""A place and a light in, smoke or steam out: veils that rise, widen and sway. Knows no chimney and no pot."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.parts.model import Colour
from openhorse.engines.procedural.world.scenery import Flat, Site


@dataclass(frozen=True, slots=True)
class Plume:
    """Where smoke begins (metres), how high and wide it becomes, how thick (0…1) it is, which way it leans."""

    x: float
    y: float
    z: float
    tall: float
    wide: float
    thick: float = 0.35
    lean: float = 0.0


def rise(site: Site, plume: Plume, colour: Colour, haze: float = 1.0) -> tuple[Flat, ...]:
    """Two veils that sway apart; `colour` is that of the lit smoke."""
    flats = []
    random = site.random(f"smoke {plume.x:.2f} {plume.z:.2f}")
    metre = min(0.35 * site.lens.height / plume.tall, site.fine(plume.z))
    size = max(6, math.ceil(plume.wide * metre)), max(8, math.ceil(plume.tall * metre))
    up = np.linspace(1, 0, size[1], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :]
    for k in range(2):
        curl = np.float32(0.30) * grain(size, (2, 4), random, 3) + np.float32(0.5 * plume.lean) * up
        body = np.exp(-(((x - curl * (0.2 + up)) / (0.10 + 0.42 * up)) ** 2) * 2.2)
        body = body * smooth(0.0, 0.06, up) * smooth(1.0, 0.30, up) * smooth(1.0, 0.7, np.abs(x))
        puffs = 0.75 + 0.6 * grain(size, (3, 7), random, 4)
        cover = cv2.GaussianBlur((plume.thick * body * puffs).clip(0, 1).astype(np.float32), (0, 0), 0.6 + size[0] / 60)
        layer = np.dstack([cover[..., None] * colour, cover]).astype(np.float32)
        drift = 0.03 - 0.06 * k
        flats.append(
            Flat(
                layer,
                size[0] / plume.wide,
                plume.x,
                plume.z - 0.02 * k,
                plume.y,
                sway=0.3 * plume.wide,
                drift=drift,
                haze=haze,
            )
        )
    return tuple(flats)
