"""Photographs in, contact sheets of their cut-outs on magenta out, with how each was found and how sure it is.

`python benchmarks/cutouts.py OUT --pictures FOLDER [--only NAME,…]`. Of the pictures in photographs.toml it
prints how well confidence foretells what the eye says of their cut-outs, whether the threshold lets a bad one through,
and how often the role that a picture gets by default is the expected one.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from openhorse.engines.procedural.brief import Role
from openhorse.engines.procedural.ensemble.cutout import CONFIDENT, Cutout, cut_out, opaque
from openhorse.engines.procedural.ensemble.looks import made_for
from openhorse.engines.procedural.ensemble.silhouette import read_build
from openhorse.engines.procedural.still.analysis import survey
from openhorse.vocabulary import Picture

LABELS = Path(__file__).with_name("photographs.toml")
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


def read_labels(section: str) -> dict[str, str]:
    """Names of pictures and what the eye makes of them."""
    lines = tomllib.loads(LABELS.read_text("utf-8"))[section]
    return {name: verdict for verdict, names in lines.items() for name in names.split()}


def default_role(picture: Picture, cut: Cutout) -> tuple[str, str]:
    """What the picture is used as unless the prompt says: now, and by the first rule (open country or a subject)."""
    rgb = opaque(picture)
    layout = survey(rgb)
    found = made_for(rgb, layout, cut)
    first = "place" if layout.is_outdoors and layout.figure is None else "subject"
    return ("subject" if found is Role.ACTOR else found.value), first


def report_roles(found: dict[str, tuple[str, str]]) -> None:
    """Print how often the default roles are what was expected, now and by the first rule."""
    expected = read_labels("roles")
    known = [name for name in found if name in expected]
    for which, title in enumerate(("now", "by the first rule")):
        wrong = [name for name in known if found[name][which] not in expected[name].split(" or ")]
        listed = ", ".join(f"{name} {found[name][which]}" for name in wrong)
        print(f"default roles {title}: {len(known) - len(wrong)} of {len(known)} as expected; not {listed}")


def report(found: dict[str, float]) -> None:
    """Print each verdict's confidences, and the bad ones that would be used."""
    labels = read_labels("cutouts")
    for verdict in ("good", "usable", "bad", "scenery"):
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
    parser.add_argument("--side", type=int, default=230)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    names = set(filter(None, options.only.split(",")))
    tiles, found, roles = [], {}, {}
    for path in sorted(options.pictures.iterdir()):
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png", ".webp") or (names and path.stem not in names):
            continue
        picture = loaded(path)
        began = time.perf_counter()
        cut = cut_out(picture)
        spent = time.perf_counter() - began
        found[path.stem] = cut.confidence
        roles[path.stem] = default_role(picture, cut)
        print(
            f"{path.stem:18} {cut.how:9} {cut.confidence:.2f} share {cut.share:.2f} {spent:5.2f} s "
            f"{roles[path.stem][0]} {','.join(sorted(cut.open_sides))}",
            flush=True,
        )
        tiles.append(tile(path, picture, cut, options.side))
    sheets(tiles, options.out)
    report(found)
    report_roles(roles)


if __name__ == "__main__":
    main()
