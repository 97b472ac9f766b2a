"""`openhorse engines`: all are shown, those elsewhere added, tried and taken away. Knows how it is asked and shown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openhorse.cli.options import AsJson, Options, dollars, with_options
from openhorse.cli.terminal import DataFolder, aligned, say, settings_of, write_json

if TYPE_CHECKING:
    from openhorse.catalog import Catalog
    from openhorse.engines.added import Words
    from openhorse.engines.remote import Place, Remote
    from openhorse.roster import Roster, Standing
    from openhorse.settings import Settings
    from openhorse.store.database import Database

app = typer.Typer(help="Engines: those of this machine, inference servers, vendors.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="An engine's name, as `engines list` shows it.")]

_ILL = 1
"""The exit status when something is wrong with an engine."""

VENDOR: Options = {
    "family": (
        Annotated[
            str | None,
            typer.Option(help="Of vendors: the HappyHorse that every film is made with; the one ordered if not given."),
        ],
        None,
    ),
    "at_once": (
        Annotated[int | None, typer.Option(help="Of vendors: films of a model that go on there at once.", min=1)],
        None,
    ),
    "per_second": (
        Annotated[int | None, typer.Option(help="Of vendors: films of a model asked for in a second.", min=1)],
        None,
    ),
    "day_cap": (
        Annotated[
            str | None, typer.Option(help="Of vendors: dollars that may be spent there in a day.", metavar="USD")
        ],
        None,
    ),
    "month_cap": (
        Annotated[str | None, typer.Option(help="Of vendors: likewise in a month.", metavar="USD")],
        None,
    ),
}
"""What is said of those who charge; what is not, is as the vendor documents it."""


@dataclass(frozen=True, slots=True)
class _Here:
    """What there is on this machine."""

    settings: Settings
    database: Database
    catalog: Catalog
    roster: Roster

    def standing(self, name: str) -> Standing:
        """Raises NotFound listing those that exist."""
        from openhorse.errors import NotFound

        for one in self.roster.standing():
            if one.name == name:
                return one
        raise NotFound(f"unknown engine {name!r}; available: {', '.join(self.roster.names())}")

    def words(self, name: str) -> Words | None:
        """What is kept of an engine elsewhere; None for a local one."""
        from openhorse.engines.added import read_words
        from openhorse.store.engines import read_engines

        with self.database.reading() as connection:
            rows = [one for one in read_engines(connection) if one.name == name]
        return read_words(name, rows[0].kind, rows[0].text) if rows else None


@app.command()
@with_options(VENDOR, into="vendor")
def add(
    vendor: dict[str, Any],
    kind: Annotated[
        str,
        typer.Argument(help="omni or sglang, for servers; dashscope, hiapi, wavespeed, evolink, native or openai."),
    ],
    name: Annotated[str | None, typer.Option(help="What orders and settings call it; its kind when not given.")] = None,
    url: Annotated[
        list[str] | None,
        typer.Option(
            help="Where it is; of servers, several times for several. Behind a # which part of its model a server "
            "runs: fl2va or ref2va."
        ),
    ] = None,
    profile: Annotated[str | None, typer.Option(help="Of servers: the model that they run, like h3.")] = None,
    key_env: Annotated[
        str | None, typer.Option(help="The environment variable that holds its key, which is not kept.")
    ] = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Add an engine elsewhere. Running servers and workers know it within seconds.

    Orders go to it when OPENHORSE_ENGINE or the catalog's routes name it, or the order does.
    """
    from openhorse.engines.added import Said, talker, understand, write_words
    from openhorse.errors import InvalidOrder
    from openhorse.house import now
    from openhorse.outbound import Outbound
    from openhorse.store.engines import Added, write_engine

    vendor["day_cap_micros"] = _micros(vendor.pop("day_cap"), "--day-cap")
    vendor["month_cap_micros"] = _micros(vendor.pop("month_cap"), "--month-cap")
    said = Said(name or kind, kind, tuple(url or ()), profile, key_env, **vendor)
    with _here(data) as here:
        words = understand(said, here.catalog)
        if said.name in here.roster.names():
            raise InvalidOrder(f"there is an engine {said.name!r} already; --name gives it another", field="name")
        _close(talker(kind, words, here.catalog, Outbound()))
        with here.database.transaction() as connection:
            write_engine(connection, Added(said.name, kind, write_words(words)), now())
    with _here(data) as here:
        standing = here.standing(said.name)
        _tell(standing, as_json)
        if standing.why_not is not None:
            say(f"It is not ready: {standing.why_not}.")
        if said.name not in here.settings.engine:
            say(f"To have orders go to it first: OPENHORSE_ENGINE={','.join([said.name, *here.settings.engine])}")


@app.command("list")
def show_all(data: DataFolder = None, as_json: AsJson = False) -> None:
    """Show all engines, and whether each is ready, or why not. Asks nobody."""
    with _here(data) as here:
        found = here.roster.standing()
    if as_json:
        write_json([_written(one) for one in found])
        return
    for line in aligned([_row(one) for one in found]):
        print(line)


@app.command()
def show(name: Name, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Show everything about one engine. Keys are not shown: only where each is looked for."""
    with _here(data) as here:
        standing, words = here.standing(name), here.words(name)
    told = _written(standing) | ({} if words is None else _details(words))
    if as_json:
        write_json(told)
        return
    for line in aligned([(f"{key}:", _shown(value)) for key, value in told.items() if value not in (None, [], ())]):
        print(line)


@app.command()
def test(name: Name, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Ask an engine elsewhere how each of its places is; makes nothing, costs nothing. Fails when one is not well."""
    with _here(data) as here:
        standing, remote = here.standing(name), here.roster.remote(name)
        found = {} if remote is None else {place.label: remote.health(place) for place in _places(here, remote)}
    if as_json:
        write_json(_written(standing) | {"places": [{"place": key, "wrong": why} for key, why in found.items()]})
    else:
        print(f"{name}  {'ready' if standing.why_not is None else 'not ready: ' + standing.why_not}")
        for line in aligned([(f"  {label}", why or "well") for label, why in found.items()]):
            print(line)
    if standing.why_not is not None or any(found.values()):
        raise typer.Exit(_ILL)


@app.command()
def rm(
    name: Name,
    data: DataFolder = None,
    force: Annotated[bool, typer.Option("--force", help="Also while films are being made there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take an engine elsewhere away. What it is making is not stopped there, and not fetched."""
    from openhorse.errors import InvalidOrder
    from openhorse.roster import LOCAL
    from openhorse.store.engines import open_tries, remove_engine

    with _here(data) as here:
        if here.standing(name).kind == LOCAL:
            raise InvalidOrder(f"{name} is installed, not added: it goes with its package", field="name")
        named = [where for where, names in here.roster.lists() if name in names]
        if named:
            raise InvalidOrder(f"{named[0]} names {name}: take it out there first", field="name")
        with here.database.transaction() as connection:
            making = open_tries(connection, name)
            if making and not force:
                raise InvalidOrder(
                    f"{name} is making {_films(making)}; --force takes it away all the same", field="name"
                )
            remove_engine(connection, name)
    if as_json:
        write_json({"name": name, "removed": True, "films": making})
    say(f"{name} is gone." + (f" What became of {_films(making)} there, nobody will know." if making else ""))


@contextmanager
def _here(data: Path | None) -> Iterator[_Here]:
    # Not the whole house: OPENHORSE_ENGINE may name an engine that is only now being added.
    from openhorse import catalog
    from openhorse.outbound import Outbound
    from openhorse.roster import Roster, obstacle_in
    from openhorse.store.database import Database

    settings = settings_of(data)
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url)
    try:
        database.migrate()
        offers, outbound = catalog.load(settings.catalog), Outbound(settings.outbound_allow)
        roster = Roster(database, offers, outbound, settings.engine, obstacle_in(settings.resolved_models))
        try:
            yield _Here(settings, database, offers, roster)
        finally:
            roster.close()
    finally:
        database.close()


def _places(here: _Here, remote: Remote) -> Sequence[Place]:
    """All places at which an engine makes anything, each once."""
    from openhorse.vocabulary import Order

    found: dict[str, Place] = {}
    for offer in here.catalog.of("native"):
        tier, ratio = offer.default_tier, offer.default_ratio
        order = Order("native", offer.model, offer.mode, "-", tier, 5, ratio, ("-",) * offer.pictures[0])
        found |= {place.label: place for place in remote.places(order)}
    return list(found.values())


def _close(remote: Any) -> None:
    if hasattr(remote, "close"):
        remote.close()


def _micros(text: str | None, option: str) -> int | None:
    return None if text is None else dollars(text, option)


def _films(number: int) -> str:
    return "a film" if number == 1 else f"{number} films"


def _written(standing: Standing) -> dict[str, Any]:
    return asdict(standing) | {"where": list(standing.where), "ready": standing.why_not is None}


def _details(words: Words) -> dict[str, Any]:
    """What was said of an engine elsewhere, and whether its key is here."""
    from openhorse.engines.added import key_variable

    variable = key_variable(words)
    left_out = {"name", "profile", "kind", "dialect", "urls", "base", "key_env"}
    more = {key: value for key, value in asdict(words).items() if key not in left_out}
    return {"key_env": variable, "key_is_set": bool(variable and os.environ.get(variable)), **more}


def _tell(standing: Standing, as_json: bool) -> None:
    if as_json:
        write_json(_written(standing))
    else:
        print("  ".join(filter(None, _row(standing))))


def _row(standing: Standing) -> tuple[str, ...]:
    ready = "ready" if standing.why_not is None else f"not ready: {standing.why_not}"
    return standing.name, standing.kind, standing.profile or "-", " ".join(standing.where) or "-", ready


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
