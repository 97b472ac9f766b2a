"""From order to start, what a task takes beyond its engine's time, and films a second by one to four workers: a table.

`scripts/bench queues [--tasks 20] [--films 24] [--postgres URL]`. The first two by a real `openhorse work` with an
engine that draws grey in no time, over SQLite and PostgreSQL, one task after the other; the machine should be idle.
"Beyond" is from the order's being taken in to the task's end, without what the engine needed to render and encode. The
third by workers whose engine sleeps for a second, over PostgreSQL: what is missing to as many films a second as there
are workers is ours. A PostgreSQL is started here unless `--postgres` names a new, empty database.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from openhorse import accounts
from openhorse.house import House
from openhorse.settings import Settings
from openhorse.tasks import Tasks
from openhorse.vocabulary import Mode, Order, Progress, Quote, Ratio, Status, Task, Tier, Video, new_ulid

TESTS = Path(__file__).parents[1] / "tests"
ORDER = Order("hiapi", "m", Mode.TEXT, "a lake", Tier.P480, 3, ratio=Ratio.R16_9, seed=1)
QUOTE = Quote(0, 0, 3, "v", "s")
CREWS = (1, 2, 4)
SLEEP_SECONDS = 1.0
WARM = 2
"""Tasks that are not counted: the first one waits for the engine to be set up."""
PATIENCE_SECONDS = 300.0


class Sleeper:
    """A studio whose films take exactly SLEEP_SECONDS."""

    def make(
        self, order: Order, engine: str, pictures: Sequence[bytes], path: Path, blob: str, progress: Progress
    ) -> Video:
        """See openhorse.studio."""
        progress(0.0)
        time.sleep(SLEEP_SECONDS)
        path.write_bytes(b"a film")
        return Video(blob, 6, "x", 2, 2, 3, 1.0, False, None, None, engine, order.seed or 0, SLEEP_SECONDS)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=20, help="tasks for the times")
    parser.add_argument("--films", type=int, default=24, help="films for each crew")
    parser.add_argument("--postgres", help="URL of a new, empty PostgreSQL database")
    parser.add_argument("--sleep", nargs=2, metavar=("FOLDER", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.sleep:
        sleep(*options.sleep)
        return
    with tempfile.TemporaryDirectory() as folder:
        url = options.postgres or fresh_postgres(Path(folder))
        for name, address in (("SQLite", None), ("PostgreSQL", url)):
            print_times(name, times(Path(folder) / name, address, options.tasks))
        print_crews([(crew, films_a_second(Path(folder) / f"crew{crew}", url, crew, options.films)) for crew in CREWS])


def fresh_postgres(folder: Path) -> str:
    """A database of a server that is started for it, as the tests do."""
    sys.path.insert(0, str(TESTS))
    from databases import fresh_url

    return fresh_url("postgresql", folder)


def times(folder: Path, url: str | None, count: int) -> list[tuple[float, float]]:
    """Milliseconds from order to start, and of the whole beyond the engine's time, for each task."""
    found = []
    with opened(folder, url) as (tasks, key), worker(folder, url, "-m", "openhorse", "work"):
        for _ in range(WARM + count):
            task = ended(tasks, submit(tasks, key))
            assert task.started_at is not None and task.finished_at is not None and task.video is not None
            whole = (task.finished_at - task.created_at).total_seconds() - task.video.render_seconds
            found.append(((task.started_at - task.created_at).total_seconds() * 1000, whole * 1000))
    return found[WARM:]


def films_a_second(folder: Path, url: str, crew: int, count: int) -> float:
    """By so many workers together, from the first film's start to the last one's end."""
    with opened(folder, url) as (tasks, key), ExitStack() as workers:
        for _ in range(crew):
            workers.enter_context(worker(folder, url, __file__, "--sleep", str(folder), url))
        for _ in range(crew):  # so that all of them are up before it counts
            submit(tasks, key)
        until(lambda: not tasks.unfinished())
        films = [submit(tasks, key) for _ in range(count)]
        made = [ended(tasks, task_id) for task_id in films]
    begun = min(task.started_at for task in made if task.started_at is not None)
    return count / (max(task.finished_at for task in made if task.finished_at is not None) - begun).total_seconds()


def sleep(folder: str, url: str) -> None:
    """Be a worker whose engine sleeps, until killed."""
    house = House(settings_of(Path(folder), url), "")
    house.worker(Sleeper()).start()
    threading.Event().wait()


def settings_of(folder: Path, url: str | None) -> Settings:
    """An installation of its own for each folder, but for the database."""
    return Settings(data=folder, database_url=url, waiting=100_000)


@contextmanager
def opened(folder: Path, url: str | None) -> Iterator[tuple[Tasks, str]]:
    """The door to tasks, and a new key."""
    house = House(settings_of(folder, url), "")
    with house.database.transaction() as connection:
        key = accounts.create_key(connection, label="bench")[0].id
    yield house.rooms.tasks, key
    house.close()


@contextmanager
def worker(folder: Path, url: str | None, *arguments: str) -> Iterator[None]:
    """A worker in a process of its own."""
    environment = os.environ | {
        "OPENHORSE_DATA": str(folder),
        "OPENHORSE_ENGINE": "plain",
        "PYTHONPATH": os.pathsep.join([str(TESTS / "plain"), os.environ.get("PYTHONPATH", "")]),
    }
    if url is not None:
        environment["OPENHORSE_DATABASE_URL"] = url
    with subprocess.Popen([sys.executable, *arguments], env=environment) as process:
        try:
            yield
        finally:
            process.terminate() if arguments[0] == "-m" else process.kill()
            process.wait()


def submit(tasks: Tasks, key: str) -> str:
    """Order a film; its task."""
    return tasks.submit(key, new_ulid(datetime.now(UTC)), ORDER, QUOTE, lifetime=timedelta(days=1)).task.id


def ended(tasks: Tasks, task_id: str) -> Task:
    """The task, when its film is there."""
    until(lambda: tasks.any(task_id).status is Status.SUCCEEDED)
    return tasks.any(task_id)


def until(happened: Callable[[], Any]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise SystemExit("it took too long")
        time.sleep(0.05)


def print_times(name: str, found: Sequence[tuple[float, float]]) -> None:
    """One block of the table."""
    for what, column in (("order to start", 0), ("beyond the engine", 1)):
        values = sorted(row[column] for row in found)
        middle, last = values[len(values) // 2], values[-1]
        print(f"{name:<11} {what:<18} median {middle:6.0f} ms   most {last:6.0f} ms   of {len(values)}")


def print_crews(found: Sequence[tuple[int, float]]) -> None:
    """The other block."""
    for crew, rate in found:
        share = rate * SLEEP_SECONDS / crew
        print(f"PostgreSQL  {crew} workers  {rate:5.2f} films/s, {share:.0%} of what the engine allows")


if __name__ == "__main__":
    main()
