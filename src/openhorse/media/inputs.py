"""Bytes that somebody sent come in, vetted PNGs and pictures go out. Knows no network and no store."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import logging
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from openhorse.errors import PictureRefused, RequestTooLarge
from openhorse.vocabulary import Picture, PictureLimits

DECODE_SECONDS = 60
"""Longest wait for one picture's decoder."""

_DECODER = Path(__file__).with_name("decoder.py")
_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)
_KINDS = ("JPEG", "PNG", "WEBP", "BMP")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Vetted:
    """A picture fit to be stored: upright, sRGB, without metadata, as PNG (RGB or RGBA, 8 bit).

    `sha256` is that of `png`, so the same picture sent twice is stored once. `width` and `height`
    are the PNG's: pictures longer than 4096 pixels have been reduced to that.
    """

    png: bytes
    sha256: str
    width: int
    height: int


def vet(data: bytes, limits: PictureLimits) -> Vetted:
    """The picture in `data` as PNG, decoded in a bounded child process.

    Size, ratio and animation are judged by the header, before any pixel is unpacked.
    Raises PictureRefused when it is none of `limits.formats`, damaged or outside the limits.
    """
    if len(data) > limits.bytes:
        raise PictureRefused(f"The picture is larger than {limits.bytes:,} bytes.")
    kind = _kind(data)
    if kind not in limits.formats:
        raise PictureRefused(f"The picture must be {_listed(limits.formats)}.")
    wish = {"formats": [kind], "shortest_side": limits.shortest_side, "longest_ratio": limits.longest_ratio}
    facts, png = _decoded(data, json.dumps(wish))
    return Vetted(png, hashlib.sha256(png).hexdigest(), facts["width"], facts["height"])


def _kind(data: bytes) -> str | None:
    """The format by its first bytes, None when it is none that we know."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith(b"BM"):
        return "BMP"
    return None


def _listed(formats: tuple[str, ...]) -> str:
    known = [name for name in formats if name in _KINDS]
    return ", ".join(known[:-1]) + " or " + known[-1] if len(known) > 1 else known[0]


def _decoded(data: bytes, wish: str) -> tuple[dict[str, int], bytes]:
    # -I: neither the environment nor the working folder chooses what the decoder imports.
    command = [sys.executable, "-I", str(_DECODER), wish]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=DECODE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise PictureRefused("The picture takes too long to decode.") from error
    head, _, png = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:
        _log.warning("picture decoder ended with %d: %s", done.returncode, done.stderr.decode("utf-8", "replace"))
        raise PictureRefused("The picture could not be decoded.")
    facts = json.loads(head)
    if "refused" in facts:
        raise PictureRefused(facts["refused"])
    return facts, png


def decode(png: bytes) -> Picture:
    """The pixels of a PNG that `vet` made; not for anybody else's bytes."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        has_alpha = picture.mode == "RGBA"
        pixels = picture.convert("RGBA").tobytes()
        width, height = picture.size
    return Picture(width, height, memoryview(pixels).cast("B", (height, width, 4)), has_alpha)


def read_data_url(text: str, max_bytes: int) -> bytes:
    """The bytes of a `data:image/…;base64,…` URL, read strictly.

    Raises RequestTooLarge past `max_bytes` and PictureRefused for any other form.
    """
    match = _DATA_URL.match(text)
    if match is None:
        raise PictureRefused("A data: picture must have the form data:image/<type>;base64,<data>.")
    if (len(text) - match.end()) // 4 * 3 - 2 > max_bytes:
        raise RequestTooLarge(f"The picture is larger than {max_bytes:,} bytes.")
    try:
        payload = text[match.end() :].encode("ascii")
        data = base64.b64decode(payload, validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise PictureRefused("The data: picture is not valid base64.") from error
    if base64.b64encode(data) != payload:  # Python lets excess padding and stray bits pass
        raise PictureRefused("The data: picture is not valid base64.")
    if not data:
        raise PictureRefused("The data: picture is empty.")
    return data
