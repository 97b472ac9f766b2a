"""OpenHorse: the HappyHorse video system on your own machine. What a user imports.

`Client` and `AsyncClient` speak to a server, `generate` makes a film in this process, `verify_callback` believes a
callback or not. Each is imported when it is first named, so that `import openhorse` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from openhorse.errors import (
    BudgetExceeded,
    BusyError,
    CallerError,
    Cancelled,
    Gone,
    InsufficientBalance,
    InvalidOrder,
    NotFound,
    OpenHorseError,
    PictureRefused,
    RateLimited,
    ServerUnreachable,
    SignatureRefused,
    TaskFailed,
    WrongKey,
)

if TYPE_CHECKING:
    from openhorse.client import (
        AsyncClient,
        Client,
        Event,
        Film,
        PreviewEvent,
        ProgressEvent,
        StatusEvent,
        Task,
        Wishes,
        verify_callback,
    )
    from openhorse.local import generate

    __version__: str

__all__ = [
    "AsyncClient",
    "BudgetExceeded",
    "BusyError",
    "CallerError",
    "Cancelled",
    "Client",
    "Event",
    "Film",
    "Gone",
    "InsufficientBalance",
    "InvalidOrder",
    "NotFound",
    "OpenHorseError",
    "PictureRefused",
    "PreviewEvent",
    "ProgressEvent",
    "RateLimited",
    "ServerUnreachable",
    "SignatureRefused",
    "StatusEvent",
    "Task",
    "TaskFailed",
    "Wishes",
    "WrongKey",
    "__version__",
    "generate",
    "verify_callback",
]

_LATER = dict.fromkeys(__all__, "openhorse.client") | {"generate": "openhorse.local"}
"""Where a name comes from that is not here yet."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        found: Any = _version()
    elif name in _LATER:
        found = getattr(import_module(_LATER[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("openhorse")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0.0.0"
