"""A rig of soft capsules and a light in, a furred sprite out: sphere tracing in small tiles.

Knows no animal: quadruped.py poses the capsules, scenes place the sprite.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# Most of this module is compiled by Numba, which types the kernels' arguments itself.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    ROW,
    F,
    I,
    add_noise,
    clamp01,
    mix,
    sqrt,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.players.fur import comb, dim, light_coat, ruffle
from openhorse.engines.procedural.players.markings import (
    UNMARKED,
    Pattern,
    mark_pattern,
    scatter_cells,
    tint_pattern,
)

# The columns of a rig: one row is one capsule, in metres, in the rig's own axes (x ahead, y up, z to the viewer).
START, END, RADII, COLOUR = 0, 3, 6, 8
BLEND, FLAT, FUR, GLOSS, FLOW = 11, 12, 13, 14, 15
CAPSULE_COLUMNS = 16
_REST = 16  # in view space each capsule also carries two rows of an affine map to the rest pose
_VIEW_COLUMNS = 24


_COMBS = np.array(
    [
        (-0.90, -0.44, 46, 11),  # clumps that run back along the trunk
        (-0.28, -0.96, 46, 11),  # clumps that hang
        (-0.88, -0.47, 150, 26),  # strands, likewise
        (-0.32, -0.95, 150, 26),
        (0.0, 1.0, 9, 9),  # patches of tone
    ],
    np.float32,
)
"""Direction of the strands in the rest pose, and waves per metre across and along them."""


@dataclass(frozen=True, slots=True)
class Light:
    """What shines on a sprite. `towards` is the unit vector to the key light: right, up, to the viewer."""

    towards: tuple[float, float, float]
    key: tuple[float, float, float]
    sky: tuple[float, float, float]
    ground: tuple[float, float, float]
    rim: float = 1.0

    def numbers(self) -> NDArray[np.float32]:
        """As the kernel reads it: direction, key, sky, ground, rim."""
        return np.array((*self.towards, *self.key, *self.sky, *self.ground, self.rim), np.float32)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a rig stands in its sprite: pixels per metre, the pixel of its origin, and the view's turn and tilt."""

    pixels_per_metre: float
    x: float
    y: float
    yaw: float = 0.0
    pitch: float = 0.0


@njit(**ROW)
def _distance(out, x, y, z, rig, count):
    # to the union of all capsules, each melted into those before it by its BLEND
    for i in range(out.shape[0]):
        out[i] = F(9)
    for j in range(count):
        ax, ay, az, flat, blend = rig[j, 0], rig[j, 1], rig[j, 2], rig[j, 12], rig[j, 11]
        bx, by, bz = rig[j, 3] - ax, rig[j, 4] - ay, (rig[j, 5] - az) * flat
        per_length = C1 / (bx * bx + by * by + bz * bz + F(1e-6))
        radius, widening = rig[j, 6], rig[j, 7] - rig[j, 6]
        quarter = F(0.25) / blend
        for i in range(out.shape[0]):
            qx = x[i] - ax
            qy = y[i] - ay
            qz = (z[i] - az) * flat
            h = clamp01((qx * bx + qy * by + qz * bz) * per_length)
            ex = qx - bx * h
            ey = qy - by * h
            ez = qz - bz * h
            q = sqrt(ex * ex + ey * ey + ez * ez) - (radius + widening * h)
            o = out[i]
            m = max(blend - abs(o - q), C0)
            out[i] = min(o, q) - m * m * quarter


@njit(**ROW)
def _step(z, d, nearest, best, far):
    # walk towards the rig; remember where it came nearest, for rays that miss it through fur. Returns 0 at rest.
    walking = C0
    for i in range(z.shape[0]):
        near = d[i] < nearest[i]
        best[i] = z[i] if near else best[i]
        nearest[i] = min(d[i], nearest[i])
        # a ray that only grazes must not be held up by what it passes
        z[i] -= d[i] * F(0.92) if d[i] < F(0.0016) else max(d[i] * F(0.92), F(0.006))
        walking += max(min(abs(d[i]) - F(0.0016), z[i] - far), C0)
    return walking


@njit(**ROW)
def _material(px, py, pz, d, nx, ny, nz, red, green, blue, fur, gloss, flow, u, v, rig, count):
    # melts normal, colour, fur, gloss, flow and the place in the rest pose as the surface is melted
    for i in range(d.shape[0]):
        d[i] = F(9)
    for j in range(count):
        ax, ay, az, flat, blend = rig[j, 0], rig[j, 1], rig[j, 2], rig[j, 12], rig[j, 11]
        bx, by, bz = rig[j, 3] - ax, rig[j, 4] - ay, (rig[j, 5] - az) * flat
        per_length = C1 / (bx * bx + by * by + bz * bz + F(1e-6))
        radius, widening = rig[j, 6], rig[j, 7] - rig[j, 6]
        half = C05 / blend
        for i in range(d.shape[0]):
            x, y, z = px[i], py[i], pz[i]
            qx = x - ax
            qy = y - ay
            qz = (z - az) * flat
            h = clamp01((qx * bx + qy * by + qz * bz) * per_length)
            ex = qx - bx * h
            ey = qy - by * h
            ez = qz - bz * h
            length = sqrt(ex * ex + ey * ey + ez * ez + F(1e-12))
            q = length - (radius + widening * h)
            o = d[i]
            t = clamp01(C05 + (o - q) * half)
            m = max(blend - abs(o - q), C0)
            d[i] = min(o, q) - m * m * half * C05
            per = C1 / length
            nx[i] = mix(nx[i], ex * per, t)
            ny[i] = mix(ny[i], ey * per, t)
            nz[i] = mix(nz[i], ez * per * flat, t)
            red[i] = mix(red[i], rig[j, 8], t)
            green[i] = mix(green[i], rig[j, 9], t)
            blue[i] = mix(blue[i], rig[j, 10], t)
            fur[i] = mix(fur[i], rig[j, 13], t)
            gloss[i] = mix(gloss[i], rig[j, 14], t)
            flow[i] = mix(flow[i], rig[j, 15], t)
            u[i] = mix(u[i], rig[j, 16] * x + rig[j, 17] * y + rig[j, 18] * z + rig[j, 19], t)
            v[i] = mix(v[i], rig[j, 20] * x + rig[j, 21] * y + rig[j, 22] * z + rig[j, 23], t)


@njit(**ROW)
def _shift(x, y, z, nx, ny, nz, along, sx, sy, sz):
    # the points `along` the given direction
    for i in range(x.shape[0]):
        sx[i] = x[i] + nx[i] * along
        sy[i] = y[i] + ny[i] * along
        sz[i] = z[i] + nz[i] * along


@njit(**ROW)
def _approach(z, d, clear, far):
    # the same for the coarse walk, which stops `clear` before the rig
    walking = C0
    for i in range(z.shape[0]):
        go = max(d[i] - clear, C0)
        z[i] -= go
        walking += max(min(go - F(0.004), z[i] - far), C0)
    return walking


@njit(**ROW)
def _settle(z, best, nx, ny, nz, toward_x, toward_y, toward_z, light):
    # onto the nearest point found; unit normals, and directions to the light a little off the surface
    for i in range(z.shape[0]):
        z[i] = best[i]
        inverse = C1 / sqrt(nx[i] * nx[i] + ny[i] * ny[i] + nz[i] * nz[i] + F(1e-12))
        nx[i] *= inverse
        ny[i] *= inverse
        nz[i] *= inverse
        toward_x[i] = nx[i] * F(0.25) + light[0]
        toward_y[i] = ny[i] * F(0.25) + light[1]
        toward_z[i] = nz[i] * F(0.25) + light[2]


@njit(**STRIP)
def _render(out, rig, light, combs, pattern, steps, per_metre, centre_x, centre_y, first, last):
    # tiles `first` to `last` of the sprite; the stages are called from here alone, as a deeper chain of calls would be
    # compiled again at each level
    height = out.shape[1]
    width = out.shape[2]
    tiles_x = (width + 15) // 16
    pixel = C1 / per_metre
    near_rig = np.empty((rig.shape[0], 24), np.float32)
    coarse = np.empty((4, 16), np.float32)
    b = np.empty((27, 256), np.float32)
    ray = np.empty((6, 256), np.float32)
    still = np.empty(256, np.int32)
    margin = (
        F(0.09) if light[2] > F(-0.3) or steps != I(16) else F(0.004)
    )  # shadows are cast from farther off than surfaces melt
    for tile in range(first, last):
        x0 = (tile % tiles_x) * 16
        y0 = (tile // tiles_x) * 16
        x1 = min(x0 + 16, width)
        y1 = min(y0 + 16, height)
        left = (F(x0) - centre_x) * pixel
        right = (F(x1) - centre_x) * pixel
        top = (centre_y - F(y0)) * pixel
        bottom = (centre_y - F(y1)) * pixel
        count, melting = 0, 0
        swell = C0 if steps == I(16) else F(0.08)  # what melts together swells: rays start outside of it
        nearest_z = F(-9)
        far = F(9)
        for wide in range(2):  # first what the tile's rays may meet, then what only casts shadows on it from beside
            for j in range(rig.shape[0]):
                thick = max(rig[j, 6], rig[j, 7])
                soft = rig[j, 11] * F(0.85) + rig[j, 13]
                r = thick + max(soft, margin) + F(0.004)
                close = thick + (max(soft, margin) if steps == I(16) else soft) + F(0.004)
                low_x, high_x = min(rig[j, 0], rig[j, 3]), max(rig[j, 0], rig[j, 3])
                low_y, high_y = min(rig[j, 1], rig[j, 4]), max(rig[j, 1], rig[j, 4])
                meets = (
                    low_x - close < right and high_x + close > left and low_y - close < top and high_y + close > bottom
                )
                near = low_x - r < right and high_x + r > left and low_y - r < top and high_y + r > bottom
                if (meets and wide == 0) or (near and not meets and wide == 1):
                    for q in range(24):
                        near_rig[count, q] = rig[j, q]
                    if wide == 0:
                        nearest_z = max(nearest_z, max(rig[j, 2], rig[j, 5]) + close + swell)
                        far = min(far, min(rig[j, 2], rig[j, 5]) - close)
                    count += 1
            if wide == 0:
                melting = count
                if count == 0:
                    break
        if count == 0:
            for c in range(4):
                for y in range(y0, y1):
                    for x in range(x0, x1):
                        out[c, y, x] = C0
            continue
        for i in range(16):
            coarse[0, i] = (F(I(x0 + (i & 3) * 4)) + F(1.5) - centre_x) * pixel
            coarse[1, i] = (centre_y - F(I(y0 + (i >> 2) * 4)) - F(1.5)) * pixel
            coarse[2, i] = nearest_z
        for _ in range(10):
            _distance(coarse[3], coarse[0], coarse[1], coarse[2], near_rig, melting)
            # a cell of 4 × 4 pixels, the longest fur, and a hand's breadth of safety
            if _approach(coarse[2], coarse[3], pixel * F(3) + F(0.036), far) <= C0:
                break
        b[:] = C0
        x, y_, z, d, nearest, best = b[0], b[1], b[2], b[3], b[4], b[5]
        open_sky, shadow, u, v = b[9], b[10], b[17], b[18]
        for i in range(256):
            x[i] = (F(I(x0 + (i & 15))) - centre_x) * pixel
            y_[i] = (centre_y - F(I(y0 + (i >> 4)))) * pixel
            z[i] = coarse[2, (i >> 6) * 4 + ((i & 15) >> 2)]
            nearest[i] = F(9)
            open_sky[i] = C1
            shadow[i] = C1
        if steps == I(16):
            for _ in range(steps):
                _distance(d, x, y_, z, near_rig, melting)
                if _step(z, d, nearest, best, far) <= C0:
                    break
        else:  # only rays that have not come to rest yet walk on: those at an outline
            active = 0
            for i in range(256):
                if z[i] > far:
                    still[active] = i
                    ray[0, active], ray[1, active], ray[2, active] = x[i], y_[i], z[i]
                    ray[3, active], ray[4, active] = F(9), z[i]
                    active += 1
            for step in range(steps):
                n = active
                _distance(ray[5, :n], ray[0, :n], ray[1, :n], ray[2, :n], near_rig, melting)
                walking = _step(ray[2, :n], ray[5, :n], ray[3, :n], ray[4, :n], far)
                if walking <= C0 or step == steps - 1 or n == 0:
                    break
                if step < 3:  # most are still on their way
                    continue
                active = 0
                for i in range(n):
                    if abs(ray[5, i]) > F(0.0016) and ray[2, i] > far:
                        still[active] = still[i]
                        for q in range(5):
                            ray[q, active] = ray[q, i]
                        active += 1
                    else:
                        nearest[still[i]], best[still[i]] = ray[3, i], ray[4, i]
            for i in range(active):
                nearest[still[i]], best[still[i]] = ray[3, i], ray[4, i]
        if steps != I(16):  # a ray that came to rest on the coat is stopped by it, however coarse the pixels are
            for i in range(256):
                nearest[i] -= pixel * C05 if nearest[i] < F(0.0017) else C0
        # where no ray came as near as the longest hair is long, all is clear; what is left is drawn close together
        longest, n = C0, 0
        for j in range(melting):
            longest = max(longest, near_rig[j, 13])
        reach = longest * F(1.7) + pixel + F(0.004)
        for i in range(256):
            if nearest[i] <= reach:
                still[n] = i
                x[n], y_[n], best[n], nearest[n] = x[i], y_[i], best[i], nearest[i]
                n += 1
        for c in range(4):
            for y in range(y0, y1):
                for i in range(x0, x1):
                    out[c, y, i] = C0
        if n == 0:
            continue
        for i in range(n):
            z[i] = best[i]
        _material(
            x[:n],
            y_[:n],
            z[:n],
            d[:n],
            b[6, :n],
            b[7, :n],
            b[8, :n],
            b[11, :n],
            b[12, :n],
            b[13, :n],
            b[14, :n],
            b[15, :n],
            b[16, :n],
            b[17, :n],
            b[18, :n],
            near_rig,
            melting,
        )
        _settle(z[:n], best[:n], b[6, :n], b[7, :n], b[8, :n], b[21, :n], b[22, :n], b[23, :n], light)
        # from behind, all that is seen lies in its own shade anyway
        for k in range(4 if light[2] > F(-0.3) else 2):
            along = F(0.035)
            way = 6
            if k == 1:
                along = F(0.11)
            elif k > 1:
                way = 21
                along = F(0.03) if k == 2 else F(0.075)
            _shift(
                x[:n],
                y_[:n],
                z[:n],
                b[way, :n],
                b[way + 1, :n],
                b[way + 2, :n],
                along,
                b[24, :n],
                b[25, :n],
                b[26, :n],
            )
            _distance(d[:n], b[24, :n], b[25, :n], b[26, :n], near_rig, count)
            occluding = k < 2
            dim(
                b[9, :n] if occluding else b[10, :n],
                d[:n],
                C1 / along,
                F(0.20) if occluding else F(0.25),
                C1 if occluding else F(2.2),
                occluding,
            )
        if pattern[0] > C0:
            comb(u[:n], v[:n], d[:n], best[:n], C0, C1, pattern[4], pattern[4])
            b[19], b[24:26] = C0, F(9)
            add_noise(b[19, :n], d[:n], best[:n], C1)
            if pattern[0] != C1 and pattern[0] != F(3):
                for k in range(9):
                    scatter_cells(b[24, :n], b[25, :n], d[:n], best[:n], I(k % 3 - 1), I(k // 3 - 1))
            mark_pattern(b[26, :n], u[:n], v[:n], b[19, :n], b[24, :n], b[25, :n], b[14, :n], pattern)
            tint_pattern(b[11, :n], b[12, :n], b[13, :n], b[26, :n], pattern)
        for k in range(5):
            comb(u[:n], v[:n], d[:n], best[:n], combs[k, 0], combs[k, 1], combs[k, 2], combs[k, 3])
            b[19 + k] = C0
            add_noise(b[19 + k, :n], d[:n], best[:n], C1)
        ruffle(
            b[6, :n],
            b[7, :n],
            b[8, :n],
            b[16, :n],
            b[14, :n],
            b[19, :n],
            b[20, :n],
            b[21, :n],
            b[22, :n],
            b[23, :n],
            b[24, :n],
            b[25, :n],
        )
        light_coat(
            b[6, :n],
            b[7, :n],
            b[8, :n],
            nearest[:n],
            b[9, :n],
            b[10, :n],
            b[14, :n],
            b[15, :n],
            b[24, :n],
            b[25, :n],
            b[11, :n],
            b[12, :n],
            b[13, :n],
            b[26, :n],
            light,
            pixel,
        )
        for k in range(n):
            i, y = x0 + (still[k] & 15), y0 + (still[k] >> 4)
            if i < x1 and y < y1:
                a = b[26, k]
                out[0, y, i] = b[11, k] * a
                out[1, y, i] = b[12, k] * a
                out[2, y, i] = b[13, k] * a
                out[3, y, i] = a


def turn_of(stand: Stand) -> NDArray[np.float64]:
    """The rotation (3 × 3) from a rig's axes to those of the view: right, up, to the viewer."""
    cos_yaw, sin_yaw = np.cos(stand.yaw), np.sin(stand.yaw)
    cos_pitch, sin_pitch = np.cos(stand.pitch), np.sin(stand.pitch)
    return np.array(
        [
            [cos_yaw, 0, sin_yaw],
            [sin_yaw * sin_pitch, cos_pitch, -cos_yaw * sin_pitch],
            [-sin_yaw * cos_pitch, sin_pitch, cos_yaw * cos_pitch],
        ]
    )


def in_view(rig: NDArray[np.float32], rest: NDArray[np.float32], stand: Stand) -> NDArray[np.float32]:
    """A rig turned into the view's axes, each capsule with its map back to the rest pose (where fur is combed)."""
    turn = turn_of(stand)
    seen = np.zeros((len(rig), _VIEW_COLUMNS))
    seen[:, :CAPSULE_COLUMNS] = rig
    seen[:, 0:3] = rig[:, 0:3] @ turn.T
    seen[:, 3:6] = rig[:, 3:6] @ turn.T
    bend = np.arctan2(rest[:, 4] - rest[:, 1], rest[:, 3] - rest[:, 0])
    bend -= np.arctan2(rig[:, 4] - rig[:, 1], rig[:, 3] - rig[:, 0])
    cos_bend, sin_bend = np.cos(bend), np.sin(bend)
    back_x, back_y = turn[:, 0], turn[:, 1]  # view axes to the rig's x and y
    for axis in range(3):
        seen[:, _REST + axis] = cos_bend * back_x[axis] - sin_bend * back_y[axis]
        seen[:, _REST + 4 + axis] = sin_bend * back_x[axis] + cos_bend * back_y[axis]
    seen[:, _REST + 3] = rest[:, 0] - cos_bend * rig[:, 0] + sin_bend * rig[:, 1]
    seen[:, _REST + 7] = rest[:, 1] - sin_bend * rig[:, 0] - cos_bend * rig[:, 1]
    return seen.astype(np.float32)


def render(
    out: NDArray[np.float32],
    rig: NDArray[np.float32],
    rest: NDArray[np.float32],
    stand: Stand,
    light: Light,
    pattern: Pattern | None = None,
    steps: int = 16,
) -> None:
    """Draw `rig` (n × 16) into `out` (4 × height × width): premultiplied linear red, green, blue and coverage.

    `rest` is the same rig at rest, so that the coat's pattern travels with each limb. Views are
    orthographic. With few `steps` a ray that grazes one limb may not come to another behind it.
    """
    seen = in_view(rig, rest, stand)
    numbers = light.numbers()
    marks = UNMARKED if pattern is None else pattern.numbers()
    tiles = -(-out.shape[2] // 16) * -(-out.shape[1] // 16)
    in_strips(
        _render,
        0,
        tiles,
        out,
        seen,
        numbers,
        _COMBS,
        marks,
        I(steps),
        F(stand.pixels_per_metre),
        F(stand.x),
        F(stand.y),
    )
