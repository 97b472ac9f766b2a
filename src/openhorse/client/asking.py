"""A request comes in, its answer goes out, asked for again where that can help; or the error that the server means.

Knows no task. Whoever asks sees to it that asking twice does no harm.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any

from openhorse import errors
from openhorse.client.acts import Answer, Ask, Pause, Steps
from openhorse.errors import MissingKey, OpenHorseError, ServerUnreachable, UpstreamError

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0

LONGEST_OBEYED_SECONDS = 120.0
"""A `Retry-After` beyond this is the caller's to decide about: the error comes at once and names it."""

_WORTH_REPEATING = frozenset({408, 425, 429, 500, 502, 503, 504, 507})

_BY_STATUS: Mapping[int, type[OpenHorseError]] = {
    400: errors.CallerError,
    401: errors.WrongKey,
    402: errors.InsufficientBalance,
    403: errors.NotPermitted,
    404: errors.NotFound,
    405: errors.WrongMethod,
    408: errors.RequestTimedOut,
    409: errors.IdempotencyInFlight,
    410: errors.Gone,
    413: errors.RequestTooLarge,
    415: errors.WrongContentType,
    422: errors.InvalidOrder,
    429: errors.RateLimited,
    500: errors.InternalError,
    503: errors.BusyError,
}
"""Where the answer names no code of ours: a proxy's page, another version's."""


@dataclass(frozen=True, slots=True)
class Site:
    """The server that a client talks to: its address without a slash at the end, the key, and how patient to be."""

    url: str
    key: str | None
    seconds: float
    retries: int

    def check_key(self) -> None:
        """Raise MissingKey where there is none."""
        if not self.key:
            raise MissingKey("no API key: give api_key=…, or set OPENHORSE_API_KEY")


def ask(site: Site, wanted: Ask) -> Steps[Answer]:
    """The answer, if it is no refusal. Raises the error that it is, or ServerUnreachable."""
    if wanted.with_key:
        site.check_key()
    for number in count(1):
        try:
            answer: Answer = yield wanted
        except ServerUnreachable:
            if number > site.retries or not wanted.repeatable:
                raise
            seconds = pause_seconds(number)
        else:
            if answer.status < 400:
                return answer
            seconds = wait_after(answer, number, site.retries)
        yield Pause(seconds)
    raise AssertionError("counting ends")


def ask_json(site: Site, wanted: Ask) -> Steps[Any]:
    """The JSON object of the answer. Raises UpstreamError for what is none: then it is no OpenHorse that answers."""
    answer = yield from ask(site, wanted)
    told = _read(answer.body)
    if not isinstance(told, dict):
        raise UpstreamError(f"{site.url} answered something that is no JSON object: is it an OpenHorse server?")
    return told


def wait_after(answer: Answer, number: int, retries: int) -> float:
    """Seconds until a request that was refused is worth sending again; raises the refusal when it is not."""
    error = error_of(answer)
    asked = _retry_after(answer.headers.get("retry-after", ""))
    in_flight = isinstance(error, errors.IdempotencyInFlight)
    hopeless = answer.status not in _WORTH_REPEATING and not in_flight
    if hopeless or number > retries or (asked or 0) > LONGEST_OBEYED_SECONDS:
        raise error
    return pause_seconds(number) if asked is None else asked


def pause_seconds(number: int) -> float:
    """The pause after attempt `number`: twice the last one's, and not in step with other clients."""
    longest: float = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(number - 1, 16))
    return longest * random.uniform(0.5, 1.0)


def error_of(answer: Answer) -> OpenHorseError:
    """The error that an answer means: by its code where that is one of ours, else by its status."""
    body = _read(answer.body)
    error = body.get("error") if isinstance(body, dict) else None
    told = error if isinstance(error, dict) else {}
    code, message, field = told.get("code"), told.get("message"), told.get("field")
    nearest = errors.UpstreamError if answer.status >= 500 else errors.OpenHorseError
    kind = errors.kind_of(str(code)) or _BY_STATUS.get(answer.status, nearest)
    seconds = _retry_after(answer.headers.get("retry-after", ""))
    made = kind(
        message[:2000] if isinstance(message, str) and message else f"the server answered with status {answer.status}",
        field=field if isinstance(field, str) else None,
        retry_after=None if seconds is None else round(seconds),
    )
    made.request_id = answer.headers.get("x-request-id")
    return made


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _retry_after(text: str) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or as a date; None when it says nothing."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
