"""The command line as a user meets it: `make` in all three modes, refusals and exit codes, `keys`, `serve`."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from textwrap import dedent

import av
import pytest

from conftest import free_port
from openhorse import accounts
from openhorse.cli import main
from openhorse.house import House
from openhorse.settings import Settings
from serving import PLAIN_ENGINE, landscape, mascot, wait_for


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`openhorse` with `words` in `folder`."""
    command = [sys.executable, "-m", "openhorse", *words]
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_make_prints_a_path_and_the_facts(tmp_path: Path) -> None:
    """The path stands alone on standard output, the facts beside it."""
    done = run(tmp_path, "make", "The sea", "--resolution", "480p", "--seconds", "3", "--seed", "11")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "openhorse-11.mp4\n"
    for fact in ("854×480", "72 frames at 24/s", "AAC stereo 48 kHz", "procedural", "$0.210 by WaveSpeed list price"):
        assert fact in done.stderr
    assert "100 %" in done.stderr
    with av.open(str(tmp_path / "openhorse-11.mp4")) as film:
        assert film.streams.video[0].frames == 72
        assert "procedural" in str(film.metadata)
        assert "11" in film.metadata["comment"]


def test_make_never_writes_over_a_file(tmp_path: Path) -> None:
    """The same words again, the same film, named anew; with --json the native task object is printed instead.

    By an engine that is found as everybody's own is.
    """
    plain = os.pathsep.join(filter(None, [str(PLAIN_ENGINE), os.environ.get("PYTHONPATH")]))
    words = ("make", "The sea", "--resolution", "480p", "--seconds", "3", "--seed", "11", "--engine", "plain")
    assert run(tmp_path, *words, PYTHONPATH=plain).stdout == "openhorse-11.mp4\n"
    first, second = (tmp_path / name for name in ("openhorse-11.mp4", "openhorse-11-2.mp4"))
    before = first.read_bytes()
    task = json.loads(run(tmp_path, *words, "--json", PYTHONPATH=plain).stdout)
    assert before == first.read_bytes() == second.read_bytes()
    assert task["film"]["sha256"] == hashlib.sha256(before).hexdigest()
    assert (task["status"], task["film"]["url"]) == ("succeeded", second.as_uri())
    assert task["film"]["engine"] == "plain"


def test_make_moves_a_picture(tmp_path: Path) -> None:
    """The film has the picture's ratio, and no prompt is needed."""
    (tmp_path / "land.png").write_bytes(landscape())
    words = ("make", "", "--image", "land.png", "--resolution", "480p", "--seconds", "3", "--json")
    task = json.loads(run(tmp_path, *words).stdout)
    assert (task["status"], task["mode"], task["ratio"]) == ("succeeded", "image-to-video", None)
    assert (task["film"]["width"], task["film"]["height"]) == (810, 506)
    assert task["film"]["engine"] == "procedural"


def test_make_explains_a_prompt_without_making_a_film(tmp_path: Path) -> None:
    """--explain prints the shots as JSON, the same for two wordings of one meaning, and leaves no file."""
    english = "A white cat sleeps by the window, cut to a rocket in the desert at night"
    chinese = "一只白色的猫在窗边睡觉，切换到夜晚沙漠里的火箭"
    told = [json.loads(run(tmp_path, "make", prompt, "--explain").stdout) for prompt in (english, chinese)]
    assert told[0] == told[1]
    assert [shot["place"] for shot in told[0]["shots"]] == ["room", "desert"]
    assert told[0]["shots"][0]["cast"] == [{"kind": "cat", "colour": "white", "actions": ["sleep"]}]
    assert told[0]["shots"][1]["hour"] == "night"
    assert told[0]["unused"] == []
    assert list(tmp_path.iterdir()) == []


def test_make_takes_references(tmp_path: Path) -> None:
    """Two files become actor and style; the notes say what became of each."""
    (tmp_path / "1.png").write_bytes(mascot())
    (tmp_path / "2.png").write_bytes(landscape())
    words = ["--reference", "1.png", "--reference", "2.png", "--ratio", "1:1", "--seconds", "3", "-o", "film.mp4"]
    words += ["--resolution", "480p"]
    done = run(tmp_path, "make", "[Image 1] walks through a scene styled like [Image 2]", *words)
    assert (done.returncode, done.stdout) == (0, "film.mp4\n"), done.stderr
    assert "640×640" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["make", ""], "prompt must not be empty"),
        (["make", " ", "--explain"], "prompt must not be empty"),
        (["make", "x", "--explain", "--seconds", "99"], "seconds should be 3 to 15"),
        (["make", "x", "-o", "nowhere/film.mp4"], "output: there is no folder"),
        (["make", "x", "-o", "land.png"], "exists already"),
        (["make", "x", "--seconds", "16"], "seconds should be less than or equal to 15"),
        (["make", "x", "--resolution", "4k"], "resolution should be '480p', '720p' or '1080p'"),
        (["make", "x", "--ratio", "2:1"], "ratio should be"),
        (["make", "x", "--engine", "magic"], "unknown engine 'magic'; available:"),
        (["make", "x", "--model", "sora-2"], "unknown model 'sora-2/text-to-video'; available:"),
        (["make", "x", "--image", "missing.png"], "missing.png: No such file or directory"),
        (["make", "x", "--image", "empty.png"], "empty.png: "),
        (["make", "x", "--image", "http://127.0.0.1/x.png"], "address_refused"),
        (["make", "x", *["--reference", "land.png"] * 10], "at most 9 items"),
        (["make", "x", "--image", "land.png", "--reference", "land.png"], "exclude each other"),
        (["engines", "list", "--data", "land.png/data"], "land.png/data: Not a directory"),
        (["keys", "create", "--signing-secret", "short"], "16 to 256 characters"),
    ],
)
def test_what_is_asked_for_wrongly_exits_with_2_and_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    message: str,
) -> None:
    """Nothing is written, and the reason is short; in this process, for a new one imports more than it does."""
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "land.png").write_bytes(landscape())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["openhorse", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr()
    assert (ended.value.code, shown.out) == (2, "")
    assert message in re.sub(r"[│\s]+", " ", shown.err)
    assert len(shown.err) < 600
    assert not list(tmp_path.glob("**/*.mp4"))
    assert (tmp_path / "land.png").read_bytes() == landscape()


def test_explain_imports_no_drawing_code(tmp_path: Path) -> None:
    """It is for trying words out, so it answers at once: without kernels, sound, database or server."""
    code = """
        import sys
        from openhorse.cli import app
        app(["make", "a fox", "--explain"], standalone_mode=False)
        heavy = {"numba", "cv2", "scipy", "numpy", "sqlalchemy", "dbos", "fastapi"}
        sys.exit(", ".join(heavy & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == ""


def test_keys_are_made_in_the_data_folder(tmp_path: Path) -> None:
    """The secret is shown, its hash is kept; a credit limits what can be ordered."""
    done = run(tmp_path, "keys", "create", "customer", "--credit", "0.5", OPENHORSE_DATA=str(tmp_path / "d"))
    secret = done.stdout.strip()
    house = House(Settings(data=tmp_path / "d"), "")
    with house.database.reading() as connection:
        assert accounts.authenticate(connection, secret).label == "customer"
    house.close()
    assert secret.encode() not in (tmp_path / "d" / "openhorse.db").read_bytes()


def test_the_first_start_shows_a_key_that_works_and_only_the_first(tmp_path: Path) -> None:
    """The printed curl line's key opens the API; the second start shows none; SIGTERM ends it with 0."""
    shown = []
    for _ in range(2):
        port = free_port()
        log = tmp_path / "log"
        with log.open("w") as out:
            command = [sys.executable, "-m", "openhorse", "serve", "--port", str(port), "--data", str(tmp_path / "d")]
            environment = os.environ | {"OPENHORSE_WARM_UP": "false"}
            server = subprocess.Popen(command, stderr=out, cwd=tmp_path, env=environment)
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda url=url: _answers(f"{url}/health"))
        text = log.read_text()
        assert f"curl {url}/v1/tasks" in text
        shown.append(re.search(r"shown this once: (\S+)", text))
        if shown[-1]:
            request = urllib.request.Request(f"{url}/v1/tasks", headers={"Authorization": f"Bearer {shown[-1][1]}"})
            with urllib.request.urlopen(request) as answer:
                assert json.load(answer)["data"]["total"] == 0
        server.terminate()
        assert server.wait(60) == 0
    assert shown[0] is not None
    assert shown[1] is None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_help_and_version_answer_at_once(tmp_path: Path) -> None:
    """Without an argument the help is shown."""
    assert "make" in run(tmp_path, "--help").stdout
    assert run(tmp_path, "--version").stdout.startswith("openhorse ")
