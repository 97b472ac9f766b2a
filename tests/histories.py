"""What customers saw and what lies in the database in the end come in, every breach of a promise comes out.

Knows no process and no server: chaos brings the facts, and test_histories makes some up.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openhorse.vocabulary import FINAL, Status

ENDS = frozenset(str(status) for status in FINAL - {Status.EXPIRED})

LASTING = ("id", "model", "mode", "prompt", "resolution", "ratio", "seconds", "seed", "engine", "created_at", "price")
"""What an order's first answer says, and every later one about that task."""


Callbacks = Sequence[tuple[bytes, dict[str, str]]]
"""What the customers' server received: bodies and headers."""


@dataclass
class History:
    """What the customers saw. Each customer has its own, so that nobody waits for another."""

    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Accepted tasks by id, as first answered."""
    promised: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The answers to each idempotency key."""
    seen: dict[str, set[str]] = field(default_factory=dict)
    """The ends seen of each task."""
    unheard: int = 0
    """Orders whose answer never came, so that a task may be there or not."""
    done: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the database and the store in the end."""

    status: dict[str, str]
    ends: dict[str, list[str]]
    money: dict[str, list[tuple[str, int]]]
    """The kinds and the micros of each task's entries, sorted."""
    films: frozenset[str]
    attempts: dict[str, list[tuple[int, bool]]]
    """The number of each callback attempt that is on record, and whether it was delivered, in order."""
    entries: int
    """Of the ledger, of any kind."""


def check(histories: list[History], found: Found, callbacks: Callbacks) -> list[str]:
    """Every breach of a promise, in a sentence."""
    answered = {task: answer for history in histories for task, answer in history.answered.items()}
    return [
        *_lost(histories, answered, found),
        *_charged(answered, found),
        *_untold(found, callbacks),
        *_unrecorded(found, callbacks),
        *_replayed(histories),
    ]


def _replayed(histories: list[History]) -> list[str]:
    breaches = list[str]()
    for history in histories:
        for key, answers in history.promised.items():
            if len({answer["id"] for answer in answers}) > 1:
                breaches.append(f"{key} led to {sorted({answer['id'] for answer in answers})}")
            elif any(
                [answer[name] for name in LASTING] != [answers[0][name] for name in LASTING] for answer in answers
            ):
                breaches.append(f"{key} was answered with different things: {answers}")
    return breaches


def _lost(histories: list[History], answered: dict[str, Any], found: Found) -> list[str]:
    breaches = [f"{task} was accepted and is not there" for task in answered if task not in found.status]
    breaches += [f"{task} ended as {ends}" for task, ends in found.ends.items() if len(ends) != 1]
    for history in histories:
        for task, seen in history.seen.items():
            if seen != set(found.ends.get(task, ())):
                breaches.append(f"{task} was seen as {sorted(seen)} and ended as {found.ends.get(task)}")
    unknown = [task for task in found.status if task not in answered]
    allowed = sum(h.unheard + sum(not answers for answers in h.promised.values()) for h in histories)
    if len(unknown) > allowed:
        breaches.append(f"{len(unknown)} tasks nobody knows of, after {allowed} orders without an answer")
    films = {task for task, status in found.status.items() if status == Status.SUCCEEDED}
    breaches += [f"{task} succeeded and has no film" for task in films - found.films]
    return breaches + [f"{film} is a film without a task that succeeded" for film in found.films - films]


def _charged(answered: dict[str, Any], found: Found) -> list[str]:
    breaches = list[str]()
    for task, status in found.status.items():
        money = found.money.get(task, [])
        settled = "capture" if status == Status.SUCCEEDED else "release"
        held = next((micros for kind, micros in money if kind == "hold"), None)
        if money != sorted([("hold", held), (settled, held)]):
            breaches.append(f"{task} is {status}, and its money {money}")
        if task in answered and answered[task]["price"]["micros"] != held:
            breaches.append(f"{task} was quoted at {answered[task]['price']['micros']} and held {held}")
    strange = found.money.keys() - found.status.keys()
    return breaches + [f"there is money for {task}, which is not there" for task in strange]


def _untold(found: Found, callbacks: Callbacks) -> list[str]:
    told, numbers = _told(callbacks)
    breaches = [f"nobody was told of the end of {task}" for task in found.status if task not in told]
    for task, statuses in told.items():
        if statuses != set(found.ends.get(task, ())):
            breaches.append(f"{task} was told of as {sorted(statuses)} and ended as {found.ends.get(task)}")
        if len(numbers[task]) != 1:
            breaches.append(f"{task} was told of under the ids {sorted(numbers[task])}")
    return breaches


def _unrecorded(found: Found, callbacks: Callbacks) -> list[str]:
    """At least one post for each attempt on record, attempts without a gap, the last one and no other delivered."""
    breaches, posts = list[str](), Counter[str]()
    for body, _headers in callbacks:
        content = json.loads(body)
        posts[content.get("data", content)["id"]] += 1
    for task in found.status:
        made = found.attempts.get(task, [])
        if made != [(number, number == len(made)) for number in range(1, len(made) + 1)] or not made:
            breaches.append(f"the callbacks of {task} are on record as {made}")
        if posts[task] < len(made):
            breaches.append(f"{task} was told of {posts[task]} times, and {len(made)} are on record")
    return breaches


def _told(callbacks: Callbacks) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The statuses, and the ids of the messages, that came for each task."""
    told, numbers = dict[str, set[str]](), dict[str, set[str]]()
    for body, headers in callbacks:
        content = json.loads(body)
        task = content.get("data", content)
        told.setdefault(task["id"], set()).add(task["status"])
        names = {name.lower(): value for name, value in headers.items()}
        numbers.setdefault(task["id"], set()).add(names["webhook-id"])
    return told, numbers
