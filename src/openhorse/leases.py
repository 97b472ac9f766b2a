"""A worker's name comes in, the proof that it is alive comes out. Knows no task and no run.

A worker holds the lease of its own name for life. Whoever can take another's lease has proof that
the other is dead, for the system frees a lease with the process that held it, also after kill -9.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol


class Lease(Protocol):
    """A held lease."""

    def held(self) -> bool:
        """Whether it is still ours."""

    def release(self) -> None:
        """Give it back; whoever asks for that name next gets it."""


class Leases(Protocol):
    """Where leases are kept: a folder for a database file, the database's own locks for a server."""

    def take(self, name: str) -> Lease | None:
        """The lease of `name`, or None while a living process holds it. Never waits."""


class FileLeases:
    """Leases as locked files in a folder that all workers of one machine share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str) -> FileLease | None:
        """The lease of `name`, which is fit for a file name, or None while a living process holds it."""
        path = self._folder / f"{name}.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return FileLease(path, handle)


class FileLease:
    """One locked file; the lock goes with the process."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    def held(self) -> bool:
        """Always: the lock goes with the process and nothing else."""
        return True

    def release(self) -> None:
        """Unlock and remove the file; names are never used twice, so nobody waits for it."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        os.close(self._handle)
