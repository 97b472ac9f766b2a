"""The operator's file of words comes in, a refusal of orders whose prompt has one of them goes out. Asks nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from openhorse.errors import ContentRefused, InvalidOrder
from openhorse.moderation.patterns import Patterns, expression, words
from openhorse.vocabulary import Order

LONGEST_FILE = 1 << 20
LONGEST_LINE = 500
MOST_OF_A_LINE = 5000
"""Characters of a line, those that `{m,n}` repeats counted as often."""

_log = logging.getLogger(__name__)


class DenyList:
    """Words and expressions that no prompt may have, one a line; `#` begins a comment, `/…/` is a regular expression.

    Safe to use from many threads.
    """

    def __init__(self, path: Path) -> None:
        """Reads the file, which is not read again. Raises InvalidOrder naming the first line that cannot be used."""
        try:
            with path.open("rb") as file:
                text = file.read(LONGEST_FILE + 1).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidOrder(f"OPENHORSE_DENY_LIST: {path} cannot be read: {error}") from None
        if len(text.encode()) > LONGEST_FILE:
            raise InvalidOrder(f"OPENHORSE_DENY_LIST: {path} has more than {LONGEST_FILE} bytes")
        lines = list(_lines(text))
        self._numbers = [number for number, _line in lines]
        nodes = []
        for number, line in lines:
            try:
                is_expression = len(line) > 2 and line.startswith("/") and line.endswith("/")
                node = expression(line[1:-1]) if is_expression else words(line)
                Patterns([node], MOST_OF_A_LINE)
            except ValueError as error:
                raise InvalidOrder(f"OPENHORSE_DENY_LIST: {path}, line {number}: {error}") from None
            nodes.append(node)
        try:
            self._patterns = Patterns(nodes)
        except ValueError as error:
            raise InvalidOrder(f"OPENHORSE_DENY_LIST: {path}, all lines together: {error}") from None

    def check(self, order: Order) -> None:
        """Raises ContentRefused, which does not say for which word; the log says which line it was."""
        found = self._patterns.find(order.prompt)
        if found is not None:
            _log.warning("line %d of the deny list", self._numbers[found])
            raise ContentRefused("The prompt is refused: it has words that are not allowed here.", field="prompt")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that say something, by their number from 1."""
    for number, line in enumerate(text.splitlines(), 1):
        said = line.strip()
        if said and not said.startswith("#"):
            if len(said) > LONGEST_LINE:
                raise InvalidOrder(f"OPENHORSE_DENY_LIST: line {number} has more than {LONGEST_LINE} characters")
            yield number, said
