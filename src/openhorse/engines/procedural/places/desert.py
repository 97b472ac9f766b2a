"""A site in, a desert out: dunes, or red table mountains; cacti and palms where they belong. Knows no camera."""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.cacti import saguaro
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.grass import Sward, fringe
from openhorse.engines.procedural.parts.land import Range, dunes, mesas, veil
from openhorse.engines.procedural.parts.rocks import RED, boulders
from openhorse.engines.procedural.parts.seasons import ground_light, wetness
from openhorse.engines.procedural.parts.trees import planted, shade_under, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Pool, Scenery, Site, Texture

_ROCKY = ("canyon", "mesa", "rock", "red", "gobi", "badland", "cact", "west")
_SAND = (linear(176, 114, 68), linear(226, 172, 116))
_EARTH = (linear(150, 88, 54), linear(210, 150, 100))
_SCRUB = Sward(linear(78, 74, 40), linear(180, 168, 104), (), 0.0, 1.0, 18, 0.8)


def paint(site: Site) -> Scenery:
    """Dunes, or a rocky desert where the brief's variety names one; an oasis where it names that."""
    variety = site.shot.brief.variety or ""
    rocky = any(word in variety for word in _ROCKY)
    oasis = "oasis" in variety or "oasis" in site.shot.brief.features
    flats = (
        *(_rocks(site) if rocky else _dunes(site)),
        *(_oasis(site) if oasis else ()),
        *_near(site, rocky),
        *(_blown(site) if "wind" in site.shot.brief.weather and not wetness(site) else ()),
    )
    return Scenery(
        says="an oasis in the desert" if oasis else "a rocky desert" if rocky else "a desert of dunes",
        flats=flats,
        floor=_floor(site, rocky),
        pool=Pool(13.0, 34.0, linear(24, 70, 78), 0.3, 0.0, 1.6) if oasis else None,
        stage=(2.2, 12.0 if oasis else 16.0),
        beds=(Bed("wind", 0.42),),
        space="canyon" if rocky else "open",
        mood="vast",
    )


def _part(site: Site, z: float, part: float) -> float:
    """Metres that fill `part` of the frame above the horizon at `z`."""
    return part * site.lens.horizon / site.lens.metre(z)


def _dunes(site: Site) -> tuple[Flat, ...]:
    rows = ((2600.0, 0.52, 3.0, 0.40), (900.0, 0.58, 2.0, 0.22), (300.0, 0.62, 1.4, 0.08), (90.0, 0.34, 1.1, 0.02))
    return tuple(
        dunes(
            site,
            Range(z, _part(site, z, part), 130, 0.30, 0.12, f"row {k}", haze=veil(site, z, air), y=-0.006 * z),
            crests,
        )
        for k, (z, part, crests, air) in enumerate(rows)
    )


def _rocks(site: Site) -> tuple[Flat, ...]:
    rows = ((5200.0, 0.40, 5, 0.50), (2100.0, 0.52, 3, 0.26), (640.0, 0.16, 3, 0.12))
    return tuple(
        mesas(site, Range(z, _part(site, z, part), 140, 0.16, 0.3, f"row {k}", haze=veil(site, z, air)), count)
        for k, (z, part, count, air) in enumerate(rows)
    )


def _oasis(site: Site) -> tuple[Flat, ...]:
    """Palms round a pool."""
    random = site.random("oasis")
    flats = [woods(site, ("bush",), 37.0, 1.6, 0.7, "reeds"), woods(site, ("palm",), 62.0, 8.0, 0.55, "palms")]
    for part, z in ((-0.36, 36.0), (-0.24, 40.0), (0.16, 44.0), (0.33, 36.5), (0.44, 12.0)):
        spot = (part * site.lens.reach(z), z)
        flats.append(planted("palm", site, spot, float(random.uniform(6.0, 8.5))))
    return tuple(flats)


def _near(site: Site, rocky: bool) -> tuple[Flat, ...]:
    """What stands free: cacti and boulders, or a few tufts of scrub in the sand."""
    random = site.random("near")
    lens = site.lens
    side = 1.0 if site.shot.seed % 2 else -1.0
    flats: list[Flat] = []
    if rocky:
        for k, (part, z, tall) in enumerate(((0.34, 15.0, 4.4), (-0.40, 24.0, 4.8), (0.18, 46.0, 4.5))):
            spot = (side * part * lens.reach(z), z * float(random.uniform(0.9, 1.1)))
            flats += [saguaro(site, spot, tall, f"cactus {k}"), shade_under(site, spot, 2.2, 0.6)]
    colours = RED if rocky else (linear(120, 84, 56), linear(206, 164, 118))
    for k, (part, far, wide) in enumerate(((-0.43, 1.5, 0.16), (0.46, 2.2, 0.20), (0.30, 5.0, 0.07))):
        z = far * lens.nearest
        size = wide * lens.reach(z) * (1.0 if rocky else 0.6)
        flats.append(boulders(site, (-side * part * lens.reach(z), z), size, f"stone {k}", colours, 4, 0.0))
    for k, (part, far) in enumerate(((0.40, 1.25), (-0.30, 1.8), (0.22, 3.2), (-0.46, 3.6))):
        z = far * lens.nearest
        tall = 0.26 * lens.eye
        flats.append(fringe(site, _SCRUB, (side * part * lens.reach(z), z), (1.3 * tall, tall), f"scrub {k}"))
    return tuple(flats)


def _blown(site: Site) -> tuple[Flat, ...]:
    """Sand that the wind drives along the ground, in streamers: denser and slower the farther off."""
    side = 1.0 if site.shot.seed % 2 else -1.0
    rows = ((420.0, 0.20, 0.8), (110.0, 0.26, 0.75), (34.0, 0.32, 0.65), (13.0, 0.38, 0.5), (6.0, 0.44, 0.36))
    return tuple(_streamers(site, z, _part(site, z, part), strength, 7.0 * side) for z, part, strength in rows)


def _streamers(site: Site, z: float, tall: float, strength: float, drift: float) -> Flat:
    """One sheet of driven sand, `tall` metres high: long shreds that thin out upwards."""
    wide = 1.6 * site.lens.reach(z)
    metre = min(site.fine(z), 640.0 / wide)
    width, height = max(32, math.ceil(wide * metre)), max(8, math.ceil(tall * metre))
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    shreds = grain((width, height), (6, 4), site.random(f"blown {z}"), 5)
    cover = smooth(0.05, 0.95, (0.5 - 0.6 * up + 1.3 * shreds).astype(np.float32)) * smooth(1.0, 0.6, up)
    cover *= np.float32(strength) * smooth(0.0, 0.3, up)
    cover = np.roll(cover, -int(cover.sum(0).argmin()), 1)  # its copies join where there is least of it
    light = site.light
    colour = _SAND[1] * (light.ambient * np.float32(0.9) + light.key * np.float32(0.6)) + light.air * np.float32(0.24)
    return Flat(layer_of(colour, cover), metre, 0.0, z, period=width / metre, drift=drift, mirrored=False)


def _floor(site: Site, rocky: bool) -> Floor:
    scale = float(np.clip(site.lens.eye / 1.6, 0.35, 1.0))
    return Floor(_ground(site, rocky), 6.0 * scale, _broad(site), 55.0, wet=wetness(site), step="step-sand")


def _ground(site: Site, rocky: bool) -> Texture:
    """Sand with wind ripples, or earth with pebbles."""
    random = site.random("ground")
    size = (512, 512)
    fine = grain(size, (170, 170), random, 1)
    broad = grain(size, (5, 5), random, 4)
    if rocky:
        pebbles = np.clip((grain(size, (80, 80), random, 2) - 0.34) * 4, 0, 1)
        earth = mixed(*_EARTH, np.clip(0.5 + 0.25 * broad + 0.18 * fine, 0, 1).astype(np.float32))
        whole = mixed(earth, linear(196, 160, 128), (0.6 * pebbles).astype(np.float32))
    else:
        y = np.arange(512, dtype=np.float32)[:, None] / 512
        x = np.arange(512, dtype=np.float32)[None, :] / 512
        waves = np.sin(2 * np.pi * (34 * y + 3 * x) + 2.6 * broad + 1.5 * np.sin(2 * np.pi * (2 * x + y)))
        share = 0.5 + 0.26 * waves * (0.6 + 0.5 * broad) + 0.07 * fine
        whole = mixed(*_SAND, np.clip(share, 0, 1).astype(np.float32))
    return (whole * ground_light(site.light)).astype(np.float32)


def _broad(site: Site) -> Texture:
    field = grain((64, 64), (3, 4), site.random("broad"), 3)[..., None]
    return (1 + 0.16 * field * np.array((0.9, 1.0, 1.1), np.float32)).astype(np.float32)
