"""A clip comes in, the same clip with our mark in its lower right corner goes out. Knows no order."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from openhorse.vocabulary import Clip, Frame

TEXT = "OpenHorse"
HEIGHT_SHARE = 0.034
"""The letters' size as a share of the picture's shorter side."""

_OPACITY = 0.62
_SHADOW = 0.35
_WHITE, _NEUTRAL = 235, 128  # luma of white and chroma of grey in limited range


def marked(clip: Clip) -> Clip:
    """The clip with "OpenHorse" on every frame: white, part transparent, with a soft shadow.

    The engine's own buffers stay as they are. Raises what drawing its frames raises.
    """
    return dataclasses.replace(clip, frames=_marked_frames(clip))


def _marked_frames(clip: Clip) -> Iterator[Frame]:
    letters, shadow = _masks(clip.width, clip.height)
    top, left = clip.height - letters.shape[0], clip.width - letters.shape[1]
    chroma = letters.reshape(letters.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3))
    for frame in clip.frames:
        y, u, v = (np.array(plane, np.uint8) for plane in (frame.y, frame.u, frame.v))
        corner = y[top:, left:]
        corner[:] = np.rint(_blend(_blend(corner, 16.0, shadow), float(_WHITE), letters))
        for plane in (u, v):
            corner = plane[top // 2 :, left // 2 :]
            corner[:] = np.rint(_blend(corner, float(_NEUTRAL), chroma))
        yield Frame(y.data, u.data, v.data)


def _blend(
    under: NDArray[np.uint8] | NDArray[np.float32], colour: float, opacity: NDArray[np.float32]
) -> NDArray[np.float32]:
    mixed: NDArray[np.float32] = under * (1 - opacity) + np.float32(colour) * opacity
    return mixed


def _masks(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Opacity of the letters and of their shadow, for the picture's lower right corner; even sides."""
    size = max(8, round(HEIGHT_SHARE * min(width, height)))
    font = ImageFont.load_default(size)
    margin = round(0.9 * size)
    right, bottom = font.getbbox(TEXT)[2:]
    canvas_width, canvas_height = _even(right + 2 * margin, width), _even(bottom + 2 * margin, height)
    canvas = Image.new("L", (canvas_width, canvas_height))
    ImageDraw.Draw(canvas).text((canvas_width - margin, canvas_height - margin), TEXT, 255, font, anchor="rb")
    blurred = canvas.filter(ImageFilter.GaussianBlur(size / 7))
    return _opacity(canvas, _OPACITY), _opacity(blurred, _SHADOW)


def _even(wanted: float, most: int) -> int:
    return min(2 * round(wanted / 2), most)


def _opacity(mask: Image.Image, most: float) -> NDArray[np.float32]:
    opacity: NDArray[np.float32] = np.asarray(mask, np.float32) * np.float32(most / 255)
    return opacity
