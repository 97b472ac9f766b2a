"""Settings come in: engines, database, store, workers, addresses; findings go out. Knows no GPU.

Only what is there is looked at: a data folder without a database is one that no server has used yet, and stays so.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from openhorse.catalog import Catalog
from openhorse.doctor import Finding, gigabytes
from openhorse.errors import OpenHorseError
from openhorse.outbound import Outbound
from openhorse.profiles import Profile, profiles
from openhorse.roster import Roster, Standing, obstacle_in
from openhorse.runs.roll import beats
from openhorse.settings import Settings
from openhorse.store.blobs import Blobs
from openhorse.store.database import SCHEMA, Database
from openhorse.weights import bytes_there, state

BEAT_SECONDS = 3.0
"""How long a worker's signs of life are watched; it gives one a second."""

_TOKENS = ("HF_TOKEN", "HF_ENDPOINT")


def installation(settings: Settings, catalog: Catalog, wait: Callable[[float], None]) -> Iterator[Finding]:
    """Everything about the installation that `settings` name. `wait` sleeps for so many seconds."""
    yield _public(settings.public_url)
    yield _store(settings)
    with _opened(settings) as (finding, database):
        yield finding
        if database is not None:
            yield from _workers(database, wait)
            yield from _engines(settings, catalog, database)
    yield from _weights(profiles(catalog), settings.resolved_models)


def _public(url: str | None) -> Finding:
    if url is None:
        return Finding("address", "ok", "OPENHORSE_PUBLIC_URL is not set: links begin with where the server listens")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        return Finding("address", "wrong", "OPENHORSE_PUBLIC_URL must read https://host, without user, query or part")
    if parts.scheme == "http":
        return Finding("address", "note", f"http://{parts.netloc}: links and keys are sent in the clear")
    return Finding("address", "ok", f"https://{parts.netloc}{parts.path}")


def _store(settings: Settings) -> Finding:
    """Write, read and delete a few bytes, where the folder or the bucket is there already."""
    url = settings.resolved_blobs_url
    parts = urlsplit(url)
    shown = parts.path if parts.scheme == "file" else f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    if parts.scheme == "file" and not Path(parts.path).exists():
        return Finding("store", "ok", f"{shown} is made when the server first starts")
    key = f"doctor/{secrets.token_hex(8)}"
    try:
        blobs = Blobs(url)
        blobs.check()
        blobs.put_bytes(key, b"doctor")
        blobs.read(key)
        blobs.delete(key)
    except OpenHorseError as error:
        return Finding("store", "wrong", error.message)
    if settings.film_links == "presigned" and not blobs.is_bucket:
        return Finding("store", "wrong", "OPENHORSE_FILM_LINKS=presigned needs a bucket; this is a folder")
    if parts.scheme == "file":
        with suppress(OSError):  # another doctor is in it
            (Path(parts.path) / "doctor").rmdir()
    return Finding("store", "ok", f"{shown} takes and gives")


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Finding, Database | None]]:
    """The database, where it is there and of this version; never made in its place, never migrated."""
    url = settings.resolved_database_url
    file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    if file is not None and not file.exists():
        # Of how the engines stand, an empty one tells as much.
        with TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/openhorse.db")) as empty:
            empty.migrate()
            yield Finding("database", "ok", f"{file} is made when the server first starts"), empty
        return
    try:
        opened = Database(url)
    except OpenHorseError as error:
        yield Finding("database", "wrong", error.message), None
        return
    with closing(opened) as database:
        shown = database.url.render_as_string(hide_password=True)
        try:
            schema = database.schema()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is told
            yield Finding("database", "wrong", f"{shown}: {str(error).splitlines()[0]}"), None
            return
        if schema == SCHEMA:
            yield Finding("database", "ok", f"{shown}, schema {schema}", {"schema": schema}), database
        else:
            told = f"{shown} has schema {schema}, this version {SCHEMA}: openhorse migrate, or another version"
            yield Finding("database", "wrong", told, {"schema": schema}), None


def _workers(database: Database, wait: Callable[[float], None]) -> Iterator[Finding]:
    before = beats(database)
    if not before:
        yield Finding("workers", "ok", "none is listed: no server runs", {"alive": 0})
        return
    wait(BEAT_SECONDS)
    after = beats(database)
    alive = [name for name in after if after[name] > before.get(name, -1)]
    silent = sorted(set(after) - set(alive))
    if silent:
        told = f"{len(alive)} alive; no sign of life in {BEAT_SECONDS:.0f} s from {', '.join(silent)}"
        yield Finding("workers", "wrong", told, {"alive": len(alive), "silent": silent})
    else:
        yield Finding("workers", "ok", f"{len(alive)} alive", {"alive": len(alive)})


def _engines(settings: Settings, catalog: Catalog, database: Database) -> Iterator[Finding]:
    """How every engine stands; one that is not ready is wrong only where it is asked for."""
    try:
        outbound = Outbound(settings.outbound_allow)
        roster = Roster(database, catalog, outbound, settings.engine, obstacle_in(settings.resolved_models))
    except OpenHorseError as error:
        yield Finding("engines", "wrong", error.message)
        return
    with closing(roster):
        try:
            roster.check()
        except OpenHorseError as error:
            yield Finding("engines", "wrong", error.message)
        asked = {*settings.engine, *(name for names in catalog.data.get("routes", {}).values() for name in names)}
        yield from (_engine(one, one.name in asked) for one in roster.standing())


def _engine(one: Standing, is_asked: bool) -> Finding:
    where = f" at {', '.join(one.where)}" if one.where else ""
    facts = {"kind": one.kind, "profile": one.profile, "asked_for": is_asked}
    if one.why_not is None:
        return Finding(f"engine {one.name}", "ok", f"ready, {one.kind}{where}", facts)
    return Finding(f"engine {one.name}", "wrong" if is_asked else "note", f"not ready{where}: {one.why_not}", facts)


def _weights(known: Mapping[str, Profile], models: Path) -> Iterator[Finding]:
    standing = {name: state(profile, models) for name, profile in known.items()}
    told = [f"{name} {gigabytes(bytes_there(known[name], models))}" for name, how in standing.items() if how == "whole"]
    parts = [name for name, how in standing.items() if how == "partly"]
    settings = ", ".join(f"{name} is set" for name in _TOKENS if os.environ.get(name))
    text = f"{', '.join(told) or 'none'} in {models}{f'; {settings}' if settings else ''}"
    if parts:
        yield Finding("weights", "note", f"{text}; only in part: {', '.join(parts)}", standing)
    else:
        yield Finding("weights", "ok", text, standing)
