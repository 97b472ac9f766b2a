"""Our errors in, DashScope's codes, statuses and texts out, and back. No I/O. Knows no order and no film.

Source: Alibaba's page on error codes, whose texts clients match on. `openhorse.dialects.dashscope` is the rest of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from openhorse import errors
from openhorse.dialects import Answer
from openhorse.dialects.refusals import error_of, retry_headers
from openhorse.errors import REFUSED_FILM, ContentRefused, InvalidOrder, OpenHorseError, UpstreamError
from openhorse.vocabulary import Failure

NO_MODEL = 'Required parameter "model" missing from request.'
NO_INPUT = "Required input parameter missing from request."

_REFUSALS: Mapping[str, tuple[int, str]] = {
    "error": (500, "InternalError"),
    "bad_request": (400, "InvalidParameter"),
    "malformed_request": (400, "BadRequest.IllegalInput"),
    "request_too_large": (413, "BadRequest.TooLarge"),
    "request_timed_out": (408, "RequestTimeOut"),
    "invalid_order": (400, "InvalidParameter"),
    "no_engine": (400, "InvalidParameter"),
    "content_refused": (400, "DataInspectionFailed"),
    "unknown_model": (404, "ModelNotFound"),
    "picture_refused": (400, "InvalidFile"),
    "address_refused": (400, "InvalidURL"),
    "picture_unreachable": (400, "InvalidURL.ConnectionRefused"),
    "missing_key": (401, "InvalidApiKey"),
    "wrong_key": (401, "InvalidApiKey"),
    "not_permitted": (403, "AccessDenied"),
    "not_found": (404, "NotFound"),
    "wrong_method": (405, "MethodNotAllowed"),
    "insufficient_balance": (400, "Arrearage"),
    "budget_exceeded": (429, "Throttling.AllocationQuota"),
    "storage_quota_exceeded": (413, "BadRequest.TooLarge"),
    "busy": (503, "ModelUnavailable"),
    "too_many_tasks": (429, "Throttling.RateQuota"),
    "rate_limited": (429, "Throttling.RateQuota"),
    "upstream_error": (503, "ModelServingError"),
    "engine_failed": (500, "InternalError.Algo"),
    "engine_timed_out": (500, "InternalError.Timeout"),
    "engine_unavailable": (503, "ModelServingError"),
    "spending_cap_reached": (503, "ModelServingError"),
    "film_rejected": (500, "InternalError.Algo"),
    "storage_failed": (503, "ModelServingError"),
    "storage_full": (507, "ModelServingError"),
    "database_full": (507, "ModelServingError"),
}
"""HTTP status and vendor's code by our error's code; one without an entry takes its nearest ancestor's."""

_TEXTS = {
    "ModelNotFound": "Model can not be found.",
    "NotFound": "Request path not found.",
    "Arrearage": "Access denied, please make sure your account is in good standing.",
    "Throttling.RateQuota": "Requests rate limit exceeded, please try again later.",
    "Throttling.AllocationQuota": "Allocated quota exceeded, please increase your quota limit.",
    "BadRequest.IllegalInput": "The input parameter requires json format.",
    "InternalError": "Internal server error!",
}
"""What the catalogue says with a code, for clients that match on it."""

_INSPECTED = ("Input data may contain inappropriate content.", "Output data may contain inappropriate content.")
"""What it says of an order, and of a film, that moderation refuses."""

_CODES_BY_TEXT = {NO_MODEL: "BadRequest.EmptyModel", NO_INPUT: "BadRequest.EmptyInput"}

_FILE_FAULTS = (
    ("larger than", ".Size"),
    ("megapixels", ".Resolution"),
    ("longer side", ".AspectRatio"),
    ("ratio", ".AspectRatio"),
    ("side must be", ".Resolution"),
    ("", ".Format"),
)
"""What comes behind `InvalidFile`, by a part of our message; the first that fits."""

_ERRORS: tuple[tuple[str | tuple[str, ...], type[OpenHorseError]], ...] = (
    ("InvalidFile", errors.PictureRefused),
    ("InvalidURL.", errors.PictureUnreachable),
    ("InvalidURL", errors.AddressRefused),
    ("ModelNotFound", errors.UnknownModel),
    (("DataInspection", "data_inspection", "InvalidParameter.DataInspection"), errors.ContentRefused),
    (("InvalidParameter", "BadRequest", "UnsupportedOperation"), InvalidOrder),
    ("Throttling.AllocationQuota", UpstreamError),
    ("Throttling", errors.TooManyTasks),
    ("ModelUnavailable", errors.BusyError),
    (("ModelServingError", "Arrearage"), UpstreamError),
    ("InternalError.Algo", errors.EngineFailed),
    ("InternalError.Timeout", errors.EngineTimedOut),
    ("InternalError", errors.InternalError),
)
"""Our error by how the vendor's code begins, the first that fits."""


def write_error(error: OpenHorseError) -> Answer:
    """`{code, message, request_id}`."""
    kinds = (getattr(kind, "code", "") for kind in type(error).__mro__)
    status, code = next((_REFUSALS[kind] for kind in kinds if kind in _REFUSALS), _REFUSALS["error"])
    code = _file_fault(error.message) if code == "InvalidFile" else _CODES_BY_TEXT.get(error.message, code)
    text = _TEXTS.get(code, "")
    message = error.message if error.message.startswith(text) else f"{text} {error.message}"
    if isinstance(error, ContentRefused):
        message = _inspected(message)
    return refusal(status, code, message, retry_headers(error))


def refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer that refuses, with a request's id."""
    return Answer(status, {"code": code, "message": message, "request_id": str(uuid4())}, headers or {})


def failure_word(failure: Failure) -> str:
    """The `code` of a failed task."""
    if failure.code in ("picture_refused", "request_too_large"):
        return _file_fault(failure.message)
    return _REFUSALS.get(failure.code, _REFUSALS["error"])[1]


def failure_text(failure: Failure) -> str:
    """The `message` of a failed task."""
    return _inspected(failure.message) if failure.code == ContentRefused.code else failure.message


def _inspected(message: str) -> str:
    """What moderation says, after what the catalogue does; once, where an upstream has said it already."""
    return message if message.startswith(_INSPECTED) else f"{_INSPECTED[message.startswith(REFUSED_FILM)]} {message}"


def _file_fault(message: str) -> str:
    return "InvalidFile" + next(word for part, word in _FILE_FAULTS if part in message)


def read_failure(output: dict[str, Any]) -> Failure:
    """Our failure for the `output` of a failed task."""
    kind = _error_of_code(output.get("code")) or UpstreamError
    return Failure(kind.code, str(output.get("message") or "the upstream says no more")[:500], kind.retry)


def _error_of_code(code: Any) -> type[OpenHorseError] | None:
    return next((kind for beginning, kind in _ERRORS if str(code).startswith(beginning)), None)


def read_error(status: int, body: Any, headers: Mapping[str, str]) -> OpenHorseError:
    """Our error for a refusal, by its `code` where there is one, else by its HTTP status."""
    told = body if isinstance(body, dict) else {}
    message = told.get("message") if isinstance(told.get("message"), str) else str(body)
    plain = error_of(status, message or "", headers)
    kind = _error_of_code(told.get("code")) or type(plain)
    return (UpstreamError if kind.blame == "us" else kind)(plain.message, retry_after=plain.retry_after)
