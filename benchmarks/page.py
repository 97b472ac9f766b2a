"""How heavy the playground is, and when it is first painted: a served OpenHorse, an empty Chromium, medians.

    python benchmarks/page.py [--rounds 5]

Needs the packages of the tests and Chromium. Prints a table for docs/playground.md.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from browsers import chromium, visiting
from openhorse.server.pages import pieces
from serving import Served

GROUPS = {
    "modules": (".js",),
    "Preact and htm": (".mjs",),
    "style sheets": (".css",),
    "typeface": (".woff2",),
    "page and mark": (".html", ".svg"),
}

TIMES = """() => new Promise((done) => {
    const painted = () => {
        const paint = performance.getEntriesByName("first-contentful-paint")[0];
        const form = document.querySelector("input[name=key]");
        if (!paint || !form) return setTimeout(painted, 10);
        const files = performance.getEntriesByType("resource");
        const page = performance.getEntriesByType("navigation")[0];
        const bytes = files.reduce((sum, file) => sum + file.transferSize, page.transferSize);
        done([paint.startTime, performance.now(), files.length + 1, bytes]);
    };
    painted();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print("| | packed, bytes |\n|---|---|")
    sent = {path: len(piece.packed or piece.plain) for path, piece in pieces().items()}
    for name, kinds in GROUPS.items():
        print(f"| {name} | {sum(size for path, size in sent.items() if path.endswith(kinds)):,} |")
    with tempfile.TemporaryDirectory() as folder, Served(Path(folder), allow="") as served, chromium() as browser:
        first, again = [], []
        for _ in range(rounds):
            with visiting(browser, served.url) as visitor:
                for times in (first, again):
                    visitor.page.goto(visitor.url)
                    times.append(visitor.page.evaluate(TIMES))
    print("\n| | first paint, ms | form there, ms | files | bytes over the line |\n|---|---|---|---|---|")
    for name, times in (("first visit", first), ("second visit", again)):
        paint, form, files, size = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"| {name} | {paint:.0f} | {form:.0f} | {files:.0f} | {size:,.0f} |")


if __name__ == "__main__":
    main()
