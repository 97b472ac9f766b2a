"""What is made of an advisory service's answer, or of none."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def script() -> ModuleType:
    """scripts/audit.py."""
    found = importlib.util.spec_from_file_location("audit", Path(__file__).parent.parent / "scripts" / "audit.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def answer(*dependencies: dict[str, Any]) -> str:
    """pip-audit's own form."""
    return json.dumps({"dependencies": dependencies, "fixes": []})


FINE = {"name": "fine", "version": "1", "vulns": []}
UNKNOWN = {"name": "fine", "skip_reason": "Dependency not found on PyPI and could not be audited: fine (1)"}
FAULTY = {"name": "faulty", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"], "aliases": []}]}


@pytest.mark.parametrize(
    ("answers", "status", "said"),
    [
        ([answer(FINE), ""], 0, ["1 of 1 requirements audited by osv, 0 known faults"]),
        (
            [answer(FINE, FAULTY, UNKNOWN), ""],
            1,
            ["faulty 2: PYSEC-1, mended in 3", "2 of 3 requirements audited by osv, 1 known faults"],
        ),
        (
            ["", answer(FAULTY)],
            1,
            ["faulty 2: PYSEC-1, mended in 3", "1 of 1 requirements audited by pypi, 1 known faults"],
        ),
        (["", answer(UNKNOWN)], 0, ["no advisory service could be reached: NOTHING WAS AUDITED"]),
    ],
)
def test_only_a_known_fault_fails_and_nothing_is_called_safe_unasked(
    script: ModuleType, answers: list[str], status: int, said: list[str]
) -> None:
    """The second service is asked when the first says nothing; packages of which nothing is known are not counted."""
    told = dict(zip(script.SERVICES, answers, strict=True))
    assert script.audit(told.__getitem__) == (said, status)
