"""`openhorse gc`: what nobody needs any more goes to standard output, a line each, and is deleted."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from openhorse.cli.terminal import DataFolder, say, settings_of


def gc(
    data: DataFolder = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print each as a line of JSON.")] = False,
) -> None:
    """Delete films and pictures that no task knows, and renders of dead workers. Servers may run meanwhile."""
    from openhorse.house import now
    from openhorse.leftovers import Yard, leftovers
    from openhorse.store.blobs import Blobs
    from openhorse.store.database import Database

    settings = settings_of(data)
    # Not the whole house: this must not migrate what another version's server is using, nor a backup.
    database = Database(settings.resolved_database_url)
    count = size = 0
    try:
        yard = Yard(database, Blobs(settings.resolved_blobs_url), settings.data, now(), delete=not dry_run)
        for one in leftovers(yard):
            print(json.dumps({"key": one.key, "bytes": one.bytes}) if as_json else f"{one.bytes:>12}  {one.key}")
            count, size = count + 1, size + one.bytes
    finally:
        database.close()
    say(f"{count} files, {size} bytes {'would be' if dry_run else 'were'} deleted.")
