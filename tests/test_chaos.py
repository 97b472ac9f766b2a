"""A server and two workers that are killed and frozen at random while customers order: no promise is broken."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

import chaos
from databases import KINDS, fresh_url, running_postgres


@pytest.mark.parametrize("kind", KINDS)
def test_no_promise_is_broken_by_chaos(kind: str, tmp_path: Path) -> None:
    """Kills, freezes and, of PostgreSQL, a power cut in the middle; then everything has ended, is paid and was told."""
    with ExitStack() as after:
        power = after.enter_context(running_postgres()) if kind == "postgresql" else None
        url = fresh_url(kind, tmp_path) if power is None else power.url
        plan = chaos.Plan(6, 20261121, 2, url, power, tasks=15, kills=4)
        done, breaches = chaos.run(plan, tmp_path)
    assert breaches == []
    # That much at least has happened: a judge who has seen nothing says nothing.
    assert done["task succeeded"] >= 5
    assert done["kill -9 of a worker"] >= 1
    assert done["power cut of the database"] == (power is not None)
