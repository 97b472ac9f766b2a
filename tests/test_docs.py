"""The documentation against the code: tables that are generated, links that lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import House

ROOT = Path(__file__).parent.parent


def program(name: str) -> Any:
    """A program of docs/ as a module."""
    found = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_generated_tables_are_up_to_date(house: House) -> None:
    """docs/dialects.md, catalog.md and models.md hold what scripts/docs would write."""
    tables = program("tables")
    page = tables.PAGE.read_text("utf-8")
    schema = house.stranger.get("/openapi.json").json()
    assert tables.filled(page, tables.tables(tables.routes_of(schema))) == page, "run scripts/docs"
    prices = tables.PRICES.read_text("utf-8")
    assert tables.filled(prices, tables.prices()) == prices, "run scripts/docs"
    models = tables.MODELS.read_text("utf-8")
    assert tables.filled(models, tables.models()) == models, "run scripts/docs"


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link in a page of ours names a file that is there."""
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_page_is_in_the_site(tmp_path: Path) -> None:
    """The list of pages names each page there is, and nothing else but what is to come; links stay within the site."""
    pages = program("pages")
    config = pages.gather(tmp_path).read_text("utf-8")
    there = {page.name for page in (tmp_path / "pages").glob("*.md")}
    assert set(re.findall(r'= "(\w+\.md)"', config)) == there >= {"index.md", "architecture.md", "settings.md"}
    for page in there:
        for target in re.findall(r"\]\(([^)#:]+)[)#]", (tmp_path / "pages" / page).read_text("utf-8")):
            assert (tmp_path / "pages" / target).exists(), f"{page}: {target}"
    with pytest.raises(SystemExit, match=r"differ in index\.md, new\.md"):
        pages._listed(config.replace("index.md", "new.md"), there)


def test_every_anchor_is_a_heading_of_its_page() -> None:
    """A link to a part of a page of ours names a heading that is there."""
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text("utf-8")):
            lines = ((page.parent / target) if target else page).read_text("utf-8").splitlines()
            titles = [line.lstrip("# ").lower() for line in lines if line.startswith("#")]
            assert anchor in {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}, (
                f"{page.name}: {anchor}"
            )


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
