"""What the README and the pages for newcomers tell somebody to type is typed, against one real `openhorse serve`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from conftest import free_port
from serving import SECRET, Served, landscape, mascot

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/start.md", "docs/develop.md", "docs/moving.md")
BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<why>[^>]+) -->\n)?^```(?P<kind>sh|python)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all pages; the engine that takes no time makes its films, and those of `make`."""
    data = tmp_path_factory.mktemp("served")
    with Served(data, OPENHORSE_DATABASE_URL=f"sqlite:///{data}/openhorse.db") as server:
        yield server


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that looks to its user as a clone does, with pictures of the user's in it; `make` makes small films."""
    script = tmp_path / "scripts" / "run"
    script.parent.mkdir()
    small = 'case $1 in make) set -- "$@" --resolution 480p --seconds 3;; esac'  # the last one given counts
    script.write_text(f'#!/bin/sh\n{small}\nexec {sys.executable} -m openhorse "$@"\n')
    script.chmod(0o755)
    for name, content in (("landscape", landscape()), ("style", landscape()), ("character", mascot())):
        (tmp_path / f"{name}.png").write_bytes(content)
        Image.open(tmp_path / f"{name}.png").convert("RGB").save(tmp_path / f"{name}.jpg")
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_to_type_works(served: Served, clone: Path, page: str) -> None:
    """Every block of shell or Python in it, one after the other in one folder, but those that say why they are not."""
    blocks = list(BLOCK.finditer((ROOT / page).read_text("utf-8")))
    assert sum(block["why"] is None for block in blocks) >= 2, page
    environment = served.environment | {"no_proxy": "127.0.0.1"}
    del environment["OPENHORSE_DATABASE_URL"]  # where the data folder says
    for block in blocks:
        if block["why"] is None:
            text = block["text"].replace("http://127.0.0.1:8000", served.url).replace("8765", str(free_port()))
            program = ["sh", "-eu"] if block["kind"] == "sh" else [sys.executable]
            done = subprocess.run(
                [*program, "-c", text], cwd=clone, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{page}:\n{text}\n{done.stdout}{done.stderr}"
    assert SECRET not in (ROOT / page).read_text("utf-8")
