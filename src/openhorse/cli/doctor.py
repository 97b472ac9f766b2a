"""`openhorse doctor`: what is here and works goes to standard output, a line each.

Knows how it is asked and shown; `doctor` knows what is looked at.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from openhorse.cli.options import AsJson
from openhorse.cli.terminal import DataFolder, settings_of, write_json

if TYPE_CHECKING:
    from openhorse.doctor import Finding

_MARKS = {"ok": "ok", "note": "--", "wrong": "WRONG"}


def doctor(data: DataFolder = None, as_json: AsJson = False) -> None:
    """Look at this machine and installation: GPU, memory, versions, engines, database, store, workers.

    Changes nothing and shows no secret. Exit code 1 when something that is configured does not work.
    """
    findings = list(_examined(data))
    is_well = all(finding.state != "wrong" for finding in findings)
    if as_json:
        write_json({"ok": is_well, "findings": [asdict(finding) for finding in findings]})
    else:
        width = max(len(finding.topic) for finding in findings)
        for finding in findings:
            print(f"{_MARKS[finding.state]:<5}  {finding.topic:<{width}}  {finding.text}")
    if not is_well:
        raise typer.Exit(1)


def _examined(data: Path | None) -> Iterator[Finding]:
    from pydantic import ValidationError

    from openhorse import catalog
    from openhorse.doctor import Finding
    from openhorse.doctor.installation import installation
    from openhorse.doctor.machine import ask, machine, version
    from openhorse.doctor.sealing import sealing
    from openhorse.house import now, seal_of
    from openhorse.profiles import profiles

    try:
        settings = settings_of(data)
    except ValidationError as error:
        # Not what was given: it may be a secret.
        told = "; ".join(f"OPENHORSE_{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        yield Finding("settings", "wrong", told)
        yield from machine(data or Path("data"), ask, version, profiles(catalog.load()).values())
        return
    try:
        offers = catalog.load(settings.catalog)
        known = profiles(offers)
    except (ValueError, KeyError, OSError) as error:
        yield Finding("catalog", "wrong", f"{settings.catalog}: {error}")
        offers = catalog.load()
        known = profiles(offers)
    yield from machine(settings.data, ask, version, known.values())
    yield from sealing(seal_of(settings), version, now())
    yield from installation(settings, offers, time.sleep)
