"""Sound in, the moments at which something begins out, and how well they meet what was to be heard.

The detector is SuperFlux: S. Böck and G. Widmer, "Maximum Filter Vibrato Suppression for Onset Detection", DAFx-13,
with the peak picking of S. Böck, F. Krebs and M. Schedl, ISMIR 2012. Every parameter is the published program's
default, set before a film was measured; none has been moved since. Knows no film.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.optimize import linear_sum_assignment

TOLERANCE_SECONDS = 0.05
"""How far an onset may be from its hit: MIREX's window for onset detection."""
COMBINED_SECONDS = 0.03
"""Onsets, and hits, within this are one: what the detector's authors do to both."""

_FRAME, _FRAMES_A_SECOND = 2048, 200
_BANDS_PER_OCTAVE, _LOWEST, _HIGHEST, _TUNING = 24, 30.0, 17000.0, 440.0
_WIDEST_BINS, _RATIO, _THRESHOLD = 3, 0.5, 1.1
_MEAN_BEFORE, _MOST_BEFORE, _MOST_AFTER = 30, 2, 10  # frames: 150, 10 and 50 ms

Mono = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well onsets and hits agree, 0…1 each, and how many there were of either."""

    f1: float
    precision: float
    recall: float
    heard: int
    meant: int


def superflux(samples: NDArray[np.float32], rate: int) -> Mono:
    """Seconds at which something begins in `samples` (2 × n, −1…1), offline."""
    activation = _activation(samples.mean(axis=0).astype(np.float64), rate)
    length, origin = _MOST_BEFORE + _MOST_AFTER + 1, (_MOST_BEFORE - _MOST_AFTER) // 2
    most = maximum_filter1d(activation, length, mode="constant", origin=origin)
    mean = uniform_filter1d(activation, _MEAN_BEFORE + 1, mode="constant", origin=_MEAN_BEFORE // 2)
    found = np.flatnonzero((activation == most) & (activation >= mean + _THRESHOLD) & (activation > 0))
    return np.asarray(combined(found / _FRAMES_A_SECOND))


def _activation(mono: Mono, rate: int) -> Mono:
    """How much louder the bands are than their surroundings were a moment ago, summed, 200 times a second."""
    hop = rate / _FRAMES_A_SECOND
    count = int(np.ceil(mono.size / hop))
    padded = np.pad(mono, (_FRAME // 2, _FRAME))
    starts = (np.arange(count) * hop).astype(int)
    window = np.hanning(_FRAME)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[starts] * window
    bands = np.log10(np.abs(np.fft.rfft(frames, axis=1))[:, : _FRAME // 2] @ _filters(rate) + 1)
    apart = max(1, round((_FRAME / 2 - int(np.argmax(window > _RATIO))) / hop))
    rise = np.zeros_like(bands)
    rise[apart:] = bands[apart:] - maximum_filter1d(bands, _WIDEST_BINS, axis=1)[:-apart]
    return np.asarray(np.maximum(rise, 0).sum(axis=1))


def _filters(rate: int) -> NDArray[np.float64]:
    """Triangles a quarter tone apart, 1024 bins × bands."""
    first = int(np.floor(_BANDS_PER_OCTAVE * np.log2(_LOWEST / _TUNING)))
    last = int(np.ceil(_BANDS_PER_OCTAVE * np.log2(_HIGHEST / _TUNING)))
    corners = _TUNING * 2 ** (np.arange(first, last + 1) / _BANDS_PER_OCTAVE)
    bins = np.unique(np.round(corners * _FRAME / rate).astype(int))
    bins = bins[bins < _FRAME // 2]
    filters = np.zeros((_FRAME // 2, bins.size - 2))
    for band, (start, middle, stop) in enumerate(zip(bins, bins[1:], bins[2:], strict=False)):
        filters[start:middle, band] = np.linspace(0, 1, middle - start, endpoint=False)
        filters[middle:stop, band] = np.linspace(1, 0, stop - middle, endpoint=False)
    return filters


def combined(times: Sequence[float] | Mono) -> list[float]:
    """`times`, sorted, without those that follow another one within `COMBINED_SECONDS`."""
    kept: list[float] = []
    for at in sorted(float(time) for time in times):
        if not kept or at - kept[-1] > COMBINED_SECONDS:
            kept.append(at)
    return kept


def agreement(heard: Sequence[float] | Mono, hits: Sequence[float]) -> Agreement:
    """How `heard` and `hits` (seconds) agree: each onset counts for one hit at most, and each hit for one onset."""
    meant = combined(hits)
    if not meant or not len(heard):
        return Agreement(0.0, 0.0, 0.0, len(heard), len(meant))
    near = np.abs(np.subtract.outer(np.asarray(heard), np.asarray(meant))) <= TOLERANCE_SECONDS
    rows, columns = linear_sum_assignment(~near)
    matched = int(near[rows, columns].sum())
    precision, recall = matched / len(heard), matched / len(meant)
    return Agreement(2 * matched / (len(heard) + len(meant)), precision, recall, len(heard), len(meant))
