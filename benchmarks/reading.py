"""What is found in pictures, against what they show: precision and recall of each finding, and every mistake by name.

`python benchmarks/reading.py [FOLDER] [--drawn] [--half tuning|held-out] [--size 1280x720] [--sheet OUT]` reads the
pictures of a folder (named as in photographs.toml), the drawn gallery's with `--drawn`. A thing counts as found where
it is shown when its mask lies in the box that photographs.toml gives it: one that runs far out of it, or hardly
reaches into it, is a mistake both ways. `--sheet` draws what was found over every picture, to be looked at.
The photographs are split by name, every other one: `tuning` ones were looked at while the rules were made.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gallery import PICTURES, files, picture_of
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.still.analysis import Layout, survey
from openhorse.engines.procedural.still.figure import find_face
from openhorse.engines.procedural.still.lights import Lights, find_lights
from openhorse.engines.procedural.still.scene import flatten
from openhorse.vocabulary import Tier, frame_size

LABELS = Path(__file__).with_name("photographs.toml")
FINDINGS = (
    "sky",
    "water",
    "flow",
    "plants",
    "subject",
    "face",
    "flame",
    "lamps",
    "clouded",
    "night",
    "flat",
    "outdoors",
)
TINTS = {"sky": (60, 140, 255), "water": (0, 255, 255), "plants": (60, 255, 60), "flow": (255, 60, 60)}


@dataclass(slots=True)
class Tally:
    """How often a finding was right, invented or missed. A thing found in the wrong place is both."""

    right: int = 0
    invented: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def row(self) -> str:
        found, shown = self.right + len(self.invented), self.right + len(self.missed)
        precision = f"{self.right / found:9.2f}" if found else f"{'–':>9}"
        recall = f"{self.right / shown:9.2f}" if shown else f"{'–':>9}"
        return f"{precision}{recall}{self.right:7d}  " + " ".join(
            [*(f"+{name}" for name in self.invented), *(f"-{name}" for name in self.missed)]
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one picture of the size that the engine would use."""

    rgb: np.ndarray
    layout: Layout
    lights: Lights
    face: np.ndarray | None
    seconds: float

    def found(self) -> dict[str, np.ndarray | bool | None]:
        """Each finding as its mask, or as a yes or no where it has no place."""
        layout = self.layout
        subject = None if layout.figure is None or not layout.figure.separable else layout.figure.matte
        return {
            "sky": _present(layout.sky),
            "water": _present(layout.water),
            "flow": _present(layout.flow),
            "plants": bool(layout.plants.mean() > 0.05),
            "subject": _present(subject),
            "face": _present(self.face),
            "flame": _present(self.lights.flames),
            "lamps": self.lights.has_lamps,
            "clouded": layout.clouded,
            "night": layout.night,
            "flat": layout.flat_art,
            "outdoors": layout.is_outdoors,
        }


def _present(mask: np.ndarray | None) -> np.ndarray | None:
    return None if mask is None or not (mask > 0.4).any() else np.asarray(mask > 0.4)


def read(pixels: np.ndarray, tier: Tier, prompt: str = "") -> Reading:
    """Read a picture as the engine does for a film of `tier`."""
    given = picture_of(pixels)
    size = frame_size(tier, Fraction(given.width, given.height))
    rgb, alpha = flatten(given, *size)
    start = time.perf_counter()
    layout = survey(rgb, alpha)
    lights = find_lights(rgb, layout, read_prompt(prompt))
    seconds = time.perf_counter() - start
    columns, rows = layout.depth.shape[1], layout.depth.shape[0]
    face = find_face(cv2.resize(rgb, (columns, rows), interpolation=cv2.INTER_AREA))
    return Reading(rgb, layout, lights, face, seconds)


def fits(mask: np.ndarray, box: list[float] | None) -> bool:
    """Whether a mask lies in its box and takes up a fair part of its width and height."""
    if box is None:
        return True
    rows, columns = mask.shape
    inside = np.zeros_like(mask)
    left, top, right, bottom = box
    grow = 0.03
    inside[
        max(0, int((top - grow) * rows)) : int((bottom + grow) * rows) + 1,
        max(0, int((left - grow) * columns)) : int((right + grow) * columns) + 1,
    ] = True
    kept = mask & inside
    if kept.sum() < 0.85 * mask.sum():
        return False
    wide, tall = kept.any(0).mean(), kept.any(1).mean()
    return bool(wide > 0.55 * (right - left) and tall > 0.55 * (bottom - top))


def judge(tallies: dict[str, Tally], name: str, label: dict[str, Any], reading: Reading) -> None:
    """Count what was found in one picture."""
    for finding, mask in reading.found().items():
        tally, found = tallies[finding], mask is not None and mask is not False
        shown = finding in label["shows"]
        placed = found and (not isinstance(mask, np.ndarray) or fits(mask, label.get(finding)))
        if shown and found and placed:
            tally.right += 1
        elif shown:
            tally.missed.append(name + ("(misplaced)" if found else ""))
        elif found and finding not in label["may"]:
            tally.invented.append(name)
        elif found and not placed:
            tally.invented.append(name + "(misplaced)")


def gallery(folder: Path | None, drawn: bool, half: str) -> Iterator[tuple[str, dict[str, Any], np.ndarray]]:
    """Names, labels and pixels of all pictures asked for."""
    labels = tomllib.loads(LABELS.read_text("utf-8"))
    if folder is not None:
        pictures = files(folder)
        for place, (name, label) in enumerate(sorted(labels["photographs"].items())):
            if name in pictures and (half == "all" or half == ("tuning", "held-out")[place % 2]):
                yield name, label, pictures[name][0]()
    if drawn:
        for name, label in labels["drawn"].items():
            yield name, label, PICTURES[name][0]()


def sheet(readings: dict[str, Reading], path: Path) -> None:
    """Every picture with what was found in it, three hundred pixels wide."""
    cells = [_tile(name, reading) for name, reading in readings.items()]
    across = 7
    while len(cells) % across:
        cells.append(np.zeros_like(cells[0]))
    rows = [np.hstack(cells[k : k + across]) for k in range(0, len(cells), across)]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def _tile(name: str, reading: Reading) -> np.ndarray:
    layout = reading.layout
    height, width = layout.depth.shape
    shown = cv2.resize(reading.rgb, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    for finding, tint in TINTS.items():
        mask = getattr(layout, finding)
        if mask is not None:
            cover = 0.45 * mask[..., None]
            shown = shown * (1 - cover) + np.array(tint, np.float32) * cover
    drawn = np.ascontiguousarray(shown.clip(0, 255).astype(np.uint8))
    outlines = [(reading.lights.flames > 0.4, (255, 0, 0)), (reading.lights.lamps > 0, (255, 255, 0))]
    if reading.face is not None:
        outlines.append((reading.face, (255, 120, 200)))
    if layout.hair is not None:
        outlines.append((layout.hair > 0.4, (160, 80, 255)))
    if layout.figure is not None:
        outlines.append((layout.figure.matte > 0.5, (255, 0, 255) if layout.figure.separable else (120, 0, 120)))
    for mask, colour in outlines:
        lines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(drawn, lines, -1, colour, 2)
    scale = min(300 / width, 240 / height)
    small = cv2.resize(drawn, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    cell = np.zeros((262, 304, 3), np.uint8)
    cell[20 : 20 + small.shape[0], : small.shape[1]] = small
    state = [word for word in ("clouded", "night", "flat", "outdoors") if reading.found()[word]]
    sure = "" if layout.figure is None else f" {layout.figure.confidence:.2f}"
    cv2.putText(cell, f"{name}{sure} {' '.join(state)}", (2, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1)
    return cell


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--drawn", action="store_true", help="the drawn gallery too")
    parser.add_argument("--half", choices=("all", "tuning", "held-out"), default="all")
    parser.add_argument("--only", default="", help="names of pictures, with commas")
    parser.add_argument("--tier", default="720p")
    parser.add_argument("--sheet", type=Path, help="a PNG to draw what was found into")
    options = parser.parse_args()
    tallies = {finding: Tally() for finding in FINDINGS}
    readings = {}
    for name, label, pixels in gallery(options.folder, options.drawn, options.half):
        if options.only and name not in options.only.split(","):
            continue
        readings[name] = read(pixels, Tier(options.tier))
        judge(tallies, name, label, readings[name])
    seconds = sorted(reading.seconds for reading in readings.values())
    print(
        f"{len(readings)} pictures; + invented, - missed; seconds each: {seconds[len(seconds) // 2]:.3f}, at most",
        end="",
    )
    print(f" {seconds[-1]:.3f}\n{'':10}precision   recall  right")
    for finding, tally in tallies.items():
        print(f"{finding:10}{tally.row()}")
    if options.sheet is not None:
        sheet(readings, options.sheet)


if __name__ == "__main__":
    main()
