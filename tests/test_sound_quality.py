"""The measures of scripts/bench quality see what they are for, and the sound of scenes keeps its onsets."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from openhorse.engines.procedural.direction import direct
from openhorse.engines.procedural.sound import perform
from openhorse.media.sound import master
from openhorse.vocabulary import SAMPLE_RATE, Mode, Order, Ratio, Tier

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def quality(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """benchmarks/quality.py, which is no package, as a module."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("quality", BENCHMARKS / "quality.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "quality", module)  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", [7, 21])
def test_a_running_dog_is_heard_as_it_is_drawn(quality: ModuleType, seed: int) -> None:
    """Onsets in the mastered sound meet the footfalls within 50 ms, by a detector that was not tuned on them."""
    order = Order(
        "native", "test", Mode.TEXT, "A dog running on a beach, slow motion", Tier("480p"), 3, Ratio.R16_9, seed=seed
    )
    score = direct(order, [], 160, 90).score()
    samples = perform(score)
    assert samples is not None
    heard = quality.superflux(master(samples).samples, SAMPLE_RATE)
    assert quality.agreement(heard, [hit.at for hit in score.hits]).f1 >= 0.75
    assert quality.agreement(heard, [hit.at + 0.2 for hit in score.hits]).f1 < 0.6


def test_onsets_are_found_and_counted_once(quality: ModuleType) -> None:
    """Three bursts over silence are found at their times; one more onset costs precision, one hit more costs recall."""
    random = np.random.default_rng(3)
    samples = random.normal(0, 1e-4, (2, 2 * SAMPLE_RATE)).astype(np.float32)
    times = (0.5, 1.0, 1.4)
    for at in times:
        first = int(at * SAMPLE_RATE)
        samples[:, first : first + 4800] += random.normal(0, 0.2, 4800) * np.exp(-np.arange(4800) / 900)
    heard = quality.superflux(samples, SAMPLE_RATE)
    assert np.allclose(heard, times, atol=0.03)
    assert quality.agreement(heard, times).f1 == 1.0
    assert quality.agreement([*heard, heard[0] + 0.035], times).precision == 0.75
    assert quality.agreement(heard, (*times, 1.8)).recall == 0.75
    assert quality.agreement(heard, (0.5, 0.54)).recall == 0.5  # one onset is not two steps
    assert quality.agreement(heard, (0.5, 0.52)).meant == 1


def test_flicker_and_stalls_are_seen(quality: ModuleType) -> None:
    """A lamp that trembles by four levels flickers, a slow change of light does not; still and black frames count."""
    random = np.random.default_rng(1)
    picture = np.repeat(np.repeat(random.integers(60, 200, (18, 32), np.uint8), 8, axis=0), 8, axis=1)
    steady = [picture + np.uint8(index // 4) for index in range(24)]
    trembling = [picture + np.uint8(4 * (index % 2)) for index in range(24)]
    assert quality.flicker(steady, None)[0] < 0.5
    assert quality.flicker(trembling, None)[0] > 3
    assert quality.stalled(trembling) == (0.0, 0.0)
    assert quality.stalled([picture] * 7) == (0.0, 6 / 24)
    assert quality.stalled([np.full_like(picture, 16 + index) for index in range(4)])[0] == 4 / 24


def test_a_picture_is_found_again(quality: ModuleType) -> None:
    """A puppet in a frame has more matches than another one, and the first frame's measures know their best."""
    one, other = quality.puppet(1), quality.puppet(2)
    frame = np.full((480, 854), 90, np.uint8)
    grey = quality.pixels(one)[::2, ::2, :3].mean(axis=2).astype(np.uint8)
    frame[100:400, 300:500] = grey
    frames = [frame] * 5
    assert quality.presence(frames, one) > 3 * quality.presence(frames, other)
    rgb = np.ascontiguousarray(quality.pixels(one)[..., :3])
    assert quality.psnr(rgb, rgb) > 90
    assert quality.ssim(rgb, rgb) == pytest.approx(1)
    assert quality.psnr(rgb, quality.round_trip(rgb)) > 20
