"""A picture's bytes come in on standard input, an upright PNG without metadata goes out on standard output.

Runs as a short-lived child process that binds itself in memory and time before it reads a byte, since
picture decoders are where hostile files bite. Imports nothing of OpenHorse: it is started by its path.
The answer is one line of JSON, {"width", "height"} or {"refused": sentence}, then the PNG.
"""

from __future__ import annotations

import io
import json
import math
import sys
from typing import Any

from PIL import Image, ImageCms, ImageOps

MOST_MEGAPIXELS = 50
LONGEST_SIDE = 4096
"""Larger pictures are reduced to this; no film is wider than 2200 pixels, which leaves room to zoom in."""

SHORT_SIDE_KEPT = 1024
"""No reduction goes below this, however long the longer side."""

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 30


class Refused(Exception):
    """The picture is not acceptable; the message is fit for the customer."""


def bind() -> None:
    """Limit this process's memory and time and forbid it to write files, where the system can."""
    try:
        import resource
    except ImportError:  # not on Windows; the parent's time limit holds there too
        return
    limits = ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_FSIZE, 0))
    for kind, most in (*limits, (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, hard))


def upright(data: bytes, formats: tuple[str, ...], shortest_side: int, longest_ratio: float | None) -> Image.Image:
    """The picture in RGB or RGBA, rotated as its EXIF says. Raises Refused."""
    try:
        picture = Image.open(io.BytesIO(data), formats=formats)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(f"The picture is not a readable {' or '.join(formats)} file.") from error
    with picture:
        _check_size(*picture.size, shortest_side, longest_ratio)
        # A phone's JPEG may carry a second picture (a depth or gain map); that does not make it a film.
        if picture.format != "MPO" and getattr(picture, "n_frames", 1) != 1:
            raise Refused("The picture is animated; a single picture is needed.")
        wanted = _reduced(*picture.size)
        picture.draft("RGB", wanted)  # for JPEGs only: decodes large ones at half size or less
        try:
            picture.load()
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise Refused("The picture is damaged or incomplete.") from error
        return _fitted(_in_srgb(ImageOps.exif_transpose(picture)))


def _reduced(width: int, height: int) -> tuple[int, int]:
    """The size to reduce a picture to; rounded up, so that a ratio just allowed stays so."""
    long, short = max(width, height), min(width, height)
    share = min(1.0, max(LONGEST_SIDE / long, SHORT_SIDE_KEPT / short))
    return math.ceil(width * share), math.ceil(height * share)


def _fitted(picture: Image.Image) -> Image.Image:
    wanted = _reduced(*picture.size)
    return picture if picture.size == wanted else picture.resize(wanted, Image.Resampling.LANCZOS)


def _check_size(width: int, height: int, shortest_side: int, longest_ratio: float | None) -> None:
    if width * height > MOST_MEGAPIXELS * 1_000_000:
        raise Refused(f"The picture is {width}×{height}; it must not exceed {MOST_MEGAPIXELS} megapixels.")
    if min(width, height) < shortest_side:
        raise Refused(f"The picture is {width}×{height}; its shorter side must be at least {shortest_side} pixels.")
    if longest_ratio is not None and max(width, height) > longest_ratio * min(width, height):
        raise Refused(
            f"The picture is {width}×{height}; its longer side must not exceed {longest_ratio:g} times the shorter."
        )


def _in_srgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bit grey, which Pillow would clip rather than scale
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    profile = picture.info.get("icc_profile")
    if picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    has_alpha = picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info
    wanted = "RGBA" if has_alpha else "RGB"
    if profile and picture.mode in ("RGB", "RGBA"):
        picture = _converted(picture, profile)
    return picture if picture.mode == wanted else picture.convert(wanted)


def _converted(picture: Image.Image, profile: bytes) -> Image.Image:
    """The colours as sRGB, which is what pixels without a profile mean; phones write Display P3."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a profile nobody can read: the pixels stand for themselves
    return turned if turned is not None else picture


def as_png(picture: Image.Image) -> bytes:
    """The pixels alone as PNG, quickly rather than small."""
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, "PNG", compress_level=1)
    return out.getvalue()


def answer(data: bytes, wish: dict[str, Any]) -> bytes:
    """The whole answer for `data` as the header says."""
    try:
        picture = upright(data, tuple(wish["formats"]), wish["shortest_side"], wish["longest_ratio"])
        png = as_png(picture)
    except Refused as refusal:
        return json.dumps({"refused": str(refusal)}).encode() + b"\n"
    except MemoryError:
        return json.dumps({"refused": "The picture needs too much memory."}).encode() + b"\n"
    return json.dumps({"width": picture.width, "height": picture.height}).encode() + b"\n" + png


if __name__ == "__main__":
    bind()
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read(), json.loads(sys.argv[1])))
