# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
"""A painted street plate and a camera come in, the street from there goes out: walls, and the ground's mirror.

Two walls and level ground: simple enough that every move of a level camera is exact for every point of them.
Knows no houses, signs or people. Numba's functions carry no types, hence mypy's directive above.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    INLINE,
    ROW,
    F,
    I,
    add_noise,
    clamp01,
    exp,
    floor_int,
    hash_unit,
    mix,
    smoothstep,
    sqrt,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.world.camera import Camera


@dataclass(frozen=True, slots=True)
class Corridor:
    """A street as it is painted: focal length in pixels; half its width, the eye's height and its end, in metres."""

    focal: float
    half_width: float
    eye: float
    end: float


@dataclass(frozen=True, slots=True)
class Ground:
    """How wet (0 dry … 1 puddles), how snowy (0…1), how hard it rains on it (0…1), and the sky's light on it.

    `crossing` is where a zebra crossing lies (metres ahead), 0 for none.
    """

    wet: float
    snow: float
    rain: float
    ambient: tuple[float, float, float]
    crossing: float
    seed: float


@njit(**ROW)
def _blend_row(line, one, other, share):
    for i in range(line.shape[0]):
        line[i] = one[i] + (other[i] - one[i]) * share


@njit(**ROW)
def _climb_row(places, shares, start, step, last):
    # up a wall: the texel before each row of a column, and how far it is from there to the next
    for y in range(places.shape[0]):
        v = min(max(start + step * F(I(y)), C0), last)
        i = I(v)
        places[y] = i
        shares[y] = v - F(i)


@njit(**ROW)
def _fold_row(places, shares, start, step, last, base, first):
    # rows below `base` climb the wall again, upside down
    for y in range(places.shape[0]):
        row = base - abs(F(I(y)) + F(first) + C05 - base)
        v = min(max(start + step * (row - C05), C0), last)
        i = I(v)
        places[y] = i
        shares[y] = v - F(i)


@njit(**ROW)
def _fetch_row(one, other, line, places):
    for y in range(places.shape[0]):
        i = places[y]
        one[y] = line[i]
        other[y] = line[i + I(1)]


@njit(**ROW)
def _weigh_row(out, one, other, shares):
    for y in range(out.shape[0]):
        out[y] = one[y] + (other[y] - one[y]) * shares[y]


@njit(**ROW)
def _level_row(out, line, share):
    # a wall that is as large as it was painted lies a constant part of a texel aside
    for y in range(out.shape[0]):
        out[y] = line[y] + (line[y + 1] - line[y]) * share


@njit(**ROW)
def _column(out, sheet, at, places, shares, work, line):
    k = I(at)
    for c in range(sheet.shape[0]):
        _blend_row(line, sheet[c, k], sheet[c, k + I(1)], at - F(k))
        _fetch_row(work[0], work[1], line, places)
        _weigh_row(out[c], work[0], work[1], shares)


@njit(**STRIP)
def _walls(out, sheet, columns, rows, first, last):
    # `sheet` and `out` lie on their sides: a street's column is one of their rows; columns: place, start, step, base
    line = np.empty(sheet.shape[2], np.float32)
    places = np.empty(rows, np.int32)
    shares = np.empty(rows, np.float32)
    work = np.empty((2, rows), np.float32)
    end = F(sheet.shape[2] - 2)
    for x in range(first, last):
        at, start, step = columns[0, x], columns[1, x], columns[2, x]
        n = min(I(columns[3, x]) + I(2), I(rows))
        top = I(start)
        if abs(step - C1) < F(1e-5) and start >= C0 and top + n + I(1) < I(sheet.shape[2]):
            k = I(at)
            for c in range(sheet.shape[0]):
                _blend_row(line, sheet[c, k], sheet[c, k + I(1)], at - F(k))
                _level_row(out[c, x, :n], line[top : top + n + I(1)], start - F(top))
            continue
        _climb_row(places[:n], shares[:n], start, step, end)
        _column(out[:, x, :n], sheet, at, places[:n], shares[:n], work[:, :n], line)


@njit(**STRIP)
def _images(out, sheet, columns, top, first, last):
    rows = I(out.shape[2]) - I(top)
    line = np.empty(sheet.shape[2], np.float32)
    places = np.empty(rows, np.int32)
    shares = np.empty(rows, np.float32)
    work = np.empty((2, rows), np.float32)
    end = F(sheet.shape[2] - 2)
    for x in range(first, last):
        _fold_row(places, shares, columns[1, x], columns[2, x], end, columns[3, x], I(top))
        _column(out[:, x, top:], sheet, columns[0, x], places, shares, work, line)


class Plate:
    """The walls as painted from the camera's first place; `centre` is the vanishing point on `planes`.

    A fourth plane tells where the sky is open (0…1): what is in it already is kept there.
    """

    def __init__(self, corridor: Corridor, planes: Planes, centre: tuple[float, float]) -> None:
        self.corridor = corridor
        # on its side: what a column of the frame shows lies in one piece then
        self._whole = _sheet(planes), centre
        small = [cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for plane in planes]
        self._half = _sheet(np.stack(small[:3])), (centre[0] / 2, centre[1] / 2)
        self._seen = self._image = np.zeros((3, 0, 0), np.float32)

    def view(self, out: Planes, camera: Camera) -> None:
        """Draw the walls into `out`, down to where they stand on the ground; what is below them is left."""
        height, width = out.shape[1:]
        columns = self._columns(camera, width, *self._whole, 1.0)
        rows = int(min(height, max(1, columns[3].max() + 2)))
        depth = len(self._whole[0])
        if self._seen.shape[1:] != (width, height):
            self._seen = np.zeros((depth, width, height), np.float32)
        in_strips(_walls, 0, width, self._seen, self._whole[0], columns, rows)
        behind = out[:, :rows] * cv2.transpose(self._seen[3, :, :rows]) if depth > 3 else None
        for channel in range(3):
            cv2.transpose(self._seen[channel, :, :rows], dst=out[channel, :rows])
        if behind is not None:
            out[:, :rows] += behind

    def mirror(self, out: Planes, camera: Camera) -> None:
        """Draw into `out`, half the frame's size, what level ground mirrors; `camera` is that of the whole frame."""
        height, width = out.shape[1:]
        half = camera.halved()
        columns = self._columns(half, width, *self._half, 0.5)
        top = max(0, min(height - 1, int(half.horizon) - 8))
        if self._image.shape[1:] != (width, height):
            self._image = np.zeros((3, width, height), np.float32)
        in_strips(_images, 0, width, self._image, self._half[0], columns, top)
        for channel in range(3):
            cv2.transpose(self._image[channel, :, top:], dst=out[channel, top:])

    def _columns(
        self, camera: Camera, width: int, sheet: Planes, centre: tuple[float, float], size: float
    ) -> NDArray[np.float32]:
        """For each column: its place on the plate, where that begins, how far it goes a row, and the wall's foot."""
        street = self.corridor
        focal = street.focal * size
        aside, distance = _sight(street, camera, width)
        depth = np.maximum(distance + camera.z, 0.2)
        column = np.sign(aside) * focal * street.half_width / depth
        beyond = distance >= street.end - camera.z
        # what is beyond the end lies there as on a wall across
        column = np.where(beyond, focal * (camera.x + aside * distance / camera.focal) / depth, column)
        place = np.clip(centre[0] + column - 0.5, 0, sheet.shape[1] - 2)
        step = focal / camera.focal * distance / depth
        start = centre[1] - 0.5 + focal * (street.eye - camera.eye) / depth + (0.5 - camera.horizon) * step
        foot = camera.horizon + camera.focal * camera.eye / distance
        return np.stack([place, start, step, foot]).astype(np.float32)


def _sheet(planes: Planes) -> Planes:
    return np.stack([np.ascontiguousarray(plane.T) for plane in planes]).astype(np.float32)


def _sight(street: Corridor, camera: Camera, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each column: pixels from the vanishing point, and metres to its wall ahead."""
    aside = np.arange(width, dtype=np.float64) + 0.5 - camera.centre
    x = min(max(camera.x, -0.9 * street.half_width), 0.9 * street.half_width)
    near = street.half_width + np.where(aside < 0, x, -x)
    distance = np.minimum(camera.focal * near / np.maximum(np.abs(aside), 1e-3), street.end - camera.z)
    return aside, distance


@njit(**INLINE)
def _ring(x, z, t, salt):
    """The slope of one drop's spreading ring in this cell of a metre's grid."""
    cx = floor_int(x)
    cz = floor_int(z)
    start = hash_unit(I(cx + salt), cz)
    age = t * F(1.25) + start * F(7)
    turn = floor_int(age)
    age = age - F(turn)
    px = F(0.3) + F(0.4) * hash_unit(I(cx + salt), I(cz + turn * I(131)))
    pz = F(0.3) + F(0.4) * hash_unit(I(cx + turn * I(57)), I(cz + salt))
    dx = x - F(cx) - px
    dz = z - F(cz) - pz
    away = sqrt(dx * dx + dz * dz)
    front = (away - age * F(0.3)) * F(22)
    swell = front * exp(C0 - front * front)
    return swell * (C1 - age) * (C1 - age)


@njit(**ROW)
def _rings_row(ripple, y, g, t):
    distance = g[0] * g[3] / max(y - g[2], C05)
    reach = C1 / (C1 + distance * distance * F(0.004))
    for x in range(ripple.shape[0]):
        across = (F(I(x)) + C05 - g[1]) * distance / g[0] + g[4]
        ahead = distance + g[5]
        ring = _ring(across * F(2.2), ahead * F(2.2), t, I(3))
        ring += _ring(across * F(3.4) + F(0.5), ahead * F(3.4) + F(0.3), t, I(71))
        ripple[x] += ring * reach * F(5.5) * g[8]


@njit(**ROW)
def _octave(out, work, y, g, scale_x, scale_z, shift, amplitude):
    """Add one octave of noise, fixed to the ground, for the row of the picture at `y`."""
    px = work[0]
    pz = work[1]
    distance = g[0] * g[3] / max(y - g[2], C05)
    step = distance / g[0]
    ahead = (distance + g[5]) * scale_z - shift * F(0.7)
    for x in range(px.shape[0]):
        px[x] = ((F(I(x)) + C05 - g[1]) * step + g[4]) * scale_x + shift
        pz[x] = ahead
    add_noise(out, px, pz, amplitude)


@njit(**ROW)
def _material_row(heights, coarses, fines, puddle, grain, albedo, y, g):
    """From height, coarse and fine noise to water, roughness and paint.

    g: focal, centre x, horizon y, eye, x, z, wet, snow, rain, crossing, half width, seed, sky light ×3
    """
    distance = g[0] * g[3] / max(y - g[2], C05)
    ahead = distance + g[5]
    near = C1 / (C1 + distance * distance * F(0.0016))
    edge = F(0.04) + distance * F(0.002)
    slab_z = ahead * F(1.25) - F(floor_int(ahead * F(1.25)))
    gap = F(0.03) + distance * F(0.002)
    across_joint = C1 - smoothstep(C0, gap * F(1.6), slab_z)
    crossing = smoothstep(F(1.6), F(1.5), abs(ahead - g[9])) * smoothstep(C0, C1, g[9])
    for x in range(puddle.shape[0]):
        across = (F(I(x)) + C05 - g[1]) * distance / g[0] + g[4]
        hollow = heights[x]
        coarse = coarses[x] * (F(0.25) + F(0.75) * near)
        fine = fines[x] * near
        kerb = abs(across) - g[10] * F(0.68)
        walk = smoothstep(F(-0.02), F(0.03), kerb)
        # slabs on the footways, a gutter along the kerb, a crossing's stripes
        slab_x = across * F(1.25) - F(floor_int(across * F(1.25)))
        joint = min(C1 - smoothstep(C0, gap, slab_x) + across_joint, C1) * walk * near
        gutter = smoothstep(F(0.13), F(0.02), abs(kerb))
        stripe = across * F(1.05) - F(floor_int(across * F(1.05)))
        stripe = smoothstep(F(0.5) + edge, F(0.5) - edge, stripe) * smoothstep(C0, edge, stripe)
        paint = stripe * crossing * (C1 - walk) * clamp01(F(0.85) + coarse * F(1.6))
        flood = smoothstep(F(-0.02), F(0.16), hollow + F(0.05) - walk * F(0.12) + gutter * F(0.10)) * g[6]
        white = g[7] * smoothstep(F(-0.42), F(-0.05), hollow + walk * F(0.35) - flood * F(0.3) + fine * F(0.2))
        tone = (F(0.035) + F(0.02) * coarse + F(0.012) * fine) * (C1 + walk * F(0.7)) * (C1 - joint * F(0.55))
        tone = tone + paint * F(0.22) - gutter * F(0.012)
        puddle[x] = flood * (C1 - white)
        albedo[x] = mix(max(tone, F(0.004)), F(0.55) + F(0.12) * coarse, white)
        grain[x] = (F(0.62) + F(0.34) * coarse + F(0.2) * fine) * (C1 - joint * F(0.5)) * (C1 - white)


@njit(**ROW)
def _bend_row(map_x, map_y, ripple, puddle, row, scale):
    last = F(map_x.shape[0] - 1)
    for x in range(map_x.shape[0]):
        sway = ripple[x] * puddle[x] * scale
        map_x[x] = min(max(F(I(x)) + sway * F(1.6), C0), last)
        map_y[x] = max(row + sway * F(4.0), C0)


@njit(**STRIP)
def _bend(maps, ripple, puddle, top, scale, first, last):
    """Where water shows what in the mirror image, for some rows of a picture of half the size."""
    for j in range(first, last):
        _bend_row(maps[0, j], maps[1, j], ripple[j], puddle[j], F(I(j)) + F(I(top)), scale)


@njit(**ROW)
def _broad_row(height, ripple, y, g, octaves, t):
    work = np.empty((2, height.shape[0]), np.float32)
    for x in range(height.shape[0]):
        height[x] = C0
        ripple[x] = C0
    for k in range(octaves.shape[0]):
        # one place to call from: the compiler would otherwise copy the noise into every one of them
        o = octaves[k]
        _octave(ripple if o[0] > C0 else height, work, y, g, o[1], o[2], o[3], o[4])
    distance = g[0] * g[3] / max(y - g[2], C05)
    calm = (F(0.3) + F(0.7) / (C1 + distance * distance * F(0.0016))) * (C1 + g[8])
    for x in range(ripple.shape[0]):
        ripple[x] *= calm
    if g[8] > C0:
        _rings_row(ripple, y, g, t)


@njit(**STRIP)
def _broad(layers, top, g, octaves, t, first, last):
    """Fill hollows and ripples, which are broad, for some rows of ground in a picture of half the size."""
    for j in range(first, last):
        _broad_row(layers[0, j], layers[1, j], F(I(j)) + F(I(top)) + C05, g, octaves, t)


@njit(**ROW)
def _ground_row(buffers, height, j, first, g, octaves):
    work = np.empty((2, buffers.shape[2]), np.float32)
    layers = np.zeros((2, buffers.shape[2]), np.float32)
    y = F(I(j)) + F(I(first)) + C05
    for k in range(octaves.shape[0]):
        o = octaves[k]
        _octave(layers[I(o[0])], work, y, g, o[1], o[2], o[3], o[4])
    _material_row(height, layers[0], layers[1], buffers[0, j], buffers[1, j], buffers[2, j], y, g)


@njit(**STRIP)
def _ground(buffers, heights, top, g, octaves, first, last):
    """Fill puddle, grain and albedo for some rows of ground."""
    for j in range(first, last):
        _ground_row(buffers, heights[j], j, top, g, octaves)


@njit(**ROW)
def _shade_row(out, sharp, blurred, puddle, grain, albedo, base, y, mirror, gloss, dull, sky):
    for x in range(out.shape[0]):
        pud = puddle[x]
        lit = blurred[x]
        wet = lit * grain[x] * (C1 - pud) * gloss + (sharp[x] * F(0.80) + lit * F(0.16)) * pud
        ground = wet * mirror + lit * albedo[x] * dull + albedo[x] * sky
        out[x] = ground if y > base[x] else out[x]


@njit(**ROW)
def _shade_rows(picture, sharp, blurred, buffers, bases, j, first, g):
    y = F(I(j)) + F(I(first)) + C05
    # wet ground mirrors best at a grazing angle
    gloss = F(0.16) + F(0.84) * g[6]
    # snow is bright by itself, and shows no image
    dull = F(2.6) - F(2.32) * g[7]
    mirror = F(0.14) + F(0.86) * exp((g[2] - y) / g[0] * F(2.9))
    puddle = buffers[0, j]
    grain = buffers[1, j]
    albedo = buffers[2, j]
    row = first + j
    for c in range(3):
        _shade_row(
            picture[c, row], sharp[c, j], blurred[c, j], puddle, grain, albedo, bases, y, mirror, gloss, dull, g[12 + c]
        )


@njit(**STRIP)
def _shade(picture, sharp, blurred, buffers, bases, top, g, first, last):
    for j in range(first, last):
        _shade_rows(picture, sharp, blurred, buffers, bases, j, top, g)


def _broad_octaves(seed: float, t: float) -> NDArray[np.float32]:
    """The ground's broad noise at `t` seconds: layer (0 height, 1 ripples), scales, shift, amplitude."""
    return np.array(
        (
            (0, 0.55, 0.42, seed, 0.5),
            (0, 1.15, 0.9, 7.3, 0.25),
            (0, 2.4, 1.9, 3.1, 0.3),
            (1, 5.0, 4.0, 0.9 * t, 1.0),
            (1, 13.0, 9.0, -1.4 * t, 0.5),
        ),
        np.float32,
    )


_FINE_OCTAVES = np.array(
    ((0, 7.0, 5.0, 1.7, 0.5), (0, 15.0, 11.0, 5.9, 0.25), (1, 31.0, 23.0, 2.3, 1.0)),
    np.float32,
)
"""Its grain: layer (0 coarse, 1 fine), scales, shift, amplitude."""


class WetGround:
    """Draws the ground of one film, wet or dry, out of the mirror image of what stands on it."""

    def __init__(self, corridor: Corridor, ground: Ground, width: int, height: int) -> None:
        self.corridor, self.ground = corridor, ground
        self.width, self.height = width, height
        # kept from frame to frame: fresh memory of this size costs more than what is computed in it
        self._buffers = self._blurred = self._sharp = np.empty((3, 0, width), np.float32)
        self._heights = np.empty((0, width), np.float32)

    def draw(self, picture: Planes, mirror: Planes, camera: Camera, t: float) -> None:
        """Draw the ground into `picture` at `t` seconds; `mirror`, half its size, is what it mirrors."""
        seen = camera.horizon + camera.focal * camera.eye / (self.corridor.end - camera.z)
        first = min(self.height - 2, max(0, int(seen))) // 2 * 2
        rows = self.height - first
        if self._buffers.shape[1] != rows:
            self._buffers, self._blurred, self._sharp = (np.empty((3, rows, self.width), np.float32) for _ in range(3))
            self._heights = np.empty((rows, self.width), np.float32)
        buffers, blurred, sharp, numbers = self._buffers, self._blurred, self._sharp, self._numbers(camera)
        # hollows, ripples and what water shows are smooth: they are made at half the size
        small = np.empty((2, rows // 2, self.width // 2), np.float32)
        octaves = _broad_octaves(self.ground.seed, t)
        in_strips(_broad, 0, rows // 2, small, I(first // 2), self._numbers(camera.halved()), octaves, F(t))
        cv2.resize(small[0], (self.width, rows), dst=self._heights, interpolation=cv2.INTER_LINEAR)
        in_strips(_ground, 0, rows, buffers, self._heights, I(first), numbers, _FINE_OCTAVES)
        puddle = cv2.resize(buffers[0], small.shape[:0:-1], interpolation=cv2.INTER_AREA)
        maps = np.empty_like(small)
        in_strips(_bend, 0, rows // 2, maps, small[1], puddle, I(first // 2), F(camera.focal / 1800))
        for channel in range(3):
            seen_there = cv2.remap(mirror[channel], maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            cv2.resize(seen_there, (self.width, rows), dst=sharp[channel], interpolation=cv2.INTER_LINEAR)
            self._smear(mirror[channel, first // 2 : first // 2 + rows // 2], blurred[channel])
        in_strips(_shade, 0, rows, picture, sharp, blurred, buffers, self._bases(camera), I(first), numbers)

    def _numbers(self, camera: Camera) -> NDArray[np.float32]:
        """What the kernels read: the camera, the ground, the street, the sky's light."""
        ground = self.ground
        return np.array(
            (
                *(camera.focal, camera.centre, camera.horizon, camera.eye, camera.x, camera.z),
                *(ground.wet, ground.snow, ground.rain, ground.crossing, self.corridor.half_width, ground.seed),
                *ground.ambient,
            ),
            np.float32,
        )

    def _smear(self, mirrored: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """What a rough wet surface makes of the mirror image: drawn out towards the viewer."""
        rows, scale = out.shape[0], math.sqrt(self.width * self.height) / 1100
        quarter = (max(2, self.width // 4), max(2, rows // 4))
        small = cv2.resize(mirrored, quarter, interpolation=cv2.INTER_AREA)
        eighth = (max(2, quarter[0] // 2), max(2, quarter[1] // 2))
        long = cv2.resize(small, eighth, interpolation=cv2.INTER_AREA)
        long = cv2.GaussianBlur(long, (0, 0), sigmaX=1.5 * scale, sigmaY=13 * scale)
        small = cv2.GaussianBlur(small, (0, 0), sigmaX=1.6 * scale, sigmaY=8 * scale)
        small = cv2.addWeighted(small, 0.55, cv2.resize(long, quarter, interpolation=cv2.INTER_LINEAR), 0.5, 0)
        cv2.resize(small, (self.width, rows), dst=out, interpolation=cv2.INTER_LINEAR)

    def _bases(self, camera: Camera) -> NDArray[np.float32]:
        """For each column the row where the wall stands on the ground."""
        _, distance = _sight(self.corridor, camera, self.width)
        bases: NDArray[np.float32] = (camera.horizon + camera.focal * camera.eye / distance).astype(np.float32)
        return bases
