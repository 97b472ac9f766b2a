"""catalog.toml and the operator's additions come in, the models on offer and the price of an order go out.

Knows no HTTP, no database and no engine's inside; capabilities are data, not classes.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from openhorse.errors import UnknownModel
from openhorse.vocabulary import Mode, Order, PictureLimits, Quote, Ratio, Tier

SHORTEST_SECONDS, LONGEST_SECONDS, DEFAULT_SECONDS = 3, 15, 5
"""Whole seconds of a film, the same at every vendor."""

MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per second and tier, exact, and where the figure is from."""

    per_second: Mapping[Tier, Fraction]
    source: str

    @property
    def is_assumed(self) -> bool:
        """True when no published figure was found."""
        return self.source.startswith("assumed")


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """One model as one dialect sells it.

    `family` is the HappyHorse behind the vendor's name: happyhorse-1.0 or happyhorse-1.1.
    `ratios` is empty where the film follows its first frame. `pictures` is how many are taken,
    (0, 0) for none. `seed` is the accepted range, None where the field is refused.
    """

    dialect: str
    model: str
    family: str
    mode: Mode
    prompt_required: bool
    tiers: tuple[Tier, ...]
    default_tier: Tier
    ratios: tuple[Ratio, ...]
    pictures: tuple[int, int]
    picture_limits: PictureLimits
    seed: tuple[int, int] | None
    price: Price
    source: str

    @property
    def default_ratio(self) -> Ratio | None:
        """16:9 wherever a ratio can be chosen."""
        return self.ratios[0] if self.ratios else None


PERSISTENT = "persistent"
"""What the echo of an order says of its `storage` when the film is to be kept: HiAPI's word."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a dialect promises its customers beside the models: how long films live, how large a body may be.

    `persistent_hours` is how long films live that a customer asks to keep, None where nobody can.
    """

    retention_hours: int
    max_body_bytes: int
    persistent_hours: int | None = None


class Catalog:
    """All offers. Raises ValueError when the data contradicts itself."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.version: str = data["version"]
        self.data = data
        """As it was written, for those who read more out of it (profiles, routes)."""
        self._offers = {(o.dialect, o.model): o for o in (self._offer(row) for row in data["offers"])}

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """Every offer, in the file's order."""
        return tuple(self._offers.values())

    def of(self, dialect: str) -> tuple[Offer, ...]:
        """What one dialect offers."""
        return tuple(offer for offer in self.offers if offer.dialect == dialect)

    def offer(self, dialect: str, model: str) -> Offer:
        """The offer called `model`. Raises UnknownModel listing what exists, nearest name first."""
        found = self._offers.get((dialect, model))
        if found is not None:
            return found
        names = [offer.model for offer in self.of(dialect)]
        near = difflib.get_close_matches(model[:200], names, n=len(names), cutoff=0.0)
        raise UnknownModel(f"unknown model {model[:200]!r}; available: {', '.join(near or names)}", field="model")

    def made_by(self, dialect: str, family: str, mode: Mode) -> Offer:
        """What `dialect` calls the `mode` of `family`. Raises UnknownModel when it does not sell it."""
        for offer in self.of(dialect):
            if (offer.family, offer.mode) == (family, mode):
                return offer
        raise UnknownModel(f"{dialect} has no {mode} of {family[:100]}", field="model")

    def find(self, model: str) -> Offer:
        """The offer that any dialect calls `model`. Raises UnknownModel."""
        for offer in self.offers:
            if offer.model == model:
                return offer
        raise UnknownModel(f"unknown model {model[:200]!r}", field="model")

    def terms(self, dialect: str) -> Terms:
        """The dialect's retention and limits."""
        row = self.data["dialects"][dialect]
        return Terms(row["retention_hours"], row["max_body_bytes"], row.get("persistent_hours"))

    def lifetime(self, order: Order) -> timedelta:
        """How long the film of `order` is kept."""
        terms = self.terms(order.dialect)
        kept = terms.persistent_hours if order.echo.get("storage") == PERSISTENT else None
        return timedelta(hours=terms.retention_hours if kept is None else kept)

    def quote(self, order: Order) -> Quote:
        """What `order` costs, from the very fields that are rendered."""
        price = self.offer(order.dialect, order.model).price
        per_second = price.per_second[order.tier] * MICROS
        return Quote(
            micros=round(per_second * order.seconds),
            micros_per_second=round(per_second),
            seconds=order.seconds,
            price_version=self.version,
            source=price.source,
        )

    def _offer(self, row: Mapping[str, Any]) -> Offer:
        pictures = self.data["pictures"].get(row.get("pictures"), {"count": (0, 0)})
        price = self._price(self.data["prices"][row["price"]])
        low, high = pictures["count"]
        offer = Offer(
            dialect=row["dialect"],
            model=row["model"],
            family=row["family"],
            mode=Mode(row["mode"]),
            prompt_required=row["prompt"] == "required",
            tiers=tuple(price.per_second),
            default_tier=Tier(row["default_tier"]),
            ratios=tuple(Ratio(r) for r in self.data["ratios"].get(row.get("ratios"), ())),
            pictures=(low, high),
            picture_limits=_limits(pictures),
            seed=tuple(row["seed"]) if "seed" in row else None,
            price=price,
            source=row["source"],
        )
        if (offer.mode is Mode.TEXT) != (offer.pictures == (0, 0)) or (offer.mode is Mode.IMAGE) == bool(offer.ratios):
            raise ValueError(f"catalog: {offer.dialect} {offer.model} does not fit its mode {offer.mode}")
        return offer

    def _price(self, row: Mapping[str, Any]) -> Price:
        dollars = Fraction(self.data["units"][row["unit"]])
        per_second = {Tier(tier): Fraction(amount) * dollars for tier, amount in row["per_second"].items()}
        ascending = [per_second[tier] for tier in Tier if tier in per_second]
        if ascending != sorted(set(ascending)):
            raise ValueError(f"catalog: a larger tier must cost more ({row['source']})")
        return Price(per_second, row["source"])


def _limits(row: Mapping[str, Any]) -> PictureLimits:
    if "formats" not in row:
        return PictureLimits()
    return PictureLimits(tuple(row["formats"]), row["shortest_side"], row.get("longest_ratio"), row["bytes"])


def load(additions: Path | None = None) -> Catalog:
    """The built-in catalog with an operator's file laid over it.

    In `additions`, tables are merged key by key and an offer replaces the built-in one of the same
    dialect and model. Raises ValueError when the result contradicts itself, OSError when unreadable.
    """
    data = tomllib.loads(files("openhorse").joinpath("catalog.toml").read_text("utf-8"))
    if additions is not None:
        data = _merged(data, tomllib.loads(additions.read_text("utf-8")))
    return Catalog(data)


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        if key == "offers":
            replaced = {(row["dialect"], row["model"]): row for row in [*below.get(key, ()), *value]}
            merged[key] = list(replaced.values())
        elif isinstance(value, dict) and isinstance(below.get(key), dict):
            merged[key] = _merged(below[key], value)
        else:
            merged[key] = value
    return merged
