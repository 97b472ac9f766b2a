"""What a batch has done so far, as a file of JSON lines beside it, so that it can go on after any end.

Knows no server. A line is on the disk before what follows from it is done; one that was cut off counts for nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Journal:
    """One batch's journal; used by several threads."""

    def __init__(self, path: Path) -> None:
        """Read what is at `path`, or begin. Raises ValueError for a file that is no journal."""
        self.path = path
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Any]] = {}
        text = path.read_text("utf-8", "replace") if path.exists() else ""
        lines = _lines(text)
        if "batch" not in (lines[0] if lines else {"batch"}) or ("\n" in text and not lines):
            raise ValueError(f"{path} is no journal of a batch")
        self._is_cut = bool(text) and not text.endswith("\n")
        for line in lines[1:]:
            self._known.setdefault(line["order"], {}).update(line)
        self.batch = lines[0]["batch"] if lines else uuid.uuid4().hex
        self._is_new = not lines

    def of(self, order: str) -> Mapping[str, Any]:
        """What is known of an order: `task`, `state`, `micros`, `failures`; nothing at first."""
        with self._lock:
            return dict(self._known.get(order, {}))

    def note(self, order: str, **facts: Any) -> None:
        """Write facts of an order down, for good."""
        with self._lock:
            if self._is_new:
                self._write({"batch": self.batch})
                self._is_new = False
            self._known.setdefault(order, {}).update(facts)
            self._write({"order": order} | facts)

    def key(self, order: str) -> str:
        """The Idempotency-Key of an order: always the same, until it has failed and is to be made anew."""
        failures = self.of(order).get("failures", 0)
        return hashlib.sha256(f"{self.batch} {order} {failures}".encode()).hexdigest()

    def _write(self, line: Mapping[str, Any]) -> None:
        with self.path.open("ab") as file:
            if self._is_cut:
                file.write(b"\n")
                self._is_cut = False
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _lines(text: str) -> list[dict[str, Any]]:
    found = []
    for one in text.splitlines():
        try:
            line = json.loads(one)
        except ValueError:
            continue
        if isinstance(line, dict) and ("batch" in line or "order" in line):
            found.append(line)
    return found
