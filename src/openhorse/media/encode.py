"""A Clip comes in, an MP4 film lies at a path: the one deliverable form. Knows no order, task or store.

H.264 High in 4:2:0 with BT.709 tags, AAC-LC stereo at 48 kHz, the index in front (faststart).
"""

from __future__ import annotations

import dataclasses
import io
import logging
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from openhorse.errors import EngineFailed
from openhorse.media import sound
from openhorse.media.stills import jpeg_of, stills_of
from openhorse.media.surfaces import surface_of
from openhorse.vocabulary import SAMPLE_RATE, Clip, Frame, Glimpse, Progress, Show

PEAK_DBTP = -1.0
"""Highest true peak in the finished file, after AAC has moved the samples a little."""

SOUND_BITRATE = 192_000

_VIDEO_OPTIONS = {
    "preset": "veryfast",
    "crf": "20",
    "profile": "high",
    # The first frame is the still that image-to-video promises to begin with: code it finer.
    # A key frame every two seconds lets players seek.
    "x264-params": "zones=0,0,q=14:keyint=48",
}
_SOUND_PASSES = 4
_AAC_FRAME = 1024

_log = logging.getLogger(__name__)


def write_film(
    clip: Clip, path: Path, metadata: Mapping[str, str], progress: Progress | None = None, show: Show | None = None
) -> float | None:
    """Code `clip` into an MP4 at `path`, mastering its sound; `metadata` goes into the file as it is.

    Returns the film's loudness in LUFS, None when there is nothing to hear. A clip
    without sound gets a silent track of its length. `progress` is told the share of frames written;
    `show` is told a few frames on the way, from another thread, the last one before this returns.
    Raises EngineFailed when the frames or the sound are not as the clip says, and lets Cancelled
    through; then nothing is left at `path`.
    """
    try:
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as film:
            film.metadata.update(metadata)
            picture = _picture_stream(film, clip)
            voice = _sound_stream(film)
            with ThreadPoolExecutor(2, thread_name_prefix="encode") as threads:
                # what is heard is mastered, and the last picture coded, while the next is drawn
                sounding = threads.submit(_sound, voice, clip)
                frames = _watched(_video_frames(clip), clip, progress, show, threads)
                _mux(film, _picture_packets(picture, frames, threads), sounding)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return sounding.result().loudness


def _mux(film: OutputContainer, pictures: Iterator[Packet[VideoStream]], sounding: Future[_Sounding]) -> None:
    """Write both in the order of their time, so that a player never has to look far ahead.

    Pictures are held until the sound is there: the file does not depend on which is sooner.
    """
    held: deque[Packet[VideoStream]] = deque()
    sounds: deque[Packet[AudioStream]] | None = None
    for packet in pictures:
        held.append(packet)
        if sounds is None and sounding.done():
            sounds = deque(sounding.result().packets)
        if sounds is not None:
            _write(film, held, sounds)
    if sounds is None:
        sounds = deque(sounding.result().packets)
    _write(film, held, sounds)
    for sound_packet in sounds:
        film.mux(sound_packet)


def _write(film: OutputContainer, held: deque[Packet[VideoStream]], sounds: deque[Packet[AudioStream]]) -> None:
    """Every picture held, each after the sound that is not later."""
    while held:
        packet = held.popleft()
        while sounds and _seconds(sounds[0]) <= _seconds(packet):
            film.mux(sounds.popleft())
        film.mux(packet)


def _seconds(packet: Packet[VideoStream] | Packet[AudioStream]) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base


def _picture_stream(film: OutputContainer, clip: Clip) -> VideoStream:
    stream = film.add_stream("libx264", rate=clip.frame_rate, options=dict(_VIDEO_OPTIONS))
    stream.width = clip.width
    stream.height = clip.height
    stream.pix_fmt = "yuv420p"
    stream.time_base = 1 / clip.frame_rate
    coder = stream.codec_context
    coder.time_base = 1 / clip.frame_rate
    coder.color_range = ColorRange.MPEG
    coder.color_primaries = ColorPrimaries.BT709
    coder.color_trc = ColorTrc.BT709
    coder.colorspace = Colorspace.ITU709
    return stream


def _picture_packets(
    stream: VideoStream, frames: Iterator[av.VideoFrame], threads: Executor
) -> Iterator[Packet[VideoStream]]:
    coding: Future[list[Packet[VideoStream]]] | None = None
    for frame in frames:
        if coding is not None:
            yield from coding.result()
        coding = threads.submit(stream.encode, frame)
    if coding is not None:
        yield from coding.result()
    yield from stream.encode(None)


def _watched(
    frames: Iterator[av.VideoFrame], clip: Clip, progress: Progress | None, show: Show | None, threads: Executor
) -> Iterator[av.VideoFrame]:
    """The frames as they come, with those who watch told of them once they are on their way to the file."""
    wanted = stills_of(clip.frame_count)
    for index, frame in enumerate(frames):
        yield frame
        if show is not None:
            for name in wanted.get(index, ()):
                threads.submit(_show, show, name, float(index / clip.frame_rate), frame)
        if progress is not None:
            progress((index + 1) / clip.frame_count)


def _show(show: Show, name: str, seconds: float, frame: av.VideoFrame) -> None:
    try:
        show(Glimpse(name, seconds, jpeg_of(frame, name)))
    except Exception:  # noqa: BLE001 - a film is not worse for a still that cannot be had
        _log.exception("no still %r of a film", name)


def _video_frames(clip: Clip) -> Iterator[av.VideoFrame]:
    """Exactly as many as the clip promises. Raises EngineFailed."""
    count = 0
    for count, frame in enumerate(clip.frames, start=1):
        if count > clip.frame_count:
            break
        yield _video_frame(frame, clip, count - 1)
    if count != clip.frame_count:
        raise EngineFailed(f"The engine drew {count} frames instead of {clip.frame_count}.")


def _video_frame(frame: Frame, clip: Clip, index: int) -> av.VideoFrame:
    out = surface_of(frame, clip.width, clip.height)
    out.pts = index
    out.time_base = 1 / clip.frame_rate
    return out


def _sound_stream(film: OutputContainer) -> AudioStream:
    stream = film.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", format="fltp")
    stream.bit_rate = SOUND_BITRATE
    return stream


@dataclasses.dataclass(frozen=True, slots=True)
class _Sounding:
    """The loudness of the mastered sound in LUFS, None when it is silent, and its packets."""

    loudness: float | None
    packets: list[Packet[AudioStream]]


def _sound(stream: AudioStream, clip: Clip) -> _Sounding:
    mastered = _film_sound(clip)
    return _Sounding(mastered.loudness, list(_sound_packets(stream, mastered.samples)))


def _sound_packets(stream: AudioStream, samples: NDArray[np.float32]) -> Iterator[Packet[AudioStream]]:
    for start in range(0, samples.shape[1], _AAC_FRAME):
        block = np.ascontiguousarray(samples[:, start : start + _AAC_FRAME])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.time_base = Fraction(1, SAMPLE_RATE)
        frame.pts = start
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _film_sound(clip: Clip) -> sound.Mastered:
    """The clip's sound, mastered and exactly as long as its picture; measured as it is heard after AAC."""
    length = round(clip.frame_count / clip.frame_rate * SAMPLE_RATE)
    if clip.sound is None:
        return sound.master(np.zeros((2, length), np.float32))
    samples = np.asarray(clip.sound, np.float32)
    if samples.shape != (2, length):
        raise EngineFailed(f"The engine made sound of shape {samples.shape} instead of (2, {length}).")
    # AAC keeps spectra rather than wave forms: peaks come out higher than they went in, and noise a
    # little quieter. So what counts is what is heard, and the way in is corrected until it is right.
    target, ceiling = sound.TARGET_LUFS, sound.CEILING_DBTP
    for _ in range(_SOUND_PASSES):
        mastered = sound.master(samples, target=target, ceiling=ceiling)
        if mastered.loudness is None:
            return mastered
        loudness, peak = sound.measure(_heard(mastered.samples))
        heard = dataclasses.replace(mastered, loudness=loudness, peak=peak)
        if (
            loudness is None
            or peak is None
            or mastered.loudness < sound.QUIET_LUFS
            or (abs(loudness - sound.TARGET_LUFS) < 0.3 and peak <= PEAK_DBTP)
        ):
            break
        target += sound.TARGET_LUFS - loudness
        ceiling -= max(0.0, peak - PEAK_DBTP + 0.1)
    return heard


def _heard(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The samples as they sound after AAC."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        stream = _sound_stream(film)
        for packet in _sound_packets(stream, samples):
            film.mux(packet)
    file.seek(0)
    with av.open(file, "r") as film:
        blocks = [frame.to_ndarray() for frame in film.decode(audio=0)]
    return np.concatenate(blocks, axis=1)
