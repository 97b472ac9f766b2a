"""`openhorse doctor`: a machine that a test makes up, and installations with something wrong."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from openhorse.catalog import load
from openhorse.cli import app
from openhorse.cues import Seal
from openhorse.doctor import Finding
from openhorse.doctor.installation import installation
from openhorse.doctor.machine import Answer, Ask, ask, gpus, machine, memory, version
from openhorse.doctor.sealing import sealing
from openhorse.engines.added import write_words
from openhorse.engines.remote import Servers
from openhorse.house import now
from openhorse.media import authority
from openhorse.profiles import profiles
from openhorse.settings import Settings
from openhorse.store.database import Database
from openhorse.store.engines import Added, write_engine
from openhorse.store.tables import workers

CATALOG = load()
H200 = "NVIDIA H200, 143771, 143153, 570.86.15"
SMALL = "NVIDIA GeForce RTX 5090, 32607, 30000, 570.86.15"


@pytest.fixture
def smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An nvidia-smi that is found first, and prints what is written into the file that is returned."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program, says = folder / "nvidia-smi", tmp_path / "says"
    query = "--query-gpu=name,memory.total,memory.free,driver_version"
    program.write_text(f'#!/bin/sh\n[ "$1" = {query} ] && cat {says}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return says


def examined(settings: Settings) -> dict[str, Finding]:
    """What is found of an installation, by topic; nobody waits."""
    return {one.topic: one for one in installation(settings, CATALOG, lambda _: None)}


def opened(data: Path) -> Database:
    """The database of a data folder, with all tables."""
    data.mkdir(exist_ok=True)
    database = Database(f"sqlite:///{data / 'openhorse.db'}")
    database.migrate()
    return database


def saying(answer: Answer | None) -> Ask:
    """Only Python is there, and says `answer`."""
    return lambda command: answer if command[0] == sys.executable else None


def test_gpus_are_those_of_nvidia_smi(smi: Path, tmp_path: Path) -> None:
    """Name, memory and driver; what fits the largest; and torch is not asked, installed or not."""
    smi.write_text(f"{SMALL}\n{H200}\n")
    asked: list[Sequence[str]] = []

    def noted(command: Sequence[str]) -> Answer | None:
        asked.append(command)
        return ask(command)

    found = {one.topic: one for one in machine(tmp_path, noted, {"torch": "2.13.0"}.get, profiles(CATALOG).values())}
    assert found["GPU 0"].text == "NVIDIA GeForce RTX 5090, 31.5 GB of 34.2 GB free, driver 570.86.15"
    assert found["GPU 1"].facts["total_bytes"] == 143771 << 20
    fits = found["models"].facts
    assert set(fits["whole"]) >= {"ltx", "k6", "wan"}
    assert "h3" in fits["in part"]
    assert not [command for command in asked if command[0] == sys.executable]
    assert all(one.state != "wrong" for one in found.values())


def test_a_gpu_that_says_no_memory_is_shown(smi: Path) -> None:
    """Some share the machine's: their driver answers [N/A]. A comma in a name is part of the name."""
    smi.write_text("NVIDIA GB10, 2nd, [N/A], [N/A], 580.95\n")
    (gpu,), why = gpus(ask, version)
    assert (gpu.name, gpu.total_bytes, gpu.driver, why) == ("NVIDIA GB10, 2nd", None, "580.95", None)


def test_a_driver_in_trouble_is_told(tmp_path: Path) -> None:
    """nvidia-smi's own last words, and a torch for the processor beside a GPU."""

    def broken(command: Sequence[str]) -> Answer | None:
        text = "Failed to initialize NVML: Driver/library version mismatch\n"
        return Answer(18, text, "") if command[0] == "nvidia-smi" else None

    found = {one.topic: one for one in machine(tmp_path, broken, {}.get, ())}
    assert found["GPU"].text.startswith("nvidia-smi fails: Failed to initialize NVML")
    assert "espeak-ng" in found["voice"].text
    assert "not installed: torch, diffusers" in found["libraries"].text

    def fine(command: Sequence[str]) -> Answer | None:
        return Answer(0, f"{H200}\n", "") if command[0] == "nvidia-smi" else None

    found = {one.topic: one for one in machine(tmp_path, fine, {"torch": "2.13.0+cpu"}.get, ())}
    assert "cannot use it" in found["GPU"].text


def test_torch_is_asked_in_a_child_where_there_is_no_nvidia_smi() -> None:
    """It may know a GPU of another maker, may fail, and may never end: none takes this process along."""
    told = json.dumps([{"name": "Radeon", "total_bytes": 8, "free_bytes": 4}])
    answers: list[tuple[Answer | None, str]] = [
        (Answer(0, f"a warning\n{told}\n", ""), ""),
        (Answer(1, "", "Traceback\nImportError: libcudart.so.13\n"), "ImportError: libcudart.so.13"),
        (Answer(-11, "", ""), "it says nothing"),
        (None, "it does not end"),
    ]
    for answer, words in answers:
        found, why = gpus(saying(answer), {"torch": "2"}.get)
        assert [gpu.name for gpu in found] == ([] if words else ["Radeon"])
        assert words in str(why)
    assert gpus(lambda _: Answer(0, "", ""), {"torch": "2"}.get) == ([], "nvidia-smi lists none")


def test_memory_is_read_from_the_system(tmp_path: Path) -> None:
    """As Linux tells it; elsewhere all of it, without what is free."""
    table = tmp_path / "meminfo"
    table.write_text("MemTotal:       24684736 kB\nMemFree:  1 kB\nMemAvailable:   22000000 kB\n")
    assert memory(table) == (24684736 << 10, 22000000 << 10)
    total, available = memory(tmp_path / "none")
    assert (total or 0) > 10**8
    assert available is None


def test_a_folder_that_no_server_has_used_stays_as_it_is(tmp_path: Path) -> None:
    """All is well, nothing is made, and a wrong engine is found all the same."""
    data = tmp_path / "data"
    found = examined(Settings(data=data))
    assert {one.state for one in found.values()} <= {"ok", "note"}
    assert found["engine procedural"].state == "ok"
    assert "first starts" in found["database"].text
    assert not data.exists()
    found = examined(Settings(data=data, engine=("h4", "procedural")))
    assert found["engines"].state == "wrong"
    assert "h4" in found["engines"].text


def test_workers_are_alive_or_not(tmp_path: Path) -> None:
    """One gives a sign while it is watched, one does not: it is named, and the answer is no."""
    database = opened(tmp_path)
    with database.transaction() as connection:
        for name in ("lively", "frozen"):
            connection.execute(sa.insert(workers).values(name=name, beats=7, started_at=now()))

    def beat(_: float) -> None:
        with database.transaction() as connection:
            connection.execute(sa.update(workers).where(workers.c.name == "lively").values(beats=8))

    found = {one.topic: one for one in installation(Settings(data=tmp_path), CATALOG, beat)}
    assert found["workers"].state == "wrong"
    assert found["workers"].facts == {"alive": 1, "silent": ["frozen"]}
    with database.transaction() as connection:
        connection.execute(sa.delete(workers).where(workers.c.name == "frozen"))
        connection.execute(sa.update(workers).values(beats=7))
    found = {one.topic: one for one in installation(Settings(data=tmp_path), CATALOG, beat)}
    assert (found["workers"].state, found["workers"].text) == ("ok", "1 alive")
    database.close()


def test_an_engine_that_is_not_ready_is_wrong_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere added and without its key: a note, until OPENHORSE_ENGINE names it."""
    monkeypatch.delenv("GPU_KEY", raising=False)
    database = opened(tmp_path)
    text = write_words(Servers("far", ("http://gpu:8000",), "k6", "GPU_KEY"))
    with database.transaction() as connection:
        write_engine(connection, Added("far", "omni", text), now())
    database.close()
    found = examined(Settings(data=tmp_path))
    assert found["engine far"].state == "note"
    assert "GPU_KEY is not set" in found["engine far"].text
    assert (found["engine procedural"].state, found["engine procedural"].facts["asked_for"]) == ("ok", True)
    assert examined(Settings(data=tmp_path, engine=("far", "procedural")))["engine far"].state == "wrong"
    monkeypatch.setenv("GPU_KEY", "sk-not-to-be-shown")
    found = examined(Settings(data=tmp_path, engine=("far",)))
    assert found["engine far"].state == "ok"
    assert "http://gpu:8000" in found["engine far"].text
    assert "sk-not-to-be-shown" not in repr(found)


def test_databases_and_stores_in_trouble_are_told_without_their_secrets(tmp_path: Path) -> None:
    """A file that is no database, one of another version, a server that is away; a store that takes nothing."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "openhorse.db").write_bytes(b"not a database at all" * 100)
    assert examined(Settings(data=data))["database"].state == "wrong"
    (data / "openhorse.db").unlink()
    database = opened(data)
    with database.transaction() as connection:
        connection.execute(sa.text("UPDATE oh_schema SET version_num = '0001'"))
    database.close()
    assert "openhorse migrate" in examined(Settings(data=data))["database"].text
    away = examined(Settings(data=data, database_url="postgresql://me:hushhush@127.0.0.1:9/films"))["database"]
    assert away.state == "wrong"
    assert "hushhush" not in away.text
    (data / "blobs").write_text("a file where the folder belongs")
    assert examined(Settings(data=data))["store"].state == "wrong"
    (data / "blobs").unlink()
    (data / "blobs").mkdir()
    assert examined(Settings(data=data))["store"].text.endswith("takes and gives")
    assert list((data / "blobs").iterdir()) == []
    assert examined(Settings(data=data, film_links="presigned"))["store"].state == "wrong"


def test_a_seal_is_whole_and_good_for_a_time(tmp_path: Path) -> None:
    """Not asked for: nothing is said. Missing, mixed up, not there, soon over, over: each is told; no key is shown."""
    pytest.importorskip("cryptography")
    made = datetime(2026, 11, 22, tzinfo=UTC)
    for name in ("one", "two"):
        authority.found(tmp_path / name, made)
    seal = Seal(tmp_path / "one" / authority.CERTIFICATE, tmp_path / "one" / authority.KEY)
    there = {"c2pa-python": "0.38.1"}.get
    assert list(sealing(None, there, made)) == []
    (found,) = sealing(seal, there, made)
    assert found.state == "ok"
    until = datetime.fromisoformat(found.facts["until"])
    assert [one.state for one in sealing(seal, there, until - timedelta(days=3))] == ["note"]
    assert [one.state for one in sealing(seal, there, until)] == ["wrong"]
    for wrong, told in (
        (replace(seal, key=tmp_path / "two" / authority.KEY), "not that of the certificate"),
        (replace(seal, key=tmp_path / "none"), "No such file"),
        (replace(seal, key=seal.certificate), "cannot be sealed"),
    ):
        (found,) = sealing(wrong, there, made)
        assert found.state == "wrong"
        assert told in found.text
        assert "PRIVATE" not in found.text
    assert "openhorse[c2pa]" in next(sealing(seal, {}.get, made)).text


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://films.example", "ok"),
        ("http://films.example", "note"),
        ("films.example", "wrong"),
        ("ftp://films.example", "wrong"),
        ("https://me:hushhush@films.example", "wrong"),
        ("https://films.example/?a=b", "wrong"),
    ],
)
def test_the_public_address_is_one(tmp_path: Path, url: str, state: str) -> None:
    """Links begin with it, so that it must be an address, and no secret may stand in it."""
    found = examined(Settings(data=tmp_path / "data", public_url=url))["address"]
    assert found.state == state
    assert "hushhush" not in found.text


def test_the_command_says_all_and_shows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smi: Path) -> None:
    """Exit code 0 when all is well, 1 when not; a setting that cannot be read is named, not shown."""
    smi.write_text(f"{H200}\n")
    monkeypatch.setenv("OPENHORSE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OPENHORSE_API_KEY", "sk-hushhush")
    monkeypatch.setenv("HF_TOKEN", "hf_hushhush")
    done = CliRunner().invoke(app, ["doctor", "--json"])
    found = json.loads(done.stdout)
    assert (done.exit_code, found["ok"]) == (0, True)
    assert {"openhorse", "machine", "films", "GPU 0", "database", "engine procedural", "weights"} <= {
        one["topic"] for one in found["findings"]
    }
    assert "HF_TOKEN is set" in done.stdout
    assert "hushhush" not in done.output
    monkeypatch.setenv("OPENHORSE_PUBLIC_URL", "nonsense")
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("WRONG")] == ["address"]
    monkeypatch.setenv("OPENHORSE_WORKERS", "hushhush")
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert "OPENHORSE_WORKERS" in done.stdout
    assert "hushhush" not in done.output
