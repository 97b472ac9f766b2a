"""Pictures that somebody sent: what is accepted, what it becomes, what is refused and why."""

from __future__ import annotations

import base64
import io
import struct
import subprocess
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms

from openhorse.errors import PictureRefused, RequestTooLarge
from openhorse.media import inputs
from openhorse.media.inputs import decode, read_data_url, vet
from openhorse.vocabulary import PictureLimits

LIMITS = PictureLimits()
RED, BLUE = (200, 10, 10), (10, 10, 200)


def coded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The picture's file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def two_halves(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture.convert(mode)


def pixel(png: bytes, x: int, y: int) -> tuple[int, ...]:
    """One pixel as the engine sees it."""
    picture = decode(png)
    return tuple(picture.pixels[y, x, channel] for channel in range(4))


def bomb(width: int, height: int) -> bytes:
    """A tiny PNG whose header promises many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + width) * height), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_ordinary_picture_becomes_png(kind: str) -> None:
    """Each accepted format arrives as PNG with its size, colours and hash."""
    vetted = vet(coded(two_halves(), kind), LIMITS)
    assert vetted.png.startswith(b"\x89PNG")
    assert (vetted.width, vetted.height) == (400, 300)
    assert all(abs(a - b) < 12 for a, b in zip(pixel(vetted.png, 50, 150), (*RED, 255), strict=True))
    assert vetted == vet(coded(two_halves(), kind), LIMITS)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "I;16"])
def test_unusual_pixels_are_converted_not_clipped(mode: str) -> None:
    """Grey, palettes, ink and 16 bit all become 8 bit RGB of the same look."""
    if mode == "I;16":
        picture = Image.frombytes("I;16", (300, 300), struct.pack("<H", 32896) * 90000)
    else:
        picture = Image.new("RGB", (300, 300), (128, 128, 128)).convert(mode)
    vetted = vet(coded(picture, "JPEG" if mode == "CMYK" else "PNG"), LIMITS)
    picture_back = decode(vetted.png)
    mean = sum(picture_back.pixels[y, x, 0] for y in range(20) for x in range(20)) / 400
    assert abs(mean - 128) < 30
    assert not picture_back.has_alpha


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_alpha_is_kept(kind: str) -> None:
    """A cut-out stays one."""
    picture = two_halves(mode="RGBA")
    picture.putalpha(Image.new("L", picture.size, 77))
    vetted = vet(coded(picture, kind, lossless=True), LIMITS)
    assert decode(vetted.png).has_alpha
    assert pixel(vetted.png, 10, 10) == (*RED, 77)


def test_camera_rotation_is_applied_and_metadata_dropped() -> None:
    """A phone held upright gives an upright picture, and where it was taken stays private."""
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90° clockwise to view
    exif[0x010E] = "SECRET PLACE"
    vetted = vet(coded(two_halves(800, 600), "JPEG", exif=exif, comment=b"SECRET PLACE"), LIMITS)
    assert (vetted.width, vetted.height) == (600, 800)
    top, bottom = pixel(vetted.png, 300, 50), pixel(vetted.png, 300, 750)
    assert top[0] > 150 > bottom[0]
    assert b"SECRET" not in vetted.png
    assert b"eXIf" not in vetted.png
    assert b"tEXt" not in vetted.png


def test_colour_profile_is_applied_and_dropped() -> None:
    """Pixels with a profile are turned into sRGB; one that nobody can read is ignored."""
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = vet(coded(two_halves(), icc_profile=lab_like), LIMITS)
    broken = vet(coded(two_halves(), icc_profile=b"nonsense"), LIMITS)
    assert b"iCCP" not in kept.png
    assert pixel(kept.png, 10, 10) == pixel(broken.png, 10, 10) == (*RED, 255)


def test_large_picture_is_reduced_and_keeps_an_allowed_ratio() -> None:
    """Nothing reaches the engine with more pixels than a film could ever show."""
    vetted = vet(coded(Image.new("L", (10_000, 4_000)), "JPEG"), LIMITS)
    assert (vetted.width, vetted.height) == (4096, 1639)
    assert vetted.width <= 2.5 * vetted.height


def test_heavy_photograph_is_fine() -> None:
    """A 19 MB JPEG under 50 megapixels is an ordinary photograph."""
    noise = Image.effect_noise((5_000, 3_700), 90)
    data = coded(Image.merge("RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise)), "JPEG", quality=93)
    assert 17_000_000 < len(data) < LIMITS.bytes
    assert vet(data, LIMITS).width == 4096


def test_second_picture_of_a_phone_is_not_an_animation() -> None:
    """A JPEG with a depth or gain map inside (MPO) counts as its first picture."""
    data = coded(two_halves(), "MPO", save_all=True, append_images=[two_halves()])
    assert vet(data, LIMITS).width == 400


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "must be JPEG, PNG or WEBP"),
        (b"hello, I am a picture", "must be JPEG"),
        (coded(two_halves(), "GIF"), "must be JPEG"),
        (coded(two_halves(), "TIFF"), "must be JPEG"),
        (coded(two_halves(), "BMP"), "must be JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "must be JPEG"),
        (coded(two_halves())[:40], "not a readable"),
        (coded(two_halves(800, 600), "JPEG", quality=95)[:6000], "damaged or incomplete"),
        (coded(two_halves(mode="L"))[:-60], "damaged or incomplete"),
        (b"\xff\xd8\xff" + bytes(1000), "not a readable"),
        (coded(two_halves(299, 400)), "at least 300"),
        (coded(two_halves(1000, 399)), "2.5 times"),
        (coded(two_halves(), "PNG", save_all=True, append_images=[two_halves(mode="L")]), "animated"),
        (coded(two_halves(), "WEBP", save_all=True, append_images=[Image.new("RGB", (400, 300))]), "animated"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)}bytes",
)
def test_bad_picture_is_refused_in_plain_words(data: bytes, words: str) -> None:
    """Every refusal says what would be accepted."""
    with pytest.raises(PictureRefused, match=words):
        vet(data, LIMITS)


def test_bomb_is_refused_by_its_header() -> None:
    """A small file that unpacks to gigabytes is never unpacked."""
    data = bomb(12_000, 12_000)
    assert len(data) < 1_000_000
    with pytest.raises(PictureRefused, match="50 megapixels"):
        vet(data, LIMITS)


def test_size_is_judged_before_the_decoder_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes cost nothing."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a decoder was started")

    monkeypatch.setattr(subprocess, "run", never)
    with pytest.raises(PictureRefused, match="20,000,000 bytes"):
        vet(bytes(LIMITS.bytes + 1), LIMITS)


def test_limits_are_the_models() -> None:
    """Another model accepts other formats, sides and ratios."""
    loose = PictureLimits(formats=("PNG", "BMP"), shortest_side=10, longest_ratio=None)
    assert vet(coded(two_halves(1000, 20), "BMP"), loose).height == 20
    with pytest.raises(PictureRefused, match="must be PNG or BMP"):
        vet(coded(two_halves(), "JPEG"), loose)


def test_decoder_that_hangs_or_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """What a hostile file does to its decoder happens to the decoder alone."""
    hanging = tmp_path / "hanging.py"
    hanging.write_text("while True: pass")
    dying = tmp_path / "dying.py"
    dying.write_text("import os; os.abort()")
    monkeypatch.setattr(inputs, "DECODE_SECONDS", 0.2)
    monkeypatch.setattr(inputs, "_DECODER", hanging)
    with pytest.raises(PictureRefused, match="too long"):
        vet(coded(two_halves()), LIMITS)
    monkeypatch.setattr(inputs, "DECODE_SECONDS", 60)
    monkeypatch.setattr(inputs, "_DECODER", dying)
    with pytest.raises(PictureRefused, match="could not be decoded"):
        vet(coded(two_halves()), LIMITS)


def test_data_url_is_read() -> None:
    """The bytes inside come out, whatever the case of the words around them."""
    text = "data:image/png;base64," + base64.b64encode(b"12345").decode()
    assert read_data_url(text, 5) == b"12345"
    assert read_data_url(text.replace("data:image/png;base64", "DATA:Image/PNG;BASE64"), 5) == b"12345"


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png,rawbytes",
        "data:text/html;base64,AAAA",
        "data:;base64,AAAA",
        "data:image/png;base64,",
        "data:image/png;base64,AAA",
        "data:image/png;base64,AA AA",
        "data:image/png;base64,AAAA\n",
        "data:image/png;base64,AA-_",
        "data:image/png;base64,%41AAA",
        "data:image/png;base64,ÄÄÄÄ",
        "data:image/png;base64,AAAA====",
        " data:image/png;base64,AAAA",
        "https://good.test/a.png",
    ],
)
def test_data_url_is_read_strictly(text: str) -> None:
    """Nothing is guessed or skipped."""
    with pytest.raises(PictureRefused):
        read_data_url(text, 100)


def test_data_url_past_the_limit_is_too_large() -> None:
    """Its size is known before it is decoded."""
    text = "data:image/png;base64," + base64.b64encode(bytes(101)).decode()
    assert len(read_data_url(text, 101)) == 101
    with pytest.raises(RequestTooLarge):
        read_data_url(text, 98)
