"""Engines for a studio's tests: one that works and many that do what no engine should."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence

import numpy as np

from openhorse.engines import Engine
from openhorse.errors import EngineFailed, InvalidOrder
from openhorse.vocabulary import Clip, Frame, Order, Picture, Progress

WIDTH, HEIGHT, FRAMES = 1280, 720, 24
HOARD_BYTES = 600 << 20


class StrangeRefusal(InvalidOrder):
    """An error that only this engine knows."""


class Fake:
    """Draws flat frames and behaves as its name says, half way through."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.setups = 0
        self.films = 0

    def setup(self) -> None:
        """Count, and fail if that is what this engine does."""
        self.setups += 1
        if self.name == "stillborn":
            raise OSError("no weights here")

    def render(self, order: Order, pictures: Sequence[Picture], progress: Progress) -> Clip:
        """A clip whose notes say what arrived here."""
        self.films += 1
        notes = (f"setups {self.setups}", f"films {self.films}", f"process {os.getpid()}")
        notes += tuple(f"picture {picture.width}x{picture.height}" for picture in pictures)
        if self.name == "refuses":
            raise StrangeRefusal("not that prompt", field="prompt")
        if self.name == "buggy":
            raise ZeroDivisionError("a slip")
        if self.name == "noisy":
            os.write(1, b"noise that is no pickle\n")
            print("more noise", flush=True)
        count = FRAMES - 1 if self.name == "short" else FRAMES
        sound = np.random.default_rng(1).normal(0, 0.1, (2, FRAMES * 2000)).astype(np.float32)
        width = WIDTH + 32 if self.name == "wide" else WIDTH
        frames = self._frames(width, count, progress)
        return Clip(width, HEIGHT, FRAMES, frames, sound.data, self.name, order.seed or 0, notes)

    def _frames(self, width: int, count: int, progress: Progress) -> Iterator[Frame]:
        y = np.full((HEIGHT, width), 90, np.uint8)
        chroma = np.full((HEIGHT // 2, width // 2), 128, np.uint8)
        for index in range(count):
            while index == FRAMES // 2 and self.name == "dawdles":
                time.sleep(0.01)
                progress(0.5)
            if index == FRAMES // 2:
                self._misbehave()
            progress(index / count)
            yield Frame(y.data, chroma.data, chroma.data)

    def _misbehave(self) -> None:
        match self.name:
            case "crashes":
                os.abort()
            case "hangs":
                threading.Event().wait()
            case "hoards":
                hoard = np.ones(HOARD_BYTES, np.uint8)
                threading.Event().wait()
                del hoard
            case "gives up":
                raise EngineFailed("the horse would not run")


def engine_named(name: str) -> Engine:
    """Any of them but "unknown"."""
    if name == "unknown":
        raise InvalidOrder("unknown engine 'unknown'", field="engine")
    return Fake(name)
