"""A picture's red, green and blue come in, a clip's frame goes out, and back again. Knows no codec, file or order.

Frames are 4:2:0, 8 bit, BT.709 in limited range: luma 16…235, chroma 16…240 around 128 (ITU-R BT.709-6, section 3).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.vocabulary import Frame

Pixels = NDArray[np.uint8]
"""Height × width × 3: red, green and blue, 0…255."""

_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722
_LUMA = np.array([[_RED, _GREEN, _BLUE]]) * (219 / 255)
_CHROMA = np.array(
    [
        np.array([-_RED, -_GREEN, 1 - _BLUE]) / (2 * (1 - _BLUE)),
        np.array([1 - _RED, -_GREEN, -_BLUE]) / (2 * (1 - _RED)),
    ]
) * (224 / 255)
_FORWARD = np.vstack([_LUMA, _CHROMA])
_OFFSETS = np.array([16.0, 128.0, 128.0])
_BACK = np.linalg.inv(_FORWARD).astype(np.float64)


def frame_from_rgb(rgb: Pixels) -> Frame:
    """The frame that shows `rgb`, whose sides are even; its planes are its own. Raises ValueError for odd sides."""
    height, width, _ = rgb.shape
    if height % 2 or width % 2:
        raise ValueError(f"a frame of {width}×{height} has no 4:2:0 planes")
    half = cv2.resize(rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    y = cv2.transform(rgb, _affine(_FORWARD[:1], _OFFSETS[:1]))
    u, v = (cv2.transform(half, _affine(_FORWARD[i : i + 1], _OFFSETS[i : i + 1])) for i in (1, 2))
    return Frame(*(np.ascontiguousarray(plane.reshape(plane.shape[:2])).data for plane in (y, u, v)))


def rgb_from_frame(frame: Frame, width: int, height: int) -> Pixels:
    """What `frame`, of `width` × `height`, shows; chroma is interpolated."""
    chroma = [
        cv2.resize(np.asarray(plane), (width, height), interpolation=cv2.INTER_LINEAR) for plane in (frame.u, frame.v)
    ]
    yuv = np.dstack([np.asarray(frame.y), *chroma])
    return np.asarray(cv2.transform(yuv, _affine(_BACK, -_BACK @ _OFFSETS)), np.uint8)


def _affine(matrix: NDArray[np.float64], offsets: NDArray[np.float64]) -> NDArray[np.float64]:
    """What cv2.transform takes: the matrix with its offsets as one more column. Results are rounded and clamped."""
    return np.hstack([matrix, offsets[:, None]])
