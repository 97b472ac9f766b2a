"""A fresh database for each test, SQLite or PostgreSQL; the PostgreSQL server is started here when none is given.

OPENHORSE_TEST_POSTGRES may name a server (a URL of a database in which databases can be made).
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from openhorse.runs import Queues
from openhorse.store.database import Database

KINDS = ("sqlite", "postgresql")


def fresh_url(kind: str, folder: Path, *, migrated: bool = True) -> str:
    """The URL of a database in which nothing is yet; skips the test where there is no such server.

    A PostgreSQL database is `migrated` already unless told otherwise: to copy one is much faster than to make one.
    """
    if kind == "sqlite":
        return f"sqlite:///{folder / 'openhorse.db'}"
    return _created(the_template() if migrated else "template0")


@cache
def url_of(folder: Path) -> str:
    """The URL of the database that goes with a data folder: of the kind that OPENHORSE_TEST_KIND says, else SQLite."""
    return fresh_url(os.environ.get("OPENHORSE_TEST_KIND", "sqlite"), folder)


@cache
def the_template() -> str:
    """The name of a migrated database without rows, made once for all tests of this process."""
    url = _created("template0")
    database = Database(url)
    database.migrate()
    Queues(database, callback_gaps=lambda _dialect: ()).close()
    database.close()
    return str(sa.make_url(url).database)


def _created(template: str) -> str:
    server = sa.make_url(os.environ.get("OPENHORSE_TEST_POSTGRES") or the_server().url)
    name = f"openhorse_{uuid4().hex}"
    engine = sa.create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        # DBOS keeps its tables in a schema of its own there; tests that look into them need not care.
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET search_path TO public, dbos")
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@cache
def the_server() -> Postgres:
    """One server for all tests of this process."""
    server = Postgres()
    server.start()
    atexit.register(server.remove)
    return server


class Postgres:
    """A PostgreSQL server of our own in a new folder, reached by a socket there."""

    def __init__(self) -> None:
        self._programs = _programs()
        # The server refuses to run as root, so the folder belongs to somebody else then.
        self._user = next((name for name in ("postgres", "nobody") if os.geteuid() == 0 and _exists(name)), None)
        self.folder = Path(tempfile.mkdtemp(prefix="openhorse-pg-"))
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self.folder.chmod(0o755)
        self.url = f"postgresql://openhorse@/postgres?host={self.folder}"
        self._run("initdb", "-D", "data", "-U", "openhorse", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self, listen: str = "") -> None:
        """Start it, and return when it answers; it also listens on an address of ours when one is given."""
        if listen:
            with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")
        options = f"-k {self.folder} -c listen_addresses={listen} -c max_connections=300 -c shared_buffers=64MB"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `immediate` is the nearest to a power cut."""
        self._run("pg_ctl", "-D", "data", "-m", mode, "-w", "stop")

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        subprocess.run([self._programs / "pg_ctl", "-D", "data", "-m", "immediate", "stop"], **self._options())
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        # Its output goes to a file: a server that keeps a pipe of ours open would never let us read its end.
        with (Path(tempfile.gettempdir()) / f"{self.folder.name}.out").open("w+") as out:
            options = self._options() | {"stdout": out, "stderr": subprocess.STDOUT}
            if subprocess.run([self._programs / program, *arguments], **options).returncode:
                out.seek(0)
                raise RuntimeError(f"{program}: {out.read()}")
            Path(out.name).unlink()

    def _options(self) -> dict[str, object]:
        return {
            "cwd": self.folder,
            "user": self._user,
            "group": None if self._user is None else pwd.getpwnam(self._user).pw_gid,
            "extra_groups": None if self._user is None else [],
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server of the caller's own, which may be stopped like a power cut; nothing is left of it."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _programs() -> Path:
    """The folder of initdb and pg_ctl: Debian keeps them off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    pytest.skip("PostgreSQL is not installed (Debian: postgresql), and OPENHORSE_TEST_POSTGRES names no server")
