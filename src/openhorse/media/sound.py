"""A scene's sound comes in as samples, its mastered sound and loudness go out. Knows no codec and no file.

Loudness is integrated LUFS after ITU-R BS.1770-4; peaks are true peaks, found by 4× oversampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyloudnorm
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import resample_poly

from openhorse.vocabulary import SAMPLE_RATE

TARGET_LUFS = -16.0
CEILING_DBTP = -1.5
"""Highest true peak that mastering leaves, half a decibel under the film's own limit of −1."""

SILENCE_LUFS = -70.0
"""BS.1770's absolute gate: what never rises above it is silence."""

QUIET_LUFS = -50.0
"""What is quieter than this was meant to be, or is a model's noise floor: raised to the target it would be a roar."""

_OVERSAMPLING = 4
_LOOK_AHEAD_SECONDS = 0.02
_PASSES = 10
_SHORTEST_SECONDS = 0.4  # one gating block

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mastered:
    """Sound ready to be coded: 2 × n float32. `loudness` (LUFS) and `peak` (dBTP) are None in silence."""

    samples: Samples
    loudness: float | None
    peak: float | None


def measure(samples: Samples) -> tuple[float | None, float | None]:
    """Integrated loudness in LUFS and true peak in dBTP of 2 × n samples at 48 kHz; None for silence."""
    loudness = _loudness(samples)
    if loudness is None:
        return None, None
    return loudness, _decibels(float(_peaks(samples).max()))


def master(samples: Samples, *, target: float = TARGET_LUFS, ceiling: float = CEILING_DBTP) -> Mastered:
    """The same sound at `target` LUFS with no true peak above `ceiling` dBTP; silence and near silence stay so.

    Peaks are turned down by a gain that looks ahead, never clipped. Limiting costs loudness, so the
    two are repeated until the target is met within 0.2 LU; what has next to nothing between its
    peaks may stay below it.
    """
    clean = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    loudness = _loudness(clean)
    if loudness is None:
        return Mastered(np.zeros_like(clean), None, None)
    if loudness < QUIET_LUFS:
        quiet = _limited(clean, ceiling)
        return Mastered(quiet, *measure(quiet))
    gain = 0.0
    limited = clean
    for _ in range(_PASSES):
        gain += target - loudness
        limited = _limited(clean * np.float32(10 ** (gain / 20)), ceiling)
        now = _loudness(limited)
        if now is None or abs(now - target) < 0.2:
            break
        loudness = now
    return Mastered(limited, *measure(limited))


def _loudness(samples: Samples) -> float | None:
    shortest = int(_SHORTEST_SECONDS * SAMPLE_RATE)
    if not np.any(samples):
        return None
    if samples.shape[1] < shortest:  # a few frames, as in a test: as loud as if it went on
        samples = np.tile(samples, math.ceil(shortest / samples.shape[1]))
    value = float(pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(samples.T.astype(np.float64)))
    return value if value > SILENCE_LUFS else None


def _peaks(samples: Samples) -> Samples:
    """The true peak around every sample, over both channels: n values."""
    finer = np.abs(resample_poly(samples, _OVERSAMPLING, 1, axis=1))
    around: Samples = finer.max(axis=0).reshape(-1, _OVERSAMPLING).max(axis=1)
    return around


def _limited(samples: Samples, ceiling: float) -> Samples:
    most = 10 ** (ceiling / 20)
    peaks = _peaks(samples)
    if peaks.max() <= most:
        return samples
    needed = np.minimum(1.0, most / np.maximum(peaks, 1e-9))
    width = 2 * int(_LOOK_AHEAD_SECONDS * SAMPLE_RATE) + 1
    # The mean of minima over one and the same width never exceeds what its centre needs. Two means
    # of half the width do the same with a gain that has no corners.
    gain = minimum_filter1d(needed, width, mode="nearest")
    for _ in range(2):
        gain = uniform_filter1d(gain, width // 2, mode="nearest")
    out = samples * gain.astype(np.float32)
    # Between two samples a moving gain may still add a trace.
    excess = float(_peaks(out).max()) / most
    quieter: Samples = out / np.float32(max(1.0, excess))
    return quieter


def _decibels(amplitude: float) -> float:
    return 20.0 * math.log10(amplitude)
