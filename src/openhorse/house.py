"""Settings come in, all rooms of one installation come out, put together. Decides nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from openhorse import accounts, callbacks, catalog
from openhorse.callbacks import Delivery
from openhorse.care import care_of
from openhorse.cues import Seal
from openhorse.deliveries import Deliveries
from openhorse.dialects import dialect_named
from openhorse.errors import InvalidOrder
from openhorse.ledger import micros_of
from openhorse.limits import Limits
from openhorse.media.inputs import vet
from openhorse.outbound import Attempt, Outbound
from openhorse.pictures import Pictures
from openhorse.roster import Roster, obstacle_in
from openhorse.runs import QUEUES, Bench, Queues, Studio, Widths, Worker
from openhorse.server.intake import Rooms
from openhorse.settings import Settings
from openhorse.store.blobs import Blobs, Links
from openhorse.store.database import Database
from openhorse.tasks import Tasks
from openhorse.uploads import Uploads
from openhorse.vocabulary import Event, Order, Task

LINKS_SECRET = "links"

PICTURE_LINKS = timedelta(days=1)
"""How long at least the address of a picture is good that is given to a server elsewhere."""


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def links_until(moment: datetime) -> datetime:
    """When the address of a picture ends that is given away at `moment`.

    The same all day, so that an order that a vendor is sent once more reads as it did.
    """
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + 2 * PICTURE_LINKS


class House:
    """One installation: its data folder, database and store, as `settings` name them.

    Raises StorageFailed when the database or the store cannot be used, InvalidOrder when customers are to be sent to a
    bucket where there is none.
    """

    def __init__(self, settings: Settings, public_url: str) -> None:
        """`public_url` is what links begin with, without a slash at its end."""
        self.settings = settings
        self.care = care_of(settings)
        settings.data.mkdir(parents=True, exist_ok=True)
        self.database = Database(settings.resolved_database_url)
        self.database.migrate()
        offers = catalog.load(settings.catalog)
        outbound = Outbound(settings.outbound_allow)
        self.roster = Roster(self.database, offers, outbound, settings.engine, obstacle_in(settings.resolved_models))
        self.queues = Queues(self.database, callback_gaps=_callback_gaps, is_elsewhere=self.roster.is_elsewhere)
        limits = _limits(settings)
        tasks = Tasks(
            self.database,
            now=now,
            on_submit=self.queues.enqueue,
            on_event=self.queues.enqueue_callback,
            defaults=limits,
            queue_limit=settings.queue_limit,
        )
        blobs = _blobs(settings)
        pictures = Pictures(self.database, blobs, now, limits)
        self.rooms = Rooms(
            catalog=offers,
            roster=self.roster,
            database=self.database,
            blobs=blobs,
            links=Links(self.database.secret(LINKS_SECRET)),
            tasks=tasks,
            deliveries=Deliveries(self.database, self.queues),
            pictures=pictures,
            uploads=Uploads(self.database, pictures, now),
            outbound=outbound,
            public_url=public_url,
            now=now,
            sync_seconds=settings.sync_seconds,
            defaults=limits,
            cors_origins=settings.cors_origins,
            presigned=settings.film_links == "presigned",
            care=self.care,
        )

    def first_key(self) -> str | None:
        """The secret of a new key when this installation has none yet; None when it has.

        A key preset by OPENHORSE_API_KEY is made, or opened again, at every start.
        """
        with self.database.transaction(alone="first key") as connection:
            if self.settings.api_key is not None:
                accounts.ensure_key(connection, label="preset", secret=self.settings.api_key.get_secret_value())
                return None
            if accounts.list_keys(connection):
                return None
            return accounts.create_key(connection, label="first")[1]

    def worker(self, studio: Studio, queues: Sequence[str] = QUEUES) -> Worker:
        """A worker over this house that takes from `queues` and renders in `studio`; not started yet."""
        rooms, settings = self.rooms, self.settings
        return Worker(
            Bench(
                database=rooms.database,
                blobs=rooms.blobs,
                tasks=rooms.tasks,
                queues=self.queues,
                studio=studio,
                data=settings.data,
                engines=self.roster,
                address=self._public_address,
                care=self.care,
                fetch=self._fetch,
                deliver=self._deliver,
                now=now,
                keep=None if (days := settings.keep_days) is None else timedelta(days=days),
                widths=Widths(
                    films=settings.films_per_worker,
                    elsewhere=settings.remote_per_worker,
                    pictures=settings.pictures_per_worker,
                    callbacks=settings.callbacks_per_worker,
                    films_in_all=settings.films_at_once,
                ),
            ),
            queues,
        )

    def try_callback(self, url: str, dialect: str, key: accounts.Key | None) -> Attempt:
        """Post the callback of a task that there never was; signed as for `key`. Raises InvalidOrder."""
        at, rooms = now(), self.rooms
        secrets = () if key is None else key.signing_secrets(at)
        return callbacks.try_address(
            dialect, url, signing_secrets=secrets, outbound=rooms.outbound, link=rooms.link, now=at
        ).attempt

    def close(self) -> None:
        """Give the database back."""
        self.care.close()
        self.roster.close()
        self.queues.close()
        self.database.close()

    def _public_address(self, key: str) -> str | None:
        """An address for servers elsewhere of what lies in the store; None where nobody else can reach this one."""
        public_url = self.rooms.public_url
        if not public_url.startswith("https://"):
            return None
        return f"{public_url}/files/{key}?{self.rooms.links.sign(key, links_until(now()))}"

    def _fetch(self, address: str, order: Order) -> bytes:
        limits = self.rooms.catalog.offer(order.dialect, order.model).picture_limits
        return vet(self.rooms.outbound.fetch(address, max_bytes=limits.bytes), limits).png

    def _deliver(self, task: Task, event: Event, number: int) -> Delivery:
        with self.database.reading() as connection:
            secrets = accounts.key(connection, task.key_id).signing_secrets(now())
        return callbacks.attempt(
            task,
            event,
            number,
            signing_secrets=secrets,
            outbound=self.rooms.outbound,
            words=dialect_named(task.order.dialect),
            link=self.rooms.link(task),
            now=now(),
        )


def seal_of(settings: Settings) -> Seal | None:
    """What films are sealed with, None where nobody wants them sealed."""
    if settings.c2pa_certificate is None or settings.c2pa_key is None:
        return None
    return Seal(settings.c2pa_certificate.absolute(), settings.c2pa_key.absolute())


def _blobs(settings: Settings) -> Blobs:
    blobs = Blobs(settings.resolved_blobs_url)
    if settings.film_links == "presigned" and not blobs.is_bucket:
        raise InvalidOrder(
            "OPENHORSE_FILM_LINKS=presigned needs a bucket in OPENHORSE_BLOBS_URL: a folder has no links"
        )
    blobs.check()
    return blobs


def _limits(settings: Settings) -> Limits:
    return Limits(
        reads_per_minute=settings.reads_per_minute,
        writes_per_minute=settings.writes_per_minute,
        waiting=settings.waiting,
        unfinished=settings.unfinished,
        day_micros=micros_of(settings.day_budget),
        month_micros=micros_of(settings.month_budget),
        storage_bytes=settings.storage_bytes,
    )


def _callback_gaps(dialect: str) -> tuple[int, ...]:
    return callbacks.schedule(dialect_named(dialect))
