"""One of our errors in, the HTTP status that says the same out, and back. Knows no vendor's body."""

from __future__ import annotations

from collections.abc import Mapping

from openhorse.errors import (
    BusyError,
    Gone,
    IdempotencyInFlight,
    InvalidOrder,
    NotFound,
    OpenHorseError,
    RequestTooLarge,
    TooManyTasks,
    UpstreamError,
    kind_of,
)

HTTP_STATUS: Mapping[str, int] = {
    "error": 500,
    "bad_request": 400,
    "malformed_request": 400,
    "wrong_content_type": 415,
    "request_too_large": 413,
    "request_timed_out": 408,
    "invalid_order": 400,
    "missing_key": 401,
    "wrong_key": 401,
    "not_permitted": 403,
    "not_found": 404,
    "gone": 410,
    "wrong_method": 405,
    "insufficient_balance": 402,
    "storage_quota_exceeded": 413,
    "idempotency_mismatch": 422,
    "idempotency_in_flight": 409,
    "busy": 503,
    "too_many_tasks": 429,
    "rate_limited": 429,
    "upstream_error": 502,
    "internal_error": 500,
    "engine_unavailable": 503,
    "moderation_unavailable": 503,
    "storage_failed": 503,
    "storage_full": 507,
    "database_full": 507,
}
"""By error code; an error without an entry takes its nearest ancestor's."""


def http_status(error: OpenHorseError) -> int:
    """The HTTP status of `error`, where its vendor does not say otherwise."""
    for kind in type(error).__mro__:
        status = HTTP_STATUS.get(getattr(kind, "code", ""))
        if status is not None:
            return status
    return 500


def retry_headers(error: OpenHorseError) -> dict[str, str]:
    """`Retry-After` when the error knows how long to wait."""
    return {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}


MODERATION_BLOCKED = "moderation_blocked"
"""What OpenAI's image generation calls a refusal by moderation."""

_OUR_CODES: Mapping[str, str] = {MODERATION_BLOCKED: "content_refused", "content_policy_violation": "content_refused"}
"""Our code by the one that OpenAI, and servers like it, have for the same."""


def openai_code(code: str) -> str:
    """What OpenAI, and servers like it, call our error with this code."""
    return MODERATION_BLOCKED if code == "content_refused" else code


def our_code(code: str) -> str:
    """Our code for one of theirs."""
    return _OUR_CODES.get(code, code)


_BY_STATUS: Mapping[int, type[OpenHorseError]] = {
    400: InvalidOrder,
    404: NotFound,
    409: IdempotencyInFlight,
    410: Gone,
    413: RequestTooLarge,
    422: InvalidOrder,
    429: TooManyTasks,
    503: BusyError,
}


def error_of(
    status: int, message: str, headers: Mapping[str, str], *, code: str = "", field: str | None = None
) -> OpenHorseError:
    """Our error for a vendor's refusal with this HTTP status; `headers` in lower case, for Retry-After.

    Whatever is no fault of the order, a wrong key or an empty balance of ours among it, is an UpstreamError.
    `code` is one of our own where the vendor tells it: the error is that very one if it blames whom the status blames.
    """
    seconds = headers.get("retry-after", "")
    retry_after = int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 7 else None
    kind = _BY_STATUS.get(status, UpstreamError)
    told = kind_of(code)
    if told is not None and told.blame == kind.blame:
        kind = told
    text = message[:500] or f"the upstream answered with HTTP status {status}"
    return kind(text, field=field, retry_after=retry_after)
