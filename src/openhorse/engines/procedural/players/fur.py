"""Rows of places of a coat in: combed, ruffled, shaded and lit, as premultiplied colours and coverage.

The kernels that creature.py calls for what it has found. Knows no rig and no tile.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# Numba types the kernels' arguments itself.
# ruff: noqa: D103 - kernels, each with a line on what it does

from __future__ import annotations

from numba import njit

from openhorse.engines.procedural.drawing.noise import C0, C05, C1, ROW, F, clamp01, mix, smoothstep, sqrt


@njit(**ROW)
def comb(u, v, along, down, ax, ay, frequency, stretch):
    # coordinates across and along the strands that run in the direction (ax, ay)
    for i in range(u.shape[0]):
        along[i] = (u[i] * ay - v[i] * ax) * frequency
        down[i] = (u[i] * ax + v[i] * ay) * stretch


@njit(**ROW)
def ruffle(nx, ny, nz, flow, fur, clumps, clumps_down, strands, strands_down, patches, tone, ragged):
    # ruffle the normals by the strands; the coat's tone goes to `tone`, the length of its fringe to `ragged`
    for i in range(nx.shape[0]):
        clump = mix(clumps[i], clumps_down[i], flow[i])
        strand = mix(strands[i], strands_down[i], flow[i])
        furry = clamp01(fur[i] * F(110))
        x = nx[i] + (strand * F(0.30) + clump * F(0.38)) * furry
        y = ny[i] + (strand * F(0.22) + clump * F(0.50)) * furry
        z = nz[i]
        inverse = C1 / sqrt(x * x + y * y + z * z + F(1e-9))
        nx[i] = x * inverse
        ny[i] = y * inverse
        nz[i] = z * inverse
        tone[i] = C1 + (strand * F(0.42) + clump * F(0.44) + patches[i] * F(0.42)) * furry
        ragged[i] = fur[i] * max(F(0.30) + clump * F(1.15) + strand * F(0.75), C0)


@njit(**ROW)
def light_coat(nx, ny, nz, nearest, open_sky, shadow, fur, gloss, tone, ragged, red, green, blue, alpha, light, pixel):
    # light the coat in place: red, green and blue come in as its colour
    lx, ly, lz = light[0], light[1], light[2]
    inverse = C1 / sqrt(lx * lx + ly * ly + (lz + C1) * (lz + C1) + F(1e-6))
    half_x, half_y, half_z = lx * inverse, ly * inverse, (lz + C1) * inverse
    for i in range(nx.shape[0]):
        furry = clamp01(fur[i] * F(110))
        facing = nx[i] * lx + ny[i] * ly + nz[i] * lz
        wrapped = max((facing + F(0.28)) * F(0.78), C0)
        key = wrapped * sqrt(wrapped) * shadow[i]
        edge = C1 - max(nz[i], C0)
        rim = edge * edge * edge * clamp01(F(0.12) + facing * F(1.15)) * light[12]
        up = C05 + C05 * ny[i]
        shine = max(nx[i] * half_x + ny[i] * half_y + nz[i] * half_z, C0)
        shine = shine * shine
        shine = shine * shine
        shine = shine * shine
        wet = shine * shine * shine * gloss[i] * F(0.9) + edge * edge * gloss[i] * F(0.06)
        flash = wet + shine * furry * F(0.05) * shadow[i]
        # a little of the key always scatters through the coat, more where it is thin
        through = key + rim * (F(0.25) + furry * F(0.9))
        down = C1 - up
        sky = open_sky[i] * up
        earth = open_sky[i] * down
        k = max(tone[i], C0)
        red[i] = (
            red[i] * k * (light[3] * through + light[6] * sky + light[9] * earth) + light[3] * flash + light[6] * wet
        )
        green[i] = (
            green[i] * k * (light[4] * through + light[7] * sky + light[10] * earth) + light[4] * flash + light[7] * wet
        )
        blue[i] = (
            blue[i] * k * (light[5] * through + light[8] * sky + light[11] * earth) + light[5] * flash + light[8] * wet
        )
        e = nearest[i] - ragged[i] - F(0.0025)
        alpha[i] = C1 - smoothstep(-pixel * C05, pixel * F(0.9), e)


@njit(**ROW)
def dim(shade, d, per_along, floor, slope, product):
    # darken by how much nearer the rig is than it would be in the open: occlusion multiplies, shadow takes the least
    for i in range(shade.shape[0]):
        open_part = floor + (C1 - floor) * clamp01(d[i] * per_along * slope)
        shade[i] = shade[i] * open_part if product else min(shade[i], open_part)
