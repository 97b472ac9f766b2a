"""A pure function in, the same function out that remembers: what it made of the very same pixels is not made again.

A shelf holds the latest results up to so many bytes. Keys are hashes of all that goes in, so that nothing but the time
differs; results are shared, so nobody may change them. Knows no picture.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

ROOM = 200_000_000
"""Bytes that all results together may take."""


class Shelf:
    """Results by the hash of what they were made from; the one not asked for longest goes first."""

    def __init__(self, room: int = ROOM) -> None:
        """`room` is in bytes."""
        self.room, self.taken = room, 0
        self._kept: OrderedDict[bytes, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: bytes, make: Callable[[], Any]) -> Any:
        """What is kept under `key`, else what `make` returns, which is then kept if there is room for it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        made = make()
        size = sum(array.nbytes for array in _arrays(made))
        with self._lock:
            if size <= self.room and key not in self._kept:
                self._kept[key] = made, size
                self.taken += size
            while self.taken > self.room:
                self.taken -= self._kept.popitem(last=False)[1][1]
        return made

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self.taken = 0


SHELF = Shelf()


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, whose result depends on its arguments alone, with its latest results on the shelf."""

    @wraps(function)
    def find(*args: P.args, **kwargs: P.kwargs) -> R:
        made: R = SHELF.find(key_of(function.__qualname__, *args, *kwargs.items()), lambda: function(*args, **kwargs))
        return made

    return find


def key_of(*values: object) -> bytes:
    """A hash of numbers, texts, arrays and dataclasses, nested as they come; TypeError for anything else."""
    digest = hashlib.blake2b(digest_size=20)
    for part in _parts(values):
        digest.update(part)
    return digest.digest()


def _parts(value: object) -> Iterator[bytes | memoryview]:
    if isinstance(value, np.ndarray):
        yield f"{value.dtype}{value.shape}".encode()
        yield np.ascontiguousarray(value).data.cast("B") if value.size else b""
    elif value is None or isinstance(value, (bool, int, float, str, bytes)):
        yield f"{type(value).__name__}:{value!r};".encode()
    elif isinstance(value, (tuple, list)):
        yield b"("
        for one in value:
            yield from _parts(one)
        yield b")"
    elif isinstance(value, frozenset):
        yield from _parts(sorted(value))
    elif is_dataclass(value) and not isinstance(value, type):
        yield type(value).__qualname__.encode()
        for field in fields(value):
            yield from _parts(getattr(value, field.name))
    else:
        raise TypeError(f"{type(value).__name__} cannot be a part of a key")


def _arrays(value: object) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _arrays(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _arrays(getattr(value, field.name))
