"""The hashed lock comes in, known faults of what it pins go out, and 1 when there is any.

A requirement that no service could tell anything about is not called safe: how many those are is said.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent.parent / "requirements" / "test.txt"
"""It holds everything that the lock for running holds."""

SERVICES = ("osv", "pypi")
"""The second is asked when the first does not answer."""


def ask(service: str, options: Sequence[str]) -> str:
    """What pip-audit says, as JSON; anything else when the service could not be reached."""
    reading = ("--requirement", str(LOCK), "--require-hashes", "--disable-pip", "--format", "json")
    asking = ("--vulnerability-service", service, "--timeout", "15", "--progress-spinner", "off")
    command = [sys.executable, "-m", "pip_audit", *reading, *asking, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def audit(asked: Callable[[str], str]) -> tuple[list[str], int]:
    """Lines to say, and the exit status; `asked(service)` is what that service says."""
    for service in SERVICES:
        told = _read(asked(service))
        answered = [found for found in told if "vulns" in found]
        if answered:
            break
    else:
        return ["no advisory service could be reached: NOTHING WAS AUDITED"], 0
    faults = [
        f"{found['name']} {found['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'nothing'}"
        for found in answered
        for fault in found["vulns"]
    ]
    known = f"{len(answered)} of {len(told)} requirements audited by {service}, {len(faults)} known faults"
    return [*faults, known], 1 if faults else 0


def _read(text: str) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except ValueError:
        return []
    return found


if __name__ == "__main__":
    said, status = audit(lambda service: ask(service, sys.argv[1:]))
    print("\n".join(said))
    sys.exit(status)
