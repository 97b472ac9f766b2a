"""What changes in a film when one thing in its prompt is changed, and what stays: one table, one run.

`scripts/bench sensitivity [--only fox,cat] [--slots colour,hour] [--sheets FOLDER]`. slots.toml has plain prompts, each
again with one slot changed and once in Chinese; 480p, 3 s, one seed. Of each pair it is measured:

* understood: what `--explain` tells differently; aim: the changed slot alone
* frame: how far the frames at the start and half-way differ, levels of 255 (mean of RGB); aim: what the slot needs
* place: the same without players, at the start; aim: 0.05 at most where the slot is of a player (the same pixels)
* layout: how alike the edges of both places are, −1 … 1, the best of small shifts; aim by slot
* players: the difference where either film has a player; aim: what the slot needs

The same meaning in Chinese has to give the very same frames and score. Figures that miss their aim are in bold.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.direction import Production, direct
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.scene import Scene
from openhorse.engines.procedural.storyboard import explain_prompt
from openhorse.engines.procedural.world.scene import World
from openhorse.vocabulary import Mode, Order, Ratio, Tier, frame_size

TIER, SECONDS, SEED = Tier("480p"), 3, 7
SIZE = frame_size(TIER, Ratio.R16_9.fraction)
MOMENTS = (0, SECONDS * 12)
PROMPTS = Path(__file__).parent / "slots.toml"
SAME = 0.05
"""Levels: a place that differs by less is the same."""
_SEEN = 3
"""Levels: where a player changes a pixel by more it is seen there."""
_SHIFT = 0.12
"""Parts of the frame by which layouts are moved over one another."""

Rgb = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Aim:
    """What may be understood differently, the least difference of frames and players, the most of the place (levels).

    `alike` is the least likeness of both layouts.
    """

    fields: frozenset[str]
    frame: float = 0.0
    players: float = 0.0
    place: float | None = None
    alike: float | None = None


def _aim(fields: str, **figures: float) -> Aim:
    return Aim(frozenset(fields.split()), **figures)


AIMS: Mapping[str, Aim] = {
    "subject": _aim("cast.kind", players=8, alike=0.3),
    "count": _aim("cast.count", frame=0.3, place=SAME),
    "colour": _aim("cast.colour cast.colours", players=5, place=SAME),
    "action": _aim("cast.actions", players=3, place=SAME),
    "place": _aim("place variety", frame=20),
    "hour": _aim("hour", frame=10, alike=0.5),
    "season": _aim("season", frame=1, alike=0.3),
    "weather": _aim("weather drifting_clouds", frame=1, alike=0.25),
    "style": _aim("looks mood", frame=3, alike=0.3),
    "camera": _aim("move", frame=2, alike=0.5),
    "chinese": _aim(""),
}


@dataclass(frozen=True, slots=True)
class Filmed:
    """A prompt's film: what was understood, its production, its frames, those without players, and where these are."""

    understood: dict[str, Any]
    production: Production
    frames: list[Rgb]
    places: list[Rgb]
    players: list[Flags]


def filmed(prompt: str) -> Filmed:
    """A prompt's film at `MOMENTS`."""
    order = Order("native", "happyhorse-1.1", Mode.TEXT, prompt, TIER, SECONDS, Ratio.R16_9, seed=SEED)
    production = direct(order, (), *SIZE)
    frames = [picture(production.scene, index) for index in MOMENTS]
    world = world_of(production.scene)
    placed, world.placed = world.placed, ()
    places = [picture(production.scene, index) for index in MOMENTS]
    world.placed = placed
    kernel = np.ones((7, 7), np.uint8)
    players = [
        cv2.dilate((np.abs(with_ - without).max(axis=2) > _SEEN).astype(np.uint8), kernel) > 0
        for with_, without in zip(frames, places, strict=True)
    ]
    return Filmed(explain_prompt(prompt, SECONDS), production, frames, places, players)


def world_of(scene: Scene) -> World:
    """The world below a manner."""
    inner = getattr(scene, "_scene", scene)
    assert isinstance(inner, World), "slots.toml has prompts for places that are no scene of their own"
    return inner


def picture(scene: Scene, index: int) -> Rgb:
    """A frame as a viewer sees it, 0…255."""
    return np.asarray(to_rgb(scene.frame(index), *SIZE), np.float32)


# --- comparing ---


def told(understood: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything that was understood, by its name: ("cast.colour", "'red'")."""
    for shot in understood["shots"]:
        yield from ((name, repr(value)) for name, value in shot.items() if name != "cast")
        yield from ((f"cast.{name}", repr(value)) for one in shot.get("cast", ()) for name, value in one.items())
    yield from ((name, repr(value)) for name, value in understood.items() if name != "shots")


def changed(one: Filmed, other: Filmed) -> set[str]:
    """The names of what was understood differently."""
    return {name for name, _ in set(told(one.understood)) ^ set(told(other.understood))}


def apart(one: Rgb, other: Rgb, where: Flags | None = None) -> float:
    """How far two pictures differ, levels of 255; 0 where there is nothing to compare."""
    off = np.abs(one - other).mean(axis=2)
    return float(off.mean() if where is None else off[where].mean() if where.any() else 0.0)


def alike(one: Rgb, other: Rgb) -> float:
    """How alike the edges of two pictures are (−1 … 1), at the best of small shifts."""
    a, b = edges(one), edges(other)
    rows, columns = (round(size * _SHIFT) for size in a.shape)
    inner = np.ascontiguousarray(a[rows:-rows, columns:-columns])
    return float(cv2.matchTemplate(b, inner, cv2.TM_CCOEFF_NORMED).max())


def edges(picture_: Rgb) -> NDArray[np.float32]:
    """How steep a picture is, at a quarter of its size, relative to its own contrast."""
    grey = cv2.cvtColor(picture_ / 255, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    steep = np.hypot(cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1))
    return np.asarray(cv2.GaussianBlur(np.sqrt(steep), (0, 0), 1.5), np.float32)


# --- the table ---

COLUMNS = ("understood", "frame: start, half-way", "place", "layout", "players", "missed")


def cells(slot: str, plain: Filmed, other: Filmed) -> tuple[list[str], int]:
    """A pair's cells, and how many aims it misses."""
    aim = AIMS[slot]
    fields = changed(plain, other)
    frames = [apart(a, b) for a, b in zip(plain.frames, other.frames, strict=True)]
    place = apart(plain.places[0], other.places[0])
    likeness = alike(plain.places[0], other.places[0])
    shift = max(
        apart(a, b, one | two)
        for a, b, one, two in zip(plain.frames, other.frames, plain.players, other.players, strict=True)
    )
    right = fields <= aim.fields and bool(fields) == bool(aim.fields)
    if slot == "chinese":
        same = not any(frames) and plain.production.score() == other.production.score()
        found = [(", ".join(sorted(fields)) or "the same", right), (_levels(frames), same)]
        return _marked([*found, (f"{place:.2f}", True), ("", True), ("", True)])
    return _marked([
        (", ".join(sorted(fields)) or "nothing", right),
        (_levels(frames), max(frames) >= aim.frame),
        (f"{place:.2f}", aim.place is None or place <= aim.place),
        (f"{likeness:.2f}", aim.alike is None or likeness >= aim.alike),
        (f"{shift:.1f}", shift >= aim.players),
    ])  # fmt: skip


def _levels(frames: list[float]) -> str:
    return ", ".join(f"{value:.1f}" for value in frames)


def _marked(found: list[tuple[str, bool]]) -> tuple[list[str], int]:
    missed = sum(not met for _, met in found)
    return [*(text if met else f"**{text}**" for text, met in found), str(missed or "")], missed


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="names of plain prompts, with commas between them")
    parser.add_argument("--slots", help="slots, with commas between them")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="keep the frames of every pair")
    options = parser.parse_args()
    if options.sheets:
        options.sheets.mkdir(parents=True, exist_ok=True)
    began, missed, count = time.monotonic(), 0, 0
    print("| slot | " + " | ".join(COLUMNS) + " |\n" + "|---" * (len(COLUMNS) + 1) + "|")
    for name, prompts in tomllib.loads(PROMPTS.read_text("utf-8")).items():
        if options.only and name not in options.only.split(","):
            continue
        plain = filmed(prompts["plain"])
        for slot in AIMS:
            if slot in prompts and (not options.slots or slot in options.slots.split(",")):
                other = filmed(prompts[slot])
                found, misses = cells(slot, plain, other)
                missed, count = missed + misses, count + 1
                print(f"| {name}: {slot} | " + " | ".join(found) + " |", flush=True)
                if options.sheets:
                    keep(options.sheets / f"{name}-{slot}.png", plain, other)
    print(f"\n{count} pairs, {missed} figures miss their aim; {time.monotonic() - began:.0f} s")


def keep(path: Path, one: Filmed, other: Filmed) -> None:
    """Both films' frames one above the other, and their places beside them."""
    sheet = np.vstack([np.hstack([*film.frames, film.places[0]]) for film in (one, other)])
    small = cv2.resize(sheet, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(path), cv2.cvtColor(small.astype(np.uint8), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
