"""Orders against a real server while its processes are killed and frozen at random; then a check of their fate.

    scripts/chaos [--seconds 20] [--seed 1] [--workers 2] [--database sqlite|postgresql|postgresql://…]

Prints what was done and found; exits with 1 when a promise was broken. A database server that is named by URL is given
a new database for each run; one that is not named is started here, and in the middle of it stopped like a power cut.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

from databases import fresh_url, the_server
from openhorse.store.database import Database
from openhorse.store.tables import events, tasks
from openhorse.store.tables import ledger as entries
from openhorse.vocabulary import FINAL, Status
from serving import SECRET, Customer, Served, customers_server

PATIENCE_SECONDS = 300
MOST_OPEN = 6
"""Tasks of one customer that have not ended, at most: as fast as the machine is."""

CUSTOMERS = 2
ENDS = frozenset(str(status) for status in FINAL - {Status.EXPIRED})
ROUTE = "/openhorse/v1/tasks"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to go on, with which dice, over what; `own_server` when the database server may be stopped."""

    seconds: float
    seed: int
    workers: int
    url: str
    own_server: bool = False


@dataclass
class History:
    """What the customers saw. Each customer has its own, so that nobody waits for another."""

    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Accepted tasks by id, as first answered."""
    promised: dict[str, set[str]] = field(default_factory=dict)
    """The ids answered for each idempotency key."""
    seen: dict[str, set[str]] = field(default_factory=dict)
    """The ends seen of each task."""
    unheard: int = 0
    """Orders whose answer never came, so that a task may be there or not."""
    done: Counter[str] = field(default_factory=Counter)


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
        while not over.wait(self._chance.uniform(0.02, 0.3)):
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
        for task in self.open():
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
        self.history.promised.setdefault(key, set())

    def _send(self, key: str | None) -> str | None:
        number = self._number if key is None else int(key.rpartition("-")[2])
        body = {"prompt": f"film {number}", "seconds": 3, "resolution": "480p", "seed": number}
        body["callback"] = {"url": f"{self._receiver}/{self._name}"}
        answer = self._try("POST", ROUTE, "order", body, {"Idempotency-Key": key} if key else {})
        if answer is None:
            return None
        task: str = answer["id"]
        self.history.answered.setdefault(task, answer)
        if key is not None:
            self.history.promised.setdefault(key, set()).add(task)
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
        self.server = Served(folder, options=["--no-workers"], OPENHORSE_DATABASE_URL=plan.url)
        self._environment = self.server.environment | {"OPENHORSE_PUBLIC_URL": self.server.url}
        self._workers = [self._worker() for _ in range(plan.workers)]
        self._power_cut_at = plan.seconds / 2 if plan.own_server else float("inf")

    def suffer(self) -> None:
        """Kill and freeze for as long as planned."""
        begun = time.monotonic()
        while (now := time.monotonic() - begun) < self._plan.seconds:
            time.sleep(self._chance.uniform(0.3, 2.0))
            if now > self._power_cut_at:
                self._cut_the_power()
            else:
                self._chance.choices(
                    (self._kill_worker, self._freeze_worker, self._kill_server, self._freeze_server), (5, 3, 2, 2)
                )[0]()
            self._mend()

    def mend(self) -> None:
        """Everybody is there again."""
        self._mend()

    def close(self) -> None:
        """Nothing is left running."""
        for process in (*self._workers, self.server.process):
            process.kill()
            process.wait()

    def _mend(self) -> None:
        for number, worker in enumerate(self._workers):
            if (code := worker.poll()) is not None:
                if code != -signal.SIGKILL:
                    self.done[f"worker ended with {code}"] += 1
                self._workers[number] = self._worker()
        if self.server.process.poll() is not None:
            self.server.start()

    def _worker(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "openhorse", "work"], env=self._environment)

    def _kill_worker(self) -> None:
        worker = self._chance.choice(self._workers)
        worker.kill()
        worker.wait()
        self.done["kill -9 of a worker"] += 1

    def _kill_server(self) -> None:
        self.server.kill()
        self.done["kill -9 of the server"] += 1

    def _freeze_worker(self) -> None:
        # Once in a while for longer than its silence is borne: others take its films over, and it is fenced.
        long = self._plan.seconds >= 60 and self._chance.random() < 0.2
        self._freeze(self._chance.choice(self._workers), 18 if long else self._chance.uniform(0.2, 3))
        self.done["long freeze of a worker" if long else "freeze of a worker"] += 1

    def _freeze_server(self) -> None:
        self._freeze(self.server.process, self._chance.uniform(0.2, 2))
        self.done["freeze of the server"] += 1

    def _freeze(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    def _cut_the_power(self) -> None:
        self._power_cut_at = float("inf")
        the_server().stop("immediate")
        time.sleep(1)
        the_server().start()
        self.done["power cut of the database"] += 1


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the database and the store in the end."""

    status: dict[str, str]
    ends: dict[str, list[str]]
    money: dict[str, dict[str, int]]
    films: frozenset[str]


def run(plan: Plan, folder: Path) -> tuple[Counter[str], list[str]]:
    """Do it all in `folder`; what was done, and every breach of a promise in a sentence."""
    chance = random.Random(plan.seed)
    with customers_server() as receiver:
        site = Site(plan, folder, chance)
        try:
            buyers = [
                Buyer(f"buyer{number}", site.server.url, receiver.url, random.Random(plan.seed * 100 + number))
                for number in range(CUSTOMERS)
            ]
            _live_through(site, buyers)
            database = Database(plan.url)
            _settle(site, buyers, receiver, database)
            found = _look(database, folder)
            database.close()
        finally:
            site.close()
    done = sum((buyer.history.done for buyer in buyers), site.done)
    done["callbacks received"] = len(receiver.callbacks)
    done.update({f"task {status}": number for status, number in Counter(found.status.values()).items()})
    return done, check([buyer.history for buyer in buyers], found, receiver)


def check(histories: list[History], found: Found, receiver: Customer) -> list[str]:
    """Every breach of a promise, in a sentence."""
    answered = {task: answer for history in histories for task, answer in history.answered.items()}
    return [
        *_lost(histories, answered, found),
        *_charged(answered, found),
        *_untold(found, receiver),
        *(f"{key} led to {sorted(ids)}" for h in histories for key, ids in h.promised.items() if len(ids) > 1),
    ]


def _lost(histories: list[History], answered: dict[str, Any], found: Found) -> list[str]:
    breaches = [f"{task} was accepted and is not there" for task in answered if task not in found.status]
    breaches += [f"{task} ended as {ends}" for task, ends in found.ends.items() if len(ends) != 1]
    for history in histories:
        for task, seen in history.seen.items():
            if seen != set(found.ends.get(task, ())):
                breaches.append(f"{task} was seen as {sorted(seen)} and ended as {found.ends.get(task)}")
    unknown = [task for task in found.status if task not in answered]
    allowed = sum(h.unheard + sum(not ids for ids in h.promised.values()) for h in histories)
    if len(unknown) > allowed:
        breaches.append(f"{len(unknown)} tasks nobody knows of, after {allowed} orders without an answer")
    films = {task for task, status in found.status.items() if status == Status.SUCCEEDED}
    breaches += [f"{task} succeeded and has no film" for task in films - found.films]
    return breaches + [f"{film} is a film without a task that succeeded" for film in found.films - films]


def _charged(answered: dict[str, Any], found: Found) -> list[str]:
    breaches = list[str]()
    for task, status in found.status.items():
        money = found.money.get(task, {})
        settled = "capture" if status == Status.SUCCEEDED else "release"
        if money != {"hold": money.get("hold"), settled: money.get("hold")}:
            breaches.append(f"{task} is {status}, and its money {money}")
        if task in answered and round(float(answered[task]["price"]["usd"]) * 1_000_000) != money.get("hold"):
            breaches.append(f"{task} was quoted at {answered[task]['price']['usd']} and held {money.get('hold')}")
    return breaches


def _untold(found: Found, receiver: Customer) -> list[str]:
    told, numbers = _told(receiver)
    breaches = [f"nobody was told of the end of {task}" for task in found.status if task not in told]
    for task, statuses in told.items():
        if statuses != set(found.ends.get(task, ())):
            breaches.append(f"{task} was told of as {sorted(statuses)} and ended as {found.ends.get(task)}")
        if len(numbers[task]) != 1:
            breaches.append(f"{task} was told of under the ids {sorted(numbers[task])}")
    return breaches


def _told(receiver: Customer) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The statuses, and the ids of the messages, that came for each task."""
    told, numbers = dict[str, set[str]](), dict[str, set[str]]()
    for body, headers in list(receiver.callbacks):
        content = json.loads(body)
        task = content.get("data", content)
        told.setdefault(task["id"], set()).add(task["status"])
        names = {name.lower(): value for name, value in headers.items()}
        numbers.setdefault(task["id"], set()).add(names["webhook-id"])
    return told, numbers


def _live_through(site: Site, buyers: list[Buyer]) -> None:
    over = threading.Event()
    threads = [threading.Thread(target=buyer.live, args=(over,), daemon=True) for buyer in buyers]
    for thread in threads:
        thread.start()
    try:
        site.suffer()
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _settle(site: Site, buyers: list[Buyer], receiver: Customer, database: Database) -> None:
    """Let everybody come back, and everything come to its end."""

    def is_settled() -> bool:
        site.mend()
        for buyer in buyers:
            buyer.look()
        if any(buyer.open() for buyer in buyers):
            return False
        with database.reading() as connection:
            rows = connection.execute(sa.select(tasks.c.id, tasks.c.status)).all()
        return {row.id for row in rows} <= _told(receiver)[0].keys() and all(row.status in ENDS for row in rows)

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
        money = dict[str, dict[str, int]]()
        for row in connection.execute(sa.select(entries).where(entries.c.task_id.is_not(None))):
            money.setdefault(row.task_id, {})[row.kind] = row.micros
    films = frozenset(path.stem for path in (folder / "blobs" / "films").glob("*.mp4"))
    return Found(status, ends, money, films)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql, or the URL of a PostgreSQL server")
    given = parser.parse_args()
    if given.database.startswith("postgresql:"):
        os.environ["OPENHORSE_TEST_POSTGRES"] = given.database
    kind = given.database.partition(":")[0]
    own_server = kind == "postgresql" and "OPENHORSE_TEST_POSTGRES" not in os.environ
    with tempfile.TemporaryDirectory(prefix="openhorse-chaos-") as folder:
        plan = Plan(given.seconds, given.seed, given.workers, fresh_url(kind, Path(folder)), own_server)
        done, breaches = run(plan, Path(folder))
    for what, number in sorted(done.items()):
        print(f"{number:6}  {what}")
    for breach in breaches:
        print(f"BROKEN  {breach}")
    print(f"seed {given.seed}, {given.seconds:.0f} s, {given.database}: {len(breaches)} promises broken")
    return 1 if breaches else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
