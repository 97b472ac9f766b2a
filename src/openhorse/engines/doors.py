"""A call in a vendor's words comes in and goes to the vendor with the operator's key; its answer goes out.

Tells the vendor's own addresses, where the key may go, from strangers' that its answers name. Knows no order.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openhorse.dialects import Call
from openhorse.peers import Peer, Reply


class Door:
    """What is below `address` (no slash at its end). Used from many threads at once; close it.

    Its verbs raise EngineUnavailable, and its kind Unanswered, as Peer's do.
    """

    def __init__(self, address: str, key: str) -> None:
        parts = urlsplit(address)
        self._prefix = parts.path
        self._peer = Peer(f"{parts.scheme}://{parts.netloc}", {"authorization": f"Bearer {key}"})

    def close(self) -> None:
        """Let go of its connections."""
        self._peer.close()

    def make(self, call: Call, files: Mapping[str, tuple[str, bytes, str]], headers: Mapping[str, str]) -> Reply:
        """Make a call; of the pictures in its form, `files` gives name, bytes and content type by their address."""
        said = {**call.headers, **headers}
        if call.form is None:
            return self.ask(call.method, call.path, body=call.body, query=call.query or None, headers=said)
        parts = [(field, *files[address]) for field, address in call.files.items()]
        return self._peer.ask_form(self._prefix + call.path, call.form, parts, said)

    def ask(self, method: str, path: str, **what: Any) -> Reply:
        """One request below the address; `what` is as Peer takes it."""
        return self._peer.ask(method, self._prefix + path, **what)

    def path_of(self, address: str) -> str | None:
        """Below the host's root, where an address leads that the vendor names; None when it is another host's."""
        if address.startswith("/"):
            return self._prefix + address
        origin = self._peer.base + "/"
        return address[len(origin) - 1 :] if address.startswith(origin) else None

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Bytes, to a path below the host's root."""
        return self._peer.ask(method, path, content=body, headers=headers)

    def download(self, path: str, to: Path) -> Reply:
        """A film, from a path below the host's root. Raises StorageFull."""
        return self._peer.download(path, to)
