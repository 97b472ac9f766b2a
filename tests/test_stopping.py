"""Stopping: a server's worker, and one by itself, finishes the film in hand when told once, drops it at the second."""

from __future__ import annotations

import os
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
def running(folder: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """`openhorse` with this command, over this folder."""
    environment = os.environ | {
        "OPENHORSE_DATA": str(folder),
        "OPENHORSE_ENGINE": "slow",
        "OPENHORSE_WARM_UP": "false",
        "OPENHORSE_DRAIN_SECONDS": "300",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(PLAIN_ENGINE), os.environ.get("PYTHONPATH")])),
    }
    with subprocess.Popen([sys.executable, "-m", "openhorse", *command], env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("command", [("work",), ("serve",)])
def test_a_film_in_hand_is_finished_unless_there_is_hurry(tmp_path: Path, command: tuple[str, ...]) -> None:
    """After SIGTERM no other film is begun, and the film is there when the process is gone; the second drops it."""
    options = ("--port", str(free_port())) if command == ("serve",) else ()
    house = House(Settings(data=tmp_path), "")
    with house.database.transaction() as connection:
        key = accounts.create_key(connection, label="a")[0].id
    tasks = house.rooms.tasks
    quote = Quote(0, 0, 3, "v", "s")
    first, second = (tasks.submit(key, name, ORDER, quote, lifetime=timedelta(days=1)).task.id for name in "ab")
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
    house.close()


def test_an_unknown_queue_is_refused(tmp_path: Path) -> None:
    """By its name, before anything is opened."""
    with pytest.raises(InvalidOrder, match="unknown queue 'film'; there are films, pictures, callbacks, housekeeping"):
        work(Settings(data=tmp_path / "none"), ["films", "film"], attached=False)
    assert not (tmp_path / "none").exists()
