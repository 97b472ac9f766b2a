"""A film's file that was made elsewhere comes in, a Clip goes out, its frames decoded as they are drawn.

Knows no order and no server. Nothing is believed of the file: which formats and codecs are opened at all is decided by
its first bytes and a list, its frames are counted by their packets, and its size and length are bounded. What a decoder
takes in time and memory the process has to bound that this runs in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream

from openhorse.errors import FilmRejected
from openhorse.media.surfaces import framed, planes_of
from openhorse.media.tracks import Samples, lasting
from openhorse.vocabulary import FRAME_RATE, SAMPLE_RATE, Clip, Frame

MOST_SECONDS = 60
LONGEST_SIDE = 4096
SHORTEST_SIDE = 64
MOST_PIXELS = 4096 * 2304
MOST_FRAMES = MOST_SECONDS * 120
MOST_STREAMS = 8
MISSING_FRAMES = 2
"""How many frames at the end may turn out damaged: the one before stays in their place."""

_VIDEO_CODECS = "h264,hevc,av1,libdav1d,vp8,vp9,libvpx,libvpx-vp9,mpeg4,mjpeg,prores"
_SOUND_CODECS = "aac,mp3,mp3float,opus,libopus,vorbis,flac,ac3,pcm_s16le,pcm_s16be,pcm_s24le,pcm_f32le"
_OPTIONS = {"protocol_whitelist": "file", "codec_whitelist": f"{_VIDEO_CODECS},{_SOUND_CODECS}"}
_EXACTLY = Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INT | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
_HIGH_DYNAMIC_RANGE = (16, 18)  # PQ and HLG, as ITU-T H.273 numbers transfer characteristics
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
}
_UNTOLD = Colorspace.ITU601
"""Of colours that are not told: what FFmpeg makes of red, green and blue where nobody says which, at any size, and so
what inference servers write."""
_TICK = 1e-4
_EVEN = Fraction(1, 4)
"""How far from its place a frame may be, in frames, for the clip to have one rate."""


def read_clip(path: Path, engine: str, seed: int, notes: tuple[str, ...] = ()) -> Clip:
    """The MP4, MOV, WebM or Matroska film at `path` as a clip that `engine` made of `seed`.

    Its own frame rate where it has one, else 24 frames a second are picked; upright, square pixels, even sides, BT.709.
    Its frames can be drawn any number of times, while the file stays. Sound is None when it has no track, or nothing
    but zeros in it. Raises FilmRejected for what is no film, damaged, or out of bounds, also while frames are drawn.
    """
    with _opened(path) as film:
        stream = _picture_stream(film)
        beats = _beats(film, stream)
        reading = _Reading(path, stream.index, _look(film, stream), beats)
    sound = _sound(path, beats.start)
    length = round(beats.count / beats.rate * SAMPLE_RATE)
    return Clip(
        width=reading.look.size[0],
        height=reading.look.size[1],
        frame_count=beats.count,
        frames=reading,
        sound=None if sound is None else lasting(sound, length).data,
        engine=engine,
        seed=seed,
        notes=notes,
        frame_rate=beats.rate,
    )


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    """The file, opened as what its first bytes say it is, never as a list that names other files."""
    with path.open("rb") as file:
        head = file.read(12)
    kind = "mp4" if head[4:8] == b"ftyp" else "matroska" if head[:4] == b"\x1aE\xdf\xa3" else None
    if kind is None:
        raise FilmRejected("What the engine sent is neither an MP4 nor a WebM film.")
    try:
        with av.open(str(path), "r", format=kind, options=_OPTIONS) as film:
            yield film
    except (av.FFmpegError, ValueError, IndexError, OverflowError) as error:
        raise FilmRejected("The film that the engine sent cannot be read.") from error


def _picture_stream(film: InputContainer) -> VideoStream:
    if len(film.streams) > MOST_STREAMS:
        raise FilmRejected(f"The film that the engine sent has {len(film.streams)} tracks.")
    found = [stream for stream in film.streams.video if not stream.disposition & stream.disposition.attached_pic]
    if any(stream.codec_context is None for stream in (*found, *film.streams.audio)):
        raise FilmRejected("The film that the engine sent is in a codec that is not read.")
    if not found:
        raise FilmRejected("What the engine sent has no pictures.")
    width, height = found[0].codec_context.width, found[0].codec_context.height
    is_fit = min(width, height) >= SHORTEST_SIDE and max(width, height) <= LONGEST_SIDE
    if not is_fit or width * height > MOST_PIXELS:
        raise FilmRejected(f"The film that the engine sent is {width}×{height} pixels.")
    return found[0]


@dataclass(frozen=True, slots=True)
class _Beats:
    """When frames are shown: `times` in seconds, sorted, from the file's own `start` on. `is_even` at one `rate`."""

    times: tuple[float, ...]
    start: float
    rate: Fraction
    is_even: bool

    @property
    def count(self) -> int:
        """Frames of the clip: all of them, or so many as its length holds at its rate."""
        if self.is_even:
            return len(self.times)
        step = (self.times[-1] - self.times[0]) / max(1, len(self.times) - 1)
        return max(1, round((self.times[-1] + step) * self.rate))


def _beats(film: InputContainer, stream: VideoStream) -> _Beats:
    if stream.time_base is None:
        raise FilmRejected("The film that the engine sent has no times.")
    found: list[float] = []
    for packet in film.demux(stream):
        if packet.size and not packet.is_discard and packet.pts is not None:
            found.append(float(packet.pts * stream.time_base))
        if len(found) > MOST_FRAMES:
            raise FilmRejected(f"The film that the engine sent has more than {MOST_FRAMES} frames.")
    if not found:
        raise FilmRejected("What the engine sent has no pictures.")
    found.sort()
    if found[-1] - found[0] > MOST_SECONDS:
        raise FilmRejected(f"The film that the engine sent is longer than {MOST_SECONDS} seconds.")
    times = tuple(time - found[0] for time in found)
    rate = _rate(times, stream.average_rate)
    is_even = all(abs(time * rate - index) <= _EVEN for index, time in enumerate(times))
    return _Beats(times, found[0], rate if is_even else FRAME_RATE, is_even)


def _rate(times: tuple[float, ...], told: Fraction | None) -> Fraction:
    """Frames a second as they come; as the file tells it where that is about the same."""
    if len(times) < 2 or times[-1] <= 0:
        return FRAME_RATE
    counted = Fraction((len(times) - 1) / times[-1]).limit_denominator(1001)
    near = [rate for rate in (FRAME_RATE, told) if rate and abs(rate / counted - 1) < Fraction(1, 1000)]
    return near[0] if near else counted


@dataclass(frozen=True, slots=True)
class _Look:
    """How frames are shown: even `width` and `height` with square pixels, then `turns` of a quarter to the left."""

    width: int
    height: int
    turns: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height once turned."""
        return (self.height, self.width) if self.turns % 2 else (self.width, self.height)


def _look(film: InputContainer, stream: VideoStream) -> _Look:
    film.seek(0)
    first = next(film.decode(stream), None)
    if first is None:
        raise FilmRejected("The film that the engine sent cannot be decoded.")
    if first.color_trc in _HIGH_DYNAMIC_RANGE:
        raise FilmRejected("The film that the engine sent has high dynamic range, which is not read.")
    shape = stream.sample_aspect_ratio or Fraction(1)
    width = first.width
    if Fraction(1, 4) <= shape <= 4:
        width = min(round(width * shape), LONGEST_SIDE)
    return _Look(width // 2 * 2, first.height // 2 * 2, round(first.rotation / 90) % 4)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The frames of a file, decoded anew whenever they are asked for."""

    path: Path
    stream: int
    look: _Look
    beats: _Beats

    def __iter__(self) -> Iterator[Frame]:
        count = self.beats.count
        number = 0
        shown = None
        for number, surface in enumerate(self._picked(), start=1):
            shown = surface
            yield self._frame(surface)
            if number == count:
                return
        if shown is None or number + MISSING_FRAMES < count:
            raise FilmRejected(f"The film that the engine sent is damaged after {number} of {count} frames.")
        yield from (self._frame(shown) for _ in range(count - number))

    def _picked(self) -> Iterator[av.VideoFrame]:
        """One surface for each frame of the clip: every one, or what is to be seen when its time has come."""
        if self.beats.is_even:
            yield from self._decoded()
            return
        due = 0
        before = None
        for time, surface in zip(self.beats.times, self._decoded(), strict=False):
            while before is not None and due / FRAME_RATE < time - _TICK:
                yield before
                due += 1
            before = surface
        while before is not None and due < self.beats.count:
            yield before
            due += 1

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """As far as they can be."""
        with _opened(self.path) as film:
            stream = film.streams[self.stream]
            assert isinstance(stream, VideoStream)
            stream.thread_type = "AUTO"
            try:
                yield from film.decode(stream)
            except av.FFmpegError:
                return

    def _frame(self, surface: av.VideoFrame) -> Frame:
        upright = surface.reformat(
            width=self.look.width,
            height=self.look.height,
            format="yuv420p",
            src_colorspace=_MATRICES.get(int(surface.colorspace), _UNTOLD),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if surface.color_range == ColorRange.JPEG else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=_EXACTLY,
        )
        return framed([np.rot90(plane, self.look.turns) for plane in planes_of(upright)])


def _sound(path: Path, start: float) -> Samples | None:
    """The first sound track as 2 × n float32 at 48 kHz, from the moment `start` of the file on; None for silence."""
    with _opened(path) as film:
        if not film.streams.audio:
            return None
        blocks: list[Samples] = []
        first = None
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        for frame in film.decode(film.streams.audio[0]):
            first = frame.time if first is None else first
            blocks += _blocks(resampler, frame)
            if frame.time is not None and frame.time - start > MOST_SECONDS:
                break
        blocks += _blocks(resampler, None)
    if not blocks:
        return None
    samples = np.nan_to_num(np.concatenate(blocks, axis=1), posinf=0.0, neginf=0.0)
    late = round(((first or 0.0) - start) * SAMPLE_RATE)
    late = min(max(late, -samples.shape[1]), MOST_SECONDS * SAMPLE_RATE)
    placed = np.pad(samples, ((0, 0), (late, 0))) if late > 0 else samples[:, -late:]
    return np.ascontiguousarray(placed, np.float32) if placed.any() else None


def _blocks(resampler: av.AudioResampler, frame: av.AudioFrame | None) -> list[Samples]:
    return [np.asarray(block.to_ndarray(), np.float32) for block in resampler.resample(frame)]
