"""A site in, the sky above the clouds out: a sea of clouds, towers that rise from it. Knows no camera and no player."""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.parts.clouds import bank, cumulus
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Scenery, Site


def paint(site: Site) -> Scenery:
    """High up in the air at the site's hour."""
    haze = site.light.air * 0.5 + (site.light.sky.cloud_light * 0.6 + site.light.sky.cloud_shade * 0.4) * 0.5
    backdrop = np.zeros((3, site.lens.height, site.lens.width), np.float32) + haze[:, None, None]
    night = site.light.hour is Hour.NIGHT
    return Scenery(
        says="the sky above a sea of clouds",
        flats=(*_banks(site), *_towers(site)),
        backdrop=backdrop.astype(np.float32),
        stage=(6.0, 60.0),
        beds=(Bed("wind", 0.4),),
        space="open",
        mood="mysterious" if night else "vast",
    )


def _banks(site: Site) -> tuple[Flat, ...]:
    """Rows of clouds below, each nearer, lower and faster than the one behind it."""
    lens, flats = site.lens, list[Flat]()
    below = lens.height - lens.horizon
    for k, (z, top, end) in enumerate(
        ((6000.0, -0.36, 0.22), (2400.0, 0.0, 0.46), (1000.0, 0.10, 0.84), (420.0, 0.26, 1.3), (190.0, 0.55, 1.7))
    ):
        # where its top and its foot are in the frame, in parts of what lies below the horizon
        metre = lens.metre(z)
        fine = min(site.fine(z), metre * (1.0 if k < 3 else 0.6))
        high = (end - top) * below / metre
        period = lens.reach(z) * (1.9 if k < 3 else 1.6)
        width, height = round(period * fine), max(12, round(high * fine))
        layer = bank(width, height, site.light, site.random(f"bank {k}"), 3.0 + k)
        foot = lens.eye - end * below / metre
        drift = -0.010 * lens.reach(z) * (0.5 + 0.35 * k)
        flats.append(Flat(layer, fine, 0.0, z, foot, period=width / fine, drift=drift, haze=0.62))
    return tuple(flats)


def _towers(site: Site) -> tuple[Flat, ...]:
    """Heaped clouds that rise above the horizon, one of them great."""
    random, lens, flats = site.random("towers"), site.lens, list[Flat]()
    side = 1.0 if random.random() < 0.5 else -1.0
    for k, (z, across, share, tall) in enumerate(
        (
            (5200.0, -0.30, 0.40, 0.62),
            (3300.0, 0.34, 0.50, 0.95),
            (1800.0, -0.46, 0.34, 0.42),
            (1500.0, 0.10, 0.20, 0.18),
        )
    ):
        metre = lens.metre(z)
        fine = site.fine(z)
        wide = lens.reach(z) * share * max(1.0, math.sqrt(lens.height / lens.width))
        high = min(tall * lens.horizon / metre, 0.9 * wide)
        width, height = round(wide * fine), round(high * fine)
        layer = cumulus(max(24, width), max(16, height), site.light, random)
        foot = lens.eye - 0.07 * (lens.height - lens.horizon) / metre
        x = side * (across + float(random.uniform(-0.04, 0.04))) * lens.reach(z)
        flats.append(Flat(layer, fine, x, z, foot, drift=-0.004 * lens.reach(z) * (1 + 0.3 * k), haze=0.45))
    return tuple(flats)
