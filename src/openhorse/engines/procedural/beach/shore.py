"""A sky above the horizon and a moment of the tide in, sea and sand below it out.

Knows no animal and no hour: colours come in. Distances are in shore units, in which the eye is EYE above the sand.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# Most of this module is compiled by Numba, which types the kernels' arguments itself.

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    ROW,
    F,
    I,
    add_noise,
    clamp01,
    exp,
    hash_unit,
    mix,
    smoothstep,
)
from openhorse.engines.procedural.drawing.sky import View
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips

EYE = 0.70
_SHORE = 5.3  # where the water's edge lies in the mean
_REACH = 0.75  # how far the swash runs up and back


@dataclass(frozen=True, slots=True)
class Water:
    """Linear colours and weights of one hour's shore. `key` is the sun's light on the ground, `glitter` on water."""

    deep: NDArray[np.float32]
    shallow: NDArray[np.float32]
    sand: NDArray[np.float32]
    key: NDArray[np.float32]
    ambient: NDArray[np.float32]
    foam: NDArray[np.float32]
    glitter: NDArray[np.float32]
    haze: float = 0.004
    chop: float = 1.0

    def numbers(self) -> NDArray[np.float32]:
        """As the kernel reads it."""
        colours = (self.deep, self.shallow, self.sand, self.key, self.ambient, self.foam, self.glitter)
        return np.concatenate([*colours, [self.haze, self.chop]]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Tide:
    """The swash: one wave every `period` seconds of the water's own time, `phase` (0…1) of a period in."""

    period: float
    phase: float
    seed: float

    def edge(self, t: float) -> float:
        """How far from the eye the water's edge lies in the mean, `t` seconds in (nearest when a wave has run up)."""
        turn = 2 * math.pi * (t / self.period + self.phase)
        return _SHORE - _REACH * (0.85 * math.sin(turn) + 0.22 * math.sin(2 * turn + 0.9))


@njit(**ROW)
def _places(x_world, z_ahead, along, ahead, ax, bx, az, bz):
    # coordinates for one noise: world x scaled and shifted, distance scaled and shifted
    for i in range(x_world.shape[0]):
        along[i] = x_world[i] * ax + bx
        ahead[i] = z_ahead[i] * az + bz


@njit(**ROW)
def _lie(x_world, z_row, centre, focal, z, camera):
    for i in range(x_world.shape[0]):
        x_world[i] = (F(I(i)) - centre) / focal * z + camera
        z_row[i] = z


@njit(**ROW)
def _swell(bend, slope, crest, bore, z, log_z, cycle, offshore, chop_far, chop_near, near):
    # waves that shorten towards the shore, sharper the nearer; slope > 0 faces the viewer
    steep = F(0.045) + F(0.10) * exp(-offshore * F(0.22))
    for i in range(bend.shape[0]):
        at = (log_z + bend[i]) * F(1.75) + cycle
        part = at - F(I(at))
        part = part + C1 if part < C0 else part
        # a short front towards the viewer, a long back: front over the first fifth
        front = smoothstep(F(0), F(0.10), part) * smoothstep(F(0.24), F(0.12), part)
        back = smoothstep(F(0.2), F(0.45), part) * smoothstep(F(1), F(0.6), part)
        crest[i] = front
        bore[i] = exp(-(part - F(0.02)) * F(5.5)) * smoothstep(F(0.0), F(0.03), part)
        slope[i] = front * steep * F(2.6) - back * steep * F(0.6) + chop_far[i] * F(0.085) + chop_near[i] * near


@njit(**ROW)
def _mirror(slope, sea, sand, row, ray_x, ray_y, horizon, tangent, focal, width):
    # where each point's mirrored ray meets the picture of the sky
    for i in range(slope.shape[0]):
        s = slope[i] * sea[i]
        up = (tangent + C05 * abs(s) + s * F(1.5) + F(0.03) * sea[i]) * focal
        up += (C1 - sea[i]) * sand[i] * focal * F(0.05)
        ray_y[i] = min(max(horizon - F(1.5) - abs(up), F(0)), horizon - F(2))
        ray_x[i] = min(max(F(I(i)) + s * focal * F(0.10), F(0)), width - F(2))


@njit(**ROW)
def _gather(red, green, blue, ray_x, ray_y, r, g, b):
    for i in range(r.shape[0]):
        x = I(ray_x[i])
        y = I(ray_y[i])
        v = ray_y[i] - F(y)
        r[i] = min(red[y, x] + (red[y + 1, x] - red[y, x]) * v, F(3.5))
        g[i] = min(green[y, x] + (green[y + 1, x] - green[y, x]) * v, F(3.0))
        b[i] = min(blue[y, x] + (blue[y + 1, x] - blue[y, x]) * v, F(3.0))


@njit(**ROW)
def _edge(ragged, fine, lace, bore, offset, sea, white, wet, z, edge, low):
    # how much each point is sea, white with foam, or wet sand
    for i in range(ragged.shape[0]):
        shape = ragged[i] * F(0.9) + fine[i] * F(0.16)
        q = z - edge - shape
        offset[i] = q
        sea[i] = smoothstep(F(0), F(0.16), q)
        wet[i] = smoothstep(F(-3.6), F(-1.0), z - low - ragged[i] * F(0.8))
        net = C1 - abs(lace[i]) * F(2.9)
        web = smoothstep(F(0.40), F(0.96), net)
        lip = exp(-(q - F(0.06)) * (q - F(0.06)) * F(75)) * (F(0.45) + F(0.55) * web)
        spent = web * exp(-max(q, C0) * F(0.55)) * F(0.62)
        breaking = bore[i] * smoothstep(F(0.5), F(1.5), q) * smoothstep(F(11), F(4.0), q)
        roller = breaking * smoothstep(F(0.10), F(0.75), net * F(0.55) + bore[i] * F(0.75))
        white[i] = clamp01(max(lip, max(spent * sea[i], roller * F(0.9))))


@njit(**ROW)
def _shade(out0, out1, out2, polish, r, g, b, slope, crest, chop, offset, sea, white, wet, relief, grain, c, q, far):
    # c: the Water's numbers; q: tangent, focal, sun column, distance haze; far: the sky at the horizon
    tangent, per_focal, sun_x, haze = q[0], C1 / q[1], q[2], q[3]
    width = F(0.030) + tangent * F(0.30)
    per_width = C1 / (width * width)
    for i in range(out0.shape[0]):
        across = (F(I(i)) - sun_x) * per_focal
        column = exp(-across * across * per_width)
        facing = min(tangent + abs(slope[i]) * sea[i] * F(0.9) + F(0.035), F(0.9))
        graze = C1 - facing
        graze = graze * graze
        fresnel = F(0.03) + F(0.97) * graze * graze * (C1 - facing * F(0.5))
        shallow = exp(-max(offset[i], C0) * F(0.30))
        light = F(0.75) + crest[i] * F(0.35)
        spark = smoothstep(F(0.16), F(0.62), chop[i] * F(0.95) + slope[i] * F(1.1) + grain[i] * F(0.30))
        glint = column * (spark * F(2.6) + F(0.10)) * (C1 - white[i] * F(0.7))
        body = C1 - fresnel
        water0 = mix(c[0], c[3], shallow) * light * body + r[i] * fresnel + glint * c[18]
        water1 = mix(c[1], c[4], shallow) * light * body + g[i] * fresnel + glint * c[19]
        water2 = mix(c[2], c[5], shallow) * light * body + b[i] * fresnel + glint * c[20]
        thin = C1 - sea[i]
        gloss = wet[i] * (F(0.14) + F(0.70) * graze * graze)
        polish[i] = gloss * thin + sea[i] * fresnel * F(0.8)
        earth = (C1 + relief[i] * F(0.55) + (grain[i] - C05) * F(0.24) * (C1 - wet[i] * F(0.6))) * (
            C1 - wet[i] * F(0.50)
        )
        shine = column * gloss * F(0.35)
        sand0 = c[6] * earth * (c[9] * F(0.35) + c[12]) + r[i] * gloss + shine * c[18]
        sand1 = c[7] * earth * (c[10] * F(0.35) + c[13]) + g[i] * gloss + shine * c[19]
        sand2 = c[8] * earth * (c[11] * F(0.35) + c[14]) + b[i] * gloss + shine * c[20]
        # the film of water at the edge is darker than the sand it wets, and foam shades it
        rim = exp(-(offset[i] + F(0.05)) * (offset[i] + F(0.05)) * F(160)) * F(0.22)
        foam = white[i] * (F(0.78) + F(0.22) * grain[i])
        out0[i] = mix(mix(mix(sand0, water0, sea[i]) * (C1 - rim), c[15], foam), far[0], haze)
        out1[i] = mix(mix(mix(sand1, water1, sea[i]) * (C1 - rim), c[16], foam), far[1], haze)
        out2[i] = mix(mix(mix(sand2, water2, sea[i]) * (C1 - rim), c[17], foam), far[2], haze)


@njit(**ROW)
def _grains(out, y, shift):
    for i in range(out.shape[0]):
        out[i] = hash_unit(I(I(i) + shift), I(y))


@njit(**STRIP)
def _shore(out, polish, numbers, water, far, first, last):
    # numbers: focal, centre, horizon, camera, t, edge, low edge, cycle, sun column, seed
    focal, centre, horizon, camera, t = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    edge, low, cycle, seed = numbers[5], numbers[6], numbers[7], numbers[9]
    width = out.shape[2]
    b = np.empty((19, width), np.float32)
    q = np.empty(4, np.float32)
    for y in range(first, last):
        b[:] = C0
        x_world, z_row, along, ahead = b[0], b[1], b[2], b[3]
        bend, slope, crest, bore, chop_far, chop_near = b[4], b[5], b[6], b[7], b[8], b[9]
        ragged, fine, lace, offset, sea, white, wet = b[10], b[11], b[12], b[13], b[14], b[15], b[16]
        relief, grain = b[17], b[18]
        below = max(F(y) + C05 - horizon, F(0.5))
        tangent = below / focal
        z = min(F(0.70) / tangent, F(500))
        log_z = F(math.log(z))
        _lie(x_world, z_row, centre, focal, z, camera)
        near = F(0)
        if z > F(3.0):
            # one noise of constant size in the picture, so that the far sea neither flickers nor goes flat
            _places(x_world, z_row, along, ahead, F(15) / z, seed, F(0), log_z * F(19) + t * F(0.75))
            add_noise(chop_far, along, ahead, C1)
            _places(x_world, z_row, along, ahead, F(0.9) / z, seed + F(5), F(0), log_z * F(1.1) + t * F(0.03))
            add_noise(bend, along, ahead, F(0.16))
            if z < F(22):
                near = F(0.10) / (C1 + z * z * F(0.012)) * water[22]
                _places(x_world, z_row, along, ahead, F(2.3), t * F(0.35), F(2.9), t * F(0.95))
                add_noise(chop_near, along, ahead, C1)
            _swell(bend, slope, crest, bore, z, log_z, cycle, max(z - edge, C0), chop_far, chop_near, near)
        if z < F(20):
            _places(x_world, z_row, along, ahead, F(0.30), seed, F(0), t * F(0.07))
            add_noise(ragged, along, ahead, C1)
            _places(x_world, z_row, along, ahead, F(1.5), seed, F(0), t * F(0.16))
            add_noise(fine, along, ahead, C1)
            if z > F(3.0):
                drift = t * F(0.10) + edge * F(0.5)
                _places(x_world, z_row, along, ahead, F(1.5), t * F(0.06), F(1.35), -drift)
                add_noise(lace, along, ahead, F(0.85))
                for i in range(width):
                    along[i] = x_world[i] * F(4.3) + lace[i] * F(1.6)
                    ahead[i] = z * F(3.6) - drift * F(2.6) + lace[i]
                add_noise(lace, along, ahead, F(0.55))
        if z < F(8.5):
            _places(x_world, z_row, along, ahead, F(1.3), seed, F(2.6), F(0))
            add_noise(relief, along, ahead, F(0.40))
            _places(x_world, z_row, along, ahead, F(9.0), seed, F(23), F(0))
            add_noise(relief, along, ahead, F(0.55))
        _grains(grain, y, I(camera * focal / z))
        _edge(ragged, fine, lace, bore, offset, sea, white, wet, z, edge, low)
        _mirror(slope, sea, relief, y, along, ahead, horizon, tangent, focal, F(width))
        _gather(out[0], out[1], out[2], along, ahead, x_world, z_row, bend)
        q[0] = tangent
        q[1] = focal
        q[2] = numbers[8]
        q[3] = C1 - exp(-z * water[21])
        _shade(
            out[0, y],
            out[1, y],
            out[2, y],
            polish[y],
            x_world,
            z_row,
            bend,
            slope,
            crest,
            chop_far,
            offset,
            sea,
            white,
            wet,
            relief,
            grain,
            water,
            q,
            far,
        )


class Shore:
    """Draws the sea and the sand below the horizon of a picture whose sky is drawn."""

    def __init__(self, width: int, height: int, water: Water, tide: Tide) -> None:
        self.tide = tide
        self.polish = np.zeros((height, width), np.float32)
        self._water = water.numbers()

    def draw(self, out: Planes, view: View, camera: float, t: float, sun_x: float) -> None:
        """Fill `out` from the horizon down, the eye `camera` units along the shore, at the water's time `t`.

        `polish` then says how much of what stands on each point it mirrors (0…1).
        """
        tide = self.tide
        first = max(1, min(out.shape[1] - 1, int(view.horizon_y)))
        row = max(0, first - 3)
        far = out[:, row].mean(axis=1).astype(np.float32)
        low = _SHORE - 0.9 * _REACH
        numbers = np.array(
            (
                view.focal,
                view.centre_x,
                view.horizon_y,
                camera,
                t,
                tide.edge(t),
                low,
                (t / tide.period + tide.phase) % 64.0,
                sun_x,
                tide.seed,
            ),
            np.float32,
        )
        in_strips(_shore, first, out.shape[1], out, self.polish, numbers, self._water, far)
