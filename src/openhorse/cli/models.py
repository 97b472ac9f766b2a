"""`openhorse models`: open-weights models are shown, their licences accepted, their weights pulled and removed.

Knows how it is asked and shown. What a model can do is the catalog's, what its licence asks for `licences`', and what
of it is here `weights`'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openhorse.cli.options import AsJson
from openhorse.cli.terminal import DataFolder, aligned, say, settings_of, write_json
from openhorse.cli.transfer import gigabytes, transfer

if TYPE_CHECKING:
    from openhorse.profiles import Licence, Profile
    from openhorse.roster import Standing
    from openhorse.store.database import Database

app = typer.Typer(help="Open-weights models: what they can do, licences, weights.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A model's name, as `models list` shows it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

RATE = 24


@dataclass(frozen=True, slots=True)
class _Here:
    """What there is on this machine of the catalog's models."""

    database: Database
    profiles: Mapping[str, Profile]
    models: Path
    accepted: Mapping[str, datetime]
    engines: Sequence[Standing]

    def profile(self, name: str) -> Profile:
        """Raises NotFound listing those that exist."""
        from openhorse.errors import NotFound

        if name not in self.profiles:
            raise NotFound(f"unknown model {name!r}; available: {', '.join(self.profiles)}")
        return self.profiles[name]

    def runners(self, profile: Profile) -> list[Standing]:
        """The engines of this installation that make films with the model."""
        return [one for one in self.engines if one.profile == profile.name]


@app.command("list")
def show_all(data: DataFolder = None, as_json: AsJson = False) -> None:
    """Show all models: what each can do, its licence, whether its weights are here, and which engine runs it here."""
    with _here(data) as here:
        if as_json:
            write_json([_written(here, profile) for profile in here.profiles.values()])
            return
        rows = [_row(here, profile) for profile in here.profiles.values()]
    for row in aligned([("name", "title", "modes", "seconds", "sound", "licence", "weights", "engine here"), *rows]):
        print(row)


@app.command()
def show(name: Name, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Show everything about one model: native sizes and frames, memory, licence, and where each figure is from."""
    with _here(data) as here:
        written = _written(here, here.profile(name))
    if as_json:
        write_json(written)
        return
    for line in aligned(list(_lines(written))):
        print(line)


@app.command()
def accept(
    name: Name,
    data: DataFolder = None,
    yes: Yes = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take it back: its engines refuse from then on.")] = False,
    as_json: AsJson = False,
) -> None:
    """Acknowledge the conditions of a model's licence, once. Until then no engine makes films with the model."""
    from openhorse import licences
    from openhorse.house import now

    with _here(data) as here:
        licence = here.profile(name).licence
        if revoke:
            with here.database.transaction() as connection:
                gone = licences.revoke(connection, licence)
            _tell_accepted(licence, None, as_json)
            say(f"The {licence.title} is accepted no more." if gone else "It was not accepted.")
            return
        if licence.must_accept and licence.name not in here.accepted:
            _agree(licence, yes)
        with here.database.transaction() as connection:
            at = licences.accept(connection, licence, now()) if licence.must_accept else None
        _tell_accepted(licence, at, as_json)
        if at is None:
            say(f"The {licence.title} has no conditions that must be accepted.")
            return
        others = [one.name for one in here.profiles.values() if one.licence.name == licence.name]
        say(f"The {licence.title} was accepted on {at:%Y-%m-%d %H:%M} UTC, for {', '.join(others)}.")


@app.command()
def pull(
    name: Name,
    data: DataFolder = None,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Read what is here already, and fetch anew what is damaged.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch a model's weights from the hub, check every byte, and print the folder. Goes on where it was stopped.

    HF_ENDPOINT names another hub, HF_TOKEN the account that may read a gated model.
    """
    from openhorse import licences
    from openhorse.errors import NotPermitted
    from openhorse.house import now
    from openhorse.weights import folder_of
    from openhorse.weights.hub import Hub
    from openhorse.weights.pull import pull as fetch

    with _here(data) as here:
        profile, models = here.profile(name), here.models
        if (why := licences.why_not(profile, here.accepted)) is not None:
            raise NotPermitted(why)
    with transfer() as watcher:
        pulled = fetch(profile, models, Hub(), now(), watcher, thorough=thorough)
    made, folder = pulled.manifest, folder_of(profile, models)
    size = sum(file.bytes for file in made.there)
    if as_json:
        facts = {"name": name, "folder": str(folder), "commit": made.commit, "files": len(made.there), "bytes": size}
        write_json(facts | {"fetched_bytes": pulled.fetched_bytes})
    else:
        print(folder)
    say(
        f"{profile.title} is here whole: {len(made.there)} files, {gigabytes(size)}, "
        f"of which {gigabytes(pulled.fetched_bytes)} came now; commit {made.commit[:12]}."
    )


@app.command()
def rm(name: Name, data: DataFolder = None, yes: Yes = False, as_json: AsJson = False) -> None:
    """Delete a model's weights from this machine; its licence stays accepted."""
    from openhorse.weights import bytes_there, folder_of
    from openhorse.weights.pull import remove

    with _here(data) as here:
        profile, models = here.profile(name), here.models
    folder = folder_of(profile, models)
    if not yes and folder.exists():
        _ask(f"{gigabytes(bytes_there(profile, models))} in {folder} will be deleted.")
    freed = remove(profile, models)
    if as_json:
        write_json({"name": name, "freed_bytes": freed})
    say(f"{gigabytes(freed)} freed." if freed else f"Nothing of {profile.title} was here.")


@contextmanager
def _here(data: Path | None) -> Iterator[_Here]:
    # Not the whole house: this must go on where something else of it is not ready yet.
    from openhorse import catalog, licences, profiles
    from openhorse.outbound import Outbound
    from openhorse.roster import Roster, obstacle_in
    from openhorse.store.database import Database

    settings = settings_of(data)
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url)
    try:
        database.migrate()
        with database.reading() as connection:
            accepted = licences.accepted_at(connection)
        offers, models = catalog.load(settings.catalog), settings.resolved_models
        with closing(
            Roster(database, offers, Outbound(settings.outbound_allow), settings.engine, obstacle_in(models))
        ) as roster:
            yield _Here(database, profiles.profiles(offers), models, accepted, roster.standing())
    finally:
        database.close()


def _agree(licence: Licence, yes: bool) -> None:
    """What must be agreed to, whole, on standard error; then the question, unless it was answered before."""
    for line in _terms(licence):
        say(line)
    if not yes:
        _ask("Do you accept this for whoever runs this installation?")


def _ask(question: str) -> None:
    from openhorse.errors import CallerError

    if typer.prompt(f"{question} Type yes", default="no", show_default=False, err=True).strip().lower() != "yes":
        raise CallerError("nothing was changed; only `yes`, or --yes, goes on")


def _terms(licence: Licence) -> Iterator[str]:
    yield f"{licence.title}, {licence.url}"
    if licence.excluded:
        yield f"  Territory:    not in {', '.join(licence.excluded)}"
    if licence.revenue_cap_dollars is not None:
        yield f"  Revenue:      {licence.revenue_cap_dollars:,} dollars a year or more need its vendor's leave"
    if licence.attribution is not None:
        yield f"  Attribution:  commercial products show {licence.attribution!r}"
    if licence.conditions:
        yield f"  Furthermore:  {licence.conditions}"
    yield "This is a summary, not legal advice: the licence's own text decides."


def _tell_accepted(licence: Licence, at: datetime | None, as_json: bool) -> None:
    if as_json:
        write_json({"licence": licence.name, "accepted_at": None if at is None else at.isoformat(timespec="seconds")})


def _row(here: _Here, profile: Profile) -> tuple[str, ...]:
    from openhorse.weights import bytes_there, state

    low, high = profile.seconds
    there = state(profile, here.models)
    size = "" if there == "missing" else f" {gigabytes(bytes_there(profile, here.models))}"
    return (
        profile.name,
        profile.title,
        _modes(profile),
        f"{low}-{high}",
        "yes" if profile.sound else "no",
        _standing(here, profile.licence),
        there + size,
        ", ".join(f"{one.name}{'' if one.why_not is None else ' (not ready)'}" for one in here.runners(profile)) or "-",
    )


def _modes(profile: Profile) -> str:
    from openhorse.vocabulary import Mode

    words = {Mode.REFERENCE: f"reference({profile.references})"}
    return " ".join(words.get(mode, mode.removesuffix("-to-video")) for mode in Mode if mode in profile.modes)


def _standing(here: _Here, licence: Licence) -> str:
    if not licence.must_accept:
        return "free"
    at = here.accepted.get(licence.name)
    return "to accept" if at is None else f"accepted {at:%Y-%m-%d}"


def _written(here: _Here, profile: Profile) -> dict[str, Any]:
    """All that is known of it, as JSON. Sizes are in pixels, width and height, frames as the model makes them."""
    from openhorse.vocabulary import Mode, Ratio
    from openhorse.weights import bytes_there, folder_of, state, why_not_there

    licence, weights = profile.licence, profile.weights
    at = here.accepted.get(licence.name)
    seconds = range(profile.seconds[0], profile.seconds[1] + 1)
    return {
        "name": profile.name,
        "title": profile.title,
        "family": profile.family,
        "modes": [mode.value for mode in Mode if mode in profile.modes],
        "references": profile.references,
        "seconds": list(profile.seconds),
        "sound": profile.sound,
        "frame_rate": str(profile.frames.rate),
        "frames": {str(count): profile.frames.count(count) for count in seconds},
        "sizes": {ratio.value: list(profile.canvas.size(ratio.fraction)) for ratio in profile.ratios or Ratio},
        "steps": profile.steps,
        "memory_bytes": profile.memory_bytes,
        "least_memory_bytes": profile.least_memory_bytes,
        "licence": {
            "name": licence.name,
            "title": licence.title,
            "url": licence.url,
            "must_accept": licence.must_accept,
            "accepted_at": None if at is None else at.isoformat(timespec="seconds"),
            "excluded": list(licence.excluded),
            "revenue_cap_dollars": licence.revenue_cap_dollars,
            "attribution": licence.attribution,
            "conditions": licence.conditions,
        },
        "weights": {
            "repository": weights.repository,
            "revision": weights.revision,
            "files": list(weights.files),
            "bytes": weights.bytes,
            "state": state(profile, here.models),
            "folder": str(folder_of(profile, here.models)),
            "bytes_here": bytes_there(profile, here.models),
            "why_not": why_not_there(profile, here.models),
        },
        "engines": [{"name": one.name, "kind": one.kind, "why_not": one.why_not} for one in here.runners(profile)],
        "notes": list(profile.notes),
        "source": profile.source,
    }


def _lines(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What `_written` says, in words."""
    licence, weights = written["licence"], written["weights"]
    yield "name", f"{written['name']}: {written['title']}"
    yield "modes", ", ".join(written["modes"])
    if written["references"]:
        yield "references", f"at most {written['references']} pictures"
    low, high = written["seconds"]
    yield "seconds", f"{low} to {high}, with{'' if written['sound'] else 'out'} sound of its own"
    yield "sizes", ", ".join(f"{ratio} {width}x{height}" for ratio, (width, height) in written["sizes"].items())
    counts = ", ".join(f"{seconds} s {count}" for seconds, count in written["frames"].items())
    yield "frames", f"{counts}; at {written['frame_rate']} a second, brought to {RATE} and cut to whole seconds"
    yield "steps", str(written["steps"])
    least, whole = (gigabytes(written[key]) for key in ("least_memory_bytes", "memory_bytes"))
    yield "GPU memory", f"{whole} with all of it there, at least {least} with the rest elsewhere (not measured)"
    yield "licence", f"{licence['title']}, {licence['url']}"
    yield "", _accepted_words(written["name"], licence)
    size = "" if weights["bytes"] is None else f", {gigabytes(weights['bytes'])}"
    yield "weights", f"{weights['repository']} at {weights['revision']}{size}"
    yield "", weights["why_not"] or f"here whole, in {weights['folder']}"
    for one in written["engines"]:
        yield "engine", f"{one['name']}, {one['kind']}: {one['why_not'] or 'ready'}"
    if not written["engines"]:
        yield "engine", "none of this installation runs it"
    yield from (("note", note) for note in written["notes"])
    yield "source", written["source"]


def _accepted_words(name: str, licence: Mapping[str, Any]) -> str:
    if not licence["must_accept"]:
        return "need not be accepted"
    at = licence["accepted_at"]
    return f"accepted {at}" if at else f"not accepted; to accept it: openhorse models accept {name}"
