"""`openhorse engines` as an operator meets it: listed, added, tried, taken away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from inference_server import running
from omni_server import OmniServer
from openhorse.cli import app
from openhorse.engines.added import KINDS, SERVERS
from openhorse.errors import CallerError, InvalidOrder, NotFound

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A data folder of its own, and no keys."""
    monkeypatch.setenv("OPENHORSE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OPENHORSE_ENGINE", raising=False)
    for name in ("DASHSCOPE_API_KEY", "OMNI_KEY", "BAILIAN"):
        monkeypatch.delenv(name, raising=False)


def engines(*words: str) -> Result:
    """`openhorse engines` with `words`. Raises what the command raises."""
    done = CliRunner().invoke(app, ["engines", *words])
    if isinstance(done.exception, CallerError):
        raise done.exception
    return done


def told(*words: str) -> Any:
    """What a command says as JSON."""
    return json.loads(engines(*words, "--json").stdout)


def test_a_server_is_added_tried_and_taken_away() -> None:
    """It is ready as soon as its licence needs no word of the operator's, and well while it answers."""
    server = OmniServer("kandinskylab/Kandinsky-6.0-Lite-5s-Diffusers")
    with running(server):
        made = engines("add", "omni", "--name", "big", "--url", server.url, "--url", NOWHERE, "--profile", "k6")
        assert made.exit_code == 0, made.output
        assert "OPENHORSE_ENGINE=big,procedural" in made.stderr
        row = {one["name"]: one for one in told("list")}["big"]
        assert (row["kind"], row["profile"], row["ready"]) == ("omni", "k6", True)
        assert row["where"] == [server.url, NOWHERE]
        tried = engines("test", "big")
        assert tried.exit_code == 1
        wrong = {one["place"]: one["wrong"] for one in json.loads(engines("test", "big", "--json").stdout)["places"]}
        assert wrong.pop(server.url) is None
        assert wrong[NOWHERE]
    assert "big" in engines("list").stdout
    assert told("rm", "big") == {"name": "big", "removed": True, "films": 0}
    with pytest.raises(NotFound, match=r"unknown engine 'big'; available: .*procedural"):
        engines("show", "big")


def test_a_vendor_is_added_without_its_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only the variable's name is kept; until that is set, the engine is not ready, and says so."""
    words = ("--name", "bailian", "--key-env", "BAILIAN", "--family", "happyhorse-1.1", "--day-cap", "20.5")
    made = engines("add", "dashscope", *words, "--at-once", "3", "--month-cap", "200")
    assert "BAILIAN is not set" in made.stderr
    shown = told("show", "bailian")
    assert (shown["kind"], shown["key_env"], shown["key_is_set"]) == ("dashscope", "BAILIAN", False)
    assert (shown["ready"], shown["family"]) == (False, "happyhorse-1.1")
    assert {20_500_000, 200_000_000, 3} <= {value for value in shown.values() if isinstance(value, int)}
    monkeypatch.setenv("BAILIAN", "sk-very-secret")
    assert told("show", "bailian")["ready"]
    for line in (engines("show", "bailian").stdout, engines("list").stdout):
        assert "sk-very-secret" not in line
    assert b"sk-very-secret" not in (tmp_path / "data" / "openhorse.db").read_bytes()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["comfy"], f"unknown kind 'comfy'; available: {', '.join(KINDS)}"),
        (["omni", "--profile", "h3"], "say where the servers of omni are"),
        (["omni", "--url", NOWHERE], "say by --profile which model the servers run"),
        (["omni", "--url", NOWHERE, "--profile", "h9"], "unknown profile 'h9'; available: h3"),
        (["omni", "--url", NOWHERE, "--url", NOWHERE + "/", "--profile", "h3"], "each server is named once"),
        (["omni", "--url", "gpu1:8091", "--profile", "h3"], "'gpu1:8091' is no address"),
        (["omni", "--url", "http://[::1", "--profile", "h3"], "'http://[::1' is no address"),
        (["omni", "--url", NOWHERE + "#all", "--profile", "h3"], "unknown part 'all'; available: fl2va, ref2va"),
        (["omni", "--url", "http://me:secret@gpu1", "--profile", "h3"], "is no address"),
        (["omni", "--url", NOWHERE, "--profile", "h3", "--day-cap", "5"], "omni has no use for --day-cap"),
        (["omni", "--url", NOWHERE, "--profile", "h3", "--name", "procedural"], "an engine 'procedural' already"),
        (["omni", "--url", NOWHERE, "--profile", "h3", "--name", "a,b"], "'a,b' is no name"),
        (["dashscope", "--profile", "h3"], "dashscope has no use for --profile"),
        (["dashscope", "--url", NOWHERE, "--url", "http://127.0.0.1:8"], "a vendor has one address"),
        (["dashscope", "--family", "happyhorse-9"], "dashscope has no happyhorse-9; there is happyhorse-1.0"),
        (["native"], "native"),
        (["dashscope", "--key-env", "sk-0123"], "--key-env is the name of a variable, not the key itself"),
    ],
)
def test_what_cannot_be_an_engine_is_refused(words: list[str], why: str) -> None:
    """With what is missing, unknown or too much."""
    with pytest.raises(InvalidOrder) as found:
        engines("add", *words)
    assert why in found.value.message
    assert [one["name"] for one in told("list") if one["kind"] in KINDS] == []


def test_an_engine_that_is_needed_is_not_taken_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One that the setting names, one that makes a film just now, one that is installed."""
    engines("add", "omni", "--url", NOWHERE, "--profile", "k6")
    with monkeypatch.context() as inside:
        inside.setenv("OPENHORSE_ENGINE", "omni,procedural")
        with pytest.raises(InvalidOrder, match="OPENHORSE_ENGINE names omni"):
            engines("rm", "omni")
    with pytest.raises(InvalidOrder, match="procedural is installed"):
        engines("rm", "procedural")
    database = sa.create_engine(f"sqlite:///{tmp_path / 'data' / 'openhorse.db'}")
    with database.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(
            "INSERT INTO oh_tries (task_id, number, engine, place, state, micros, asked_at)"
            f" VALUES ('t', 1, 'omni', '{NOWHERE}', 'asking', 0, 0)"
        )
    database.dispose()
    with pytest.raises(InvalidOrder, match="omni is making a film; --force"):
        engines("rm", "omni")
    assert told("rm", "omni", "--force")["films"] == 1
    assert not {one["name"] for one in told("list")} & set(SERVERS)
