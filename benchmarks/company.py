"""Kinds of players in, contact sheets of their pictures out: a row for each, in four moments, for looking at.

python benchmarks/company.py out.png dog cat:sit horse:run bird:fly@dusk
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.players import company
from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.players.player import Casting, Look

DAY = Light((0.36, 0.74, 0.56), (1.02, 0.94, 0.80), (0.20, 0.24, 0.31), (0.19, 0.155, 0.11), 0.5)
DUSK = Light((0.50, 0.30, -0.62), (1.30, 0.66, 0.30), (0.16, 0.15, 0.22), (0.16, 0.10, 0.07), 1.2)
GROUND = {"day": (0.42, 0.47, 0.50), "dusk": (0.40, 0.27, 0.22)}
MOMENTS = 4


def picture(word: str, tall: int, wide: int) -> np.ndarray:
    """One row: `kind[/variety][+colour][:action][<|^][@dusk]` in four moments."""
    word, _, hour = word.partition("@")
    facing = -1 if word.endswith("<") else 0 if word.endswith("^") else 1
    word, _, action = word.rstrip("<^").partition(":")
    word, _, colour = word.partition("+")
    kind, _, variety = word.partition("/")
    who = Character(kind, variety, colour=colour or None, actions=(action,) if action else ())
    player = company.fill(Casting(who, phase=0.1, seed=5))
    if player is None:
        raise SystemExit(f"nobody plays {kind}")
    span = (player.tall, player.long)
    metre = min(0.86 * tall / span[0], 0.92 * wide / span[1])
    look = Look(metre, DUSK if hour == "dusk" else DAY, facing)
    row = np.empty((3, tall, wide * MOMENTS), np.float32)
    row[:] = np.array(GROUND[hour or "day"], np.float32)[:, None, None]
    began = time.process_time()
    for k in range(MOMENTS):
        sprite = player.draw(look, 0.11 + 0.31 * k)
        foot = 0.93 if player.medium in ("ground", "afloat") else 0.5
        x0, y0 = round(wide * (k + 0.5) - sprite.x), round(tall * foot - sprite.y)
        lay(row, sprite.planes, x0, y0)
    spent = (time.process_time() - began) / MOMENTS
    size = f"{player.tall:.2f} × {player.long:.2f} m, {player.speed:.1f} m/s"
    print(f"{player.name} {player.does}: {size}, {spent * 1e3:.1f} ms")
    return row


def lay(out: np.ndarray, planes: np.ndarray, x0: int, y0: int) -> None:
    """A sprite over a picture."""
    top, left = max(0, y0), max(0, x0)
    bottom, right = min(out.shape[1], y0 + planes.shape[1]), min(out.shape[2], x0 + planes.shape[2])
    if top < bottom and left < right:
        part = planes[:, top - y0 : bottom - y0, left - x0 : right - x0]
        out[:, top:bottom, left:right] *= 1 - part[3]
        out[:, top:bottom, left:right] += part[:3]


def main() -> None:
    """Write the sheet."""
    tall, wide = 300, 340
    rows = [picture(word, tall, wide) for word in sys.argv[2:]]
    half = -(-len(rows) // 2) if len(rows) > 4 else len(rows)
    columns = [np.concatenate(rows[k : k + half], axis=1) for k in range(0, len(rows), half)]
    short = half * tall - columns[-1].shape[1]
    columns[-1] = np.pad(columns[-1], ((0, 0), (0, short), (0, 0)))
    sheet = np.concatenate(columns, axis=2)
    tone = np.clip(sheet * 0.9, 0, 1) ** (1 / 2.2)
    Path(sys.argv[1]).write_bytes(
        cv2.imencode(".png", (tone[::-1] * 255).astype(np.uint8).transpose(1, 2, 0))[1].tobytes()
    )


if __name__ == "__main__":
    main()
