"""A picture as a customer has it comes in; the address, or the bytes to upload, go out. Knows no server.

Pillow is not imported: whoever hands in one of its images has it already.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from openhorse.client.words import Picture
from openhorse.errors import InvalidOrder

ADDRESSES = ("http://", "https://", "data:", "upload:")
"""How a text begins that is no path."""


def address_or_bytes(picture: Picture) -> str | bytes:
    """What stands for `picture` in an order, or the bytes that have to be uploaded first.

    Raises InvalidOrder for a file that cannot be read, and for what is no picture at all.
    """
    if isinstance(picture, str) and picture.lower().startswith(ADDRESSES):
        return picture
    if isinstance(picture, str | os.PathLike):
        return _read_file(Path(picture).expanduser())
    if isinstance(picture, bytes | bytearray | memoryview):
        return bytes(picture)
    if hasattr(picture, "read"):
        return _read_open(picture)
    if hasattr(picture, "save") and hasattr(picture, "convert"):
        return _png(picture)
    raise InvalidOrder(f"a picture is a path, an address, bytes, an open file or a Pillow image, not {picture!r:.100}")


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidOrder(f"{path}: {error.strerror}") from None


def _read_open(file: Any) -> bytes:
    data = file.read()
    if not isinstance(data, bytes):
        raise InvalidOrder(f"{getattr(file, 'name', 'a picture')}: open it in binary mode")
    return data


_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})


def _png(image: Any) -> bytes:
    """The picture without loss; in the form of its own file, a photograph might be smaller."""
    kept = image if image.mode in _PNG_MODES else image.convert("RGB")
    out = io.BytesIO()
    kept.save(out, format="PNG")
    return out.getvalue()
