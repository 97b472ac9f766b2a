"""One vendor's words for our nouns, both ways. No I/O.

Each dialect is a module of pure functions that satisfies `Dialect`; none imports another. Three nouns in two
directions: `read_order`, `write_task` and `write_error` serve that vendor's customers; `write_order`, `read_task`
and `read_error` call that vendor (or another OpenHorse) as a customer does.
Capabilities (which models, limits, prices) come from the catalog, so a dialect holds words only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast

from openhorse.catalog import Catalog
from openhorse.errors import OpenHorseError
from openhorse.vocabulary import PREVIEWS, Failure, Order, Status, Still, Task, Video

NAMES = ("native", "hiapi", "wavespeed", "evolink", "dashscope", "openai")


@dataclass(frozen=True, slots=True)
class Link:
    """Called with a film, its absolute, signed address, good until it expires; `still` with one of its stills likewise.

    `root` is what this server's own addresses begin with (no slash at the end), for links to a task. Without `still`
    nobody can be shown any.
    """

    film: Callable[[Video], str]
    root: str
    still: Callable[[Still], str] | None = None

    def __call__(self, video: Video) -> str:
        """The film's address."""
        return self.film(video)

    def previews(self, task: Task) -> Sequence[tuple[Still, str]]:
        """The previews of a task that there are so far, in the order of the film, with their addresses."""
        return [(one, self.still(one)) for one in task.stills if one.is_preview] if self.still is not None else []

    def poster(self, task: Task) -> str | None:
        """Of the previews the one at half of the film, until it is there the latest; None before the first."""
        addresses = [address for _, address in self.previews(task)]
        return addresses[min(len(PREVIEWS) // 2, len(addresses) - 1)] if addresses else None

    def frame(self, task: Task, name: str) -> str | None:
        """The FIRST or LAST frame of a film that is there."""
        found = [one for one in task.stills if one.name == name]
        return self.still(found[0]) if self.still is not None and found and task.video is not None else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP: the status, the JSON body and extra headers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request to a vendor: what `write_order` makes. `path` begins with a slash, below the vendor's base.

    `body` is JSON; with `form`, the request is multipart/form-data instead: text fields, and in `files`
    the addresses (`https:` or `data:`) of pictures to be sent as file fields. Says nothing of keys.
    """

    method: str
    path: str
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What a vendor says of a task: what `read_task` makes of its answer to create or query.

    `progress` is 0…1, None where the vendor tells none. `film` is the film's address, or a path below the vendor's
    base where it begins with a slash (OpenAI's /content). `status` is never EXPIRED.
    `charge_micros` is what the vendor says it charged, in micro-US-dollars, None where it does not say.
    """

    id: str
    status: Status
    progress: float | None = None
    film: str | None = None
    failure: Failure | None = None
    charge_micros: int | None = None


class Dialect(Protocol):
    """What every dialect module offers."""

    name: str

    callback_gaps: tuple[int, ...]
    """Seconds to wait before attempt 1, 2, … as the vendor documents them; slower ones follow. Empty: no callbacks."""

    def new_task_id(self, now: datetime) -> str:
        """A new id in the vendor's form; ids sort by time and tell their dialect."""

    media_faults_fail_the_task: bool
    """Whether a picture that cannot be used makes a FAILED task (DashScope) rather than a refusal at create."""

    def read_order(self, body: Any, catalog: Catalog) -> Order:
        """The order that a parsed create body asks for.

        Where the vendor puts part of the request elsewhere (WaveSpeed's model in the path), its routes gather the
        parts into one object first, as the module's header says.
        Raises UnknownModel, InvalidOrder or MalformedRequest naming the field and what is allowed.
        """

    def write_task(self, task: Task, link: Link) -> dict[str, Any]:
        """The task as the vendor's query answers it, without the envelope."""

    def write_error(self, error: OpenHorseError) -> Answer:
        """The refusal in the vendor's own shape."""

    def write_order(self, order: Order) -> Call:
        """The create request for `order`, whose `model` is one of this vendor's and whose pictures are addresses
        that the vendor can open. `read_order` of it gives the order back, but for what the vendor has no word for.
        """

    def write_query(self, task_id: str) -> Call:
        """The request that asks for a task; its answer is for `read_task`."""

    def read_task(self, body: Any) -> Report:
        """What a create or a query answered, a parsed 2xx body, says. Raises UpstreamError when it says nothing,
        NotFound when it says that there is no such task.
        """

    def read_error(self, status: int, body: Any, headers: Mapping[str, str]) -> OpenHorseError:
        """Our error for a refusal: `body` parsed where it is JSON, else its text; header names in lower case.

        A vendor's 401, 402 and 403 are UpstreamError: it is our key there that is wrong, not our customer's.
        """

    def write_callback(self, task: Task, link: Link) -> bytes:
        """The body posted to the customer's callback address."""

    def sign_callback(self, body: bytes, secret: str, now: datetime) -> dict[str, str]:
        """The headers by which the vendor's receivers know a callback, besides those of Standard Webhooks."""


def dialect_named(name: str) -> Dialect:
    """The dialect called `name`, one of NAMES. Raises KeyError."""
    if name not in NAMES:
        raise KeyError(name)
    return cast(Dialect, import_module(f"openhorse.dialects.{name}"))
