"""A film's place on this machine: the file is written beside it and appears there whole, never over another one.

Knows nobody who makes films: what is downloaded and what is made in this process are kept in the same way.
"""

from __future__ import annotations

import builtins
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

from openhorse.client.words import Task
from openhorse.errors import InvalidOrder


@dataclass(frozen=True, slots=True)
class Film:
    """A film on this machine: where it lies, and the native task object with its facts."""

    path: Path
    task: Task

    @property
    def bytes(self) -> builtins.bytes:
        """The file's content, read now."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a film shall lie: at `wanted`, or under the name of its seed in the folder one is in."""

    wanted: Path | None

    @property
    def folder(self) -> Path:
        """The folder that must take it."""
        return Path() if self.wanted is None else self.wanted.parent

    @contextmanager
    def part(self) -> Iterator[BinaryIO]:
        """A new file beside the place, open for writing, which is gone afterwards unless it was `settle`d."""
        path = self.folder / f".openhorse-{secrets.token_hex(8)}.part"
        try:
            with path.open("x+b") as file:
                yield file
        finally:
            path.unlink(missing_ok=True)

    def settle(self, part: BinaryIO, seed: int) -> Path:
        """Let the finished part appear at the place. Raises FileExistsError when somebody has taken it meanwhile.

        The default name gets a number when it is taken.
        """
        part.flush()
        for number in count(1):
            path = self.wanted or Path(f"openhorse-{seed}{'' if number == 1 else f'-{number}'}.mp4")
            try:
                _link(Path(part.name), path)
            except FileExistsError:
                if self.wanted is not None:
                    raise FileExistsError(f"{path} exists already") from None
            else:
                return path
        raise AssertionError("counting ends")


def place_for(output: str | os.PathLike[str] | None) -> Place:
    """The place, checked before anything is paid for: FileExistsError if it is taken, InvalidOrder if nothing can be
    written there.
    """
    place = Place(None if output is None else Path(output))
    if place.wanted is not None and place.wanted.exists():
        raise FileExistsError(f"{place.wanted} exists already")
    if not (place.folder.is_dir() and os.access(place.folder, os.W_OK)):
        raise InvalidOrder(f"output: there is no folder {place.folder.absolute()} to write to")
    return place


def _link(part: Path, path: Path) -> None:
    """Give the part its name in one step, if that is free. Raises FileExistsError."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, where nobody can do better than look first
        if path.exists():
            raise FileExistsError(f"{path} exists already") from None
        part.rename(path)
