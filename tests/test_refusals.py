"""What moderation refuses, and engines that are away, in every dialect: at create, as a failed task, and read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from openhorse import errors
from openhorse.dialects import NAMES, Link, dialect_named
from openhorse.errors import ContentRefused, EngineUnavailable, NoEngine, OpenHorseError, SpendingCapReached
from openhorse.vocabulary import Failure, Mode, Order, Quote, Ratio, Status, Task, Tier

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
LINK = Link(lambda video: f"https://films.example/{video.blob}", "https://films.example")

REFUSED = "The prompt is refused by moderation: violence."
REFUSED_FILM = "The film is refused by moderation: violence."


def failed(dialect: str, error: OpenHorseError) -> Any:
    """What the vendor's query answers for a task that failed with `error`."""
    order = Order(dialect, "m", Mode.TEXT, "a lake", Tier.P720, 5, Ratio.R16_9, seed=1)
    failure = Failure(error.code, error.message, error.retry)
    task = Task("task-1", "key_1", order, Quote(1, 1, 5, "v", "s"), Status.FAILED, 0.5, NOW, NOW, NOW, failure=failure)
    return json.loads(json.dumps(dialect_named(dialect).write_task(task, LINK)))


@pytest.mark.parametrize(
    ("dialect", "told"),
    [
        ("native", {"code": "content_refused", "message": REFUSED, "field": None, "retry": False}),
        ("hiapi", {"code": 400, "message": REFUSED, "data": None, "error_code": "INVALID_REQUEST"}),
        ("wavespeed", {"code": 400, "message": REFUSED, "data": None, "error_code": 1200}),
        ("evolink", {"code": "content_policy_violation", "message": REFUSED, "type": "invalid_request_error"}),
        (
            "dashscope",
            {
                "code": "DataInspectionFailed",
                "message": f"Input data may contain inappropriate content. {REFUSED}",
            },
        ),
        (
            "openai",
            {"message": REFUSED, "type": "invalid_request_error", "param": None, "code": "moderation_blocked"},
        ),
    ],
)
def test_moderation_refuses_an_order_in_each_vendors_words(dialect: str, told: dict[str, Any]) -> None:
    """A 400 with the vendor's own code where it has one, which we read as the same refusal where it can be told."""
    words = dialect_named(dialect)
    answer = words.write_error(ContentRefused(REFUSED))
    assert answer.status == 400
    body = {name: value for name, value in answer.body.items() if name != "request_id"}
    assert body.get("error", body) == told
    error = words.read_error(400, answer.body, {})
    assert type(error) is (errors.InvalidOrder if dialect == "hiapi" else ContentRefused)
    assert error.message.endswith(REFUSED)


@pytest.mark.parametrize(
    ("dialect", "told"),
    [
        ("native", {"code": "content_refused", "message": REFUSED_FILM, "retry": False}),
        ("hiapi", {"code": "INVALID_REQUEST", "message": REFUSED_FILM}),
        ("wavespeed", {"code": 1200, "error": REFUSED_FILM}),
        ("evolink", {"code": "content_policy_violation", "message": REFUSED_FILM}),
        (
            "dashscope",
            {
                "code": "DataInspectionFailed",
                "message": f"Output data may contain inappropriate content. {REFUSED_FILM}",
            },
        ),
        ("openai", {"code": "moderation_blocked", "message": REFUSED_FILM}),
    ],
)
def test_a_film_that_moderation_refuses_is_a_failed_task_in_each_vendors_words(
    dialect: str, told: dict[str, Any]
) -> None:
    """With code and sentence, and read back as a refusal that no retry helps."""
    body = failed(dialect, ContentRefused(REFUSED_FILM))
    where = {"wavespeed": body, "dashscope": body.get("output")}.get(dialect) or body["error"]
    assert {name: where[name] for name in told} == told
    failure = dialect_named(dialect).read_task(body).failure
    assert failure is not None
    assert failure.code == ("invalid_order" if dialect == "hiapi" else "content_refused")
    assert (failure.message.endswith(REFUSED_FILM), failure.retry) == (True, False)


def test_dashscopes_text_is_said_once() -> None:
    """Also where the refusal is an upstream's, which has said it already."""
    words = dialect_named("dashscope")
    for text in ("Input data may contain inappropriate content.", "Output data may contain inappropriate content."):
        assert words.write_error(ContentRefused(text)).body["message"] == text
        assert failed("dashscope", ContentRefused(text))["output"]["message"] == text


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("kind", [EngineUnavailable, SpendingCapReached])
def test_an_engine_that_is_away_may_be_asked_later(dialect: str, kind: type[OpenHorseError]) -> None:
    """503 with the time to wait; as a failed task it is one that a retry may help, read back as nobody's fault here."""
    words = dialect_named(dialect)
    answer = words.write_error(kind("The engine's server does not answer.", retry_after=5))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert words.read_error(503, answer.body, {"retry-after": "5"}).retry
    failure = words.read_task(failed(dialect, kind("The engine's server does not answer."))).failure
    assert failure is not None
    assert failure.retry
    assert "unknown" not in json.dumps(failed(dialect, kind("m")))


@pytest.mark.parametrize("dialect", NAMES)
def test_an_order_that_no_engine_can_make_is_the_orders_fault(dialect: str) -> None:
    """400 at create, and where it fails a task, nothing that a retry helps."""
    words = dialect_named(dialect)
    answer = words.write_error(NoEngine("No engine here can make this film.", field="model"))
    assert answer.status == 400
    assert words.read_error(400, answer.body, {}).blame == "caller"
    failure = words.read_task(failed(dialect, NoEngine("No engine here can make this film."))).failure
    assert failure is not None
    assert not failure.retry
