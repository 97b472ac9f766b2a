"""A site and a kind of paving in, a seamless lit texture out: slabs, cobbles, asphalt, boards, tiles, carpet, tatami.

Knows no place. A texture is 512 pixels each way, as a Floor takes it.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grain import Field, grain, mixed, smooth
from openhorse.engines.procedural.parts.model import SNOW, is_snowy
from openhorse.engines.procedural.parts.seasons import snow_light
from openhorse.engines.procedural.world.scenery import Site, Texture

Paving = Literal["slabs", "cobbles", "asphalt", "boards", "tiles", "carpet", "tatami", "earth", "stage"]
_SIDE = 512


def paving(site: Site, kind: Paving, colour: NDArray[np.float32] | None = None, indoors: bool = False) -> Texture:
    """The paving as it lies at the site's hour; outdoors snow lies on it where it snows."""
    random = site.random(f"paving {kind}")
    bare = _bare(kind, colour, random)
    if indoors:
        return bare
    up = max(0.18, float(site.light.towards[1]))
    lit = site.light.key * np.float32(0.25 + 0.6 * up) + site.light.ambient
    if is_snowy(site):
        field = grain((_SIDE, _SIDE), (6, 6), random, 4)
        drift = smooth(-1.15, -0.35, field) * np.float32(0.96)
        soft = (0.86 + 0.10 * field)[..., None] * SNOW * snow_light(site.light)
        return mixed(bare * lit, soft.astype(np.float32), drift)
    if site.shot.brief.weather & {"rain", "after-rain"}:
        bare = bare * np.float32(0.62)
    lit_texture: Texture = (bare * lit).astype(np.float32)
    return lit_texture


def _bare(kind: Paving, colour: NDArray[np.float32] | None, random: np.random.Generator) -> Texture:
    match kind:
        case "slabs":
            return _grid(linear(150, 146, 142) if colour is None else colour, (4, 4), 0.5, random, 0.012)
        case "cobbles":
            return _cobbles(linear(122, 112, 104) if colour is None else colour, random)
        case "asphalt":
            return _rough(linear(72, 72, 76) if colour is None else colour, random, 0.16)
        case "earth":
            return _rough(linear(140, 112, 80) if colour is None else colour, random, 0.30)
        case "boards" | "stage":
            return _boards(linear(150, 98, 58) if colour is None else colour, random)
        case "tiles":
            return _checks(linear(214, 208, 196) if colour is None else colour, random)
        case "carpet":
            return _rough(linear(150, 120, 100) if colour is None else colour, random, 0.10)
        case "tatami":
            return _tatami(linear(176, 168, 110) if colour is None else colour, random)


def _rough(colour: NDArray[np.float32], random: np.random.Generator, strength: float) -> Texture:
    fine, broad = grain((_SIDE, _SIDE), (128, 128), random, 3), grain((_SIDE, _SIDE), (5, 5), random, 4)
    return _toned(colour, 1 + np.float32(strength) * (0.7 * fine + 0.8 * broad))


def _toned(colour: NDArray[np.float32], tone: Field) -> Texture:
    toned: Texture = np.clip(tone[..., None] * colour, 0, 4).astype(np.float32)
    return toned


def _grid(
    colour: NDArray[np.float32], count: tuple[int, int], stagger: float, random: np.random.Generator, joint: float
) -> Texture:
    """Slabs in rows, each of its own tone, with dark joints."""
    across, down = count
    y, x = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32) / _SIDE
    row = np.floor(y * down)
    u = x * across + stagger * (row % 2)
    v = y * down
    edge = np.minimum.reduce([u % 1, 1 - u % 1, v % 1, 1 - v % 1])
    table = random.uniform(0.84, 1.12, (down, across)).astype(np.float32)
    tone = table[row.astype(int), np.floor(u).astype(int) % across]
    tone = tone * (1 + 0.10 * grain((_SIDE, _SIDE), (40, 40), random, 3))
    gap = smooth(joint * 0.4 * across, joint * across, edge)
    return _toned(colour, tone * (0.45 + 0.55 * gap))


def _cobbles(colour: NDArray[np.float32], random: np.random.Generator) -> Texture:
    """Round-headed stones in staggered rows."""
    count = 16
    y, x = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32) / _SIDE
    bend = 0.22 * grain((_SIDE, _SIDE), (20, 20), random, 2)
    v = y * count + bend
    row = np.floor(v)
    u = x * count + 0.5 * (row % 2) + 0.3 * bend
    across, down = u % 1 - 0.5, v % 1 - 0.5
    head = np.clip(1 - (np.abs(across) ** 2.6 + np.abs(down) ** 2.6) * 6.4, 0, 1) ** 0.6
    table = random.uniform(0.72, 1.2, (count, count)).astype(np.float32)
    tone = table[row.astype(int) % count, np.floor(u).astype(int) % count]
    # the head's upper side is lighter: it mirrors the sky
    tone = tone * (0.38 + 0.66 * head) * (1 - 0.25 * down)
    return _toned(colour, tone * (1 + 0.08 * grain((_SIDE, _SIDE), (60, 60), random, 2)))


def _boards(colour: NDArray[np.float32], random: np.random.Generator) -> Texture:
    """Long boards that run away from the viewer, with grain and butted ends."""
    count = 8
    y, x = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32) / _SIDE
    u = x * count
    board = np.floor(u).astype(int)
    offset = random.random(count).astype(np.float32)[board]
    v = (y * 2 + offset) % 2
    piece = np.floor(v).astype(int)
    table = random.uniform(0.74, 1.18, (count, 2)).astype(np.float32)
    fibre = grain((_SIDE, _SIDE), (110, 5), random, 3)
    wave = grain((_SIDE, _SIDE), (24, 3), random, 3)
    tone = table[board, piece] * (1 + 0.14 * fibre + 0.12 * wave)
    seam = smooth(0.0, 0.045, np.minimum(u % 1, 1 - u % 1)) * smooth(0.0, 0.008, np.minimum(v % 1, 1 - v % 1))
    return _toned(colour, tone * (0.42 + 0.58 * seam))


def _checks(colour: NDArray[np.float32], random: np.random.Generator) -> Texture:
    """Tiles of two tones by turns."""
    base = _grid(colour, (8, 8), 0.0, random, 0.006)
    y, x = np.mgrid[0:_SIDE, 0:_SIDE] * 8 // _SIDE
    dark = ((x + y) % 2).astype(np.float32)[..., None]
    checks: Texture = (base * (1 - np.float32(0.45) * dark)).astype(np.float32)
    return checks


def _tatami(colour: NDArray[np.float32], random: np.random.Generator) -> Texture:
    """Straw mats with dark borders."""
    y, x = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32) / _SIDE
    u, v = (x * 2 + 0.5 * (np.floor(y * 4) % 2)) % 1, (y * 4) % 1
    straw = 1 + 0.08 * grain((_SIDE, _SIDE), (6, 200), random, 2) + 0.05 * grain((_SIDE, _SIDE), (8, 8), random, 3)
    border = smooth(0.05, 0.035, np.minimum(v, 1 - v))
    picture = mixed(_toned(colour, straw), linear(44, 58, 44), border)
    seam = smooth(0.0, 0.006, np.minimum(u, 1 - u))
    mats: Texture = (picture * (0.6 + 0.4 * seam)[..., None]).astype(np.float32)
    return mats


def rug(size: tuple[int, int], colours: tuple[NDArray[np.float32], ...], random: np.random.Generator) -> Texture:
    """A woven rug seen from above, height × width × 3: borders and lozenges in three colours."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = np.abs(x / width - 0.5) * 2, np.abs(y / height - 0.5) * 2
    edge = np.maximum(1 - (1 - across) * width / height, down)
    lozenge = np.abs(((x / height * 3) % 1) - 0.5) + np.abs(((y / height * 3) % 1) - 0.5)
    picture = mixed(colours[0], colours[1], smooth(0.30, 0.27, lozenge))
    picture = mixed(picture, colours[2], smooth(0.17, 0.14, lozenge))
    for low, high, colour in ((0.70, 0.74, colours[2]), (0.76, 0.90, colours[1]), (0.93, 1.0, colours[0] * 0.6)):
        band = smooth(low - 0.01, low + 0.01, edge) * smooth(high + 0.01, high - 0.01, edge)
        picture = mixed(picture, colour, band)
    weave = 1 + 0.12 * cv2.GaussianBlur(random.uniform(-1, 1, (height, width)).astype(np.float32), (0, 0), 0.8)
    woven: Texture = (picture * weave[..., None]).astype(np.float32)
    return woven
