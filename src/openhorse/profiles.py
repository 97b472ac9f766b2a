"""The catalog's data comes in, model profiles go out: what each open-weights model can do, and under which licence.

Knows no engine, no GPU and no file: whether a model can be run here is asked elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from openhorse.catalog import Catalog
from openhorse.errors import InvalidOrder
from openhorse.vocabulary import Mode, Order, Ratio

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""A profile's name is a folder's, too."""


@dataclass(frozen=True, slots=True)
class Licence:
    """What a model's weights may be used for. `must_accept`: the operator must acknowledge the conditions once.

    `excluded` are territories in which it may not be used, `revenue_cap_dollars` a year's revenue above which the
    vendor must be asked, `attribution` what products must show, each None or empty if nothing; `conditions` the rest.
    """

    name: str
    title: str
    url: str
    must_accept: bool
    conditions: str = ""
    excluded: tuple[str, ...] = ()
    revenue_cap_dollars: int | None = None
    attribution: str | None = None

    @property
    def summary(self) -> str:
        """Its conditions in one line: territory, revenue and attribution first, then the rest; empty if it has none."""
        told = [f"not in {_listed(self.excluded)}"] if self.excluded else []
        if self.revenue_cap_dollars is not None:
            told.append(f"{self.revenue_cap_dollars:,} dollars of revenue a year or more need its vendor's leave")
        if self.attribution is not None:
            told.append(f"commercial products show {self.attribution!r}")
        return "; ".join([*told, *filter(None, [self.conditions])])


@dataclass(frozen=True, slots=True)
class Frames:
    """Which frame counts a model makes: `step` × n + `rest`, from `least` to `most`, at `rate` a second."""

    step: int
    rest: int
    least: int
    most: int
    rate: Fraction

    def count(self, seconds: int) -> int:
        """The least count that lasts at least `seconds`. Raises InvalidOrder when there is none."""
        wanted = max(self.least, -(-seconds * self.rate.numerator // self.rate.denominator))
        found = -(-(wanted - self.rest) // self.step) * self.step + self.rest
        if found > self.most:
            raise InvalidOrder(f"at most {float(self.most / self.rate):.1f} seconds", field="seconds")
        return found


@dataclass(frozen=True, slots=True)
class Canvas:
    """Which frame sizes a model makes: short edge at most `short`, area at most `most` pixels, sides in `multiple`."""

    short: int
    most: int
    multiple: int

    def size(self, ratio: Fraction) -> tuple[int, int]:
        """Width and height, both multiples, whose ratio is nearest `ratio`; the largest of those that are as near."""
        area = min(Fraction(self.most), self.short * self.short * max(ratio, 1 / ratio))
        sizes = product(self._around(float(area * ratio) ** 0.5), self._around(float(area / ratio) ** 0.5))
        able = [(width, height) for width, height in sizes if width * height <= self.most]
        return min(able, key=lambda size: (abs(math.log(size[0] / size[1] / ratio)), -size[0]))

    def _around(self, side: float) -> tuple[int, int]:
        """The multiples below and above a side, the same twice where it is one."""
        exact = round(side / self.multiple, 6)
        return max(1, math.floor(exact)) * self.multiple, max(1, math.ceil(exact)) * self.multiple


@dataclass(frozen=True, slots=True)
class Weights:
    """Where a model's weights are: a repository of the Hugging Face hub, its revision, which of its files.

    `bytes` is about how much that is, None where it was not read.
    """

    repository: str
    revision: str = "main"
    files: tuple[str, ...] = ()
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One open-weights model. `references` is how many reference pictures it takes, 0 for none; `sound` whether it
    makes any; `ratios` is empty where it takes every one. `memory_bytes` is of the GPU, with the whole model on it,
    `least_memory_bytes` with the rest elsewhere. `steps` is what it takes by default, `family` names its pipeline.
    """

    name: str
    title: str
    family: str
    modes: frozenset[Mode]
    references: int
    seconds: tuple[int, int]
    ratios: tuple[Ratio, ...]
    sound: bool
    frames: Frames
    canvas: Canvas
    steps: int
    licence: Licence
    weights: Weights
    memory_bytes: int
    least_memory_bytes: int
    notes: tuple[str, ...] = ()
    source: str = ""

    def why_not(self, order: Order) -> str | None:
        """Why it cannot do all that `order` asks for, in words for the customer; None when it can."""
        low, high = self.seconds
        if order.mode not in self.modes:
            return f"{self.title} has no {order.mode}"
        if order.mode is Mode.REFERENCE and len(order.pictures) > self.references:
            return f"{self.title} takes at most {self.references} reference pictures"
        if not low <= order.seconds <= high:
            return f"{self.title} makes {low} to {high} seconds" if low < high else f"{self.title} makes {low} seconds"
        if order.ratio is not None and self.ratios and order.ratio not in self.ratios:
            return f"{self.title} has no {order.ratio}"
        return None


@cache
def profiles(catalog: Catalog) -> Mapping[str, Profile]:
    """Every profile of the catalog by its name, in the file's order. Raises ValueError for one that is not whole."""
    data = catalog.data
    try:
        return {name: _profile(name, row, data) for name, row in data.get("profiles", {}).items()}
    except (KeyError, TypeError) as error:
        raise ValueError(f"catalog: a profile is not whole: {error}") from error


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _profile(name: str, row: Mapping[str, Any], data: Mapping[str, Any]) -> Profile:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"catalog: {name!r} is no profile's name: it reads like h3 or wan-a14b")
    licence, frames = row["licence"], row["frames"]
    terms = data["licences"][licence]
    return Profile(
        name=name,
        title=row["title"],
        family=row["family"],
        modes=frozenset(map(Mode, row["modes"])),
        references=row.get("references", 0),
        seconds=(row["seconds"][0], row["seconds"][1]),
        ratios=tuple(Ratio(r) for r in data["ratios"].get(row.get("ratios"), ())),
        sound=row["sound"],
        frames=Frames(**{**frames, "rate": Fraction(frames["rate"])}),
        canvas=Canvas(**row["canvas"]),
        steps=row["steps"],
        licence=Licence(name=licence, **{**terms, "excluded": tuple(terms.get("excluded", ()))}),
        weights=Weights(**{**row["weights"], "files": tuple(row["weights"].get("files", ()))}),
        memory_bytes=row["memory_bytes"],
        least_memory_bytes=row["least_memory_bytes"],
        notes=tuple(row.get("notes", ())),
        source=row.get("source", ""),
    )
