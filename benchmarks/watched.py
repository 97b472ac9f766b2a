"""A clip in, what a viewer of its finished file sees and hears out, and measures of that. Knows no scene, no prompt.

Harmony follows D. Cohen-Or et al., "Color Harmonization", SIGGRAPH 2006 (the templates of hues), blur F. Crete et al.,
"The blur effect: perception and estimation with a new no-reference perceptual blur metric", SPIE 2007.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.media.encode import write_film
from openhorse.vocabulary import SAMPLE_RATE, Clip

BLOCK = 8
STILL_PIXELS = 0.1
"""What moves by less than this from frame to frame stands still."""
_AROUND = 5
"""How many jumps before and after one are its neighbours."""
_LEAST_JUMP, _LEAST_PATCH_JUMP = 0.5, 2.0
"""Levels of 255: smaller steps count as this. The coder's key frames, every two seconds, stay below the first, and a
fire that licks, which is no popping, does not come to much against the second."""
_PATCH_SHARE = 0.02
"""The part of the frame that changes most from one frame to the next."""
_BLOWN, _CRUSHED = 252, 4
_TEMPLATES = {
    "i": ((0.0, 18.0),),
    "V": ((0.0, 93.6),),
    "L": ((0.0, 18.0), (90.0, 79.2)),
    "I": ((0.0, 18.0), (180.0, 18.0)),
    "Y": ((0.0, 93.6), (180.0, 18.0)),
    "X": ((0.0, 93.6), (180.0, 93.6)),
}
"""Sectors of the hue circle: middle and width in degrees. The half circle (T) holds too much to say anything."""

Plane = NDArray[np.float32]
Luma = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A finished file decoded again: luma of all frames, RGB of those asked for, the sound (2 × n), its seconds."""

    luma: list[Luma]
    rgb: list[Rgb]
    samples: NDArray[np.float32]
    seconds: float


def decoded(clip: Clip, seconds: int, wanted: Sequence[int] = (0,)) -> Decoded:
    """`clip` encoded and decoded again; the sound is cut to `seconds`, frames `wanted` come as RGB too."""
    luma, rgb = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        write_film(clip, path, {}, None)
        with av.open(str(path)) as file:
            for index, frame in enumerate(file.decode(video=0)):
                plane = np.frombuffer(frame.planes[0], np.uint8).reshape(-1, frame.planes[0].line_size)
                luma.append(plane[: frame.height, : frame.width].copy())
                if index in wanted:
                    rgb.append(rgb_of(frame))
            length = float((file.duration or 0) / av.time_base)
        with av.open(str(path)) as file:
            parts = [frame.to_ndarray() for frame in file.decode(audio=0)]
    samples = np.concatenate(parts, axis=1)[:, : seconds * SAMPLE_RATE].astype(np.float32)
    return Decoded(luma, rgb, samples, length)


def rgb_of(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """A decoded frame in RGB, by BT.709 in limited range, chroma enlarged as a player does."""
    planes = []
    for plane in frame.planes:
        values = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        planes.append(
            cv2.resize(values, (frame.width, frame.height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
        )
    return to_rgb(*planes)


def to_rgb(y: Plane, u: Plane, v: Plane) -> NDArray[np.uint8]:
    y, u, v = (y - 16) * (255 / 219), (u - 128) * (255 / 224), (v - 128) * (255 / 224)
    rgb = np.stack([y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u], axis=-1)
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def flicker(luma: Sequence[Luma], still: Flags | None) -> tuple[float, float, float]:
    """How much still areas flicker (levels of 255): 95 % of them less; all in the worst frame; and their share of all.

    Areas are 8 × 8 pixels, `still` or, where nobody tells, those whose optical flow is next to nothing in every tenth
    frame. A change that goes on, as of light, is none: what counts is each frame's distance from the mean of its
    neighbours.
    """
    small = luma[0].shape[1] // BLOCK, luma[0].shape[0] // BLOCK
    if still is None:
        still = unstirred(luma)
    areas = np.stack([cv2.resize(plane.astype(np.float32), small, interpolation=cv2.INTER_AREA) for plane in luma])
    unsteady = np.abs(areas[1:-1] - (areas[:-2] + areas[2:]) / 2)[:, still] * (255 / 219)
    if not still.any():
        return 0.0, 0.0, 0.0
    return float(np.percentile(unsteady.mean(axis=0), 95)), float(unsteady.mean(axis=1).max()), float(still.mean())


def unstirred(luma: Sequence[Luma]) -> Flags:
    """Areas without optical flow."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    rows, columns = (size // BLOCK for size in luma[0].shape)
    still = np.ones((rows, columns), bool)
    for index in range(0, len(luma) - 1, 10):
        moved = np.linalg.norm(flow.calc(luma[index], luma[index + 1], None), axis=2)
        still &= cv2.resize(moved, (columns, rows), interpolation=cv2.INTER_AREA) < STILL_PIXELS
    return still


def stalled(luma: Sequence[Luma]) -> tuple[float, float]:
    """The longest stretches, in seconds, of black frames and of frames equal to the one before."""
    black = [float(np.percentile(plane, 99)) < 24 for plane in luma]
    same = [float(cv2.absdiff(one, other).mean()) < 0.01 for one, other in pairwise(luma)]
    return longest(black) / 24, longest(same) / 24


def longest(flags: Sequence[bool]) -> int:
    best = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        best = max(best, run)
    return best


def jumps(luma: Sequence[Luma], cuts: Sequence[int] = ()) -> tuple[float, float]:
    """How much larger the largest step from one frame to the next is than the median of those about it.

    First the mean over the whole frame, then over the part of it that changes most. `cuts` are the frames that begin a
    shot: no step leads to them. 1 is motion that keeps its pace; something that is suddenly there is far above it.
    """
    small = luma[0].shape[1] // BLOCK, luma[0].shape[0] // BLOCK
    areas = np.stack([cv2.resize(plane.astype(np.float32), small, interpolation=cv2.INTER_AREA) for plane in luma])
    steps = np.sort(np.abs(np.diff(areas, axis=0)).reshape(len(luma) - 1, -1), axis=1)
    most = steps[:, -max(1, round(_PATCH_SHARE * steps.shape[1])) :]
    edges = [0, *sorted(cuts), len(luma)]
    return _sudden(steps.mean(axis=1), edges, _LEAST_JUMP), _sudden(most.mean(axis=1), edges, _LEAST_PATCH_JUMP)


def _sudden(steps: NDArray[np.float32], edges: Sequence[int], least: float) -> float:
    """The largest of `steps` against the median of its neighbours; step k leads from frame k to k + 1."""
    worst = 1.0
    for start, end in pairwise(edges):
        inside = np.maximum(steps[start : end - 1], least)
        for k, step in enumerate(inside):
            near = np.delete(inside, k)[max(0, k - _AROUND) : k + _AROUND]
            worst = max(worst, float(step / np.median(near))) if near.size else worst
    return worst


def blur(luma: Luma) -> float:
    """How blurred a picture looks, 0 (sharp) … 1: what is left of its fine steps after another blur."""
    picture = luma.astype(np.float32)
    found = []
    for axis, size in ((0, (1, 9)), (1, (9, 1))):
        before = np.abs(np.diff(picture, axis=axis))
        after = np.abs(np.diff(cv2.blur(picture, size), axis=axis))
        total = float(before.sum())
        found.append(1.0 if total == 0 else 1 - float(np.maximum(before - after, 0).sum()) / total)
    return max(found)


def clipped(pictures: Sequence[Rgb]) -> tuple[float, float]:
    """The shares of pixels that are white, and that are black, in all of `pictures`."""
    whole = np.stack(pictures)
    return float((whole.min(axis=-1) >= _BLOWN).mean()), float((whole.max(axis=-1) <= _CRUSHED).mean())


def harmony(picture: Rgb) -> float:
    """The share of a picture's colour (0…1, by saturation) whose hues lie in the template that holds most of it."""
    hsv = cv2.cvtColor(cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2HSV)
    weight = (hsv[..., 1].astype(np.float64) * hsv[..., 2]).ravel()
    weights = np.bincount(hsv[..., 0].ravel(), weight, 180)
    if weights.sum() == 0:
        return 1.0
    hues = np.arange(180) * 2.0
    best = 0.0
    for sectors in _TEMPLATES.values():
        held = np.any([np.abs((hues - middle + 180) % 360 - 180) <= width / 2 for middle, width in sectors], axis=0)
        best = max(best, max(float(weights[np.roll(held, turn)].sum()) for turn in range(180)))
    return best / float(weights.sum())
