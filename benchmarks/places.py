"""What a frame of each place costs by its parts, players apart, in milliseconds of processor time: a table.

`python benchmarks/places.py [--only meadow,sea] [--moods day,rain,night] [--tier 720p] [--frames 3] [--stills FOLDER]`.
Processor time of all threads, least of some frames: a busy machine disturbs it less than the clock.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2

from openhorse.engines.procedural.brief import Brief, Hour, Place, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.places.guide import PAINTERS
from openhorse.engines.procedural.world import scene
from openhorse.vocabulary import Ratio, Tier, frame_size

MOODS = {
    "day": Brief("", hour=Hour.DAY),
    "rain": Brief("", hour=Hour.DAY, weather=frozenset(("rain",))),
    "snow": Brief("", hour=Hour.DAY, weather=frozenset(("snow",))),
    "night": Brief("", hour=Hour.NIGHT),
}
PARTS = (
    ("sky", scene.World, "_draw_behind"),
    ("flats", scene.Pile, "draw"),
    ("floor", scene.Groundwork, "draw"),
    ("water", scene, "draw_pool"),
    ("mirror", scene.World, "_draw_mirror"),
    ("wet", scene.World, "_mirror_wet"),
    ("effects", scene.Effects, "draw"),
    ("develop", scene.Darkroom, "develop"),
)
"""Names of parts of a frame and who draws them; each without the others that it calls."""


class Meter:
    """Processor time by parts."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inner: list[float] = []

    @contextmanager
    def reading(self, part: str) -> Iterator[None]:
        """Add what is done meanwhile to `part`, less what other parts take of it."""
        started = time.process_time()
        self._inner.append(0.0)
        yield
        took = time.process_time() - started
        self.spent[part] += took - self._inner.pop()
        if self._inner:
            self._inner[-1] += took

    def watch(self, part: str, owner: Any, name: str) -> None:
        """Read every call of `owner.name`."""
        plain = getattr(owner, name)

        def watched(*given: Any, **how: Any) -> Any:
            with self.reading(part):
                return plain(*given, **how)

        setattr(owner, name, watched)


def measure(meter: Meter, world: scene.World, frames: int) -> dict[str, float]:
    """The least milliseconds of each part over some frames, and of a whole one."""
    world.frame(0)
    best: dict[str, float] = {}
    for k in range(frames):
        meter.spent.clear()
        with meter.reading("rest"):
            world.frame(30 + 13 * k)
        meter.spent["frame"] = sum(meter.spent.values())
        for part, seconds in meter.spent.items():
            best[part] = min(best.get(part, 1e9), seconds * 1e3)
    return best


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(PAINTERS))
    parser.add_argument("--moods", default="day,rain,night")
    parser.add_argument("--tier", default="720p,1080p")
    parser.add_argument("--frames", type=int, default=3)
    parser.add_argument("--stills", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    meter, names = Meter(), ("frame", *(part for part, *_ in PARTS), "rest")
    for part in PARTS:
        meter.watch(*part)
    print("| place | tier |", " | ".join(names), "|\n" + "|---" * (2 + len(names)) + "|")
    for tier in asked.tier.split(","):
        size = frame_size(Tier(tier), Ratio("16:9").fraction)
        for place in asked.only.split(","):
            for mood in asked.moods.split(","):
                world = scene.World(Shot(*size, 5, 3, replace(MOODS[mood], place=Place(place))))
                best = measure(meter, world, asked.frames)
                print(
                    f"| {place}, {mood} | {tier} |", " | ".join(f"{best.get(n, 0):.1f}" for n in names), "|", flush=True
                )
                if asked.stills:
                    asked.stills.mkdir(parents=True, exist_ok=True)
                    picture = cv2.cvtColor(to_rgb(world.frame(60), *size), cv2.COLOR_RGB2BGR)
                    cv2.imwrite(str(asked.stills / f"{place}-{mood}-{tier}.png"), picture)


if __name__ == "__main__":
    main()
