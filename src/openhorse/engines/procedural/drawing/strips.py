"""A kernel and a count of rows or tiles in; all of them drawn, strip beside strip on threads. Knows no picture.

Also other work, done on other threads beside what is being done here: `beside`, `side_by_side`.

Strips are for kernels that call many others: Numba's own parallel loops compile everything they call twice over.
"""

from __future__ import annotations

import functools
import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from openhorse.engines.procedural.drawing.noise import ROW

P = ParamSpec("P")
T = TypeVar("T")

STRIP: dict[str, Any] = {**ROW, "nogil": True}
"""Numba options of a kernel for `in_strips`: it lets go of the interpreter."""

_STRIPS = 8
_AHEAD = 4


def in_strips(kernel: Callable[..., None], first: int, last: int, *arguments: Any, least: int = 1) -> None:
    """Call `kernel(*arguments, from, to)` on strips that together are first … last − 1, of `least` rows or more.

    The strips must not depend on one another, so that their order does not matter, nor how many there are.
    """
    count = max(1, min(_STRIPS, (last - first) // least))
    if count == 1:
        kernel(*arguments, first, last)
        return
    bounds = [first + (last - first) * k // count for k in range(count + 1)]
    strips = [_threads().submit(kernel, *arguments, start, stop) for start, stop in itertools.pairwise(bounds)]
    for strip in strips:
        strip.result()


def beside(work: Callable[P, T], *given: P.args, **how: P.kwargs) -> Future[T]:
    """Begin `work` on another thread. It may call `in_strips`, but must not wait for other work `beside`."""
    return _hands().submit(work, *given, **how)


def side_by_side(works: Iterable[Callable[[], T]]) -> Iterator[T]:
    """What each of `works` gives, in their order; they must not depend on one another.

    A few are begun ahead of the one that is waited for, so that no more results are held than that.
    """
    begun: deque[Future[T]] = deque()
    for work in works:
        begun.append(beside(work))
        if len(begun) > _AHEAD:
            yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()


@functools.cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="strips")


@functools.cache
def _hands() -> ThreadPoolExecutor:
    # not those of the strips: whoever waits for strips must leave them a thread
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="beside")
