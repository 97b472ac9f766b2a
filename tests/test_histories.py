"""The judge of chaos is judged itself: each kind of breach is found in a made history, and nothing in a clean one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from histories import LASTING, Found, History, check

PRICE = 420


def answer(task: str, **other: Any) -> dict[str, Any]:
    """What an order was answered with."""
    return dict.fromkeys(LASTING, "as ever") | {"id": task, "price": {"micros": PRICE}} | other


@dataclass
class Past:
    """Everything that `check` is shown."""

    buyer: History
    found: Found
    callbacks: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def tell(self, task: str, status: str, number: str | None = None) -> None:
        """The customer's server is told."""
        body = json.dumps({"id": task, "status": status}).encode()
        self.callbacks.append((body, {"Webhook-Id": number or f"{task}-1"}))

    def breaches(self) -> list[str]:
        """What the judge says."""
        return check([self.buyer], self.found, self.callbacks)


def clean() -> Past:
    """One task of each end: one known by its key, one told of at the second try, one whose answer was lost."""
    buyer = History(
        answered={"made": answer("made"), "failed": answer("failed")},
        promised={"key": [answer("made"), answer("made")], "lost": []},
        seen={"made": {"succeeded"}, "failed": {"failed"}},
    )
    settled = {"made": ("succeeded", "capture"), "failed": ("failed", "release"), "unheard": ("cancelled", "release")}
    found = Found(
        status={task: status for task, (status, _) in settled.items()},
        ends={task: [status] for task, (status, _) in settled.items()},
        money={task: sorted([("hold", PRICE), (kind, PRICE)]) for task, (_, kind) in settled.items()},
        films=frozenset({"made"}),
        attempts={"made": [(1, True)], "failed": [(1, False), (2, True)], "unheard": [(1, True)]},
        entries=6,
    )
    past = Past(buyer, found)
    for task in ("made", "failed", "failed", "unheard"):
        past.tell(task, settled[task][0])
    return past


def test_a_clean_history_passes() -> None:
    """Also with an attempt that was made once more because its worker died before it had written it down."""
    past = clean()
    assert past.breaches() == []
    past.tell("made", "succeeded")
    assert past.breaches() == []


def lost(past: Past) -> None:
    """An accepted task is not there."""
    past.buyer.answered["gone"] = answer("gone")


def ended_twice(past: Past) -> None:
    """A task has two final states."""
    past.found.ends["made"].append("cancelled")


def never_ended(past: Past) -> None:
    """A task has none."""
    past.found.ends["unheard"].clear()


def changed_its_end(past: Past) -> None:
    """A customer saw another end than the one that is written."""
    past.buyer.seen["made"] = {"succeeded", "failed"}


def from_nowhere(past: Past) -> None:
    """There are more tasks than orders: one was made twice."""
    past.buyer.promised.pop("lost")


def film_missing(past: Past) -> None:
    """A task succeeded and has no film."""
    past.found = replace(past.found, films=frozenset())


def film_without_a_task(past: Past) -> None:
    """There is a film of a task that failed."""
    past.found = replace(past.found, films=frozenset({"made", "failed"}))


def charged_twice(past: Past) -> None:
    """A film is captured twice."""
    past.found.money["made"].insert(0, ("capture", PRICE))


def charged_for_nothing(past: Past) -> None:
    """A task that failed is charged."""
    past.found.money["failed"] = [("capture", PRICE), ("hold", PRICE)]


def never_settled(past: Past) -> None:
    """Money is held for good."""
    past.found.money["made"] = [("hold", PRICE)]


def released_and_charged(past: Past) -> None:
    """Both."""
    past.found.money["made"] = [("capture", PRICE), ("hold", PRICE), ("release", PRICE)]


def another_sum(past: Past) -> None:
    """More is captured than was held."""
    past.found.money["made"] = [("capture", PRICE + 1), ("hold", PRICE)]


def another_price(past: Past) -> None:
    """Held and captured is another price than the one that was answered."""
    past.found.money["made"] = [("capture", 2 * PRICE), ("hold", 2 * PRICE)]


def free(past: Past) -> None:
    """No money was ever held for a task."""
    past.found.money.pop("unheard")


def money_for_nobody(past: Past) -> None:
    """Money is held for a task that is not there."""
    past.found.money["ghost"] = [("hold", PRICE)]


def untold(past: Past) -> None:
    """A callback is missing, and its attempt is on record."""
    past.callbacks.pop()


def told_of_another_end(past: Past) -> None:
    """A callback tells of another end than the one that is written."""
    past.tell("made", "failed")


def told_under_two_ids(past: Past) -> None:
    """A retry has another id than the first try."""
    past.tell("failed", "failed", number="failed-2")


def unrecorded(past: Past) -> None:
    """A callback was sent and no attempt is on record."""
    past.found.attempts.pop("made")


def attempt_missing(past: Past) -> None:
    """The second attempt is on record and the first is not."""
    past.found.attempts["failed"] = [(2, True)]


def told_on_after_delivery(past: Past) -> None:
    """An attempt follows one that was delivered."""
    past.found.attempts["made"] = [(1, True), (2, True)]
    past.tell("made", "succeeded")


def never_delivered(past: Past) -> None:
    """The last attempt on record was refused."""
    past.found.attempts["made"] = [(1, False)]


def attempt_that_nobody_saw(past: Past) -> None:
    """More attempts are on record than there were posts."""
    past.found.attempts["made"] = [(1, False), (2, True)]


def two_tasks_for_one_key(past: Past) -> None:
    """An idempotency key led to two tasks."""
    past.buyer.promised["key"].append(answer("failed"))


def replayed_otherwise(past: Past) -> None:
    """A replay names another price than the first answer."""
    past.buyer.promised["key"].append(answer("made", price={"micros": PRICE + 1}))


@pytest.mark.parametrize(
    "breach",
    [
        lost,
        ended_twice,
        never_ended,
        changed_its_end,
        from_nowhere,
        film_missing,
        film_without_a_task,
        charged_twice,
        charged_for_nothing,
        never_settled,
        released_and_charged,
        another_sum,
        another_price,
        free,
        money_for_nobody,
        untold,
        told_of_another_end,
        told_under_two_ids,
        unrecorded,
        attempt_missing,
        told_on_after_delivery,
        never_delivered,
        attempt_that_nobody_saw,
        two_tasks_for_one_key,
        replayed_otherwise,
    ],
)
def test_every_kind_of_breach_is_found(breach: Callable[[Past], None]) -> None:
    """One thing is wrong in an otherwise clean history, and the judge speaks."""
    past = clean()
    breach(past)
    assert past.breaches()
