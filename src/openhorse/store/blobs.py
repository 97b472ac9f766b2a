"""Keys and bytes go in and come out again, on a disk or in an object store; links to them are signed here.

Knows no task and no vendor. A key is a short path of our own making, such as `films/<task id>.mp4`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from openhorse.errors import Gone, NotFound, StorageFailed

CHUNK_BYTES = 1 << 20
"""How much of a film is in memory at once while it is streamed."""


LISTED_AT_ONCE = 200
"""Blobs in one batch of `Blobs.listed`."""


@dataclass(frozen=True, slots=True)
class Blob:
    """What lies under one key: how many bytes, and since when."""

    key: str
    bytes: int
    at: datetime


class Blobs:
    """An object store: `file:///folder`, `s3://bucket/prefix` and whatever else obstore opens.

    Every method raises StorageFailed when the store itself is in trouble.
    """

    def __init__(self, url: str) -> None:
        self._store = LocalStore.from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)

    def put_bytes(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, whole or not at all, replacing what was there."""
        with _explained():
            obstore.put(self._store, key, data)
            self._settle(key)

    def put_file(self, key: str, path: Path) -> None:
        """Keep a copy of the file at `path` under `key`, whole or not at all."""
        with _explained():
            obstore.put(self._store, key, path)
            self._settle(key)

    def read(self, key: str) -> bytes:
        """The bytes under `key`. Raises NotFound."""
        with _explained():
            return bytes(obstore.get(self._store, key).bytes())

    def size(self, key: str) -> int | None:
        """How many bytes lie under `key`, None when nothing does."""
        with suppress(NotFound), _explained():
            return obstore.head(self._store, key)["size"]
        return None

    def stream(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to but not including `end`, in chunks. Raises NotFound at once, not later."""
        if start >= end:
            return iter(())
        with _explained():
            found = obstore.get(self._store, key, options={"range": (start, end)})
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK_BYTES))

    def delete(self, key: str) -> None:
        """Forget what is under `key`; nothing happens when there is nothing."""
        with suppress(NotFound), _explained():
            obstore.delete(self._store, key)

    def listed(self, folder: str) -> Iterator[Sequence[Blob]]:
        """What lies below `folder`, in batches; what comes or goes meanwhile is told or not."""
        with _explained():
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
            with _explained():
                (self._store.prefix / key).unlink(missing_ok=True)

    def copy(self, key: str, to: Blobs) -> None:
        """Keep what is under `key` in the store `to` as well, whole or not at all. Raises NotFound."""
        # By a file in between: obstore cannot read from one store in the midst of writing to another.
        with _explained(), TemporaryFile() as between:
            for chunk in obstore.get(self._store, key).stream(min_chunk_size=CHUNK_BYTES):
                between.write(chunk)
            between.seek(0)
            obstore.put(to._store, key, between)
            to._settle(key)

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


@contextmanager
def _explained() -> Iterator[None]:
    """Turns the object store's errors into ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("no such file") from error
    except (BaseError, OSError) as error:
        raise StorageFailed("the file store could not be reached or is full") from error


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
