"""A real browser for the tests: the Chromium that is installed; skipped aloud where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import npm_clients
from serving import SECRET

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
PATIENCE_MILLISECONDS = 120_000
"""For anything but a film: what is wrong should be said before everybody has gone home."""

FILM_MILLISECONDS = 540_000
"""As in `serving`: drawing kernels may have to be compiled first."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, without a window."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("needs Chromium for the playground")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody at the page: what the browser complained of is kept, and must be nothing."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def sign_in(self) -> None:
        """Open the page and sign in."""
        self.page.goto(self.url)
        self.page.get_by_label("API").fill(SECRET)
        self.page.locator("form button.primary").click()
        self.page.locator("#prompt").wait_for()

    def faults(self) -> list[str]:
        """What axe-core finds that is serious or worse: the rule and where."""
        source = npm_clients.installed() / "node_modules" / "axe-core" / "axe.min.js"
        self.page.evaluate(source.read_text("utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{fault['id']}: {node['target']} {node['failureSummary']}"
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]


@contextmanager
def visiting(
    browser: Browser, url: str, *, width: int = 1280, language: str = "en-US", dark: bool = False
) -> Iterator[Visitor]:
    """A page in a browser in which nothing was done yet."""
    scheme = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": width, "height": 860}, locale=language, color_scheme=scheme)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    visitor = Visitor(context.new_page(), f"{url}/")
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    visitor.page.on(
        "console",
        lambda said: (
            visitor.complaints.append(said.text)
            if "Content Security Policy" in said.text or (said.type == "error" and "status of 4" not in said.text)
            else None
        ),
    )
    yield visitor
    context.close()
    assert visitor.complaints == []
