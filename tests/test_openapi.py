"""Generated requests against the whole API as /openapi.json describes it: no undocumented status, nothing above 499."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conftest import SECRET, House
from openhorse.dialects import NAMES

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
