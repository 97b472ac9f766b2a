"""A worker, a database and two servers that make films: seats, a server that dies, a film that nobody wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bars import bars
from databases import fresh_url
from engines_here import EnginesHere
from inference_server import InferenceServer, running
from omni_server import OmniServer
from openhorse.catalog import load
from openhorse.engines.fleet import Fleet
from openhorse.engines.omni import Omni
from openhorse.engines.remote import Servers
from openhorse.engines.sglang import SGLang
from openhorse.profiles import profiles
from openhorse.runs import Widths
from openhorse.tries import State, Tries, Try
from openhorse.vocabulary import Ratio, Status
from sglang_server import SglangServer
from test_runs import ORDER, Shop, shop, until

__all__ = ["shop"]

FILM = replace(ORDER, ratio=Ratio.R16_9)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite will do: what is special to PostgreSQL is tested with the tries."""
    return fresh_url("sqlite", tmp_path)


@contextmanager
def fleet(kind: type[Fleet], shop: Shop, *servers: InferenceServer) -> Iterator[None]:
    """The shop's worker has its films made by these servers, three at once if they were to be had."""
    engine = kind(Servers("gpus", tuple(server.url for server in servers), "h3"), profiles(load())["h3"])
    engine.poll_seconds = 0.05
    shop.bench = replace(shop.bench, engines=EnginesHere(("gpus",), {"gpus": engine}), widths=Widths(films=3))
    with ExitStack() as open_servers:
        for server in servers:
            server.smaller = 8
            open_servers.enter_context(running(server))
        shop.start()
        try:
            yield
        finally:
            shop.stop()
            engine.close()


def tries(shop: Shop, task_id: str) -> list[Try]:
    """What was tried for a task."""
    return list(Tries(shop.database, lambda: shop.time).of(task_id))


def test_three_films_are_made_by_two_servers(shop: Shop) -> None:
    """One film a server: the third waits for a seat, and each is the film of its own seed."""
    one, two = OmniServer(), OmniServer()
    one.go.clear()
    two.go.clear()
    with fleet(Omni, shop, one, two):
        tasks = [shop.submit(replace(FILM, seed=seed)) for seed in (1, 2, 3)]
        until(lambda: len(one.sent) == 1 and len(two.sent) == 1)
        waiting = until(lambda: [task for task in tasks if not any(each.is_open for each in tries(shop, task))])
        assert len(waiting) == 1
        two.go.set()
        until(lambda: len(two.sent) == 2)
        one.go.set()
        assert {shop.ended(task).status for task in tasks} == {Status.SUCCEEDED}
    assert len(one.sent) == 1
    assert sorted(shop.studio.sources) == sorted(bars(168, 96, 124, seed) for seed in (1, 2, 3))


def test_a_film_whose_server_dies_is_made_by_the_other(shop: Shop) -> None:
    """Killed in the middle and started again, it knows nothing: once more with the same seed, and charged once."""
    one, two = OmniServer(), OmniServer()
    one.go.clear()
    two.go.clear()
    with fleet(Omni, shop, one, two):
        task = shop.submit(replace(FILM, seed=5))
        until(lambda: any(each.report is not None for each in tries(shop, task)))
        dead, alive = (one, two) if one.sent else (two, one)
        dead.trouble = "still loading"
        dead.restart()
        until(lambda: alive.sent)
        alive.go.set()
        assert shop.ended(task).status is Status.SUCCEEDED
    assert [each.state for each in tries(shop, task)] == [State.LOST, State.MADE]
    assert [server.sent[0].fields["seed"] for server in (dead, alive)] == ["5", "5"]
    assert shop.studio.sources == [bars(168, 96, 124, 5)]


def test_a_cancelled_film_frees_its_server(shop: Shop) -> None:
    """vLLM-Omni stops it, at once or when it has drained; the next film has the seat."""
    server = OmniServer()
    server.drains = 1
    server.go.clear()
    with fleet(Omni, shop, server):
        unwanted = shop.submit(FILM)
        until(lambda: server.jobs)
        shop.tasks.cancel(unwanted, shop.key)
        assert shop.ended(unwanted).status is Status.CANCELLED
        until(lambda: tries(shop, unwanted)[0].state is State.DRAINING)
        server.go.set()
        assert shop.ended(shop.submit(FILM)).status is Status.SUCCEEDED
    until(lambda: len(server.deleted) == 2)  # the one that nobody wanted, and the one that is kept here
    assert len(server.made) == 1


def test_a_cancelled_film_keeps_its_seat_where_it_cannot_be_stopped(shop: Shop) -> None:
    """SGLang goes on with it, so nothing new is asked for; when it has ended there, the seat is free."""
    server = SglangServer()
    server.go.clear()
    with fleet(SGLang, shop, server):
        unwanted = shop.submit(FILM)
        until(lambda: server.jobs)
        shop.tasks.cancel(unwanted, shop.key)
        assert shop.ended(unwanted).status is Status.CANCELLED
        wanted = shop.submit(replace(FILM, seed=8))
        until(lambda: tries(shop, unwanted)[0].state is State.DRAINING)
        assert len(server.sent) == 1
        server.go.set()
        assert shop.ended(wanted).status is Status.SUCCEEDED
    assert len(server.made) == 2
    assert shop.studio.sources == [bars(168, 96, 124, 8)]
