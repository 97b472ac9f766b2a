"""A database with DBOS's tables comes in, and is made fit for a million records of runs. Knows one of those tables.

DBOS's own indexes for runs in line and in hand are partial, and its lists name the status in a parameter: SQLite, and
PostgreSQL's generic plans, then look through every record that there is. Each worker asks once a second.
"""

from __future__ import annotations

import sqlalchemy as sa

from openhorse.store.database import Database

TABLE, INDEX = "workflow_status", "ix_oh_runs_status"


def index_records(database: Database) -> None:
    """Find runs by their status; at once where that was done before."""
    schema = "dbos" if database.is_server else None
    with database.reading() as connection:
        if any(index["name"] == INDEX for index in sa.inspect(connection).get_indexes(TABLE, schema=schema)):
            return
    table = f"dbos.{TABLE}" if schema else TABLE
    with database.transaction(alone="index of runs") as connection:
        connection.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS {INDEX} ON {table} (status, created_at)")
