"""`openhorse compare`: one prompt comes in, a film for each engine and seed and a sheet of them all go out."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Annotated, Any

import typer

from openhorse.cli.make import make_film
from openhorse.cli.options import LOOKS, MAKING, AsJson, ServerHere, wishes_of, with_options
from openhorse.cli.terminal import say, write_json
from openhorse.errors import InvalidOrder, TaskFailed

SEEDS = (1, 2, 3)
"""What is compared when neither seeds nor engines are named."""


@with_options({**LOOKS, **MAKING}, into="looks")
def compare(
    looks: dict[str, Any],
    prompt: Annotated[str, typer.Argument(help="What the films show. May be empty with --image.")] = "",
    seed: Annotated[list[int] | None, typer.Option(help="A seed, several times; 1, 2 and 3 when not given.")] = None,
    engine: Annotated[list[str] | None, typer.Option(help="An engine, several times.")] = None,
    folder: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for the films and sheet.jpg; made when missing.")
    ] = Path("compare"),
    server: ServerHere = None,
    as_json: AsJson = False,
) -> None:
    """Make one film for each engine and seed, and a contact sheet of them all."""
    wishes = wishes_of(looks)
    seeds = list(dict.fromkeys(seed or SEEDS))
    engines: list[str | None] = list(dict.fromkeys(engine)) if engine else [None]
    pairs = list(product(engines, seeds))
    paths = [folder / f"{f'{name}-' if name else ''}{number}.mp4" for name, number in pairs]
    taken = next((path for path in [*paths, folder / "sheet.jpg"] if path.exists()), None)
    if taken is not None:
        raise InvalidOrder(f"{taken} exists already: name another folder by --output")
    folder.mkdir(parents=True, exist_ok=True)
    made: list[dict[str, Any]] = []
    for (name, number), path in zip(pairs, paths, strict=True):
        label = f"{f'{name}, ' if name else ''}seed {number}"
        made.append(_made(prompt, path, server, wishes | {"seed": number, "engine": name}, label))
    _show(made, folder / "sheet.jpg", as_json)


def _made(prompt: str, path: Path, server: str | None, wishes: dict[str, Any], label: str) -> dict[str, Any]:
    """What became of one film. Raises what would be wrong with all of them."""
    say(label)
    try:
        film = make_film(prompt, path, server, {name: value for name, value in wishes.items() if value is not None})
    except TaskFailed as error:
        say(f"  {error.reason}: {error.message}")
        return {"label": label, "film": None, "error": {"code": error.reason, "message": error.message}}
    return {"label": label, "film": str(film.path), "task": film.task}


def _show(made: list[dict[str, Any]], sheet: Path, as_json: bool) -> None:
    from openhorse.media.sheet import contact_sheet

    films = [one for one in made if one["film"]]
    if films:
        contact_sheet([(Path(one["film"]), _label(one)) for one in films], sheet)
    if as_json:
        write_json({"films": made, "sheet": str(sheet) if films else None})
    else:
        for one in films:
            print(one["film"])
        if films:
            print(sheet)
    if len(films) < len(made):
        raise typer.Exit(1)


def _label(one: dict[str, Any]) -> str:
    film = one["task"]["film"]
    return (
        f"{one['label']}   {film['engine']}, {film['width']} x {film['height']}, made in {film['render_seconds']:.1f} s"
    )
