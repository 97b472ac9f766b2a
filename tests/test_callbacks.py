"""Telling a customer: worded and signed by the dialect, tried again in its rhythm, never an error of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from openhorse.callbacks import SLOW_GAPS, Delivery, attempt, schedule
from openhorse.dialects import Dialect, Link, dialect_named
from openhorse.outbound import Attempt, Outbound
from openhorse.vocabulary import Callback, Event, Mode, Order, Quote, Status, Task, Tier, Video

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = "a signing key of the customer"
EVENT = Event(5, "task-1", Status.FAILED, NOW)
ADDRESS = "https://good.test/hook"


def task(url: str | None = ADDRESS) -> Task:
    """A failed task that wants to be told."""
    callback = Callback(url) if url else None
    order = Order("hiapi", "happyhorse-1.1/text-to-video", Mode.TEXT, "a horse", Tier.P720, 5, callback=callback)
    return Task("task-1", "key", order, Quote(1, 1, 1, "v", "s"), Status.FAILED, 0.0, NOW, finished_at=NOW)


class Receiver:
    """Stands for outbound: answers with what it was given and remembers what it was sent."""

    def __init__(self, status: int | None) -> None:
        self.status = status
        self.sent: list[tuple[str, bytes, Mapping[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
        """The prepared answer."""
        self.sent.append((url, body, headers))
        return Attempt(self.status, 12, "", None if self.status else "No connection to the receiver.")


def words(gaps: tuple[int, ...] = (0, 60, 300)) -> Dialect:
    """A dialect with a rhythm of its own."""
    return cast(
        Dialect,
        SimpleNamespace(
            callback_gaps=gaps,
            write_callback=lambda task, link: task.id.encode(),
            sign_callback=lambda body, secret, now: {"x-signature": f"{secret} {body.decode()} {now:%H:%M}"},
        ),
    )


def told(receiver: Receiver, number: int = 1, **changes: Any) -> Delivery:
    """One attempt."""
    given: dict[str, Any] = {"task": task(), "words": words(), "signing_secrets": ()} | changes
    return attempt(
        given["task"],
        EVENT,
        number,
        signing_secrets=given["signing_secrets"],
        outbound=cast(Outbound, receiver),
        words=given["words"],
        link=Link(lambda video: f"https://here.test/{video.blob}", "https://here.test"),
        now=NOW,
    )


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_delivery(status: int) -> None:
    """Then nothing more is tried."""
    delivery = told(Receiver(status))
    assert (delivery.delivered, delivery.retry_after_seconds, delivery.given_up) == (True, None, False)
    assert delivery.attempt.status == status


@pytest.mark.parametrize("status", [None, 199, 301, 302, 404, 410, 500, 503])
def test_anything_else_is_tried_again_in_the_dialects_rhythm(status: int | None) -> None:
    """The gaps are the dialect's, then those of the slow phase; after the last attempt it is given up."""
    receiver = Receiver(status)
    numbers = range(1, 8)
    assert [told(receiver, n).retry_after_seconds for n in numbers] == [60, 300, *SLOW_GAPS, None]
    assert [told(receiver, n).given_up for n in numbers] == [False] * 6 + [True]
    assert not told(receiver).delivered


def test_giving_up_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An operator can see it without looking for it."""
    told(Receiver(503), 7)
    assert "task-1 given up after attempt 7: 503" in caplog.text


def test_body_is_signed_only_with_a_secret_and_names_its_event() -> None:
    """A receiver can tell a repetition by webhook-id, and a forgery by the signature."""
    receiver = Receiver(200)
    told(receiver)
    told(receiver, 2, signing_secrets=(SECRET,))
    (url, body, plain), (_, _, signed) = receiver.sent
    assert (url, body) == (ADDRESS, b"task-1")
    assert plain == {"content-type": "application/json", "webhook-id": "task-1-5"}
    stamp = str(int(NOW.timestamp()))
    signature = signed.pop("webhook-signature")
    assert signed == plain | {"x-signature": f"{SECRET} task-1 12:00", "webhook-timestamp": stamp}
    assert signature == standard_signature(SECRET.encode(), f"task-1-5.{stamp}.task-1".encode())


def standard_signature(key: bytes, message: bytes) -> str:
    """As an independent receiver of Standard Webhooks works it out."""
    return "v1," + base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


@pytest.mark.parametrize(
    ("secret", "key"),
    [("whsec_c2VjcmV0IGtleQ==", b"secret key"), ("plain", b"plain"), ("whsec_not base64", b"whsec_not base64")],
)
def test_a_standard_secret_is_decoded(secret: str, key: bytes) -> None:
    """What `whsec_` stands before is base64; any other text is taken as it is."""
    receiver = Receiver(200)
    told(receiver, words=dialect_named("native"), signing_secrets=(secret,))
    ((_, body, headers),) = receiver.sent
    message = f"task-1-5.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == standard_signature(key, message)


def test_while_two_secrets_are_valid_either_verifies() -> None:
    """A receiver that has not changed its secret yet still knows our callbacks; the vendor's way has the new one."""
    receiver = Receiver(200)
    told(receiver, signing_secrets=("new", "old"))
    ((_, body, headers),) = receiver.sent
    message = f"task-1-5.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"].split() == [standard_signature(key, message) for key in (b"new", b"old")]
    assert headers["x-signature"].startswith("new ")


def test_nobody_is_told_of_a_film_that_is_gone() -> None:
    """The slow phase ends with the film: an attempt that would come later is not made."""
    lasting = replace(task(), expires_at=NOW + timedelta(seconds=301))
    assert told(Receiver(503), 2, task=lasting).retry_after_seconds == 300
    assert told(Receiver(503), 4, task=lasting).given_up


def test_a_fault_of_ours_is_a_failed_attempt(caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again as any other, and what went wrong stands in the log, not in the record."""
    broken = words()
    broken.write_callback = lambda task, link: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    delivery = told(Receiver(200), words=broken)
    assert (delivery.delivered, delivery.retry_after_seconds, delivery.attempt.status) == (False, 60, None)
    assert "internal error" in (delivery.attempt.error or "")
    assert "ZeroDivisionError" in caplog.text


def test_dialects_without_callbacks_have_no_schedule() -> None:
    """The slow phase follows a fast one only."""
    assert schedule(dialect_named("openai")) == ()
    assert schedule(dialect_named("evolink")) == (0, 1, 2, 4, *SLOW_GAPS)


def test_hiapi_receiver_can_verify_what_it_gets() -> None:
    """The signature covers the very bytes that were posted, as HiAPI's receivers check it."""
    receiver = Receiver(200)
    told(receiver, words=dialect_named("hiapi"), signing_secrets=(SECRET,))
    ((_, body, headers),) = receiver.sent
    given = {name.lower(): value for name, value in headers.items()}
    message = given["x-hiapi-timestamp"].encode() + b"." + body
    assert given["x-hiapi-timestamp"] == str(int(NOW.timestamp()))
    assert given["x-hiapi-signature"] == hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
    assert json.loads(body)["taskId"] == "task-1"


@pytest.mark.parametrize("url", ["https://127.0.0.1/hook", "https://good.test:22/", "nonsense"])
def test_address_that_may_not_be_opened_is_a_failed_attempt(url: str) -> None:
    """Even one that came past create is refused at the door and told as such, without an exception."""
    delivery = attempt(
        task(url),
        EVENT,
        1,
        signing_secrets=(),
        outbound=Outbound(),
        words=words(),
        link=lambda video: video.blob,
        now=NOW,
    )
    assert (delivery.delivered, delivery.attempt.status, delivery.retry_after_seconds) == (False, None, 60)
    assert delivery.attempt.error


def test_finished_film_is_linked() -> None:
    """The dialect gets the link maker; the address in the body is the one that it makes."""
    seen: list[str] = []
    video = Video("films/1.mp4", 1, "0", 2, 2, 24, 1.0, False, None, None, "procedural", 1, 0.1)
    listening = words()
    listening.write_callback = lambda task, link: seen.append(link(video)) or b""  # type: ignore[method-assign,assignment]
    told(Receiver(200), words=listening)
    assert seen == ["https://here.test/films/1.mp4"]


def test_task_without_an_address_is_a_mistake_of_ours() -> None:
    """It should never have been enqueued."""
    with pytest.raises(ValueError, match="no callback address"):
        told(Receiver(200), task=task(None))
