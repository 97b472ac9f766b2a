"""Workers that stop, die, fall silent or lose their lease: who follows them, when, and what they leave."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from databases import fresh_url
from openhorse.leases import FileLeases
from openhorse.runs import Worker
from openhorse.runs.roll import Roll
from openhorse.store.database import Database
from openhorse.store.tables import workers
from openhorse.vocabulary import Status
from test_runs import NOON, Shop, shop, until

__all__ = ["shop"]


def test_a_stopped_worker_leaves_its_film_to_the_next(shop: Shop) -> None:
    """Stopping is no failure: the task stays in hand, and the next worker makes the film."""
    shop.studio.gate.clear()
    task_id = shop.submit()
    first = shop.start()
    until(lambda: shop.studio.calls)
    shop.stop()
    assert shop.studio.interruptions == ["Stopping"]
    assert shop.tasks.any(task_id).status is Status.RUNNING
    assert shop.run_status(task_id) == "PENDING"
    assert not Roll(shop.database, first.name).beat()
    lease = shop.leases().take(first.name)
    assert lease is not None
    lease.release()
    shop.studio.gate.set()
    second = shop.start()
    assert second.name != first.name
    assert shop.ended(task_id).status is Status.SUCCEEDED
    assert len(shop.studio.calls) == 2


def test_there_is_one_worker_in_a_process(shop: Shop) -> None:
    """DBOS is one in a process; a second worker is refused, and the first goes on."""
    shop.start()
    with pytest.raises(Exception, match="runs in this process already"):
        Worker(shop.bench).start()
    assert shop.ended(shop.submit()).status is Status.SUCCEEDED


def test_a_stranded_run_is_freed(shop: Shop) -> None:
    """DBOS says this worker has it, the worker knows nothing of it: after the second look it goes back in line."""
    shop.studio.gate.clear()
    busy = shop.submit()
    worker = shop.start()
    until(lambda: shop.studio.calls)
    stranded = shop.submit()
    shop.set_run(stranded, status="PENDING", executor_id=worker.name)
    worker.free_stranded()
    assert shop.run_status(stranded) == "PENDING"
    worker.free_stranded()
    assert shop.run_status(stranded) == "ENQUEUED"
    shop.studio.gate.set()
    assert shop.ended(stranded).status is Status.SUCCEEDED
    assert shop.ended(busy).status is Status.SUCCEEDED
    assert len(shop.studio.calls) == 2


def test_dead_workers_are_followed_living_ones_are_left(shop: Shop) -> None:
    """The lease decides: a held one protects its runs, a free one gives them back, and the dead one is struck off."""
    living, dead = shop.submit(), shop.submit()
    lease = shop.leases().take("living")
    assert lease is not None
    rolls = {name: Roll(shop.database, name) for name in ("living", "dead")}
    for roll in rolls.values():
        roll.enter(NOON)
    shop.set_run(living, status="PENDING", executor_id="living", application_version="1")
    shop.set_run(dead, status="PENDING", executor_id="dead", application_version="1")
    worker = shop.start()
    assert shop.ended(dead).status is Status.SUCCEEDED
    worker.take_over()
    assert shop.run_status(living) == "PENDING"
    assert (rolls["living"].beat(), rolls["dead"].beat()) == (True, False)
    taken = shop.leases().take("dead")
    assert taken is not None
    taken.release()
    lease.release()
    assert shop.ended(living).status is Status.SUCCEEDED


def beats(shop: Shop) -> int:
    """How many signs of life its worker has given."""
    with shop.database.reading() as connection:
        return connection.scalar(sa.select(workers.c.beats)) or 0


@pytest.fixture
def far_shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop on PostgreSQL, without a worker."""
    made = Shop(tmp_path, fresh_url("postgresql", tmp_path), datetime.now(UTC))
    yield made
    made.studio.gate.set()
    made.stop()
    made.queues.close()
    made.database.close()


def test_a_worker_whose_lease_was_lost_takes_it_again(far_shop: Shop) -> None:
    """A database server that restarts forgets all leases: nobody is taken for dead before everybody may be back."""
    shop = far_shop
    worker = shop.start()
    shop.studio.gate.clear()
    busy, dead = shop.submit(), shop.submit()
    until(lambda: shop.studio.calls)
    assert shop.leases().take(worker.name) is None
    with shop.database.transaction() as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    shop.set_run(dead, status="PENDING", executor_id="dead", application_version="1")
    until(lambda: worker._patient_until)
    assert shop.leases().take(worker.name) is None
    before = beats(shop)
    until(lambda: beats(shop) > before + 1)
    assert shop.run_status(dead) == "PENDING"
    worker._patient_until = 0.0
    until(lambda: shop.run_status(dead) == "ENQUEUED")
    shop.studio.gate.set()
    assert [shop.ended(task_id).status for task_id in (busy, dead)] == [Status.SUCCEEDED] * 2


def test_a_killed_process_frees_its_lease(tmp_path: Path) -> None:
    """A lease is held for life, through SIGSTOP too, and no longer: kill -9 gives it back."""
    program = (
        "import sys,pathlib; from openhorse.leases import FileLeases; "
        "lease = FileLeases(pathlib.Path(sys.argv[1])).take('w'); print('held', flush=True); sys.stdin.read()"
    )
    leases = FileLeases(tmp_path)
    opened = len(list(Path("/dev/fd").iterdir()))
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert leases.take("w") is None
        holder.send_signal(signal.SIGSTOP)
        assert leases.take("w") is None
        other = leases.take("other")
        assert other is not None
        other.release()
        holder.kill()
        holder.wait()
    lease = leases.take("w")
    assert lease is not None
    assert leases.take("w") is None
    lease.release()
    assert not (tmp_path / "w.lock").exists()
    assert len(list(Path("/dev/fd").iterdir())) == opened  # a worker asks for others' leases each second, for months


def test_who_is_silent_for_too_long_is_lost(database_url: str) -> None:
    """Only a count that stands still by the listener's own clock makes silent; who is struck off hears of it."""
    database = Database(database_url)
    database.migrate()
    clock = [0.0]
    frozen, listener = (Roll(database, name, clock=lambda: clock[0]) for name in ("frozen", "listener"))
    for roll in (frozen, listener):
        roll.enter(NOON)
    for seconds, beats in ((0.0, True), (10.0, True), (20.0, True), (30.0, False), (34.0, False)):
        clock[0] = seconds
        if beats:
            assert frozen.beat()
        assert listener.beat()
        assert listener.silent() == set()
    clock[0] = 36.0
    assert listener.silent() == {"frozen"}
    listener.strike("frozen")
    assert not frozen.beat()
    assert listener.silent() == set()
    database.close()


def test_a_worker_that_was_taken_for_dead_stops(shop: Shop) -> None:
    """Struck off the list, it drops what it has in hand and says so; the next worker makes that film."""
    worker = shop.start()
    shop.studio.gate.clear()
    task_id = shop.submit()
    until(lambda: shop.studio.calls)
    Roll(shop.database, "somebody else").strike(worker.name)
    assert worker.lost.wait(30)
    until(lambda: shop.studio.interruptions == ["Stopping"])
    shop.stop()
    shop.studio.gate.set()
    assert shop.start().lost.is_set() is False
    assert shop.ended(task_id).status is Status.SUCCEEDED
