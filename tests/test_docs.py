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
