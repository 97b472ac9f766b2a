"""How far a pull is comes in; a bar of bytes on a terminal goes out, or a line for each file in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from openhorse.cli.terminal import out, say

if TYPE_CHECKING:
    from rich.progress import Progress

    from openhorse.weights import File
    from openhorse.weights.pull import Phase, Watcher

_WORDS = {"fetch": "fetching", "check": "checking"}


def gigabytes(count: int) -> str:
    """`count` bytes for people, in units of a thousand."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


@contextmanager
def transfer() -> Iterator[Watcher]:
    """Whoever is told how far a pull is, and shows it on standard error."""
    if not out.is_terminal:
        yield _Lines()
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=out, transient=True) as bar:
        yield _Bar(bar)


class _Bar:
    """One bar for all bytes that are to come; before they do, one for what is read again."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("asking the hub", total=None)
        self._before: dict[str, int] = {}

    def wanted(self, files: Sequence[File]) -> None:
        """All that is to come, one file after the other."""
        done = 0
        for file in files:
            self._before[file.path] = done
            done += file.bytes
        self._bar.update(self._task, total=done)

    def at(self, phase: Phase, file: File, done: int) -> None:
        """Show it; what is checked moves the bar only where it was not fetched before."""
        description = f"{_WORDS[phase]} {file.path[-40:]}"
        if phase == "fetch":
            self._bar.update(self._task, description=description, completed=self._before[file.path] + done)
        else:
            self._bar.update(self._task, description=description)


class _Lines:
    """A line for each file that comes."""

    def __init__(self) -> None:
        self._left: dict[str, str] = {}

    def wanted(self, files: Sequence[File]) -> None:
        """Say how much it is in all."""
        self._left = {file.path: f"{number} of {len(files)}" for number, file in enumerate(files, 1)}
        if files:
            say(f"{len(files)} files are to come, {gigabytes(sum(file.bytes for file in files))}")

    def at(self, phase: Phase, file: File, done: int) -> None:
        """Say it once for each file that comes."""
        if phase == "fetch" and (number := self._left.pop(file.path, None)) is not None:
            say(f"{number}: {file.path}, {gigabytes(file.bytes)}")
