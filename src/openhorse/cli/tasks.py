"""`openhorse tasks`: a server's tasks are listed, shown, watched, cancelled, deleted, and their films fetched."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from openhorse.cli.options import AsJson, Output, ServerThere
from openhorse.cli.progress import progress_bar
from openhorse.cli.remote import client_of, task_line
from openhorse.cli.terminal import say, write_json

app = typer.Typer(help="Tasks of a server, as the key's owner sees them.", no_args_is_help=True)

TaskId = Annotated[str, typer.Argument(help="The task's id.", metavar="TASK")]
TaskIds = Annotated[list[str], typer.Argument(help="The tasks' ids.", metavar="TASK...")]


@app.command("list")
def listing(
    server: ServerThere = None,
    status: Annotated[
        str | None,
        typer.Option(help="queued, running, storing, succeeded, failed, cancelled or expired; a,b for both."),
    ] = None,
    page: Annotated[int, typer.Option(help="Pages count from 1, newest tasks first.", min=1)] = 1,
    size: Annotated[int, typer.Option(help="Tasks a page.", min=1, max=100)] = 20,
    as_json: AsJson = False,
) -> None:
    """List tasks, newest first."""
    with client_of(server) as client:
        found: Any = client.list(status=status.split(",") if status else None, page=page, size=size)  # type: ignore[arg-type]
    if as_json:
        write_json(found)
        return
    for task in found["data"]:
        print(task_line(task))
    if found["total"] > page * size:
        say(f"{found['total']} in all; --page {page + 1} shows more.")


@app.command()
def show(task: TaskId, server: ServerThere = None, as_json: AsJson = False) -> None:
    """Show one task: what became of it, its film and its price."""
    with client_of(server) as client:
        found = client.get(task)
    if as_json:
        write_json(found)
    else:
        _show(found)


@app.command()
def watch(
    task: TaskId,
    server: ServerThere = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each event as a line of JSON.")] = False,
) -> None:
    """Follow a task until it has ended. Exit code 1 when there is no film."""
    with client_of(server) as client, progress_bar() as show_share:
        for event in client.stream(task):
            if as_json:
                print(json.dumps({"event": event.name} | dict(event.data), ensure_ascii=False), flush=True)
            elif "progress" in event.data:
                show_share(event.data["progress"])
        found = client.get(task)
    if not as_json:
        _show(found)
    if found["status"] != "succeeded":
        raise typer.Exit(1)


@app.command()
def tries(task: TaskId, server: ServerThere = None, as_json: AsJson = False) -> None:
    """Show which engines were asked for a task's film, in order, and how that went."""
    with client_of(server) as client:
        found: Any = client.tries(task)["data"]
    if as_json:
        write_json(found)
        return
    for one in found:
        error = f"  {one['error']['code']}: {one['error']['message']}" if one["error"] else ""
        print(f"{one['number']}  {one['engine']}  {one['state']}  {one['asked_at']}{error}")


@app.command()
def cancel(tasks: TaskIds, server: ServerThere = None, as_json: AsJson = False) -> None:
    """Stop tasks that have not ended; nothing is charged for those."""
    with client_of(server) as client:
        _print_all((client.cancel(task) for task in tasks), as_json)


@app.command()
def delete(tasks: TaskIds, server: ServerThere = None, as_json: AsJson = False) -> None:
    """Forget tasks and their films for ever, cancelling those that have not ended."""
    with client_of(server) as client:
        for task in tasks:
            client.delete(task)
            if not as_json:
                print(f"{task}  deleted")
    if as_json:
        write_json({"deleted": tasks})


@app.command("open")
def fetch(
    task: TaskId,
    server: ServerThere = None,
    output: Output = None,
    launch: Annotated[bool, typer.Option("--launch", help="Open it in the browser, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the address of a task's film or, with --output, save it and print its path."""
    from openhorse.client.calls import check_film
    from openhorse.errors import NotFound

    with client_of(server) as client:
        found = client.get(task)
        check_film(found)
        if found["film"] is None:
            raise NotFound(f"task {task} is {found['status']}: it has no film yet")
        place = found["film"]["url"] if output is None else str(client.save(found, output).path)
    if launch:
        typer.launch(place)
    if as_json:
        write_json({"task": task, "film": place})
    else:
        print(place)


def _print_all(found: Iterable[Any], as_json: bool) -> None:
    if as_json:
        write_json(list(found))
        return
    for task in found:
        print(task_line(task))


def _show(task: Any) -> None:
    from openhorse.cli.make import show_facts

    print(task_line(task))
    if task["error"]:
        say(f"  {task['error']['code']}: {task['error']['message']}")
    waiting = task.get("queue")
    if waiting:
        eta = "unknown" if waiting["eta_seconds"] is None else f"{waiting['eta_seconds']:.0f} s"
        say(f"  {waiting['ahead']} before it; its film in about {eta}")
    if task["film"]:
        show_facts(task, here=False)
        print(task["film"]["url"])
