"""`openhorse backup`: the installation goes into a folder, what was backed up to standard output as JSON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from openhorse.cli.terminal import DataFolder, say, settings_of, write_json


def backup(
    folder: Annotated[Path, typer.Argument(help="Where to; a backup that is there is brought up to date.")],
    data: DataFolder = None,
) -> None:
    """Copy the database and the films into a folder. Servers may run meanwhile."""
    from openhorse.backups import back_up
    from openhorse.house import now
    from openhorse.store.blobs import Blobs
    from openhorse.store.database import Database

    settings = settings_of(data)
    # Not the whole house: a backup before an upgrade must not be the upgrade.
    database = Database(settings.resolved_database_url)
    try:
        if database.is_server:
            say("PostgreSQL is not copied here, films and pictures only: run pg_dump BEFORE this, see docs/backup.md.")
        made = back_up(database, Blobs(settings.resolved_blobs_url), settings.data, folder, now())
    finally:
        database.close()
    write_json(asdict(made))
