"""Kernels that Numba begins to compile come in, "12 of about 27 kernels" goes out. Knows neither scene nor screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from numba.core import event
from numba.core.dispatcher import Dispatcher

from openhorse.engines.procedural import kernels

_COMPILE = "numba:compile"
_PACKAGE = __name__.rpartition(".")[0]


class Watch(event.Listener):  # type: ignore[misc]
    """While entered, tells `kernels` which kernel of how many this process has begun to compile."""

    def __init__(self) -> None:
        self._kept = _kept_names()
        self._begun: set[str] = set()
        self._depth = 0

    def __enter__(self) -> Watch:
        event.register(_COMPILE, self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        event.unregister(_COMPILE, self)

    def on_start(self, event: event.Event) -> None:
        """A function is about to be compiled; those that are inlined everywhere are not counted."""
        self._depth += 1
        kernel = event.data["dispatcher"]
        name = _name(kernel) if isinstance(kernel, Dispatcher) else None
        if name is not None:
            self._begun.add(name)
            missing = set(_loaded_names()) - self._kept - self._begun
            kernels.tell(f"{len(self._begun)} of about {len(self._begun) + len(missing)} kernels")

    def on_end(self, event: event.Event) -> None:
        """That function is compiled, and perhaps the kernel for which it was."""
        self._depth -= 1
        if self._depth == 0:
            kernels.tell(None)


def _name(kernel: Any) -> str | None:
    """As the kernel's files in the folder begin; None for a function that has none."""
    if kernel._cache.cache_path is None:
        return None
    code = kernel.py_func.__code__
    return f"{Path(code.co_filename).stem}.{kernel.py_func.__qualname__}-{code.co_firstlineno}"


def _loaded_names() -> Iterator[str]:
    """All kernels of the scenes that this process has imported: a film may well do without some."""
    for module_name, module in tuple(sys.modules.items()):
        if module_name.startswith(_PACKAGE):
            for value in tuple(vars(module).values()):
                if isinstance(value, Dispatcher) and (name := _name(value)) is not None:
                    yield name


def _kept_names() -> set[str]:
    return {path.name.partition(".py3")[0] for path in kernels.kernel_cache().glob("*/*.nbi")}
