"""Films in a bucket: a whole life of them, over a network that fails, and what an operator has forgotten to set."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from conftest import free_port
from faults import REFUSED, SILENT, Fault, Proxy, faulty
from objects import S3, fresh_prefix, the_server
from openhorse.cli import app
from openhorse.errors import InvalidOrder, StorageFailed, StorageFull
from openhorse.house import House
from openhorse.leftovers import Yard, leftovers
from openhorse.settings import Settings
from openhorse.store import objects as store_objects
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from openhorse.store.tables import tasks
from serving import SECRET, Served, facts, landscape, wait_for

FILM = bytes(range(256)) * 40_000
"""Ten megabytes: three parts of an upload, and three of a download."""


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A network that may fail before the S3 server that this process's stores use."""
    server = the_server()
    with faulty(("127.0.0.1", server.port)) as proxy:
        use(monkeypatch, server.settings(proxy.port))
        yield proxy


def use(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    """Set what an operator sets."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@contextmanager
def running(data: Path, *options: str, **settings: str) -> Iterator[tuple[Served, httpx2.Client]]:
    """A server over `data` and a customer of it, until it is stopped."""
    served = Served(data, options=options, **settings)
    headers = {"Authorization": f"Bearer {SECRET}"}
    try:
        with httpx2.Client(base_url=served.url, headers=headers, trust_env=False, timeout=60) as client:
            yield served, client
    finally:
        served.stop()


def task(client: httpx2.Client, task_id: str) -> dict[str, Any]:
    """What the server says of it."""
    answer: dict[str, Any] = client.get(f"/openhorse/v1/tasks/{task_id}").json()
    return answer


def test_a_film_lives_in_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ordered with a picture while the network fails, made, linked, read in ranges, backed up; gone when it expires."""
    server, prefix, data = the_server(), fresh_prefix(), tmp_path / "data"
    picture = "data:image/png;base64," + base64.b64encode(landscape()).decode()
    order = {"prompt": "a lake", "seconds": 3, "resolution": "480p", "image": picture}
    with faulty(("127.0.0.1", server.port)) as network:
        settings = server.settings(network.port) | {"OPENHORSE_BLOBS_URL": prefix}
        with running(data, **settings) as (_served, client):
            made = [client.post("/openhorse/v1/tasks", json=order | {"seed": seed}).json()["id"] for seed in (1, 2)]
            with network.failing(Fault(up_bytes=2000)):
                # More often than one try of a step asks: the step itself must come again.
                wait_for(lambda: network.broken > 7)
                seen = task(client, made[0])
                assert (seen["status"] in ("running", "storing"), seen["film"]) == (True, None), seen
            for task_id in made:
                wait_for(lambda task_id=task_id: task(client, task_id)["status"] == "succeeded")
            assert server.keys(f"{prefix}/films") == sorted(f"{task_id}.mp4" for task_id in made)
            assert len(server.keys(f"{prefix}/inputs")) == 1
            link = task(client, made[0])["film"]["url"]
            assert facts(link)["frames"] == 72
            whole = client.get(link)
            part = client.get(link, headers={"Range": "bytes=1000-2999"})
            assert (part.status_code, part.content) == (206, whole.content[1000:3000])
            assert whole.headers["content-type"] == "video/mp4"
        use(monkeypatch, settings)
        monkeypatch.setenv("OPENHORSE_DATABASE_URL", _served.environment["OPENHORSE_DATABASE_URL"])
        backed_up = CliRunner().invoke(app, ["backup", str(tmp_path / "backup"), "--data", str(data)])
        # films with their stills, and a picture
        assert json.loads(backed_up.stdout)["copied"] == len(server.keys(prefix)) > 3, backed_up.output
        assert (tmp_path / "backup" / "blobs" / "films" / f"{made[0]}.mp4").read_bytes() == whole.content
        swept = CliRunner().invoke(app, ["gc", "--dry-run", "--data", str(data)])
        assert "0 files" in swept.output
        with closing(Database(_served.environment["OPENHORSE_DATABASE_URL"])) as database:
            yard = Yard(database, Blobs(prefix), data, datetime.now(UTC) + timedelta(hours=2), delete=False)
            Blobs(prefix).put_bytes("films/unheard.mp4", b"x")
            assert [one.key for one in leftovers(yard)] == ["films/unheard.mp4"]
            assert [one.key for one in leftovers(replace(yard, delete=True))] == ["films/unheard.mp4"]
            with database.transaction() as connection:
                over = {"expires_at": datetime.now(UTC) - timedelta(hours=1)}
                connection.execute(sa.update(tasks).where(tasks.c.id == made[0]).values(over))
                # Else the next sweep is only in the next minute.
                connection.exec_driver_sql("DELETE FROM workflow_status WHERE name = 'housekeeping'")
        with running(data, **settings, OPENHORSE_FILM_LINKS="presigned") as (served, client):
            link = link.replace(_served.url, served.url)
            wait_for(lambda: client.get(link).status_code == 410)
            wait_for(lambda: not [key for key in server.keys(prefix) if made[0] in key])
            assert server.keys(f"{prefix}/films") == [f"{made[1]}.mp4"]
            other = task(client, made[1])["film"]["url"]
            sent_on = client.get(other)
            assert sent_on.status_code == 307
            assert sent_on.headers["location"].startswith(f"http://127.0.0.1:{network.port}/films/")
            got = client.get(other, follow_redirects=True, headers={"Range": "bytes=0-9"})
            assert (got.status_code, got.content, got.headers["content-type"]) == (206, whole.content[:10], "video/mp4")
            assert client.head(other).status_code == 200
            assert client.get(other.replace("&s=", "&s=x")).status_code == 404


@pytest.mark.parametrize(
    "fault",
    [
        Fault(refused=True, connections=2),
        Fault(up_bytes=3_000_000, connections=2),
        Fault(up_bytes=300, connections=1),
        Fault(down_bytes=20, connections=2),
        Fault(delay_seconds=0.02),
    ],
)
def test_an_upload_survives_a_bad_network(network: Proxy, fault: Fault) -> None:
    """What is reset, cut or slow is sent again, and lies there whole."""
    prefix = fresh_prefix()
    with network.failing(fault):
        Blobs(prefix).put_bytes("films/t.mp4", FILM)
    assert network.broken == (fault.connections or 0)
    assert Blobs(prefix).read("films/t.mp4") == FILM


@pytest.mark.parametrize("fault", [Fault(down_bytes=1_000_000, connections=2), Fault(refused=True, connections=2)])
def test_a_download_survives_a_bad_network(network: Proxy, fault: Fault) -> None:
    """A film that is cut off in the middle goes on where it was."""
    prefix = fresh_prefix()
    Blobs(prefix).put_bytes("films/t.mp4", FILM)
    with network.failing(fault):
        assert b"".join(Blobs(prefix).stream("films/t.mp4", 5, len(FILM) - 5)) == FILM[5:-5]
    assert network.broken == 2


@pytest.mark.parametrize("fault", [REFUSED, SILENT, Fault(up_bytes=500)])
def test_a_bucket_that_is_away_is_said_so(network: Proxy, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within bounded time and without half a film; when it is back the same store goes on."""
    monkeypatch.setitem(store_objects._CLIENT, "timeout", "0.3s")
    monkeypatch.setitem(store_objects._RETRY, "max_retries", 1)
    blobs = Blobs(fresh_prefix())
    with network.failing(fault):
        with pytest.raises(StorageFailed) as told:
            blobs.put_bytes("films/t.mp4", FILM)
        blobs.check()
    assert not isinstance(told.value, StorageFull)
    assert blobs.size("films/t.mp4") is None
    blobs.put_bytes("films/t.mp4", b"whole")
    assert blobs.read("films/t.mp4") == b"whole"


def test_a_reader_may_take_its_time(network: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer who reads more slowly than one request may last gets the whole film."""
    monkeypatch.setitem(store_objects._CLIENT, "timeout", "0.5s")
    blobs = Blobs(fresh_prefix())
    blobs.put_bytes("films/t.mp4", FILM)
    got = bytearray()
    for chunk in blobs.stream("films/t.mp4", 0, len(FILM)):
        got += chunk
        time.sleep(0.4)
    assert bytes(got) == FILM


@contextmanager
def answering(status: int, code: str) -> Iterator[int]:
    """The port of a server that refuses everything so."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = f"<Error><Code>{code}</Code></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(("status", "code"), [(507, "XMinioStorageFull"), (403, "QuotaExceeded")])
def test_a_full_bucket_is_full(monkeypatch: pytest.MonkeyPatch, status: int, code: str) -> None:
    """As MinIO and Ceph say it."""
    monkeypatch.setitem(store_objects._RETRY, "max_retries", 0)
    with answering(status, code) as port:
        use(monkeypatch, S3(port, Path()).settings())
        with pytest.raises(StorageFull):
            Blobs("s3://films/x").put_bytes("films/t.mp4", b"x")


NOBODY = {
    "AWS_METADATA_ENDPOINT": "http://{}",
    "GCE_METADATA_HOST": "{}",
    "GCE_METADATA_IP": "{}",
}
"""Where obstore asks for credentials when none are set: a place of this machine where nobody is."""


@pytest.mark.parametrize(
    ("url", "missing"),
    [
        ("s3://films/x", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ("gs://films/x", "GOOGLE_SERVICE_ACCOUNT"),
        ("az://films/x", "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY"),
        ("ftp://films/x", "s3://bucket/prefix"),
        ("s3:", "s3://bucket/prefix"),
        ("films", "s3://bucket/prefix"),
    ],
)
def test_what_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch, url: str, missing: str) -> None:
    """An unconfigured store is refused at the start, with what to set."""
    monkeypatch.setitem(store_objects._RETRY, "max_retries", 0)
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value.format(f"127.0.0.1:{free_port()}"))
    with pytest.raises(StorageFailed, match=missing):
        Blobs(url).check()


def test_other_clouds_are_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """A configured store of Google's or Azure's kind is opened; whether it answers is asked later."""
    use(monkeypatch, {"AZURE_STORAGE_ACCOUNT_NAME": "films", "AZURE_STORAGE_ACCOUNT_KEY": "a2V5"})
    for url in ("gs://films/x", "az://films/x", "s3://films/x"):
        assert Blobs(url).is_bucket


def test_wrong_keys_and_buckets_are_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not when the first film is done."""
    server = the_server()
    use(monkeypatch, server.settings())
    with pytest.raises(StorageFailed, match="no such bucket"):
        House(Settings(data=tmp_path, blobs_url="s3://unheard/x"), "")
    with pytest.raises(StorageFailed, match="is missing"):
        Blobs("s3://unheard/x").put_bytes("films/t.mp4", b"x")
    use(monkeypatch, server.settings(secret="wrong"))
    with pytest.raises(StorageFailed, match="refuses our credentials"):
        House(Settings(data=tmp_path, blobs_url=fresh_prefix()), "")
    with pytest.raises(InvalidOrder, match="needs a bucket"):
        House(Settings(data=tmp_path, film_links="presigned"), "")
