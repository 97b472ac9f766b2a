"""What films by open-weights models cost on this machine's GPU: one table, one run. Run by scripts/bench gpu.

Full-size pipelines with random weights, which take the time and the memory that trained ones take (shapes.py says where
the sizes come from), make films of 5 seconds at their native canvas through the studio, as a worker has them made:

* a step: the median between two steps' ends, after waiting for the GPU
* called directly: diffusers' pipeline alone, the same object with the same arguments in the same process, by turns
  first and second; our engine: what Diffusion.render takes for it; the whole film: until the MP4 is inspected.
  Medians of `--films`, after one film that is not counted. Behind them what each takes beyond the direct call: at most
  2 % is what our engine aims at
* peak memory: of the GPU, in tensors and taken from it in all, and of the machine
* cancelled: from when the customer wants the film no more until its process is gone, and until the next one is ready
* out of memory: a film is ordered when all but 256 MB of the GPU is taken: until it failed, and the next film from a
  fresh process. Without a GPU PyTorch's error is raised by hand

`--models FOLDER` takes sizes and tokenizers from the files of real repositories in FOLDER/h3, FOLDER/ltx …; weights are
not read. `--tiny` runs all of it on the processor with the tests' tiny pipelines: that says that it runs, no more.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from openhorse import __version__, catalog
from openhorse.cues import Commission
from openhorse.engines.diffusion import LOADED_SHARE
from openhorse.engines.readiness import EXTRA
from openhorse.errors import Cancelled, EngineOutOfMemory
from openhorse.profiles import Profile, profiles
from openhorse.studio import Studio
from openhorse.vocabulary import Mode, Order, Ratio, Tier

sys.path.append(str(Path(__file__).parents[2] / "tests"))

NAMES = ("h3", "ltx", "wan", "k6")
ORDER = Order("native", "benchmark", Mode.TEXT, "a lighthouse in a storm", Tier.P720, 5, Ratio.R16_9, seed=7)
TINY = dataclasses.replace(ORDER, tier=Tier.P480, seconds=3)
TINY_STEPS = 4
GIGA = 1e9

Timed = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """One model's. Seconds; `counted` has a row for each film, see measured.py, with its `film` beside."""

    counted: Sequence[Mapping[str, Any]]
    cancelled: Timed
    failed: float
    recovered: float
    said: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench gpu", description="Films by open-weights models on this GPU.")
    parser.add_argument("--only", default="h3,ltx,wan", help="of h3, ltx, wan and k6")
    parser.add_argument("--films", type=int, default=3, help="that are counted")
    parser.add_argument("--models", type=Path, help="where the files of real repositories are")
    parser.add_argument("--place", help="folder for what is made meanwhile")
    parser.add_argument("--tiny", action="store_true", help="tiny pipelines on the processor")
    options = parser.parse_args()
    names = options.only.split(",")
    if not set(names) <= set(NAMES):
        parser.error(f"--only is some of {', '.join(NAMES)}")
    refuse(options.tiny)
    logging.disable(logging.ERROR)  # what goes wrong here was asked for
    print_head(options.tiny)
    with tempfile.TemporaryDirectory(dir=options.place) as place:
        for name in names:
            report(name, Path(place), options)


def refuse(is_tiny: bool) -> None:
    """Exit where nothing can be measured."""
    try:
        import diffusers  # noqa: F401
        import torch
    except ImportError as error:
        raise SystemExit(f"{error}: this needs pip install 'openhorse[diffusers]' in {sys.prefix}.") from error
    if not is_tiny and not torch.cuda.is_available():
        raise SystemExit("PyTorch finds no GPU here, and nothing else is measured (--tiny shows that the script runs).")


def report(name: str, place: Path, options: argparse.Namespace) -> None:
    """Measure one model and print its rows."""
    import shapes

    import tiny

    environment = {
        "OPENHORSE_DATA": place,
        "OPENHORSE_MODELS": place / "models",
        "OPENHORSE_BENCH_FIGURES": place / name,
    }
    if options.tiny:
        overlay = place / "catalog.toml"
        overlay.write_text(tiny.overlay(TINY_STEPS), "utf-8")
        environment |= {"OPENHORSE_CATALOG": overlay, "OPENHORSE_DEVICE": "cpu", "OMP_NUM_THREADS": 1}
    os.environ.update({key: str(value) for key, value in environment.items()})
    shape = shapes.shape(name, place / "models", options.models, options.tiny)
    profile = profiles(catalog.load(Path(os.environ["OPENHORSE_CATALOG"]) if options.tiny else None))[name]
    figures = measure(name, place, TINY if options.tiny else ORDER, options.films)
    parts = ", ".join(f"{part} {count / GIGA:.2f}" for part, count in shape.parameters.items() if count >= 5e6)
    print(f"\n{profile.title}: sizes are {shape.source}; 10⁹ parameters: {parts or 'none to speak of'}")
    print_rows(profile, figures)


def measure(name: str, place: Path, order: Order, films: int) -> Figures:
    """Films, one after the other, by one worker's studio."""
    from measured import BESIDE, SHORT

    def commission(prompt: str = order.prompt) -> Commission:
        return Commission(dataclasses.replace(order, prompt=prompt), name, (), place / "film.mp4", "films/1.mp4")

    with Studio("measured:engine_named") as studio:
        studio.make(commission(), unheard)
        whole = [timed(lambda: studio.make(commission(BESIDE), unheard)) for _ in range(films)]
        rows = [json.loads(line) for line in (place / name).read_text("utf-8").splitlines()]
        counted = [{**row, "film": seconds - row["direct"]} for row, seconds in zip(rows, whole, strict=True)]
        cancelled = stopped(studio, commission())
        failed, said = exhausted(studio, commission(SHORT))
        recovered = timed(lambda: studio.make(commission(), unheard))
    return Figures(counted, cancelled, failed, recovered, said)


def stopped(studio: Studio, film: Commission) -> Timed:
    """Seconds from a cancel in the middle of denoising until the process is gone, and until another is ready."""
    cancelled: list[float] = []

    def progress(share: float) -> None:
        if cancelled:
            raise Cancelled("wanted no more")
        if share > LOADED_SHARE:
            cancelled.append(time.monotonic())

    try:
        studio.make(film, progress)
    except Cancelled:
        gone = time.monotonic()
    else:
        raise SystemExit(f"A film by {film.engine} was over before it could be cancelled.")
    studio.warm(film.engine)
    return gone - cancelled[0], time.monotonic() - cancelled[0]


def exhausted(studio: Studio, film: Commission) -> tuple[float, str]:
    """Seconds until a film failed for want of memory, and what was said."""
    begun = time.monotonic()
    try:
        studio.make(film, unheard)
    except EngineOutOfMemory as error:
        return time.monotonic() - begun, str(error)
    raise SystemExit(f"A film by {film.engine} was made without the memory for it.")


def timed(work: Callable[[], Any]) -> float:
    """Its seconds."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def unheard(share: float) -> None:
    """Progress for nobody."""


def print_head(is_tiny: bool) -> None:
    """When, where and with what."""
    import torch

    machine = platform.processor() or platform.machine()
    gpu = "processor alone" if is_tiny else torch.cuda.get_device_name()
    cores = f"{os.cpu_count()} cores"
    room = "" if is_tiny else f" with {torch.cuda.get_device_properties(0).total_memory / GIGA:.0f} GB"
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, OpenHorse {__version__}, {gpu}{room}, {machine}, {cores}")
    used = ", ".join(f"{name} {version(name)}" for name in EXTRA)
    print(f"Python {platform.python_version()}, CUDA {torch.version.cuda}, {used}")
    if is_tiny:
        print("Tiny pipelines: these figures say nothing about the models.")


def print_rows(profile: Profile, figures: Figures) -> None:
    """One model's part of the table."""

    def median(what: str) -> float:
        return statistics.median(row[what] for row in figures.counted)

    last = figures.counted[-1]
    direct = median("direct")
    width, height = profile.canvas.size(Ratio.R16_9.fraction)
    frames = f"{last['frames']} frames of {width}×{height}"
    print(
        f"{frames}, {last['evaluations']} steps timed, weights placed {last['placement']}, {len(figures.counted)} films"
    )
    row("a step", median("step"), "s")
    row("called directly", direct, "s")
    row("our engine", median("engine"), "s", more(median("engine"), direct))
    row("the whole film", median("film"), "s", more(median("film"), direct))
    for what, name in (("tensors", "GPU, in tensors"), ("taken", "GPU, taken in all"), ("host", "machine")):
        row(f"peak memory: {name}", max(film[what] for film in figures.counted) / GIGA, "GB")
    row("cancelled: stopped", figures.cancelled[0], "s")
    row("cancelled: next one ready", figures.cancelled[1], "s")
    row("out of memory: failed", figures.failed, "s", figures.said)
    row("out of memory: next film made", figures.recovered, "s")


def more(seconds: float, direct: float) -> str:
    """What it takes beyond the direct call."""
    return f"{(seconds / direct - 1) * 100:+.1f} %"


def row(what: str, figure: float, unit: str, said: str = "") -> None:
    """A line of the table."""
    print(f"{what:<32}{figure:10.2f} {unit:<3}{said}".rstrip())


if __name__ == "__main__":
    main()
