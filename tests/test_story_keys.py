"""Keys as an operator makes, limits, renews and closes them beside a running server that logs all that it can."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from conftest import running_house
from openhorse import accounts
from openhorse.cli import app
from openhorse.errors import NotFound
from serving import SECRET, Served, landscape
from test_gate import CREATE, READ

WRONG = "sk-a-secret-that-is-nobodys"
SIGNING = "a-signing-secret-of-the-customer"


def talking(folder: Path) -> Served:
    """`openhorse serve` without workers, at the level debug."""
    return Served(folder, options=("--no-workers",), OPENHORSE_LOG_LEVEL="debug")


def keys(server: Served, *words: str) -> str:
    """What `openhorse keys` prints on standard output."""
    # the engine of plain films is known to the server's process only
    data = server.environment | {"OPENHORSE_ENGINE": "procedural"}
    done = CliRunner().invoke(app, ["keys", *words], env=data, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def order(server: Served, dialect: str, secret: str) -> int:
    """The status of an order in a dialect with this secret."""
    path, body, headers = CREATE[dialect]
    sent = headers | {"Authorization": f"Bearer {secret}"}
    return httpx2.post(server.url + path, json=body, headers=sent, trust_env=False, timeout=60).status_code


def test_a_key_from_its_making_to_its_end(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Made, limited, rotated and revoked, each at once for the running server; and no secret is in its log."""
    with talking(tmp_path) as server:
        secrets = live(server)
    captured = capfd.readouterr()
    log = captured.out + captured.err
    assert "DEBUG" in log
    assert [each for each in secrets if each in log] == []


def live(server: Served) -> list[str]:
    """Take a key through its life; all secrets that there were."""
    secret = keys(server, "create", "studio", "--unfinished", "6", "--signing-secret", SIGNING).strip()
    for dialect in CREATE:
        assert [order(server, dialect, each) for each in (secret, WRONG)][1] == 401
    assert order(server, "native", secret) == 429
    shown = next(each for each in json.loads(keys(server, "list", "--json")) if each["label"] == "studio")
    assert (shown["prefix"], shown["limits"]["unfinished"]) == (secret[:8], 6)
    assert "unfinished" not in keys(server, "limit", shown["id"], "--unfinished", "none")
    assert order(server, "native", secret) == 201
    new = keys(server, "rotate", secret[:8], "--grace", "0m").strip()
    assert [order(server, "openai", each) for each in (secret, new)] == [401, 200]
    told = drive(server.url, new)
    signing = keys(server, "rotate-signing", shown["id"], "--grace", "1h").strip()
    keys(server, "revoke", shown["id"])
    assert order(server, "hiapi", new) == 401
    assert shown["id"] not in keys(server, "list")
    assert "revoked" in keys(server, "list", "--revoked")
    return [secret, new, WRONG, SECRET, SIGNING, signing, *told]


def test_the_most_talkative_libraries_tell_no_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where they are turned up by hand, every statement to the database is told, and no value in it."""
    loud = {"sqlalchemy": logging.INFO, "uvicorn": 1, "uvicorn.error": 1, "openhorse": 1, "": 1}
    levels = {name: logging.getLogger(name).level for name in loud}
    for name, level in loud.items():
        logging.getLogger(name).setLevel(level)
    try:
        with running_house(tmp_path) as house:
            with house.rooms.database.transaction() as connection:
                _, secret = accounts.create_key(connection, label="a", signing_secret=SIGNING)
            told = drive(house.url, secret)
            assert house.stranger.get(READ["native"], headers={"Authorization": f"Bearer {WRONG}"}).status_code == 401
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    # What the test itself sends is told by its own client.
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    log = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in ours)
    assert "SELECT oh_keys" in log
    assert [each for each in (secret, WRONG, SIGNING, *told) if each in log] == []


def drive(url: str, secret: str) -> list[str]:
    """Ask all that a log might tell too much of: good, bad and broken requests; the secrets that were answered."""
    bearer = {"Authorization": f"Bearer {secret}"}
    with httpx2.Client(base_url=url, headers=bearer, trust_env=False, timeout=60) as client:
        for path in READ.values():
            assert client.get(path).status_code == 200
        for path, _, headers in CREATE.values():
            for body in (b"{", b'{"model": "nobody\'s"}', b"[" * 5000):
                sent = headers | {"Content-Type": "application/json"}
                assert 400 <= client.post(path, content=body, headers=sent).status_code < 500
        upload = client.post("/openhorse/v1/uploads", content=landscape()).json()["url"]
        assert client.get(upload).status_code == 200
        token = client.post("/v1/files/upload-token").json()["upload_token"]
        assert client.get("/api/v1/files/quota", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        signing = client.get("/api/v3/webhook/secret").json()["data"]["secret"]
        # In places where a key does not belong, too.
        for misplaced in (f"/v1/tasks/{secret}", f"/v1/tasks?key={secret}", f"/{secret}"):
            client.get(misplaced)
        client.post(
            "/openhorse/v1/tasks", json={"prompt": "a lake", "callback": {"url": f"https://127.0.0.1/{secret}"}}
        )
        assert SIGNING in signing
        return [token, upload.partition("&s=")[2]]


def test_words_that_are_refused(tmp_path: Path) -> None:
    """What cannot be meant is said on standard error with status 2, and nothing is made."""
    data = {"OPENHORSE_DATA": str(tmp_path)}
    for words in (
        ("create", "--scope", "everything"),
        ("create", "--day-budget", "-1"),
        ("create", "--month-budget", "nan"),
        ("create", "--reads-per-minute", "0"),
        ("create", "--waiting", "many"),
        ("create", "--storage", "5X"),
        ("create", "--credit", "x"),
        ("rotate", "key_1", "--grace", "soon"),
        ("rotate-signing", "key_1", "--grace", "soon"),
    ):
        done = CliRunner().invoke(app, ["keys", *words], env=data)
        assert (done.exit_code, done.stdout) == (2, ""), words
    with pytest.raises(NotFound):
        CliRunner().invoke(app, ["keys", "revoke", "key_1"], env=data, catch_exceptions=False)
    assert CliRunner().invoke(app, ["keys", "list"], env=data).stdout == ""
