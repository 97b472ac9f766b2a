"""`openhorse mcp`: an agent's messages come in on standard input, answers go out on standard output."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openhorse.errors import CallerError, InvalidOrder

if TYPE_CHECKING:
    from mcp.server import MCPServer

MISSING = "this needs the package mcp: pip install 'openhorse[mcp]'"


def mcp(
    folder: Annotated[Path, typer.Option(help="Where films are saved, each under a name of its own.")] = Path(),
) -> None:
    """Let an agent make films: speak the Model Context Protocol on standard input and output.

    Films are made by the server that OPENHORSE_BASE_URL names, with OPENHORSE_API_KEY; without it in this process.
    """
    server = _server()
    try:
        os.chdir(folder)  # where a client and `generate` save what is given no name
    except OSError as error:
        raise InvalidOrder(f"--folder: {folder}: {error.strerror}") from None
    server.run("stdio")


def _server() -> MCPServer:
    """Raises CallerError where the extra is not installed."""
    try:
        from openhorse.cli.agents import server_of
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise CallerError(MISSING) from None
    from openhorse.cli.makers import Here, There

    return server_of(There() if os.environ.get("OPENHORSE_BASE_URL") else Here())
