"""The list of commands in docs/cli.md, read off the program; `scripts/docs` writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

PAGE = Path(__file__).with_name("cli.md")


def filled(page: str) -> str:
    """`page` with the commands between its marks."""
    from openhorse.cli import app

    text = "\n".join(_told(get_command(app), "openhorse"))
    marks = re.compile(r"(<!-- commands -->\n).*?(<!-- /commands -->)", re.DOTALL)
    found, count = marks.subn(lambda match: f"{match[1]}\n{text}\n{match[2]}", page)
    assert count == 1, "docs/cli.md has lost its marks"
    return found


def _told(command: Any, name: str) -> Iterator[str]:
    """A command's section, and those of the commands in it."""
    for word, inner in getattr(command, "commands", {}).items():
        if getattr(inner, "commands", None):
            yield from _told(inner, f"{name} {word}")
            continue
        if inner.hidden:
            continue
        shown = sorted(inner.params, key=lambda one: one.param_type_name)  # arguments first
        shown = [one for one in shown if not one.hidden]
        yield f"### `{name} {word}`\n"
        yield f"{inner.help}\n"
        yield f"```\n{' '.join([name, word, *_usage(shown)])}\n```\n"
        yield "| | |\n|---|---|"
        for one in shown:
            yield _row(one)
        yield ""


def _usage(params: list[Any]) -> Iterator[str]:
    if any(one.param_type_name == "option" for one in params):
        yield "[OPTIONS]"
    for one in params:
        if one.param_type_name == "argument":
            name = (one.metavar or one.name).upper().strip("[]")
            yield name if one.required else f"[{name}]"


def _row(one: Any) -> str:
    if one.param_type_name == "argument":
        name = f"`{(one.metavar or one.name).upper().strip('[]')}`"
    else:
        words = "`, `".join([*one.opts, *one.secondary_opts])
        name = f"`{words}`" + ("" if one.is_flag else f" {_value(one)}")
    envvar = f" Environment: `{one.envvar}`." if one.envvar else ""
    default = one.default
    is_shown = not (default in (None, False, "", ()) or callable(default) or getattr(one, "is_flag", False))
    return f"| {name} | {one.help or ''}{f' Default: `{default}`.' if is_shown else ''}{envvar} |"


def _value(one: Any) -> str:
    kinds = {int: "N", float: "N", Path: "PATH"}
    return str(one.metavar or kinds.get(one.type_descriptor.annotation, "TEXT")).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
