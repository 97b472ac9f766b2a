"""Everything that can go wrong, as one tree. Each error has a stable code, whose fault, retry or not.

Knows no HTTP status and no vendor's words: dialects find those.

    OpenHorseError
    ├── CallerError                 the request can never work as it stands
    │   ├── MalformedRequest        not JSON, not an object, not the right content type
    │   │   ├── WrongContentType
    │   │   ├── RequestTooLarge
    │   │   └── RequestTimedOut     its body did not arrive in time
    │   ├── InvalidOrder            a field is missing, unknown, of the wrong type or out of range
    │   │   ├── UnknownModel
    │   │   ├── PictureRefused      its format, size, ratio or weight is outside the limits
    │   │   ├── NoEngine            no engine of this installation can make all of it, or may
    │   │   └── AddressRefused      an address that this server will not open
    │   ├── ContentRefused          moderation refused the prompt, a picture or the film
    │   ├── MissingKey · WrongKey · NotPermitted
    │   ├── NotFound                no such task, file or route for this key
    │   │   ├── Gone                it was there and has expired
    │   │   └── WrongMethod         the path exists, not for this HTTP method
    │   ├── InsufficientBalance
    │   │   └── BudgetExceeded      the key's budget for the day or the month does not cover the price
    │   ├── StorageQuotaExceeded    the key's pictures and films fill its share of the store
    │   ├── IdempotencyMismatch     the key was used with another body
    │   ├── SignatureRefused        a callback that came in was not signed by whom it should be
    │   └── Cancelled               the customer cancelled the task
    ├── BusyError                   the same request works later
    │   ├── TooManyTasks            of this key
    │   │   └── QueueFull           of all keys
    │   ├── RateLimited             too many requests of this key in a minute
    │   ├── IdempotencyInFlight
    ├── UpstreamError               somebody else's server
    │   ├── PictureUnreachable
    │   └── ServerUnreachable       no answer came from the OpenHorse server that the client asked
    └── InternalError               ours
        ├── TaskFailed              the task ended without a film, as its customer hears of it
        ├── EngineFailed
        │   ├── EngineTimedOut
        │   ├── EngineOutOfMemory   of the GPU or the machine; the process that ran out is replaced
        │   └── EngineUnavailable   it is away, full or not ready; another one, or later, may do
        │       └── SpendingCapReached   what its operator lets it cost is spent
        ├── ModerationUnavailable   nobody could judge the order, or its film
        ├── StorageFailed           our database or file store is in trouble
        │   ├── StorageFull         the file store has no room left
        │   └── DatabaseUnavailable
        │       └── DatabaseFull    the database has no room left
        └── FilmRejected            our own probe found the film wrong
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Literal

Blame = Literal["caller", "us", "upstream"]


class OpenHorseError(Exception):
    """Any error that OpenHorse raises on purpose; `str(error)` is fit for the customer."""

    code: ClassVar[str] = "error"
    blame: ClassVar[Blame] = "us"
    retry: ClassVar[bool] = False

    def __init__(self, message: str, *, field: str | None = None, retry_after: int | None = None) -> None:
        """`field` names the offending field, dotted; `retry_after` is in seconds."""
        super().__init__(message)
        self.message = message
        self.field = field
        self.retry_after = retry_after
        self.request_id: str | None = None
        """What the server that refused calls the request, where another process than ours did."""


@cache
def _kinds() -> Mapping[str, type[OpenHorseError]]:
    found, kinds = [OpenHorseError], {}
    while found:
        kind = found.pop()
        if kind.__module__ == __name__:
            kinds[kind.code] = kind
        found += kind.__subclasses__()
    return kinds


def kind_of(code: str) -> type[OpenHorseError] | None:
    """The error of ours whose stable code this is, None when it is nobody's."""
    return _kinds().get(code)


class CallerError(OpenHorseError):
    code = "bad_request"
    blame = "caller"


class MalformedRequest(CallerError):
    code = "malformed_request"


class WrongContentType(MalformedRequest):
    code = "wrong_content_type"


class RequestTooLarge(MalformedRequest):
    code = "request_too_large"


class RequestTimedOut(MalformedRequest):
    code = "request_timed_out"
    retry = True


class InvalidOrder(CallerError):
    code = "invalid_order"


class UnknownModel(InvalidOrder):
    code = "unknown_model"


class PictureRefused(InvalidOrder):
    code = "picture_refused"


class AddressRefused(InvalidOrder):
    code = "address_refused"


class NoEngine(InvalidOrder):
    code = "no_engine"


class ContentRefused(CallerError):
    code = "content_refused"


REFUSED_FILM = "The film "
"""How a ContentRefused begins where it is the film, not the order, that was refused: some vendors tell them apart."""


class MissingKey(CallerError):
    code = "missing_key"


class WrongKey(CallerError):
    code = "wrong_key"


class NotPermitted(CallerError):
    code = "not_permitted"


class NotFound(CallerError):
    code = "not_found"


class Gone(NotFound):
    code = "gone"


class WrongMethod(NotFound):
    code = "wrong_method"


class InsufficientBalance(CallerError):
    code = "insufficient_balance"


class BudgetExceeded(InsufficientBalance):
    code = "budget_exceeded"


class StorageQuotaExceeded(CallerError):
    code = "storage_quota_exceeded"


class IdempotencyMismatch(CallerError):
    code = "idempotency_mismatch"


class SignatureRefused(CallerError):
    code = "signature_refused"


class Cancelled(CallerError):
    code = "cancelled"


class BusyError(OpenHorseError):
    code = "busy"
    blame = "caller"
    retry = True


class TooManyTasks(BusyError):
    code = "too_many_tasks"


class QueueFull(TooManyTasks):
    code = "queue_full"


class RateLimited(BusyError):
    code = "rate_limited"


class IdempotencyInFlight(BusyError):
    code = "idempotency_in_flight"


class UpstreamError(OpenHorseError):
    code = "upstream_error"
    blame = "upstream"
    retry = True


class PictureUnreachable(UpstreamError):
    code = "picture_unreachable"


class ServerUnreachable(UpstreamError):
    code = "server_unreachable"


class InternalError(OpenHorseError):
    code = "internal_error"
    blame = "us"
    retry = True


class TaskFailed(InternalError):
    """`task` is the native task object; `reason` the code of what went wrong, one of this tree's."""

    code = "task_failed"

    def __init__(
        self,
        message: str,
        *,
        task: Mapping[str, Any] | None = None,
        field: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message, field=field, retry_after=retry_after)
        self.task = dict(task or {})
        self.reason: str = (self.task.get("error") or {}).get("code", self.code)


class EngineFailed(InternalError):
    code = "engine_failed"


class EngineTimedOut(EngineFailed):
    code = "engine_timed_out"


class EngineOutOfMemory(EngineFailed):
    code = "engine_out_of_memory"


class EngineUnavailable(EngineFailed):
    code = "engine_unavailable"


class SpendingCapReached(EngineUnavailable):
    code = "spending_cap_reached"


class ModerationUnavailable(InternalError):
    code = "moderation_unavailable"


class StorageFailed(InternalError):
    code = "storage_failed"


class DatabaseUnavailable(StorageFailed):
    code = "database_unavailable"


class DatabaseFull(DatabaseUnavailable):
    code = "database_full"


class StorageFull(StorageFailed):
    code = "storage_full"


class FilmRejected(InternalError):
    code = "film_rejected"
