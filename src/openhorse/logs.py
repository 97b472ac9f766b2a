"""Log records come in, lines of text or of JSON go out, each with the request and the task that it belongs to.

Knows nobody who logs: whoever handles a request or a task says so with `about`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

Form = Literal["text", "json"]

_about: ContextVar[dict[str, str]] = ContextVar("openhorse_about")


@contextmanager
def about(**names: str) -> Iterator[None]:
    """What is logged inside belongs to these: `request="…"`, `task="…"`; also in threads that are started with the
    context (anyio's are).
    """
    token = _about.set({**_about.get({}), **names})
    try:
        yield
    finally:
        _about.reset(token)


def current() -> Mapping[str, str]:
    """Whose a line would be that was logged now."""
    return _about.get({})


def set_up(form: Form, level: str = "WARNING") -> None:
    """Write the program's log to standard error in this form, and nothing twice."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)


class _Text(logging.Formatter):
    """`WARNING openhorse.runs: …`, and whose line it is in brackets where that is known."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s%(whose)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback below it where there is one."""
        names = current()
        record.whose = " [" + " ".join(f"{name}={value}" for name, value in names.items()) + "]" if names else ""
        return super().format(record)


class _Json(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, whose it is, and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **current(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
