"""A Hugging Face hub on this machine: what its client asks, answered from memory, with faults; each byte is counted.

The paths and headers are those that huggingface_hub 2.4 reads: the listing of a revision with sizes and digests, HEAD
and GET of a file with ETag, X-Repo-Commit and ranges, and large files on another host, to which the hub sends on.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" * 6 + "c0ff"
LARGE = ".safetensors"
"""Files so named are large ones: kept elsewhere, known by their SHA-256."""


@dataclass
class Repository:
    """One repository: its files, and how it is at present. `token` opens a gated one."""

    files: dict[str, bytes]
    commit: str = COMMIT
    gated: bool = False
    token: str | None = None
    private: bool = False


@dataclass
class Hub:
    """What the hub has, what is wrong with it, and what it was asked.

    `cut`: after how many bytes of a file the connection breaks, once. `stalls`: after how many it waits for `go_on`.
    `wrong`: how often yet a file comes with a wrong byte. `answers`: a status for everything. `whole`: ranges are
    not understood, as by some mirrors: every file comes from its beginning.
    """

    repositories: dict[str, Repository] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    stalls: dict[str, int] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    answers: int | None = None
    whole: bool = False
    address: str = ""
    sent: Counter[str] = field(default_factory=Counter)
    ranges: list[tuple[str, int]] = field(default_factory=list)
    tokens: dict[str, set[str | None]] = field(default_factory=dict)
    stalled: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A hub on a free port of this machine."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"hub": hub}))
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: Any) -> None:
        """Nothing is written."""

    def do_HEAD(self) -> None:
        """The facts of a file."""
        self._answer()

    def do_GET(self) -> None:
        """A listing, or a file's bytes."""
        self._answer()

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        kind = path.split("/")[1]
        seen = self.hub.tokens.setdefault(kind if kind in ("api", "store") else "resolve", set())
        seen.add(self.headers.get("Authorization"))
        if self.hub.answers is not None:
            self._refuse(self.hub.answers, None)
        elif kind == "api":
            self._list(path.removeprefix("/api/models/"))
        elif kind == "store":
            self._send(path.removeprefix("/store/"))
        else:
            self._resolve(path.removeprefix("/"))

    def _list(self, asked: str) -> None:
        name, _, revision = asked.partition("/revision/")
        repository = self.hub.repositories.get(name)
        if repository is None or (repository.private and self._token() != repository.token):
            self._refuse(404 if repository is None else 401, "RepoNotFound")
        elif revision not in ("main", repository.commit):
            self._refuse(404, "RevisionNotFound")
        else:
            found = {"id": name, "sha": repository.commit, "gated": repository.gated, "private": False}
            self._write({**found, "siblings": [_sibling(*one) for one in repository.files.items()]})

    def _resolve(self, asked: str) -> None:
        name, _, rest = asked.partition("/resolve/")
        commit, _, path = rest.partition("/")
        repository = self.hub.repositories.get(name)
        if repository is None:
            self._refuse(404, "RepoNotFound")
        elif repository.gated and self._token() != repository.token:
            self._refuse(401 if self._token() is None else 403, "GatedRepo")
        elif path not in repository.files or commit != repository.commit:
            self._refuse(404, "EntryNotFound")
        elif path.endswith(LARGE):
            self._redirect(name, path, repository.files[path])
        else:
            self._send(f"{name}//{path}")

    def _redirect(self, name: str, path: str, content: bytes) -> None:
        elsewhere = self.hub.address.replace("127.0.0.1", "localhost")
        self.send_response(302)
        self.send_header("Location", f"{elsewhere}/store/{name}//{path}?Signature=x")
        self.send_header("X-Repo-Commit", self.hub.repositories[name].commit)
        self.send_header("X-Linked-Etag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("X-Linked-Size", str(len(content)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, asked: str) -> None:
        name, _, path = asked.partition("//")
        content = self.hub.repositories[name].files[path]
        asked = None if self.hub.whole else self.headers.get("Range")
        start = int((asked or "bytes=0-").removeprefix("bytes=").partition("-")[0])
        self.send_response(206 if asked else 200)
        self.send_header("X-Repo-Commit", self.hub.repositories[name].commit)
        self.send_header("ETag", f'"{_blob(content)}"')
        self.send_header("Content-Length", str(len(content) - start))
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if self.command == "GET":
            self.hub.ranges.append((path, start))
            self._stream(path, content, start)

    def _stream(self, path: str, content: bytes, start: int) -> None:
        if self.hub.wrong[path] > 0:
            self.hub.wrong[path] -= 1
            content = bytes([content[0] ^ 1]) + content[1:]
        cut, stall = self.hub.cut.pop(path, None), self.hub.stalls.pop(path, None)
        for place in (cut, stall):
            if place is not None:
                self._bytes(path, content[start:place])
                start = place
        if stall is not None:
            self.hub.stalled.set()
            self.hub.go_on.wait(60)
        if cut is not None:
            self.close_connection = True
            self.connection.close()
            return
        self._bytes(path, content[start:])

    def _bytes(self, path: str, content: bytes) -> None:
        try:
            self.wfile.write(content)
        except OSError:  # whoever asked was killed
            self.close_connection = True
            return
        self.hub.sent[path] += len(content)

    def _token(self) -> str | None:
        sent = self.headers.get("Authorization")
        return None if sent is None else sent.removeprefix("Bearer ")

    def _refuse(self, status: int, code: str | None) -> None:
        self._write({"error": code or "trouble"}, status, code)

    def _write(self, value: Any, status: int = 200, code: str | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if code is not None:
            self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", code)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _sibling(path: str, content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {"rfilename": path, "size": len(content), "blobId": _blob(content)}
    if path.endswith(LARGE):
        found["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
    return found
