"""Generated requests against the whole API as /openapi.json describes it: no undocumented status, nothing above 499."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conftest import SECRET, House
from openhorse import accounts
from openhorse.dialects import NAMES, dialect_named
from openhorse.store.tables import balances, callback_attempts, events, ledger, spending, tasks
from openhorse.vocabulary import Mode
from shops import ORDER, QUOTE, VIDEO

PLACES = {"native": ("/openhorse/", "/files/", "/uploads/", "/health", "/ready", "/metrics")} | {
    name: (f"/{name}/",) for name in NAMES if name != "native"
}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.parametrize("dialect", NAMES)
def test_every_answer_is_a_documented_one(house: House, dialect: str) -> None:
    """Status, content type and shape of each answer are those in the schema, and none is a server's fault."""
    schema = schemathesis.openapi.from_url(f"{house.url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if found.ok().path.startswith(PLACES[dialect])]
    assert operations
    for operation in operations:
        _try(operation.as_strategy())


def test_every_operation_is_tried(house: House) -> None:
    """No path of the schema lies outside of the places above."""
    everywhere = tuple(place for places in PLACES.values() for place in places)
    paths = house.stranger.get("/openapi.json").json()["paths"]
    assert [path for path in paths if not path.startswith(everywhere)] == []


@pytest.mark.parametrize("dialect", NAMES)
def test_no_question_writes_anything(house: House, dialect: str) -> None:
    """Every GET of a task that was made and of one that waits is answered as documented, and no table changes."""
    schema = schemathesis.openapi.from_url(f"{house.url}/openapi.json")
    ids = [_ordered(house, dialect, made=made) for made in (True, False)]
    before, answered = _tables(house), set[int]()
    for operation in (found.ok() for found in schema.get_all_operations()):
        mine = operation.path.startswith(PLACES[dialect]) and not operation.path.endswith("/events")
        if operation.method == "get" and mine:
            names = [parameter.name for parameter in operation.path_parameters]
            for task_id in ids if names else ids[:1]:
                case = operation.Case(path_parameters=dict.fromkeys(names, task_id))
                headers = {"Authorization": f"Bearer {SECRET}"}
                answered.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)
    assert 200 in answered
    assert _tables(house) == before


def _ordered(house: House, dialect: str, *, made: bool) -> str:
    rooms = house.rooms
    with rooms.database.reading() as connection:
        key = accounts.authenticate(connection, SECRET)
    task_id = dialect_named(dialect).new_task_id(rooms.now())
    offer = next(offer for offer in rooms.catalog.of(dialect) if offer.mode is Mode.TEXT)
    asked = replace(ORDER, dialect=dialect, model=offer.model)
    rooms.tasks.submit(key.id, task_id, asked, QUOTE, lifetime=timedelta(days=1))
    if made:
        rooms.tasks.start(task_id)
        rooms.tasks.storing(task_id)
        rooms.tasks.finish(task_id, VIDEO)
    return task_id


def _tables(house: House) -> dict[str, list[sa.Row[Any]]]:
    with house.rooms.database.reading() as connection:
        return {
            table.name: list(connection.execute(sa.select(table).order_by(*table.primary_key)))
            for table in (tasks, events, ledger, spending, balances, callback_attempts)
        }


def _try(cases) -> None:  # type: ignore[no-untyped-def]
    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def answered(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {SECRET}"}, checks=CHECKS)

    answered()
