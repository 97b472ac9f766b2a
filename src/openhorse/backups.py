"""A database and a store come in, a folder that is a data folder of that moment goes out.

Servers and workers may run meanwhile: the database is copied first, from one state of it, then the blobs that it may
name. A database on a server is its own tools' to copy. Knows no HTTP and no row.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openhorse import __version__
from openhorse.errors import InvalidOrder, NotFound, StorageFailed
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database

MANIFEST = "backup.json"
"""Written last: a folder without it holds no whole backup."""

DATABASE, BLOBS = "openhorse.db", "blobs"
"""As in a data folder, so that a copy of a backup is one."""

FOLDERS = ("films", "inputs", "stills")


@dataclass(frozen=True, slots=True)
class Backup:
    """What was backed up. `sha256` is of the database's copy, None where that is on a server.

    `blobs` of `blob_bytes` are in the folder that are in the store, of which `copied` had to be copied now.
    """

    made_at: str
    openhorse: str
    schema: str
    sha256: str | None
    blobs: int
    blob_bytes: int
    copied: int


def back_up(database: Database, blobs: Blobs, data: Path, folder: Path, now: datetime) -> Backup:
    """Bring the backup in `folder` up to date, or make it; nobody else may read what is made there.

    Raises InvalidOrder when `folder` is, holds or is in the data folder; StorageFailed when there is nothing to back
    up, or the copy of the database is not whole.
    """
    _apart(folder.resolve(), data.resolve())
    schema = database.schema()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / MANIFEST).unlink(missing_ok=True)
    sha256 = None if database.is_server else _copy_database(Path(str(database.url.database)), folder / DATABASE)
    counts = _copy_blobs(blobs, Blobs((folder / BLOBS).resolve().as_uri()))
    made = Backup(now.isoformat(timespec="seconds"), __version__, schema, sha256, *counts)
    _write(folder / MANIFEST, made)
    return made


def read_backup(folder: Path) -> dict[str, Any]:
    """The manifest in `folder`. Raises NotFound when there is no whole backup."""
    with suppress(FileNotFoundError):
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        return found
    raise NotFound(f"there is no whole backup in {folder}")


def _apart(folder: Path, data: Path) -> None:
    if folder.is_relative_to(data) or data.is_relative_to(folder):
        raise InvalidOrder("a backup goes outside the data folder, best to another disk")


def _copy_database(source: Path, target: Path) -> str:
    """Copy a SQLite file as it is at one moment, checked and on the disk before it replaces the last copy."""
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
    reading = f"{source.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(reading, uri=True)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
        found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise StorageFailed(f"the copy of the database is not whole: {found}")
    with part.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    _settle(part)
    part.replace(target)
    _settle(target.parent)
    return sha256


def _copy_blobs(source: Blobs, target: Blobs) -> tuple[int, int, int]:
    """Copy what is missing; how many blobs there are, how many bytes, and how many were copied.

    A key's bytes never change: a picture is named by its hash, a film and its stills are made from one seed.
    """
    count = size = copied = 0
    for folder in FOLDERS:
        for batch in source.listed(folder):
            for blob in batch:
                if target.size(blob.key) != blob.bytes:
                    try:
                        source.copy(blob.key, target)
                    except NotFound:  # its time was over meanwhile
                        continue
                    copied += 1
                count, size = count + 1, size + blob.bytes
    return count, size, copied


def _write(path: Path, made: Backup) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(made), indent=2) + "\n", "utf-8")
    _settle(part)
    part.replace(path)
    _settle(path.parent)


def _settle(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
