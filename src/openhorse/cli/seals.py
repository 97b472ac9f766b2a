"""`openhorse c2pa`: a folder comes in, in it lies what films can be sealed with for a trial."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from openhorse.cli.terminal import say

app = typer.Typer(help="Seals that say where a film is from (C2PA).", no_args_is_help=True)


@app.callback()
def _seals() -> None:
    """Seals that say where a film is from (C2PA)."""


@app.command()
def trial(folder: Annotated[Path, typer.Argument(help="Where to; nothing that is there is written over.")]) -> None:
    """Make a key and a certificate for trials, and the authority that issued it. Nobody trusts that authority."""
    from openhorse.media import authority

    try:
        authority.found(folder, datetime.now(UTC))
    except ImportError as error:
        raise typer.BadParameter("needs the extra: pip install 'openhorse[c2pa]'") from error
    say("Seal films with it by these settings; what reads them will call the signer untrusted:")
    print(f"OPENHORSE_C2PA_CERTIFICATE={(folder / authority.CERTIFICATE).absolute()}")
    print(f"OPENHORSE_C2PA_KEY={(folder / authority.KEY).absolute()}")
