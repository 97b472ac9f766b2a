"""What a film costs, in one run: its parts in seconds, the encode floor, memory, length and cores.

The floor is the time to encode and mux the very same frames and sound when they are already there: no engine can be
faster than that. Each scene and tier has a process of its own, for its peak of memory; film and floor are taken by
turns. "first" is the first film of a warm machine in a fresh process, "15 s / 5 s" what three times the length costs,
"one core" what the film costs on one core over all of them, "cpu" the processor's seconds of one film.
Run by scripts/bench; `--only image,reference --tier 720p` measures a part, `--quick` leaves out length and cores,
`--cold` begins with an empty folder of kernels, so that the first film compiles them.
"""

from __future__ import annotations

import argparse
import functools
import io
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
from PIL import Image

from openhorse import __version__
from openhorse.engines.procedural import Procedural
from openhorse.engines.procedural.direction import Production, direct
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.sound import perform
from openhorse.media.encode import write_film
from openhorse.media.inputs import decode
from openhorse.vocabulary import TIER_AREA, Clip, Frame, Mode, Order, Picture, Ratio, Tier, frame_size

SCENES = {
    "lake": (Mode.TEXT, "A snow mountain lake in morning mist, slow camera push-in, calm and vast"),
    "street": (Mode.TEXT, "A neon street at night after rain, reflections on the ground, slow pan"),
    "beach": (Mode.TEXT, "A golden retriever running on a beach, slow motion, warm sunset tones"),
    "meadow": (Mode.TEXT, "A white horse gallops through a flower meadow at golden hour"),
    "forest": (Mode.TEXT, "A red fox walks through a snowy pine forest"),
    "sea": (Mode.TEXT, "A sailing boat on a calm sea at sunset"),
    "town": (Mode.TEXT, "A girl in a yellow raincoat holding a red umbrella walks in an old town in the rain"),
    "room": (Mode.TEXT, "An old man reads a book by the fireplace in a living room"),
    "cup": (Mode.TEXT, "Close-up of a cup of coffee steaming on a wooden table by the window"),
    "image": (Mode.IMAGE, "Add drifting clouds and shifting light to the static landscape"),
    "reference": (Mode.REFERENCE, "The character in [Image 1] walking through a scene styled like [Image 2]"),
}


@functools.cache
def pictures() -> tuple[Picture, ...]:
    """A figure with alpha and a landscape, made here, once: they are no part of what a film takes."""
    y, x = np.mgrid[0:720, 0:1280] / np.array((720, 1280))[:, None, None]
    hills = y > 0.55 + 0.08 * np.sin(x * 9) + 0.02 * np.sin(x * 47)
    land = np.where(hills[..., None], [80, 120, 60], np.stack([110 + 90 * y, 150 + 60 * y, 230 + 0 * y], -1))
    figure = np.zeros((600, 400, 4), np.uint8)
    v, u = np.mgrid[-1:1:600j, -1:1:400j]
    figure[(u / 0.6) ** 2 + (v / 0.9) ** 2 < 1] = (230, 120, 60, 255)
    return decode(as_png(figure)), decode(as_png(land.astype(np.uint8)))


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


def order_of(name: str, tier: str, seconds: int) -> tuple[Order, Sequence[Picture]]:
    mode, prompt = SCENES[name]
    ratio = None if mode is Mode.IMAGE else Ratio.R16_9
    given: Sequence[Picture] = () if mode is Mode.TEXT else pictures()[1:] if mode is Mode.IMAGE else pictures()
    return Order("native", "benchmark", mode, prompt, Tier(tier), seconds, ratio, seed=7), given


def production_of(name: str, tier: str, seconds: int) -> Production:
    order, given = order_of(name, tier, seconds)
    return direct(order, given, *frame_size(order.tier, Ratio.R16_9.fraction))


def score_of(production: Production) -> Score:
    """A production's score; in older sources, which quality.py can be run against, only the scene had one."""
    score: Score = getattr(production, "score", production.scene.score)()
    return score


def pixels_of(tier: str) -> int:
    return TIER_AREA[Tier(tier)]


def write(clip: Clip) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_film(clip, Path(folder) / "film.mp4", {}, None)


def make(name: str, tier: str, seconds: int) -> None:
    """A whole film, as the studio's child makes it."""
    order, given = order_of(name, tier, seconds)
    write(Procedural().render(order, given, lambda _share: None))


# --- one process for each scene and tier ---


def measure(name: str, tier: str, seconds: int, rounds: int) -> dict[str, float]:
    """First film and peak of memory, then the parts, and film and floor by turns."""
    row = {"first": timed(lambda: make(name, tier, seconds)), "memory": peak_bytes() / 1e9}
    rows = [one_round(name, tier, seconds) for _ in range(rounds)]
    row |= {key: statistics.median(each[key] for each in rows) for key in rows[0]}
    row["over floor"] = statistics.median(each["film"] / each["floor"] for each in rows)
    row["× real time"] = seconds / row["film"]
    return row


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def one_round(name: str, tier: str, seconds: int) -> dict[str, float]:
    made: list[Production] = []
    row = {"set-up": timed(lambda: made.append(production_of(name, tier, seconds)))}
    scene, count = made[0].scene, made[0].shot.frame_count
    sound: list[np.ndarray | None] = []
    row["sound"] = timed(lambda: sound.append(perform(score_of(made[0]))))
    kept: list[Frame] = []
    row["drawing"] = timed(lambda: kept.extend(copied(scene.frame(index) for index in range(count))))
    size = frame_size(Tier(tier), Ratio.R16_9.fraction)
    still = Clip(*size, count, kept, None if sound[0] is None else sound[0].data, "benchmark", 7)
    floors = [timed(lambda: write(still))]
    spent = time.process_time()
    row["film"] = timed(lambda: make(name, tier, seconds))
    row["cpu"] = time.process_time() - spent
    floors.append(timed(lambda: write(still)))
    row["floor"] = statistics.mean(floors)
    return row


def length_and_cores(name: str, tier: str, rounds: int) -> dict[str, float]:
    """What 15 s cost over 5 s, and one core over all; the three by turns, on as many threads as there are cores."""
    taken: dict[str, list[float]] = {"5": [], "15": []}
    for _ in range(rounds):
        for seconds in (5, 15, 5):
            taken[str(seconds)].append(timed(lambda seconds=seconds: make(name, tier, seconds)))
    return {"15 s / 5 s": statistics.median(taken["15"]) / statistics.median(taken["5"])}


def one_core(name: str, tier: str, rounds: int) -> dict[str, float]:
    """A film's seconds in a process that may use but one core."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    make(name, tier, 3)
    return {"one core": statistics.median(timed(lambda: make(name, tier, 5)) for _ in range(rounds))}


def in_process(task: str, name: str, tier: str, options: argparse.Namespace) -> dict[str, float]:
    """The figures that a fresh process prints for `task`."""
    command = [sys.executable, __file__, "--task", task, "--only", name, "--tier", tier]
    command += ["--seconds", str(options.seconds), "--rounds", str(options.rounds)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def heading(what: str) -> str:
    return (
        f"OpenHorse {__version__}, Python {platform.python_version()}, PyAV {av.__version__}, {processor()}, "
        f"{os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}; {what}\n"
    )


COLUMNS = ("set-up", "sound", "drawing", "floor", "film", "cpu", "over floor", "× real time", "first", "memory")
MORE_COLUMNS = ("15 s / 5 s", "one core")


def row_of(name: str, tier: str, options: argparse.Namespace) -> dict[str, float]:
    if not options.cold:
        in_process("warm", name, tier, options)
    row = in_process("measure", name, tier, options)
    if not options.quick:
        row |= in_process("length", name, tier, options)
        row["one core"] = in_process("core", name, tier, options)["one core"] / row["film"]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tier", default="720p,1080p", help="tiers, separated by commas")
    parser.add_argument("--only", default=",".join(SCENES), help="scenes, separated by commas")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="without length and cores")
    parser.add_argument("--cold", action="store_true", help="compile the kernels in the first film")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        name, tier, rounds = options.only, options.tier, options.rounds
        tasks: dict[str, Callable[[], dict[str, float]]] = {
            "warm": lambda: {"film": timed(lambda: make(name, "480p", 3))},
            "measure": lambda: measure(name, tier, options.seconds, rounds),
            "length": lambda: length_and_cores(name, tier, rounds),
            "core": lambda: one_core(name, tier, rounds),
        }
        print(json.dumps(tasks[options.task]()))
        return
    columns = COLUMNS if options.quick else COLUMNS + MORE_COLUMNS
    print(heading(f"seconds, median of {options.rounds}; memory in GB"))
    print(f"| {options.seconds} s film | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for tier in options.tier.split(","):
        for name in options.only.split(","):
            with tempfile.TemporaryDirectory() as folder:
                if options.cold:
                    os.environ["OPENHORSE_CACHE"] = folder
                    os.environ.pop("NUMBA_CACHE_DIR", None)
                row = row_of(name, tier, options)
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
