"""A clip's frame comes in, FFmpeg's goes out, and back again, plane by plane. Knows no order and no file."""

from __future__ import annotations

import av
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from openhorse.errors import EngineFailed
from openhorse.vocabulary import Frame

Plane = NDArray[np.uint8]


def surface_of(frame: Frame, width: int, height: int) -> av.VideoFrame:
    """A copy of `frame`, which must be `width` × `height`, as FFmpeg holds it. Raises EngineFailed for another size."""
    out = av.VideoFrame(width, height, "yuv420p")
    for plane, source in zip(out.planes, (frame.y, frame.u, frame.v), strict=True):
        pixels = np.asarray(source)
        if pixels.shape != (plane.height, plane.width) or pixels.dtype != np.uint8:
            raise EngineFailed("The engine drew a frame of another size than the clip's.")
        _lines(plane)[:, : plane.width] = pixels
    out.color_range = ColorRange.MPEG
    out.colorspace = Colorspace.ITU709
    return out


def planes_of(surface: av.VideoFrame) -> list[Plane]:
    """Y, U and V of a 4:2:0 surface, without a copy: they are its own, and their lines need not be contiguous."""
    return [_lines(plane)[:, : plane.width] for plane in surface.planes]


def frame_of(surface: av.VideoFrame) -> Frame:
    """A 4:2:0 surface as a frame of its own."""
    return framed(planes_of(surface))


def framed(planes: list[Plane]) -> Frame:
    """Y, U and V as a frame, copied where their lines are not contiguous."""
    y, u, v = (np.ascontiguousarray(plane).data for plane in planes)
    return Frame(y, u, v)


def _lines(plane: VideoPlane) -> Plane:
    return np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
