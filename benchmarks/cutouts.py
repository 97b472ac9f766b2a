"""Photographs in, contact sheets of their cut-outs on magenta out, with how each was found and how far it is trusted.

`python benchmarks/cutouts.py OUT --pictures FOLDER [--only NAME,…] [--labels FILE]`. Each row shows the picture and its
cut-out at the same scale. With labels (NAME GOOD|USABLE|BAD a line, by eye) it prints how well confidence foretells
them and whether the threshold lets a bad one through.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from openhorse.engines.procedural.ensemble.cutout import CONFIDENT, Cutout, cut_out
from openhorse.engines.procedural.ensemble.silhouette import read_build
from openhorse.vocabulary import Picture

MAGENTA = np.array((255, 0, 255), np.float32)


def loaded(path: Path, longest: int = 1600) -> Picture:
    """A photograph as a vetted picture, no side longer than `longest`."""
    image = Image.open(path)
    clear = "A" in image.getbands()
    image = image.convert("RGBA")
    image.thumbnail((longest, longest))
    return Picture(image.width, image.height, np.ascontiguousarray(image).data, clear)


def on_magenta(cut: Cutout) -> np.ndarray:
    """The cut-out composited on magenta, cropped to its bounds."""
    cover = cut.alpha[..., None]
    return (cut.rgb * cover + MAGENTA * (1 - cover)).clip(0, 255).astype(np.uint8)


def tile(path: Path, picture: Picture, cut: Cutout, side: int) -> np.ndarray:
    """The picture and its cut-out side by side with a caption."""
    whole = np.asarray(picture.pixels, np.uint8).reshape(picture.height, picture.width, 4)[..., :3]
    canvas = Image.new("RGB", (2 * side, side + 14), (30, 30, 30))
    for at, pixels in enumerate((whole, on_magenta(cut))):
        image = Image.fromarray(np.ascontiguousarray(pixels))
        image.thumbnail((side - 4, side - 4))
        canvas.paste(image, (at * side, 0))
    build = read_build(cut)
    words = f"{path.stem} {cut.how} {cut.confidence:.2f} {build.kind} {','.join(sorted(cut.open_sides))}"
    ImageDraw.Draw(canvas).text((2, side), words, (255, 255, 0) if cut.trusted else (255, 120, 120))
    return np.asarray(canvas)


def read_labels(path: Path) -> dict[str, str]:
    """Names and what the eye makes of their cut-outs."""
    rows = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"]
    return {row[0]: row[1] for row in rows}


def report(found: dict[str, float], labels: dict[str, str]) -> None:
    """Print each verdict's confidences, and the bad ones that would be used."""
    for verdict in ("good", "usable", "bad"):
        names = sorted((name for name in found if labels.get(name) == verdict), key=lambda name: -found[name])
        print(f"{verdict:7}", ", ".join(f"{name} {found[name]:.2f}" for name in names))
    wrong = [name for name in found if labels.get(name) == "bad" and found[name] >= CONFIDENT]
    lost = [name for name in found if labels.get(name) in ("good", "usable") and found[name] < CONFIDENT]
    print(f"threshold {CONFIDENT}: bad ones used {wrong}; good or usable ones framed {lost}")


def sheets(tiles: Sequence[np.ndarray], out: Path, per_sheet: int = 15, per_row: int = 3) -> None:
    """Save the tiles as numbered sheets."""
    for number, first in enumerate(range(0, len(tiles), per_sheet)):
        some = list(tiles[first : first + per_sheet])
        while len(some) % per_row:
            some.append(np.zeros_like(some[0]))
        rows = [np.hstack(some[at : at + per_row]) for at in range(0, len(some), per_row)]
        Image.fromarray(np.vstack(rows)).save(out / f"cutouts-{number}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--side", type=int, default=230)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    names = set(filter(None, options.only.split(",")))
    tiles, found = [], {}
    for path in sorted(options.pictures.iterdir()):
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png", ".webp") or (names and path.stem not in names):
            continue
        picture = loaded(path)
        began = time.perf_counter()
        cut = cut_out(picture)
        spent = time.perf_counter() - began
        found[path.stem] = cut.confidence
        print(f"{path.stem:18} {cut.how:9} {cut.confidence:.2f} share {cut.share:.2f} {spent:5.2f} s", flush=True)
        tiles.append(tile(path, picture, cut, options.side))
    sheets(tiles, options.out)
    if options.labels:
        report(found, read_labels(options.labels))


if __name__ == "__main__":
    main()
