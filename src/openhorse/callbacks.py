"""A task that came to its end comes in, one attempt to tell its customer goes out as a Delivery.

Knows no database and no clock: who calls it records the attempt and waits for the next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from openhorse.dialects import NAMES, Dialect, Link, dialect_named
from openhorse.errors import InvalidOrder
from openhorse.outbound import Attempt, Outbound
from openhorse.signatures import sign
from openhorse.vocabulary import Callback, Event, Failure, Mode, Order, Quote, Status, Task, Tier

SLOW_GAPS = (300, 1800, 7200, 18000)
"""Seconds between attempts once the dialect's own schedule is used up: as in the Standard Webhooks schedule."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt's outcome. `retry_after_seconds` is None when delivered or given up."""

    delivered: bool
    retry_after_seconds: int | None
    attempt: Attempt

    @property
    def given_up(self) -> bool:
        """Whether the receiver never got it and nothing more is tried."""
        return not self.delivered and self.retry_after_seconds is None


def schedule(words: Dialect) -> tuple[int, ...]:
    """Seconds before attempt 1, 2, …: what the dialect documents, then the slow phase; none where it calls nobody."""
    return (*words.callback_gaps, *SLOW_GAPS) if words.callback_gaps else ()


def attempt(
    task: Task,
    event: Event,
    number: int,
    *,
    signing_secrets: Sequence[str],
    outbound: Outbound,
    words: Dialect,
    link: Link,
    now: datetime,
) -> Delivery:
    """Post `task` to its callback address in the dialect's words, signed when there is a secret.

    `number` counts the attempts from 1; the gap before the next is the schedule's, as long as the film can still be had
    then. Any 2xx answer is a delivery; nothing that a receiver does raises, nor does a fault of ours: it is a failed
    attempt too. The dialect's own signature is made with the first of `signing_secrets`, that of Standard Webhooks with
    each. `webhook-id` is the same in every attempt for one event, so that a receiver can tell a repetition.
    """
    if task.order.callback is None:
        raise ValueError(f"task {task.id} has no callback address")
    try:
        body = words.write_callback(task, link)
        headers = _headers(f"{task.id}-{event.id}", body, signing_secrets, now)
        if signing_secrets:
            headers |= words.sign_callback(body, signing_secrets[0], now)
        made = outbound.post(task.order.callback.url, body, headers)
    except Exception:
        log.exception("attempt %d to call back for task %s failed on our side", number, task.id)
        made = Attempt(None, 0, "", "An internal error; the server's log says more.")
    delivered = made.status is not None and 200 <= made.status < 300
    again = None if delivered else _gap(words, number, task, now)
    if not delivered and again is None:
        log.warning("callback of task %s given up after attempt %d: %s", task.id, number, made.status or made.error)
    return Delivery(delivered, again, made)


def try_address(
    dialect: str,
    url: str,
    *,
    signing_secrets: Sequence[str],
    outbound: Outbound,
    link: Callable[[Task], Link],
    now: datetime,
) -> Delivery:
    """Post the callback of a task that there never was, once. Raises InvalidOrder for a dialect without callbacks."""
    task, event = _sample(dialect, url, now)
    words = dialect_named(dialect)
    return attempt(
        task, event, 1, signing_secrets=signing_secrets, outbound=outbound, words=words, link=link(task), now=now
    )


def _sample(dialect: str, url: str, now: datetime) -> tuple[Task, Event]:
    """A task that failed and its event, neither of which there ever was."""
    if dialect not in NAMES or not schedule(dialect_named(dialect)):
        known = [name for name in NAMES if schedule(dialect_named(name))]
        raise InvalidOrder(f"{dialect!r} has no callbacks; {', '.join(known)} have", field="dialect")
    model = "happyhorse-1.1/text-to-video"
    order = Order(dialect, model, Mode.TEXT, "a test of the callback's address", Tier.P720, 5, callback=Callback(url))
    failure = Failure("test", "this is a test of the callback's address; there is no such task", retry=False)
    task_id = dialect_named(dialect).new_task_id(now)
    task = Task(task_id, "", order, Quote(0, 0, 5, "", ""), Status.FAILED, 0.0, now, finished_at=now, failure=failure)
    return task, Event(0, task_id, Status.FAILED, now)


def _gap(words: Dialect, number: int, task: Task, now: datetime) -> int | None:
    """Seconds until the attempt after attempt `number`; None when there is none, or only when the film is gone."""
    gaps = schedule(words)
    if number >= len(gaps):
        return None
    late = task.expires_at is not None and now + timedelta(seconds=gaps[number]) > task.expires_at
    return None if late else gaps[number]


def _headers(message_id: str, body: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """What Standard Webhooks 1.0.0 has in every message; a signature for each secret that is valid."""
    headers = {"content-type": "application/json", "webhook-id": message_id}
    if secrets:
        timestamp = str(int(now.timestamp()))
        headers["webhook-timestamp"] = timestamp
        headers["webhook-signature"] = " ".join(sign(message_id, timestamp, body, secret) for secret in secrets)
    return headers
