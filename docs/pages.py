"""The pages of this folder and those at the root come in, a site goes out; `scripts/docs` builds it.

The pages are copied first, so that those of the root stand among them and every link leads to a page of the site. What
is wrong with them, a link into nothing or a page that no list names, ends the build.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
STAGE = ROOT / ".cache" / "site"
SITE = ROOT / "site"

OF_THE_ROOT = {
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
}
"""Pages for whoever comes from the repository, and what they are called in the site."""


def gather(stage: Path) -> Path:
    """Copy all pages and pictures and the configuration to `stage`; its path. Raises SystemExit with what is wrong."""
    shutil.rmtree(stage, ignore_errors=True)
    pages = stage / "pages"
    pages.mkdir(parents=True)
    for source in (*DOCS.glob("*.md"), *(ROOT / name for name in OF_THE_ROOT)):
        name = OF_THE_ROOT.get(source.name, source.name)
        (pages / name).write_text(_relinked(source), "utf-8")
    for picture in (*DOCS.glob("*.jpg"), *DOCS.glob("*.png"), *DOCS.glob("*.css")):
        shutil.copy(picture, pages)
    config = stage / "zensical.toml"
    config.write_text(
        _listed((DOCS / "zensical.toml").read_text("utf-8"), {page.name for page in pages.glob("*.md")}), "utf-8"
    )
    return config


def _relinked(source: Path) -> str:
    """A page's text, with links that hold in the site, where all pages stand beside each other."""

    def changed(match: re.Match[str]) -> str:
        target = (source.parent / match[1]).resolve()
        if not target.exists():
            raise SystemExit(f"{source.name}: no {match[1]}")
        if target.parent not in (ROOT, DOCS):
            raise SystemExit(f"{source.name}: {match[1]} is no page of the site")
        return "](" + OF_THE_ROOT.get(target.name, target.name) + (match[2] or "") + ")"

    return re.sub(r"\]\(([^)#:]+)(#[^)]*)?\)", changed, source.read_text("utf-8"))


def _listed(config: str, there: set[str]) -> str:
    """The configuration. Raises SystemExit for a page that is listed and not there, or there and not listed."""
    wrong = sorted(set(re.findall(r'= "(\w+\.md)"', config)) ^ there)
    if wrong:
        raise SystemExit(f"docs/zensical.toml and the pages differ in {', '.join(wrong)}")
    return config


def build(stage: Path = STAGE) -> None:
    """Write the site into site/. Raises SystemExit when anything is wrong."""
    config = gather(stage)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", str(config)]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit("the site was not built")
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.copytree(stage / "site", SITE)


if __name__ == "__main__":
    build()
