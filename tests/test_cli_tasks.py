"""The command line against a served OpenHorse: `make --server`, `tasks`, `usage --server`, completion, and its page."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openhorse.cli import main
from serving import SECRET, Served

ROOT = Path(__file__).parent.parent
SMALL = ["--seconds", "3", "--resolution", "480p"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An OpenHorse with the engine that takes no time."""
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


Said = tuple[int, str, str]
"""Exit code, standard output, standard error."""


@pytest.fixture
def say(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """`openhorse` with these words, in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENHORSE_API_KEY", SECRET)
    monkeypatch.setenv("OPENHORSE_BASE_URL", served.url)

    def say(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["openhorse", *words])
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        shown = capsys.readouterr()
        return int(str(code or 0)), shown.out, shown.err

    return say


def test_a_film_is_made_by_a_server_and_its_task_looked_at(served: Served, say: Callable[..., Said]) -> None:
    """The same command, the same output; then listed, shown, watched, opened, counted and deleted."""
    code, out, err = say("make", "a lake", *SMALL, "--seed", "7", "--server", served.url)
    assert (code, out) == (0, "openhorse-7.mp4\n")
    assert "854×480" in err
    assert "100 %" in err
    assert "$0.210 by WaveSpeed list price" in err
    code, out, _ = say("make", "a lake", *SMALL, "-o", "b.mp4", "--server", served.url, "--json")
    task = json.loads(out)
    assert (code, Path("b.mp4").stat().st_size) == (0, task["film"]["bytes"])
    assert task["id"] in say("tasks", "list", "--size", "1")[1]
    assert "succeeded" in say("tasks", "show", task["id"])[1]
    assert json.loads(say("tasks", "show", task["id"], "--json")[1])["film"]["sha256"] == task["film"]["sha256"]
    events = [json.loads(line) for line in say("tasks", "watch", task["id"], "--json")[1].splitlines()]
    assert (events[-1]["event"], events[-1]["status"]) == ("status", "succeeded")
    assert say("tasks", "open", task["id"])[1].startswith(f"{served.url}/files/")
    assert say("tasks", "open", task["id"], "-o", "c.mp4") == (0, "c.mp4\n", "")
    assert Path("c.mp4").read_bytes() == Path("b.mp4").read_bytes()
    assert say("tasks", "open", task["id"], "-o", "c.mp4")[0] == 2
    assert "films, $" in say("usage", "--server", served.url)[1]
    assert json.loads(say("usage", "--server", served.url, "--json")[1])[0]["films"] >= 2
    assert say("tasks", "delete", task["id"])[1] == f"{task['id']}  deleted\n"
    assert say("tasks", "show", task["id"])[0] == 2


def test_a_task_is_cancelled_and_has_no_film(tmp_path: Path, say: Callable[..., Said]) -> None:
    """`watch` and `open` of it end with an exit code of their own; a server that is not there is no user's fault."""
    import openhorse

    with Served(tmp_path / "slow", engine="slow") as slow:
        with openhorse.Client(slow.url, SECRET) as client:
            task = client.submit("a lake", seconds=15)["id"]
        code, out, _ = say("tasks", "cancel", task, "--server", slow.url)
        assert (code, out.split()[:2]) == (0, [task, "cancelled"])
        assert say("tasks", "watch", task, "--server", slow.url)[0] == 1
        code, _, err = say("tasks", "open", task, "--server", slow.url)
        assert (code, err.split(":")[0]) == (2, "cancelled")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["make", "x", "--seconds", "99"], 2, "seconds should be less"),
        (["make", "x", "--image", "missing.png"], 2, "missing.png: No such file"),
        (["make", "x", "-o", "nowhere/film.mp4"], 2, "there is no folder"),
        (["tasks", "show", "task_none"], 2, "not_found"),
        (["tasks", "list", "--status", "lost"], 2, "status must be any of"),
        (["tasks", "list", "--server", "localhost"], 2, "no address of a server"),
    ],
)
def test_what_a_server_refuses_has_an_exit_code(
    served: Served, say: Callable[..., Said], words: list[str], code: int, message: str
) -> None:
    """2 for what was asked wrongly, with the server's own words and nothing on standard output."""
    where = ["--server", served.url] if words[0] == "make" else []
    ended, out, err = say(*words, *where)
    assert (ended, out) == (code, "")
    assert message in " ".join(err.split())


def test_a_shell_completes_commands_and_options(tmp_path: Path) -> None:
    """What `--install-completion` puts into a shell asks the program in this way."""
    for words, found in (
        ("openhorse ta", "tasks"),
        ("openhorse tasks ca", "cancel"),
        ("openhorse make --se", "--seed"),
    ):
        environment = {
            "_OPENHORSE_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
            "_TYPER_COMPLETE_ARGS": words,
        }
        command = [sys.executable, "-m", "openhorse"]
        done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
        assert found in done.stdout.split(), done.stderr


def test_the_help_imports_nothing_heavy() -> None:
    """Commands import what they need when they run."""
    code = """if True:
        import sys
        from openhorse.cli import app
        app(["--help"], standalone_mode=False)
        heavy = {"numpy", "numba", "cv2", "av", "PIL", "pydantic", "sqlalchemy", "fastapi", "dbos", "httpx2"}
        sys.exit(", ".join(heavy & set(sys.modules)))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_the_page_of_commands_is_what_the_program_says() -> None:
    """docs/cli.md has every command with its help, arguments and options as the program has them."""
    found = importlib.util.spec_from_file_location("commands", ROOT / "docs" / "commands.py")
    assert found is not None
    assert found.loader is not None
    commands = importlib.util.module_from_spec(found)
    found.loader.exec_module(commands)
    page = commands.PAGE.read_text("utf-8")
    assert commands.filled(page) == page, "run scripts/docs"
    assert len(re.findall("^### `openhorse ", page, re.MULTILINE)) > 20


def test_keys_are_made_and_limited_in_json(say: Callable[..., Said]) -> None:
    """The options that create and limit share mean the same in both; `none` lifts one; the secret is told once."""
    made = json.loads(say("keys", "create", "a", "--data", "d", "--waiting", "3", "--day-budget", "2.5", "--json")[1])
    assert (made["label"], made["limits"]["waiting"], made["limits"]["day_micros"]) == ("a", 3, 2_500_000)
    changed = json.loads(say("keys", "limit", made["id"], "--data", "d", "--waiting", "none", "--json")[1])
    assert (changed["limits"]["waiting"], changed["limits"]["day_micros"]) == (None, 2_500_000)
    assert "secret" not in changed
    assert say("keys", "limit", made["id"], "--data", "d", "--waiting", "some")[0] == 2
    assert json.loads(say("keys", "revoke", made["id"], "--data", "d", "--json")[1])["revoked"] is True
