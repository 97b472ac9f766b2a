"""Writes of many threads share a commit: each is answered after it, and one that fails takes no other with it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from openhorse.errors import DatabaseUnavailable, InsufficientBalance, OpenHorseError
from openhorse.store.commits import Commits, _Write
from openhorse.store.database import Database
from openhorse.store.tables import secrets

WRITERS = 12


@pytest.fixture
def database(database_url: str) -> Database:
    """A fresh one, SQLite and PostgreSQL."""
    made = Database(database_url)
    made.migrate()
    return made


def insert(connection: sa.Connection, numbers: Sequence[int]) -> Sequence[int]:
    """Write rows with these numbers; where one is every fourth, it changes its mind after it has written."""
    connection.execute(sa.insert(secrets), [{"name": str(number), "value": b""} for number in numbers])
    if any(number % 4 == 3 for number in numbers):
        raise InsufficientBalance(str(numbers[0]))
    return numbers


def one_of(database: Database, number: int) -> object:
    """What is given for this one."""
    (given,) = database.commit(insert, [number])
    return given


def names(database: Database) -> dict[str, bytes]:
    """What is committed."""
    with database.reading() as connection:
        return {row.name: row.value for row in connection.execute(sa.select(secrets))}


def held(database: Database, commits: Callable[[int], object]) -> list[object]:
    """What WRITERS threads are given that all wait for the same writer."""

    def one(number: int) -> object:
        try:
            return commits(number)
        except OpenHorseError as error:
            return error

    with ThreadPoolExecutor(WRITERS) as pool:
        with database.transaction() as connection:
            connection.execute(sa.insert(secrets).values(name="first", value=b""))
            answers = [pool.submit(one, number) for number in range(WRITERS)]
            threading.Event().wait(0.2)
        return [answer.result() for answer in answers]


def test_a_write_behind_more_than_go_together_is_committed(tmp_path: Path) -> None:
    """Whoever gets to lead, though others stand before it, goes on until its own write is done."""
    database = Database(f"sqlite:///{tmp_path / 'few.db'}")
    database.migrate()
    commits = Commits(database.transaction, most=2)
    commits._waiting += [_Write(insert, [number]) for number in (0, 1, 2, 4)]
    assert commits.run(insert, [5, 6]) == [5, 6]
    assert names(database).keys() == {"0", "1", "2", "4", "5", "6"}


def test_one_bad_write_hurts_no_other(database: Database) -> None:
    """Of twelve at once every fourth fails with its own error; the others are committed."""
    answers = held(database, lambda number: one_of(database, number))
    good = [number for number in range(WRITERS) if number % 4 != 3]
    assert [answer for answer in answers if isinstance(answer, int)] == good
    refused = {
        number: answer.message for number, answer in enumerate(answers) if isinstance(answer, InsufficientBalance)
    }
    assert refused == {number: str(number) for number in range(3, WRITERS, 4)}
    assert names(database) == {"first": b""} | {str(number): b"" for number in good}
    database.close()


def test_nobody_is_answered_when_the_commit_fails(tmp_path: Path) -> None:
    """What was done in a transaction that the disk does not take was done for nobody."""
    database = Database(f"sqlite:///{tmp_path / 'openhorse.db'}")
    database.migrate()

    def break_down(_connection: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, OSError("disk I/O error"))

    sa.event.listen(database.engine, "commit", break_down)
    answers = held(Database(f"sqlite:///{tmp_path / 'openhorse.db'}"), lambda number: one_of(database, number * 4))
    assert [type(answer) for answer in answers] == [DatabaseUnavailable] * WRITERS
    sa.event.remove(database.engine, "commit", break_down)
    assert set(names(database)) == {"first"}
    database.close()


def test_many_share_one_commit(tmp_path: Path) -> None:
    """Twelve writes that wait for another writer are committed in far fewer transactions on SQLite."""
    database = Database(f"sqlite:///{tmp_path / 'openhorse.db'}")
    database.migrate()
    commits: list[object] = []
    sa.event.listen(database.engine, "commit", commits.append)
    answers = held(Database(f"sqlite:///{tmp_path / 'openhorse.db'}"), lambda number: one_of(database, number * 4))
    assert answers == [number * 4 for number in range(WRITERS)]
    # The first comes alone, and those who came while it waited go together.
    assert len(commits) <= 3
    assert len(names(database)) == WRITERS + 1
    database.close()


WRITER = """
import os, sys, threading
import sqlalchemy as sa
from openhorse.store.database import Database
from openhorse.store.tables import secrets

database = Database(sys.argv[1])

def insert(connection, names):
    connection.execute(sa.insert(secrets), [{"name": name, "value": b""} for name in names])
    return names

def write(thread):
    for number in range(100_000):
        name = database.commit(insert, [f"{thread}-{number}"])[0]
        os.write(1, f"{name}\\n".encode())

for thread in range(8):
    threading.Thread(target=write, args=(thread,)).start()
"""


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    """A process of eight writing threads is killed in the middle: whatever it had called committed is there."""
    url = f"sqlite:///{tmp_path / 'openhorse.db'}"
    database = Database(url)
    database.migrate()
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline().strip() for _ in range(100)]
        writer.kill()
        told += [line.strip() for line in writer.stdout if line.endswith("\n")]
    assert len(set(told)) == len(told) >= 100
    assert set(told) <= set(names(database))
    database.close()
