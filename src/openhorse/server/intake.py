"""A request's raw body and key come in, an accepted Task goes out, whatever the dialect.

Knows no vendor's words: the dialect reads the order, this module checks it against the world
(the key, the addresses, the pictures that come with it) and hands it to tasks.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from openhorse import accounts
from openhorse.accounts import Key
from openhorse.care import Care
from openhorse.catalog import Catalog
from openhorse.deliveries import Deliveries
from openhorse.dialects import Dialect, Link
from openhorse.dialects.fields import read_json
from openhorse.errors import (
    AddressRefused,
    CallerError,
    IdempotencyInFlight,
    InvalidOrder,
    MissingKey,
    NotFound,
    OpenHorseError,
    PictureRefused,
    RequestTooLarge,
    WrongKey,
)
from openhorse.limits import HOUSE, Limits
from openhorse.logs import about
from openhorse.media.inputs import read_data_url
from openhorse.outbound import Outbound
from openhorse.pictures import UPLOAD, Pictures, sha256_of
from openhorse.promises import Idempotency
from openhorse.roster import Roster
from openhorse.runs.stills import task_of
from openhorse.server.rates import Rates
from openhorse.store.blobs import Blobs, Links
from openhorse.store.database import Database
from openhorse.store.pictures import ADDRESS
from openhorse.tasks import Draft, Submission, Tasks
from openhorse.traces import span
from openhorse.uploads import Upload, Uploads
from openhorse.vocabulary import Failure, Order, PictureLimits, Still, Task, Video

LONGEST_IDEMPOTENCY_KEY = 255
"""Bytes (HiAPI's documentation)."""

UPLOADS = "uploads/"
"""Below which path uploads lie; what is signed in their links begins with it."""

STILLS_LIFETIME = timedelta(days=1)
"""How long from a render's beginning its stills can be fetched by their links: longer than any render takes."""

OSS = "oss://"
"""How DashScope's customers name a file that they have uploaded."""

IN_FLIGHT_RETRY_SECONDS = 5
"""What a concurrent twin is told to wait (HiAPI answers about 5 s)."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the server works with, put together by the command line or a test."""

    catalog: Catalog
    roster: Roster
    database: Database
    blobs: Blobs
    links: Links
    tasks: Tasks
    deliveries: Deliveries
    pictures: Pictures
    uploads: Uploads
    outbound: Outbound
    public_url: str
    now: Callable[[], datetime]
    sync_seconds: float = 300.0
    """How long a request that wants to wait for its film is held."""
    defaults: Limits = HOUSE
    """What a key may use that has no limits of its own."""
    rates: Rates = field(default_factory=Rates)
    """How fast each key asks."""
    cors_origins: tuple[str, ...] = ()
    """Whose pages may ask this server from a browser."""
    presigned: bool = False
    """Whether who fetches a film is sent on to the bucket that it lies in."""
    care: Care = field(default_factory=Care)
    """What is done with orders besides making them."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the server is told to stop, so that nobody is held any longer."""

    def link(self, task: Task) -> Link:
        """Makes the addresses of `task`'s film and stills, good for as long as the film is.

        Until there is one, those of stills are the same at every call, so that nobody fetches one twice.
        """
        until = task.expires_at or (task.started_at or self.now()) + STILLS_LIFETIME

        def film(video: Video) -> str:
            return self._address(video.blob, task.expires_at or self.now())

        def still(one: Still) -> str:
            return self._address(one.blob, until)

        return Link(film, self.public_url, still)

    def _address(self, blob: str, until: datetime) -> str:
        return f"{self.public_url}/files/{blob}?{self.links.sign(blob, until)}"

    def upload_address(self, upload: Upload) -> str:
        """The address under which an upload can be fetched, and ordered with, until it expires."""
        key = UPLOADS + upload.address
        return f"{self.public_url}/{key}?{self.links.sign(key, upload.expires_at)}"

    def authenticate(self, secret: str | None) -> Key:
        """The key whose secret this is. Raises MissingKey or WrongKey."""
        with self.database.reading() as connection:
            return accounts.authenticate(connection, secret, now=self.now())

    def authenticate_all(self, secrets: Sequence[str | None]) -> list[Key | MissingKey | WrongKey]:
        """For each secret the key that it opens, or why it opens none; all by one look."""
        with self.database.reading() as connection:
            return accounts.authenticate_all(connection, secrets, now=self.now())


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a film: `raw`, or what the dialect reads in its place, in the `context` in which it came."""

    dialect: Dialect
    key: Key
    raw: bytes
    idempotency_key: str | None = None
    body: Any = None
    context: Context = field(default_factory=copy_context)

    @property
    def name(self) -> tuple[str, str, str]:
        """What its twins have in common."""
        return (self.key.id, self.dialect.name, self.idempotency_key or "")

    @property
    def promise(self) -> Idempotency | None:
        """What its customer promises. Raises InvalidOrder."""
        if self.idempotency_key is None:
            return None
        if not 0 < len(self.idempotency_key.encode()) <= LONGEST_IDEMPOTENCY_KEY:
            raise InvalidOrder(
                f"Idempotency-Key must be 1 to {LONGEST_IDEMPOTENCY_KEY} bytes long", field="Idempotency-Key"
            )
        return Idempotency(self.idempotency_key, hashlib.sha256(self.raw).hexdigest(), self.dialect.name)


class Intake:
    """Accepts orders. One instance a server process; called from several threads."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self._in_flight: set[tuple[str, str, str]] = set()
        self._lock = threading.Lock()

    def accept(
        self, dialect: Dialect, key: Key, raw: bytes, idempotency_key: str | None = None, *, body: Any = None
    ) -> tuple[Task, bool]:
        """The task made of `raw`, and whether it is an earlier one replayed.

        `body` is what the dialect reads where `raw` as JSON is not the whole of it (a form, a model in the path).
        Raises any CallerError or BusyError; then nothing was stored but pictures that nobody points to.
        """
        (made,) = self._accept([Asked(dialect, key, raw, idempotency_key, body)], patient=True)
        if isinstance(made, Exception):
            raise made
        assert made is not None
        return made

    def accept_all(self, asked: Sequence[Asked]) -> list[tuple[Task, bool] | Exception | None]:
        """What `accept` gives or raises for each of them, all written by one commit.

        None for those that take time before they can be written: that come with pictures, or a callback's address.
        """
        return self._accept(asked, patient=False)

    def _accept(self, asked: Sequence[Asked], *, patient: bool) -> list[tuple[Task, bool] | Exception | None]:
        with ExitStack() as until_written:
            begun = [one.context.run(self._begin, one, until_written, patient) for one in asked]
            written = iter(self.rooms.tasks.submit_all([one for one in begun if isinstance(one, Draft)]))
            made = [next(written) if isinstance(one, Draft) else one for one in begun]
            return [self._told(one, result) for one, result in zip(asked, made, strict=True)]

    def _begin(self, asked: Asked, until_written: ExitStack, patient: bool) -> Draft | Submission | Exception | None:
        try:
            if asked.idempotency_key is not None:
                until_written.enter_context(self._only_one(asked.name))
            with span("submit", {"openhorse.dialect": asked.dialect.name}) as submitting:
                begun = self._draft(asked, patient)
                if isinstance(begun, Draft):
                    submitting.note({"openhorse.task": begun.task.id})
            return begun
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            return error

    def _told(self, asked: Asked, made: Submission | Exception | None) -> tuple[Task, bool] | Exception | None:
        if isinstance(made, CallerError) and asked.idempotency_key is not None:
            # What was taken in once is answered as it was then, also where it would be refused today.
            try:
                earlier = self.rooms.tasks.find_replay(asked.key.id, asked.promise) if asked.promise else None
            except OpenHorseError as error:
                return error
            return made if earlier is None else (earlier, True)
        return (made.task, made.replayed) if isinstance(made, Submission) else made

    def quote_order(self, dialect: Dialect, body: Any) -> Order:
        """The order in a parsed body, checked as far as that is possible without taking anything in.

        Raises NoEngine when no engine here can make all of it. May ask the database.
        """
        order = dialect.read_order(body, self.rooms.catalog)
        self.rooms.roster.route(order)
        return order

    def _draft(self, asked: Asked, patient: bool) -> Draft | Submission | None:
        """The order as it is to be written; the task of an earlier one; None for what takes time, unless `patient`."""
        rooms, dialect, key, once = self.rooms, asked.dialect, asked.key, asked.promise
        order = self.quote_order(dialect, read_json(asked.raw) if asked.body is None else asked.body)
        with about(key=key.id):
            rooms.care.deny(order)
        if not patient and (order.pictures or order.callback is not None):
            return None
        # Pictures are work, and looked at once; whether other orders are replays shows when they are written.
        earlier = rooms.tasks.find_replay(key.id, once) if once and order.pictures else None
        if earlier is not None:
            return Submission(earlier, replayed=True)
        if order.callback is not None:
            self._check_callback(order.callback.url)
        limits = rooms.catalog.offer(order.dialect, order.model).picture_limits
        failure = None
        try:
            order = replace(order, pictures=tuple(self._take_in(address, key, limits) for address in order.pictures))
        except (PictureRefused, AddressRefused, RequestTooLarge) as error:
            if not dialect.media_faults_fail_the_task:
                raise
            failure = Failure(error.code, error.message, error.retry)
            order = replace(order, pictures=())
        return rooms.tasks.draft(
            key.id,
            dialect.new_task_id(rooms.now()),
            order,
            rooms.catalog.quote(order),
            rooms.catalog.lifetime(order),
            once,
            failure,
        )

    def _check_callback(self, address: str) -> None:
        try:
            self.rooms.outbound.check_address(address, purpose="callback")
        except AddressRefused as error:
            raise AddressRefused(f"The callback's address is refused: {error.message}", field="callback") from None

    def _take_in(self, address: str, key: Key, limits: PictureLimits) -> str:
        """The address as the order keeps it: what we hold already becomes `blob:`, the rest is checked."""
        pictures = self.rooms.pictures
        try:
            address.encode()
        except UnicodeEncodeError:  # JSON can say half a character, which no database takes
            raise AddressRefused("a picture's address is not valid text") from None
        if address[:5].lower() == "data:":
            data = read_data_url(address, limits.bytes)
            return ADDRESS + pictures.keep(key.id, data, limits).sha256
        if address.startswith(UPLOAD):
            return ADDRESS + pictures.find(key.id, address.removeprefix(UPLOAD), limits)
        if address.startswith(OSS):
            return ADDRESS + self.rooms.uploads.picture(key.id, address.removeprefix(OSS), limits)
        if address.startswith(f"{self.rooms.public_url}/"):
            return ADDRESS + self._linked(address, key, limits)
        self.rooms.outbound.check_address(address, purpose="picture")
        return address

    def _linked(self, address: str, key: Key, limits: PictureLimits) -> str:
        """The picture's hash in one of our own signed links. Never fetched: that would be ourselves."""
        pictures = self.rooms.pictures
        parts = urlsplit(address.removeprefix(self.rooms.public_url))
        query = parse_qs(parts.query)
        path = unquote(parts.path.removeprefix("/"))
        signed = path if path.startswith(UPLOADS) else path.removeprefix("files/")
        try:
            self.rooms.links.check(signed, query.get("e", [""])[0], query.get("s", [""])[0], self.rooms.now())
        except NotFound as error:
            raise AddressRefused(f"this address is on this server: {error.message}") from None
        if path.startswith(UPLOADS):
            return self.rooms.uploads.picture(key.id, path.removeprefix(UPLOADS), limits)
        if task_of(signed) is not None:
            return pictures.keep(key.id, self.rooms.blobs.read(signed), limits).sha256
        sha256 = sha256_of(signed)
        if sha256 is None:
            raise AddressRefused("this address is on this server, and is no picture")
        return pictures.find(key.id, sha256, limits)

    @contextmanager
    def _only_one(self, name: tuple[str, str, str]) -> Iterator[None]:
        with self._lock:
            if name in self._in_flight:
                raise IdempotencyInFlight(
                    "the first request with this Idempotency-Key is still being taken in",
                    retry_after=IN_FLIGHT_RETRY_SECONDS,
                )
            self._in_flight.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard(name)
