"""The house's own rules, read from ARCHITECTURE.md and the sources, so that neither can rot."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openhorse import errors
from openhorse.settings import Settings

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src" / "openhorse"
MODULES = sorted(SOURCES.rglob("*.py"))

ONE_ROOM = {
    "fastapi": {"server"},
    "starlette": {"server"},
    "uvicorn": {"processes", "server"},
    "av": {"media"},
    "PIL": {"media", "engines"},
    "sqlalchemy": {
        "store",
        "tasks",
        "ledger",
        "lists",
        "promises",
        "accounts",
        "runs",
        "pictures",
        "uploads",
        "estimates",
        "deliveries",
        "limits",
        "usage",
        "charges",
        "leftovers",
        "measures",
        "licences",
        "roster",
        "tries",
    },
    "alembic": {"store"},
    "prometheus_client": {"server"},
    "opentelemetry": {"traces"},
    "dbos": {"runs"},
    "httpx2": {"outbound", "peers", "client", "weights"},
    "httpcore2": {"outbound"},
    "obstore": {"store"},
    "numba": {"engines"},
    "cv2": {"engines", "media"},
    "torch": {"engines"},
    "diffusers": {"engines"},
    "transformers": {"engines"},
    "huggingface_hub": {"weights"},
    "c2pa": {"media"},
    "mcp": {"cli"},
    "typer": {"cli"},
    "rich": {"cli"},
}
"""Which rooms may import a library; a second HTTP client would be a way around the SSRF guard."""

FORBIDDEN_CLIENTS = {"httpx", "requests", "aiohttp", "urllib3", "http.client", "urllib.request"}


def room_of(path: Path) -> str:
    """The room that a module belongs to: its folder, or its own name."""
    return path.relative_to(SOURCES).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """Every module that `path` imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "openhorse":
                yield from (f"openhorse.{alias.name}" for alias in node.names)


def levels() -> dict[str, int]:
    """The table in ARCHITECTURE.md: rooms by level."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    table = text.partition("<!-- levels -->")[2].partition("<!-- /levels -->")[0]
    found = {}
    for level, rooms in re.findall(r"^(\d) +(.+)$", table, re.MULTILINE):
        found.update(dict.fromkeys(rooms.split("  ")[0].split(), int(level)))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCES)))
def test_rooms_import_only_lower_rooms(path: Path) -> None:
    """A room imports itself and rooms of a lower level, as drawn in ARCHITECTURE.md."""
    table = levels()
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    assert room in table, f"{room} has no level in ARCHITECTURE.md"
    for name in imports_of(path):
        if not name.startswith("openhorse."):
            continue
        other = name.split(".")[1]
        if other in ("__version__", room):
            continue
        assert table[other] < table[room], f"{path.name} ({room}) may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCES)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    """One library, one room; and no HTTP client but the guarded one."""
    for name in imports_of(path):
        top = name.split(".")[0]
        assert name not in FORBIDDEN_CLIENTS
        assert top not in FORBIDDEN_CLIENTS
        if top in ONE_ROOM:
            assert room_of(path) in ONE_ROOM[top], f"{path.name} may not import {name}"


def test_vocabulary_and_errors_need_only_the_standard_library() -> None:
    """Level 0 imports nothing of ours and nothing of anybody else's."""
    for name in ("vocabulary.py", "errors.py"):
        for module in imports_of(SOURCES / name):
            assert module.split(".")[0] in sys.stdlib_module_names


def test_dialects_do_not_import_each_other() -> None:
    """A vendor's words are understood without another's; its refusals may be in a module beside it."""
    shared = {"openhorse.dialects.fields", "openhorse.dialects.refusals"}
    for path in (SOURCES / "dialects").glob("*.py"):
        for name in imports_of(path):
            if name.startswith("openhorse.dialects."):
                assert name in shared or name == f"openhorse.dialects.{path.stem}_refusals"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCES)))
def test_modules_say_what_they_are_and_stay_readable(path: Path) -> None:
    """Every module has a header and at most 500 lines; names that say nothing are not used."""
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module begins with what comes in and what goes out"
    assert len(text.splitlines()) <= 500
    nothing = {"utils", "helpers", "common", "manager", "handler", "base", "core", "misc", "service"}
    assert path.stem not in nothing


def test_every_error_code_is_in_the_docs() -> None:
    """docs/errors.md has a row for each code."""
    documented = (ROOT / "docs" / "errors.md").read_text("utf-8")
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len({kind.code for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert f"`{kind.code}`" in documented


def test_every_setting_is_in_the_docs() -> None:
    """docs/settings.md names each environment variable with its default."""
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for name in Settings.model_fields:
        assert f"`OPENHORSE_{name.upper()}`" in documented


def test_locks_record_hashes_and_no_addresses() -> None:
    """Every requirement is pinned with hashes, and nobody's download address is written down."""
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text("utf-8")
        assert "://" not in text
        for requirement in re.split(r"\n(?=\S)", text.strip()):
            assert "==" in requirement
            assert "--hash=sha256:" in requirement
