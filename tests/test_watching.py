"""What an operator sees: logs that say whose they are, ids of requests, metrics, and whether a server is ready."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from conftest import House
from openhorse import accounts, logs, measures
from openhorse.accounts import Scope
from openhorse.errors import DatabaseUnavailable
from openhorse.measures import Series
from openhorse.vocabulary import Video

ADMIN = "sk-test-secret-of-the-operator"


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, put back as it was."""
    logger = logging.getLogger()
    before = logger.handlers, logger.level
    yield logger
    logger.handlers, logger.level = before


def samples(house: House) -> dict[tuple[str, ...], float]:
    """Every sample of /metrics by its name and its labels' values."""
    answer = house.stranger.get("/metrics", headers={"Authorization": f"Bearer {ADMIN}"})
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_json_logs_are_one_object_a_line(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    """With whose line it is, nested as it was said, and the traceback inside."""
    logs.set_up("json")
    log = logging.getLogger("openhorse.test")
    with logs.about(request="r1"), logs.about(task="t1"):
        try:
            raise ValueError("line\nbreak")
        except ValueError:
            log.exception("it failed: %s", "größer")
    log.warning("of nobody")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("error", "openhorse.test", "it failed: größer")
    assert (first["request"], first["task"]) == ("r1", "t1")
    assert "ValueError: line\nbreak" in first["exception"]
    assert {"request", "task", "exception"}.isdisjoint(second)


def test_text_logs_say_whose_they_are(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    """In brackets at the end of the line."""
    logs.set_up("text")
    with logs.about(task="t1"):
        logging.getLogger("openhorse.test").warning("slow")
    logging.getLogger("openhorse.test").warning("of nobody")
    assert capsys.readouterr().err == "WARNING openhorse.test: slow [task=t1]\nWARNING openhorse.test: of nobody\n"


def test_every_answer_has_its_requests_id(house: House) -> None:
    """The customer's own where it is a decent one, else one that we draw: nothing that would split a header."""
    given = house.client.get("/v1/tasks", headers={"X-Request-ID": "my-id.1"})
    assert given.headers["x-request-id"] == "my-id.1"
    for indecent in ("a" * 129, "two words", "<b>", ""):
        drawn = house.client.get("/nowhere", headers={"X-Request-ID": indecent}).headers["x-request-id"]
        assert len(drawn) == 36, indecent


def test_what_is_logged_of_a_request_names_it(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Also from the threads in which the rooms are asked."""
    seen: list[str] = []
    house.rooms.tasks.page = lambda *_, **__: seen.append(logs.current()["request"]) or 1 / 0  # type: ignore[method-assign,func-returns-value,return-value,assignment]
    answer = house.client.get("/openhorse/v1/tasks", headers={"X-Request-ID": "find-me"})
    assert (answer.status_code, seen) == (500, ["find-me"])


def test_metrics_count_answers_and_tell_the_queue(house: House) -> None:
    """By the route's template, so that ids and unknown paths make no series of their own."""
    with house.rooms.database.transaction() as connection:
        accounts.create_key(connection, label="operator", secret=ADMIN, scopes={Scope.ADMIN})
    bodies = [{"model": "happyhorse-1.1/text-to-video", "input": {"prompt": "a lake"}}] * 2
    for body in bodies:
        assert house.client.post("/v1/tasks", json=body).status_code == 200
    house.client.get(f"/v1/tasks/{house.enqueued[0]}")
    house.client.get("/nowhere/1")
    house.client.get("/nowhere/2")
    rooms, first = house.rooms, house.enqueued[0]
    house.clock.advance(seconds=30)
    rooms.tasks.start(first)
    rooms.tasks.storing(first)
    rooms.tasks.finish(first, Video("films/x", 1, "0", 2, 2, 72, 5.0, False, None, None, "procedural", 1, 10.0))
    took = {"render": (7.0, 3.0), "store": (1e6,)}
    steps = [(Series("step", name, "procedural", "done"), some) for name, more in took.items() for some in more]
    with rooms.database.transaction() as connection:
        measures.count(connection, steps)
        measures.count(connection, [(Series("callback", "hiapi", "", "given_up"), 0.2), steps[0]])
    found = samples(house)
    assert found["openhorse_http_requests_total", "hiapi", "POST", "/hiapi/v1/tasks", "200"] == 2
    assert found["openhorse_http_requests_total", "hiapi", "GET", "/hiapi/v1/tasks/{task_id}", "200"] == 1
    assert found["openhorse_http_requests_total", "native", "GET", "unmatched", "404"] == 2
    assert found["openhorse_http_seconds_count", "hiapi", "POST", "/hiapi/v1/tasks"] == 2
    assert found["openhorse_open_tasks", "queued"] == 1
    assert found["openhorse_oldest_waiting_seconds",] == 30
    assert found["openhorse_workers",] == 0
    assert [value for name, value in found.items() if name[:2] == ("openhorse_render_rate", "procedural")] == [2.0]
    name = "openhorse_step_seconds"
    shares = [found[f"{name}_bucket", "procedural", le, "done", "render"] for le in ("2.5", "5", "10", "+Inf")]
    assert shares == [0, 1, 3, 3]
    assert found[f"{name}_sum", "procedural", "done", "render"] == 17
    assert [found[f"{name}_bucket", "procedural", le, "done", "store"] for le in ("1800", "+Inf")] == [0, 1]
    assert found["openhorse_callback_seconds_count", "hiapi", "given_up"] == 1


def test_metrics_are_the_operators(house: House) -> None:
    """A customer does not see how busy others are."""
    assert house.stranger.get("/metrics").status_code == 401
    assert house.client.get("/metrics").status_code == 403


def test_ready_asks_what_health_does_not(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose database is away is alive: starting it anew would not help."""
    assert house.stranger.get("/ready").json()["status"] == "ok"

    def away() -> None:
        raise DatabaseUnavailable("the database does not answer", retry_after=5)

    monkeypatch.setattr(house.rooms.database, "reading", away)
    answers: list[httpx2.Response] = [house.stranger.get(path) for path in ("/health", "/ready")]
    assert [answer.status_code for answer in answers] == [200, 503]
    assert answers[1].headers["retry-after"] == "5"
