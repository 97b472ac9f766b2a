"""A request to a server that the operator has named comes in, its answer goes out: inference servers and vendors.

The operator vouches for the address, so unlike in outbound it may be private; what such a server answers is bounded
all the same, and addresses in its answers are somebody else's: those are opened by outbound. Knows no vendor's words.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from openhorse.errors import EngineUnavailable, StorageFull

PART_SUFFIX = ".part"

KEPT_SECONDS = 3.0
"""How long a connection is kept for the next request: less than servers keep theirs (uvicorn: 5 s), so that none is
closed there in the moment in which it is used again here, and nobody knows whether the request arrived."""

File = tuple[str, str, bytes, str]
"""A file field of a form: the field's name, the file's, its bytes, its content type."""

_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
"""What goes wrong before the first byte of a request has left."""


class Unanswered(EngineUnavailable):
    """The request went out and no whole answer came back: what it asked for may have been done there, or not."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a server may take and send. `silence_seconds` is the longest pause in an answer, `answer_seconds` and
    `film_seconds` how long a whole answer and a whole film may take, once it has begun; the rest is bytes of each.
    """

    connect_seconds: float = 5.0
    silence_seconds: float = 30.0
    upload_seconds: float = 120.0
    answer_seconds: float = 60.0
    film_seconds: float = 900.0
    answer_bytes: int = 4 << 20
    film_bytes: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `body` is parsed JSON, or text where it is none; header names in lower case."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300


class Peer:
    """One server at `base` (no slash at its end). Used from many threads at once; close it.

    Every verb raises EngineUnavailable when the server cannot be reached, its kind Unanswered when it was and did not
    answer whole and in time. Redirects are not followed: `headers` hold a key.
    """

    def __init__(self, base: str, headers: Mapping[str, str] | None = None, bounds: Bounds | None = None) -> None:
        self.base = base.rstrip("/")
        self._bounds = bounds or Bounds()
        self._client = httpx2.Client(
            # What is not compressed cannot grow while it is read.
            headers={"user-agent": "OpenHorse", "accept-encoding": "identity", **(headers or {})},
            timeout=self._waits(self._bounds.silence_seconds),
            limits=httpx2.Limits(keepalive_expiry=KEPT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content: bytes | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Reply:
        """One request with a JSON body, with bytes as they are, or with none.

        `seconds` bound the whole answer, and each wait for it.
        """
        timeout = {} if seconds is None else {"timeout": self._waits(seconds)}
        return self._sent(method, path, seconds, json=body, content=content, params=query, headers=headers, **timeout)

    def ask_form(
        self, path: str, fields: Mapping[str, str], files: Sequence[File] = (), headers: Mapping[str, str] | None = None
    ) -> Reply:
        """POST multipart/form-data; a field of a file may come several times."""
        parts: list[tuple[str, Any]] = [(name, (None, value.encode())) for name, value in fields.items()]
        parts += [(name, (filename, data, kind)) for name, filename, data, kind in files]
        return self._sent("POST", path, None, files=parts, headers=headers)

    def download(self, path: str, to: Path, headers: Mapping[str, str] | None = None) -> Reply:
        """GET the bytes at `path` into the file `to`, which appears whole or not at all.

        Where the answer is not a 2xx, nothing is written and its body is told. Raises StorageFull.
        """
        part = to.with_name(to.name + PART_SUFFIX)
        try:
            with self._answered("GET", path, headers=headers) as response:
                if not response.is_success:
                    return _reply(response, self._read(response, self._bounds.answer_seconds))
                with part.open("wb") as file:
                    for chunk in self._chunks(response, self._bounds.film_bytes, self._bounds.film_seconds):
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
            part.replace(to)
            return _reply(response, b"")
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull("The disk on which films are made is full.") from error
            raise
        finally:
            part.unlink(missing_ok=True)

    def _waits(self, seconds: float) -> httpx2.Timeout:
        connect = min(seconds, self._bounds.connect_seconds)
        return httpx2.Timeout(seconds, connect=connect, write=self._bounds.upload_seconds)

    def _sent(self, method: str, path: str, seconds: float | None, **what: Any) -> Reply:
        with self._answered(method, path, **what) as response:
            return _reply(response, self._read(response, seconds or self._bounds.answer_seconds))

    @contextmanager
    def _answered(self, method: str, path: str, **what: Any) -> Iterator[httpx2.Response]:
        try:
            with self._client.stream(method, self.base + path, **what) as response:
                yield response
        except httpx2.HTTPError as error:
            kind = EngineUnavailable if isinstance(error, _NEVER_SENT) else Unanswered
            # Which host it is, is the operator's business: the customer hears of it without.
            told = kind("The engine's server does not answer.", retry_after=5)
            told.add_note(f"{self.base}: {type(error).__name__}: {error}")
            raise told from error

    def _read(self, response: httpx2.Response, seconds: float) -> bytes:
        return b"".join(self._chunks(response, self._bounds.answer_bytes, seconds))

    def _chunks(self, response: httpx2.Response, most: int, seconds: float) -> Iterator[bytes]:
        """The answer's bytes as they come. Raises Unanswered for too many, too slow ones, and for compressed ones."""
        until, size = time.monotonic() + seconds, 0
        if response.headers.get("content-encoding", "identity") != "identity":
            raise self._unreadable("compresses its answer")
        for chunk in response.iter_raw():
            size += len(chunk)
            if size > most:
                raise self._unreadable("answers with more than it may")
            if time.monotonic() > until:
                raise self._unreadable("takes too long to answer")
            yield chunk

    def _unreadable(self, what: str) -> Unanswered:
        told = Unanswered(f"The engine's server {what}.", retry_after=5)
        told.add_note(self.base)
        return told


def _reply(response: httpx2.Response, raw: bytes) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        return Reply(response.status_code, json.loads(raw), headers)
    except (ValueError, RecursionError):
        return Reply(response.status_code, raw.decode("utf-8", "replace"), headers)
