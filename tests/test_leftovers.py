"""What nobody needs any more: orphans in the store and the data folder, and the orders of long ago."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from openhorse import accounts, tasks
from openhorse.cli import app
from openhorse.errors import NotFound, StorageFailed
from openhorse.leftovers import Yard, leftovers
from openhorse.limits import Limits
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from openhorse.store.pictures import record_picture
from openhorse.store.tables import callback_attempts, events
from openhorse.store.tables import tasks as rows
from openhorse.usage import Span, usage
from openhorse.vocabulary import Callback, Status
from shops import DAY, FAILURE, NOON, ORDER, QUOTE, Shop


def grown_old(path: Path) -> Path:
    """A file of two hours ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    long_ago = time.time() - 7200
    os.utime(path, (long_ago, long_ago))
    return path


def test_only_what_nobody_needs_goes(shop: Shop, tmp_path: Path) -> None:
    """Known films and pictures, tasks under way, what is young and what is not ours stay; the rest goes."""
    key = shop.key(Limits())
    made, failed, expired, running = (shop.order(key) for _ in range(4))
    shop.make(made)
    shop.make(expired)
    shop.tasks.fail(failed, FAILURE)
    shop.tasks.expire(expired)
    shop.tasks.start(running)
    with shop.database.transaction() as connection:
        record_picture(connection, key, "a1", 5, NOON)
    store = tmp_path / "blobs"
    stay = [f"blobs/films/{made}.mp4", f"blobs/films/{running}.mp4", "blobs/inputs/a1.png", f"renders/{running}.mp4"]
    stay += ["blobs/films/notes.txt", "blobs/other/x.mp4"]
    go = [f"films/{failed}.mp4", f"films/{expired}.mp4", "films/unheard.mp4", "inputs/b2.png", "films/half.mp4#1"]
    for name in [*stay, *(f"blobs/{name}" for name in go), f"renders/{made}.mp4", "renders/unheard.mp4"]:
        grown_old(tmp_path / name)
    (store / "films" / "young.mp4").write_bytes(b"1")
    yard = Yard(shop.database, Blobs(store.as_uri()), tmp_path, datetime.now(UTC), delete=False)
    expected = sorted([*go, f"renders/{made}.mp4", "renders/unheard.mp4"])
    assert sorted(one.key for one in leftovers(yard)) == expected
    assert sorted(one.key for one in leftovers(replace(yard, delete=True))) == expected
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.suffix in (".mp4", ".png", ".txt")}
    assert left == {*stay, "blobs/films/young.mp4"}
    assert list(leftovers(yard)) == []
    assert list((store / "films").glob("*#*")) == []


def test_another_houses_database_deletes_nothing(shop: Shop, tmp_path: Path) -> None:
    """A database without tables, or without a single task and picture, is not believed."""
    film = grown_old(tmp_path / "blobs" / "films" / "t.mp4")
    empty = Database(f"sqlite:///{tmp_path / 'other.db'}")
    blobs = Blobs((tmp_path / "blobs").as_uri())
    for database, words in ((empty, "no OpenHorse"), (shop.database, "no task")):
        with pytest.raises(StorageFailed, match=words):
            list(leftovers(Yard(database, blobs, tmp_path, datetime.now(UTC), delete=True)))
    empty.close()
    assert film.exists()


def test_the_command_tells_and_deletes(tmp_path: Path) -> None:
    """A line for each file with its bytes, the sum beside; --dry-run leaves all."""
    made = Shop(f"sqlite:///{tmp_path / 'openhorse.db'}")
    made.order(made.key(Limits()))
    made.database.close()
    film = grown_old(tmp_path / "blobs" / "films" / "t.mp4")
    told = []
    for words in (["--dry-run"], [], []):
        done = CliRunner().invoke(app, ["gc", "--data", str(tmp_path), *words], catch_exceptions=False)
        told.append((done.stdout.split(), done.stderr.strip(), film.exists()))
    assert told == [
        (["5", "films/t.mp4"], "1 files, 5 bytes would be deleted.", True),
        (["5", "films/t.mp4"], "1 files, 5 bytes were deleted.", False),
        ([], "0 files, 0 bytes were deleted.", False),
    ]


def test_old_tasks_are_forgotten_and_the_accounts_stay(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """By age, in batches, and never what is under way or has a film; usage and balance are what they were."""
    monkeypatch.setattr(tasks, "FORGOTTEN_AT_ONCE", 2)
    key = shop.key(Limits(), balance=10 * QUOTE.micros)
    order = replace(ORDER, prompt="a secret", callback=Callback("https://x"))
    ids = [shop.tasks.submit(key, f"t{n}", order, QUOTE, lifetime=DAY).task.id for n in range(6)]
    for task_id in ids[:3]:
        shop.tasks.fail(task_id, FAILURE)
    for task_id in ids[3:5]:
        shop.make(task_id)
    shop.tasks.expire(ids[3])
    with shop.database.transaction() as connection:
        event = connection.scalar(sa.select(events.c.id).where(events.c.task_id == ids[0]).limit(1))
        facts = {"delivered": True, "milliseconds": 1, "head": "", "at": NOON}
        connection.execute(sa.insert(callback_attempts).values(event_id=event, number=1, task_id=ids[0], **facts))

    def books() -> tuple[object, ...]:
        with shop.database.reading() as connection:
            return usage(connection, Span(NOON.date(), NOON.date())), accounts.ledger.balance(connection, key)

    before = books()
    assert shop.tasks.forget(NOON) == 0
    assert [shop.tasks.forget(NOON + DAY) for _ in range(3)] == [2, 2, 0]
    assert books() == before
    assert [task.id for task in shop.tasks.page(key).tasks] == [ids[5], ids[4]]
    with pytest.raises(NotFound):
        shop.tasks.any(ids[0])
    with shop.database.reading() as connection:
        kept = {row.id: (row.order, row.callback_url) for row in connection.execute(sa.select(rows))}
        assert {kept[task_id] for task_id in ids[:4]} == {("", None)}
        assert "a secret" in kept[ids[4]][0]
        assert set(connection.scalars(sa.select(events.c.task_id))) == set(ids[4:])
        assert connection.execute(sa.select(callback_attempts)).all() == []
    shop.time += timedelta(days=9)
    assert shop.tasks.any(ids[5]).status is Status.QUEUED
