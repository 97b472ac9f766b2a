"""HiAPI's storage: films that are to be kept, from the order or later, and why others cannot be."""

from __future__ import annotations

from typing import Any

from conftest import House
from openhorse import accounts, ledger
from openhorse.limits import Limits
from openhorse.vocabulary import Failure, Video

YEARS = 99 * 365 * 86_400


def order(house: House, **more: Any) -> str:
    """A task's id."""
    body = {"model": "happyhorse-1.1/text-to-video", "input": {"prompt": "a lake"}} | more
    task_id: str = house.client.post("/v1/tasks", json=body).json()["data"]["taskId"]
    return task_id


def made(house: House, **more: Any) -> str:
    """A task that has its film."""
    task_id = order(house, **more)
    house.rooms.tasks.start(task_id)
    house.rooms.tasks.storing(task_id)
    film = Video(f"films/{task_id}.mp4", 4, "ab", 2, 2, 72, 3.0, False, None, None, "plain", 7, 0.1)
    house.rooms.blobs.put_bytes(film.blob, b"film")
    house.rooms.tasks.finish(task_id, film)
    return task_id


def promote(house: House, *ids: str) -> dict[str, Any]:
    """What the vendor's route answers."""
    answer = house.client.post("/v1/storages/promote", json=ids)
    assert (answer.status_code, answer.json()["message"]) == (200, "success"), answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def detail(house: House, task_id: str) -> dict[str, Any]:
    """The task."""
    data: dict[str, Any] = house.client.get(f"/v1/tasks/{task_id}").json()["data"]
    return data


def test_a_film_is_kept_from_the_order_or_later(house: House) -> None:
    """Both live as long, say so, and are there when films that nobody kept have expired."""
    usual, asked, promoted = made(house), made(house, storage="persistent"), made(house)
    assert promote(house, promoted, promoted) == {"accepted": [promoted], "rejected": []}
    for task_id, storage in ((usual, "temp"), (asked, "persistent"), (promoted, "persistent")):
        task = detail(house, task_id)
        assert task["storage"] == storage
        assert (task["output"][0]["expireAt"] > house.clock().timestamp() + YEARS) == (storage == "persistent")
    house.clock.advance(days=8)
    assert [task.id for task in house.rooms.tasks.outlived()] == [usual]
    assert house.client.get(detail(house, promoted)["output"][0]["url"]).content == b"film"


def test_what_cannot_be_kept_says_why(house: House) -> None:
    """In the vendor's words, beside what can; neither another key's task nor an unknown one is told from the other."""
    kept, fine, deleted, expired = (made(house) for _ in range(4))
    waiting, failed = order(house), order(house)
    promote(house, kept)
    house.rooms.tasks.fail(failed, Failure("engine_failed", "it broke", retry=True))
    key = house.rooms.tasks.any(kept).key_id
    house.rooms.tasks.delete(deleted, key)
    house.rooms.tasks.expire(expired)
    answer = promote(house, fine, kept, waiting, failed, deleted, expired, "90216", "a\0b")
    assert answer["accepted"] == [fine]
    assert {one["id"]: one["reason"] for one in answer["rejected"]} == {
        kept: "not_promotable",
        waiting: "not_promotable",
        failed: "not_promotable",
        deleted: "already_deleted",
        expired: "already_deleted",
        "90216": "not_owned",
        "a\0b": "not_owned",
    }
    theirs = house.other.post("/v1/storages/promote", json=[fine]).json()["data"]
    assert theirs == {"accepted": [], "rejected": [{"id": fine, "reason": "not_owned"}]}


def test_a_film_whose_time_is_over_is_not_revived(house: House) -> None:
    """Also where nobody has swept it away yet."""
    late = made(house)
    house.clock.advance(days=7, seconds=1)
    assert promote(house, late)["rejected"] == [{"id": late, "reason": "already_deleted"}]


def test_money_and_room_stand_in_the_way(house: House) -> None:
    """A key whose balance is used up promotes nothing; one whose share of the store is full neither."""
    film = made(house)
    key = house.rooms.tasks.any(film).key_id
    with house.rooms.database.transaction() as connection:
        accounts.set_limits(connection, key, Limits(storage_bytes=4))
    assert promote(house, film)["rejected"] == [{"id": film, "reason": "cap_exceeded"}]
    with house.rooms.database.transaction() as connection:
        accounts.set_limits(connection, key, Limits())
        ledger.credit(connection, key, 0)
    assert promote(house, film, "90216")["rejected"] == [
        {"id": film, "reason": "insufficient"},
        {"id": "90216", "reason": "insufficient"},
    ]
    with house.rooms.database.transaction() as connection:
        ledger.credit(connection, key, 1)
    assert promote(house, film)["accepted"] == [film]


def test_other_bodies_are_refused(house: House) -> None:
    """In the vendor's envelope."""
    for body in ({"ids": ["x"]}, [], [1], ["x"] * 51, "x"):
        refused = house.client.post("/v1/storages/promote", json=body)
        assert (refused.status_code, refused.json()["error_code"]) == (400, "INVALID_REQUEST"), body
    assert house.stranger.post("/v1/storages/promote", json=["x"]).status_code == 401
