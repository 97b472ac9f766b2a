"""Past one machine: what a server says while its database is away. What it does with workers elsewhere: test_deploy."""

from __future__ import annotations

from pathlib import Path

from conftest import running_house
from databases import Postgres

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
