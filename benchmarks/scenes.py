"""Contact sheets of text-to-video: the prompts of prompts.toml, five frames each, with what the film says of itself.

`python benchmarks/scenes.py FOLDER [--only fox-snow,candle] [--prompt "…"] [--seconds 5] [--tier 480p] [--ratio 16:9]
[--seed 1]` writes one PNG for each section of prompts.toml. They are for looking at; nothing is measured.
"""

from __future__ import annotations

import argparse
import textwrap
import tomllib
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from openhorse.engines.procedural.direction import direct
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.vocabulary import Mode, Order, Ratio, Tier, frame_size

FRAMES = 5
SHEET_WIDTH = 1900
PROMPTS = Path(__file__).parent / "prompts.toml"


def row(prompt: str, asked: argparse.Namespace) -> np.ndarray:
    """One prompt's caption and frames."""
    ratio = Ratio(asked.ratio)
    order = Order(
        "native", "happyhorse-1.1", Mode.TEXT, prompt, Tier(asked.tier), asked.seconds, ratio, seed=asked.seed
    )
    width, height = frame_size(order.tier, ratio.fraction)
    production = direct(order, (), width, height)
    last = production.shot.frame_count - 1
    across = SHEET_WIDTH // FRAMES
    size = across, round(across * height / width)
    frames = []
    for k in range(FRAMES):
        rgb = to_rgb(production.scene.frame(round(last * k / (FRAMES - 1))), width, height)
        frames.append(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))
    return np.vstack([caption(prompt, production.notes), np.hstack(frames)])


def caption(prompt: str, notes: tuple[str, ...]) -> np.ndarray:
    """The prompt, and what the film says of itself."""
    lines = [prompt[:170], *textwrap.wrap(" · ".join(notes), 250)[:2]]
    image = Image.new("RGB", (SHEET_WIDTH // FRAMES * FRAMES, 8 + 19 * len(lines)), (24, 24, 28))
    draw = ImageDraw.Draw(image)
    for k, line in enumerate(lines):
        draw.text((8, 4 + 19 * k), line, font=font(15 if k == 0 else 13), fill=(240, 240, 235) if k == 0 else "#9aa")
    return np.asarray(image)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A typeface with Chinese characters where the machine has one."""
    for name in ("NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size=size)


def main() -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--prompt", action="append", default=[])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--tier", default="480p")
    parser.add_argument("--ratio", default="16:9")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    sections = tomllib.loads(PROMPTS.read_text("utf-8"))
    if asked.prompt:
        sections = {"asked": {str(k): prompt for k, prompt in enumerate(asked.prompt)}}
    wanted = set(asked.only.split(",")) if asked.only else None
    for section, prompts in sections.items():
        rows = []
        for name, prompt in prompts.items():
            if wanted is None or name in wanted:
                print(f"{section}/{name}", flush=True)
                rows.append(row(prompt, asked))
        if rows:
            sheet = np.vstack(rows)
            cv2.imwrite(str(asked.folder / f"{section}.png"), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
