"""Seconds per film and its parts (set-up, sound, drawing, all of it) against the encode floor, measured in one run.

The floor is the time to encode and mux the very same frames when they are already drawn: no engine can be
faster than that. Run by scripts/bench; `--tiers 720p,1080p --seconds 5 --scenes lake,street,beach,image,reference`.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
from PIL import Image

from openhorse import __version__
from openhorse.engines.procedural import Procedural
from openhorse.engines.procedural.direction import direct
from openhorse.engines.procedural.sound import perform
from openhorse.media.encode import write_film
from openhorse.media.inputs import decode
from openhorse.vocabulary import Clip, Frame, Mode, Order, Picture, Ratio, Tier, frame_size

SCENES = {
    "lake": (Mode.TEXT, "A snow mountain lake in morning mist, slow camera push-in, calm and vast"),
    "street": (Mode.TEXT, "A neon street at night after rain, reflections on the ground, slow pan"),
    "beach": (Mode.TEXT, "A golden retriever running on a beach, slow motion, warm sunset tones"),
    "image": (Mode.IMAGE, "Add drifting clouds and shifting light to the static landscape"),
    "reference": (Mode.REFERENCE, "The character in [Image 1] walking through a scene styled like [Image 2]"),
}


def pictures() -> list[Picture]:
    """A figure with alpha and a landscape, made here."""
    y, x = np.mgrid[0:720, 0:1280] / np.array((720, 1280))[:, None, None]
    hills = y > 0.55 + 0.08 * np.sin(x * 9) + 0.02 * np.sin(x * 47)
    land = np.where(hills[..., None], [80, 120, 60], np.stack([110 + 90 * y, 150 + 60 * y, 230 + 0 * y], -1))
    figure = np.zeros((600, 400, 4), np.uint8)
    v, u = np.mgrid[-1:1:600j, -1:1:400j]
    figure[(u / 0.6) ** 2 + (v / 0.9) ** 2 < 1] = (230, 120, 60, 255)
    return [decode(as_png(figure)), decode(as_png(land.astype(np.uint8)))]


def as_png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def copied(frames: Iterator[Frame]) -> list[Frame]:
    return [Frame(*(np.array(plane).data for plane in (frame.y, frame.u, frame.v))) for frame in frames]


def measure(name: str, tier: Tier, seconds: int, rounds: int) -> dict[str, float]:
    mode, prompt = SCENES[name]
    ratio = None if mode is Mode.IMAGE else Ratio.R16_9
    order = Order("native", "benchmark", mode, prompt, tier, seconds, ratio, seed=7)
    given: Sequence[Picture] = {Mode.TEXT: [], Mode.IMAGE: pictures()[1:], Mode.REFERENCE: pictures()}[mode]
    size = frame_size(tier, Ratio.R16_9.fraction)
    engine = Procedural()
    # Once for the kernels: their compilation is a machine's first film, not every film.
    next(iter(engine.render(replace(order, seconds=3), given, lambda _share: None).frames))
    rows = [one_round(engine, order, given, size) for _ in range(rounds)]
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]}


def one_round(engine: Procedural, order: Order, given: Sequence[Picture], size: tuple[int, int]) -> dict[str, float]:
    production = None

    def set_up() -> None:
        nonlocal production
        production = direct(order, given, *size)

    row = {"set-up": timed(set_up)}
    assert production is not None
    scene, count = production.scene, production.shot.frame_count
    sound: list[np.ndarray | None] = []
    row["sound"] = timed(lambda: sound.append(perform(scene.score())))
    kept: list[Frame] = []
    row["drawing"] = timed(lambda: kept.extend(copied(scene.frame(index) for index in range(count))))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        samples = sound[0]
        still = Clip(*size, count, kept, None if samples is None else samples.data, "benchmark", 7)
        row["floor"] = timed(lambda: write_film(still, path, {}, None))
        row["film"] = timed(lambda: write_film(engine.render(order, given, lambda _share: None), path, {}, None))
    row["over floor"] = row["film"] / row["floor"]
    row["× real time"] = order.seconds / row["film"]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiers", default="720p,1080p")
    parser.add_argument("--scenes", default=",".join(SCENES))
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(
        f"OpenHorse {__version__}, Python {platform.python_version()}, PyAV {av.__version__}, {processor()}, ", end=""
    )
    print(f"{os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}; seconds, median of {options.rounds}\n")
    columns = ("set-up", "sound", "drawing", "floor", "film", "over floor", "× real time")
    print(f"| {options.seconds} s film | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for tier in map(Tier, options.tiers.split(",")):
        for name in options.scenes.split(","):
            row = measure(name, tier, options.seconds, options.rounds)
            print(f"| {name} {tier} | " + " | ".join(f"{row[column]:.2f}" for column in columns) + " |", flush=True)


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
