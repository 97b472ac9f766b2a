"""Words on a command line come in, the rooms do the work: `openhorse make`, `serve`, `keys`, `backup` and so on.

Exit codes: 0 done, 1 it failed, 2 it was asked for wrongly, 3 a batch reached its --max-cost, 130 interrupted.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from openhorse import logs
from openhorse.cli import callbacks, engines, keys, models, seals, tasks
from openhorse.cli.backup import backup
from openhorse.cli.batch import batch
from openhorse.cli.compare import compare
from openhorse.cli.doctor import doctor
from openhorse.cli.gc import gc
from openhorse.cli.make import make
from openhorse.cli.mcp import mcp
from openhorse.cli.terminal import DataFolder, escaped, out, say, settings_of
from openhorse.cli.usage import usage
from openhorse.errors import CallerError, OpenHorseError, TaskFailed

app = typer.Typer(
    help="The HappyHorse video system on your own machine.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.command()(make)
app.command()(batch)
app.command()(compare)
app.add_typer(tasks.app, name="tasks")
app.add_typer(keys.app, name="keys")
app.add_typer(engines.app, name="engines")
app.add_typer(callbacks.app, name="callbacks")
app.add_typer(models.app, name="models")
app.add_typer(seals.app, name="c2pa")
app.command()(usage)
app.command()(gc)
app.command()(backup)
app.command()(doctor)
app.command()(mcp)

if TYPE_CHECKING:
    from openhorse.settings import Settings

FAILED, ASKED_WRONGLY, INTERRUPTED = 1, 2, 130


def main() -> None:
    """The command `openhorse`."""
    logs.set_up("text")
    try:
        app(prog_name="openhorse")
    except OpenHorseError as error:
        code = error.reason if isinstance(error, TaskFailed) else error.code
        out.print(f"[bold red]{code}[/]: {escaped(error.message)}")
        sys.exit(ASKED_WRONGLY if isinstance(error, CallerError) else FAILED)
    except FileExistsError as error:
        out.print(f"[bold red]file_exists[/]: {escaped(str(error))}")
        sys.exit(ASKED_WRONGLY)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        if error.filename is None:
            raise
        out.print(f"[bold red]file_unusable[/]: {escaped(f'{error.filename}: {error.strerror}')}")
        sys.exit(ASKED_WRONGLY)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


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
        typer.Option(
            help="What to take: films, films-elsewhere, pictures, callbacks or housekeeping; several times for several."
        ),
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


def _version(wanted: bool) -> None:
    if wanted:
        from openhorse import __version__

        print(f"openhorse {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _show_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """The HappyHorse video system on your own machine."""
