"""Samples of any rate and any number of channels come in, a film's stereo track goes out. Knows no codec and file."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray
from scipy.signal import resample_poly

from openhorse.vocabulary import SAMPLE_RATE

FADE_SECONDS = 0.03
"""How long a track that is cut goes on falling: what ends at once clicks."""

Samples = NDArray[np.float32]


def stereo(samples: NDArray[np.floating], rate: int) -> Samples:
    """Channels × n samples at `rate` a second as 2 × m at 48 kHz. Of more than two channels the first two are heard.

    Resampled by a polyphase filter. Raises ValueError for a rate that is not positive.
    """
    if rate <= 0:
        raise ValueError(f"{rate} samples a second")
    found = np.atleast_2d(np.asarray(samples, np.float32))[:2]
    if rate != SAMPLE_RATE and found.shape[1]:
        share = Fraction(SAMPLE_RATE, rate)
        found = resample_poly(found, share.numerator, share.denominator, axis=1)
    return np.ascontiguousarray(np.broadcast_to(found, (2, found.shape[1])), np.float32)


def lasting(samples: Samples, count: int) -> Samples:
    """2 × n samples as 2 × `count`: cut with a short fall, or with silence after their end."""
    if samples.shape[1] == count:
        return samples
    out = np.zeros((2, count), np.float32)
    kept = min(count, samples.shape[1])
    out[:, :kept] = samples[:, :kept]
    if kept < samples.shape[1]:
        fall = min(kept, int(FADE_SECONDS * SAMPLE_RATE))
        out[:, kept - fall : kept] *= np.linspace(1, 0, fall, dtype=np.float32)
    return out


def paced(samples: Samples, pace: float) -> Samples:
    """2 × n samples at `pace` times their speed, 0.5…2, their pitch as it was (FFmpeg's atempo)."""
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=SAMPLE_RATE, format="fltp", layout="stereo", time_base=Fraction(1, SAMPLE_RATE)
    )
    planar = graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo")
    graph.link_nodes(source, graph.add("atempo", f"{pace:.9f}"), planar, graph.add("abuffersink")).configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
    frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), 0
    graph.push(frame)
    graph.push(None)
    blocks: list[NDArray[np.float32]] = []
    while True:
        try:
            pulled = graph.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            break
        assert isinstance(pulled, av.AudioFrame)
        blocks.append(np.asarray(pulled.to_ndarray(), np.float32))
    return np.ascontiguousarray(np.concatenate(blocks, axis=1), np.float32)
