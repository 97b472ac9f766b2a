"""A pool whose waves have height, a camera and a moment in; a sea that rolls, breaks and foams drawn into a frame.

Each column of the frame is filled from near to far along one slice of the sea after the other, so that a crest hides
what is behind it. Knows no place. Water mirrors what a second picture, drawn upside down, shows of what is beyond it.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

import math

import cv2
import numpy as np
from numba import njit

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    C2,
    INLINE,
    ROW,
    F,
    I,
    U,
    clamp01,
    exp,
    floor_int,
    gradient_noise,
    mix,
    smoothstep,
    sqrt,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Pool

_SHARP = 1.4
"""How much sharper crests are than troughs."""
_MEAN = 0.383
"""The mean of exp(_SHARP · (sin − 1)), so that waves are as much above the level as below."""
_WAVES = (
    (31.0, 0.34, 0.25),
    (19.0, -0.42, 0.20),
    (11.5, 0.75, 0.20),
    (7.3, -0.15, 0.15),
    (4.1, -0.9, 0.12),
    (2.3, 0.5, 0.08),
)
"""Length in metres, direction off the camera's view in radians, and share of the height."""
_FARTHEST = 6000.0


@njit(**INLINE)
def _sine(x):
    """The sine of x turns of a circle, to 0.1 %."""
    u = x - F(floor_int(x + C05))
    y = u * (F(8) - F(16) * abs(u))
    return y * (F(0.775) + F(0.225) * abs(y))


@njit(**ROW)
def _add_wave(h, hx, hz, first, step, high, kx, kz):
    # first, step: the phase in turns at column 0 and per column
    for x in range(h.shape[0]):
        phase = first + step * F(I(x))
        e = exp(F(_SHARP) * (_sine(phase) - C1))
        h[x] += high * (e - F(_MEAN))
        slope = high * F(_SHARP) * e * _sine(phase + F(0.25))
        hx[x] += slope * kx
        hz[x] += slope * kz


@njit(**ROW)
def _add_ripples(hx, hz, rough, left, across, z, t, slow, fast):
    for x in range(hx.shape[0]):
        wx = left + across * F(I(x))
        a = gradient_noise(wx * F(1.1) + t * F(0.5), z * F(1.7) - t * F(0.9)) * slow
        b = gradient_noise(wx * F(3.7) - t * F(0.8), z * F(5.3) - t * F(1.6)) * fast
        hx[x] += F(0.16) * a + F(0.20) * b
        hz[x] += F(0.20) * a + F(0.24) * b
        rough[x] = gradient_noise(wx * F(0.45) - t * F(0.11), z * F(0.8) + t * F(0.07))


@njit(**ROW)
def _shade_row(h, hx, hz, fresnel, glow, thin, mx, my, c, z, steep0):
    # c: focal, centre, horizon, eye, 1 / height, the frame's own centre, sun's right, up, ahead, glitter
    for x in range(h.shape[0]):
        dx = (F(I(x)) + C05 - c[1]) / c[0]
        steep = steep0 - h[x] / z
        per_n = C1 / sqrt(C1 + hx[x] * hx[x] + hz[x] * hz[x])
        per_v = C1 / sqrt(C1 + dx * dx + steep * steep)
        facing = (hx[x] * dx + steep + hz[x]) * per_n * per_v
        # of ripples only the sides that face us are seen
        facing = C05 * (facing + sqrt(facing * facing + F(0.012)))
        away = C1 - min(facing, C1)
        away2 = away * away
        fresnel[x] = F(0.02) + F(0.90) * away2 * away2 * away
        # the mirrored ray: right, up, ahead
        twice = C2 * facing * per_n
        rx = dx * per_v - twice * hx[x]
        ry = twice - steep * per_v
        rz = max(per_v - twice * hz[x], F(0.15))
        dot = (rx * c[6] + ry * c[7] + rz * c[8]) / sqrt(rx * rx + ry * ry + rz * rz)
        glow[x] = exp(F(300) * (min(dot, C1) - C1)) * c[9]
        up = max(ry, F(0.01)) / rz
        mx[x] = c[5] + c[0] * rx / rz
        my[x] = c[2] + c[0] * min(up, F(0.9))
        thin[x] = clamp01(h[x] * c[4] * F(1.4) + hz[x] * F(0.5) + F(0.1))


@njit(**ROW)
def _foam_row(foam, h, hz, rough, cap, level, fine, left, across, z, t, shore, surf, lace):
    # cap: the crest from which on it foams; near the shore it breaks sooner and leaves lace behind
    for x in range(foam.shape[0]):
        wx = left + across * F(I(x))
        broken = gradient_noise(wx * F(2.3) + t * F(0.3), z * F(3.1) - t * F(0.35)) * fine
        streak = gradient_noise(wx * F(0.55), z * F(1.9) + t * F(0.25))
        crest = h[x] * level + F(0.30) * hz[x] + rough[x] * F(0.55) + broken * F(0.55)
        a = smoothstep(cap, cap + F(0.35), crest + surf * F(1.1))
        # white water is torn, the more the thinner it is
        torn = gradient_noise(wx * F(6.1) - t * F(0.5), z * F(7.3) + t * F(0.4)) * fine
        a = a * clamp01(F(0.35) + a * F(0.55) + torn * F(1.5) + broken * F(0.8))
        net = C1 - abs(broken + F(0.6) * streak) * F(4.2)
        off = z - shore[x]
        b = clamp01(net) * lace * exp(C0 - max(off, C0) * F(0.32))
        edge = exp(C0 - off * off * F(26)) * F(0.85)
        foam[x] = clamp01(a + b + edge * lace)


@njit(**ROW)
def fetch_planes(plain, places, layer, red, green, blue):
    """The colours of a picture at `places`; `plain` is its planes in one row, of `layer` pixels each."""
    for x in range(places.shape[0]):
        k = np.uint64(places[x])
        red[x] = plain[k]
        green[x] = plain[k + layer]
        blue[x] = plain[k + layer + layer]


@njit(**ROW)
def _find_row(mx, my, places, rows, columns):
    for x in range(mx.shape[0]):
        sx = min(max(I(mx[x] * C05), I(0)), columns - I(1))
        sy = min(max(I(my[x] * C05), I(0)), rows - I(1))
        places[x] = U(sy * columns + sx)


@njit(**ROW)
def _colour_row(r, g, b, fresnel, glow, foam, thin, k, hidden):
    # k: deep, thin, foam, glitter, air: three each; what the water mirrors is where its colour goes
    for x in range(r.shape[0]):
        f, s, q, w = fresnel[x], glow[x], thin[x], foam[x]
        red = mix(k[0] + k[3] * q, r[x], f) + k[9] * s
        green = mix(k[1] + k[4] * q, g[x], f) + k[10] * s
        blue = mix(k[2] + k[5] * q, b[x], f) + k[11] * s
        r[x] = mix(mix(red, k[6], w), k[12], hidden)
        g[x] = mix(mix(green, k[7], w), k[13], hidden)
        b[x] = mix(mix(blue, k[8], w), k[14], hidden)


@njit(**ROW)
def _fill(out, x0, now, last, past, edge, top, shore, z):
    # now, last: row, red, green, blue of this slice and of the one before; edge: how much of the next pixel is covered
    # already, and by what
    for x in range(top.shape[0]):
        if z < shore[x]:
            now[0, x] = F(1e9)
            continue
        row = now[0, x]
        if last[0, x] > F(1e8):
            # the first slice: the shore
            first = -floor_int(-min(row, F(past)))
            if first < top[x]:
                top[x] = max(first, I(0))
            edge[0, x] = C0
            continue
        y1 = top[x]
        if row < F(y1):
            y0 = max(-floor_int(-row), I(0))
            per = C1 / max(last[0, x] - row, F(0.001))
            r, g, b = now[1, x], now[2, x], now[3, x]
            for y in range(y0, y1):
                part = clamp01((F(y) + C05 - row) * per)
                red, green, blue = mix(r, last[1, x], part), mix(g, last[2, x], part), mix(b, last[3, x], part)
                if y == y1 - 1:
                    a = edge[0, x]
                    red, green, blue = mix(red, edge[1, x], a), mix(green, edge[2, x], a), mix(blue, edge[3, x], a)
                out[0, y, x0 + x] = red
                out[1, y, x0 + x] = green
                out[2, y, x0 + x] = blue
            part = F(y0) - row
            if y0 < y1 or part > edge[0, x]:
                edge[0, x], edge[1, x], edge[2, x], edge[3, x] = part, r, g, b
            top[x] = y0


@njit(**ROW)
def _wet(out, mirror, c, shore, x0, height):
    # sand that the last wave has left is dark, and mirrors
    for x in range(shore.shape[0]):
        reach = F(0.16) * shore[x]
        sx = min(I((x0 + x) // 2), I(mirror.shape[2] - 1))
        for y in range(max(I(c[2] + c[0] * c[3] / shore[x]), I(0)), height):
            off = shore[x] - c[0] * c[3] / (F(y) + C05 - c[2])
            if off > reach:
                break
            a = C1 - max(off, C0) / reach
            a = min(a * F(1.6), C1)
            sy = min(I(y // 2), I(mirror.shape[1] - 1))
            for channel in range(3):
                dark = out[channel, y, x0 + x] * (C1 - F(0.42) * a)
                out[channel, y, x0 + x] = dark + (min(mirror[channel, sy, sx], F(1.1)) - dark) * F(0.30) * a


@njit(**STRIP)
def _sea(out, mirror, slices, waves, c, k, place, first, last):
    # place: camera's x, z, t, near shore, its winding, swash, clear, foam, chop, surf
    n = last - first
    if n <= 0:
        return
    height = I(out.shape[1])
    b = np.empty((10, n), np.float32)
    kept = np.full((2, 4, n), F(1e9), np.float32)
    places = np.empty(n, np.uint32)
    rows, columns = I(mirror.shape[1]), I(mirror.shape[2])
    plain, layer = mirror.reshape(-1), np.uint64(rows * columns)
    edge = np.zeros((4, n), np.float32)
    top = np.full(n, height, np.int32)
    shore = np.full(n, F(-1e9), np.float32)
    x0 = F(first) + C05 - c[1]
    t = place[2]
    if place[3] > C0:
        for x in range(n):
            wx = place[0] + (x0 + F(I(x))) * place[3] / c[0]
            run = _sine(t * F(0.14) + F(0.35) * gradient_noise(wx * F(0.09), F(7.7)))
            shore[x] = place[3] + place[4] * gradient_noise(wx * F(0.13), F(3.7)) - place[5] * run - place[1]
            shore[x] = max(shore[x], F(0.25))
    own = c.copy()
    own[1] = c[1] - F(first)
    for s in range(slices.shape[0]):
        z, deep = slices[s, 0], slices[s, 1]
        across = z / c[0]
        left = place[0] + x0 * across
        wz = z + place[1]
        h, hx, hz = b[0], b[1], b[2]
        h[:] = C0
        hx[:] = C0
        hz[:] = C0
        off = wz - place[3]
        # waves grow from the shore on, and right before the camera they must not hide everything
        grow = smoothstep(C0, F(9), off) if place[3] > C0 else smoothstep(F(0.5), F(5), z)
        for i in range(waves.shape[0]):
            kx, kz, high = waves[i, 0], waves[i, 1], waves[i, 3] * grow
            seen = C1 / (C1 + (deep * waves[i, 5]) ** 2)
            start = (kx * left + kz * wz - waves[i, 2] * t + waves[i, 4]) * F(0.15915494)
            _add_wave(h, hx, hz, start, kx * across * F(0.15915494), high * seen, kx, kz)
        slow = place[8] / (C1 + deep * deep * F(0.5))
        fast = place[8] / (C1 + deep * deep * F(6))
        _add_ripples(hx, hz, b[3], left, across, wz, t, slow, fast)
        _shade_row(h, hx, hz, b[5], b[6], b[7], b[8], b[9], own, z, c[3] / z)
        surf, lace = C0, C0
        if place[3] > C0:
            far = off - F(6)
            surf = exp(C0 - far * far * F(0.045)) * place[9]
            lace = exp(C0 - max(off, C0) * F(0.10)) * place[9]
        fine = C1 / (C1 + deep * deep * F(1.5))
        _foam_row(b[4], h, hz, b[3], place[7], c[4], fine, left, across, wz, t, shore, surf, lace)
        hidden = C1 - exp(C0 - z / place[6])
        now, before = kept[s & 1], kept[1 - (s & 1)]
        _find_row(b[8], b[9], places, rows, columns)
        fetch_planes(plain, places, layer, now[1], now[2], now[3])
        _colour_row(now[1], now[2], now[3], b[5], b[6], b[4], b[7], k, hidden)
        per = c[0] / z
        for x in range(n):
            now[0, x] = c[2] + (c[3] - h[x]) * per
        _fill(out, first, now, before, height, edge, top, shore, z)
    if place[3] > C0:
        _wet(out, mirror, c, shore, first, height)
    for x in range(n):
        y = top[x] - 1
        if 0 <= y < height:
            for channel in range(3):
                out[channel, y, first + x] = mix(out[channel, y, first + x], edge[channel + 1, x], edge[0, x])


def waves_of(pool: Pool) -> list[tuple[float, float, float, float, float, float]]:
    """Wave numbers to the right and ahead, turns a second (radians), height, phase and number of each wave."""
    made = []
    for number, (long, turn, share) in enumerate(_WAVES):
        if long > 24 * max(pool.heave, 0.2) * 2:
            continue
        k = math.tau / long
        # towards the camera, as the sea runs
        made.append(
            (k * math.sin(turn), k * math.cos(turn), -math.sqrt(9.81 * k), 1.5 * share * pool.heave, number * 2.1, k)
        )
    return made


def heave(pool: Pool, x: float, z: float, t: float) -> float:
    """How high the water is at a place, metres above its level."""
    high = 0.0
    for kx, kz, turn, tall, phase, _k in waves_of(pool):
        high += tall * (math.exp(_SHARP * (math.sin(kx * x + kz * z - turn * t + phase) - 1)) - _MEAN)
    return high


def _slices(camera: Camera, rows: int, near: float, high: float) -> list[tuple[float, float]]:
    """How far ahead each slice is and how many metres it spans: about one row of the frame."""
    # in a trough the water is farther than the level is
    lower = 1 - min(0.45, 0.3 * high)
    z = max(0.35, lower * camera.eye * camera.focal / max(8.0, rows - camera.horizon)) if near <= 0 else max(0.3, near)
    made = []
    while z < _FARTHEST:
        deep = max(0.9 * z * z / (camera.focal * max(camera.eye, 0.5)), 0.0075 * z)
        deep = min(deep, 0.16 * z)
        made.append((z, deep))
        z += deep
    return made


def draw_sea(out: Planes, mirror: Planes, pool: Pool, camera: Camera, light: Daylight, t: float) -> None:
    """Fill the part of `out` that shows the sea, at `t`; `mirror` is as for `draw_pool`."""
    near = pool.near - camera.z - pool.wind - pool.swell if pool.near > 0 else 0.0
    slices = np.array(
        [one for one in _slices(camera, out.shape[1], near, pool.heave) if one[0] < pool.far - camera.z], np.float32
    )
    waves = np.array(waves_of(pool), np.float32).reshape(-1, 6)
    waves[:, 5] *= 0.45
    right, up, ahead = (float(part) for part in light.towards)
    shines = 0.0 if light.cover > 0.3 else float(light.key.max()) * max(0.15, 1 - up)
    foam = light.ambient * 1.35 + light.key * (0.16 + 0.5 * max(up, 0.1))
    thin = (
        pool.thin * (light.ambient * 0.8 + light.key * (0.10 + 0.6 * max(up, 0.0)))
        if pool.thin is not None
        else pool.deep
    )
    glitter = light.key / max(1e-3, float(light.key.max())) * 2.4 * shines
    colours = np.concatenate([pool.deep, thin, foam, glitter, light.air]).astype(np.float32)
    numbers = (
        *(camera.focal, camera.centre, camera.horizon, camera.eye, 1 / max(pool.heave, 0.15), camera.centre),
        *(right, up, ahead, 1.0),
    )
    place = (
        *(camera.x, camera.z, t, pool.near, pool.wind, pool.swell, max(light.clear, 60.0)),
        *(1.20 - 0.92 * pool.foam, min(1.6, 0.5 + 0.5 * pool.chop), 1.0 if pool.near > 0 else 0.0),
    )
    if not len(slices):
        return
    # ripples smaller than a pixel blur what the water mirrors, and the more the rougher it is
    wide = round(out.shape[2] / 640 * (1.5 + 12 * min(pool.heave, 0.8))) | 1
    soft = np.stack([cv2.blur(cv2.blur(plane, (wide, wide)), (wide, wide)) for plane in mirror])
    in_strips(
        _sea, 0, out.shape[2],
        out, soft, slices, waves, np.array(numbers, np.float32), colours, np.array(place, np.float32),
    )  # fmt: skip
