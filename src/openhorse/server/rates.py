"""A key's request comes in, what is left of its minute goes out. Knows no path and no header.

Kept in this process's memory: a request that only asks writes nothing anywhere. Each server over one database counts
for itself, so a key that reaches three of them may ask three times as often. What money and room depend on (budgets,
tasks, storage) is counted in the database instead: see limits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """`left` of `limit` requests a minute of one `kind`; after `reset` whole seconds all are back.

    `wait` is None for a request that may go on, else in how many seconds it may be tried again.
    """

    kind: str
    limit: int
    left: int
    reset: int
    wait: int | None = None


READS, WRITES = "reads", "writes"


class Rates:
    """All keys' minutes. For one thread: the server's event loop.

    A full minute's requests may come at once; they come back one by one, evenly (a token bucket).
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[tuple[str, str], float] = {}
        """When all of a key's requests of a kind would be back. One number says all that there is to know."""

    def take(self, key_id: str, kind: str, limit: int) -> Allowance:
        """One request of this key; nothing is taken when it has to wait."""
        now, each = self._clock(), MINUTE / limit
        before = max(self._full_at.get((key_id, kind), now), now)
        wait = before + each - now - MINUTE
        if wait > each * 1e-6:  # less is rounding
            return _allowance(kind, limit, before - now, math.ceil(wait))
        self._full_at[key_id, kind] = before + each
        return _allowance(kind, limit, before + each - now)


def _allowance(kind: str, limit: int, seconds: float, wait: int | None = None) -> Allowance:
    left = max(0, math.floor(limit * (1 - seconds / MINUTE) + 1e-6))
    return Allowance(kind, limit, left, math.ceil(seconds - 1e-6), wait)
