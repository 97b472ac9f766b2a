"""A vetted picture's PNG comes in, the PNG that a model elsewhere wants goes out. Knows no model and no server."""

from __future__ import annotations

import io
from math import ceil

from PIL import Image, ImageOps

LONGEST_REFERENCE, SHORTEST_REFERENCE = 4096, 2048
"""Pixels at most of a reference picture's long and short edge. MiniMax-H3 looks at 2048 of the short one; so large, a
PNG stays below the 30 MiB that its servers take, whatever is in it.
"""


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height."""
    with Image.open(io.BytesIO(png)) as image:
        return image.size


def keyframe(png: bytes, size: tuple[int, int]) -> bytes:
    """The picture scaled and cut in the middle to exactly this width and height: servers stretch what is of another
    shape. What is transparent becomes white.
    """
    image = _opaque(png)
    return _encoded(image if image.size == size else ImageOps.fit(image, size, Image.Resampling.LANCZOS))


def reference(png: bytes) -> bytes:
    """The whole picture, no larger than a model looks at. What is transparent becomes white."""
    image = _opaque(png)
    share = min(1.0, SHORTEST_REFERENCE / min(image.size), LONGEST_REFERENCE / max(image.size))
    if share < 1:
        # Rounded up on the short side too, so that no picture becomes longer than its shape: 5:2 is the most there is.
        width, height = (ceil(side * share) for side in image.size)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    return _encoded(image)


def _opaque(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as image:
        if image.mode == "RGB":
            return image.copy()
        coloured = image.convert("RGBA")
    ground = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(ground, coloured).convert("RGB")


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
