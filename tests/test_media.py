"""The film as a file: what is written, what the probe finds, and what it does not let pass."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.errors import Cancelled, EngineFailed, FilmRejected
from openhorse.media import encode
from openhorse.media.encode import write_film
from openhorse.media.probe import Facts, check, probe
from openhorse.media.provenance import Origin, tags
from openhorse.media.watermark import marked
from openhorse.vocabulary import SAMPLE_RATE, Clip, Frame

WIDTH, HEIGHT, FRAMES = 320, 180, 48
WANTED: dict[str, Any] = {"width": WIDTH, "height": HEIGHT, "frame_count": FRAMES, "silent": False}


def luma(index: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A texture that moves to the left by two pixels a frame."""
    texture = np.random.default_rng(3).normal(0, 1, (height, width))
    smooth = sum(np.roll(texture, (row, column), (0, 1)) for row in range(4) for column in range(4))
    moved = np.roll(smooth, -2 * index, axis=1)
    return np.clip(126 + 20 * moved, 16, 235).astype(np.uint8)


def drawn(count: int, width: int = WIDTH, height: int = HEIGHT) -> Iterator[Frame]:
    """`count` frames, in buffers that are used again for the next one."""
    y = np.empty((height, width), np.uint8)
    chroma = np.full((height // 2, width // 2), 120, np.uint8)
    for index in range(count):
        y[:] = luma(index, width, height)
        yield Frame(y.data, chroma.data, chroma.data)


def noise(count: int) -> NDArray[np.float32]:
    """Sound for `count` frames: wind and one loud click a second."""
    generator = np.random.default_rng(5)
    sound = generator.normal(0, 0.01, (2, count * SAMPLE_RATE // 24)).astype(np.float32)
    sound[:, SAMPLE_RATE // 2 :: SAMPLE_RATE] = 1.0
    return sound


def clip(count: int = FRAMES, **changes: Any) -> Clip:
    """A moving texture with sound."""
    made = Clip(WIDTH, HEIGHT, count, drawn(count), noise(count).data, "procedural", 42)
    return dataclasses.replace(made, **changes)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One ordinary film."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    assert write_film(clip(), path, tags(Origin("procedural", 42, "a horse"))) == pytest.approx(-16, abs=0.5)
    return path


@pytest.fixture(scope="module")
def facts(film: Path) -> Facts:
    """Its facts."""
    return probe(film)


def test_film_is_what_was_promised(facts: Facts) -> None:
    """Codec, size, count, rate, sound, loudness and provenance as the issue's eighth point says."""
    check(facts, **WANTED)
    assert (facts.video_codec, facts.profile, facts.pixel_format) == ("h264", "High", "yuv420p")
    assert facts.is_bt709
    assert (facts.frame_count, facts.frame_rate, facts.seconds) == (FRAMES, 24, 2.0)
    assert (facts.sound_codec, facts.channels, facts.sample_rate) == ("aac", 2, 48_000)
    assert facts.sound_seconds == pytest.approx(2.0, abs=1e-3)
    assert facts.loudness == pytest.approx(-16, abs=0.5)
    assert facts.peak is not None
    assert facts.peak <= -1.0
    assert facts.comment.startswith("OpenHorse; engine procedural; seed 42; prompt_sha256 ")
    assert facts.faststart


def test_sound_is_not_shifted_by_the_coder(film: Path) -> None:
    """The click of the first half second is heard in the first half second, to the millisecond."""
    with av.open(str(film), "r") as opened:
        heard = np.concatenate([frame.to_ndarray() for frame in opened.decode(audio=0)], axis=1)
    assert abs(int(np.abs(heard[0, :SAMPLE_RATE]).argmax()) - SAMPLE_RATE // 2) < SAMPLE_RATE // 1000
    assert abs(heard.shape[1] - 2 * SAMPLE_RATE) <= SAMPLE_RATE // 24


def first_frame_quality(path: Path) -> float:
    """PSNR of the first frame's luma in dB."""
    with av.open(str(path), "r") as opened:
        first = next(opened.decode(video=0)).to_ndarray()[:HEIGHT]
    return float(10 * np.log10(255**2 / np.mean((first.astype(float) - luma(0)) ** 2)))


def test_first_frame_is_coded_finer(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The still that a film begins with comes out clearly better than the quality setting alone gives."""
    plain = tmp_path / "plain.mp4"
    monkeypatch.delitem(encode._VIDEO_OPTIONS, "x264-params")
    write_film(clip(8), plain, {})
    assert first_frame_quality(film) > 45
    assert first_frame_quality(film) > first_frame_quality(plain) + 4


def test_pictures_and_sound_lie_side_by_side(film: Path) -> None:
    """A player never has to look more than a second ahead for the other track."""
    clocks = {"video": 0.0, "audio": 0.0}
    with av.open(str(film), "r") as opened:
        for packet in opened.demux():
            if packet.dts is not None and packet.stream.type in clocks:
                clocks[packet.stream.type] = float(packet.dts * packet.time_base)
                assert abs(clocks["video"] - clocks["audio"]) < 1.0


def test_silent_scene_has_a_silent_track(tmp_path: Path) -> None:
    """Without sound, and with sound that nobody hears, the track is there and holds nothing."""
    for number, sound in enumerate((None, (noise(8) * 1e-9).data)):
        path = tmp_path / f"{number}.mp4"
        assert write_film(clip(8, sound=sound), path, tags(Origin("procedural", 1, "a horse"))) is None
        facts = probe(path)
        assert (facts.has_sound, facts.loudness, facts.peak) == (False, None, None)
        check(facts, width=WIDTH, height=HEIGHT, frame_count=8, silent=True)
        with pytest.raises(FilmRejected, match="loudness"):
            check(facts, width=WIDTH, height=HEIGHT, frame_count=8, silent=False)


def test_upright_film_of_odd_strides_is_written(tmp_path: Path) -> None:
    """A width that is no multiple of the coder's line keeps its columns."""
    path = tmp_path / "film.mp4"
    made = Clip(234, 418, 3, drawn(3, 234, 418), noise(3).data, "procedural", 1)
    write_film(made, path, tags(Origin("procedural", 1, "a horse")))
    check(probe(path), width=234, height=418, frame_count=3, silent=False)
    with av.open(str(path), "r") as opened:
        first = next(opened.decode(video=0)).to_ndarray(format="gray")
    assert np.abs(first.astype(float) - luma(0, 234, 418)).mean() < 12


def test_progress_is_told_and_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    """Progress grows to one; when it raises, the half-written file is gone."""
    path = tmp_path / "film.mp4"
    shares: list[float] = []
    write_film(clip(4), path, {}, shares.append)
    assert shares == [0.25, 0.5, 0.75, 1.0]

    def cancel(share: float) -> None:
        if share > 0.5:
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        write_film(clip(4), path, {}, cancel)
    assert not path.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"frames": drawn(7)},
        {"frames": drawn(9)},
        {"frames": drawn(8, 318, 180)},
        {"sound": noise(7).data},
        {"sound": noise(8)[:1].copy().data},
    ],
    ids=["too few", "too many", "narrow", "short sound", "mono"],
)
def test_clip_that_is_not_as_it_says_is_the_engines_failure(tmp_path: Path, changes: dict[str, Any]) -> None:
    """A wrong count, size or length never becomes a film."""
    path = tmp_path / "film.mp4"
    with pytest.raises(EngineFailed):
        write_film(clip(8, **changes), path, {})
    assert not path.exists()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"video_codec": "hevc"}, "codec"),
        ({"profile": "Main"}, "codec"),
        ({"pixel_format": "yuv444p"}, "pixel format"),
        ({"is_bt709": False}, "pixel format"),
        ({"width": WIDTH + 2}, "size"),
        ({"frame_count": FRAMES - 1}, "frame count"),
        ({"frame_rate": 25}, "frame rate"),
        ({"is_even": False}, "frame rate"),
        ({"seconds": 2.04}, "length"),
        ({"faststart": False}, "faststart"),
        ({"sound_codec": None}, "sound format"),
        ({"channels": 1}, "sound format"),
        ({"sample_rate": 44_100}, "sound format"),
        ({"sound_seconds": 2.05}, "sound length"),
        ({"loudness": -18.1}, "loudness"),
        ({"loudness": -13.9}, "loudness"),
        ({"peak": -0.9}, "loudness"),
        ({"loudness": None, "peak": None}, "loudness"),
        ({"comment": ""}, "provenance"),
    ],
)
def test_every_fault_is_found(facts: Facts, changes: dict[str, Any], fault: str) -> None:
    """One wrong fact is enough to reject a film, and the error names it."""
    with pytest.raises(FilmRejected, match=fault):
        check(dataclasses.replace(facts, **changes), **WANTED)


def test_odd_sides_are_rejected(facts: Facts) -> None:
    """4:2:0 needs even sides, even where an order should say otherwise."""
    with pytest.raises(FilmRejected, match="size"):
        check(dataclasses.replace(facts, width=321), **(WANTED | {"width": 321}))


def test_probe_sees_index_and_rhythm_in_real_files(tmp_path: Path) -> None:
    """A file with its index at the end and a frame missing in the middle is seen through."""
    path = tmp_path / "poor.mp4"
    with av.open(str(path), "w", format="mp4") as opened:
        stream = opened.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for pts in (0, 1, 3, 4):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            frame.pts = pts
            opened.mux(stream.encode(frame))
        opened.mux(stream.encode(None))
    facts = probe(path)
    assert not facts.faststart
    assert not facts.is_even
    assert (facts.sound_codec, facts.frame_count) == (None, 4)


@pytest.mark.parametrize("content", [b"", b"no film at all", bytes(100)])
def test_unreadable_file_is_rejected(tmp_path: Path, content: bytes) -> None:
    """So is half a film."""
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(FilmRejected):
        probe(path)


def test_truncated_film_is_rejected(film: Path, tmp_path: Path) -> None:
    """A film whose end was lost does not pass for a shorter one."""
    path = tmp_path / "film.mp4"
    path.write_bytes(film.read_bytes()[:-20_000])
    with pytest.raises(FilmRejected):
        check(probe(path), **WANTED)


def test_mark_is_small_bright_and_in_the_corner() -> None:
    """Only the lower right corner changes, and the engine's own buffers do not."""
    grey = np.full((720, 1280), 100, np.uint8)
    chroma = np.full((360, 640), 90, np.uint8)
    plain = Clip(1280, 720, 1, [Frame(grey.data, chroma.data, chroma.data)], None, "procedural", 1)
    (frame,) = marked(plain).frames
    y, u = np.asarray(frame.y), np.asarray(frame.u)
    assert (grey == 100).all()
    assert (y[:640] == 100).all()
    assert (y[:, :1080] == 100).all()
    assert y[640:, 1080:].max() > 170
    assert y.min() >= 16
    assert u.max() > 105
    assert 0.0005 < (y != 100).mean() < 0.01


def test_marked_film_passes_inspection(tmp_path: Path) -> None:
    """The mark changes nothing that is promised, down to the smallest frame."""
    path = tmp_path / "film.mp4"
    small = Clip(64, 36, 3, drawn(3, 64, 36), None, "procedural", 1)
    write_film(marked(small), path, tags(Origin("procedural", 1, "a horse")))
    check(probe(path), width=64, height=36, frame_count=3, silent=True)
