"""A request to a server that the operator has named comes in, its answer goes out: inference servers and vendors.

The operator vouches for the address, so unlike in outbound it may be private; what such a server answers is bounded
all the same, and addresses in its answers are somebody else's: those are opened by outbound. Knows no vendor's words.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from openhorse.errors import EngineUnavailable, StorageFull

CONNECT_SECONDS, ANSWER_SECONDS, UPLOAD_SECONDS = 5.0, 30.0, 120.0

LARGEST_ANSWER = 4 << 20
"""Bytes of JSON that a server may answer with."""

LARGEST_FILM = 2 << 30

PART_SUFFIX = ".part"

File = tuple[str, str, bytes, str]
"""A file field of a form: the field's name, the file's, its bytes, its content type."""


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

    Every verb raises EngineUnavailable when the server cannot be reached or does not answer in time. Redirects are not
    followed: `headers` hold a key.
    """

    def __init__(self, base: str, headers: Mapping[str, str] | None = None) -> None:
        self.base = base.rstrip("/")
        self._client = httpx2.Client(
            headers={"user-agent": "OpenHorse", **(headers or {})},
            timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS, write=UPLOAD_SECONDS),
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
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Reply:
        """One request with a JSON body, or none."""
        timeout = {} if seconds is None else {"timeout": seconds}
        return self._sent(method, path, json=body, params=query, headers=headers, **timeout)

    def ask_form(
        self, path: str, fields: Mapping[str, str], files: Sequence[File] = (), headers: Mapping[str, str] | None = None
    ) -> Reply:
        """POST multipart/form-data; a field of a file may come several times."""
        parts: list[tuple[str, Any]] = [(name, (None, value.encode())) for name, value in fields.items()]
        parts += [(name, (filename, data, kind)) for name, filename, data, kind in files]
        return self._sent("POST", path, files=parts, headers=headers)

    def download(self, path: str, to: Path, headers: Mapping[str, str] | None = None) -> Reply:
        """GET the bytes at `path` into the file `to`, which appears whole or not at all.

        Where the answer is not a 2xx, nothing is written and its body is told. Raises StorageFull.
        """
        part = to.with_name(to.name + PART_SUFFIX)
        try:
            with self._client.stream("GET", self.base + path, headers=headers) as response:
                if not response.is_success:
                    return _reply(response, _read(response, LARGEST_ANSWER))
                with part.open("wb") as file:
                    for chunk in response.iter_bytes():
                        if file.tell() + len(chunk) > LARGEST_FILM:
                            raise EngineUnavailable(f"{self.base} sends more than a film has")
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
            part.replace(to)
            return _reply(response, b"")
        except httpx2.HTTPError as error:
            raise self._away(error) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull("The disk on which films are made is full.") from error
            raise
        finally:
            part.unlink(missing_ok=True)

    def _sent(self, method: str, path: str, **what: Any) -> Reply:
        try:
            with self._client.stream(method, self.base + path, **what) as response:
                return _reply(response, _read(response, LARGEST_ANSWER))
        except httpx2.HTTPError as error:
            raise self._away(error) from error

    def _away(self, error: Exception) -> EngineUnavailable:
        # Which host it is, is the operator's business: the customer hears of it without.
        told = EngineUnavailable("The engine's server does not answer.", retry_after=5)
        told.add_note(f"{self.base}: {type(error).__name__}: {error}")
        return told


def _read(response: httpx2.Response, most: int) -> bytes:
    found = bytearray()
    for chunk in response.iter_bytes():
        found += chunk
        if len(found) > most:
            raise EngineUnavailable("The engine's server answers with more than it may.")
    return bytes(found)


def _reply(response: httpx2.Response, raw: bytes) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        return Reply(response.status_code, json.loads(raw), headers)
    except ValueError:
        return Reply(response.status_code, raw.decode("utf-8", "replace"), headers)
