"""`python -m openhorse` is the command `openhorse`."""

from openhorse.cli import main

main()
