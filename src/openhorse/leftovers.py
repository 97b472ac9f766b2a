"""The store and the data folder come in, what nobody needs any more goes out, deleted if that is wished.

Safe beside servers and workers: only what is older than AGE counts, a film and its stills only where the task can have
none, a picture only while nobody can bring one. Knows no HTTP; what outlives its time is the sweep's (see runs).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from openhorse.errors import StorageFailed
from openhorse.runs.steps import RENDERS, film_key
from openhorse.runs.stills import STILLS, task_of
from openhorse.store.blobs import LISTED_AT_ONCE, Blob, Blobs
from openhorse.store.database import Database
from openhorse.store.pictures import blob_key, unknown_pictures
from openhorse.store.tables import pictures, tasks
from openhorse.vocabulary import FINAL, Status

AGE = timedelta(hours=1)
"""What is younger may be under way: a blob is put after its row was read, a render before its film is stored."""

_WITH_FILM = [status.value for status in Status if status not in FINAL - {Status.SUCCEEDED}]
_OPEN = [status.value for status in Status if status not in FINAL]


@dataclass(frozen=True, slots=True)
class Yard:
    """Where leftovers lie. `data` is the folder of the workers of this machine; nothing is deleted unless `delete`."""

    database: Database
    blobs: Blobs
    data: Path
    now: datetime
    delete: bool


def leftovers(yard: Yard) -> Iterator[Blob]:
    """Each thing that nobody needs: films, stills, pictures, halves of them, then renders, named by their path.

    Raises StorageFailed when the database knows neither tasks nor pictures: then it is hardly the one of this store.
    """
    yard.database.schema()
    with yard.database.reading() as connection:
        if not any(connection.execute(sa.select(table).limit(1)).first() for table in (tasks, pictures)):
            raise StorageFailed("the database knows no task and no picture; is it the one that goes with this store?")
    yield from _of_tasks(yard, "films", lambda key: name if film_key(name := Path(key).stem) == key else None)
    yield from _of_tasks(yard, STILLS, task_of)
    yield from _pictures(yard)
    yield from _halves(yard)
    yield from _renders(yard)


def _of_tasks(yard: Yard, folder: str, task_of: Callable[[str], str | None]) -> Iterator[Blob]:
    for batch in yard.blobs.listed(folder):
        owners = {one: owner for one in batch if _is_old(one, yard) and (owner := task_of(one.key)) is not None}
        # A task that has ended without a film never gets one, so nobody need be kept from writing.
        needed = _tasks_in(yard.database, set(owners.values()), _WITH_FILM)
        for one in sorted(owners, key=lambda one: one.key):
            if owners[one] not in needed:
                if yard.delete:
                    yard.blobs.delete(one.key)
                yield one


def _pictures(yard: Yard) -> Iterator[Blob]:
    for batch in yard.blobs.listed("inputs"):
        named = {Path(one.key).stem: one for one in batch if _is_old(one, yard)}
        named = {name: one for name, one in named.items() if blob_key(name) == one.key}
        yield from _unknown(yard, named)


def _unknown(yard: Yard, named: dict[str, Blob]) -> Sequence[Blob]:
    with yard.database.transaction() as connection:
        found = [named[name] for name in sorted(unknown_pictures(connection, named))]
        if yard.delete:
            yard.blobs.delete(*(one.key for one in found))
    return found


def _halves(yard: Yard) -> Iterator[Blob]:
    for folder in ("films", STILLS, "inputs"):
        for one in yard.blobs.halves(folder):
            if _is_old(one, yard):
                if yard.delete:
                    yard.blobs.delete_half(one.key)
                yield one


def _renders(yard: Yard) -> Iterator[Blob]:
    """Films that a worker died over after another had taken its task to the end."""
    files = list((yard.data / RENDERS).glob("*.mp4"))
    for first in range(0, len(files), LISTED_AT_ONCE):
        paths = {path.stem: path for path in files[first : first + LISTED_AT_ONCE]}
        for name in sorted(set(paths) - _tasks_in(yard.database, paths, _OPEN)):
            one = _file(paths[name])
            if one is not None and _is_old(one, yard):
                if yard.delete:
                    paths[name].unlink(missing_ok=True)
                yield one


def _file(path: Path) -> Blob | None:
    try:
        facts = path.stat()
    except FileNotFoundError:  # its worker was faster
        return None
    return Blob(f"{RENDERS}/{path.name}", facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))


def _is_old(one: Blob, yard: Yard) -> bool:
    return one.at < yard.now - AGE


def _tasks_in(database: Database, ids: Collection[str], statuses: Sequence[str]) -> set[str]:
    with database.reading() as connection:
        known = sa.select(tasks.c.id).where(tasks.c.id.in_(list(ids)), tasks.c.status.in_(statuses))
        return set(connection.scalars(known))
