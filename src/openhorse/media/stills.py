"""A film's frame comes in as it is coded, a JPEG goes out. Knows no film and no task; the frame stays as it is."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import av
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from PIL import Image

from openhorse.vocabulary import FIRST, LAST, PREVIEWS

LONGEST_SIDE = 640
"""Pixels of a preview."""

_PREVIEW_QUALITY = 82
_FRAME_QUALITY = 95
"""Fine enough to begin another film with; PNG would take five times the bytes."""

_EXACTLY = Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INT | Interpolation.ACCURATE_RND
"""FFmpeg's usual way makes every picture a level darker: a film that goes on from its last frame would fade."""


def stills_of(frame_count: int) -> Mapping[int, Sequence[str]]:
    """The names of the stills that are taken of a film, by the number of the frame, from 0."""
    names: dict[int, list[str]] = {}
    for number, name in enumerate(PREVIEWS):
        names.setdefault(frame_count * number // len(PREVIEWS), []).append(name)
    names[0].append(FIRST)
    names.setdefault(frame_count - 1, []).append(LAST)
    return names


def jpeg_of(frame: av.VideoFrame, name: str) -> bytes:
    """The still `name` of a frame in BT.709, limited range: FIRST and LAST as they are, others at most LONGEST_SIDE."""
    is_whole = name in (FIRST, LAST)
    share = 1.0 if is_whole else min(1.0, LONGEST_SIDE / max(frame.width, frame.height))
    shown = frame.reformat(
        width=round(frame.width * share),
        height=round(frame.height * share),
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=_EXACTLY if is_whole else Interpolation.AREA,
    )
    fine = {"quality": _FRAME_QUALITY, "subsampling": 0}
    out = io.BytesIO()
    Image.fromarray(shown.to_ndarray()).save(out, "JPEG", **(fine if is_whole else {"quality": _PREVIEW_QUALITY}))
    return out.getvalue()
