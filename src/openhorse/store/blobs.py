"""Keys and bytes go in and come out again, on a disk or in an object store; links to them are signed here.

Knows no task and no vendor. A key is a short path of our own making, such as `films/<task id>.mp4`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from openhorse.errors import Gone, NotFound, StorageFailed
from openhorse.store.objects import PART_BYTES, explained, explained_writing, misconfigured, open_store

CHUNK_BYTES = 1 << 20
"""How much of a film on a disk is in memory at once while it is streamed."""

PARTS_AT_ONCE = 4
"""Of one film on its way into a bucket, 5 MiB each."""

CONTENT_TYPES = {".mp4": "video/mp4", ".png": "image/png", ".jpg": "image/jpeg"}

_log = logging.getLogger(__name__)


def content_type(key: str) -> str:
    """What kind of file lies under `key`, by its ending."""
    return CONTENT_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")


LISTED_AT_ONCE = 200
"""Blobs in one batch of `Blobs.listed`."""


@dataclass(frozen=True, slots=True)
class Blob:
    """What lies under one key: how many bytes, and since when."""

    key: str
    bytes: int
    at: datetime


class Blobs:
    """A folder or a bucket: see `open_store` for its URL.

    Every method raises StorageFailed when the store itself is in trouble, StorageFull when it is full.
    """

    def __init__(self, url: str) -> None:
        """Asks nobody yet; see `check`. Raises StorageFailed for a URL that cannot be one."""
        self._url = url
        self._store = open_store(url)

    @property
    def is_bucket(self) -> bool:
        """Whether it is no folder of a disk."""
        return not isinstance(self._store, LocalStore)

    def check(self) -> None:
        """Ask a bucket whether we may use it; one that is merely in trouble now is noted in the log.

        Raises StorageFailed where the operator has something to set.
        """
        if isinstance(self._store, LocalStore):
            return
        try:
            next(iter(obstore.list(self._store, "films", chunk_size=1)), None)
        except (BaseError, OSError) as error:
            wrong = misconfigured(error, urlsplit(self._url).scheme)
            if wrong is not None:
                raise StorageFailed(f"the store {self._url} cannot be used: {wrong}") from error
            _log.warning("the store %s does not answer: %s", self._url, str(error).partition("\n")[0])

    def presigned(self, key: str, lifetime: timedelta) -> str | None:
        """An address in the bucket, under which anybody can read what is at `key` for `lifetime`; None on a disk."""
        if isinstance(self._store, LocalStore):
            return None
        with explained():
            return obstore.sign(self._store, "GET", key, lifetime)

    def put_bytes(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, whole or not at all, replacing what was there."""
        self._put(key, data)

    def put_file(self, key: str, path: Path) -> None:
        """Keep a copy of the file at `path` under `key`, whole or not at all."""
        self._put(key, path)

    def read(self, key: str) -> bytes:
        """The bytes under `key`. Raises NotFound."""
        with explained():
            return bytes(obstore.get(self._store, key).bytes())

    def size(self, key: str) -> int | None:
        """How many bytes lie under `key`, None when nothing does."""
        with suppress(NotFound), explained():
            return obstore.head(self._store, key)["size"]
        return None

    def stream(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to but not including `end`, in chunks. Raises NotFound at once, not later."""
        if start >= end:
            return iter(())
        with explained():
            if isinstance(self._store, LocalStore):
                found = obstore.get(self._store, key, options={"range": (start, end)})
                return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK_BYTES))
            # One request for all would be cut off in the middle where the reader is slow.
            first = self._part(key, start, end)
        return chain([first], (self._part(key, at, end) for at in range(start + PART_BYTES, end, PART_BYTES)))

    def delete(self, *keys: str) -> None:
        """Forget what is under these keys, in one request where the store can; nothing happens where nothing is."""
        if len(keys) > 1:
            with suppress(NotFound), explained():
                obstore.delete(self._store, keys)
                return
        # One of several was not there, and nobody knows how far the store has come.
        for key in keys:
            with suppress(NotFound), explained():
                obstore.delete(self._store, key)

    def listed(self, folder: str) -> Iterator[Sequence[Blob]]:
        """What lies below `folder`, in batches; what comes or goes meanwhile is told or not."""
        with explained():
            for batch in obstore.list(self._store, folder, chunk_size=LISTED_AT_ONCE):
                yield [Blob(one["path"], one["size"], one["last_modified"]) for one in batch]

    def halves(self, folder: str) -> Iterator[Blob]:
        """What a process that died has left half written below `folder`, on a disk; object stores end that themselves.

        No other method knows these but `delete_half`.
        """
        if isinstance(self._store, LocalStore) and self._store.prefix is not None:
            for path in sorted((self._store.prefix / folder).glob("*#*")):
                with suppress(FileNotFoundError):
                    facts = path.stat()
                    at = datetime.fromtimestamp(facts.st_mtime, UTC)
                    yield Blob(f"{folder}/{path.name}", facts.st_size, at)

    def delete_half(self, key: str) -> None:
        """Remove one of the `halves`."""
        if isinstance(self._store, LocalStore) and self._store.prefix is not None:
            with explained():
                (self._store.prefix / key).unlink(missing_ok=True)

    def copy(self, key: str, to: Blobs) -> None:
        """Keep what is under `key` in the store `to` as well, whole or not at all. Raises NotFound."""
        size = self.size(key)
        if size is None:
            raise NotFound("no such file")
        # By a file in between: obstore cannot read from one store in the midst of writing to another.
        with explained(), TemporaryFile() as between:
            for chunk in self.stream(key, 0, size):
                between.write(chunk)
            between.seek(0)
            to._put(key, between)

    def _put(self, key: str, what: bytes | Path | IO[bytes]) -> None:
        with explained_writing():
            if isinstance(self._store, LocalStore):
                obstore.put(self._store, key, what)
                self._settle(key)
            else:
                kind = {"Content-Type": content_type(key)}
                obstore.put(self._store, key, what, attributes=kind, max_concurrency=PARTS_AT_ONCE)

    def _part(self, key: str, start: int, end: int) -> bytes:
        with explained():
            return bytes(obstore.get_range(self._store, key, start=start, end=min(start + PART_BYTES, end)))

    def _settle(self, key: str) -> None:
        """Make a local blob survive a power cut: a film is charged once it is stored, so it must be on the disk."""
        if not isinstance(self._store, LocalStore) or self._store.prefix is None:
            return
        path = self._store.prefix / key
        for place in (path, path.parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


class Links:
    """Signs links to blobs and checks them. Whoever has a link may read its blob until it expires."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, key: str, expires_at: datetime) -> str:
        """The query string `e=…&s=…` that opens `key` until `expires_at`, to the whole second."""
        expires = str(int(expires_at.timestamp()))
        return f"e={expires}&s={self._signature(key, expires)}"

    def check(self, key: str, e: str, s: str, now: datetime) -> None:
        """Raises NotFound for a link that we did not sign, Gone for one that has expired."""
        if not hmac.compare_digest(self._signature(key, e).encode(), s.encode(errors="backslashreplace")):
            raise NotFound("no such file")
        if int(e) <= now.timestamp():
            raise Gone("this link has expired")

    def _signature(self, key: str, expires: str) -> str:
        digest = hmac.digest(self._secret, f"{expires}\n{key}".encode(errors="backslashreplace"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
