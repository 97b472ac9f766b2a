"""What is done with every clip before it is a film: what other packages add, and what is left as it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from openhorse import finishing
from openhorse.cues import Commission, Make
from openhorse.finishing import Watch, finished
from openhorse.vocabulary import SAMPLE_RATE, Clip, Frame, Mode, Order, Ratio, Tier, Video

PACKAGE = """
import dataclasses
import numpy as np
from openhorse.vocabulary import Frame

def marked(clip):
    def frames():
        for frame in clip.frames:
            y = np.array(frame.y)
            y[:40, :40] = 235
            yield Frame(y.data, frame.u, frame.v)
    return dataclasses.replace(clip, frames=frames(), notes=(*clip.notes, f"marked at {clip.width}"))

def enlarged(clip):
    def frames():
        for frame in clip.frames:
            yield Frame(*(np.repeat(np.repeat(np.asarray(p), 2, 0), 2, 1).data for p in (frame.y, frame.u, frame.v)))
    return dataclasses.replace(clip, width=2 * clip.width, height=2 * clip.height, frames=frames())
"""
POINTS = "[openhorse.watermarks]\nmine = marking:marked\n\n[openhorse.enlargers]\nh3 = marking:enlarged\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody's package with a watermark and an enlarger for h3, installed."""
    folder = tmp_path / "site"
    info = folder / "marking-1.dist-info"
    info.mkdir(parents=True)
    (folder / "marking.py").write_text(PACKAGE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: marking\nVersion: 1\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(folder))
    finishing._installed.cache_clear()
    yield
    finishing._installed.cache_clear()


def clip(engine: str, width: int = 854, height: int = 480, **more: Any) -> Clip:
    """One second of grey with a tone."""
    y, chroma = np.full((height, width), 90, np.uint8), np.full((height // 2, width // 2), 128, np.uint8)
    tone = 0.1 * np.sin(np.arange(SAMPLE_RATE, dtype=np.float32) / 20)
    given = {"sound": np.stack([tone, tone]).astype(np.float32).data} | more
    return Clip(width, height, 24, [Frame(y.data, chroma.data, chroma.data)] * 24, engine=engine, seed=7, **given)


def finish(made: Clip, folder: Path, **more: Any) -> Video:
    """`made` as the film that was ordered."""
    order = Order("native", "m", Mode.TEXT, "a horse in a meadow", Tier.P480, 1, Ratio.R16_9, seed=7, **more)
    wish = Commission(order, made.engine, (), folder / "film.mp4", "films/1.mp4")
    return finished(made, Make(1, wish), [], Watch(lambda _share: None, lambda _glimpse: None, time.monotonic()))


def first(folder: Path) -> Any:
    """The film's first frame, luma."""
    with av.open(str(folder / "film.mp4")) as film:
        return next(film.decode(video=0)).to_ndarray()[:480]


@pytest.mark.usefixtures("package")
def test_watermark_of_another_package_is_on_every_film(tmp_path: Path) -> None:
    """It is applied to the clip as ordered, whoever made it, without a word in its order."""
    video = finish(clip("anybody", 1024, 576), tmp_path)
    assert video.notes[-1] == "marked at 854"
    shown = first(tmp_path)
    assert shown[:32, :32].mean() > 225
    assert abs(shown[100:, 100:].mean() - 90) < 2


@pytest.mark.usefixtures("package")
def test_enlarger_is_its_engines_own(tmp_path: Path) -> None:
    """Its engine's small clips go through it, no other's do."""
    assert "enlarged by a model" in finish(clip("h3", 428, 240), tmp_path).notes[0]
    assert "enlarged" not in finish(clip("ltx", 428, 240), tmp_path).notes[0]


def test_near_silence_is_not_raised(tmp_path: Path) -> None:
    """A room's breath at −57 LUFS stays there, and the film passes its inspection."""
    breath = np.random.default_rng(3).normal(0, 0.001, (2, SAMPLE_RATE)).astype(np.float32)
    video = finish(clip("h3", sound=breath.data), tmp_path)
    assert video.has_sound
    assert video.loudness is not None
    assert -62 < video.loudness < -50
    loud = finish(clip("h3", sound=(8 * breath).data), tmp_path)
    assert loud.loudness == pytest.approx(-16, abs=1)


def test_silent_models_film_is_scored_and_a_silent_scene_is_not(tmp_path: Path) -> None:
    """Whatever engine gives no sound gets the procedural one's; what that draws in silence is silent on purpose."""
    video = finish(clip("wan", sound=None), tmp_path)
    assert video.has_sound
    assert video.notes == ("silent model; sound by the procedural engine",)
    assert not finish(clip("procedural", sound=None), tmp_path).has_sound
