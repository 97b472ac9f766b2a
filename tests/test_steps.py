"""The steps of a run, each of which may be done again after a crash: nothing is lost, made twice or left behind."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from openhorse import runs
from openhorse.errors import DatabaseUnavailable, NotFound
from openhorse.runs.steps import Steps
from openhorse.store.pictures import bring_picture, forget_pictures
from openhorse.vocabulary import Callback, Mode, Status
from test_runs import FILM, ORDER, Shop, shop

__all__ = ["shop"]


def test_a_film_that_was_stored_before_the_crash_is_not_lost(shop: Shop) -> None:
    """The store step done again finds the file, or the blob."""
    steps = Steps(shop.bench)
    task_id = shop.submit()
    steps.fetch(task_id)
    facts = steps.render(task_id, [])
    assert steps.store(task_id, [], facts) == facts
    assert steps.store(task_id, [], facts) == facts
    path = shop.folder / "renders" / f"{task_id}.mp4"
    path.unlink()
    assert steps.store(task_id, [], facts) == facts
    steps.finish(task_id, facts)
    steps.finish(task_id, facts)
    assert shop.tasks.any(task_id).status is Status.SUCCEEDED
    assert len(shop.studio.calls) == 1


def test_a_film_is_on_the_disk_before_it_is_said_to_be_made(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power cut could leave a step that is done, and half a file."""
    synced = list[bytes]()
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.pread(handle, 99, 0)))
    task_id = shop.submit()
    Steps(shop.bench).render(task_id, [])
    assert FILM in synced


def test_progress_is_written_now_and_then(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at each frame, for each write reaches the disk; and a film goes on while the database does not answer."""
    steps, told = Steps(shop.bench), list[float]()

    def tell(_task_id: str, value: float) -> None:
        told.append(value)
        raise DatabaseUnavailable("down")

    monkeypatch.setattr(shop.tasks, "progress", tell)
    monkeypatch.setattr(runs.steps, "PROGRESS_SECONDS", 1000.0)
    progress = steps._progress(shop.submit())
    for frame in range(72):
        progress(frame / 72)
    assert told == [0.0]
    monkeypatch.setattr(runs.steps, "PROGRESS_SECONDS", 0.0)
    progress = steps._progress(shop.submit())
    for frame in range(3):
        progress(float(frame))
    assert told == [0.0, 0.0, 1.0, 2.0]


def test_an_uploaded_picture_stays_as_long_as_it_is_used(shop: Shop) -> None:
    """Its week begins again with each film that begins with it."""
    sha256 = bring_picture(shop.database, shop.blobs, shop.key, b"png", shop.time)
    shop.time += timedelta(days=6)
    task_id = shop.submit(replace(ORDER, mode=Mode.IMAGE, pictures=(f"blob:{sha256}",)))
    assert Steps(shop.bench).fetch(task_id) == [sha256]
    with shop.database.transaction() as connection:
        assert forget_pictures(connection, shop.time - timedelta(days=1)) == []
        assert forget_pictures(connection, shop.time + timedelta(days=1)) == [sha256]


def test_a_film_that_died_with_its_machine_is_made_again(shop: Shop) -> None:
    """A worker elsewhere goes on after the render, but has no film: it makes it, from the same pictures and seed."""
    steps = Steps(shop.bench)
    task_id = shop.submit()
    steps.fetch(task_id)
    shop.blobs.put_bytes("inputs/abc.png", b"a picture")
    facts = steps.render(task_id, ["abc"])
    (shop.folder / "renders" / f"{task_id}.mp4").unlink()
    steps.finish(task_id, steps.store(task_id, ["abc"], facts))
    assert shop.tasks.any(task_id).status is Status.SUCCEEDED
    assert shop.blobs.read(facts["blob"]) == FILM
    first, second = shop.studio.calls
    assert first == second


def test_a_failed_task_leaves_nothing_behind(shop: Shop) -> None:
    """Neither the file nor the blob."""
    steps = Steps(shop.bench)
    task_id = shop.submit()
    steps.fetch(task_id)
    facts = steps.render(task_id, [])
    steps.store(task_id, [], facts)
    steps.fail(task_id, '{"code":"storage_failed","message":"m","retry":true}')
    assert shop.tasks.any(task_id).status is Status.FAILED
    assert shop.blobs.size(facts["blob"]) is None
    assert not list((shop.folder / "renders").iterdir())
    with pytest.raises(NotFound):
        steps.fail("unknown", None)


def test_an_attempt_is_recorded_once(shop: Shop) -> None:
    """The record step done again after a crash writes nothing more and puts nothing more in line."""
    steps = Steps(shop.bench)
    task_id = shop.submit(replace(ORDER, callback=Callback("https://x")))
    shop.tasks.cancel(task_id, shop.key)
    event = shop.tasks.events(task_id, shop.key)[-1]
    shop.answers = [500]
    outcome = steps.post(event.id, 1)
    steps.record(event.id, 1, outcome)
    steps.record(event.id, 1, outcome)
    assert shop.attempts() == [(1, False, 500)]
    with shop.database.reading() as connection:
        query = "SELECT workflow_uuid FROM workflow_status WHERE name='callbacks' ORDER BY 1"
        runs = connection.exec_driver_sql(query).scalars().all()
    assert runs == [f"callback-{event.id}-1", f"callback-{event.id}-2"]
