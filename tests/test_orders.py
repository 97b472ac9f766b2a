"""Orders that come at the same moment are written by one commit, and answered as if each had come alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from conftest import House
from openhorse import accounts
from openhorse.accounts import Key
from openhorse.dialects import dialect_named
from openhorse.errors import IdempotencyInFlight, IdempotencyMismatch, InsufficientBalance, InvalidOrder
from openhorse.server.intake import Asked, Intake
from openhorse.vocabulary import Task

BODY = {"model": "happyhorse-1.1/text-to-video", "prompt": "a lake"}
NATIVE = dialect_named("native")


@pytest.fixture
def keys(house: House) -> tuple[Key, Key]:
    """A customer with money for two films, and one without any."""
    with house.rooms.database.transaction() as connection:
        price = house.rooms.catalog.quote(NATIVE.read_order(BODY, house.rooms.catalog)).micros
        rich = accounts.create_key(connection, label="rich", balance_micros=2 * price)[0]
        return rich, accounts.create_key(connection, label="poor", balance_micros=price - 1)[0]


def asked(key: Key, once: str | None = None, **changed: Any) -> Asked:
    """A request for a film."""
    return Asked(NATIVE, key, json.dumps(BODY | changed).encode(), once)


def taken(made: object) -> tuple[str, bool]:
    """The id of the task, and whether it is a replay."""
    assert isinstance(made, tuple), made
    task, replayed = made
    assert isinstance(task, Task)
    return task.id, replayed


def test_orders_of_one_moment_are_one_commit(house: House, keys: tuple[Key, Key]) -> None:
    """Each table is written once, also where one of them is a replay."""
    intake, (rich, _) = Intake(house.rooms), keys
    first, again = taken(intake.accept(NATIVE, rich, json.dumps(BODY).encode(), "a"))
    written: list[tuple[str, bool]] = []

    def note(_connection: sa.Connection, _cursor: Any, statement: str, _values: Any, _context: Any, many: bool) -> None:
        if statement.startswith("INSERT"):
            written.append((statement.split()[2], many))

    sa.event.listen(house.rooms.database.engine, "before_cursor_execute", note)
    with house.rooms.database.transaction() as connection:
        free = accounts.create_key(connection, label="free")[0]
    del written[:]
    made = [
        taken(one) for one in intake.accept_all([asked(rich, "a"), asked(rich, "b"), asked(free, "b"), asked(free)])
    ]
    assert (again, made[0]) == (False, (first, True))
    assert [replayed for _, replayed in made] == [True, False, False, False]
    assert len({task for task, _ in made}) == 4
    assert [table for table, _ in written] == ["oh_tasks", "oh_idempotency", "oh_ledger", "oh_events"]
    assert house.enqueued == [first, *(task for task, _ in made[1:])]


def test_one_that_is_refused_takes_no_other_with_it(house: House, keys: tuple[Key, Key]) -> None:
    """Each is told what is wrong with its own; what two could pay but not three is paid for by the first two."""
    intake, (rich, poor) = Intake(house.rooms), keys
    with house.rooms.database.transaction() as connection:
        free = accounts.create_key(connection, label="free")[0]
    first, _ = taken(intake.accept(NATIVE, free, json.dumps(BODY).encode(), "a"))
    made = intake.accept_all(
        [
            asked(rich, "1"),
            asked(rich, "1"),
            asked(poor),
            asked(rich),
            asked(rich),
            asked(free, "a"),
            asked(free, "a", prompt="a sea"),
            asked(free, seconds=99),
            asked(free, ""),
            asked(free),
        ]
    )
    kinds = [type(one) for one in made]
    twin, mismatch = IdempotencyInFlight, IdempotencyInFlight
    assert kinds == [tuple, twin, InsufficientBalance, tuple, InsufficientBalance, tuple, mismatch] + [
        InvalidOrder
    ] * 2 + [tuple]
    assert taken(made[5]) == (first, True)
    (late,) = intake.accept_all([asked(free, "a", prompt="a sea")])
    assert isinstance(late, IdempotencyMismatch)
    assert len(house.enqueued) == 4


def test_what_was_taken_in_once_is_answered_as_then(house: House, keys: tuple[Key, Key]) -> None:
    """A replay is one also where the same order would be refused today."""
    intake, (rich, _) = Intake(house.rooms), keys
    first, _ = taken(intake.accept(NATIVE, rich, json.dumps(BODY).encode(), "a"))

    def refuse(*_: object) -> None:
        raise InvalidOrder("no such model any more")

    intake.quote_order = refuse  # type: ignore[method-assign,assignment]
    assert [taken(one) for one in intake.accept_all([asked(rich, "a")])] == [(first, True)]
    assert isinstance(intake.accept_all([asked(rich, "b")])[0], InvalidOrder)


def test_what_takes_time_keeps_nobody_waiting(house: House, keys: tuple[Key, Key]) -> None:
    """Orders with pictures or a callback's address are left to be taken in by themselves, with nothing held back."""
    intake, (rich, _) = Intake(house.rooms), keys
    slow = {"model": "happyhorse-1.1", "image": "http://127.0.0.1/1.png"}
    made = intake.accept_all(
        [asked(rich, "a", callback={"url": "http://127.0.0.1/"}), asked(rich, **slow), asked(rich)]
    )
    assert made[:2] == [None, None]
    taken(made[2])
    task, replayed = intake.accept(NATIVE, rich, asked(rich, callback={"url": "http://127.0.0.1/"}).raw, "a")
    assert not replayed
    assert task.order.callback is not None
