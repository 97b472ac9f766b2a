"""Past one machine: a server without workers, and workers with folders of their own, over one database and store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from conftest import running_house
from databases import Postgres, fresh_url
from serving import SECRET, Served, facts, wait_for

BODY = {"prompt": "a beach at sunset", "seconds": 3, "resolution": "480p", "seed": 5}


@contextmanager
def working(server: Served, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on another machine: nothing in common with the server but database and store."""
    environment = server.environment | {"OPENHORSE_DATA": str(folder), "OPENHORSE_PUBLIC_URL": server.url}
    with subprocess.Popen([sys.executable, "-m", "openhorse", "work"], env=environment) as worker:
        try:
            yield worker
        finally:
            worker.kill()


HIAPI = {"model": "happyhorse-1.1/text-to-video", "input": {"prompt": "a lake"}}
ASKED = (
    ("POST", "/v1/tasks", HIAPI),
    ("GET", "/hiapi/v1/tasks/tk-hiapi-1", None),
    ("GET", "/api/v3/predictions/1/result", None),
    ("GET", "/evolink/v1/tasks/task-unified-1-abcdefgh", None),
    ("GET", "/api/v1/tasks/0", None),
    ("GET", "/openai/v1/videos/video_1", None),
    ("GET", "/openhorse/v1/tasks/task_1", None),
)


def test_a_database_that_is_down_is_503_in_every_dialect(tmp_path: Path) -> None:
    """Said in the vendor's shape with the time to come back, nothing is taken in, and all is well when it is back."""
    postgres = Postgres()
    postgres.start()
    try:
        with running_house(tmp_path, postgres.url) as house:
            postgres.stop("immediate")
            for method, path, body in ASKED:
                answer = house.client.request(method, path, json=body)
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), (path, answer.text)
                assert "the database does not answer" in answer.text
            postgres.start()
            assert house.client.post("/v1/tasks", json=HIAPI).status_code == 200
            assert len(house.enqueued) == 1
    finally:
        postgres.remove()


def test_films_are_made_by_whoever_lives(tmp_path: Path) -> None:
    """Nobody makes films until a worker comes; when it is killed in the middle, another goes on; links work."""
    url = fresh_url("postgresql", tmp_path)
    shared = {"OPENHORSE_DATABASE_URL": url, "OPENHORSE_BLOBS_URL": (tmp_path / "films").as_uri()}
    (tmp_path / "films").mkdir()
    server = Served(tmp_path / "server", options=["--no-workers"], **shared)
    client = httpx2.Client(
        base_url=server.url, headers={"Authorization": f"Bearer {SECRET}"}, trust_env=False, timeout=60
    )

    def task(task_id: str) -> dict[str, object]:
        answer: dict[str, object] = client.get(f"/openhorse/v1/tasks/{task_id}").json()
        return answer

    with ExitStack() as stack:
        stack.enter_context(server)
        stack.callback(client.close)
        made = [client.post("/openhorse/v1/tasks", json=BODY | {"seed": seed}).json()["id"] for seed in (5, 6)]
        assert {task(task_id)["status"] for task_id in made} == {"queued"}
        first = stack.enter_context(working(server, tmp_path / "first"))
        wait_for(lambda: float(str(task(made[0])["progress"])) > 0.1)
        first.kill()
        first.wait()
        stack.enter_context(working(server, tmp_path / "second"))
        wait_for(lambda: all(task(task_id)["status"] == "succeeded" for task_id in made))
        film = task(made[0])["film"]
        assert isinstance(film, dict)
        assert facts(film["url"])["frames"] == 72
    assert not (tmp_path / "server" / "openhorse.db").exists()
    assert not any(os.scandir(tmp_path / "second" / "renders"))
