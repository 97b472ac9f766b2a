"""Films that are made elsewhere: asked for once, gone on with after a crash, made by the next engine when one fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engines_here import EnginesHere, Far, full
from openhorse.care import Care
from openhorse.dialects import Report
from openhorse.engines.remote import Place, Unanswered
from openhorse.enhancement import Enhanced
from openhorse.errors import ContentRefused, EngineFailed, EngineUnavailable, FilmRejected, SpendingCapReached
from openhorse.ledger import Balance
from openhorse.runs import elsewhere, making
from openhorse.tries import State, Tries, Try
from openhorse.vocabulary import Failure, Order, Progress, Status
from test_runs import ORDER, Shop, until

PAID = (Place("model", 5, None, 700_000),)


@pytest.fixture
def far() -> Far:
    """An engine elsewhere."""
    return Far()


@pytest.fixture
def shop(tmp_path: Path, database_url: str, far: Far, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose orders go to that engine, then to the one here."""
    for name in ("SEAT_SECONDS", "TICK_SECONDS", "AGAIN_SECONDS"):
        monkeypatch.setattr(elsewhere, name, 0.01)
    monkeypatch.setattr(making, "ROUND_SECONDS", 0.05)
    made = Shop(tmp_path, database_url, datetime.now(UTC))
    made.bench = replace(made.bench, engines=EnginesHere(("far", "procedural"), {"far": far}))
    yield made
    far.ready.set()
    made.studio.gate.set()
    made.stop()
    made.queues.close()
    made.database.close()


def unmoved(_share: float) -> None:
    """Progress for nobody."""


def tries_of(shop: Shop, task_id: str) -> list[tuple[str, str | None, State, int]]:
    """Engine, place, state and costs of each."""
    return [(one.engine, one.place, one.state, one.micros) for one in of(shop).of(task_id)]


def of(shop: Shop) -> Tries:
    """The shop's tries."""
    return Tries(shop.database, lambda: shop.time)


def test_a_film_is_made_elsewhere_and_finished_here(shop: Shop, far: Far) -> None:
    """What was fetched goes through the studio as a source; it is asked for once and nothing is left lying about."""
    far.seats = PAID
    task_id = shop.submit()
    shop.start()
    task = shop.ended(task_id)
    assert task.video is not None
    assert (task.status, task.video.engine, len(far.asked)) == (Status.SUCCEEDED, "far", 1)
    assert shop.studio.sources == [far.film]
    until(lambda: far.released == ["film-1"])
    assert tries_of(shop, task_id) == [("far", "model", State.MADE, 700_000)]
    assert shop.balance() == Balance(held=0, spent=500, available=99_500)
    until(lambda: not list((shop.folder / "renders").iterdir()))


def test_the_next_engine_makes_what_the_first_cannot(shop: Shop, far: Far) -> None:
    """A failure there is told on the film; the customer pays once."""
    far.reports["film-1"] = Report("film-1", Status.FAILED, failure=Failure("engine_failed", "out of memory", True))
    far.on_ask = lambda: far.reports.update(
        {"film-1": Report("film-1", Status.FAILED, failure=Failure("engine_failed", "out of memory", True))}
    )
    task_id = shop.submit()
    shop.start()
    task = shop.ended(task_id)
    assert task.video is not None
    assert task.video.engine == "procedural"
    assert task.video.notes[-1] == "far failed (engine_failed); made by procedural"
    assert [(engine, state) for engine, _place, state, _micros in tries_of(shop, task_id)] == [
        ("far", State.FAILED),
        ("procedural", State.MADE),
    ]
    assert shop.balance().spent == 500


def test_a_failure_there_is_not_waited_out(shop: Shop, far: Far) -> None:
    """A film that ended for want of a server is a film that has failed: nobody asks for it again and again."""
    gone = Report("film-1", Status.FAILED, failure=Failure("engine_unavailable", "no more", True))
    far.on_ask = lambda: far.reports.update({"film-1": gone})
    task_id = shop.submit()
    shop.start()
    assert shop.ended(task_id).status is Status.SUCCEEDED
    assert [one[2] for one in tries_of(shop, task_id)] == [State.FAILED, State.MADE]


def test_all_engines_fail(shop: Shop, far: Far) -> None:
    """The task fails for what the last one said; nothing is charged."""
    far.on_ask = lambda: far.reports.update({f"film-{len(far.asked)}": Report("x", Status.CANCELLED)})
    shop.studio.failures = [EngineFailed("crashed"), EngineFailed("crashed")]
    task_id = shop.submit()
    shop.start()
    task = shop.ended(task_id)
    assert task.failure is not None
    assert (task.failure.code, shop.balance().available) == ("engine_failed", 100_000)
    assert [state for _engine, _place, state, _micros in tries_of(shop, task_id)] == [State.FAILED, State.FAILED]


def test_moderation_elsewhere_is_final(shop: Shop, far: Far) -> None:
    """What a vendor refuses is not taken to the next one."""
    refused = Report("film-1", Status.FAILED, failure=Failure("content_refused", "not this", False))
    far.on_ask = lambda: far.reports.update({"film-1": refused})
    task_id = shop.submit()
    shop.start()
    task = shop.ended(task_id)
    assert task.failure is not None
    assert (task.failure.code, task.failure.message, shop.studio.calls) == ("content_refused", "not this", [])


def test_a_worker_that_stops_loses_no_film(shop: Shop, far: Far) -> None:
    """The next worker looks at the film that was asked for; nobody is asked twice."""
    far.ready.clear()
    far.seats = PAID
    task_id = shop.submit()
    shop.start()
    until(lambda: far.looked)
    shop.stop()
    assert tries_of(shop, task_id) == [("far", "model", State.GOING, 700_000)]
    far.ready.set()
    shop.start()
    assert shop.ended(task_id).status is Status.SUCCEEDED
    assert len(far.asked) == 1


def test_a_film_that_is_ready_is_fetched_again_when_the_disk_was_full(shop: Shop, far: Far) -> None:
    """Our own trouble is nobody's failure: the conversation goes on where it was."""
    faults = [full, full]
    far.on_fetch = lambda: faults.pop()() if faults else None
    task_id = shop.submit()
    shop.start()
    assert shop.ended(task_id).status is Status.SUCCEEDED
    assert (len(far.asked), far.fetched) == (1, 3)


@pytest.mark.parametrize("knows_repeats", [True, False])
def test_nobody_is_asked_twice_for_what_may_be_made_already(shop: Shop, far: Far, knows_repeats: bool) -> None:
    """Without an answer, a place is asked again only where it knows the repeated request; else another engine."""
    far.seats, far.has_idempotency, faults = PAID, knows_repeats, [Unanswered("cut")]

    def cut() -> None:
        if faults:
            raise faults.pop()

    far.on_ask = cut
    task_id = shop.submit()
    shop.start()
    task = shop.ended(task_id)
    assert task.video is not None
    assert len(far.asked) == 1
    if knows_repeats:
        assert tries_of(shop, task_id) == [("far", "model", State.MADE, 700_000)]
    else:
        assert tries_of(shop, task_id)[0] == ("far", "model", State.UNSURE, 700_000)
        assert task.video.engine == "procedural"


def test_a_place_out_of_reach_is_not_waited_for_while_another_can(shop: Shop, far: Far) -> None:
    """A refused connection leaves no try behind, and a note on the film."""
    far.on_ask = _away
    task_id = shop.submit()
    shop.start()
    task = shop.ended(task_id)
    assert task.video is not None
    assert (task.video.engine, [one[0] for one in tries_of(shop, task_id)]) == ("procedural", ["procedural"])
    assert task.video.notes[-1] == "far failed (engine_unavailable); made by procedural"


def test_a_task_waits_for_its_only_engine(shop: Shop, far: Far) -> None:
    """An accepted task outlasts the restart of a server, and can be cancelled meanwhile."""
    far.sick = {"a"}
    waiting, cancelled = shop.submit(replace(ORDER, engine="far")), shop.submit(replace(ORDER, engine="far"))
    shop.start()
    until(lambda: shop.tasks.any(waiting).status is Status.RUNNING)
    shop.tasks.cancel(cancelled, shop.key)
    far.sick = set()
    assert shop.ended(waiting).status is Status.SUCCEEDED
    assert shop.ended(cancelled).status is Status.CANCELLED
    assert len(far.asked) == 1


def test_an_engine_that_stays_away_ends_the_task(shop: Shop, far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the end the customer hears that nobody could make it, and may try again."""
    monkeypatch.setattr(making, "AWAY_SECONDS", 0.2)
    far.sick = {"a"}
    task_id = shop.submit(replace(ORDER, engine="far"))
    shop.start()
    task = shop.ended(task_id)
    assert task.failure is not None
    assert (task.failure.code, task.failure.retry) == ("engine_unavailable", True)


def test_a_lost_film_is_made_once_more_with_the_same_seed(shop: Shop, far: Far) -> None:
    """A server that was restarted knows nothing; after the second loss it has failed."""
    far.on_look = lambda: far.reports.clear() if len(far.asked) == 1 else None
    task_id = shop.submit()
    shop.start()
    assert shop.ended(task_id).status is Status.SUCCEEDED
    assert [order.seed for _place, order, _once in far.asked] == [7, 7]
    assert len({once for _place, _order, once in far.asked}) == 2
    far.on_look = far.reports.clear
    task = shop.ended(shop.submit())
    assert task.video is not None
    assert (len(far.asked), task.video.engine) == (4, "procedural")


def test_a_lost_film_that_was_paid_for_is_not_bought_again(shop: Shop, far: Far) -> None:
    """It counts as spent, and the next engine makes the film."""
    far.seats, far.on_look = PAID, far.reports.clear
    task_id = shop.submit()
    shop.start()
    assert shop.ended(task_id).status is Status.SUCCEEDED
    assert (len(far.asked), tries_of(shop, task_id)[0]) == (1, ("far", "model", State.FAILED, 700_000))


def test_a_cancelled_film_is_stopped_there(shop: Shop, far: Far) -> None:
    """Its seat is free at once where it could be stopped."""
    far.ready.clear()
    task_id = shop.submit()
    shop.start()
    until(lambda: far.looked)
    shop.tasks.cancel(task_id, shop.key)
    until(lambda: tries_of(shop, task_id) == [("far", "a", State.STOPPED, 0)])
    assert far.stopped == ["film-1"]


def test_where_nothing_can_be_stopped_the_seat_stays_taken(
    shop: Shop, far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next film waits until the unwanted one has ended there."""
    monkeypatch.setattr("openhorse.runs.DRAIN_SECONDS", 0.02)
    far.ready.clear()
    far.stops = False
    first, second = shop.submit(), shop.submit(replace(ORDER, engine="far"))
    shop.start()
    until(lambda: far.looked)
    shop.tasks.cancel(first, shop.key)
    until(lambda: tries_of(shop, first)[0][2] is State.DRAINING)
    until(lambda: shop.tasks.any(second).status is Status.RUNNING)
    looked = far.looked
    until(lambda: far.looked > looked + 3)
    assert len(far.asked) == 1
    far.ready.set()
    assert shop.ended(second).status is Status.SUCCEEDED
    assert tries_of(shop, first)[0][2] is State.STOPPED


def test_what_is_cancelled_here_is_nobodys_try(shop: Shop) -> None:
    """An engine of this machine that was broken off is not shown as going on."""
    shop.studio.gate.clear()
    task_id = shop.submit(replace(ORDER, engine="procedural"))
    shop.start()
    until(lambda: shop.studio.calls)
    shop.tasks.cancel(task_id, shop.key)
    until(lambda: tries_of(shop, task_id) == [("procedural", None, State.STOPPED, 0)])


def test_tries_are_forgotten_with_their_task_but_for_the_accounts(shop: Shop, far: Far) -> None:
    """What was paid for stays countable; the rest goes with what was ordered."""
    far.seats = PAID
    far.on_ask = lambda: far.reports.update({f"film-{len(far.asked)}": Report("x", Status.CANCELLED, charge_micros=9)})
    shop.studio.failures = [EngineFailed("crashed"), EngineFailed("crashed")]
    task_id = shop.submit()
    shop.start()
    shop.ended(task_id)
    assert [one[3] for one in tries_of(shop, task_id)] == [9, 0]
    assert shop.tasks.forget(shop.time + timedelta(days=1)) == 1
    assert tries_of(shop, task_id) == [("far", "model", State.FAILED, 9)]


def test_a_film_that_is_no_film_is_the_engines_failure(shop: Shop, far: Far) -> None:
    """What we cannot finish, the next engine makes; what was paid for it is not forgotten."""
    far.seats, shop.studio.failures = PAID, [FilmRejected("black")]
    task_id = shop.submit()
    shop.start()
    task = shop.ended(task_id)
    assert task.video is not None
    assert task.video.notes == ("far failed (film_rejected); made by procedural",)
    assert tries_of(shop, task_id)[0] == ("far", "model", State.FAILED, 700_000)


@dataclass
class Judge:
    """Refuses orders or films with a word in their prompt."""

    name: str = "judge"

    def before(self, order: Order, pictures: Sequence[bytes], progress: Progress) -> None:
        """See Moderator."""
        progress(0.0)
        if "forbidden" in order.prompt:
            raise ContentRefused("not this")

    def after(self, order: Order, frames: Sequence[bytes], progress: Progress) -> None:
        """See Moderator."""
        if "seen" in order.prompt:
            raise ContentRefused("not that")


@pytest.mark.parametrize(("prompt", "asked", "micros"), [("forbidden", 0, 0), ("what was seen", 1, 700_000)])
def test_what_moderation_refuses_costs_the_customer_nothing(
    shop: Shop, far: Far, monkeypatch: pytest.MonkeyPatch, prompt: str, asked: int, micros: int
) -> None:
    """Before an engine is asked, and when the film is there: the film goes, and no other engine is tried."""
    monkeypatch.setattr("openhorse.care.Care.after", lambda care, order, *_: care.moderators[0].after(order, (), None))
    far.seats = PAID
    shop.bench = replace(shop.bench, care=Care(moderators=(Judge(),)))
    task_id = shop.submit(replace(ORDER, prompt=prompt))
    shop.start()
    task = shop.ended(task_id)
    assert task.failure is not None
    assert (task.failure.code, task.failure.retry, len(far.asked)) == ("content_refused", False, asked)
    assert shop.balance() == Balance(held=0, spent=0, available=100_000)
    assert sum(one[3] for one in tries_of(shop, task_id)) == micros
    until(lambda: not list((shop.folder / "renders").iterdir()))


@dataclass
class Writer:
    """Writes another prompt at every call."""

    calls: int = 0

    def enhance(self, order: Order, engine: str, progress: Progress = unmoved) -> Enhanced:
        """See Enhancer."""
        self.calls += 1
        return Enhanced(f"{order.prompt}, told for the {self.calls}. time", "enhanced")


def test_a_prompt_is_enhanced_once(shop: Shop, far: Far) -> None:
    """What it was made into is kept with the task, whatever happens to workers; the order keeps its own."""
    far.ready.clear()
    shop.bench = replace(shop.bench, care=Care(enhancer=Writer()))
    task_id = shop.submit()
    shop.start()
    until(lambda: far.looked)
    shop.stop()
    far.ready.set()
    shop.start()
    task = shop.ended(task_id)
    assert task.video is not None
    assert [order.prompt for _place, order, _once in far.asked] == ["a lake, told for the 1. time"]
    assert (task.order.prompt, task.video.prompt) == ("a lake", "a lake, told for the 1. time")
    assert task.video.notes == ("told no seed", "enhanced")


def test_seats_caps_and_pace_hold_for_all(shop: Shop) -> None:
    """The place with the most room is taken; a cap counts what is open and what was charged, by the day."""
    ids = [shop.submit(ORDER) for _ in range(6)]
    tries = of(shop)

    def take(task_id: str, *places: Place, day: int | None = None) -> Try | None:
        seats = [elsewhere.seats_of(place) for place in places]
        return tries.take_seat(task_id, "far", seats, (day, None))

    a, b = Place("a", 2, None, 10), Place("b", 1, None, 10)
    taken = [take(task_id, a, b) for task_id in ids[:4]]
    assert [one and one.place for one in taken] == ["a", "b", "a", None]
    assert taken[1] is not None
    tries.end(taken[1], State.FAILED)
    assert tries.open_at("far") == 2
    assert take(ids[3], Place("c", 9, 1)) is not None
    assert take(ids[4], Place("c", 9, 1)) is None
    shop.time += timedelta(seconds=2)
    assert take(ids[4], Place("c", 9, 1)) is not None
    with pytest.raises(SpendingCapReached, match="day is spent"):
        take(ids[5], Place("d", 9, None, 11), day=30)
    assert take(ids[5], Place("d", 9, None, 10), day=30) is not None


def _away() -> None:
    raise EngineUnavailable("refused")
