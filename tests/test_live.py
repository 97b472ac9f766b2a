"""Our own routes that follow a task: the stream of events, the held answer, its place in line, and its callback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from conftest import House
from openhorse.estimates import Prospect, outlook
from openhorse.store.tables import callback_attempts, workers
from openhorse.tries import Seats, State, Tries
from openhorse.vocabulary import Failure, Video
from serving import customers_server

TASKS = "/openhorse/v1/tasks"


def submit(house: House, **body: Any) -> str:
    """A task's id."""
    answer = house.client.post(TASKS, json={"prompt": "a lake", "seconds": 3, **body})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def finish(house: House, task_id: str, render_seconds: float = 6.0, engine: str = "procedural") -> None:
    """Move a task to its film, as a worker would."""
    house.rooms.tasks.start(task_id)
    video = Video(f"films/{task_id}.mp4", 1, "0", 2, 2, 72, 3.0, False, None, None, engine, 1, render_seconds)
    house.rooms.tasks.storing(task_id)
    house.rooms.tasks.finish(task_id, video)


def told(client: httpx2.Client, path: str, **given: Any) -> Iterator[tuple[str, str, Any]]:
    """What a stream says: id, name and data of each event, until it ends."""
    with client.stream("GET", path, **given) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        part: dict[str, str] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            part[name] = value
            if not line:
                if "event" in part:
                    yield part.get("id", ""), part["event"], json.loads(part["data"])
                part = {}


def test_a_task_is_followed_to_its_end(house: House) -> None:
    """Status with the whole task and the event's id, progress between; the stream ends with the task."""
    task_id = submit(house)
    stream = told(house.client, f"{TASKS}/{task_id}/events")
    number, name, task = next(stream)
    assert (name, task["id"], task["status"]) == ("status", task_id, "queued")
    house.rooms.tasks.start(task_id)
    later, name, task = next(stream)
    assert (name, task["status"], int(later) > int(number)) == ("status", "running", True)
    house.rooms.tasks.progress(task_id, 0.5)
    assert next(stream) == ("", "progress", {"id": task_id, "progress": 0.5})
    house.rooms.tasks.cancel(task_id, task_key(house, task_id))
    assert [(name, task["status"]) for _, name, task in stream] == [("status", "cancelled")]


def task_key(house: House, task_id: str) -> str:
    """Whose task it is."""
    return house.rooms.tasks.any(task_id).key_id


@pytest.mark.parametrize("look", ["events", "get_all"])
def test_an_end_between_two_looks_is_told_once(house: House, monkeypatch: pytest.MonkeyPatch, look: str) -> None:
    """Whichever of the two a task ends behind, its end is told with its own number, and nothing twice."""
    task_id = submit(house)
    looked = getattr(house.rooms.tasks, look)
    looks = 0

    def look_then_end(*given: Any, **wanted: Any) -> Any:
        nonlocal looks
        found = looked(*given, **wanted)
        looks += 1
        if looks == 3:
            finish(house, task_id)
        return found

    monkeypatch.setattr(house.rooms.tasks, look, look_then_end)
    heard = [(int(number), body["status"]) for number, name, body in told(house.client, f"{TASKS}/{task_id}/events")
             if name == "status"]  # fmt: skip
    events = house.rooms.tasks.events(task_id, house.rooms.tasks.any(task_id).key_id)
    assert heard[-1] == (events[-1].id, "succeeded")
    assert [status for _, status in heard].count("succeeded") == 1
    path = f"{TASKS}/{task_id}/events?after={heard[-1][0]}"
    assert list(told(house.client, path)) == []


def test_a_broken_stream_goes_on_after_the_last_event(house: House) -> None:
    """Last-Event-ID is what a browser sends by itself when it comes back; what it has seen is not told again."""
    task_id = submit(house)
    finish(house, task_id)
    whole = list(told(house.client, f"{TASKS}/{task_id}/events"))
    assert [task["status"] for _, _, task in whole] == ["succeeded"]
    headers = {"Last-Event-ID": whole[-1][0]}
    assert list(told(house.client, f"{TASKS}/{task_id}/events", headers=headers)) == []
    assert house.other.get(f"{TASKS}/{task_id}/events").status_code == 404


def test_a_deleted_task_ends_its_stream(house: House) -> None:
    """There is nothing left to tell."""
    task_id = submit(house)
    stream = told(house.client, f"{TASKS}/{task_id}/events")
    next(stream)
    assert house.client.delete(f"{TASKS}/{task_id}").status_code == 204
    assert list(stream) == []


def test_an_answer_is_held_until_the_end(house: House) -> None:
    """`wait` answers when the task has ended, or as it is when the time is over; anything but 1 to 60 is refused."""
    task_id = submit(house)
    assert house.client.get(f"{TASKS}/{task_id}?wait=1").json()["status"] == "queued"
    ending = threading.Timer(0.3, finish, (house, task_id))
    ending.start()
    assert house.client.get(f"{TASKS}/{task_id}?wait=60").json()["status"] == "succeeded"
    ending.join()
    for wrong in ("0", "61", "1.5", "x", ""):
        refused = house.client.get(f"{TASKS}/{task_id}", params={"wait": wrong})
        assert (refused.status_code, refused.json()["error"]["field"]) == (400, "wait"), wrong


def test_a_waiting_task_knows_its_place(house: House) -> None:
    """How many are before it, and a time once films were measured and a worker is there; nothing after its end."""
    first = submit(house)
    house.clock.advance(seconds=1)
    second = submit(house, seconds=6)
    assert house.client.get(f"{TASKS}/{second}").json()["queue"] == {"ahead": 1, "eta_seconds": None}
    finish(house, first, render_seconds=6.0)
    house.clock.advance(seconds=1)
    third = submit(house)
    rooms = house.rooms
    with rooms.database.transaction() as connection:
        connection.execute(sa.insert(workers).values(name="w", beats=0, started_at=rooms.now()))
    # one film of 3 s took 6 s: 6 s for the one before, and as long again for its own 3 s
    assert house.client.get(f"{TASKS}/{third}").json()["queue"] == {"ahead": 1, "eta_seconds": 12.0}
    rooms.tasks.start(second)
    rooms.tasks.progress(second, 0.5)
    assert outlook(rooms.database).prospect(rooms.tasks.any(second)) == Prospect(0, 6.0)
    # the only worker is busy with half a film
    assert outlook(rooms.database).prospect(rooms.tasks.any(third)) == Prospect(0, 9.0)
    assert "queue" not in house.client.get(f"{TASKS}/{first}").json()


def test_places_in_line_count_by_turns(house: House) -> None:
    """A key's third film comes after another's first, though it was ordered before it."""
    ids = []
    for _ in range(3):
        ids.append(submit(house))
        house.clock.advance(seconds=1)
    others = house.other.post(TASKS, json={"prompt": "a lake", "seconds": 3}).json()["id"]
    house.clock.advance(seconds=1)
    seen = outlook(house.rooms.database)
    assert [seen.prospect(house.rooms.tasks.any(one)).ahead for one in (*ids, others)] == [0, 2, 3, 1]


def test_films_made_elsewhere_have_a_line_of_their_own(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's film there waits for those made here, nor the other way round; each engine has its own pace."""
    there = house.rooms.roster
    monkeypatch.setattr(there, "first", lambda order: "far" if order.prompt == "far" else "procedural")
    monkeypatch.setattr(there, "elsewhere", lambda: ["far"])
    slow, quick = submit(house), submit(house, prompt="far")
    finish(house, slow, render_seconds=60.0)
    finish(house, quick, render_seconds=6.0, engine="far")
    with house.rooms.database.transaction() as connection:
        connection.execute(sa.insert(workers).values(name="w", beats=0, started_at=house.rooms.now()))
    house.clock.advance(seconds=1)
    ids = []
    for prompt in ("a lake", "a lake", "far", "far"):
        ids.append(submit(house, prompt=prompt))
        house.clock.advance(seconds=1)
    queues = [house.client.get(f"{TASKS}/{one}").json()["queue"] for one in ids[1:]]
    assert queues == [
        {"ahead": 1, "eta_seconds": 120.0},
        {"ahead": 0, "eta_seconds": 6.0},
        {"ahead": 1, "eta_seconds": 12.0},
    ]


def test_a_callback_is_shown_and_asked_for_again(house: House) -> None:
    """With every attempt and what was answered; another attempt is put in line, for one's own tasks only."""
    task_id = submit(house, callback={"url": "https://127.0.0.1/hook"})
    path = f"{TASKS}/{task_id}/callback"
    assert house.client.get(path).status_code == 503
    house.rooms.tasks.cancel(task_id, task_key(house, task_id))
    event = house.rooms.deliveries.of_task(task_id).event
    made = {"delivered": False, "status": 500, "milliseconds": 7, "head": "<b>no</b>", "error": None}
    with house.rooms.database.transaction() as connection:
        row = sa.insert(callback_attempts).values(event_id=event.id, number=1, task_id=task_id, at=event.at, **made)
        connection.execute(row)
    shown = house.client.get(path).json()
    assert (shown["state"], shown["event"]["status"], shown["next_at"]) == ("given_up", "cancelled", None)
    assert [(one["number"], one["status"], one["answer"]) for one in shown["attempts"]] == [(1, 500, "<b>no</b>")]
    assert house.client.get("/openhorse/v1/callbacks", params={"state": "given_up"}).json()["data"] == [shown]
    assert house.client.get("/openhorse/v1/callbacks", params={"state": "delivered"}).json()["data"] == []
    assert house.client.post(f"{path}/redeliver").status_code == 202
    assert [house.other.get(path).status_code, house.other.post(f"{path}/redeliver").status_code] == [404, 404]
    assert house.other.get("/openhorse/v1/callbacks").json()["data"] == []


def test_a_task_tells_which_engines_were_asked(house: House) -> None:
    """In order, with what went wrong; not which of the operator's servers it was, and to nobody else."""
    task_id = house.client.post("/openhorse/v1/tasks", json={"prompt": "a lake"}).json()["id"]
    path = f"/openhorse/v1/tasks/{task_id}/tries"
    assert house.client.get(path).json() == {"object": "list", "data": []}
    tries = Tries(house.rooms.database, house.rooms.now)
    first = tries.take_seat(task_id, "omni", [Seats("http://10.0.0.5:8091", 1, None, 700)])
    assert first is not None
    tries.end(first, State.FAILED, Failure("engine_failed", "out of memory", True))
    tries.begin(task_id, "procedural")
    told = house.client.get(path)
    assert [(one["number"], one["engine"], one["state"], one["error"]) for one in told.json()["data"]] == [
        (1, "omni", "failed", {"code": "engine_failed", "message": "out of memory"}),
        (2, "procedural", "going", None),
    ]
    assert "10.0.0.5" not in told.text
    assert house.other.get(path).status_code == 404


def test_an_address_is_tried_out(house: House) -> None:
    """Posted once in a dialect's words, signed as for the key; the answer is told, whatever it is."""
    with customers_server() as customer:
        customer.answers.append(503)
        url = f"{customer.url}/hook"
        told = house.client.post("/openhorse/v1/callbacks/test", json={"url": url, "dialect": "hiapi"}).json()
        ((body, headers),) = customer.callbacks
    assert (told["status"], told["delivered"], told["signed"], told["dialect"]) == (503, False, True, "hiapi")
    assert json.loads(body)["status"] == "fail"
    assert {"x-hiapi-signature", "webhook-signature"} <= {name.lower() for name in headers}
    gone = house.client.post("/openhorse/v1/callbacks/test", json={"url": url}).json()
    assert (gone["status"], gone["delivered"]) == (None, False)
    assert gone["error"]
    for wrong in ({"url": "http://192.168.1.1/"}, {"url": url, "dialect": "openai"}, {}):
        assert house.client.post("/openhorse/v1/callbacks/test", json=wrong).status_code == 400


@pytest.mark.parametrize("path", ["/openhorse/v1/callbacks?state=lost", f"{TASKS}/none/callback"])
def test_what_there_is_not_is_refused(house: House, path: str) -> None:
    """An unknown state and an unknown task."""
    assert house.client.get(path).status_code in (400, 404)
