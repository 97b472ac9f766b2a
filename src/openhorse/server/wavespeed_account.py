"""What WaveSpeed tells of itself and of a customer's account: models, prices, balance, webhook secret.

Knows the paths and shapes; what a model takes and costs comes from the catalog.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from openhorse import accounts, ledger
from openhorse.accounts import Key
from openhorse.catalog import DEFAULT_SECONDS, MICROS, Catalog, Offer
from openhorse.dialects import wavespeed
from openhorse.dialects.fields import read_json, validated
from openhorse.server.gate import SUBMIT, admit
from openhorse.server.intake import Rooms
from openhorse.server.openapi import one_of
from openhorse.server.requests import Threads, json_response, read_json_body

UNLIMITED_BALANCE = 1_000_000.0
"""Dollars that a key without limit is told to have: clients calculate with a number."""

SECRET_BYTES = 32


class PriceBody(wavespeed.WithoutNulls):
    """The model and what would be asked of it."""

    model_id: str = Field(min_length=1)
    inputs: dict[str, Any] = Field(default_factory=dict)


def add_routes(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """Models, prices under both of their paths, balance and webhook secret."""
    limit = rooms.catalog.terms("wavespeed").max_body_bytes
    models = write_models(rooms.catalog)

    @router.get("/api/v3/models", summary="Models on offer")
    async def list_models(request: Request) -> Response:
        """Every model with the schema of its body and the formula of its price."""
        await admit(request, rooms, threads)
        return json_response(wavespeed.envelope(models))

    @router.post("/api/v3/model/pricing", openapi_extra=one_of([PriceBody]), summary="Ask for the price")
    @router.post(
        "/api/v3/model/price", openapi_extra=one_of([PriceBody]), summary="Ask for the price, as newer clients"
    )
    async def price(request: Request) -> Response:
        """What a prediction with these inputs costs; inputs on which no price depends are not looked at."""
        await admit(request, rooms, threads)
        asked = validated(PriceBody, read_json(await read_json_body(request, limit)))
        return json_response(wavespeed.envelope(write_price(asked.model_id, asked.inputs, rooms.catalog)))

    @router.get("/api/v3/balance", summary="Ask for the balance")
    async def balance(request: Request) -> Response:
        """Dollars left to spend; 1,000,000 for a key without limit."""
        key = await admit(request, rooms, threads)
        return json_response(wavespeed.envelope({"balance": await threads.run(_balance, rooms, key)}))

    @router.get("/api/v3/webhook/secret", summary="Ask for the secret that signs callbacks")
    async def secret(request: Request) -> Response:
        """The key's secret, made now when it has none; callbacks are signed from then on."""
        key = await admit(request, rooms, threads, SUBMIT)
        return json_response(wavespeed.envelope({"secret": await threads.run(_secret, rooms, key)}))


def _balance(rooms: Rooms, key: Key) -> float:
    with rooms.database.reading() as connection:
        available = ledger.available(connection, key.id)
    return UNLIMITED_BALANCE if available is None else available / MICROS


def _secret(rooms: Rooms, key: Key) -> str:
    # Standard base64, so that the dialects that decode what follows the prefix can sign with it too.
    fresh = wavespeed.SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    with rooms.database.transaction() as connection:
        secret = accounts.ensure_signing_secret(connection, key.id, fresh)
    return wavespeed.SECRET_PREFIX + secret.removeprefix(wavespeed.SECRET_PREFIX)


def write_price(model: str, inputs: Any, catalog: Catalog) -> dict[str, Any]:
    """The price in dollars, under the field that the CLI and the pricing page name and those that newer clients name.

    Raises UnknownModel or InvalidOrder.
    """
    dollars = catalog.quote(wavespeed.read_priced(model, inputs, catalog)).micros / MICROS
    return {
        "model_id": model,
        "unit_price": dollars,
        "price": dollars,
        "discounted_price": dollars,
        "discount_rate": 0,
        "currency": "USD",
    }


def write_models(catalog: Catalog) -> list[dict[str, Any]]:
    """Every model on offer, in the catalog's order, as the CLI and the MCP server read them."""
    return [_write_model(offer, place, catalog) for place, offer in enumerate(catalog.of("wavespeed"))]


def _write_model(offer: Offer, place: int, catalog: Catalog) -> dict[str, Any]:
    family = offer.family.replace("happyhorse-", "HappyHorse ")
    tiers = ", ".join(tier.value for tier in offer.tiers)
    schema = {
        "type": "model_run",
        "method": "POST",
        "api_path": f"/api/v3/{offer.model}",
        "request_schema": request_schema(wavespeed.body_model(offer)),
    }
    return {
        "model_id": offer.model,
        "name": offer.model,
        "description": f"{family} {offer.mode.value}, made by this OpenHorse server: 3 to 15 seconds at {tiers}.",
        "type": offer.mode.value,
        "base_price": write_price(offer.model, {}, catalog)["price"],
        "formula": price_formula(offer),
        "sort_order": place,
        "api_schema": {"api_schemas": [schema]},
    }


def request_schema(body: type[BaseModel]) -> dict[str, Any]:
    """The body's JSON schema in the vendor's form: without titles, with the order of the fields beside them."""
    schema = body.model_json_schema()
    properties: Mapping[str, Any] = schema["properties"]
    return {
        "type": "object",
        "properties": {
            name: {key: value for key, value in field.items() if key != "title"} for name, field in properties.items()
        },
        "required": schema.get("required", []),
        "x-order-properties": list(properties),
    }


def price_formula(offer: Offer) -> str:
    """The price in dollars as a JSONata expression over the inputs; it gives what the catalog's quote gives."""
    micros = {tier.value: float(price * MICROS) for tier, price in offer.price.per_second.items()}
    per_second = f'$lookup({json.dumps(micros)}, resolution ? resolution : "{offer.default_tier.value}")'
    return f"$round({per_second} * (duration ? duration : {DEFAULT_SECONDS})) / {MICROS}"
