"""`openhorse models` as an operator meets it: shown, accepted, pulled from a hub on this machine, removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub import Hub, Repository, running_hub
from openhorse.cli import app
from openhorse.engines.added import write_words
from openhorse.engines.remote import Servers
from openhorse.errors import CallerError, NotFound, NotPermitted
from openhorse.store.database import Database
from openhorse.store.engines import Added, write_engine

WAN = "Wan-AI/Wan2.2-TI2V-5B-Diffusers"
LTX = "Lightricks/LTX-2"
FILES = {"model_index.json": b"{}", "vae/model.safetensors": b"v" * 3000, "ltx-2-19b-dev.safetensors": b"d" * 9000}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A data folder of its own, and a hub that HF_ENDPOINT names."""
    pytest.importorskip("huggingface_hub")  # the extra `models`
    monkeypatch.setenv("OPENHORSE_DATA", str(tmp_path / "data"))
    with running_hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.delenv("HF_TOKEN", raising=False)
        running.repositories |= {WAN: Repository(dict(FILES)), LTX: Repository(dict(FILES))}
        yield running


def models(*words: str, typed: str | None = None) -> Result:
    """`openhorse models` with `words`, and what is typed when it asks. Raises what the command raises."""
    done = CliRunner().invoke(app, ["models", *words], input=typed)
    if isinstance(done.exception, CallerError):
        raise done.exception
    return done


def told(*words: str) -> dict[str, object]:
    """What a command says as JSON."""
    found: dict[str, object] = json.loads(models(*words, "--json").stdout)
    return found


def test_a_licence_is_read_whole_before_it_is_accepted(hub: Hub) -> None:
    """Only `yes` is yes; a second time nothing is asked; taken back, it is asked again."""
    for typed in ("no\n", "\n", "y\n"):
        with pytest.raises(CallerError, match="nothing was changed"):
            models("accept", "h3", typed=typed)
    assert models("accept", "h3", typed="").exit_code == 1
    done = models("accept", "h3", typed="yes\n")
    for words in ("the United States of America", "20,000,000 dollars", "MiniMax H3", "safeguards", "not legal advice"):
        assert words in done.stderr
    assert "for h3, h3-fast" in done.stderr
    at = told("accept", "h3")
    assert at["licence"] == "minimax-h3"
    assert told("accept", "h3") == at
    assert told("accept", "h3", "--revoke") == {"licence": "minimax-h3", "accepted_at": None}
    assert "was not accepted" in models("accept", "h3", "--revoke").stderr
    assert models("accept", "h3", typed="").exit_code == 1
    assert told("accept", "wan") == {"licence": "apache-2", "accepted_at": None}


def test_nothing_is_pulled_under_a_licence_that_is_not_accepted(hub: Hub) -> None:
    """The refusal names the conditions and the command; after it, only what diffusers loads comes."""
    with pytest.raises(NotPermitted, match=r"10,000,000 dollars.*openhorse models accept ltx"):
        models("pull", "ltx")
    assert hub.tokens == {}
    models("accept", "ltx", "--yes")
    found = told("pull", "ltx")
    assert (found["files"], found["bytes"], found["fetched_bytes"]) == (2, 3002, 3002)
    assert not (Path(str(found["folder"])) / "ltx-2-19b-dev.safetensors").exists()


def test_weights_are_shown_pulled_and_removed(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`list` and `show` tell missing from whole; rm asks, and says what it freed."""
    monkeypatch.setenv("OPENHORSE_MODELS", str(tmp_path / "elsewhere"))
    assert "to fetch them: openhorse models pull wan" in models("show", "wan").stdout
    done = models("pull", "wan")
    assert done.stdout == f"{tmp_path / 'elsewhere' / 'wan'}\n"
    assert "3 files are to come, 12.0 kB" in done.stderr
    assert "here whole: 3 files" in done.stderr
    assert "here whole, in" in models("show", "wan").stdout
    (line,) = [line for line in models("list").stdout.splitlines() if line.startswith("wan ")]
    assert "whole 12." in line
    with pytest.raises(CallerError, match="nothing was changed"):
        models("rm", "wan", typed="no\n")
    assert int(str(told("rm", "wan", "--yes")["freed_bytes"])) > 12_000
    assert "Nothing of" in models("rm", "wan").stderr


def test_the_engines_that_run_a_model_are_named(hub: Hub, tmp_path: Path) -> None:
    """With what keeps them from it: here, that its licence is not accepted."""
    assert "none of this installation" in models("show", "h3-fast").stdout
    with closing(Database(f"sqlite:///{tmp_path}/data/openhorse.db")) as database, database.transaction() as connection:
        text = write_words(Servers("far", ("http://gpu:8000",), "h3-fast"))
        write_engine(connection, Added("far", "omni", text), datetime(2026, 11, 22, tzinfo=UTC))
    (line,) = [line for line in models("list").stdout.splitlines() if line.startswith("h3-fast ")]
    assert line.endswith("far (not ready)")
    assert "openhorse models accept h3-fast" in models("show", "h3-fast").stdout
    models("accept", "h3", "--yes")
    assert told("show", "h3-fast")["engines"] == [{"name": "far", "kind": "omni", "why_not": None}]


def test_a_model_is_told_whole(hub: Hub) -> None:
    """Native sizes by ratio, frames by second, as models.md and the vendor's README have them for MiniMax-H3."""
    found = told("show", "h3")
    assert found["sizes"] == {
        **{"16:9": [1344, 768], "9:16": [768, 1344], "1:1": [768, 768], "4:3": [1024, 768], "3:4": [768, 1024]},
        **{"5:4": [960, 768], "4:5": [768, 960], "21:9": [1536, 672], "9:21": [672, 1536]},
    }
    frames = [107, 107, 124, 158, 175, 192, 226, 243, 277, 294, 328, 345, 362]
    assert found["frames"] == {str(seconds): count for seconds, count in enumerate(frames, 3)}
    assert found["references"] == 9
    shown = models("show", "h3").stdout
    for words in ("16:9 1344x768", "5 s 124", "not measured", "MiniMaxAI/MiniMax-H3", "to accept it"):
        assert words in shown
    names = [line.split()[0] for line in models("list").stdout.splitlines()]
    assert names[:3] == ["name", "h3", "h3-fast"]
    with pytest.raises(NotFound, match="available: h3, "):
        models("show", "h4")
