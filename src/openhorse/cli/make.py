"""`openhorse make`: a prompt and pictures come in, a film's path goes to standard output. Here, or by a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openhorse.cli.options import LOOKS, MAKING, ONE, AsJson, Output, ServerHere, wishes_of, with_options
from openhorse.cli.progress import drawing, progress_bar
from openhorse.cli.terminal import escaped, out, say, write_json
from openhorse.errors import InvalidOrder, TaskFailed

if TYPE_CHECKING:
    from openhorse.client import Film


@with_options({**LOOKS, **ONE, **MAKING}, into="looks")
def make(
    looks: dict[str, Any],
    prompt: Annotated[str, typer.Argument(help="What the film shows. May be empty with --image.")] = "",
    output: Output = None,
    server: ServerHere = None,
    as_json: AsJson = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print as JSON what is understood of the prompt, and make no film.")
    ] = False,
) -> None:
    """Make a film: here and now, or by a server."""
    if explain:
        _explain(prompt, looks["seconds"], len(looks["reference"] or []), looks["image"] is None)
        return
    try:
        film = make_film(prompt, output, server, wishes_of(looks))
    except TaskFailed as failed:
        if as_json:
            write_json(failed.task)
        raise
    if as_json:
        write_json(film.task)
        return
    show_facts(film.task, here=server is None)
    print(film.path)


def make_film(prompt: str, output: Path | None, server: str | None, wishes: dict[str, Any]) -> Film:
    """The film, made here where no server is named; with a bar that shows how far it is."""
    if server is not None:
        return _ordered(prompt, output, server, wishes)
    from openhorse.local import generate

    with progress_bar(drawing) as on_progress:
        return generate(prompt, output=output, on_progress=on_progress, **wishes)


def _ordered(prompt: str, output: Path | None, server: str, wishes: dict[str, Any]) -> Film:
    from openhorse.cli.remote import client_of
    from openhorse.client.films import place_for

    place_for(output)
    with client_of(server) as client:
        task = client.submit(prompt, **wishes)
        try:
            with progress_bar() as on_progress:
                task = client.wait(task, on_progress=on_progress)
        except KeyboardInterrupt:
            client.cancel(task)
            say(f"{task['id']} was cancelled.")
            raise
        return client.save(task, output)


def _explain(prompt: str, seconds: int, references: int, staged: bool) -> None:
    """Print what is understood of a prompt. Imports no drawing code, so that it answers at once."""
    from openhorse.catalog import LONGEST_SECONDS, SHORTEST_SECONDS
    from openhorse.engines.procedural.storyboard import explain_prompt

    if not prompt.strip() and staged:
        raise InvalidOrder("prompt must not be empty")
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise InvalidOrder(f"seconds should be {SHORTEST_SECONDS} to {LONGEST_SECONDS}")
    write_json(explain_prompt(prompt, seconds, references, staged))


def show_facts(task: Any, *, here: bool) -> None:
    """The film's facts and price, on standard error. `here` says that nobody is charged."""
    for name, value in _facts(task):
        out.print(f"  {name:<9} {escaped(value)}")
    price = task["price"]
    charged = f"${float(price['usd']):.3f} by {price['source']}"
    out.print(f"  {'price':<9} {escaped(f'free here; {charged}' if here else charged)}")


def _facts(task: Any) -> Iterator[tuple[str, str]]:
    film = task["film"]
    size = f"{film['width']}×{film['height']}, {film['bytes'] / 1e6:.1f} MB"
    yield "film", f"{size}, {film['seconds']:g} s, {film['frames']} frames at {film['frame_rate'].removesuffix('/1')}/s"
    sound = film["sound"]
    yield "sound", f"AAC stereo 48 kHz, {sound['lufs']:.1f} LUFS, {sound['peak_dbtp']:.1f} dBTP" if sound else "silent"
    yield (
        "engine",
        f"{film['engine']} (computed, not a neural model)" if film["engine"] == "procedural" else film["engine"],
    )
    for note in film["notes"]:
        yield "", note
    yield "seed", str(film["seed"])
    yield "took", f"{film['render_seconds']:.1f} s"
