"""Stopping: a server's worker, and one by itself, finishes the film in hand when told once, drops it at the second."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from conftest import free_port
from openhorse import accounts
from openhorse.errors import InvalidOrder
from openhorse.house import House
from openhorse.processes import work
from openhorse.settings import Settings
from openhorse.vocabulary import Mode, Order, Quote, Ratio, Status, Tier
from serving import PLAIN_ENGINE, wait_for

ORDER = Order("hiapi", "m", Mode.TEXT, "a lake", Tier.P480, 3, ratio=Ratio.R16_9, seed=1, engine="slow")


@contextmanager
def running(folder: Path, *command: str, engine: str = "slow") -> Iterator[subprocess.Popen[bytes]]:
    """`openhorse` with this command and engine, over this folder."""
    environment = os.environ | {
        "OPENHORSE_DATA": str(folder),
        "OPENHORSE_ENGINE": engine,
        "OPENHORSE_WARM_UP": "false",
        "OPENHORSE_DRAIN_SECONDS": "300",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(PLAIN_ENGINE), os.environ.get("PYTHONPATH")])),
    }
    with subprocess.Popen([sys.executable, "-m", "openhorse", *command], env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house over the folder that the processes share."""
    house = House(Settings(data=tmp_path), "")
    yield house
    house.close()


def submitted(house: House, *names: str) -> list[str]:
    """The ids of new tasks of a new key."""
    with house.database.transaction() as connection:
        key = accounts.create_key(connection, label="a")[0].id
    quote = Quote(0, 0, 3, "v", "s")
    return [house.rooms.tasks.submit(key, name, ORDER, quote, lifetime=timedelta(days=1)).task.id for name in names]


@pytest.mark.parametrize("command", [("work",), ("serve",)])
def test_a_film_in_hand_is_finished_unless_there_is_hurry(
    tmp_path: Path, house: House, command: tuple[str, ...]
) -> None:
    """After SIGTERM no other film is begun, and the film is there when the process is gone; the second drops it."""
    options = ("--port", str(free_port())) if command == ("serve",) else ()
    tasks = house.rooms.tasks
    first, second = submitted(house, "a", "b")
    with running(tmp_path, *command, *options) as process:
        wait_for(lambda: tasks.any(first).progress > 0)
        process.terminate()
        process.wait(330)
        assert [tasks.any(task_id).status for task_id in (first, second)] == [Status.SUCCEEDED, Status.QUEUED]
    with running(tmp_path, *command, *options) as process:
        wait_for(lambda: tasks.any(second).progress > 0)
        process.terminate()
        threading.Event().wait(0.5)
        process.terminate()
        process.wait(60)
        assert tasks.any(second).status is Status.RUNNING
        assert tasks.any(second).progress < 1


def test_hurry_is_heard_while_an_engine_is_set_up(tmp_path: Path, house: House) -> None:
    """Two signals end a worker whose film waits for an engine that takes an hour to come up."""
    (film,) = submitted(house, "a")
    with running(tmp_path, "work", engine="ponderous") as process:
        wait_for(lambda: house.rooms.tasks.any(film).status is Status.RUNNING)
        process.terminate()
        threading.Event().wait(0.5)
        process.terminate()
        assert process.wait(60) == 0
    assert house.rooms.tasks.any(film).status is Status.RUNNING


def test_two_signals_are_both_heard_however_close(tmp_path: Path, house: House) -> None:
    """By a server whose loop has not seen the first when the second comes."""
    (film,) = submitted(house, "a")
    with running(tmp_path, "serve", "--port", str(free_port())) as process:
        wait_for(lambda: house.rooms.tasks.any(film).progress > 0)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert house.rooms.tasks.any(film).status is Status.RUNNING


def test_an_unknown_queue_is_refused(tmp_path: Path) -> None:
    """By its name, before anything is opened."""
    with pytest.raises(InvalidOrder, match="unknown queue 'film'; there are films, films-elsewhere, pictures"):
        work(Settings(data=tmp_path / "none"), ["films", "film"], attached=False)
    assert not (tmp_path / "none").exists()
