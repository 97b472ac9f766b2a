"""The playground's files, as they are served: whole, small, from here alone, and in two languages."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from conftest import House
from openhorse.server.pages import KINDS, pieces

FOLDER = Path(__file__).parent.parent / "src" / "openhorse" / "server" / "playground"
VENDOR = FOLDER / "vendor"
OURS = sorted(path for path in FOLDER.rglob("*") if path.suffix in KINDS and VENDOR not in path.parents)
MODULES = [path for path in OURS if path.suffix == ".js"]
BUDGET = 200_000


def addresses(page: str) -> list[str]:
    """What the page loads."""
    return re.findall(r'(?:src|href)="(playground/[^"]+)"', page)


def test_the_page_and_its_parts_are_served(house: House) -> None:
    """HTML at /, every part it names with its type, each kept for good under an address that names its content."""
    page = house.stranger.get("/")
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "media-src 'self' blob:" in page.headers["Content-Security-Policy"]
    parts = addresses(page.text)
    assert len(parts) > len(MODULES)
    for part in parts:
        found = house.stranger.get(f"/{part}")
        assert found.status_code == 200, part
        assert found.headers["Content-Type"].partition(";")[0] == KINDS["." + part.rpartition(".")[2]]
        assert "immutable" in found.headers["Cache-Control"]
    assert house.stranger.get(f"/{parts[0]}x").status_code == 404


def test_a_part_is_packed_and_sent_once(house: House) -> None:
    """gzip for who takes it, 304 for who has it; each coding has its own tag."""
    path = next(part for part in addresses(house.stranger.get("/").text) if part.endswith("style.css"))
    packed = house.stranger.get(f"/{path}", headers={"Accept-Encoding": "gzip"})
    plain = house.stranger.get(f"/{path}", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content == (FOLDER / "style.css").read_bytes()
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again = house.stranger.get(
        f"/{path}", headers={"If-None-Match": plain.headers["ETag"], "Accept-Encoding": "identity"}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_page_that_is_had_already_keeps_its_policy(house: House) -> None:
    """A browser puts the headers of a 304 in the place of those it has."""
    page = house.stranger.get("/")
    again = house.stranger.get("/", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"] == page.headers["Content-Security-Policy"]


def test_programs_that_ask_the_root_for_json_get_none(house: House) -> None:
    """They are told what they were told before there was a page."""
    found = house.client.get("/", headers={"Accept": "application/json"})
    assert found.status_code == 404
    assert found.json()["error"]["code"] == "not_found"
    assert house.stranger.get("/", headers={"Accept": "text/html,application/json;q=0.9"}).status_code == 200


def test_an_installation_has_every_file() -> None:
    """The wheel carries the playground as it lies here."""
    root = FOLDER.parents[3]
    carried = {file.distribution_path for file in WheelBuilder(str(root)).recurse_included_files()}
    for path in FOLDER.rglob("*.*"):
        assert f"openhorse/server/playground/{path.relative_to(FOLDER).as_posix()}" in carried


def test_the_page_is_small() -> None:
    """All of it, packed, is under its budget."""
    sent = sum(len(piece.packed or piece.plain) for path, piece in pieces().items() if not path.endswith(".txt"))
    assert sent < BUDGET
    assert all(gzip.decompress(piece.packed) == piece.plain for piece in pieces().values() if piece.packed)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    """No file of ours names another server, holds a script within the page, or makes code of text."""
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|[\"'(]//\w", text)
    assert not re.search(r"\beval\(|new Function|innerHTML|dangerouslySet|\bon\w+=\"", text)
    assert re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL) in ([], ["", ""])
    assert len(text.splitlines()) <= 500 or path.name == "style.css"


def test_what_is_vendored_is_the_published_file() -> None:
    """Each is a package's own file, but for the one change that is written down; its licence lies beside it."""
    listed = json.loads((VENDOR / "vendored.json").read_text("utf-8"))
    for entry in listed:
        data = (VENDOR / entry["file"]).read_bytes()
        if "changed" in entry:
            theirs, ours = (text.encode() for text in entry["changed"])
            assert data.count(ours) == 1
            data = data.replace(ours, theirs)
        assert hashlib.sha256(data).hexdigest() == entry["sha256"], entry["file"]
        assert re.search("MIT|Apache|SIL Open Font", (VENDOR / entry["licence"]).read_text("utf-8"))
    kept = {entry["file"] for entry in listed} | {entry["licence"] for entry in listed} | {"vendored.json"}
    assert {path.name for path in VENDOR.iterdir()} == kept


def words() -> dict[str, tuple[str, str]]:
    """What the page says, by name: English and Chinese."""
    texts = [path.read_text("utf-8") for path in MODULES]
    text = "\n".join(
        part for text in texts for part in re.findall(r"^teach\(\{\n.*?^\}\);", text, re.DOTALL | re.MULTILINE)
    )
    entry = r'^ +"?([\w-]+)"?: \[\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)",?\s*\]'
    return {name: (english, chinese) for name, english, chinese in re.findall(entry, text, re.MULTILINE)}


def test_every_word_stands_in_both_languages() -> None:
    """Each has two texts with the same places for values, and the Chinese one is Chinese."""
    known = words()
    assert len(known) > 100
    same = {"language_other", "language_switch"}  # what is said in the other language
    for name, (english, chinese) in known.items():
        assert english.strip() and chinese.strip(), name
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese)), name
        assert name in same or re.search("[\u4e00-\u9fff]", chinese), name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_module_says_a_word_that_is_not_there(path: Path) -> None:
    """Every name that is given to `t` as a text has its words."""
    known = words()
    for name in re.findall(r'\bt\("([\w-]+)"', path.read_text("utf-8")):
        assert name in known, name


def test_every_error_is_said_in_plain_words() -> None:
    """Each code of docs/errors.md that a customer can meet on this page has its own sentence."""
    never = {"wrong_content_type", "wrong_method"}  # the page asks rightly
    documented = (FOLDER.parents[3] / "docs" / "errors.md").read_text("utf-8")
    sent = [line for line in documented.splitlines() if "never sen" not in line.lower()]
    for code in re.findall(r"^\| `(\w+)` ", "\n".join(sent), re.MULTILINE):
        assert code in never or f"error_{code}" in words(), code
