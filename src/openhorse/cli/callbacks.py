"""`openhorse callbacks`: what became of callbacks is shown, one more attempt asked for, an address tried out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from openhorse.cli.options import AsJson
from openhorse.cli.terminal import DataFolder, opened_house, write_json

app = typer.Typer(help="Callbacks of a server's data folder.", no_args_is_help=True)


@app.command("list")
def listing(
    data: DataFolder = None,
    state: Annotated[str | None, typer.Option(help="waiting, delivered or given_up.")] = None,
    key: Annotated[str | None, typer.Option(help="One key's id, or how its secret begins; else all.")] = None,
    page: Annotated[int, typer.Option(help="Pages count from 1, newest tasks first.", min=1)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything of each, with every attempt.")] = False,
) -> None:
    """Show callbacks, 20 at a time."""
    from openhorse import accounts
    from openhorse.deliveries import read_state
    from openhorse.server.callbacks import write_told

    with opened_house(data) as house:
        with house.database.reading() as connection:
            key_id = None if key is None else accounts.key_called(connection, key).id
        found = house.rooms.deliveries.page(key_id, state=read_state(state), page=page)
    if as_json:
        write_json([write_told(told) for told in found])
        return
    for told in found:
        last = told.tries[-1] if told.tries else None
        answer = "not tried yet" if last is None else f"{len(told.tries)}× {last.status or last.error}"
        print(f"{told.task_id}  {told.state:<9}  {answer}  {told.url}")


@app.command()
def redeliver(
    task: Annotated[str, typer.Argument(help="The task's id.")], data: DataFolder = None, as_json: AsJson = False
) -> None:
    """Put one more attempt in line; a running worker makes it at once."""
    from openhorse.deliveries import State

    with opened_house(data) as house:
        told = house.rooms.deliveries.redeliver(task)
    if as_json:
        from openhorse.server.callbacks import write_told

        write_json(write_told(told))
        return
    before = "was delivered" if told.state is State.DELIVERED else f"{told.state.replace('_', ' ')} so far"
    print(f"{told.task_id}: attempt {len(told.tries) + 1} is in line ({before})")


@app.command("test")
def try_out(
    url: Annotated[str, typer.Argument(help="The receiver's address.")],
    data: DataFolder = None,
    dialect: Annotated[
        str, typer.Option(help="native, hiapi, wavespeed or evolink: whose words are posted.")
    ] = "native",
    key: Annotated[str | None, typer.Option(help="Sign as for this key: its id, or how its secret begins.")] = None,
    as_json: AsJson = False,
) -> None:
    """Post the callback of a task that was never made, and show what the receiver answers. Exit code 1 unless 2xx."""
    from openhorse import accounts

    with opened_house(data) as house:
        found = None
        if key is not None:
            with house.database.reading() as connection:
                found = accounts.key_called(connection, key)
        attempt = house.try_callback(url, dialect, found)
    if as_json:
        write_json(asdict(attempt))
    else:
        print(f"{attempt.status or attempt.error}  {attempt.milliseconds} ms")
        if attempt.head:
            print(attempt.head)
    if attempt.status is None or not 200 <= attempt.status < 300:
        raise typer.Exit(1)
