"""A task that came to its end comes in, one attempt to tell its customer goes out as a Delivery.

Knows no database and no clock: who calls it records the attempt and waits for the next.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from openhorse.dialects import Dialect, Link
from openhorse.outbound import Attempt, Outbound
from openhorse.vocabulary import Event, Task

_log = logging.getLogger(__name__)


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


def attempt(
    task: Task,
    event: Event,
    number: int,
    *,
    signing_secret: str | None,
    outbound: Outbound,
    words: Dialect,
    link: Link,
    now: datetime,
) -> Delivery:
    """Post `task` to its callback address in the dialect's words, signed when there is a secret.

    `number` counts the attempts from 1; the gap before the next is the dialect's. Any 2xx answer is a
    delivery; nothing that a receiver does raises. `webhook-id` is the same in every attempt for one
    event (Standard Webhooks 1.0.0), so that a receiver can tell a repetition.
    """
    if task.order.callback is None:
        raise ValueError(f"task {task.id} has no callback address")
    body = words.write_callback(task, link)
    headers = {"content-type": "application/json", "webhook-id": f"{task.id}-{event.id}"}
    if signing_secret is not None:
        headers |= words.sign_callback(body, signing_secret, now)
    made = outbound.post(task.order.callback.url, body, headers)
    delivered = made.status is not None and 200 <= made.status < 300
    gaps = words.callback_gaps
    again = gaps[number] if not delivered and number < len(gaps) else None
    if not delivered and again is None:
        _log.warning("callback of task %s given up after attempt %d: %s", task.id, number, made.status or made.error)
    return Delivery(delivered, again, made)
