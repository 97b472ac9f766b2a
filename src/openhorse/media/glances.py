"""A picture's PNG or a film's file comes in, small JPEGs go out, for whoever judges what they show. Knows no judge."""

from __future__ import annotations

import io
from pathlib import Path

import av
from PIL import Image

from openhorse.media.stills import jpeg_of
from openhorse.vocabulary import PREVIEWS

LONGEST_SIDE = 1024
"""Pixels of a picture; a film's frames are as its previews."""

_QUALITY = 85


def glance(png: bytes) -> bytes:
    """A PNG that `vet` made, on white where it is transparent, as JPEG; not for anybody else's bytes."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        seen = picture.convert("RGBA")
    ground = Image.new("RGBA", seen.size, "white")
    ground.alpha_composite(seen)
    out = io.BytesIO()
    ground.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def frames_of(film: Path, count: int) -> list[bytes]:
    """At most `count` frames of one of our films, two or more, evenly spread from its first to its last."""
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        last = max(0, stream.frames - 1)
        wanted = {round(last * number / (count - 1)) for number in range(count)}
        return [jpeg_of(frame, PREVIEWS[0]) for index, frame in enumerate(container.decode(stream)) if index in wanted]
