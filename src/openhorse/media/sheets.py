"""Stills of our own come in as JPEGs, a thumbnail or one sheet of them all goes out. Knows no film and no task."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image

_QUALITY = 82


def thumbnail(jpeg: bytes) -> bytes:
    """The still as WebP."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        return _written(picture, "WEBP", method=0)


def sheet(jpegs: Sequence[bytes]) -> bytes:
    """One or more stills of a size in rows, as many across as down or one more, as JPEG."""
    pictures = [Image.open(io.BytesIO(jpeg), formats=("JPEG",)) for jpeg in jpegs]
    width, height = pictures[0].size
    across = math.ceil(math.sqrt(len(pictures)))
    whole = Image.new("RGB", (width * across, height * math.ceil(len(pictures) / across)))
    for index, picture in enumerate(pictures):
        with picture:
            whole.paste(picture, (width * (index % across), height * (index // across)))
    return _written(whole, "JPEG")


def _written(picture: Image.Image, form: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, quality=_QUALITY, **options)
    return out.getvalue()
