"""This package's sources come in, the folder of their compiled kernels goes out, and how far compiling them is.

Knows no scene. Numba is imported by whoever draws; the command line only asks what happens in the folder.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from openhorse.leases import FileLeases

KEPT_FOLDERS = 3
"""Folders of kernels that stay, the newest ones: other versions of the sources, other Pythons."""

_STATUS = "compiling-"
_STALE_SECONDS = 60.0
"""A process that has begun no kernel for so long is not compiling any more."""


@functools.cache
def kernel_cache() -> Path:
    """The folder that keeps compiled kernels: below OPENHORSE_CACHE, else below the user's cache folder.

    Numba checks a kernel's own file only, not the files whose functions it has inlined; so every state of
    this package's sources, and every Python, has a folder of its own.
    """
    sources = hashlib.sha256(sys.version.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        text = path.read_bytes()
        if b"njit" in text:
            sources.update(text)
    chosen = os.environ.get("OPENHORSE_CACHE") or os.environ.get("XDG_CACHE_HOME")
    root = Path(chosen) if chosen else Path("~/.cache").expanduser()
    if not chosen and not os.access(root if root.exists() else root.parent, os.W_OK):
        root = Path(tempfile.gettempdir())
    return root / "openhorse" / f"kernels-{sources.hexdigest()[:16]}"


@functools.cache
def claim() -> None:
    """Take the folder into use as long as this process lives, and remove those that nobody needs any more."""
    folder = kernel_cache()
    with contextlib.suppress(OSError):  # where nothing can be kept, films are made all the same
        _users(folder).take(str(os.getpid()))
        os.utime(folder)
        prune(folder.parent)


def prune(root: Path) -> None:
    """Remove all but the newest folders of kernels below `root`, and none that a living process uses."""
    folders = sorted(root.glob("kernels-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in folders[KEPT_FOLDERS:]:
        if not _is_in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _users(folder: Path) -> FileLeases:
    return FileLeases(folder / "in-use")


def _is_in_use(folder: Path) -> bool:
    for lock in (folder / "in-use").glob("*.lock"):
        lease = _users(folder).take(lock.stem)
        if lease is None:
            return True
        lease.release()
    return False


def compiling() -> str | None:
    """What a process of this machine is compiling just now, as "12 of about 27 kernels"; None when none is."""
    newest = None
    with contextlib.suppress(OSError):
        for path in kernel_cache().glob(_STATUS + "*"):
            at = path.stat().st_mtime
            if time.time() - at < _STALE_SECONDS and (newest is None or at > newest[0]):
                newest = at, path.read_text()
    return newest[1] if newest else None


def tell(text: str | None) -> None:
    """Let `compiling` say `text`, from this process; None when it compiles nothing any more."""
    path = kernel_cache() / f"{_STATUS}{os.getpid()}"
    with contextlib.suppress(OSError):
        if text is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}")
        draft.write_text(text)
        draft.replace(path)
