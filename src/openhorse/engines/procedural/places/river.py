"""A site in, a river out: it runs across between banks, with stones, reeds and mirrored trees. Knows no camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grass import Sward, edge, fringe, patches, sward_of, swaths, turf
from openhorse.engines.procedural.parts.land import Range, downs, karst, mesas, veil
from openhorse.engines.procedural.parts.mist import bank
from openhorse.engines.procedural.parts.rocks import GREY, RED, WET, boulders
from openhorse.engines.procedural.parts.seasons import season_of
from openhorse.engines.procedural.parts.trees import TreeKind, planted, shade_under, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Pool, Scenery, Site

_KINDS: Mapping[Season, tuple[TreeKind, ...]] = {
    Season.SPRING: ("willow", "cherry", "birch"),
    Season.AUTUMN: ("maple", "birch", "oak"),
}
_REEDS = Sward(linear(58, 78, 34), linear(168, 170, 90), (("reed", linear(86, 54, 30)),), 0.6, 1.0, 13, 0.9)


def paint(site: Site) -> Scenery:
    """A river, or a narrow stream where the brief's variety says so."""
    stream = any(word in (site.shot.brief.variety or "") for word in ("stream", "brook", "creek"))
    canyon, towers = (site.shot.brief.variety == kind for kind in ("canyon", "karst"))
    near, far = (6.6, 10.5) if stream else (7.6, 27.0)
    near = site.shore(near)
    sward = sward_of(site)
    return Scenery(
        says=(
            "a river in a canyon" if canyon else "a river between karst towers" if towers
            else "a stream" if stream else "a river"
        ),
        flats=(
            *(_walls if canyon else _beyond)(site, far), *_stones(site, near, far, stream), *_near(site, near),
            *swaths(site, sward, 10, 0.13, 0.84 * near), edge(site, sward, 0.92 * near, 0.30),
        ),
        floor=Floor(turf(site, sward, 0.5), 4.5, patches(site), 60.0),
        pool=Pool(near, far, linear(24, 62, 60), 0.55 if stream else 0.42, 1.4 if stream else 0.7, 1.3),
        stage=(2.2, 0.86 * near),
        beds=(Bed("stream", 0.5), Bed("birds", 0.2)),
        mood="calm",
    )  # fmt: skip


def _walls(site: Site, far: float) -> tuple[Flat, ...]:
    """Walls of banded rock, one behind the other, and boulders on the other bank."""
    rise = site.lens.horizon / site.lens.focal
    rows = ((2600.0, 0.62, 3, 0.42), (900.0, 0.80, 2, 0.24), (300.0, 0.66, 3, 0.10), (110.0, 0.40, 3, 0.04))
    flats = [
        mesas(site, Range(z, part * z * rise, 140, 0.10, 0.25, f"wall {k}", haze=veil(site, z, air)), count)
        for k, (z, part, count, air) in enumerate(rows)
    ]
    for k, part in enumerate((-0.44, -0.2, 0.12, 0.36, 0.5)):
        z = far * (1.06 + 0.08 * (k % 3))
        flats.append(
            boulders(site, (part * site.lens.reach(z), z), 0.17 * site.lens.reach(z), f"bank {k}", RED, 5, 0.0)
        )
    return (*flats, woods(site, ("bush",), far + 0.8, 1.3, 1.4, "bank"))


def _beyond(site: Site, far: float) -> tuple[Flat, ...]:
    """The other bank: reeds, trees that hang over the water, woods and hills behind."""
    random = site.random("beyond")
    lens, season = site.lens, season_of(site)
    rise = lens.horizon / lens.focal
    kinds = _KINDS.get(season, ("willow", "oak", "birch"))
    side = 1.0 if site.shot.seed % 2 else -1.0
    flats = [
        *(_towers if site.shot.brief.variety == "karst" else _hills)(site, rise),
        woods(site, ("oak", "poplar", "birch", "oak"), 6.5 * far, 13.0, 0.28),
        woods(site, ("oak", "bush", "birch"), 2.6 * far, 7.0, 0.8, "middle"),
        bank(site, 2.2 * far, 2.2, 0.0, 0.3, 0.3),
        woods(site, ("bush",), far + 0.8, 1.3, 0.8, "bank"),
    ]
    for k, (part, more) in enumerate(((0.33, 1.08), (-0.42, 1.2), (0.10, 1.55), (-0.16, 1.9))):
        z = far * more * float(random.uniform(1.0, 1.08))
        spot = (side * part * lens.reach(z), z)
        tall = (0.56, 0.50, 0.32, 0.28)[k] * lens.horizon / lens.metre(z) * 1.25
        flats += [planted(kinds[k % len(kinds)], site, spot, tall), shade_under(site, spot, 0.8 * tall)]
    return tuple(flats)


def _hills(site: Site, rise: float) -> tuple[Flat, ...]:
    return (
        downs(site, Range(4800.0, 4800 * 0.46 * rise, 120, 0.1, 0.4, "far", haze=veil(site, 4800.0, 0.5)), 2.2, 0.5),
        downs(site, Range(1500.0, 1500 * 0.24 * rise, 110, 0.2, 0.3, "near", haze=veil(site, 1500.0, 0.25)), 2.8, 0.9),
    )


def _towers(site: Site, rise: float) -> tuple[Flat, ...]:
    """Karst towers behind each other, mist about their feet."""
    rows = ((4800.0, 0.92, 7, 0.55), (2400.0, 0.76, 5, 0.34), (1200.0, 0.56, 4, 0.16))
    return tuple(
        flat
        for k, (z, part, count, air) in enumerate(rows)
        for flat in (
            karst(site, Range(z, part * z * rise, 150, 0.08, 0.6, f"tower {k}", haze=veil(site, z, air)), count),
            bank(site, 0.8 * z, 0.22 * part * z * rise, 0.0, 0.6, 0.0016 * z, f"tower {k}"),
        )
    )


def _stones(site: Site, near: float, far: float, stream: bool) -> tuple[Flat, ...]:
    """Stones in the water and along its edge."""
    random = site.random("stones")
    lens = site.lens
    flats = []
    for k in range(11 if stream else 8):
        deep = float(random.uniform(0.08, 0.9)) ** 1.3
        z = near + (far - near) * deep
        part = float(random.uniform(-0.55, 0.55))
        size = float(random.uniform(0.5, 1.3)) * (0.7 if stream else 1.0 + deep)
        flats.append(boulders(site, (part * lens.reach(z), z), size, f"water {k}", WET, 3, 0.3))
    for k in range(7):
        part = (k + float(random.uniform(0.1, 0.9))) / 7 * 1.3 - 0.65
        z = near * float(random.uniform(0.95, 1.03))
        flats.append(boulders(site, (part * lens.reach(z), z), float(random.uniform(0.35, 0.8)), f"edge {k}", GREY, 4))
    return tuple(flats)


def _near(site: Site, near: float) -> tuple[Flat, ...]:
    """Reeds at the water's edge and tall grass at the frame's sides."""
    lens = site.lens
    plain = sward_of(site)
    side = 1.0 if site.shot.seed % 2 else -1.0
    flats = []
    small = min(1.0, near / 6.0)  # near the water they would hide it
    for k, (part, wide) in enumerate(((0.40, 2.2), (0.52, 2.4), (-0.50, 1.9))):
        z = near * (0.97 - 0.03 * k)
        size = (wide * small, 1.35 * small)
        flats.append(fringe(site, _REEDS, (side * part * lens.reach(z), z), size, f"reeds {k}"))
    for k, part in enumerate((-0.46, 0.5)):
        z = 1.2 * lens.nearest
        size = (0.28 * lens.reach(z), 0.40 * lens.eye)
        flats.append(fringe(site, replace(plain, tall=1.2), (part * lens.reach(z), z), size, f"side {k}"))
    return tuple(flats)
