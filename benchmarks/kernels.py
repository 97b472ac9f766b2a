"""Kernels in, a table out: how much of each one's arithmetic is packed, and its time beside a scalar build of itself.

A few frames of each kind of film are drawn; then the compiled form of every kernel that they used is turned into
assembly and its float arithmetic counted: packed on 256 or 512 bits, and scalar. A loop that is vectorised has each
operation once packed and once, for what is left over at the end of a row, scalar: a share of a half is all of it.
Kernels that film code calls are timed too, in processor time of one frame over its pixels, against the same kernel
compiled without LLVM's vectorisers, both by turns in one run. Those that only other kernels call are inlined there.
Run by scripts/bench kernels.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import film

FRAMES = (3, 30, 55)
TIER = "480p"
ROUNDS = 3
_SCALAR_BUILD = {"NUMBA_LOOP_VECTORIZE": "0", "NUMBA_SLP_VECTORIZE": "0"}
_PACKAGE = "openhorse.engines.procedural."
_WIDE = re.compile(r"^\tv\w+ps\t.*%[yz]mm|^\tvp(?:add|sub|mul|min|max)\w+\t.*%[yz]mm", re.MULTILINE)
_SCALAR = re.compile(r"^\tv\w+ss\t", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Count:
    """Instructions of one kernel's assembly: packed on 256 bits or more, and scalar floats."""

    wide: int
    scalar: int

    @property
    def share(self) -> float:
        """The packed part, 0…1; about a half is all of a row kernel's loop."""
        return self.wide / max(1, self.wide + self.scalar)


def loaded() -> Iterator[tuple[Any, str, Any]]:
    """Module, name and dispatcher of every kernel kept on disk that this process has imported."""
    from numba.core.dispatcher import Dispatcher

    for module_name, module in sorted(sys.modules.items()):
        if module_name.startswith(_PACKAGE):
            for name, value in sorted(vars(module).items()):
                is_own = isinstance(value, Dispatcher) and value.py_func.__module__ == module_name
                if is_own and value._cache.cache_path is not None:
                    yield module, name, value


def count(kernel: Any) -> Count:
    """The instructions of a kernel's widest compiled form, also of one that was loaded from disk."""
    best = Count(0, 0)
    for compiled in kernel.overloads.values():
        library = compiled.library
        # inspect_asm shows nothing of a kernel that came from disk; its optimised code is there all the same
        text = library._codegen._tm.emit_assembly(library._get_module_for_linking())
        best = max(best, Count(len(_WIDE.findall(text)), len(_SCALAR.findall(text))), key=lambda each: each.wide)
    return best


def title(kernel: Any) -> str:
    return f"{kernel.py_func.__module__.removeprefix(_PACKAGE)}.{kernel.py_func.__name__}"


# --- one process: draws, and times kernels as film code calls them ---


class Timed:
    """A kernel that adds its processor time to a tally."""

    def __init__(self, kernel: Any, tally: dict[str, float]) -> None:
        self._kernel, self._tally, self._name = kernel, tally, title(kernel)
        # a parallel loop works on threads of Numba's, a strip on the thread that calls it
        self._clock = time.process_time if kernel.targetoptions.get("parallel") else time.thread_time

    def __call__(self, *arguments: Any) -> Any:
        started = self._clock()
        result = self._kernel(*arguments)
        self._tally[self._name] += self._clock() - started
        return result


def work(scene_name: str) -> None:
    """Draw the frames once for the kernels; print what is packed; then for each line that comes in, draw and time."""
    scene = film.production_of(scene_name, TIER, 3).scene
    for index in FRAMES:
        scene.frame(index)
    used = [(module, name, kernel) for module, name, kernel in loaded() if kernel.overloads]
    counts = {title(kernel): count(kernel) for _module, _name, kernel in used}
    print(json.dumps({name: (each.wide, each.scalar) for name, each in counts.items()}), flush=True)
    tally: dict[str, float] = defaultdict(float)
    for module in {id(module): module for module, _name, _kernel in used}.values():
        for name, kernel in vars(module).copy().items():
            if any(kernel is each for _module, _name, each in used):
                setattr(module, name, Timed(kernel, tally))
    for _line in sys.stdin:
        tally.clear()
        for index in FRAMES:
            scene.frame(index)
        print(json.dumps(tally), flush=True)


def start(scene_name: str, folder: str, scalar: bool) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    if scalar:
        environment |= _SCALAR_BUILD | {"OPENHORSE_CACHE": folder}
    command = [sys.executable, __file__, "--worker", scene_name]
    return subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def answer(process: subprocess.Popen[str], ask: bool = True) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    if ask:
        process.stdin.write("\n")
        process.stdin.flush()
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def measure(scene_name: str, folder: str) -> dict[str, tuple[Count, float | None, float | None]]:
    """For each kernel of a scene: its count, and its nanoseconds per pixel of a frame, packed and scalar."""
    packed, scalar = (start(scene_name, folder, is_scalar) for is_scalar in (False, True))
    counts = {name: Count(*pair) for name, pair in answer(packed, ask=False).items()}
    answer(scalar, ask=False)
    times: dict[bool, list[dict[str, float]]] = {False: [], True: []}
    for number in range(ROUNDS):
        for is_scalar in (False, True, True, False) if number % 2 else (True, False, False, True):
            times[is_scalar].append(answer(scalar if is_scalar else packed))
    for process in (packed, scalar):
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
    pixels = film.pixels_of(TIER) * len(FRAMES)

    def nanoseconds(name: str, is_scalar: bool) -> float | None:
        seen = [each[name] for each in times[is_scalar] if name in each]
        return statistics.median(seen) / pixels * 1e9 if seen else None

    return {name: (each, nanoseconds(name, False), nanoseconds(name, True)) for name, each in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(film.SCENES), help="scenes, separated by commas")
    parser.add_argument("--worker", metavar="SCENE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker)
        return
    print(film.heading(f"{TIER}, median of {2 * ROUNDS}"))
    print("| kernel | packed | scalar | share | ns per pixel | scalar build | × |")
    print("|---" * 7 + "|")
    rows: dict[str, tuple[Count, float | None, float | None]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for scene_name in options.only.split(","):
            for name, row in measure(scene_name, folder).items():
                if name not in rows or rows[name][1] is None:
                    rows[name] = row
    for name, (each, packed, scalar) in sorted(rows.items()):
        times = (
            "inlined | – | –"
            if packed is None or scalar is None
            else (f"{packed:.2f} | {scalar:.2f} | {scalar / max(packed, 1e-9):.1f}")
        )
        print(f"| {name} | {each.wide} | {each.scalar} | {each.share:.2f} | {times} |")


if __name__ == "__main__":
    main()
