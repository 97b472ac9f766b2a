"""Kernels over rows are vectorised: a loop that quietly falls back to scalar code draws the same, many times slower."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

from openhorse.engines.procedural.direction import direct
from openhorse.vocabulary import Mode, Order, Picture, Ratio, Tier

PACKAGE = "openhorse.engines.procedural."

FILMS = (
    (Mode.IMAGE, "Snow falls, clouds drift, the water ripples"),
    (Mode.REFERENCE, "[Image 1] walks through the rain in a place like [Image 2]"),
    (Mode.TEXT, "A dog runs along a beach at sunset"),
    (Mode.TEXT, "A neon street at night in the rain"),
    (Mode.TEXT, "A mountain lake in falling snow"),
    (Mode.TEXT, "A woman and a dog walk by a river in the rain"),
    (Mode.TEXT, "A sailing boat on the sea, watercolour"),
)

SCALAR = {
    "drawing.stamps._stamp": "reads small pictures at places of their own, pixel by pixel",
    "alps.heights._erode": "follows one droplet after another",
    "alps.terrain._shadow": "walks from each cell until something hides the sun",
    "alps.prospect._march": "walks along a ray whose every step depends on the one before",
    "effects.fall._rings": "draws each splash as a few pixels",
    "players.raster._set_up": "looks at one triangle after another",
    "players.raster._fill": "fills one triangle of a few pixels after another",
    "players.raster._bound": "looks at one vertex after another",
    "players.raster._sort": "puts one triangle after another in its layer",
    "players.raster._carry": "mixes the bones of one vertex after another",
    "still.fall._strokes": "draws each drop as a line of a few pixels",
    "still.fall._rings": "draws each splash as a few pixels",
    "drawing.sampling._judge_tiles": "looks at a picture once, in tiles of a few pixels",
}
"""Kernels that cannot be vectorised, and why."""

LEAST = 0.15
"""Loops that also gather, or put two rows together, have more that is scalar around them than a half."""

OPERATION = re.compile(r"= (?:f(?:add|sub|mul|div)|call [^@\n]*@llvm\.(?:fmuladd|sqrt|minnum|maxnum)\S*)[^\n]*")
WIDE = re.compile(r"<(?:8|16) x float>")


def pictures(mode: Mode) -> list[Picture]:
    """Land under sky, and for references a round figure on nothing before it."""
    y, x = np.mgrid[0:270, 0:480] / np.array((270, 480))[:, None, None]
    land = np.stack([110 + 90 * y, 150 + 60 * y, 230 + 0 * y, 255 + 0 * y], axis=-1)
    land[y > 0.45 + 0.05 * np.sin(x * 9)] = (70, 110, 60, 255)
    land[y > 0.7] = (60, 110, 170, 255)
    figure = np.where((((x - 0.5) / 0.2) ** 2 + ((y - 0.5) / 0.4) ** 2 < 1)[..., None], (230, 120, 60, 255), 0)
    wanted = {Mode.TEXT: [], Mode.IMAGE: [land], Mode.REFERENCE: [figure, land]}[mode]
    return [Picture(480, 270, memoryview(rgba.astype(np.uint8).tobytes()), rgba is figure) for rgba in wanted]


def drawn_kernels() -> Iterator[tuple[str, Any]]:
    """The kernels of all kinds of film, after a few small frames of each."""
    for mode, prompt in FILMS:
        order = Order("native", "m", mode, prompt, Tier.P480, 3, None if mode is Mode.IMAGE else Ratio.R16_9, seed=1)
        scene = direct(order, pictures(mode), 320, 180).scene
        for index in (0, 1, 40):
            scene.frame(index)
    for module_name, module in sorted(sys.modules.items()):
        if module_name.startswith(PACKAGE):
            for kernel in vars(module).values():
                is_own = isinstance(kernel, Dispatcher) and kernel.py_func.__module__ == module_name
                if is_own and kernel.overloads and kernel._cache.cache_path is not None:
                    yield f"{module_name.removeprefix(PACKAGE)}.{kernel.py_func.__name__}", kernel


def wide_share(kernel: Any) -> float:
    """The part of a kernel's operations on floats, as compiled, that are on eight of them or more, 0…1."""
    most = 0.0
    for compiled in kernel.overloads.values():
        operations = OPERATION.findall(str(compiled.library._get_module_for_linking()))
        most = max(most, sum(bool(WIDE.search(text)) for text in operations) / max(1, len(operations)))
    return most


def test_kernels_over_rows_are_vectorised() -> None:
    """Each loop is there packed, and once more for the end of a row: about half of its operations are wide."""
    if not llvm.get_host_cpu_features().get("avx2"):
        pytest.skip("this processor has no vectors of eight floats")
    # A process that compiles also holds what it has inlined into something else, so it tells nothing; the next loads.
    for _ in ("compile", "load"):
        program = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True)
        shares: dict[str, float] = json.loads(program.stdout)
        if shares:
            break
    assert set(SCALAR) <= set(shares)
    lost = {name: round(share, 2) for name, share in shares.items() if share < LEAST and name not in SCALAR}
    assert not lost
    found = {name for name in SCALAR if shares[name] >= LEAST}
    assert not found, "these are vectorised now: take them off the list"


if __name__ == "__main__":
    kernels = dict(drawn_kernels())
    loaded = not any(kernel.stats.cache_misses for kernel in kernels.values())
    print(json.dumps({name: wide_share(kernel) for name, kernel in kernels.items()} if loaded else {}))
