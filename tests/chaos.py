"""Orders against a real server while its processes are killed and frozen at random; then a check of their fate.

    scripts/chaos [--seconds 20] [--tasks 300] [--kills 20] [--seed 1] [--workers 2]
                  [--database sqlite|postgresql|postgresql://…]

Goes on until the time is over and so many orders are accepted and processes killed. Prints what was done and found;
exits with 1 when a promise was broken. Films take no time here, and the receiver of the callbacks refuses now and then.
A database server that is named by URL is given a new database for each run; one that is not named is started here, and
in the middle of it stopped like a power cut.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

import chaos_process
from conftest import free_port
from databases import Postgres, fresh_url, running_postgres
from forks import SILENCE_SECONDS, fork
from histories import ENDS, Found, History, check
from openhorse.store.database import Database
from openhorse.store.tables import callback_attempts as attempts
from openhorse.store.tables import events, tasks
from openhorse.store.tables import ledger as entries
from serving import SECRET, customers_server, wait_for

PATIENCE_SECONDS = 300
MOST_OPEN = 6
"""Tasks of one customer that have not ended, at most: as fast as the machine is."""

CUSTOMERS = 2
ROUTE = "/openhorse/v1/tasks"

LONG_FREEZE_SECONDS = 2 * SILENCE_SECONDS
REFUSALS = (200, 200, 200, 200, 503)
"""Of the receiver, one drawn for each callback."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to go on, and at least until so many `tasks` and `kills`; with which dice, over what.

    `power` is the database server of `url` where it may be stopped.
    """

    seconds: float
    seed: int
    workers: int
    url: str
    power: Postgres | None = None
    tasks: int = 0
    kills: int = 0


class Buyer:
    """One customer: orders, orders again when no answer came, asks, and cancels now and then."""

    def __init__(self, name: str, server: str, receiver: str, chance: random.Random) -> None:
        self.history = History()
        self._name, self._receiver, self._chance = name, receiver, chance
        self._client = httpx2.Client(
            base_url=server, headers={"Authorization": f"Bearer {SECRET}"}, trust_env=False, timeout=10
        )
        self._number = 0

    def live(self, over: threading.Event) -> None:
        """Go on until it is `over`."""
        while not over.wait(self._chance.uniform(0.01, 0.1)):
            dice = self._chance.random()
            if dice < 0.45 and len(self.open()) < MOST_OPEN:
                self._order(over)
            elif dice < 0.55 and self.history.promised:
                self._send(self._chance.choice(sorted(self.history.promised)))
            elif dice < 0.6 and self.open():
                self._ask("POST", f"{ROUTE}/{self._chance.choice(self.open())}/cancel", "cancel")
            elif self.open():
                self._ask("GET", f"{ROUTE}/{self._chance.choice(self.open())}", "question")

    def open(self) -> list[str]:
        """Tasks whose end was not seen yet."""
        return [task for task in self.history.answered if not self.history.seen.get(task)]

    def look(self) -> None:
        """Ask for everything whose end was not seen yet."""
        self._look_at(self.open())

    def look_again(self) -> None:
        """Ask for everything, and repeat every order that had an idempotency key."""
        self._look_at(list(self.history.answered))
        for key in sorted(self.history.promised):
            self._send(key)

    def leave(self) -> None:
        """Hang up."""
        self._client.close()

    def _look_at(self, ids: list[str]) -> None:
        for task in ids:
            self._ask("GET", f"{ROUTE}/{task}", "question")

    def _order(self, over: threading.Event) -> None:
        self._number += 1
        if self._chance.random() < 0.3:
            self.history.unheard += self._send(None) is None
            return
        key = f"{self._name}-{self._number}"
        while self._send(key) is None and not over.wait(0.2):
            self.history.done["order sent again"] += 1
        # Whether the last try was heard or not, its task would be known by its key.
        self.history.promised.setdefault(key, [])

    def _send(self, key: str | None) -> str | None:
        number = self._number if key is None else int(key.rpartition("-")[2])
        prompt = f"film {number}" + (f" {chaos_process.BAD_LUCK}" if number % 8 == 0 else "")
        body: dict[str, Any] = {"prompt": prompt, "seconds": 3, "resolution": "480p", "seed": number}
        body["callback"] = {"url": f"{self._receiver}/{self._name}"}
        answer = self._try("POST", ROUTE, "order", body, {"Idempotency-Key": key} if key else {})
        if answer is None:
            return None
        task: str = answer["id"]
        self.history.answered.setdefault(task, answer)
        if key is not None:
            self.history.promised.setdefault(key, []).append(answer)
        return task

    def _ask(self, method: str, path: str, what: str) -> None:
        answer = self._try(method, path, what)
        if answer is not None and answer["status"] in ENDS:
            self.history.seen.setdefault(answer["id"], set()).add(answer["status"])

    def _try(self, method: str, path: str, what: str, body: Any = None, headers: Any = None) -> dict[str, Any] | None:
        try:
            answer = self._client.request(method, path, json=body, headers=headers)
        except httpx2.TransportError:
            self.history.done[f"{what} without an answer"] += 1
            return None
        good = answer.is_success
        self.history.done[f"{what} answered {'2xx' if good else answer.status_code}"] += 1
        found: dict[str, Any] | None = answer.json() if good else None
        return found


class Site:
    """A server and some workers, which die and freeze."""

    def __init__(self, plan: Plan, folder: Path, chance: random.Random) -> None:
        self.done = Counter[str]()
        self._plan, self._chance = plan, chance
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._environment = {
            "OPENHORSE_DATA": str(folder),
            "OPENHORSE_DATABASE_URL": plan.url,
            "OPENHORSE_API_KEY": SECRET,
            "OPENHORSE_OUTBOUND_ALLOW": "127.0.0.0/8",
            "OPENHORSE_PUBLIC_URL": self.url,
        }
        self._power_cut_at = float("inf") if plan.power is None else plan.seconds / 2
        self._workers = list[BaseProcess]()
        self._server = self._serve()
        self._workers += [self._work() for _ in range(plan.workers)]

    def suffer(self, accepted: Callable[[], int]) -> None:
        """Kill and freeze for as long as planned."""
        begun = time.monotonic()
        while (now := time.monotonic() - begun) < self._plan.seconds or not self._has_seen_it_all(accepted()):
            time.sleep(self._chance.uniform(0.3, 1.2))
            if now > self._power_cut_at:
                self._cut_the_power()
            else:
                self._chance.choices(
                    (self._kill_worker, self._freeze_worker, self._kill_server, self._freeze_server), (5, 2, 2, 1)
                )[0]()
            self.mend()

    def mend(self) -> None:
        """Everybody is there again."""
        for number, worker in enumerate(self._workers):
            if worker.exitcode is not None:
                if worker.exitcode != -signal.SIGKILL:
                    self.done[f"worker ended with {worker.exitcode}"] += 1
                self._workers[number] = self._work()
        if self._server.exitcode is not None:
            self._server = self._serve()

    def close(self) -> None:
        """Nothing is left running."""
        for process in (*self._workers, self._server):
            process.kill()
            process.join()

    @property
    def kills(self) -> int:
        """How often there was a kill -9."""
        return sum(number for what, number in self.done.items() if what.startswith("kill"))

    def _has_seen_it_all(self, accepted: int) -> bool:
        return accepted >= self._plan.tasks and self.kills >= self._plan.kills

    def _work(self) -> BaseProcess:
        return fork(chaos_process.work, self._environment)

    def _serve(self) -> BaseProcess:
        server = fork(chaos_process.serve, self._environment, self._port)
        try:
            wait_for(lambda: self._answers(server))
        except BaseException:
            server.kill()
            raise
        return server

    def _answers(self, server: BaseProcess) -> bool:
        assert server.exitcode is None, "the server ended at its start"
        with suppress(httpx2.TransportError):
            return httpx2.get(f"{self.url}/health", trust_env=False).is_success
        return False

    def _kill_worker(self) -> None:
        worker = self._chance.choice(self._workers)
        worker.kill()
        worker.join()
        self.done["kill -9 of a worker"] += 1

    def _kill_server(self) -> None:
        self._server.kill()
        self._server.join()
        self.done["kill -9 of the server"] += 1

    def _freeze_worker(self) -> None:
        # Once in a while for longer than its silence is borne: others take its films over, and it is fenced.
        long = self._plan.seconds >= 60 and self._chance.random() < 0.2
        self._freeze(self._chance.choice(self._workers), LONG_FREEZE_SECONDS if long else self._chance.uniform(0.2, 2))
        self.done["long freeze of a worker" if long else "freeze of a worker"] += 1

    def _freeze_server(self) -> None:
        self._freeze(self._server, self._chance.uniform(0.2, 2))
        self.done["freeze of the server"] += 1

    def _freeze(self, process: BaseProcess, seconds: float) -> None:
        assert process.pid is not None
        with suppress(ProcessLookupError):  # it was taken for dead, and has just ended
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(process.pid, signal.SIGCONT)

    def _cut_the_power(self) -> None:
        self._power_cut_at = float("inf")
        assert self._plan.power is not None
        self._plan.power.stop("immediate")
        time.sleep(0.5)
        self._plan.power.start()
        self.done["power cut of the database"] += 1


def run(plan: Plan, folder: Path) -> tuple[Counter[str], list[str]]:
    """Do it all in `folder`; what was done, and every breach of a promise in a sentence."""
    chance = random.Random(plan.seed)
    with customers_server() as receiver:
        receiver.answers = chance.choices(REFUSALS, k=1000)
        site = Site(plan, folder, chance)
        try:
            buyers = [
                Buyer(f"buyer{number}", site.url, receiver.url, random.Random(plan.seed * 100 + number))
                for number in range(CUSTOMERS)
            ]
            _live_through(site, buyers)
            database = Database(plan.url)
            _settle(site, buyers, database)
            settled = _look(database, folder)
            for buyer in buyers:
                buyer.look_again()
                buyer.leave()
            found = _look(database, folder)
            database.close()
        finally:
            site.close()
    done = sum((buyer.history.done for buyer in buyers), site.done)
    done["callbacks received"] = len(receiver.callbacks)
    done.update({f"task {status}": number for status, number in Counter(found.status.values()).items()})
    breaches = check([buyer.history for buyer in buyers], found, receiver.callbacks)
    if found.entries != settled.entries:
        breaches.append(f"looking and repeating wrote {found.entries - settled.entries} entries into the ledger")
    return done, breaches


def _live_through(site: Site, buyers: list[Buyer]) -> None:
    over = threading.Event()
    threads = [threading.Thread(target=buyer.live, args=(over,), daemon=True) for buyer in buyers]
    for thread in threads:
        thread.start()
    try:
        site.suffer(lambda: sum(len(buyer.history.answered) for buyer in buyers))
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _settle(site: Site, buyers: list[Buyer], database: Database) -> None:
    """Let everybody come back, and everything come to its end."""

    def is_settled() -> bool:
        site.mend()
        for buyer in buyers:
            buyer.look()
        if any(buyer.open() for buyer in buyers):
            return False
        with database.reading() as connection:
            rows = connection.execute(sa.select(tasks.c.id, tasks.c.status)).all()
            delivered = set(connection.scalars(sa.select(attempts.c.task_id).where(attempts.c.delivered)))
        return {row.id for row in rows} <= delivered and all(row.status in ENDS for row in rows)

    _wait_at_most(PATIENCE_SECONDS, is_settled)
    # A killed worker's attempt may be made once more, and so may the sweep of a film that nobody waits for.
    time.sleep(1)


def _wait_at_most(seconds: float, happened: Callable[[], bool]) -> None:
    """Wait; what has not happened by then is for the check to say."""
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.3)


def _look(database: Database, folder: Path) -> Found:
    with database.reading() as connection:
        status = {row.id: str(row.status) for row in connection.execute(sa.select(tasks.c.id, tasks.c.status))}
        ends: dict[str, list[str]] = {task: [] for task in status}
        for row in connection.execute(sa.select(events).order_by(events.c.id)):
            if row.status in ENDS:
                ends[row.task_id].append(row.status)
        money, made = dict[str, list[tuple[str, int]]](), dict[str, list[tuple[int, bool]]]()
        paid = connection.execute(sa.select(entries)).all()
        for row in paid:
            if row.task_id is not None:
                money.setdefault(row.task_id, []).append((row.kind, row.micros))
        for row in connection.execute(sa.select(attempts).order_by(attempts.c.number)):
            made.setdefault(row.task_id, []).append((row.number, row.delivered))
    films = frozenset(path.stem for path in (folder / "blobs" / "films").glob("*.mp4"))
    return Found(status, ends, {task: sorted(mine) for task, mine in money.items()}, films, made, len(paid))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--tasks", type=int, default=300, help="orders to be accepted at least")
    parser.add_argument("--kills", type=int, default=20, help="processes to be killed at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql, or the URL of a PostgreSQL server")
    given = parser.parse_args()
    if given.database.startswith("postgresql:"):
        os.environ["OPENHORSE_TEST_POSTGRES"] = given.database
    kind = given.database.partition(":")[0]
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="openhorse-chaos-") as folder, ExitStack() as after:
        power = None
        if given.database == "postgresql" and "OPENHORSE_TEST_POSTGRES" not in os.environ:
            power = after.enter_context(running_postgres())
        url = fresh_url(kind, Path(folder)) if power is None else power.url
        plan = Plan(given.seconds, given.seed, given.workers, url, power, given.tasks, given.kills)
        done, breaches = run(plan, Path(folder))
    for what, number in sorted(done.items()):
        print(f"{number:6}  {what}")
    for breach in breaches:
        print(f"BROKEN  {breach}")
    spent = time.monotonic() - begun
    print(f"seed {given.seed}, {spent:.0f} s, {given.database}: {len(breaches)} promises broken")
    return 1 if breaches else 0


def command() -> None:
    """`scripts/chaos`."""
    with suppress(KeyboardInterrupt):
        sys.exit(main())
