"""Options that several commands have are declared here once; a command gets them together, in one argument.

Knows no command. A table of options is given by name, each with its type as Typer reads it and its default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any

import typer

Options = Mapping[str, tuple[Any, Any]]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

ServerHere = Annotated[
    str | None,
    typer.Option(
        "--server", help="A server's address; its key comes from OPENHORSE_API_KEY.", metavar="URL", show_default=False
    ),
]
"""For commands that do their work on this machine unless a server is named."""

ServerThere = Annotated[
    str | None,
    typer.Option(
        "--server",
        help="A server's address, http://127.0.0.1:8000 when not given; its key comes from OPENHORSE_API_KEY.",
        metavar="URL",
        envvar="OPENHORSE_BASE_URL",
        show_default=False,
    ),
]
"""For commands that need one."""

Output = Annotated[Path | None, typer.Option("-o", "--output", help="Where to; never over a file.")]

LOOKS: Options = {
    "image": (
        Annotated[str | None, typer.Option(help="First frame: a file or an address.", metavar="FILE|URL")],
        None,
    ),
    "reference": (
        Annotated[
            list[str] | None,
            typer.Option(
                help="A reference picture, 1 to 9 times; [Image 1] in the prompt is the first.", metavar="FILE|URL"
            ),
        ],
        None,
    ),
    "resolution": (Annotated[str, typer.Option(help="480p, 720p or 1080p.")], "720p"),
    "ratio": (Annotated[str | None, typer.Option(help="16:9 unless --image is given, which is followed.")], None),
    "seconds": (Annotated[int, typer.Option(help="Length, 3 to 15.")], 5),
}
"""What a film is to be like, but for what commands vary."""

MAKING: Options = {
    "model": (
        Annotated[str | None, typer.Option(help="For example happyhorse-1.0; happyhorse-1.1 when not given.")],
        None,
    ),
    "watermark": (Annotated[bool, typer.Option(help="Put our mark into the lower right corner.")], False),
    "enhance": (
        Annotated[bool | None, typer.Option(help="Have the prompt enhanced first, or not; else as it is set up.")],
        None,
    ),
}

ONE: Options = {
    "seed": (
        Annotated[int | None, typer.Option(help="0 to 2147483647; the same seed gives the same film.")],
        None,
    ),
    "engine": (Annotated[str | None, typer.Option(help="The engine that makes the film.")], None),
}


def with_options(options: Options, into: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The command gets these options too, by name in its argument `into`, where its help shows them."""

    def change(command: Callable[..., None]) -> Callable[..., None]:
        def changed(**given: Any) -> None:
            gathered = {name: given.pop(name) for name in options}
            command(**given, **{into: gathered})

        parameters: list[Parameter] = []
        for own in signature(command, eval_str=True).parameters.values():
            if own.name == into:
                parameters += [
                    Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
                    for name, (kind, default) in options.items()
                ]
            else:
                parameters.append(own.replace(kind=Parameter.KEYWORD_ONLY))
        changed.__name__, changed.__doc__, changed.__module__ = command.__name__, command.__doc__, command.__module__
        changed.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        changed.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return changed

    return change


def dollars(text: str, option: str) -> int:
    """A sum of dollars in micro-dollars. Raises BadParameter naming the option."""
    from openhorse.ledger import micros_of

    try:
        given = Decimal(text)
    except InvalidOperation:
        given = Decimal("nan")
    if not (given.is_finite() and 0 <= given <= 10**9):
        raise typer.BadParameter(f"{text!r} is no sum of dollars", param_hint=option)
    return micros_of(given) or 0


def wishes_of(looks: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a film as the client and `generate` take them."""
    return {"references" if name == "reference" else name: value for name, value in looks.items() if value is not None}
