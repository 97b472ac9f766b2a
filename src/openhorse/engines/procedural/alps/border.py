"""A site and its light among mountains in, tall spruces at the frame's sides out. Knows no place."""

from __future__ import annotations

from dataclasses import replace

from openhorse.engines.procedural.alps.light import Light
from openhorse.engines.procedural.alps.ranges import needles
from openhorse.engines.procedural.parts.spruces import paint_spruce
from openhorse.engines.procedural.world.scenery import Flat, Site

_TREES = (
    # middle as a part of the width, height in parts of the frame, distance: the far ones first
    (-0.20, 0.66, 1.06), (1.22, 0.72, 1.06), (0.135, 0.36, 1.11), (0.868, 0.40, 1.11), (0.93, 0.62, 1.04),
    (0.075, 0.58, 1.04), (-0.10, 0.74, 1.02), (1.12, 0.66, 1.02), (0.995, 0.84, 1.0), (0.012, 0.80, 1.0),
)  # fmt: skip
"""Some stand outside the opening view, for a camera that turns."""


def border(site: Site, light: Light, z: float) -> tuple[Flat, ...]:
    """Spruces whose feet the frame's lower edge hides, `z` ahead and a little farther."""
    lens, random = site.lens, site.random("border")
    unit = min(lens.height, 0.75 * lens.width + 0.2 * lens.height)
    look = replace(needles(site, light)[0], depth=0.8)
    turned = random.random() < 0.5
    flats = []
    for x, part, far in _TREES:
        x = x + random.uniform(-0.012, 0.012)
        pixels = max(24, int(unit * part * random.uniform(0.9, 1.08) * 1.15))
        layer = paint_spruce(
            random, pixels, int(pixels * random.uniform(0.30, 0.38)), replace(look, fine=min(1.0, pixels / 420))
        )
        metre = lens.metre(far * z)
        aside = (0.5 - x if turned else x - 0.5) * lens.width / metre
        foot = lens.eye - (1.03 * lens.height - lens.horizon) / metre
        sway = 0.012 * pixels / metre
        flats.append(Flat(layer, 1.15 * metre, aside, far * z, foot, sway=sway, haze=0.0, mirrored=False))
    return tuple(flats)


def bare(site: Site) -> bool:
    """Whether nobody acts and nothing stands on the near ground, so that water may take its place."""
    brief = site.shot.brief
    return not brief.cast and not brief.features and not brief.effects & {"fire", "candles"}
