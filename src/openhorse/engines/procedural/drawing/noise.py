# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,no-any-return"
# Kernels are untyped: Numba's decorators are, and it infers their types itself.
"""Coordinates in, smooth noise out: the SIMD building blocks of every Numba kernel here. Knows no scene.

Rules that keep these loops vectorised (each measured at 5–12×):
1. helpers carry `INLINE` (forceinline), kernels over one row carry `ROW`, loops over rows run in
   strips on threads (strips.py);
2. only float32, int32 and uint32 scalars in hot code: write F(0.5), never 0.5; floor by `floor_int`; `exp` is ours;
3. arrays are planar and C-contiguous, one row per call, no strided slices;
4. a row's vector maths, its gathers and its shading are separate loops over row buffers.
A kernel's compiled form is cached on disk; `kernels.kernel_cache` gives every version of this file its own folder.
"""

# ruff: noqa: D103 - one-line mathematical helpers, named by what they return

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from numba import config, njit
from numba.core.codegen import get_host_cpu_features

# Without these LLVM gives up on proving that a kernel's many row buffers do not overlap, and emits scalar code.
llvm.set_option("", "-runtime-memory-check-threshold=512")
llvm.set_option("", "-memory-check-merge-threshold=512")
# Where there are vectors of 512 bits LLVM uses half of them, for fear of a lower clock: noise is a third slower for it.
if config.CPU_NAME is None and config.CPU_FEATURES is None and "+avx512f" in get_host_cpu_features().split(","):
    config.CPU_FEATURES = get_host_cpu_features() + ",-prefer-256-bit"

F = np.float32
U = np.uint32
I = np.int32  # noqa: E741 - the three scalar types of the kernels are one letter each

INLINE: dict[str, Any] = {"fastmath": True, "forceinline": True, "error_model": "numpy"}
# A row's kernel is inlined as well: called, it would be whichever copy of it this process happened to load first, its
# own or the one compiled along with one of its callers, and these may round differently.
ROW: dict[str, Any] = {"fastmath": True, "forceinline": True, "error_model": "numpy", "cache": True}

C0, C05, C1, C2, C3 = F(0), F(0.5), F(1), F(2), F(3)

_M0, _M1, _M2, _M3 = U(0x27D4EB2D), U(0x165667B1), U(0x2C1B3C6D), U(0x297A2D39)
_S12, _S15, _S16 = U(12), U(15), U(16)
_LOW16, _LOW24 = U(0xFFFF), U(0xFFFFFF)
_I1 = I(1)
_PER_15_BITS, _PER_24_BITS = F(1 / 32768.0), F(1 / 16777216.0)


@njit(**INLINE)
def hash_uint(x, y):
    h = U(U(U(x) * _M0) ^ U(U(y) * _M1))
    h = U(h ^ U(h >> _S15))
    h = U(h * _M2)
    h = U(h ^ U(h >> _S12))
    h = U(h * _M3)
    return U(h ^ U(h >> _S15))


@njit(**INLINE)
def hash_unit(x, y):
    """0…1 from two integers."""
    return F(I(hash_uint(x, y) & _LOW24)) * _PER_24_BITS


@njit(**INLINE)
def floor_int(x):
    i = I(x)
    return I(i - I(x < F(i)))


@njit(**INLINE)
def clamp01(x):
    return min(max(x, C0), C1)


@njit(**INLINE)
def mix(a, b, t):
    return a + (b - a) * t


@njit(**INLINE)
def smoothstep(a, b, x):
    t = clamp01((x - a) / (b - a))
    return t * t * (C3 - C2 * t)


@njit(**INLINE)
def _gradient(x, y, dx, dy):
    h = hash_uint(x, y)
    return (F(I(U(h & _LOW16))) * _PER_15_BITS - C1) * dx + (F(I(U(h >> _S16))) * _PER_15_BITS - C1) * dy


@njit(**INLINE)
def gradient_noise(x, y):
    """About −0.7…0.7, smooth to the second derivative."""
    ix = floor_int(x)
    iy = floor_int(y)
    u = x - F(ix)
    v = y - F(iy)
    ix1 = I(ix + _I1)
    iy1 = I(iy + _I1)
    a = _gradient(ix, iy, u, v)
    b = _gradient(ix1, iy, u - C1, v)
    c = _gradient(ix, iy1, u, v - C1)
    d = _gradient(ix1, iy1, u - C1, v - C1)
    u = u * u * u * (u * (u * F(6) - F(15)) + F(10))
    v = v * v * v * (v * (v * F(6) - F(15)) + F(10))
    p = a + (b - a) * u
    q = c + (d - c) * u
    return p + (q - p) * v


def unrolled(name: str, source: str, scope: dict[str, Any]) -> Callable[..., Any]:
    """Compile generated `source` that defines `name`: octave loops must be unrolled to be vectorised."""
    namespace = dict(scope)
    exec(source, namespace)
    return njit(**INLINE)(namespace[name])


def _octaves(name: str, count: int) -> Callable[..., Any]:
    lines = [f"def {name}(x, y):", " s = F(0)"]
    for octave in range(count):
        lines.append(f" s += F({0.5 ** (octave + 1)}) * gradient_noise(x, y)")
        if octave < count - 1:
            lines.append(" nx = F(1.6) * x + F(1.2) * y; y = F(1.6) * y - F(1.2) * x + F(7.7); x = nx + F(13.1)")
    lines.append(" return s")
    return unrolled(name, "\n".join(lines), globals())


fbm2 = _octaves("fbm2", 2)
fbm3 = _octaves("fbm3", 3)
fbm5 = _octaves("fbm5", 5)


@njit(**INLINE)
def _power_of_two(i):
    """2ⁱ for −127 < i < 128: its exponent as a float's bits."""
    return I(I(i + I(127)) << I(23)).view(np.float32)


@njit(**INLINE)
def exp(x):
    """eˣ to about 0.1 % for −60 < x < 13; libm's would end vectorisation."""
    y = min(max(x, F(-60)), F(80)) * F(1.442695)
    i = floor_int(y)
    f = y - F(i)
    return (C1 + f * (F(0.6931472) + f * (F(0.2402265) + f * (F(0.0555041) + f * F(0.0096181))))) * _power_of_two(i)


@njit(**INLINE)
def sqrt(x):
    return F(math.sqrt(x))


def linear(red: float, green: float, blue: float) -> np.ndarray:
    """An sRGB colour of 0…255 as three linear float32."""
    value = np.array((red, green, blue), np.float32) / 255
    return np.where(value < 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def linear_hex(colour: str) -> np.ndarray:
    """`linear` of a colour written rrggbb."""
    return linear(*(int(colour[i : i + 2], 16) for i in (0, 2, 4)))


@njit(**ROW)
def add_noise(out, x, y, amplitude):
    """Add `amplitude` × gradient_noise at the points (x, y): one compiled loop that other kernels share."""
    for i in range(out.shape[0]):
        out[i] += gradient_noise(x[i], y[i]) * amplitude
