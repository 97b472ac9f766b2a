"""A prompt and pictures come in, a finished film on this machine goes out: no server, the very path of a task.

Works in a private temporary folder, which is gone afterwards; never in a server's data folder.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from openhorse import accounts, licences
from openhorse.accounts import Key
from openhorse.client.films import Film, Place, place_for
from openhorse.client.pictures import address_or_bytes
from openhorse.client.words import Picture, Wishes
from openhorse.dialects import Link, dialect_named, native
from openhorse.errors import Cancelled, InvalidOrder, OpenHorseError, StorageFailed, TaskFailed
from openhorse.house import House, now, seal_of
from openhorse.profiles import profiles
from openhorse.server.intake import Intake
from openhorse.settings import Settings
from openhorse.store.database import SCHEMA, Database
from openhorse.studio import Studio
from openhorse.vocabulary import FINAL, Mode, PictureLimits, Status, Task

POLL_SECONDS = 0.1


def generate(
    prompt: str = "",
    *,
    output: str | os.PathLike[str] | None = None,
    on_progress: Callable[[float], None] | None = None,
    **wishes: Unpack[Wishes],
) -> Film:
    """Make a film here and now and keep it at `output`, by default `./openhorse-<seed>.mp4`.

    `wishes` are a client's: pictures, resolution, ratio, seconds, seed, model, engine, watermark, enhance.
    `on_progress` hears 0…1. An existing file is never written over: an `output` that exists raises FileExistsError at
    once, the default name gets a number. Raises InvalidOrder and its kin for what can never work, a folder in which
    nothing can be written among it, TaskFailed when the task did not end in a film.
    """
    place = place_for(output)
    body = {"prompt": prompt} | {name: value for name, value in wishes.items() if value is not None}
    with tempfile.TemporaryDirectory(prefix="openhorse-", ignore_cleanup_errors=True) as folder:
        mine = Settings()
        models = mine.resolved_models
        settings = Settings(data=Path(folder), database_url=None, blobs_url=None, api_key=None, models=models)
        house = House(settings, public_url="http://127.0.0.1")
        try:
            _accept(house, mine, wishes.get("engine"))
            return _made(house, body, place, on_progress or _unheard)
        finally:
            house.close()


def _unheard(share: float) -> None:
    """Progress for nobody."""


def _accept(house: House, mine: Settings, wish: str | None) -> None:
    """What the operator has accepted in the data folder holds here too, where a film may need it."""
    known = profiles(house.rooms.catalog)
    names = {wish or "", *(name for _where, names in house.roster.lists() for name in names)}
    if any(known[name].licence.must_accept for name in names if name in known):
        accepted = _accepted(mine)
        with house.database.transaction() as connection:
            for licence in {profile.licence.name: profile.licence for profile in known.values()}.values():
                if licence.name in accepted:
                    licences.accept(connection, licence, now())
        house.roster.forget()


def _accepted(mine: Settings) -> set[str]:
    """The licences that were accepted in the data folder; none where there is no database of this version."""
    if mine.database_url is None and not mine.data.exists():
        return set()
    database = Database(mine.resolved_database_url)
    try:
        if database.schema() != SCHEMA:
            return set()
        with database.reading() as connection:
            return licences.accepted(connection)
    except StorageFailed:
        return set()
    finally:
        database.close()


def _made(house: House, body: dict[str, Any], place: Place, on_progress: Callable[[float], None]) -> Film:
    with house.database.transaction() as connection:
        key, _secret = accounts.create_key(connection, label="local")
    words = dialect_named("native")
    raw = json.dumps(_with_uploads(house, key, body)).encode()
    task, _replayed = Intake(house.rooms).accept(words, key, raw, None)
    with Studio(seal=seal_of(house.settings)) as studio:
        worker = house.worker(studio)
        worker.start()
        try:
            task = _finished(house, task, on_progress)
        finally:
            worker.stop()
    path = _keep(house, task, place)
    told: Any = native.write_task(task, Link(lambda _video: path.absolute().as_uri(), ""))
    return Film(path, told)


def _with_uploads(house: House, key: Key, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with this machine's pictures taken into the store, as an upload to a server would be."""
    taken = dict(body)
    if body.get("image") is not None:
        taken["image"] = _address(house, key, body["image"], body)
    if isinstance(body.get("references"), Sequence):
        taken["references"] = [_address(house, key, picture, body) for picture in body["references"]]
    return taken


def _address(house: House, key: Key, picture: Picture, body: Mapping[str, Any]) -> str:
    found = address_or_bytes(picture)
    if isinstance(found, str):
        return found
    try:
        return "upload:" + house.rooms.pictures.keep(key.id, found, _limits(house, body)).sha256
    except OpenHorseError as error:
        named = f"{os.fspath(picture)}: " if isinstance(picture, str | os.PathLike) else ""
        raise InvalidOrder(named + error.message) from None


def _limits(house: House, body: Mapping[str, Any]) -> PictureLimits:
    mode = Mode.IMAGE if body.get("image") else Mode.REFERENCE
    return house.rooms.catalog.offer("native", f"{native.DEFAULT_MODEL}/{mode.value}").picture_limits


def _finished(house: House, task: Task, on_progress: Callable[[float], None]) -> Task:
    while task.status not in FINAL:
        time.sleep(POLL_SECONDS)
        task = house.rooms.tasks.any(task.id)
        on_progress(task.progress)
    if task.status is Status.CANCELLED:
        raise Cancelled("the task was cancelled")
    if task.failure is not None:
        raise TaskFailed(task.failure.message, task=native.write_task(task, Link(lambda video: video.blob, "")))
    return task


def _keep(house: House, task: Task, place: Place) -> Path:
    """Copy the film out of the store to its place, which must still be free."""
    assert task.video is not None
    with place.part() as part:
        for chunk in house.rooms.blobs.stream(task.video.blob, 0, task.video.bytes):
            part.write(chunk)
        return place.settle(part, task.video.seed)
