"""Every call of the client, once, as steps: what is asked comes in, the result goes out. Knows no HTTP library.

`Client` and `AsyncClient` (drivers.py) carry the steps out; what is written here is what a user reads as their help.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any, Unpack, cast
from urllib.parse import quote as quoted

from openhorse.client.acts import Ask, Pause, Steps, Tell
from openhorse.client.asking import Site, ask, ask_json, pause_seconds
from openhorse.client.films import Film, place_for
from openhorse.client.pictures import address_or_bytes
from openhorse.client.transfers import download, follow
from openhorse.client.words import Page, Picture, Quote, State, Task, Upload, Wishes
from openhorse.errors import Cancelled, Gone, InvalidOrder, NotFound, ServerUnreachable, TaskFailed
from openhorse.vocabulary import FINAL

API = "/openhorse/v1"

HELD_SECONDS, HELD_SECONDS_WATCHED = 20.0, 1.0
"""How long the server may hold its answer while a task is waited for: shortly when somebody wants to see progress."""

Named = str | Mapping[str, Any]
"""A task: its id, or the task object."""


def make(
    site: Site,
    prompt: str = "",
    *,
    output: str | os.PathLike[str] | None = None,
    on_progress: Callable[[float], Any] | None = None,
    timeout: float | None = None,
    idempotency_key: str | None = None,
    **wishes: Unpack[Wishes],
) -> Steps[Film]:
    """Order a film, wait for it, and save it at `output`, by default `./openhorse-<seed>.mp4`; never over a file.

    `on_progress` hears 0…1 about once a second. Raises FileExistsError or InvalidOrder before anything is ordered,
    TaskFailed or Cancelled for a task without a film, TimeoutError after `timeout` seconds of waiting: then the
    task goes on, and costs what it costs.
    """
    place = place_for(output)
    task = yield from submit(site, prompt, idempotency_key=idempotency_key, **wishes)
    task = yield from wait(site, task, on_progress=on_progress, timeout=timeout)
    check_film(task)
    return (yield from save(site, task, place.wanted))


def submit(
    site: Site, prompt: str = "", *, idempotency_key: str | None = None, **wishes: Unpack[Wishes]
) -> Steps[Task]:
    """Order a film and get its task at once. Pictures that are no addresses are uploaded first.

    The order has an Idempotency-Key of its own unless one is given, so that however often it has to be sent, it
    is taken in and charged once; the same key with the same order gives the same task for a day.
    """
    site.check_key()
    body: dict[str, Any] = {"prompt": prompt} | _worded(wishes)
    if "image" in body:
        body["image"] = yield from _address(site, body["image"])
    if "references" in body:
        body["references"] = list(body["references"])
        for index, picture in enumerate(body["references"]):
            body["references"][index] = yield from _address(site, picture)
    headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
    task: Task = yield from ask_json(site, Ask("POST", f"{API}/tasks", json=body, headers=headers))
    return task


def quote(site: Site, prompt: str = "", **wishes: Unpack[Wishes]) -> Steps[Quote]:
    """What such a film costs and about how long it takes. Nothing is stored, no picture is read or uploaded."""
    body: dict[str, Any] = {"prompt": prompt} | _worded(wishes)
    if "image" in body:
        body["image"] = "upload:later"
    if "references" in body:
        body["references"] = ["upload:later" for _ in body["references"]]
    told: Quote = yield from ask_json(site, Ask("POST", f"{API}/quotes", json=body))
    return told


def get(site: Site, task: Named) -> Steps[Task]:
    """The task as it is now; its film's link is signed anew."""
    found: Task = yield from ask_json(site, Ask("GET", _of(task)))
    return found


def wait(
    site: Site,
    task: Named,
    *,
    on_progress: Callable[[float], Any] | None = None,
    timeout: float | None = None,
) -> Steps[Task]:
    """The task once it has ended, in whatever way: look at its `status`.

    Outages are waited out within `retries`. Raises TimeoutError after `timeout` seconds; the task goes on.
    """
    end = None if timeout is None else time.monotonic() + timeout
    held = HELD_SECONDS if on_progress is None else HELD_SECONDS_WATCHED
    while True:
        left = held if end is None else end - time.monotonic()
        query = {"wait": str(round(max(1.0, min(held, left))))}
        found: Task = yield from ask_json(site, Ask("GET", _of(task), query, seconds=site.seconds + held))
        if on_progress is not None:
            yield Tell(found["progress"], on_progress)
        if found["status"] in FINAL:
            return found
        if end is not None and time.monotonic() >= end:
            raise TimeoutError(f"task {found['id']} is {found['status']} after {timeout:g} s; it goes on")


def cancel(site: Site, task: Named) -> Steps[Task]:
    """Stop a task that has not ended; the task as it is then, which may be that it has ended already."""
    found: Task = yield from ask_json(site, Ask("POST", f"{_of(task)}/cancel"))
    return found


def delete(site: Site, task: Named) -> Steps[None]:
    """Forget a task and its film, cancelling it first when it has not ended. Its cost stays on record."""
    try:
        yield from ask(site, Ask("DELETE", _of(task), repeatable=False))
    except ServerUnreachable:
        yield Pause(pause_seconds(1))
        with suppress(NotFound):  # it was heard, and its answer lost
            yield from ask(site, Ask("DELETE", _of(task)))


def listing(
    site: Site,
    *,
    status: State | Sequence[State] | None = None,
    mode: str | None = None,
    after: str | None = None,
    page: int = 1,
    size: int = 20,
) -> Steps[Page]:
    """This key's tasks of every dialect, newest first; `size` 1…100, `status` one or several states.

    `mode` like text-to-video; `after`, a task's id, goes on behind that task, however many were ordered since.
    """
    given = {"mode": mode, "after": after, "page": page, "size": size}
    query = {name: str(value) for name, value in given.items() if value is not None}
    if status:
        query["status"] = status if isinstance(status, str) else ",".join(status)
    found: Page = yield from ask_json(site, Ask("GET", f"{API}/tasks", query))
    return found


def stream(site: Site, task: Named, *, after: str = "") -> Steps[None]:
    """What happens to a task, as it happens, until it has ended: status, progress, preview or plain events.

    A connection that dies is taken up after the last event that was heard; `after` is the id of one to begin after.
    """
    task_id = task if isinstance(task, str) else str(task["id"])
    yield from follow(site, task_id, f"{_of(task)}/events", lambda: get(site, task_id), after)


def save(site: Site, task: Named, output: str | os.PathLike[str] | None = None) -> Steps[Film]:
    """Download a task's film to `output`, by default `./openhorse-<seed>.mp4`; never over a file.

    The file appears when it is whole and its SHA-256 is right. A connection that breaks is taken up where it broke, a
    link that has died is asked for anew. Raises TaskFailed, Cancelled or Gone where there is no film.
    """
    place = place_for(output)
    found = yield from _with_film(site, task)
    with place.part() as part:
        yield from download(site, found, part, lambda: get(site, found))
        path = place.settle(part, found["film"]["seed"] if found["film"] else 0)
    return Film(path, found)


def read(site: Site, task: Named) -> Steps[bytes]:
    """A task's film as bytes; see `save`."""
    found = yield from _with_film(site, task)
    out = BytesIO()
    yield from download(site, found, out, lambda: get(site, found))
    return out.getvalue()


def poster(site: Site, task: Named) -> Steps[bytes]:
    """A frame of a task's film as JPEG, also while it is made. Raises NotFound where there is none."""
    found = yield from get(site, task)
    address = found.get("poster_url")
    if not address:
        raise NotFound(f"task {found['id']} has no poster")
    answer = yield from ask(site, Ask("GET", address, with_key=False))
    return answer.body


def upload(site: Site, picture: Picture) -> Steps[Upload]:
    """Take a picture to the server; its `id` stands for it in orders, for seven days."""
    data = address_or_bytes(picture)
    if isinstance(data, str):
        raise InvalidOrder(f"an address needs no upload: name {data[:60]} in the order itself")
    told: Upload = yield from ask_json(site, Ask("POST", f"{API}/uploads", content=data))
    return told


def usage(
    site: Site, *, first: str | None = None, last: str | None = None, key: str | None = None
) -> Steps[dict[str, Any]]:
    """Films and dollars by day and model, limits, and what is left; days like 2026-11-21, this month if not given.

    `key` names another key's id, for a key with the scope `admin`.
    """
    query = {name: value for name, value in (("from", first), ("to", last), ("key", key)) if value}
    told: dict[str, Any] = yield from ask_json(site, Ask("GET", f"{API}/usage", query))
    return told


def callbacks(site: Site, *, state: str | None = None, page: int = 1, size: int = 20) -> Steps[dict[str, Any]]:
    """What became of callbacks, newest tasks first; `state` waiting, delivered or given_up."""
    query = {"page": str(page), "size": str(size)} | ({"state": state} if state else {})
    told: dict[str, Any] = yield from ask_json(site, Ask("GET", f"{API}/callbacks", query))
    return told


def callback(site: Site, task: Named) -> Steps[dict[str, Any]]:
    """What became of one task's callback, with every attempt."""
    told: dict[str, Any] = yield from ask_json(site, Ask("GET", f"{_of(task)}/callback"))
    return told


def try_callback(site: Site, url: str, *, dialect: str = "native") -> Steps[dict[str, Any]]:
    """Have the callback of a task that there never was posted to `url`, once, and get what was answered there."""
    body = {"url": url, "dialect": dialect}
    wanted = Ask("POST", f"{API}/callbacks/test", json=body, repeatable=False)
    told: dict[str, Any] = yield from ask_json(site, wanted)
    return told


def redeliver(site: Site, task: Named) -> Steps[dict[str, Any]]:
    """Have a task's callback posted once more. Not asked again when the answer is lost: that might post it twice."""
    told: dict[str, Any] = yield from ask_json(site, Ask("POST", f"{_of(task)}/callback/redeliver", repeatable=False))
    return told


def tries(site: Site, task: Named) -> Steps[dict[str, Any]]:
    """Which engines were asked for a task's film, in order, and how that went."""
    told: dict[str, Any] = yield from ask_json(site, Ask("GET", f"{_of(task)}/tries"))
    return told


def catalog(site: Site) -> Steps[dict[str, Any]]:
    """Every model of every dialect: what it takes and costs. Needs no key."""
    told: dict[str, Any] = yield from ask_json(site, Ask("GET", f"{API}/catalog", with_key=False))
    return told


def check_film(task: Task) -> None:
    """Raise what a task says that has ended without a film: TaskFailed, Cancelled or Gone."""
    error = task["error"]
    if task["status"] == "cancelled":
        raise Cancelled(f"task {task['id']} was cancelled")
    if task["status"] == "expired":
        raise Gone(f"the film of task {task['id']} has expired")
    if error is not None:
        raise TaskFailed(error["message"], task=cast(dict[str, Any], task))


def _with_film(site: Site, task: Named) -> Steps[Task]:
    """The task with its film, asked for when only its id is known. Raises NotFound when there is none yet."""
    found = cast(Task, task) if isinstance(task, Mapping) and task.get("film") else (yield from get(site, task))
    check_film(found)
    if found["film"] is None:
        raise NotFound(f"task {found['id']} is {found['status']}: it has no film yet")
    return found


def _worded(wishes: Wishes) -> dict[str, Any]:
    """The wishes that were uttered; a callback's address as the server wants it."""
    said = {name: value for name, value in wishes.items() if value is not None}
    if isinstance(said.get("callback"), str):
        said["callback"] = {"url": said["callback"]}
    if "references" in said and not said["references"]:
        del said["references"]
    return said


def _address(site: Site, picture: Picture) -> Steps[str]:
    found = address_or_bytes(picture)
    if isinstance(found, str):
        return found
    taken = yield from upload(site, found)
    return taken["id"]


def _of(task: Named) -> str:
    return f"{API}/tasks/{quoted(task if isinstance(task, str) else str(task['id']), safe='')}"
