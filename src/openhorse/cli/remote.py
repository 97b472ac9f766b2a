"""A server's address comes in, a client of it goes out; and how tasks of a server are shown, a line each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openhorse.errors import MissingKey

if TYPE_CHECKING:
    from openhorse.client import Client

RETRIES = 3
"""A person waits: a wrong address is told after some seconds."""


def client_of(server: str | None) -> Client:
    """The client; its key comes from the environment alone, since other users of a machine can read command lines.

    Raises MissingKey before anything is asked.
    """
    from openhorse.client import Client

    if not os.environ.get("OPENHORSE_API_KEY"):
        raise MissingKey("set OPENHORSE_API_KEY to a key of the server")
    return Client(server, retries=RETRIES)


def task_line(task: Mapping[str, Any]) -> str:
    """One line for people: id, state, what it is, price, when, and how its prompt begins."""
    share = f"{task['progress']:.0%}" if task["status"] == "running" else ""
    what = f"{task['mode'].removesuffix('-to-video')} {task['resolution']} {task['seconds']} s"
    prompt = " ".join(task["prompt"].split())
    shown = prompt if len(prompt) <= 48 else f"{prompt[:47]}…"
    state = f"{task['status']} {share}".strip()
    price = f"${float(task['price']['usd']):.3f}"
    return f"{task['id']}  {state:<13}  {what:<19}  {price}  {task['created_at'][:16]}Z  {shown}".rstrip()
