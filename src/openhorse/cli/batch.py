"""`openhorse batch`: a file of orders comes in; a film for each goes out, none twice, whatever happens in between.

What was done stands in a journal beside the file (journal.py); the same command again goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openhorse.cli.journal import Journal
from openhorse.cli.options import AsJson, ServerThere
from openhorse.cli.orders import Line, read_orders
from openhorse.cli.progress import progress_bar
from openhorse.cli.remote import client_of
from openhorse.cli.terminal import out, say, write_json
from openhorse.errors import CallerError, InvalidOrder, OpenHorseError, TaskFailed

if TYPE_CHECKING:
    from openhorse.client import Client

COST_REACHED = 3
"""The exit code of a batch that --max-cost has stopped."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: `made`, `there` (made before), `failed`, `skipped` (too dear), `stopped`, or `priced`."""

    line: int
    state: str
    output: str
    task: str | None = None
    usd: float = 0.0
    error: str | None = None


class _Stopped(Exception):
    """Ctrl-C: nothing new is begun."""


def batch(
    file: Annotated[Path, typer.Argument(help="A .csv or .jsonl file, an order a line.", metavar="FILE")],
    server: ServerThere = None,
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for the films; the file's own when not given.")
    ] = None,
    concurrency: Annotated[int, typer.Option(help="Orders at once.", min=1, max=64)] = 4,
    max_cost: Annotated[
        float | None,
        typer.Option(help="Dollars that the whole batch may cost, over all its runs.", metavar="USD", min=0),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the orders and say what they cost.")] = False,
    as_json: AsJson = False,
) -> None:
    """Have a server make a film for each line of a file. The same command again goes on where it stopped."""
    lines = read_orders(file, folder or file.parent)
    try:
        journal = Journal(file.with_name(f"{file.name}.journal"))
    except ValueError as error:
        raise InvalidOrder(str(error)) from None
    with client_of(server) as client:
        work = _Work(client, journal, None if max_cost is None else round(max_cost * 1_000_000))
        outcomes = _all(work, lines, concurrency, dry_run, as_json)
    _summarize(outcomes, dry_run, as_json)


class _Work:
    """A batch under way. Called by several threads."""

    def __init__(self, client: Client, journal: Journal, limit: int | None) -> None:
        self._client, self._journal, self._limit = client, journal, limit
        self._prices: dict[str, int] = {}
        self._pricing, self._spending = threading.Lock(), threading.Lock()
        self._spent: Counter[str] = Counter()
        self.stopping = threading.Event()

    def count(self, lines: Sequence[Line]) -> None:
        """Count what earlier runs have ordered."""
        for line in lines:
            known = self._journal.of(line.name)
            if known.get("state") in ("ordered", "saved"):
                self._spent[line.name] = known["micros"]

    def price(self, line: Line) -> Outcome:
        """What the line costs. Raises what is wrong with it."""
        micros = self._price(line)
        return Outcome(line.number, "priced", str(line.output), usd=micros / 1e6)

    def make(self, line: Line) -> Outcome:
        """Have the line's film made and saved, unless that was done. Raises what went wrong, or _Stopped."""
        from openhorse.client.films import place_for

        known = self._journal.of(line.name)
        if known.get("state") == "saved" and line.output.exists():
            return Outcome(line.number, "there", str(line.output), known["task"], known["micros"] / 1e6)
        if line.output.exists() and not known.get("task"):
            raise FileExistsError(f"{line.output} exists already")
        task_id = known["task"] if known.get("state") in ("ordered", "saved") else None
        if task_id is None:
            if self.stopping.is_set():
                return Outcome(line.number, "stopped", str(line.output))
            line.output.parent.mkdir(parents=True, exist_ok=True)
            place_for(line.output)
            if not self._reserve(line):
                return Outcome(line.number, "skipped", str(line.output), error="--max-cost would be exceeded")
            task_id = self._order(line)
        return self._fetch(line, task_id)

    def _order(self, line: Line) -> str:
        key = self._journal.key(line.name)
        try:
            task = self._client.submit(line.prompt, idempotency_key=key, **line.wishes)
        except CallerError:  # refused: nothing is owed for it
            self._release(line)
            raise
        with self._spending:
            self._spent[line.name] = task["price"]["micros"]
        self._journal.note(
            line.name, line=line.number, task=task["id"], state="ordered", micros=task["price"]["micros"]
        )
        return task["id"]

    def _fetch(self, line: Line, task_id: str) -> Outcome:
        """Wait for a task and keep its film. A file that is there is taken for it when it has the film's very bytes."""
        task = self._client.wait(task_id, on_progress=self._look_up)
        film = task["film"]
        if film is None:
            self._release(line)
            failures = self._journal.of(line.name).get("failures", 0) + 1
            self._journal.note(line.name, state="failed", failures=failures)
        if not (film and line.output.exists() and _sha256(line.output) == film["sha256"]):
            self._client.save(task, line.output)
        self._journal.note(line.name, state="saved", output=str(line.output))
        return Outcome(line.number, "made", str(line.output), task_id, task["price"]["micros"] / 1e6)

    def _look_up(self, _share: float) -> None:
        if self.stopping.is_set():
            raise _Stopped

    def _reserve(self, line: Line) -> bool:
        """Set the line's price aside where the limit allows it: before it is ordered, so that no two pass together."""
        if self._limit is None:
            return True
        micros = self._price(line)
        with self._spending:
            if self._spent.total() + micros > self._limit:
                return False
            self._spent[line.name] = micros
            return True

    def _release(self, line: Line) -> None:
        with self._spending:
            del self._spent[line.name]

    def _price(self, line: Line) -> int:
        """Micro-dollars, asked once for all orders that say the same but prompt, seed and pictures."""
        wishes = {name: value for name, value in line.wishes.items() if name not in ("seed", "image", "references")}
        kind = "image" if "image" in line.wishes else "references" if "references" in line.wishes else ""
        same = json.dumps([wishes, kind, bool(line.prompt), len(line.wishes.get("references", ()))], sort_keys=True)
        with self._pricing:
            if same not in self._prices:
                self._prices[same] = self._client.quote(line.prompt, **line.wishes)["price"]["micros"]
            return self._prices[same]


def _all(work: _Work, lines: Sequence[Line], concurrency: int, dry_run: bool, as_json: bool) -> list[Outcome]:
    """Every line's outcome, in the file's order; each is told when it is there."""
    work.count(lines)
    found: dict[int, Outcome] = {}
    with progress_bar(lambda: "films", lines=False) as show, ThreadPoolExecutor(concurrency) as threads:
        begun = {threads.submit(work.price if dry_run else work.make, line): line for line in lines}
        try:
            for ended in as_completed(begun):
                line = begun[ended]
                try:
                    found[line.number] = ended.result()
                except (OpenHorseError, FileExistsError, OSError) as error:
                    found[line.number] = Outcome(line.number, "failed", str(line.output), error=_reason(error))
                show(len(found) / len(lines))
                if not as_json:
                    _tell(found[line.number], len(found), len(lines))
        except KeyboardInterrupt:
            work.stopping.set()
            say("What was ordered goes on at the server; the same command again fetches it.")
            raise
    return [found[line.number] for line in lines]


def _reason(error: Exception) -> str:
    code = error.reason if isinstance(error, TaskFailed) else getattr(error, "code", "file_exists")
    return f"{code}: {error}"


def _tell(one: Outcome, done: int, of: int) -> None:
    """A film's path on standard output, everything else beside it."""
    if one.state in ("made", "there"):
        print(one.output, flush=True)
    note = one.error or (f"${one.usd:.3f}" if one.usd else "")
    say(f"[{done}/{of}] line {one.line}: {one.state}  {note}".rstrip())


def _summarize(outcomes: Sequence[Outcome], dry_run: bool, as_json: bool) -> None:
    states = Counter(one.state for one in outcomes)
    usd = sum(one.usd for one in outcomes)
    if as_json:
        write_json({"states": dict(states), "usd": round(usd, 6), "lines": [asdict(one) for one in outcomes]})
    elif dry_run:
        print(f"${usd:.6f} for {states['priced']} films")
    else:
        told = ", ".join(
            f"{states[state]} {state}" for state in ("made", "there", "failed", "skipped") if states[state]
        )
        out.print(f"{told or 'nothing to do'}; ${usd:.6f}")
    if states["failed"]:
        raise typer.Exit(1)
    if states["skipped"]:
        raise typer.Exit(COST_REACHED)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
