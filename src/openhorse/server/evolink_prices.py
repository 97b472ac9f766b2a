"""EvoLink's catalog, pricing rules and estimates: the catalog's offers come in, their prices in its four units go out.

The forms are those that the vendor's CLI checks (deeplearning-goethe/evolink-cli: catalog-client.js,
pricing-rules-client.js, pricing-quote-client.js) and that its stored rules of 2026-10-10 show. Choices where they
leave room:
- catalog, health and rules need no key, since the CLI sends none;
- a rule's `rate` is the price of the default quality; every other quality is a tier with its own exact rate, because a
  multiplier such as 16/9 has no finite decimals;
- films cost what their request says, so `settlement_basis` is request_only and no usage is expected;
- the checksum is that of the rule as written, and the versions are the catalog's, which does not say since when a
  price holds: `effective_at` is the beginning of time.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from fastapi import APIRouter
from pydantic import BeforeValidator, Field, create_model
from starlette.requests import Request
from starlette.responses import Response

from openhorse.catalog import DEFAULT_SECONDS, LONGEST_SECONDS, SHORTEST_SECONDS, Catalog, Offer
from openhorse.dialects import evolink
from openhorse.dialects.fields import Tolerant, WholeNumber, read_json, read_object, validated
from openhorse.errors import InvalidOrder
from openhorse.server.gate import admit
from openhorse.server.intake import Rooms
from openhorse.server.openapi import one_of
from openhorse.server.requests import Threads, json_response, read_json_body
from openhorse.vocabulary import Order, Tier, new_ulid

UNITS_PER_DOLLAR = 680_000
"""Ten-thousandths of a credit: 68 credits are a dollar, and 10 a yuan."""

FRESH = timedelta(minutes=5)
"""How long rules and estimates are said to hold."""

_EXCHANGE_RATE = "pricing-fx/v1:USD-CNY=6.8"


class EstimateBody(Tolerant):
    """A rule's `model_id` and `operation`, and the parameters that the rule declares."""

    model_id: str = Field(min_length=1)
    operation: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)


def add_routes(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """/v1/catalog/… and /v1/agent-estimates."""
    catalog = rooms.catalog
    offers = catalog.of("evolink")

    @router.get("/v1/catalog/models", summary="Models on offer")
    async def models() -> Response:
        """Each with its kind and the route that makes it."""
        return json_response({"models": [_write_model(offer) for offer in offers]})

    @router.get("/v1/catalog/health", summary="Which models work")
    async def health() -> Response:
        """All of them: a model that did not work would not be in the catalog."""
        return json_response({"models": [{"model_id": offer.model, "status": "available"} for offer in offers]})

    @router.get("/v1/catalog/pricing-rules", summary="All prices")
    async def rules() -> Response:
        """One rule a model."""
        return json_response({"meta": _write_meta(catalog, rooms.now()), "models": [_rule(offer) for offer in offers]})

    @router.get("/v1/catalog/models/{model_id}/pricing-rules", summary="A model's price")
    async def rule(model_id: str) -> Response:
        """Its rule."""
        offer = catalog.offer("evolink", model_id)
        return json_response({"meta": _write_meta(catalog, rooms.now()), "model": _rule(offer)})

    @router.post("/v1/agent-estimates", openapi_extra=one_of([EstimateBody]), summary="Ask for a price")
    async def estimate(request: Request) -> Response:
        """What a film would cost; nothing is stored."""
        await admit(request, rooms, threads)
        raw = await read_json_body(request, catalog.terms("evolink").max_body_bytes)
        return json_response(_estimate(catalog, read_object(read_json(raw)), rooms.now()))


def _write_model(offer: Offer) -> dict[str, Any]:
    words = offer.family.replace("happyhorse", "HappyHorse").replace("-", " ")
    return {
        "model_id": offer.model,
        "display_name": f"{words} {offer.mode.value.replace('-', ' ')}",
        "aliases": [],
        "capabilities": ["video"],
        "protocols": ["evolink-video-generations"],
        "lifecycle": "active",
    }


def _write_meta(catalog: Catalog, now: datetime) -> dict[str, Any]:
    return {
        "schema_version": "2",
        "catalog_version": f"cat_{catalog.version}",
        "pricing_version": f"prc_{catalog.version}",
        "price_scope": "public_default",
        "currency": "USD",
        "exchange_rate_version": _EXCHANGE_RATE,
        "updated_at": _moment(now),
        "fresh_until": _moment(now + FRESH),
    }


def _moment(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


def _money(dollars: Fraction) -> dict[str, str]:
    """An amount in the vendor's four units, as decimal texts that agree exactly (dollars to eight places)."""
    amount = _decimal(dollars * UNITS_PER_DOLLAR, 4)
    return {
        "uc": _text(amount),
        "credits": _text(amount / evolink.UNITS_PER_CREDIT),
        "cny": _text(amount / (10 * evolink.UNITS_PER_CREDIT)),
        "usd": _text(_decimal(dollars, 8)),
    }


def _decimal(number: Fraction, places: int) -> Decimal:
    return Decimal(round(number * 10**places)).scaleb(-places)


def _text(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rule(offer: Offer) -> dict[str, Any]:
    """The model's whole pricing rule, `policy_checksum` computed over the rest of it."""
    seconds = {
        "name": "duration_seconds",
        "type": "integer",
        "minimum": str(SHORTEST_SECONDS),
        "maximum": str(LONGEST_SECONDS),
        "default": str(DEFAULT_SECONDS),
    }
    qualities = [tier.value for tier in offer.tiers]
    quality = {"name": "quality", "type": "enum", "values": qualities, "default": offer.default_tier.value}
    rule = {
        "model_id": offer.model,
        "product_id": offer.family.replace(".", "-"),
        "operation": _operation(offer),
        "modality": "video",
        "lifecycle": "active",
        "pricing_status": "available",
        "settlement_basis": "request_only",
        "policy_version": 1,
        "policy_source": "published",
        "parameters": [seconds, quality],
        "components": [_component(offer)],
    }
    checksum = hashlib.sha256(json.dumps(rule, sort_keys=True).encode()).hexdigest()
    return rule | {"policy_checksum": checksum}


def _operation(offer: Offer) -> str:
    return offer.mode.value.replace("-", "_")


def _component(offer: Offer) -> dict[str, Any]:
    return {
        "id": "video_output",
        "role": "video_output",
        "dimension": "output_second",
        "unit": "output_second",
        "billing_unit_size": 1,
        "display_unit_size": 1,
        **_rate(offer, offer.default_tier),
        "quantity_rule": {"op": "variable", "name": "duration_seconds"},
        "rounding": {"point": "per_component_subtotal", "mode": "half_up"},
        "tiers": [
            {"when": _is_quality(tier), "multiplier": "1", **_rate(offer, tier)}
            for tier in offer.tiers
            if tier is not offer.default_tier
        ],
    }


def _is_quality(tier: Tier) -> dict[str, Any]:
    return {"op": "eq", "args": [{"op": "variable", "name": "quality"}, {"op": "constant", "value": tier.value}]}


def _rate(offer: Offer, tier: Tier) -> dict[str, Any]:
    return {
        "sku_id": _sku(offer, tier),
        "rate": _money(offer.price.per_second[tier]),
        "minimum_charge": _money(Fraction(0)),
        "billing_rule": "per_second",
        "pricing_status": "available",
        "effective_at": "1970-01-01T00:00:00Z",
    }


def _sku(offer: Offer, tier: Tier) -> str:
    return f"{offer.model}-{tier.value}"


def _number(value: Any) -> Any:
    """Parameters are scalars, numbers as texts among them."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6 else value


def _estimate(catalog: Catalog, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The price of a film of these parameters, from the catalog that films are charged by."""
    asked = validated(EstimateBody, body)
    offer = catalog.offer("evolink", asked.model_id)
    if asked.operation not in (None, _operation(offer)):
        raise InvalidOrder(f"operation of {offer.model} must be {_operation(offer)}", field="operation")
    seconds = Annotated[WholeNumber, BeforeValidator(_number), Ge(SHORTEST_SECONDS), Le(LONGEST_SECONDS)]
    quality = Literal[tuple(tier.value for tier in offer.tiers)]  # type: ignore[valid-type]
    fields: dict[str, Any] = {
        "duration_seconds": (seconds, DEFAULT_SECONDS),
        "quality": (quality, offer.default_tier.value),
    }
    parameters: Any = validated(
        create_model("Parameters", __base__=Tolerant, **fields), asked.parameters, inside="parameters"
    )
    return _write_estimate(catalog, offer, Tier(parameters.quality), parameters.duration_seconds, now)


def _write_estimate(catalog: Catalog, offer: Offer, tier: Tier, seconds: int, now: datetime) -> dict[str, Any]:
    rule, meta = _rule(offer), _write_meta(catalog, now)
    price = offer.price.per_second[tier]
    order = Order(evolink.name, offer.model, offer.mode, "", tier, seconds)
    whole = Fraction(evolink.units(catalog.quote(order).micros), UNITS_PER_DOLLAR)
    component = {
        "id": "video_output",
        "role": "video_output",
        "dimension": "output_second",
        "sku_id": _sku(offer, tier),
        "quantity": str(seconds),
        "billed_quantity": str(seconds),
        "unit": "output_second",
        "unit_price": _money(price)["usd"],
        "subtotal": _money(whole)["usd"],
        "unit_price_amounts": _money(price),
        "subtotal_amounts": _money(whole),
        "minimum_charge_amounts": _money(Fraction(0)),
        "tier_multiplier": "1",
        "minimum_charge_applied": False,
        "billing_rule": "per_second",
        "applied_rules": [],
    }
    return {
        "estimate_id": f"est_{new_ulid(now)}",
        "catalog_version": meta["catalog_version"],
        "pricing_version": meta["pricing_version"],
        "exchange_rate_version": _EXCHANGE_RATE,
        "price_scope": "account",
        **{part: rule[part] for part in ("policy_version", "policy_checksum", "model_id", "product_id", "operation")},
        "settlement_basis": rule["settlement_basis"],
        "currency": "USD",
        "amount": _money(whole)["usd"],
        "amounts": _money(whole),
        "components": [component],
        "assumptions": [],
        "expires_at": meta["fresh_until"],
    }
