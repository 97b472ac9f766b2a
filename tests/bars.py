"""Films for stand-ins of servers with GPUs: colour bars and a tone, of any size and length, as mp4."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np

BARS = np.array(
    [(235, 128, 128), (210, 16, 146), (170, 166, 16), (145, 54, 34), (106, 202, 222), (81, 90, 240)], np.uint8
)
"""Y, U and V of white, yellow, cyan, green, magenta and red."""

SOUND_RATE = 32_000


@lru_cache(maxsize=16)
def bars(width: int, height: int, frame_count: int, seed: int, has_sound: bool = True) -> bytes:
    """H.264 at 24 frames a second, yuv420p, with a stereo tone of the same length as AAC at 32 kHz.

    The seed turns the bars, so that films of different seeds can be told apart; a line at the top grows with time.
    """
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=Fraction(24), options={"preset": "ultrafast", "crf": "28"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        sound = container.add_stream("aac", rate=SOUND_RATE, layout="stereo") if has_sound else None
        planes = _planes(width, height, seed)
        for number in range(frame_count):
            planes[0][:8, : width * (number + 1) // frame_count] = 235
            packed = np.concatenate([plane.ravel() for plane in planes]).reshape(height * 3 // 2, width)
            container.mux(video.encode(av.VideoFrame.from_ndarray(packed, "yuv420p")))
        container.mux(video.encode())
        if sound is not None:
            time = np.arange(frame_count * SOUND_RATE // 24) / SOUND_RATE
            tone = np.tile(0.2 * np.sin(2 * np.pi * (220 + seed % 220) * time), (2, 1)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(tone, "fltp", "stereo")
            frame.sample_rate = SOUND_RATE
            container.mux(sound.encode(frame))
            container.mux(sound.encode())
    return out.getvalue()


def _planes(width: int, height: int, seed: int) -> list[np.ndarray]:
    turned = np.roll(BARS, seed % len(BARS), axis=0)
    row = turned[np.arange(width) * len(BARS) // width]
    return [
        np.tile(row[:, 0], (height, 1)),
        np.tile(row[::2, 1], (height // 2, 1)),
        np.tile(row[::2, 2], (height // 2, 1)),
    ]
