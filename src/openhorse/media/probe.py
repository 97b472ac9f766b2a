"""A film's file comes in, its facts go out, and a film that is not as promised is rejected. Knows no task.

Reads the file as a stranger would: by its boxes, its packets' times and its decoded sound.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from openhorse.errors import FilmRejected
from openhorse.media import sound
from openhorse.vocabulary import FRAME_RATE, SAMPLE_RATE

LOUDNESS_LUFS = (-18.0, -14.0)
PEAK_DBTP = -1.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What a film's file holds. `seconds` are the picture's.

    `is_even` says that the frames follow each other every 1/24 second from zero on, `is_bt709` that
    the colours are marked as such, limited range. `loudness` (LUFS) and `peak` (dBTP) are None in silence.
    """

    bytes: int
    sha256: str
    faststart: bool
    video_codec: str
    profile: str
    pixel_format: str
    is_bt709: bool
    width: int
    height: int
    frame_count: int
    frame_rate: Fraction
    is_even: bool
    seconds: float
    sound_codec: str | None
    channels: int
    sample_rate: int
    sound_seconds: float
    loudness: float | None
    peak: float | None
    comment: str

    @property
    def has_sound(self) -> bool:
        """Whether there is anything to hear."""
        return self.loudness is not None


def probe(path: Path) -> Facts:
    """The facts of the MP4 at `path`. Raises FilmRejected when it cannot be read as a film at all."""
    try:
        with av.open(str(path), "r", format="mp4") as film:
            found = _video_facts(film) | _sound_facts(film)
            found["comment"] = film.metadata.get("comment", "")
    except (av.FFmpegError, OSError, IndexError) as error:
        raise FilmRejected("The film's file cannot be read back.") from error
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Facts(bytes=path.stat().st_size, sha256=digest, faststart=_index_first(path), **found)


def _video_facts(film: InputContainer) -> dict[str, Any]:
    stream = film.streams.video[0]
    packets = [packet for packet in film.demux(stream) if packet.size]
    film.seek(0)
    picture = next(film.decode(stream))
    return {
        "video_codec": stream.codec_context.name,
        "profile": stream.codec_context.profile or "",
        "pixel_format": picture.format.name,
        "is_bt709": (picture.colorspace, picture.color_range) == (Colorspace.ITU709, ColorRange.MPEG),
        "width": picture.width,
        "height": picture.height,
        "frame_count": len(packets),
        "frame_rate": stream.average_rate or Fraction(0),
        "is_even": _is_even(stream, [packet.pts for packet in packets]),
        "seconds": _seconds(stream),
    }


def _is_even(stream: VideoStream, times: list[int | None]) -> bool:
    step = 1 / (FRAME_RATE * stream.time_base) if stream.time_base else 0
    return all(time == index * step for index, time in enumerate(sorted(time or 0 for time in times)))


def _seconds(stream: VideoStream | AudioStream) -> float:
    if stream.duration is None or stream.time_base is None:
        return 0.0
    return float(stream.duration * stream.time_base)


def _sound_facts(film: InputContainer) -> dict[str, Any]:
    if not film.streams.audio:
        return dict.fromkeys(("sound_codec", "loudness", "peak")) | {
            "channels": 0,
            "sample_rate": 0,
            "sound_seconds": 0.0,
        }
    stream = film.streams.audio[0]
    film.seek(0)
    samples = np.concatenate([frame.to_ndarray() for frame in film.decode(stream)], axis=1)
    loudness, peak = sound.measure(samples) if stream.rate == SAMPLE_RATE else (None, None)
    return {
        "sound_codec": stream.codec_context.name,
        "channels": stream.codec_context.channels,
        "sample_rate": stream.rate,
        "sound_seconds": _seconds(stream),
        "loudness": loudness,
        "peak": peak,
    }


def _index_first(path: Path) -> bool:
    """Whether the index (moov) lies before the pictures (mdat), so that playing can begin at once."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            if kind in (b"moov", b"mdat"):
                return bool(kind == b"moov")
            if size == 1:
                size = struct.unpack(">Q", file.read(8))[0] - 8
            file.seek(max(size - 8, 0), 1)
    return False


def check(facts: Facts, *, width: int, height: int, frame_count: int, silent: bool) -> None:
    """Refuse a film that is not exactly what was ordered. Raises FilmRejected naming every fault."""
    seconds = float(frame_count / FRAME_RATE)
    wanted = {
        "codec": facts.video_codec == "h264" and facts.profile == "High",
        "pixel format": facts.pixel_format == "yuv420p" and facts.is_bt709,
        "size": (facts.width, facts.height) == (width, height) and width % 2 == 0 and height % 2 == 0,
        "frame count": facts.frame_count == frame_count,
        "frame rate": facts.frame_rate == FRAME_RATE and facts.is_even,
        "length": abs(facts.seconds - seconds) < 1e-3,
        "faststart": facts.faststart,
        "sound format": (facts.sound_codec, facts.channels, facts.sample_rate) == ("aac", 2, SAMPLE_RATE),
        "sound length": abs(facts.sound_seconds - facts.seconds) <= float(1 / FRAME_RATE),
        "loudness": _loud_enough(facts, silent=silent),
        "provenance": facts.comment.startswith("OpenHorse"),
    }
    faults = [name for name, is_right in wanted.items() if not is_right]
    if faults:
        raise FilmRejected(f"The film failed its own inspection: {', '.join(faults)}.")


def _loud_enough(facts: Facts, *, silent: bool) -> bool:
    if facts.loudness is None or facts.peak is None:
        return silent
    quietest, loudest = LOUDNESS_LUFS
    is_mastered = quietest <= facts.loudness <= loudest or facts.loudness < sound.QUIET_LUFS + 1
    return not silent and is_mastered and facts.peak <= PEAK_DBTP
