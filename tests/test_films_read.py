"""A film's file that was made elsewhere, whatever it is: read as a clip, or refused with a sentence."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from openhorse.errors import FilmRejected
from openhorse.media.reading import read_clip
from openhorse.vocabulary import SAMPLE_RATE, Clip

WIDTH, HEIGHT = 160, 96
RED = (63, 102, 240)
"""BT.709's Y, U and V of red in limited range (ITU-R BT.709-6)."""


def film(path: Path, count: int = 12, rate: int = 24, **more: Any) -> Path:
    """A film, red in its upper left quarter, that grows brighter from frame to frame; a tone begins at 0.25 s."""
    codec, form = more.get("codec", "libx264"), more.get("form", "yuv420p")
    width, height = more.get("size", (WIDTH, HEIGHT))
    times: Sequence[int] | None = more.get("times")
    tick = Fraction(1, 1000) if times else Fraction(1, rate)
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=rate, options={"crf": "10", "x265-params": "log-level=none"})
        stream.width, stream.height, stream.pix_fmt = width, height, form
        stream.time_base = stream.codec_context.time_base = tick
        sound = more.get("sound", 2)
        voice = file.add_stream(more.get("voice", "aac"), rate=more.get("hertz", 48_000)) if sound else None
        if voice is not None:
            voice.layout = "mono" if sound == 1 else "stereo"
        for index in range(count):
            rgb = np.full((height, width, 3), 5 * index, np.uint8)
            rgb[: height // 2, : width // 2] = (255, 0, 0)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format=form)
            frame.pts, frame.time_base = times[index] if times else index, tick
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if voice is not None:
            at = np.arange(round(count / rate * voice.rate)) / voice.rate
            tone = more.get("level", 0.3) * np.sin(2 * np.pi * 440 * at) * (at >= 0.25)
            heard = av.AudioFrame.from_ndarray(np.stack([tone] * sound).astype(np.float32), "fltp", voice.layout.name)
            heard.sample_rate = voice.rate
            cut = av.AudioResampler(voice.format, voice.layout, voice.rate, voice.frame_size or 960)
            for part in (*cut.resample(heard), *cut.resample(None)):
                file.mux(voice.encode(part))
            file.mux(voice.encode(None))
    return path


def read(path: Path) -> Clip:
    """The film at `path`."""
    return read_clip(path, "omni", 7, ("from elsewhere",))


def colour(clip: Clip, x: int = 20, y: int = 20) -> tuple[int, int, int]:
    """Y, U and V of one pixel of the first frame."""
    first = next(iter(clip.frames))
    luma, u, v = (np.asarray(plane) for plane in (first.y, first.u, first.v))
    return int(luma[y, x]), int(u[y // 2, x // 2]), int(v[y // 2, x // 2])


def is_red(found: tuple[int, int, int]) -> bool:
    """Whether a pixel is the red that was written."""
    return all(abs(one - other) <= 4 for one, other in zip(found, RED, strict=True))


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("plain.mp4", {}),
        ("ten-bit.mp4", {"codec": "libx265", "form": "yuv420p10le"}),
        ("full-range.mp4", {"form": "yuvj420p"}),
        ("full-chroma.mp4", {"form": "yuv444p", "size": (162, 98)}),
        ("odd-sides.mp4", {"form": "yuv444p", "size": (161, 97)}),
        ("vp9.webm", {"codec": "libvpx-vp9", "voice": "libopus", "sound": 1}),
        ("mono.mp4", {"sound": 1, "hertz": 32_000}),
    ],
)
def test_odd_films_are_read(tmp_path: Path, name: str, more: dict[str, Any]) -> None:
    """Whatever pixels, codec and sound: even sides, our colours, every frame, stereo at 48 kHz in its place."""
    clip = read(film(tmp_path / name, **more))
    width, height = more.get("size", (WIDTH, HEIGHT))
    assert (clip.width, clip.height, clip.frame_count) == (width // 2 * 2, height // 2 * 2, 12)
    assert (clip.frame_rate, clip.engine, clip.seed, clip.notes) == (24, "omni", 7, ("from elsewhere",))
    assert is_red(colour(clip))
    greys = [int(np.asarray(frame.y)[-10, -10]) for frame in clip.frames]
    assert len(greys) == 12
    assert greys == sorted(greys)
    assert greys[-1] > greys[0] + 35
    heard = np.asarray(clip.sound)
    assert (heard.shape, heard.dtype) == ((2, 24_000), np.float32)
    begins = np.argmax(np.abs(heard) > 0.1, axis=1) / SAMPLE_RATE
    assert np.abs(begins - 0.25).max() < 1 / 24, "picture and sound keep their distance"


def test_colours_that_are_told_are_believed(tmp_path: Path) -> None:
    """A film of our own, tagged as BT.709, comes back as it went in."""
    path = tmp_path / "tagged.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=24, options={"crf": "4"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.colorspace = 1
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, value in zip(frame.planes, RED, strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts = 0
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    found = colour(read(path))
    assert max(abs(one - other) for one, other in zip(found, RED, strict=True)) <= 1


def test_frame_rate_is_the_films(tmp_path: Path) -> None:
    """25 stays 25, for the fitting to decide; a file without even steps gives 24 a second, each as it was seen."""
    assert read(film(tmp_path / "pal.mp4", 13, 25)).frame_rate == 25
    times = [0, 40, 200, 240, 260, 400, 420, 500, 700, 720, 800, 900]
    clip = read(film(tmp_path / "uneven.mp4", times=times))
    assert (clip.frame_rate, clip.frame_count) == (24, 24)
    greys = [int(np.asarray(frame.y)[-10, -10]) for frame in clip.frames]
    seen = [sum(time <= index * 1000 / 24 + 0.2 for time in times) - 1 for index in range(24)]
    assert [np.unique(greys).tolist().index(grey) for grey in greys] == [sorted(set(seen)).index(n) for n in seen]


def test_film_is_turned_upright(tmp_path: Path) -> None:
    """A matrix in its track header that turns it to the right puts the red quarter into the upper right."""
    path = film(tmp_path / "turned.mp4")
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # version 0: flags, times, id, duration, layer, volume (ISO/IEC 14496-12, 8.3.2)
    data[at : at + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, HEIGHT << 16, 0, 1 << 30)
    path.write_bytes(data)
    clip = read(path)
    assert (clip.width, clip.height) == (HEIGHT, WIDTH)
    assert is_red(colour(clip, HEIGHT - 20, 20))
    assert not is_red(colour(clip, 20, 20))


def test_no_track_and_a_track_of_zeros_are_silence(tmp_path: Path) -> None:
    """So that somebody gives it a sound."""
    assert read(film(tmp_path / "mute.mp4", sound=0)).sound is None
    assert read(film(tmp_path / "zeros.mp4", level=0.0)).sound is None


def test_frames_can_be_read_again(tmp_path: Path) -> None:
    """Each pass decodes anew, and sees the same."""
    clip = read(film(tmp_path / "film.mp4"))
    passes = [[bytes(frame.y) for frame in clip.frames] for _ in range(2)]
    assert passes[0] == passes[1]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "neither an MP4 nor a WebM"),
        (b"<html>502 Bad Gateway</html>", "neither an MP4 nor a WebM"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "neither an MP4 nor a WebM"),
        (b"ffconcat version 1.0\nfile 'other.mp4'\n", "neither an MP4 nor a WebM"),
        (b"\x00\x00\x00\x18ftypisom" + b"\xff" * 400, "cannot be read"),
        (b"\x1aE\xdf\xa3" + b"\x00" * 400, "cannot be read"),
    ],
)
def test_what_is_no_film_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    """Pages of errors, lists that name other files, empty boxes."""
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    with pytest.raises(FilmRejected, match=words):
        read(path)


def test_sound_alone_and_pictures_too_small_are_refused(tmp_path: Path) -> None:
    """A film has pictures, of a size that can be scaled."""
    with pytest.raises(FilmRejected, match="32×32 pixels"):
        read(film(tmp_path / "tiny.mp4", size=(32, 32)))
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as file:
        voice = file.add_stream("aac", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        frame.sample_rate = 48_000
        file.mux(voice.encode(frame))
        file.mux(voice.encode(None))
    with pytest.raises(FilmRejected, match="no pictures"):
        read(path)


def test_longest_film_is_bounded(tmp_path: Path) -> None:
    """What says that it lasts for minutes is refused before it is decoded."""
    with pytest.raises(FilmRejected, match="longer than 60 seconds"):
        read(film(tmp_path / "long.mp4", 4, times=[0, 1000, 2000, 100_000], sound=0))


def test_damaged_films_are_refused_or_whole(tmp_path: Path) -> None:
    """Half a file, and a file with holes, end in a sentence or in every frame promised, never in anything else."""
    whole = film(tmp_path / "film.mp4", 24).read_bytes()
    path = tmp_path / "broken.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FilmRejected):
        read(path)
    random = np.random.default_rng(7)
    ends = set()
    for _ in range(24):
        data = bytearray(whole)
        start = int(random.integers(32, len(data) - 200))
        data[start : start + 60] = random.integers(0, 256, 60, np.uint8).tobytes()
        path.write_bytes(data)
        try:
            clip = read(path)
            assert sum(1 for _ in clip.frames) == clip.frame_count
            ends.add("whole")
        except FilmRejected:
            ends.add("refused")
    assert ends == {"whole", "refused"}
