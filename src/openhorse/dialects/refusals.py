"""One of our errors in, the HTTP status that says the same out. Knows no vendor's body."""

from __future__ import annotations

from collections.abc import Mapping

from openhorse.errors import OpenHorseError

HTTP_STATUS: Mapping[str, int] = {
    "error": 500,
    "bad_request": 400,
    "malformed_request": 400,
    "wrong_content_type": 415,
    "request_too_large": 413,
    "invalid_order": 400,
    "missing_key": 401,
    "wrong_key": 401,
    "not_permitted": 403,
    "not_found": 404,
    "gone": 410,
    "wrong_method": 405,
    "insufficient_balance": 402,
    "idempotency_mismatch": 422,
    "idempotency_in_flight": 409,
    "busy": 503,
    "too_many_tasks": 429,
    "upstream_error": 502,
    "internal_error": 500,
    "storage_failed": 503,
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
