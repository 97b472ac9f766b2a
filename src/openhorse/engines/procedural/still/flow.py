"""A picture and where water runs in it in, the same water running out: falls, rapids and creeks.

Two copies of the water drift downstream and take turns, each starting afresh while it cannot be seen, so that it flows
without end and without a jump. Every part has its own beat. Only the box around the water is touched.
Knows no camera: warp.py carries along what flows here.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import C0, C1, ROW, F, I, floor_int, gradient_noise
from openhorse.engines.procedural.still.plate import Field, Pixels

PERIOD = 1.3
"""Seconds after which a copy starts afresh."""
_FALLING, _GLIDING = 0.085, 0.025
"""How far steep and how far level water goes in a second, as parts of the picture's mean side."""
_LONGEST = 40
"""Steps, in pixels of the working size, that a copy's way is followed upstream at most."""


@dataclass(frozen=True, slots=True)
class Current:
    """Water at the working size: `share` is 0…1, soft and within the water.

    `across` and `down` lead to where its colours come from in one period, in pixels of the working size: never
    beyond the water. `steep` is 1 where it falls and 0 where it glides; `mist` where falls foam at their foot.
    """

    share: Field
    across: Field
    down: Field
    steep: Field
    mist: Field


def find_current(rgb: Pixels, flow: Field) -> Current:
    """How water runs where `flow` (0…1, any size) is, in a picture of any size: down, along its own streaks."""
    height, width = flow.shape
    grey = cv2.cvtColor(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    share = cv2.blur(cv2.erode(flow, np.ones((3, 3), np.uint8)), (3, 3))
    x, y, steep = _heading(grey.astype(np.float32), flow)
    side = float(np.sqrt(width * height))
    # what is nearer, lower in the picture, goes faster
    near = np.linspace(0.75, 1.25, height, dtype=np.float32)[:, None]
    reach = side * PERIOD * (_GLIDING + (_FALLING - _GLIDING) * steep) * near
    # a trickle or a far creek is small, and so are its ways
    reach = np.minimum(reach, np.float32(1.3) * _breadth(flow))
    across, down = _upstream(flow, x, y, reach)
    bright = np.clip((grey.astype(np.float32) - 110) / 90, 0, 1)
    mist = _foot(flow, steep) * bright
    return Current(share, _spread(across, flow), _spread(down, flow), steep, mist.astype(np.float32))


def _heading(grey: Field, flow: Field) -> tuple[Field, Field, Field]:
    """The direction of the water (x to the right, y down, of length 1 at most), and how steep it runs.

    Water draws streaks along its way: the structure tensor (Förstner 1987) tells their direction, but not which way.
    Down is the better guess everywhere, and the whole of it where there are no streaks.
    """
    dx, dy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    # a shore is an edge too: only what is well within the water counts in full
    inside = cv2.erode(flow, np.ones((3, 3), np.uint8)) + np.float32(0.05)
    sigma = max(2.0, max(flow.shape) / 60)
    xx, xy, yy = (cv2.GaussianBlur(part * inside, (0, 0), sigma) for part in (dx * dx, dx * dy, dy * dy))
    spread = np.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    certain = spread / (xx + yy + np.float32(60))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.float32(np.pi / 2)
    x, y = np.cos(angle), np.sin(angle)
    downhill = np.where(y < 0, -1, 1).astype(np.float32)
    x, y = x * downhill * certain, y * downhill * certain + (1 - certain) * np.float32(0.7)
    steep = np.clip((np.abs(y) - np.abs(x)) * certain * np.float32(2.2), 0, 1)
    weight = cv2.GaussianBlur(inside, (0, 0), sigma)
    x, y, steep = (cv2.GaussianBlur(part * inside, (0, 0), sigma) / weight for part in (x, y, steep))
    length = np.maximum(np.hypot(x, y), np.float32(0.25))
    return x / length, y / length, steep


def _breadth(flow: Field) -> Field:
    """How broad the water is about each place, in pixels of the working size."""
    solid = cv2.copyMakeBorder((flow > 0.5).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    half = cv2.distanceTransform(solid, cv2.DIST_L2, 3)[1:-1, 1:-1]
    side = max(5, max(flow.shape) // 24) | 1
    widest = cv2.dilate(half, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    breadth: Field = 2 * cv2.blur(widest, (side, side))
    return breadth


def _upstream(flow: Field, x: Field, y: Field, reach: Field) -> tuple[Field, Field]:
    """Where water comes from, `reach` pixels back along its way or where that leaves the water."""
    columns, rows = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in flow.shape[::-1]))
    at_x, at_y = columns.copy(), rows.copy()
    afloat = np.ones_like(flow)
    for step in range(min(_LONGEST, int(reach.max()) + 1)):
        way_x, way_y = (cv2.remap(part, at_x, at_y, cv2.INTER_LINEAR) for part in (x, y))
        there = cv2.remap(flow, at_x - way_x, at_y - way_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        afloat = np.minimum(afloat, np.clip((there - 0.3) * 3, 0, 1)) * np.clip(reach - step, 0, 1)
        at_x -= way_x * afloat
        at_y -= way_y * afloat
    np.clip(at_x, 0, flow.shape[1] - 1, out=at_x)
    np.clip(at_y, 0, flow.shape[0] - 1, out=at_y)
    return at_x - columns, at_y - rows


def _spread(values: Field, flow: Field) -> Field:
    """Values smoothed within the water only."""
    weight = cv2.GaussianBlur(flow, (0, 0), 2.2) + np.float32(1e-3)
    smooth: Field = cv2.GaussianBlur(values * flow, (0, 0), 2.2) / weight
    return smooth


def _foot(flow: Field, steep: Field) -> Field:
    """Where falling water ends: around the lowest part of each fall."""
    height = flow.shape[0]
    tall = max(3, height // 14)
    falling = (flow * steep > 0.35).astype(np.float32)
    below = np.zeros_like(falling)
    below[:-tall] = falling[tall:]
    ending = falling * (1 - cv2.blur(below, (5, 5)))
    foot: Field = (
        np.clip(cv2.GaussianBlur(cv2.dilate(ending, np.ones((3, 3), np.uint8)), (0, 0), tall / 3), 0, 1) * flow
    )
    return foot


@njit(**ROW)
def _turns_row(map_ax, map_ay, map_bx, map_by, share_a, gain, across, down, phase, y, s):
    for x in range(map_ax.shape[0]):
        a = s + phase[x]
        b = a + F(0.5)
        a -= F(floor_int(a))
        b -= F(floor_int(b))
        # a copy is seen most at the middle of its turn, and not at all when it starts afresh
        share_a[x] = C1 - abs(F(2) * a - C1)
        # at first both are the picture itself, however far into its turn each is
        a, b = min(a, s), min(b, s)
        column = F(I(x))
        map_ax[x] = column + across[x] * a
        map_ay[x] = y + down[x] * a
        map_bx[x] = column + across[x] * b
        map_by[x] = y + down[x] * b
        # two pictures of the same texture laid over one another are paler than either
        apart = min(abs(a - b) * (abs(across[x]) + abs(down[x])) * F(0.3), C1)
        gain[x] = apart


@njit(nogil=True, **ROW)
def _turns(maps, share_a, gain, across, down, phase, s):
    for y in range(share_a.shape[0]):
        _turns_row(
            maps[0, y],
            maps[1, y],
            maps[2, y],
            maps[3, y],
            share_a[y],
            gain[y],
            across[y],
            down[y],
            phase[y],
            F(I(y)),
            s,
        )


@njit(**ROW)
def _weights_row(share, share_a, gain, weight_a, weight_b, weight_low):
    for x in range(share.shape[0]):
        a = share_a[x]
        b = C1 - a
        strength = C1 / np.sqrt(a * a + b * b)
        more = C1 + (strength - C1) * gain[x]
        weight_a[x] = share[x] * a * more
        weight_b[x] = share[x] * b * more
        weight_low[x] = share[x] * (C1 - more)


@njit(**ROW)
def _mixed_row(out, still, a, b, low, share, weight_a, weight_b, weight_low, light):
    for x in range(out.shape[0]):
        value = F(still[x]) * (C1 - share[x]) + F(a[x]) * weight_a[x] + F(b[x]) * weight_b[x]
        value += F(low[x]) * weight_low[x] + light[x]
        out[x] = np.uint8(I(min(max(value + F(0.5), C0), F(255))))


@njit(**ROW)
def _light_row(light, a, b, share_a, streak, mist, y, unit, s, t):
    wake = min(s * F(1.5), C1)
    v = F(I(y)) / unit
    for x in range(light.shape[0]):
        drawn = F(a[x]) * share_a[x] + F(b[x]) * (C1 - share_a[x]) - F(128)
        u = F(I(x)) / unit
        boil = gradient_noise(u * F(0.06) + t * F(0.6), v * F(0.09) + t * F(1.7))
        boil += gradient_noise(u * F(0.15) - t * F(0.9), v * F(0.2) - t * F(2.6))
        light[x] = (drawn * streak[x] + boil * mist[x] * F(34)) * wake


@njit(nogil=True, **ROW)
def _mix(out, still, a, b, low, weights, shares, streaks, unit, s, t):
    # weights: of copy a, of copy b, of the mean, and a row's light; shares: of the water, of copy a, the gain
    for y in range(shares.shape[1]):
        _weights_row(shares[0, y], shares[1, y], shares[2, y], weights[0, y], weights[1, y], weights[2, y])
        _light_row(weights[3, y], a[3, y], b[3, y], shares[1, y], streaks[0, y], streaks[1, y], y, unit, s, t)
        for channel in range(3):
            _mixed_row(
                out[channel, y],
                still[channel, y],
                a[channel, y],
                b[channel, y],
                low[channel, y],
                shares[0, y],
                weights[0, y],
                weights[1, y],
                weights[2, y],
                weights[3, y],
            )


class Flow:
    """The running water of one picture, in the frame of a layer; buffers are reused from frame to frame."""

    def __init__(self, layer: NDArray[np.uint8], current: Current, seed: int) -> None:
        """`layer` is height × width × 3 or more, colours first, at the frame's size; `seed` beats the time."""
        height, width = layer.shape[:2]
        rows, columns = current.share.shape
        self._box = top, bottom, left, right = _box(current.share, height, width)
        per_x, per_y = width / columns, height / rows

        def boxed(field: Field) -> Field:
            full = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
            return np.ascontiguousarray(full[top:bottom, left:right], np.float32)

        self._across, self._down = boxed(current.across) * F(per_x), boxed(current.down) * F(per_y)
        self._unit = F((width * height / 921600) ** 0.5)
        size = bottom - top, right - left
        random = np.random.default_rng(seed + 23)
        # neighbours take turns at about the same time, the whole of the water never
        beats = random.uniform(0, 1, (8, 8)).astype(np.float32)
        self._phase = cv2.resize(beats, size[::-1], interpolation=cv2.INTER_CUBIC) * F(1.6) + F(2)
        water = cv2.merge([*cv2.split(layer[top:bottom, left:right])[:3], self._streaks(random, size)])
        self._water = np.ascontiguousarray(water)
        planes = cv2.split(self._water)[:3]
        self._low = np.stack([cv2.GaussianBlur(plane, (0, 0), 4 * float(self._unit)) for plane in planes])
        self._still = np.stack(planes)
        bright = np.clip((self._low.max(axis=0).astype(np.float32) - 50) / 150, 0, 1)
        shared = boxed(current.share)
        streak = shared * bright * (F(0.1) + F(0.3) * boxed(current.steep))
        self._lights = np.stack([streak, boxed(current.mist) * shared])
        self._maps = np.zeros((4, *size), np.float32)
        self._shares = np.stack([shared, shared, shared])
        self._weights = np.zeros((4, *size), np.float32)
        self._mixed = np.zeros((3, *size), np.uint8)
        self._drawn: NDArray[np.uint8] = layer.copy()
        self._source: NDArray[np.uint8] = layer

    def apply(self, layer: NDArray[np.uint8], t: float, strength: float) -> NDArray[np.uint8]:
        """`layer` with its water as it is at `t` seconds; at nought it is the layer itself.

        `strength` multiplies the speed. A layer other than the last one gives only its surroundings.
        """
        if t <= 0:
            return layer
        if layer is not self._source:
            np.copyto(self._drawn, layer)
            self._source = layer
        # from rest to an even speed
        s = F(strength * t * t / (t + 0.5) / PERIOD)
        _turns(self._maps, self._shares[1], self._shares[2], self._across, self._down, self._phase, s)
        a, b = (
            np.stack(cv2.split(cv2.remap(self._water, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)))
            for x, y in (self._maps[:2], self._maps[2:])
        )
        _mix(
            *(self._mixed, self._still, a, b, self._low, self._weights, self._shares, self._lights),
            *(self._unit, s, F(t)),
        )
        top, bottom, left, right = self._box
        for channel, plane in enumerate(self._mixed):
            cv2.insertChannel(plane, self._drawn[top:bottom, left:right], channel)
        return self._drawn

    def _streaks(self, random: np.random.Generator, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Noise drawn out along the water's way (Cabral & Leedom 1993): 128 on the mean."""
        noise = cv2.GaussianBlur(
            random.normal(0, 1, size).astype(np.float32), (0, 0), max(0.7, 1.1 * float(self._unit))
        )
        columns, rows = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in size[::-1]))
        drawn = np.zeros(size, np.float32)
        longest = float(np.hypot(self._across, self._down).max())
        for part in np.linspace(-0.3, 0.3, min(48, 3 + int(0.4 * longest / (1 + float(self._unit)))), dtype=np.float32):
            place = columns + self._across * part, rows + self._down * part
            drawn += cv2.remap(noise, *place, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        drawn *= F(46) / max(F(1e-3), F(drawn.std()))
        return np.clip(drawn + 128, 0, 255).astype(np.uint8)


def _box(share: Field, height: int, width: int) -> tuple[int, int, int, int]:
    """The rows and columns of a frame that hold all of a share and a little more: top, bottom, left, right."""
    rows, columns = np.flatnonzero((share > 0).any(1)), np.flatnonzero((share > 0).any(0))
    per_x, per_y = width / share.shape[1], height / share.shape[0]
    top, bottom = int((rows[0] - 2) * per_y), int((rows[-1] + 3) * per_y)
    left, right = int((columns[0] - 2) * per_x), int((columns[-1] + 3) * per_x)
    return max(0, top), min(height, bottom), max(0, left), min(width, right)
