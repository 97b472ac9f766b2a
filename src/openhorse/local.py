"""A prompt and pictures come in, a finished film on this machine goes out: no server, the very path of a task.

Works in a private temporary folder, which is gone afterwards; never in a server's data folder.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openhorse import accounts
from openhorse.accounts import Key
from openhorse.dialects import Link, dialect_named, native
from openhorse.errors import Cancelled, EngineFailed, InvalidOrder, OpenHorseError
from openhorse.house import House
from openhorse.server.intake import Intake
from openhorse.settings import Settings
from openhorse.studio import Studio
from openhorse.vocabulary import FINAL, Mode, PictureLimits, Status, Task

POLL_SECONDS = 0.1

REMOTE = ("http://", "https://", "data:")
"""How a picture's address begins when it is not a file of this machine."""


class TaskFailed(EngineFailed):
    """The task ended without a film; `task` tells why."""

    def __init__(self, message: str, task: dict[str, Any]) -> None:
        super().__init__(message)
        self.task = task


@dataclass(frozen=True, slots=True)
class Film:
    """A film on this machine: where it lies, and the native task object with its facts."""

    path: Path
    task: dict[str, Any]


def generate(
    prompt: str = "",
    *,
    output: str | Path | None = None,
    on_progress: Callable[[float], None] | None = None,
    **fields: Any,
) -> Film:
    """Make a film here and now and keep it at `output`, by default `./openhorse-<seed>.mp4`.

    `fields` are those of the native dialect's task body: image and references (addresses, or paths of
    files), resolution, ratio, seconds, seed, model, engine, watermark. `on_progress` hears 0…1.
    An existing file is never written over: an `output` that exists raises FileExistsError at once, the
    default name gets a number. Raises InvalidOrder and its kin for what can never work, a folder in which nothing
    can be written among it, TaskFailed when the task did not end in a film.
    """
    wanted = Path(output) if output is not None else None
    if wanted is not None and wanted.exists():
        raise FileExistsError(f"{wanted} exists already")
    place = Path() if wanted is None else wanted.parent
    if not (place.is_dir() and os.access(place, os.W_OK)):
        raise InvalidOrder(f"output: there is no folder {place.absolute()} to write to")
    body = {"prompt": prompt} | {name: value for name, value in fields.items() if value is not None}
    with tempfile.TemporaryDirectory(prefix="openhorse-", ignore_cleanup_errors=True) as folder:
        settings = Settings(data=Path(folder), database_url=None, blobs_url=None, api_key=None)
        house = House(settings, public_url="http://127.0.0.1")
        try:
            return _made(house, body, wanted, on_progress or _unheard)
        finally:
            house.close()


def _unheard(share: float) -> None:
    """Progress for nobody."""


def _made(house: House, body: dict[str, Any], wanted: Path | None, on_progress: Callable[[float], None]) -> Film:
    with house.database.transaction() as connection:
        key, _secret = accounts.create_key(connection, label="local")
    words = dialect_named("native")
    raw = json.dumps(_with_uploads(house, key, body)).encode()
    task, _replayed = Intake(house.rooms).accept(words, key, raw, None)
    with Studio() as studio:
        worker = house.worker(studio)
        worker.start()
        try:
            task = _finished(house, task, on_progress)
        finally:
            worker.stop()
    path = _keep(house, task, wanted)
    return Film(path, native.write_task(task, Link(lambda _video: path.absolute().as_uri(), "")))


def _with_uploads(house: House, key: Key, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with this machine's files taken into the store, as an upload to a server would be."""
    taken = dict(body)
    if isinstance(body.get("image"), str | Path):
        taken["image"] = _address(house, key, body["image"], body)
    if isinstance(body.get("references"), Sequence):
        taken["references"] = [_address(house, key, picture, body) for picture in body["references"]]
    return taken


def _address(house: House, key: Key, picture: str | Path, body: Mapping[str, Any]) -> str:
    text = str(picture)
    if text.lower().startswith(REMOTE):
        return text
    path = Path(picture).expanduser()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidOrder(f"{path}: {error.strerror}") from None
    try:
        return "upload:" + house.rooms.pictures.keep(key.id, data, _limits(house, body)).sha256
    except OpenHorseError as error:
        raise InvalidOrder(f"{path}: {error.message}") from None


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
        raise TaskFailed(task.failure.message, native.write_task(task, Link(lambda video: video.blob, "")))
    return task


def _keep(house: House, task: Task, wanted: Path | None) -> Path:
    """Copy the film out of the store to its place, which must still be free."""
    assert task.video is not None
    number = 1
    while True:
        path = wanted or Path(f"openhorse-{task.video.seed}{'' if number == 1 else f'-{number}'}.mp4")
        try:
            with path.open("xb") as out:
                for chunk in house.rooms.blobs.stream(task.video.blob, 0, task.video.bytes):
                    out.write(chunk)
            return path
        except FileExistsError:
            if wanted is not None:
                raise
            number += 1
