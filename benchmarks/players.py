"""Kinds of players in, one picture each out: four moments by day and two by dusk and night, side by side.

Each argument is a kind, or kind:action, kind:action:thing+thing, kind:action:things:colour. Run as a module's script:
    python benchmarks/players.py OUT.png woman:walk car cup
"""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.players.player import Casting, Look, Maker, Player

DAY = Light((0.36, 0.74, 0.56), (1.02, 0.94, 0.80), (0.20, 0.24, 0.31), (0.19, 0.155, 0.11), 0.5)
DUSK = Light((0.58, 0.40, -0.71), (2.7, 1.30, 0.52), (0.235, 0.215, 0.27), (0.20, 0.125, 0.085), 1.15)
NIGHT = Light((0.50, 0.55, -0.67), (0.50, 0.60, 0.80), (0.056, 0.082, 0.150), (0.024, 0.032, 0.054), 1.1)
_SETS = ((DAY, (0.36, 0.46, 0.55)), (DUSK, (0.34, 0.22, 0.16)), (NIGHT, (0.012, 0.018, 0.035)))
_FAMILIES = (
    "people",
    "robots",
    "cycling",
    "vehicles",
    "rails",
    "vessels",
    "aircraft",
    "things",
    "table",
    "fires",
    "garden",
)


def parts() -> dict[str, Maker]:
    """Who plays what, of the families there are."""
    found: dict[str, Maker] = {}
    for family in _FAMILIES:
        found |= import_module(f"openhorse.engines.procedural.players.{family}").PARTS
    return found


def character_of(word: str) -> Character:
    """kind:action:things:colour, with +variety behind the kind."""
    kind, action, things, colour, *_ = (word + "::::").split(":")
    kind, _, variety = kind.partition("/")
    return Character(
        kind,
        variety,
        actions=(action,) if action else (),
        things=tuple(t for t in things.split("+") if t),
        colour=colour or None,
    )


def picture(
    player: Player, look: Look, t: float, back: tuple[float, float, float], size: int, low: float = 0.86
) -> np.ndarray:
    """One moment on a plain ground, `size` pixels square, in 8-bit BGR."""
    sprite = player.draw(look, t)
    out = np.empty((3, size, size), np.float32)
    out[:] = np.array(back)[:, None, None]
    out[:, int(size * min(1.0, low)) :] *= 0.8
    x0, y0 = round(size * 0.5 - sprite.x), round(size * low - sprite.y)
    h, w = sprite.planes.shape[1:]
    top, left, low, right = max(0, y0), max(0, x0), min(size, y0 + h), min(size, x0 + w)
    if low > top and right > left:
        part = sprite.planes[:, top - y0 : low - y0, left - x0 : right - x0]
        out[:, top:low, left:right] = out[:, top:low, left:right] * (1 - part[3]) + part[:3]
    out = out * (1.0 + out / 12) / (1 + out * 0.55) * 1.35
    return (np.clip(out, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)[::-1].transpose(1, 2, 0)


def main() -> None:
    """Draw the sheet and print what each picture took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--size", type=int, default=350)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--zoom", type=float, default=1.0)
    parser.add_argument("--low", type=float, default=0.86)
    parser.add_argument("--riding", action="store_true")
    given = parser.parse_args()
    table = parts()
    rows = []
    for word in given.kinds or sorted(table):
        character = character_of(word)
        started = time.process_time()
        player = table[character.kind](Casting(character, seed=given.seed, riding=given.riding))
        made = time.process_time() - started
        metre = given.zoom * given.size * 0.80 / max(player.tall, player.long * 0.9)
        cells, spent = [], []
        for k, (facing, light) in enumerate(((1, 0), (1, 0), (0, 0), (-1, 0), (1, 1), (0, 2))):
            started = time.process_time()
            cells.append(
                picture(
                    player, Look(metre, _SETS[light][0], facing), 0.4 + k * 0.37, _SETS[light][1], given.size, given.low
                )
            )
            spent.append(time.process_time() - started)
        rows.append(np.concatenate(cells, axis=1))
        drawn = np.median(spent) * 1e3
        print(f"{word}: made in {made * 1e3:.0f} ms, drawn in {drawn:.0f} ms, {player.speed:.2f} m/s", file=sys.stderr)
    cv2.imwrite(given.out, np.concatenate(rows))


if __name__ == "__main__":
    main()
