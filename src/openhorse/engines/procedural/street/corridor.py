# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
"""A painted street plate and a camera's pose come in, the street from there goes out: walls, and the ground's mirror.

Two walls and level ground: simple enough that sideways and forward moves are exact for every point of them.
Knows no houses, signs or people. Numba's functions carry no types, hence mypy's directive above.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Corridor:
    """A street: focal length in pixels; half its width, the eye's height and where it ends, in metres."""

    focal: float
    half_width: float
    eye: float
    end: float


@dataclass(frozen=True, slots=True)
class Pose:
    """A camera looking down the street: vanishing point in pixels, offset to the right and forward in metres."""

    centre_x: float
    horizon_y: float
    x: float = 0.0
    z: float = 0.0

    def project(self, corridor: Corridor, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Where a point of the street (right, up, ahead) is seen, and how many pixels a metre has there."""
        scale = corridor.focal / (z - self.z)
        return self.centre_x + (x - self.x) * scale, self.horizon_y - (y - corridor.eye) * scale, scale


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


class Plate:
    """The walls as painted from the middle of the camera's path; `centre` is its vanishing point."""

    def __init__(self, corridor: Corridor, planes: Planes, centre: tuple[float, float]) -> None:
        self.corridor, self.planes, self.centre = corridor, planes, centre
        self._pose: Pose | None = None
        self._maps: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    def view(self, out: Planes, pose: Pose) -> None:
        """Fill `out` with the walls above the ground and, below, their exact mirror image."""
        if pose != self._pose or self._maps is None:
            self._maps, self._pose = self._aim(out.shape[2], out.shape[1], pose), pose
        across, down = self._maps
        for channel in range(3):
            cv2.remap(
                self.planes[channel],
                across,
                down,
                cv2.INTER_LINEAR,
                dst=out[channel],
                borderMode=cv2.BORDER_REPLICATE,
            )

    def _aim(self, width: int, height: int, pose: Pose) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        street, (centre_x, centre_y) = self.corridor, self.centre
        if self._maps is None or self._maps[0].shape != (height, width):
            self._maps = np.empty((height, width), np.float32), np.empty((height, width), np.float32)
        across, down = self._maps
        aside, near, distance = _sight(street, pose, width)
        depth = distance + pose.z
        column = np.sign(aside) * street.focal * street.half_width / depth
        beyond = distance >= street.end - pose.z
        column = np.where(beyond, aside * street.half_width / near * (street.end - pose.z) / street.end, column)
        base = (pose.horizon_y + street.focal * street.eye / distance).astype(np.float32)
        across[:] = (centre_x + column - 0.5).astype(np.float32)
        rows = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)
        np.subtract(rows, base[None, :], out=down)
        np.abs(down, out=down)
        np.subtract(base[None, :] - np.float32(pose.horizon_y), down, out=down)
        down *= (distance / depth).astype(np.float32)[None, :]
        down += np.float32(centre_y - 0.5)
        return across, down


def _sight(
    street: Corridor, pose: Pose, width: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """For each column: pixels from the vanishing point, metres to its wall aside, and metres to it ahead."""
    aside = np.arange(width, dtype=np.float64) + 0.5 - pose.centre_x
    near = street.half_width + np.where(aside < 0, pose.x, -pose.x)
    distance = np.minimum(street.focal * near / np.maximum(np.abs(aside), 1e-3), street.end - pose.z)
    return aside, near, distance


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
        white = g[7] * smoothstep(F(-0.25), F(0.05), hollow + walk * F(0.35) - flood * F(0.3) + fine * F(0.2))
        tone = (F(0.035) + F(0.02) * coarse + F(0.012) * fine) * (C1 + walk * F(0.7)) * (C1 - joint * F(0.55))
        tone = tone + paint * F(0.22) - gutter * F(0.012)
        puddle[x] = flood * (C1 - white)
        albedo[x] = mix(max(tone, F(0.004)), F(0.55) + F(0.12) * coarse, white)
        grain[x] = (F(0.62) + F(0.34) * coarse + F(0.2) * fine) * (C1 - joint * F(0.5)) * (C1 - white)


@njit(**ROW)
def _bend_row(map_x, map_y, ripple, puddle, grain, row, scale):
    last = F(map_x.shape[0] - 1)
    for x in range(map_x.shape[0]):
        rough = (grain[x] - F(0.62)) * F(9.0) * (C1 - puddle[x])
        sway = ripple[x] * puddle[x]
        map_x[x] = min(max(F(I(x)) + (sway * F(1.6) + rough * F(0.7)) * scale, C0), last)
        map_y[x] = max(row + (sway * F(4.0) + rough * F(2.6)) * scale, C0)


@njit(**ROW)
def _ground_row(buffers, j, first, g, octaves, t):
    work = np.empty((2, buffers.shape[2]), np.float32)
    layers = np.zeros((4, buffers.shape[2]), np.float32)
    y = F(I(j)) + F(I(first)) + C05
    for k in range(octaves.shape[0]):
        # one place to call from: the compiler would otherwise copy the noise into every one of them
        o = octaves[k]
        _octave(layers[I(o[0])], work, y, g, o[1], o[2], o[3], o[4])
    distance = g[0] * g[3] / max(y - g[2], C05)
    calm = (F(0.3) + F(0.7) / (C1 + distance * distance * F(0.0016))) * (C1 + g[8])
    _material_row(layers[0], layers[1], layers[2], buffers[0, j], buffers[1, j], buffers[2, j], y, g)
    ripple = layers[3]
    for x in range(ripple.shape[0]):
        ripple[x] *= calm
    if g[8] > C0:
        _rings_row(ripple, y, g, t)
    _bend_row(buffers[3, j], buffers[4, j], ripple, buffers[0, j], buffers[1, j], F(I(j)), g[0] / F(900))


@njit(**STRIP)
def _ground(buffers, top, g, octaves, t, first, last):
    """Fill puddle, grain, albedo and the reflection's two maps for some rows of ground."""
    for j in range(first, last):
        _ground_row(buffers, j, top, g, octaves, t)


@njit(**ROW)
def _shade_row(out, sharp, blurred, puddle, grain, albedo, base, y, mirror, gloss, sky):
    for x in range(out.shape[0]):
        pud = puddle[x]
        lit = blurred[x]
        wet = lit * grain[x] * (C1 - pud) * gloss + (sharp[x] * F(0.80) + lit * F(0.16)) * pud
        ground = wet * mirror + lit * albedo[x] * F(2.6) + albedo[x] * sky
        out[x] = ground if y > base[x] else out[x]


@njit(**ROW)
def _shade_rows(picture, sharp, blurred, buffers, bases, j, first, g):
    y = F(I(j)) + F(I(first)) + C05
    # wet ground mirrors best at a grazing angle
    gloss = F(0.16) + F(0.84) * g[6]
    mirror = F(0.14) + F(0.86) * exp((g[2] - y) / g[0] * F(2.9))
    puddle = buffers[0, j]
    grain = buffers[1, j]
    albedo = buffers[2, j]
    row = first + j
    for c in range(3):
        _shade_row(
            picture[c, row], sharp[c, j], blurred[c, j], puddle, grain, albedo, bases, y, mirror, gloss, g[12 + c]
        )


@njit(**STRIP)
def _shade(picture, sharp, blurred, buffers, bases, top, g, first, last):
    for j in range(first, last):
        _shade_rows(picture, sharp, blurred, buffers, bases, j, top, g)


def _octaves(seed: float, t: float) -> NDArray[np.float32]:
    """The ground's noise at `t` seconds: layer (0 height, 1 coarse, 2 fine, 3 ripples), scales, shift, amplitude."""
    return np.array(
        (
            (0, 0.55, 0.42, seed, 0.5),
            (0, 1.15, 0.9, 7.3, 0.25),
            (0, 2.4, 1.9, 3.1, 0.3),
            (1, 7.0, 5.0, 1.7, 0.5),
            (1, 15.0, 11.0, 5.9, 0.25),
            (2, 31.0, 23.0, 2.3, 1.0),
            (3, 5.0, 4.0, 0.9 * t, 1.0),
            (3, 13.0, 9.0, -1.4 * t, 0.5),
        ),
        np.float32,
    )


class WetGround:
    """Draws the ground of one film over the mirror image that lies where the ground will be."""

    def __init__(self, corridor: Corridor, ground: Ground, width: int, height: int) -> None:
        self.corridor, self.ground = corridor, ground
        self.width, self.height = width, height
        # kept from frame to frame: fresh memory of this size costs more than what is computed in it
        self._buffers = self._blurred = self._sharp = np.empty((5, 0, width), np.float32)

    def draw(self, picture: Planes, pose: Pose, t: float) -> None:
        """Turn the mirrored part of `picture` into ground, wet or dry, at `t` seconds."""
        street, ground = self.corridor, self.ground
        first = min(self.height - 2, max(0, int(pose.horizon_y + street.focal * street.eye / street.end)))
        numbers = np.array(
            (
                street.focal,
                pose.centre_x,
                pose.horizon_y,
                street.eye,
                pose.x,
                pose.z,
                ground.wet,
                ground.snow,
                ground.rain,
                ground.crossing,
                street.half_width,
                ground.seed,
                *ground.ambient,
            ),
            np.float32,
        )
        rows = self.height - first
        if self._buffers.shape[1] != rows:
            self._buffers = np.empty((5, rows, self.width), np.float32)
            self._blurred = np.empty((3, rows, self.width), np.float32)
            self._sharp = np.empty((3, rows, self.width), np.float32)
        buffers, blurred, sharp = self._buffers, self._blurred, self._sharp
        in_strips(_ground, 0, rows, buffers, I(first), numbers, _octaves(ground.seed, t), F(t))
        mirrored = picture[:, first:]
        for channel in range(3):
            cv2.remap(
                mirrored[channel],
                buffers[3],
                buffers[4],
                cv2.INTER_LINEAR,
                dst=sharp[channel],
                borderMode=cv2.BORDER_REPLICATE,
            )
            self._smear(mirrored[channel], blurred[channel])
        in_strips(_shade, 0, rows, picture, sharp, blurred, buffers, self._bases(pose), I(first), numbers)

    def _smear(self, mirrored: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """What a rough wet surface makes of the mirror image: drawn out towards the viewer."""
        rows, scale = mirrored.shape[0], self.corridor.focal / 1100
        quarter = (max(2, self.width // 4), max(2, rows // 4))
        small = cv2.resize(mirrored, quarter, interpolation=cv2.INTER_AREA)
        eighth = (max(2, quarter[0] // 2), max(2, quarter[1] // 2))
        long = cv2.resize(small, eighth, interpolation=cv2.INTER_AREA)
        long = cv2.GaussianBlur(long, (0, 0), sigmaX=1.5 * scale, sigmaY=13 * scale)
        small = cv2.GaussianBlur(small, (0, 0), sigmaX=1.6 * scale, sigmaY=8 * scale)
        small = cv2.addWeighted(small, 0.55, cv2.resize(long, quarter, interpolation=cv2.INTER_LINEAR), 0.5, 0)
        cv2.resize(small, (self.width, rows), dst=out, interpolation=cv2.INTER_LINEAR)

    def _bases(self, pose: Pose) -> NDArray[np.float32]:
        """For each column the row where the wall stands on the ground."""
        street = self.corridor
        _, _, distance = _sight(street, pose, self.width)
        bases: NDArray[np.float32] = (pose.horizon_y + street.focal * street.eye / distance).astype(np.float32)
        return bases
