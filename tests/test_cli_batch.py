"""`openhorse batch`: orders are read, priced, made once each, capped, and taken up again after kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import openhorse
from openhorse.cli import app
from openhorse.cli.journal import Journal
from openhorse.cli.orders import read_orders
from openhorse.errors import InvalidOrder, MissingKey
from serving import SECRET, Served, wait_for

SMALL = {"seconds": 3, "resolution": "480p"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An OpenHorse with the engine that takes no time."""
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


def write(path: Path, *orders: dict[str, object]) -> Path:
    """A batch of JSON lines."""
    path.write_text("".join(json.dumps(SMALL | order) + "\n" for order in orders))
    return path


def start(served: Served, *words: str) -> subprocess.Popen[str]:
    """`openhorse batch` with these words, in a process of its own."""
    environment = os.environ | {"OPENHORSE_API_KEY": SECRET, "OPENHORSE_BASE_URL": served.url}
    command = [sys.executable, "-m", "openhorse", "batch", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def batch(served: Served, *words: str) -> tuple[int, str, str]:
    """The same, ended: exit code, standard output, standard error."""
    process = start(served, *words)
    out, err = process.communicate()
    return process.returncode, out, err


def ordered(served: Served) -> int:
    """How many tasks the key has."""
    with openhorse.Client(served.url, SECRET) as client:
        return client.list(size=1)["total"]


def test_every_line_becomes_a_film_once(served: Served, tmp_path: Path) -> None:
    """A dry run orders nothing; a bad line stops no other; the same again makes nothing twice and says so."""
    before = ordered(served)
    file = write(
        tmp_path / "b.jsonl", {"prompt": "a"}, {"prompt": "b", "seconds": 99}, {"prompt": "c", "output": "c.mp4"}
    )
    code, out, err = batch(served, str(file), "--dry-run")
    assert (code, out.splitlines()[-1]) == (1, "$0.420000 for 2 films")
    assert "line 2: failed  invalid_order: seconds" in err
    assert ordered(served) == before
    code, out, err = batch(served, str(file), "--json")
    told = json.loads(out)
    assert (code, told["states"], told["usd"]) == (1, {"made": 2, "failed": 1}, 0.42)
    assert {path.name for path in tmp_path.glob("*.mp4")} == {"b-0001.mp4", "c.mp4"}
    code, out, err = batch(served, str(file))
    assert (code, sorted(out.split())) == (1, [str(tmp_path / name) for name in ("b-0001.mp4", "c.mp4")])
    assert "2 there, 1 failed; $0.420000" in err
    assert ordered(served) == before + 2


def test_a_batch_never_costs_more_than_it_may(served: Served, tmp_path: Path) -> None:
    """Four at once, and money for two: two are ordered; a second run with the same limit orders no more."""
    before = ordered(served)
    file = write(tmp_path / "b.jsonl", *[{"prompt": f"a {number}"} for number in range(5)])
    for _ in range(2):
        code, _out, err = batch(served, str(file), "--max-cost", "0.5")
        assert (code, ordered(served)) == (3, before + 2), err
    assert "3 skipped" in err
    assert batch(served, str(file))[0] == 0
    assert ordered(served) == before + 5


def test_kill_9_in_the_middle_makes_nothing_twice(served: Served, tmp_path: Path) -> None:
    """Killed when the first film is there, with a journal whose last line is cut off: the rest is made, each once."""
    before = ordered(served)
    file = write(tmp_path / "b.jsonl", *[{"prompt": "the very same"} for _ in range(6)])
    process = start(served, str(file), "--concurrency", "3")
    try:
        wait_for(lambda: list(tmp_path.glob("*.mp4")) or process.poll() is not None)
        process.send_signal(signal.SIGKILL)
    finally:
        process.communicate()
    journal = tmp_path / "b.jsonl.journal"
    journal.write_bytes(journal.read_bytes()[:-9])
    code, _out, err = batch(served, str(file), "--concurrency", "3")
    assert code == 0, err
    assert len(list(tmp_path.glob("*.mp4"))) == 6
    assert ordered(served) == before + 6
    assert not list(tmp_path.glob("*.part*")) or process.returncode == -9


def test_a_journal_outlives_a_line_that_was_cut_off(tmp_path: Path) -> None:
    """What was written whole is known; the key of an order changes with each failure and with nothing else."""
    path = tmp_path / "x.journal"
    first = Journal(path)
    first.note("one", task="task_1", state="ordered", micros=5)
    key = first.key("one")
    with path.open("ab") as file:
        file.write(b'{"order": "two", "sta')
    again = Journal(path)
    assert again.of("one") == {"order": "one", "task": "task_1", "state": "ordered", "micros": 5}
    assert (again.of("two"), again.key("one")) == ({}, key)
    again.note("one", failures=1)
    assert Journal(path).key("one") != key
    assert Journal(tmp_path / "y.journal").key("one") != key
    (tmp_path / "notes").write_text("my notes\n")
    with pytest.raises(ValueError, match="no journal"):
        Journal(tmp_path / "notes")


def test_orders_are_read_from_csv_and_json_lines_alike(tmp_path: Path) -> None:
    """The same orders have the same names in both; pictures are named from the file's folder, equal lines are two."""
    table = tmp_path / "b.csv"
    table.write_text('prompt,seconds,references,watermark\n"a, b",5,1.png;https://x.example/2.png,yes\nc,,,\nc,,,\n')
    lines = tmp_path / "b.jsonl"
    rows = [{"prompt": "a, b", "seconds": 5, "references": ["1.png", "https://x.example/2.png"], "watermark": True}]
    lines.write_text("\n".join(json.dumps(row) for row in [*rows, {"prompt": "c"}, {"prompt": "c", "seed": None}]))
    read = read_orders(table, tmp_path)
    assert read[0].wishes["references"] == [str(tmp_path / "1.png"), "https://x.example/2.png"]
    assert [line.name for line in read] == [line.name for line in read_orders(lines, tmp_path)]
    assert len({line.name for line in read}) == 3


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("b.csv", "prompt,second\na,5\n", "line 2: unknown field 'second'"),
        ("b.csv", "prompt,seconds\na,five\n", "line 2: seconds is no whole number: 'five'"),
        ("b.csv", "prompt,seconds\na\n", "line 2: it has another number of columns"),
        ("b.jsonl", '{"prompt": "a"}\n[]\n', "line 2: no JSON object"),
        ("b.jsonl", '{"prompt": "a", "watermark": "perhaps"}', "neither true nor false"),
        ("b.jsonl", '{"prompt": "a", "output": "x.mp4"}\n{"prompt": "b", "output": "x.mp4"}', "line 1: another line"),
        ("b.txt", "", "a batch is a .csv or a .jsonl file"),
    ],
)
def test_a_bad_file_is_refused_before_anything_is_ordered(tmp_path: Path, name: str, text: str, message: str) -> None:
    """With the line and what is wrong with it."""
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidOrder, match=message):
        read_orders(tmp_path / name, tmp_path)


def test_without_a_key_nothing_is_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The whole batch is refused at once, not each of its lines."""
    monkeypatch.delenv("OPENHORSE_API_KEY", raising=False)
    file = write(tmp_path / "films.jsonl", {"prompt": "a lake"}, {"prompt": "a sea"})
    result = CliRunner().invoke(app, ["batch", str(file), "--dry-run"])
    assert isinstance(result.exception, MissingKey)
    assert result.exception.message == "set OPENHORSE_API_KEY to a key of the server"
    assert result.stdout == ""
