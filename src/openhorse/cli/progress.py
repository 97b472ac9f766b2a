"""How far something is comes in; a bar on a terminal goes out, or lines in a pipe, both on standard error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from openhorse.cli.terminal import out

_LINE_SECONDS = 3.0
"""The least time between two lines about what is being done, where there is no bar."""

Doing = Callable[[], str | None]
"""What to say is being done at this moment, None for the usual."""


def drawing() -> str | None:
    """What to say while kernels are compiled: the first film of a kind takes longer."""
    from openhorse.engines.procedural.kernels import compiling

    kernels = compiling()
    return None if kernels is None else f"Compiling kernels for this machine, once: {kernels}"


def nothing() -> str | None:
    """For what happens elsewhere, of which only the progress is known."""
    return None


@contextmanager
def progress_bar(doing: Doing = nothing, *, lines: bool = True) -> Iterator[Callable[[float], None]]:
    """A bar on a terminal, one line for every tenth in a pipe, unless who asks has `lines` of its own."""
    if not out.is_terminal:
        yield _lines(doing) if lines else _unseen
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("setting up", total=1.0)

        def show(share: float) -> None:
            usual = "drawing" if share > 0 else "setting up"
            bar.update(task, completed=share, description=doing() or usual)

        yield show


def _unseen(share: float) -> None:
    """Progress for nobody."""


def _lines(doing: Doing) -> Callable[[float], None]:
    tenths, told, told_at = 0, "", -_LINE_SECONDS

    def show(share: float) -> None:
        nonlocal tenths, told, told_at
        now = doing()
        if now not in (None, told) and time.monotonic() - told_at >= _LINE_SECONDS:
            told, told_at = now or "", time.monotonic()
            out.print(told)
        if int(share * 10) > tenths:
            tenths = int(share * 10)
            out.print(f"{tenths * 10} %")

    return show
