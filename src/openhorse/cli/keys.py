"""`openhorse keys`: keys are made, shown, limited, renewed and closed. Knows how it is asked and shown, no rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openhorse.cli.options import AsJson, Options, dollars, with_options
from openhorse.cli.terminal import DataFolder, opened_house, say, write_json

if TYPE_CHECKING:
    from openhorse.accounts import Key
    from openhorse.limits import Limits

app = typer.Typer(help="API keys of a server's data folder.", no_args_is_help=True)

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_TIMES = {"m": "minutes", "h": "hours", "d": "days"}
NONE = "none"
"""Lifts a limit."""

KeyName = Annotated[str, typer.Argument(help="The key's id, or how its secret begins, as `keys list` shows them.")]


def _limit(text: str, metavar: str) -> tuple[Any, None]:
    return Annotated[str | None, typer.Option(help=text, metavar=f"{metavar}|none")], None


LIMITS: Options = {
    "reads_per_minute": _limit("Requests a minute that only ask.", "N"),
    "writes_per_minute": _limit("Requests a minute that change something.", "N"),
    "waiting": _limit("Tasks in line.", "N"),
    "unfinished": _limit("Tasks in line or in the making.", "N"),
    "day_budget": _limit("Dollars to order for in a day (UTC).", "USD"),
    "month_budget": _limit("Dollars to order for in a month (UTC).", "USD"),
    "storage": _limit("Bytes of pictures and films that are kept, like 5G.", "BYTES"),
}
"""What a key may use, as options; `none` lifts a limit."""


@app.command()
@with_options(LIMITS, into="limits")
def create(
    limits: dict[str, Any],
    label: Annotated[str, typer.Argument(help="Whose key it is.")] = "",
    data: DataFolder = None,
    signing_secret: Annotated[
        str | None, typer.Option(help="Signs this key's callbacks, 16 to 256 characters.")
    ] = None,
    credit: Annotated[
        str | None, typer.Option(help="Dollars to begin with; unlimited but metered when not given.", metavar="USD")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="read, submit, admin or urgent, several times; read and submit if not given."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an API key and show it, this once."""
    from openhorse import accounts
    from openhorse.limits import Limits

    if signing_secret is not None and not 16 <= len(signing_secret) <= 256:
        raise typer.BadParameter("a signing secret has 16 to 256 characters", param_hint="--signing-secret")
    given = _given(limits)
    scopes = [_scope(word) for word in scope] if scope else accounts.CUSTOMER
    with opened_house(data) as house, house.database.transaction() as connection:
        key, secret = accounts.create_key(
            connection,
            label=label,
            signing_secret=signing_secret,
            scopes=scopes,
            limits=replace(Limits(), **given),
            balance_micros=None if credit is None else dollars(credit, "--credit"),
        )
    _print_secret(key, secret, as_json)


@app.command("list")
def show(
    data: DataFolder = None,
    revoked: Annotated[bool, typer.Option("--revoked", help="Show those that were closed, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show all keys: never a secret, only how it begins."""
    from openhorse import accounts

    with opened_house(data) as house, house.database.reading() as connection:
        found = accounts.list_keys(connection, revoked=revoked)
    if as_json:
        write_json([_written(key) for key in found])
        return
    for key in found:
        print("  ".join(_facts(key)))


@app.command()
def revoke(name: KeyName, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Close a key for ever, at once. Its tasks run on, its films stay as long as they would."""
    from openhorse import accounts

    with opened_house(data) as house, house.database.transaction() as connection:
        key = accounts.key_called(connection, name)
        accounts.revoke_key(connection, key.id)
    if as_json:
        write_json({"id": key.id, "label": key.label, "revoked": True})
    say(f"{key.id} ({key.label or 'no label'}) is closed.")


@app.command()
def rotate(
    name: KeyName,
    data: DataFolder = None,
    grace: Annotated[
        str, typer.Option(help="How long the old secret still opens the key, like 0m, 90m, 24h or 7d.")
    ] = "24h",
    as_json: AsJson = False,
) -> None:
    """Give a key a new secret and show it, this once. Its tasks, limits and accounts stay."""
    from openhorse import accounts

    span = _span(grace)
    with opened_house(data) as house, house.database.transaction() as connection:
        key, secret = accounts.rotate_key(connection, accounts.key_called(connection, name).id, grace=span)
    until = key.until or datetime.now(UTC)
    say(f"The old secret of {key.id} opens it until {until:%Y-%m-%d %H:%M} UTC.")
    _print_secret(key, secret, as_json)


@app.command("rotate-signing")
def rotate_signing(
    name: KeyName,
    data: DataFolder = None,
    grace: Annotated[
        str, typer.Option(help="How long the old secret signs beside the new one, like 0m, 90m, 24h or 7d.")
    ] = "24h",
    as_json: AsJson = False,
) -> None:
    """Sign a key's callbacks with a new secret, shown this once; its customer has until then to take it in."""
    from openhorse import accounts

    span = _span(grace)
    with opened_house(data) as house, house.database.transaction() as connection:
        key, secret = accounts.rotate_signing(connection, accounts.key_called(connection, name).id, grace=span)
    if key.former_signing_until is not None:
        say(f"The old signing secret of {key.id} signs too until {key.former_signing_until:%Y-%m-%d %H:%M} UTC.")
    if as_json:
        write_json({"id": key.id, "signing_secret": secret})
    else:
        print(secret)


@app.command()
@with_options(LIMITS, into="limits")
def limit(
    limits: dict[str, Any],
    name: KeyName,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Change what a key may use, from its next request on; what is not named stays, `none` lifts a limit."""
    from openhorse import accounts

    given = _given(limits)
    with opened_house(data) as house, house.database.transaction() as connection:
        key = accounts.key_called(connection, name)
        changed = accounts.set_limits(connection, key.id, replace(key.limits, **given))
    if as_json:
        write_json(_written(changed))
    else:
        print("  ".join(_facts(changed)))


def _print_secret(key: Key, secret: str, as_json: bool) -> None:
    if as_json:
        write_json(_written(key) | {"secret": secret})
    else:
        print(secret)


def _given(limits: Mapping[str, str | None]) -> dict[str, int | None]:
    """The limits that were named, by their names in a key; None for those that were lifted."""
    read: dict[str, tuple[str, Callable[[str], int]]] = {
        "reads_per_minute": ("reads_per_minute", lambda text: _whole(text, "--reads-per-minute", 1)),
        "writes_per_minute": ("writes_per_minute", lambda text: _whole(text, "--writes-per-minute", 1)),
        "waiting": ("waiting", lambda text: _whole(text, "--waiting", 0)),
        "unfinished": ("unfinished", lambda text: _whole(text, "--unfinished", 0)),
        "day_budget": ("day_micros", lambda text: dollars(text, "--day-budget")),
        "month_budget": ("month_micros", lambda text: dollars(text, "--month-budget")),
        "storage": ("storage_bytes", _bytes),
    }
    given = {name: text for name, text in limits.items() if text is not None}
    return {read[name][0]: None if text == NONE else read[name][1](text) for name, text in given.items()}


def _whole(text: str, option: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise typer.BadParameter(f"{text!r} is no whole number from {least} on, nor {NONE}", param_hint=option)
    return int(text)


def _bytes(text: str) -> int:
    number = text.upper().removesuffix("B").rstrip("KMGT")
    unit = text.upper().removesuffix("B").removeprefix(number)
    if not (number.isascii() and number.isdigit() and len(number) < 16 and unit in _UNITS):
        raise typer.BadParameter(f"{text!r} is no number of bytes, like 500M or 5G", param_hint="--storage")
    return int(number) * _UNITS[unit]


def _span(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and len(number) < 6 and unit in _TIMES):
        raise typer.BadParameter(f"{text!r} is no time like 90m, 24h or 7d", param_hint="--grace")
    return timedelta(**{_TIMES[unit]: int(number)})


def _scope(word: str) -> Any:
    from openhorse.accounts import Scope

    try:
        return Scope(word)
    except ValueError:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(Scope)}", param_hint="--scope") from None


def _facts(key: Key) -> Iterator[str]:
    yield key.id
    yield f"{key.prefix or '?':<8}…"
    yield f"{key.label or '-':<12}"
    yield f"{key.created_at:%Y-%m-%d}"
    yield "+".join(_written(key)["scopes"])
    if key.revoked_at is not None:
        yield f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.until is not None and key.until > datetime.now(UTC):
        yield f"old secret until {key.until:%Y-%m-%d %H:%M} UTC"
    yield from _shown(key.limits)


def _shown(limits: Limits) -> Iterator[str]:
    from openhorse.ledger import MICROS
    from openhorse.limits import limit_values

    for name, value in limit_values(limits).items():
        if value is None:
            continue
        is_money = name.endswith("_micros")
        yield f"{name.removesuffix('_micros')}={f'${value / MICROS:g}' if is_money else value}"


def _written(key: Key) -> dict[str, Any]:
    from openhorse.limits import limit_values
    from openhorse.server.usage import write_key

    moments = {"created_at": key.created_at, "revoked_at": key.revoked_at, "old_secret_until": key.until}
    told = {name: None if at is None else at.isoformat(timespec="seconds") for name, at in moments.items()}
    return write_key(key) | {"limits": limit_values(key.limits)} | told
