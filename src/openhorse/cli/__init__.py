"""Words on a command line come in, the rooms do the work: `openhorse make`, `serve`, `keys`, `backup` and so on.

Exit codes: 0 done, 1 it failed, 2 it was asked for wrongly, 130 interrupted.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from openhorse import __version__, logs
from openhorse.cli import callbacks, keys
from openhorse.cli.backup import backup
from openhorse.cli.gc import gc
from openhorse.cli.terminal import DataFolder, escaped, out, say, settings_of, write_json
from openhorse.cli.usage import usage
from openhorse.errors import CallerError, InvalidOrder, OpenHorseError, TaskFailed

app = typer.Typer(
    help="The HappyHorse video system on your own machine.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.add_typer(keys.app, name="keys")
app.add_typer(callbacks.app, name="callbacks")
app.command()(usage)
app.command()(gc)
app.command()(backup)

if TYPE_CHECKING:
    from openhorse.settings import Settings

_LINE_SECONDS = 3.0
"""The least time between two lines about compiling, where there is no bar."""

FAILED, ASKED_WRONGLY, INTERRUPTED = 1, 2, 130


def main() -> None:
    """The command `openhorse`."""
    logs.set_up("text")
    try:
        app()
    except OpenHorseError as error:
        code = error.reason if isinstance(error, TaskFailed) else error.code
        out.print(f"[bold red]{code}[/]: {escaped(error.message)}")
        sys.exit(ASKED_WRONGLY if isinstance(error, CallerError) else FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


@app.command()
def make(
    prompt: Annotated[str, typer.Argument(help="What the film shows. May be empty with --image.")] = "",
    image: Annotated[str | None, typer.Option(help="First frame: a file or an address.", metavar="FILE|URL")] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            help="A reference picture, 1 to 9 times; [Image 1] in the prompt is the first.", metavar="FILE|URL"
        ),
    ] = None,
    resolution: Annotated[str, typer.Option(help="480p, 720p or 1080p.")] = "720p",
    ratio: Annotated[str | None, typer.Option(help="16:9 unless --image is given, which is followed.")] = None,
    seconds: Annotated[int, typer.Option(help="Length, 3 to 15.")] = 5,
    seed: Annotated[int | None, typer.Option(help="0 to 2147483647; the same seed gives the same film.")] = None,
    model: Annotated[
        str | None, typer.Option(help="For example happyhorse-1.0; happyhorse-1.1 when not given.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="The engine that makes the film.")] = None,
    watermark: Annotated[bool, typer.Option(help="Put our mark into the lower right corner.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to; never over a file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the task object.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print as JSON what is understood of the prompt, and make no film.")
    ] = False,
) -> None:
    """Make a film here and now, without a server."""
    if explain:
        _explain(prompt, seconds, len(reference or []), image is None)
        return
    from openhorse import local

    with _progress_bar() as on_progress:
        try:
            film = local.generate(
                prompt,
                output=output,
                on_progress=on_progress,
                image=image,
                references=reference,
                resolution=resolution,
                ratio=ratio,
                seconds=seconds,
                seed=seed,
                model=model,
                engine=engine,
                watermark=watermark,
            )
        except FileExistsError as error:
            out.print(f"[bold red]file_exists[/]: {escaped(str(error))}")
            raise typer.Exit(ASKED_WRONGLY) from None
        except TaskFailed as failed:
            if as_json:
                write_json(failed.task)
            raise
    if as_json:
        write_json(film.task)
        return
    for name, value in _facts(film.task):
        out.print(f"  {name:<9} {escaped(value)}")
    print(film.path)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    data: DataFolder = None,
    workers: Annotated[bool, typer.Option(help="Run workers too; without them, `openhorse work` does.")] = True,
) -> None:
    """Run the API and its workers."""
    from openhorse.processes import serve as run

    settings = settings_of(data)
    _log_from(settings)
    if not workers:
        settings = settings.model_copy(update={"workers": 0})
    run(settings, host, port, say)


@app.command()
def work(
    data: DataFolder = None,
    queue: Annotated[
        list[str] | None,
        typer.Option(help="What to take: films, pictures, callbacks or housekeeping; several times for several."),
    ] = None,
    attached: Annotated[bool, typer.Option(help="Stop when standard input ends.", hidden=True)] = False,
) -> None:
    """Run one worker for the servers that share its database and store. It takes from every queue unless told."""
    from openhorse.processes import work as run

    settings = settings_of(data)
    _log_from(settings)
    run(settings, queue or (), attached=attached)


@app.command()
def migrate(
    data: DataFolder = None,
) -> None:
    """Bring the database up to date; every other command does so too when it starts."""
    from openhorse.house import House
    from openhorse.store.database import SCHEMA

    House(settings_of(data), public_url="").close()
    print(SCHEMA)


def _log_from(settings: Settings) -> None:
    """Of other people's libraries, information is shown only where everything is."""
    level = settings.log_level.upper()
    logs.set_up(settings.log_format, level if level in ("DEBUG", "ERROR") else "WARNING")
    logging.getLogger("openhorse").setLevel(level)


def _explain(prompt: str, seconds: int, references: int, staged: bool) -> None:
    """Print what is understood of a prompt. Imports no drawing code, so that it answers at once."""
    from openhorse.catalog import LONGEST_SECONDS, SHORTEST_SECONDS
    from openhorse.engines.procedural.storyboard import explain_prompt

    if not prompt.strip() and staged:
        raise InvalidOrder("prompt must not be empty")
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise InvalidOrder(f"seconds should be {SHORTEST_SECONDS} to {LONGEST_SECONDS}")
    write_json(explain_prompt(prompt, seconds, references, staged))


def _version(wanted: bool) -> None:
    if wanted:
        print(f"openhorse {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _show_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """The HappyHorse video system on your own machine."""


@contextmanager
def _progress_bar() -> Iterator[Callable[[float], None]]:
    """A bar on a terminal, one line for every tenth in a pipe; both on standard error."""
    if not out.is_terminal:
        yield _lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("setting up", total=1.0)

        def show(share: float) -> None:
            doing = "drawing" if share > 0 else "setting up"
            bar.update(task, completed=share, description=_compiling() or doing)

        yield show


def _lines() -> Callable[[float], None]:
    tenths, told, told_at = 0, "", -_LINE_SECONDS

    def show(share: float) -> None:
        nonlocal tenths, told, told_at
        compiling = _compiling()
        if compiling not in (None, told) and time.monotonic() - told_at >= _LINE_SECONDS:
            told, told_at = compiling or "", time.monotonic()
            out.print(told)
        if int(share * 10) > tenths:
            tenths = int(share * 10)
            out.print(f"{tenths * 10} %")

    return show


def _compiling() -> str | None:
    """What to say while kernels are compiled: the first film of a kind takes longer."""
    from openhorse.engines.procedural.kernels import compiling

    kernels = compiling()
    return None if kernels is None else f"Compiling kernels for this machine, once: {kernels}"


def _facts(task: Any) -> Iterator[tuple[str, str]]:
    film, price = task["film"], task["price"]
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
    yield "price", f"free here; ${float(price['usd']):.3f} by {price['source']}"
