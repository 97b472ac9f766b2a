"""What an operator says of an upstream comes in as plain data, and goes out with what is known of its vendor.

Addresses, limits and habits of the vendors that sell HappyHorse, from their documentation; where one publishes no
figure, a modest one of ours stands in. Speaks to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from openhorse.catalog import MICROS, Catalog
from openhorse.dialects import Call
from openhorse.errors import InvalidOrder, UnknownModel
from openhorse.vocabulary import Tier


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. `base` is None where the operator has to say it, `key_env` where the key is looked for.

    `seats` films are made at once of one model, `per_second` asked for; a film is looked at every `poll_seconds`.
    `has_idempotency`: whether a create with the Idempotency-Key of an earlier one makes no second film. `mention` is
    how a prompt names the reference picture of a number, `well` the path of a GET that costs nothing and wants a key.
    """

    title: str
    base: str | None
    key_env: str
    seats: int
    per_second: int | None
    poll_seconds: float
    has_idempotency: bool
    mention: str
    well: str
    files_base: str | None = None


VENDORS: Mapping[str, Vendor] = {
    "dashscope": Vendor(
        title="DashScope",
        base="https://dashscope-intl.aliyuncs.com",  # the catalog's prices are the international ones
        key_env="DASHSCOPE_API_KEY",
        seats=5,
        per_second=5,  # both from Alibaba's page on rate limits, per model
        poll_seconds=5,  # 20 queries a second and account; its SDK waits up to 5 s
        has_idempotency=False,
        mention="[Image {}]",
        well="/api/v1/tasks/?page_size=1",
    ),
    "hiapi": Vendor(
        title="HiAPI",
        base="https://api.hiapi.ai",
        key_env="HIAPI_API_KEY",
        seats=4,  # no figure is published
        per_second=2,
        poll_seconds=3,  # as its SDK
        has_idempotency=True,
        mention="[Image {}]",
        well="/v1/tasks?page=1&size=1",
    ),
    "wavespeed": Vendor(
        title="WaveSpeed",
        base="https://api.wavespeed.ai",
        key_env="WAVESPEED_API_KEY",
        seats=3,  # the lowest account level; it makes 5 films a minute, too
        per_second=1,
        poll_seconds=5,  # its documentation's advice for video
        has_idempotency=False,
        mention="[Image {}]",
        well="/api/v3/balance",
    ),
    "evolink": Vendor(
        title="EvoLink",
        base="https://api.evolink.ai",
        key_env="EVOLINK_API_KEY",
        seats=4,  # no figure is published
        per_second=2,
        poll_seconds=5,
        has_idempotency=True,  # known from the source of its command line only
        mention="character{}",
        well="/v1/credits",
        files_base="https://files-api.evolink.ai",
    ),
    "native": Vendor(
        title="OpenHorse",
        base=None,
        key_env="OPENHORSE_UPSTREAM_API_KEY",
        seats=8,
        per_second=10,
        poll_seconds=1,
        has_idempotency=True,
        mention="[Image {}]",
        well="/openhorse/v1/tasks?page=1&size=1",
    ),
    "openai": Vendor(
        title="OpenHorse",
        base=None,
        key_env="OPENHORSE_UPSTREAM_API_KEY",
        seats=8,
        per_second=10,
        poll_seconds=1,
        has_idempotency=False,
        mention="[Image {}]",
        well="/v1/videos?limit=1",
    ),
}


@dataclass(frozen=True, slots=True)
class UpstreamTerms:
    """What the operator says of an upstream: plain data, kept as JSON. Whatever is None is the vendor's own.

    `base` is what the vendor's paths are below, without a slash at its end; `key_env` names the environment variable
    in which the key is; `family` is the HappyHorse that every film is made with (happyhorse-1.0 or happyhorse-1.1),
    None for the one that was ordered. `day_micros` and `month_micros` are what films there may cost by day and month,
    UTC, None without end. Raises InvalidOrder when it cannot be followed.
    """

    name: str
    dialect: str
    base: str | None = None
    key_env: str | None = None
    family: str | None = None
    seats: int | None = None
    per_second: int | None = None
    day_micros: int | None = None
    month_micros: int | None = None

    def __post_init__(self) -> None:
        if self.dialect not in VENDORS:
            raise InvalidOrder(
                f"unknown dialect {self.dialect[:50]!r}; available: {', '.join(VENDORS)}", field="dialect"
            )
        if not (self.base or self.vendor.base or "").startswith(("https://", "http://")):
            raise InvalidOrder(f"{self.name}: say its address, http://… or https://…", field="base")
        for field in ("seats", "per_second"):
            if (value := getattr(self, field)) is not None and value < 1:
                raise InvalidOrder(f"{field} must be at least 1", field=field)
        for field in ("day_micros", "month_micros"):
            if (value := getattr(self, field)) is not None and value < 0:
                raise InvalidOrder(f"{field} must not be negative", field=field)

    @property
    def vendor(self) -> Vendor:
        """What is known of whom it is bought from."""
        return VENDORS[self.dialect]

    @property
    def address(self) -> str:
        """What the vendor's paths are below."""
        return (self.base or self.vendor.base or "").rstrip("/")

    @property
    def files_address(self) -> str:
        """What the paths for files are below: another host's, where it is the vendor itself that has one."""
        own = self.address == self.vendor.base
        return self.vendor.files_base if own and self.vendor.files_base is not None else self.address

    @property
    def key_variable(self) -> str:
        """The environment variable in which the key is."""
        return self.key_env or self.vendor.key_env


def write_terms(terms: UpstreamTerms) -> dict[str, Any]:
    """As JSON holds it, without its name."""
    return {field: value for field, value in asdict(terms).items() if field != "name" and value is not None}


def read_terms(name: str, data: Mapping[str, Any]) -> UpstreamTerms:
    """What `write_terms` wrote. A field that this version does not know is passed over."""
    known = {field.name for field in fields(UpstreamTerms)} - {"name"}
    return UpstreamTerms(name=name, **{field: value for field, value in data.items() if field in known})


def stop_call(kind: str, task_id: str) -> Call | None:
    """The request that cancels a film; None where the vendor documents none: EvoLink, HiAPI and WaveSpeed."""
    name = quote(task_id, safe="")
    if kind == "dashscope":  # which cancels what is PENDING only
        return Call("POST", f"/api/v1/tasks/{name}/cancel")
    if kind == "native":
        return Call("POST", f"/openhorse/v1/tasks/{name}/cancel")
    return Call("DELETE", f"/v1/videos/{name}") if kind == "openai" else None


def charge_of(catalog: Catalog, kind: str, model: str, body: Any) -> int | None:
    """Micro-dollars of a film whose `usage` tells seconds and tier, as DashScope's does; None where it does not."""
    usage = body.get("usage") if kind == "dashscope" and isinstance(body, Mapping) else None
    if not isinstance(usage, Mapping):
        return None
    seconds, side = usage.get("output_video_duration", usage.get("duration")), usage.get("SR")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e6:
        return None
    try:
        price = catalog.offer(kind, model).price.per_second[Tier(f"{side}p")]
    except (UnknownModel, ValueError, KeyError):
        return None
    return round(price * Fraction(seconds) * MICROS)
