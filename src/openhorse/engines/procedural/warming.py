"""Nothing comes in; when it returns, the kernels of every kind of film lie compiled on disk. Knows no customer.

`openhorse serve` runs this beside itself as a process of the lowest priority, so that films and customers come first.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator

import numpy as np

from openhorse.engines.procedural import Procedural
from openhorse.engines.procedural.kernels import claim, kernel_cache
from openhorse.vocabulary import Mode, Order, Picture, Ratio, Tier

_PROMPTS = (
    (Mode.IMAGE, "Snow falls, clouds drift, the water ripples and the flames flicker"),
    (Mode.REFERENCE, "[Image 1] walks through the rain in a place like [Image 2]"),
    (Mode.TEXT, "A dog runs along a beach at sunset"),
    (Mode.TEXT, "A neon street at night in the rain"),
    (Mode.TEXT, "A mountain lake in falling snow"),
    (Mode.TEXT, "A woman and a dog walk by a river in the rain"),
    (Mode.TEXT, "A sailing boat on the sea, watercolour"),
)
"""What films are made of now: each of these has kernels that the others lack."""

_log = logging.getLogger("openhorse.kernels")


def main() -> None:
    """Compile what is missing, with a line for each kind of film; end early when standard input does."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    done = kernel_cache() / "complete"
    if done.exists():
        return
    os.nice(19)
    threading.Thread(target=_until_input_ends, daemon=True).start()
    claim()
    _log.info("compiling kernels for this machine, once, in the background; films may be ordered meanwhile")
    for number, (mode, prompt) in enumerate(_PROMPTS, start=1):
        _rehearse(mode, prompt)
        _log.info("compiling kernels: %d of %d kinds of film are done", number, len(_PROMPTS))
    done.parent.mkdir(parents=True, exist_ok=True)
    done.touch()


def _rehearse(mode: Mode, prompt: str) -> None:
    """Draw a few frames of a small film: its kernels are compiled on the way and kept."""
    pictures = {Mode.TEXT: [], Mode.IMAGE: [_land()], Mode.REFERENCE: [_figure(), _land()]}[mode]
    ratio = None if mode is Mode.IMAGE else Ratio.R16_9
    order = Order("native", "rehearsal", mode, prompt, Tier.P480, 3, ratio, seed=1)
    frames: Iterator[object] = iter(Procedural().render(order, pictures, lambda _share: None).frames)
    for _ in range(3):
        next(frames)


def _land() -> Picture:
    """Sky over hills over water."""
    y, x = np.mgrid[0:360, 0:640] / np.array((360, 640))[:, None, None]
    hills = y > 0.45 + 0.05 * np.sin(x * 9) + 0.02 * np.sin(x * 31)
    rgba = np.stack([110 + 90 * y, 150 + 60 * y, 230 + 0 * y, 255 + 0 * y], axis=-1)
    rgba[hills] = (70, 110, 60, 255)
    rgba[y > 0.7] = (60, 110, 170, 255)
    return _picture(rgba, has_alpha=False)


def _figure() -> Picture:
    """A round figure on nothing."""
    y, x = np.mgrid[-1:1:400j, -1:1:300j]
    rgba = np.zeros((400, 300, 4))
    rgba[(x / 0.6) ** 2 + (y / 0.9) ** 2 < 1] = (230, 120, 60, 255)
    return _picture(rgba, has_alpha=True)


def _picture(rgba: np.ndarray, *, has_alpha: bool) -> Picture:
    pixels = np.ascontiguousarray(rgba.astype(np.uint8))
    return Picture(rgba.shape[1], rgba.shape[0], memoryview(pixels.tobytes()), has_alpha)


def _until_input_ends() -> None:
    # The server holds the other end: it ends with the server, also by kill -9.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
