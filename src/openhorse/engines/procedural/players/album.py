"""A small player's pictures in, the same again out: each is drawn once, so that flocks and herds far off are cheap.

Knows no animal. What is large is drawn anew for every frame, as steps in its movement would be seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import replace

from openhorse.engines.procedural.players.player import Look, Sprite

_SMALL = 72.0
"""Pixels from end to end below which pictures are kept."""
_STEP = math.log(1.015)
"""A small player grows in steps of 1.5 %, about a pixel, so that a camera that goes closer seldom draws anew."""
_MOST = 160
"""Pictures kept at most."""


class Album:
    """Keeps the pictures of one player that is `long` metres from end to end, while it is small in the frame."""

    def __init__(self, long: float) -> None:
        self._long = long
        self._kept: dict[Hashable, Sprite] = {}

    def keeps(self, look: Look) -> bool:
        """Whether the player is so small that its pictures are kept."""
        return self._long * look.metre < _SMALL

    def picture(self, look: Look, state: Hashable, draw: Callable[[Look], Sprite]) -> Sprite:
        """The picture of a `state`, drawn once; the caller may change it."""
        metre = math.exp(round(math.log(look.metre) / _STEP) * _STEP)
        key = (state, metre, look.facing, round(look.turn, 1), round(look.pitch, 2), look.light)
        if key not in self._kept:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = draw(replace(look, metre=metre))
        kept = self._kept[key]
        return replace(kept, planes=kept.planes.copy())
