"""One host, no collisions: which dialect a path at the root means, and that every dialect answers on its own prefix."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import House
from openhorse.dialects import NAMES, dialect_named
from openhorse.server.homes import home_of
from openhorse.vocabulary import Status
from test_server import film

DASHSCOPE = "/api/v1/services/aigc/video-generation/video-synthesis"

AT_THE_ROOT = [
    ("hiapi", "/v1/tasks"),
    ("hiapi", "/v1/tasks/tk-hiapi-01AAAAAAAAAAAAAAAAAAAAAAAA"),
    ("hiapi", "/v1/tasks/task_01AAAAAAAAAAAAAAAAAAAAAAAA"),
    ("hiapi", "/v1/tasks/of-nobody"),
    ("hiapi", "/v1/storages/promote"),
    ("evolink", "/v1/videos/generations"),
    ("evolink", "/v1/tasks/task-unified-1757165031-seed1234"),
    ("evolink", "/v1/tasks/batch"),
    ("evolink", "/v1/credits"),
    ("evolink", "/v1/catalog/models"),
    ("evolink", "/v1/files/list"),
    ("evolink", "/v1/agent-estimates"),
    ("evolink", "/api/v1/files/upload/base64"),
    ("openai", "/v1/videos"),
    ("openai", "/v1/videos/video_x"),
    ("openai", "/v1/videos/video_x/content"),
    ("openai", "/v1/videos/edits"),
    ("openai", "/v1/models"),
    ("openai", "/v1/models/happyhorse-1.1/text-to-video"),
    ("dashscope", DASHSCOPE),
    ("dashscope", "/api/v1/tasks"),
    ("dashscope", "/api/v1/tasks/"),
    ("dashscope", "/api/v1/tasks/86ecf553-d340-4e21-af6e-a0c6a421c010"),
    ("dashscope", "/api/v1/tasks/86ecf553-d340-4e21-af6e-a0c6a421c010/cancel"),
    ("dashscope", "/api/v1/uploads"),
    ("wavespeed", "/api/v3/alibaba/happyhorse-1.1/text-to-video"),
    ("wavespeed", "/api/v3/predictions/0123456789abcdef/result"),
    ("wavespeed", "/api/v3/media/uploads"),
    ("wavespeed", "/api/v2/predictions/0123456789abcdef/result"),
]


@pytest.mark.parametrize(("dialect", "path"), AT_THE_ROOT, ids=[path for _dialect, path in AT_THE_ROOT])
def test_a_path_at_the_root_belongs_to_its_vendor(dialect: str, path: str) -> None:
    """Contracts §7; and below the prefix nothing is guessed: the path stays as it is."""
    assert home_of("GET", path) == f"/{dialect}{path}"
    for name in NAMES:
        assert home_of("GET", f"/{name}{path}") == f"/{name}{path}"


@pytest.mark.parametrize("prefix", ["/wan", "/proxy/wan"])
@pytest.mark.parametrize("path", [DASHSCOPE, "/api/v1/tasks/86ecf553-d340-4e21-af6e-a0c6a421c010", "/api/v1/uploads"])
def test_dashscope_is_known_by_two_other_names(prefix: str, path: str) -> None:
    """As ComfyUI's partner nodes and a pass-through gateway call it."""
    assert home_of("GET", prefix + path) == f"/dashscope{path}"


@pytest.mark.parametrize(
    ("query", "dialect"),
    [
        ("", "hiapi"),
        ("page=1&size=20", "hiapi"),
        ("page=2", "hiapi"),
        ("page=1&page_size=20", "evolink"),
        ("status=completed", "evolink"),
        ("status=", "evolink"),
        ("type=video", "evolink"),
        ("model=happyhorse-1.1-text-to-video", "evolink"),
        ("statuses=x&amp;model", "hiapi"),
    ],
)
def test_the_list_of_tasks_is_told_by_its_query(query: str, dialect: str) -> None:
    """Only EvoLink's knows page_size, status, type and model. The query of a single task says nothing."""
    assert home_of("GET", "/v1/tasks", query) == f"/{dialect}/v1/tasks"
    assert home_of("POST", "/v1/tasks", query) == "/hiapi/v1/tasks"
    assert home_of("GET", "/v1/tasks/tk-hiapi-X", query) == "/hiapi/v1/tasks/tk-hiapi-X"


@pytest.mark.parametrize(
    "path", ["/", "/health", "/ready", "/metrics", "/docs", "/openhorse/v1/tasks", "/files/films/x.mp4", "/v2/tasks"]
)
def test_other_paths_stay_where_they_are(path: str) -> None:
    """Ours, and nobody's."""
    assert home_of("GET", path) == path


BODIES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "hiapi": ("/v1/tasks", {"model": "happyhorse-1.1/text-to-video", "input": {"prompt": "a lake"}}, {}),
    "wavespeed": ("/api/v3/alibaba/happyhorse-1.1/text-to-video", {"prompt": "a lake"}, {}),
    "evolink": ("/v1/videos/generations", {"model": "happyhorse-1.1-text-to-video", "prompt": "a lake"}, {}),
    "dashscope": (
        DASHSCOPE,
        {"model": "happyhorse-1.1-t2v", "input": {"prompt": "a lake"}},
        {"X-DashScope-Async": "enable"},
    ),
    "openai": ("/v1/videos", {"prompt": "a lake"}, {}),
}
"""The smallest create request of each vendor."""


@pytest.mark.parametrize("prefixed", [False, True], ids=["root", "prefix"])
@pytest.mark.parametrize("dialect", BODIES)
def test_each_vendors_create_and_query_work_at_both_addresses(house: House, dialect: str, prefixed: bool) -> None:
    """All on one host: the order is read as that vendor's, and its query finds the task in that vendor's words."""
    words = dialect_named(dialect)
    prefix = f"/{dialect}" if prefixed else ""
    path, body, headers = BODIES[dialect]
    made = house.client.post(prefix + path, json=body, headers=headers)
    assert made.status_code == 200, made.text
    report = words.read_task(made.json())
    assert house.rooms.tasks.any(report.id).order.dialect == dialect
    found = house.client.get(prefix + words.write_query(report.id).path)
    assert words.read_task(found.json()).id == report.id


@pytest.mark.parametrize("dialect", BODIES)
def test_a_team_can_move(house: House, dialect: str) -> None:
    """A native id is answered by every prefixed GET in that dialect's shape, to its owner only."""
    words = dialect_named(dialect)
    task_id = house.client.post("/openhorse/v1/tasks", json={"prompt": "a lake"}).json()["id"]
    address = f"/{dialect}{words.write_query(task_id).path}"
    queued = words.read_task(house.client.get(address).json())
    assert (queued.id, queued.status) == (task_id, Status.QUEUED)
    film(house, task_id, b"a film")
    done = words.read_task(house.client.get(address).json())
    assert (done.id, done.status) == (task_id, Status.SUCCEEDED)
    assert done.film is not None
    fetched = house.client.get(f"/{dialect}{done.film}" if done.film.startswith("/") else done.film)
    assert fetched.content == b"a film"
    others = house.other.get(address)
    if dialect == "dashscope":
        assert others.json()["output"]["task_status"] == "UNKNOWN"
    else:  # EvoLink judges the form of an id that is nobody's
        assert others.status_code == (400 if dialect == "evolink" else 404)


@pytest.mark.parametrize("task_id", ["of-nobody", "task_01AAAAAAAAAAAAAAAAAAAAAAAA", "tk-hiapi-X", "%00", "a%2Fb"])
def test_an_unknown_id_at_the_root_is_hiapis_404(house: House, task_id: str) -> None:
    """Its envelope, whatever the id looks like; only EvoLink's form of id gets EvoLink's."""
    answer = house.client.get(f"/v1/tasks/{task_id}")
    assert (answer.status_code, answer.json()["error_code"], answer.json()["data"]) == (404, "NOT_FOUND", None)
    other = house.client.get("/v1/tasks/task-unified-1757165031-abcdefgh")
    assert other.status_code == 404
    assert other.json()["error"]["code"] == "task_not_found"


def test_refusals_of_the_framework_wear_the_shape_of_the_paths_vendor(house: House) -> None:
    """A wrong method and a path that does not exist, at the root, and the message names the path as it was asked."""
    assert house.client.put("/v1/tasks").json()["error_code"] == "METHOD_NOT_ALLOWED"
    missing = house.client.get("/v1/videos/a/b/c").json()["error"]
    assert missing["message"] == "there is nothing at /v1/videos/a/b/c"
    assert house.client.get("/v1/nothing").json()["error_code"] == "NOT_FOUND"
    assert "request_id" in house.client.get("/api/v1/nothing").json()
    assert house.client.get("/nothing").json()["error"]["code"] == "not_found"
