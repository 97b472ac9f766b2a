"""A profile and a hub come in, its weights lie whole in its folder when this is through. Knows no licence.

A file grows under the name of its digest beside the others, so that what has come is never fetched twice, not after a
cut connection and not after a kill; it gets its own name once every byte of it was checked. The manifest is written
last, and goes first when anything is to change: nothing that is not whole ever counts as whole.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from openhorse.errors import BusyError, StorageFull, UpstreamError
from openhorse.profiles import Profile
from openhorse.weights import MANIFEST, File, Manifest, folder_of, manifest, within, write_manifest
from openhorse.weights.hub import Hub, Listing

PARTIAL = ".partial"
RESERVE_BYTES = 2_000_000_000
"""Left free on the disk: films and the database may share it."""

_BLOCK = 1 << 20

Phase = Literal["check", "fetch"]


class Watcher(Protocol):
    """Is told how far a pull is."""

    def wanted(self, files: Sequence[File]) -> None:
        """These are to come; parts of them may be there."""

    def at(self, phase: Phase, file: File, done: int) -> None:
        """So many bytes of `file` are fetched, or checked."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What is there now, and how many of its bytes had to come over the network."""

    manifest: Manifest
    fetched_bytes: int


def pull(
    profile: Profile, models: Path, hub: Hub, now: datetime, watcher: Watcher, *, thorough: bool = False
) -> Pulled:
    """Fetch what is missing of the weights of `profile`, check every file, and write the manifest.

    What the manifest says was checked before is believed, unless `thorough`. Raises NotFound, NotPermitted,
    UpstreamError, StorageFull, BusyError while another process pulls the same, CallerError without the library.
    """
    folder = folder_of(profile, models)
    with alone(profile, models), _roomy(folder):
        listing = hub.listing(profile.weights)
        before = manifest(folder)
        believed = set(before.there) if before is not None and not thorough else set()
        wanted = [file for file in listing.files if not _is_there(folder, file, file in believed, watcher)]
        watcher.wanted(wanted)
        _check_disk(folder, wanted)
        if wanted or before is None or before.commit != listing.commit:
            (folder / MANIFEST).unlink(missing_ok=True)
        fetched = sum(
            _fetched(folder, profile.weights.repository, listing.commit, file, hub, watcher) for file in wanted
        )
        made = _manifest(profile, listing, now)
        _clear(folder, before, made)
        write_manifest(folder, made)
        return Pulled(made, fetched)


def remove(profile: Profile, models: Path) -> int:
    """Delete the folder of `profile`, and how many bytes that freed. What links in it lead to stays.

    Raises BusyError while another process pulls it.
    """
    folder = folder_of(profile, models)
    with alone(profile, models):
        freed = sum(path.lstat().st_size for path in within(folder))
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            (folder / MANIFEST).unlink(missing_ok=True)  # first, so that half a folder is none
            shutil.rmtree(folder)
        return freed


@contextmanager
def alone(profile: Profile, models: Path) -> Iterator[None]:
    """No other process pulls or removes `profile` meanwhile. Raises BusyError when one does; never waits."""
    models.mkdir(parents=True, exist_ok=True)
    handle = os.open(models / f".{profile.name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BusyError(f"another process is pulling or removing {profile.name}") from None
    else:
        yield
    finally:
        os.close(handle)  # the file stays: whoever locks it must find the same one


@contextmanager
def _roomy(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StorageFull(f"{folder} has no room left; what has come stays, and the same command goes on") from error


def _is_there(folder: Path, file: File, is_believed: bool, watcher: Watcher) -> bool:
    path = folder / file.path
    if path.is_symlink() or not path.is_file() or path.stat().st_size != file.bytes:
        return False
    return is_believed or _is_right(path, file, watcher)


def _fetched(folder: Path, repository: str, commit: str, file: File, hub: Hub, watcher: Watcher) -> int:
    """Bring `file` under its name; how many bytes came. One that came wrong is fetched once more from the beginning."""
    partial = folder / PARTIAL / str(file.sha256 or file.blob)
    partial.parent.mkdir(parents=True, exist_ok=True)
    came = 0
    for _ in range(2):
        came += _grown(partial, repository, commit, file, hub, watcher)
        if _is_right(partial, file, watcher):
            place = folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            partial.replace(place)
            return came
        partial.unlink()
    raise UpstreamError(f"{file.path} came twice with other bytes than its digest at the hub says")


def _grown(partial: Path, repository: str, commit: str, file: File, hub: Hub, watcher: Watcher) -> int:
    with partial.open("ab") as grown:
        have = grown.tell()
        if have > file.bytes:
            grown.truncate(0)
            have = 0
        told = _Told(grown, lambda done: watcher.at("fetch", file, done))
        if have < file.bytes:
            hub.fetch(repository, commit, file, told, have)
        grown.flush()
        os.fsync(grown.fileno())
    return told.came


class _Told:
    """A file that is appended to, and says how far it is; see Growing."""

    def __init__(self, file: BinaryIO, tell: Callable[[int], None]) -> None:
        self._file, self._tell, self.came = file, tell, 0
        self.tell, self.seek, self.truncate = file.tell, file.seek, file.truncate

    def write(self, block: bytes) -> int:
        """Append `block`."""
        written = self._file.write(block)
        self.came += written
        self._tell(self.tell())
        return written


def _is_right(path: Path, file: File, watcher: Watcher) -> bool:
    """Whether every byte is the hub's: by SHA-256 for large files, by Git's blob hash for all others."""
    if path.stat().st_size != file.bytes:
        return False
    digest = hashlib.sha256() if file.sha256 else hashlib.sha1(b"blob %d\0" % file.bytes, usedforsecurity=False)
    done = 0
    with path.open("rb") as bytes_of:
        while block := bytes_of.read(_BLOCK):
            digest.update(block)
            done += len(block)
            watcher.at("check", file, done)
    return digest.hexdigest() == (file.sha256 or file.blob)


def _check_disk(folder: Path, wanted: list[File]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    have = 0
    for file in wanted:
        with suppress(FileNotFoundError):
            have += (folder / PARTIAL / str(file.sha256 or file.blob)).stat().st_size
    needed = sum(file.bytes for file in wanted) - have
    free = shutil.disk_usage(folder).free
    if wanted and needed + RESERVE_BYTES > free:
        raise StorageFull(
            f"{needed / 1e9:.1f} GB are to come into {folder}, and {RESERVE_BYTES / 1e9:.0f} GB stay free; "
            f"{free / 1e9:.1f} GB are free. OPENHORSE_MODELS names another disk"
        )


def _manifest(profile: Profile, listing: Listing, now: datetime) -> Manifest:
    weights = profile.weights
    at = now.isoformat(timespec="seconds")
    return Manifest(weights.repository, weights.revision, weights.files, listing.commit, listing.files, at)


def _clear(folder: Path, before: Manifest | None, made: Manifest) -> None:
    """Of an earlier commit, what is in the new one no more goes; so do files that did not come whole."""
    kept = {file.path for file in made.there}
    for file in before.there if before is not None else ():
        if file.path not in kept:
            (folder / file.path).unlink(missing_ok=True)
    shutil.rmtree(folder / PARTIAL, ignore_errors=True)
