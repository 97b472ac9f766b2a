"""The documentation against the code: tables that are generated, links that lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from conftest import House

ROOT = Path(__file__).parent.parent


def test_generated_tables_are_up_to_date(house: House) -> None:
    """docs/dialects.md holds what scripts/docs would write."""
    found = importlib.util.spec_from_file_location("tables", ROOT / "docs" / "tables.py")
    assert found is not None
    assert found.loader is not None
    tables = importlib.util.module_from_spec(found)
    found.loader.exec_module(tables)
    page = tables.PAGE.read_text("utf-8")
    schema = house.stranger.get("/openapi.json").json()
    assert tables.filled(page, tables.tables(tables.routes_of(schema))) == page, "run scripts/docs"


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link in a page of ours names a file that is there."""
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_promise_names_its_proof() -> None:
    """docs/promises.md names at least one test in each line, and each of them is there."""
    page = (ROOT / "docs" / "promises.md").read_text("utf-8")
    lines = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| ") and "`test_" in line]
    assert len(lines) > 10
    for promise, proof in lines:
        named = re.findall(r"`(test_\w+)::(test_\w+)`", proof)
        assert named, promise
        for module, test in named:
            assert f"\ndef {test}(" in (ROOT / "tests" / f"{module}.py").read_text("utf-8"), f"{module}::{test}"
