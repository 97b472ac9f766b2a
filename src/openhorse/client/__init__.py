"""The Python client of an OpenHorse server: `Client`, `AsyncClient`, and what they speak of.

A call is a generator of acts (calls.py, over asking.py and transfers.py) that knows neither colour nor HTTP library;
drivers.py carries it out, plainly or with async. Knows no room of the server's, only the words that all share.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from openhorse.client.drivers import AsyncClient, Client
from openhorse.client.films import Film
from openhorse.client.words import (
    Event,
    Page,
    Picture,
    PreviewEvent,
    ProgressEvent,
    Quote,
    StatusEvent,
    Task,
    Upload,
    Wishes,
)
from openhorse.errors import SignatureRefused
from openhorse.signatures import TOLERANCE_SECONDS, verify

__all__ = [
    "AsyncClient",
    "Client",
    "Event",
    "Film",
    "Page",
    "Picture",
    "PreviewEvent",
    "ProgressEvent",
    "Quote",
    "StatusEvent",
    "Task",
    "Upload",
    "Wishes",
    "verify_callback",
]


def verify_callback(
    body: bytes,
    headers: Mapping[str, str],
    secret: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> dict[str, Any]:
    """The task that a callback tells of, after making sure that our server sent it, unchanged, less than `tolerance`
    seconds ago. Raises SignatureRefused.

    `body` is the raw body, `headers` the request's in any case; `secret` the key's signing secret, or several while one
    rotates. A callback comes at least once: go by the header `webhook-id`, the same in every attempt. `now` is the time
    in seconds since 1970, the machine's clock when not given.
    """
    verify(body, headers, secret, tolerance=tolerance, now=now)
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise SignatureRefused("the body is no JSON object")
    return told
