"""A site in, railway track out: across the frame below a train, or ahead to the horizon. Knows no place and no train.

A line that runs across is painted in strips, each standing as far away as it lies; one that runs ahead is drawn anew
for each camera, because its sleepers come nearer.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import cv2
import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.strokes import STROKE_COLUMNS, draw_strokes
from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.parts.model import SNOW, is_snowy
from openhorse.engines.procedural.parts.roadway import Avenue, ahead, lit_ground
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.flatwork import Flatwork
from openhorse.engines.procedural.world.scenery import Flat, Living, Site

_HALF = 0.72
"""Half the gauge, metres."""
_SLEEPER, _PITCH, _BED = 1.3, 0.65, 2.2
"""Half a sleeper's length, how far apart they lie, half the width of their bed of stones."""
_STONE, _WOOD, _STEEL = linear(136, 128, 120), linear(76, 58, 46), linear(196, 196, 204)


def track_across(site: Site, z: float) -> tuple[Flat, ...]:
    """A line from left to right, its middle `z` ahead."""
    near, far = max(0.6, z - _BED), z + _BED
    edges = np.linspace(near, far, max(5, math.ceil(12 * min(1.0, 30 / z))))
    flats = [_strip(site, z, float(a), float(b)) for a, b in itertools.pairwise(edges)]
    rails = [_rail(site, at) for at in (z + _HALF, z - _HALF) if at > 0.6]
    return tuple(sorted((*flats, *rails), key=lambda flat: -flat.z))


def _strip(site: Site, middle: float, near: float, far: float) -> Flat:
    """Stones and the sleepers on them between two distances."""
    lens = site.lens
    metre = min(site.fine(near), 1.2 * lens.metre(near))
    period = _PITCH * max(4, math.ceil(1.6 * lens.reach(near) / _PITCH))
    tall = lens.eye * (1 - near / far)
    width, height = math.ceil(period * metre), max(2, math.ceil(tall * metre) + 2)
    random = site.random(f"ballast {near:.2f}")
    speck = grain((width, height), (period * 9, max(1, height / 2)), random, 2)
    off = abs((near + far) / 2 - middle)
    picture = _STONE * (1 + np.float32(0.45) * speck)[..., None]
    if off < _SLEEPER:
        x = np.arange(width, dtype=np.float32)[None, :] / metre % _PITCH
        lies = smooth(0.0, 0.04, x - 0.1) * smooth(0.0, 0.04, 0.36 - x) * np.ones((height, 1), np.float32)
        picture = picture + (_WOOD * (1 + np.float32(0.2) * speck)[..., None] - picture) * lies[..., None]
    if is_snowy(site):
        picture = picture + (SNOW - picture) * (0.75 * smooth(-0.5, 0.4, speck))[..., None]
    cover = np.ones((height, width), np.float32)
    if off > 0.8 * _BED:  # the bed frays into the grass
        cover = smooth(-0.2, 0.3, grain((width, height), (period * 3, 1), random, 3))
    lit = (picture * lit_ground(site) * cover[..., None]).astype(np.float32)
    return Flat(np.dstack([lit, cover]), width / period, 0.0, near, -0.002, period=period)


def _rail(site: Site, z: float) -> Flat:
    """One rail: rust below, its head worn bright."""
    metre = min(site.fine(z), 1.2 * site.lens.metre(z))
    tall = max(0.16, 2.5 / metre)
    width, height = math.ceil(8 * metre), max(3, math.ceil(tall * metre))
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None, None]
    rust, head = linear(92, 62, 48), _STEEL * np.float32(1.15)
    light = site.light.ambient * 1.2 + site.light.key * np.float32(0.5)
    picture = (rust * 0.7 + (head - rust * 0.7) * smooth(0.5, 0.75, up)) * light
    layer = np.ones((height, width, 4), np.float32)
    layer[..., :3] = picture
    return Flat(layer, width / 8, 0.0, z, 0.02, period=8.0)


def track_ahead(site: Site) -> Living:
    """What draws a line to the horizon: its bed of stones, sleepers and rails."""
    lit, air, clear = lit_ground(site), site.light.air, site.light.clear
    pale = np.float32(0.5 if is_snowy(site) else 0.0)
    brief = replace(site.shot.brief, season=None, weather=site.shot.brief.weather - {"snow"})
    stone = (_STONE + (SNOW - _STONE) * np.float32(1.3) * pale).astype(np.float32)
    road = Avenue(_BED, 0.0, stone, stone, stone * np.float32(0.86))
    bed = Flatwork(ahead(replace(site, shot=replace(site.shot, brief=brief)), road), site.light, 0)

    def tone(colour: np.ndarray, z: float) -> np.ndarray:
        shown = (colour + (SNOW - colour) * np.float32(0.4) * pale) * lit
        seen: np.ndarray = shown + (air - shown) * np.float32(1 - math.exp(-z / clear))
        return seen

    def ground(out: np.ndarray, camera: Camera, t: float) -> None:
        bed.draw(out, camera, t)
        first = math.ceil((camera.z + 0.8) / _PITCH)
        rows = []
        for k in range(first + 130, first - 1, -1):
            z = k * _PITCH - camera.z
            row, metre = camera.horizon + camera.eye * camera.focal / z, camera.focal / z
            half = max(0.4, 0.13 * camera.eye * camera.focal / (z * z))
            middle = camera.centre - camera.x * metre
            seen = min(1.0, 2.2 * half) * 0.9
            ends = middle - _SLEEPER * metre + half, middle + _SLEEPER * metre - half
            rows.append((ends[0], row, ends[1], row, half, half, 0.6, seen, *tone(_WOOD, z)))
        draw_strokes(out, np.array(rows, np.float32).reshape(-1, STROKE_COLUMNS))
        _draw_rails(out, camera, tone(_STEEL, 12.0) * np.float32(1.2), tone(linear(60, 44, 36), 8.0))

    return ground


def _draw_rails(out: np.ndarray, camera: Camera, head: np.ndarray, side: np.ndarray) -> None:
    """Both rails as long wedges to the horizon, over `out`."""
    height, width = out.shape[1:]
    near, far, fine = 0.7, 900.0, 4
    first = max(0, math.floor(camera.horizon))
    for wide, lift, colour in ((0.055, 0.0, side), (0.034, 0.10, head)):
        mask = np.zeros(((height - first) * fine, width), np.uint8)
        for x in (-_HALF, _HALF):
            spots = []
            for z, sign in ((near, -1), (far, -1), (far, 1), (near, 1)):
                metre = camera.focal / z
                column = camera.centre + (x + sign * wide - camera.x) * metre
                spots.append((column, (camera.horizon + (camera.eye - lift) * metre - first) * fine))
            cv2.fillPoly(mask, [np.rint(np.array(spots) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        cover = cv2.resize(mask, (width, height - first), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        for channel in range(3):
            part = out[channel, first:]
            part += (np.float32(colour[channel]) - part) * cover
