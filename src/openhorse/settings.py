"""The environment comes in, every knob with its default goes out. Knows nothing of what the knobs move."""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?")
"""As browsers write it in the header Origin: in lower case, names in Punycode."""


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


class Settings(BaseSettings):
    """Everything an operator can set, as OPENHORSE_<NAME> in the environment."""

    model_config = SettingsConfigDict(env_prefix="OPENHORSE_", extra="ignore", frozen=True)

    data: Path = Field(default=Path("data"), description="Folder for the database and the films, made when missing.")
    api_key: SecretStr | None = Field(default=None, description="Presets the first API key instead of drawing one.")
    public_url: str | None = Field(
        default=None, description="How customers reach this server, for links; by default the address it listens on."
    )
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; by default SQLite in the data folder.")
    blobs_url: str | None = Field(
        default=None, description="Where films and pictures are kept; by default the data folder."
    )
    film_links: Literal["proxied", "presigned"] = Field(
        default="proxied",
        description="Whether this server hands out the bytes of films itself or sends customers to the bucket.",
    )
    outbound_allow: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Comma-separated CIDRs that pictures and callbacks may reach besides the public internet, "
        "there on any port and by plain http.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Comma-separated origins whose pages may ask this server from a browser, or *."
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(), description="Comma-separated CIDRs of proxies whose X-Forwarded-For and -Proto are believed."
    )
    catalog: Path | None = Field(default=None, description="A catalog file laid over the built-in one: prices, models.")
    models: Path | None = Field(
        default=None, description="Folder for the weights of models; by default `models` in the data folder."
    )
    engine: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("procedural",),
        min_length=1,
        description="Comma-separated engines that make films when the order names none, the preferred one first.",
    )
    sync_seconds: float = Field(
        default=300.0, gt=0, le=3600, description="How long a request that waits for its film is held, in seconds."
    )
    warm_up: bool = Field(
        default=True, description="Whether `openhorse serve` compiles what films need beside its work, once a machine."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What `openhorse serve` and `work` write to standard error."
    )
    queue_limit: int = Field(default=10_000, ge=1, description="Waiting tasks of all keys together.")
    waiting: int = Field(default=1000, ge=0, description="Waiting tasks of a key that has no limit of its own.")
    unfinished: int | None = Field(default=None, ge=0, description="Tasks of such a key that have not ended.")
    reads_per_minute: int | None = Field(default=None, ge=1, description="Requests of such a key that only ask.")
    writes_per_minute: int | None = Field(
        default=None, ge=1, description="Requests of such a key that change something."
    )
    day_budget: Decimal | None = Field(
        default=None, ge=0, description="Dollars that such a key may order for in a day."
    )
    month_budget: Decimal | None = Field(
        default=None, ge=0, description="Dollars that such a key may order for in a month."
    )
    storage_bytes: int | None = Field(default=None, ge=0, description="Bytes of pictures and films of such a key.")
    log_format: Literal["text", "json"] = Field(
        default="text", description="How `serve` and `work` write their log: lines for people, or a JSON object a line."
    )
    keep_days: int | None = Field(
        default=None, ge=1, description="Days after which tasks that ended and have no film are forgotten."
    )
    workers: int = Field(default=1, ge=0, le=64, description="Worker processes that `openhorse serve` runs.")
    films_per_worker: int = Field(default=1, ge=1, le=64, description="Films that a worker makes at once.")
    films_at_once: int | None = Field(
        default=None, ge=1, description="Films that all workers of all machines make at once, by engines of their own."
    )
    remote_per_worker: int = Field(
        default=32, ge=1, le=1000, description="Films made elsewhere that a worker sees to at once."
    )
    pictures_per_worker: int = Field(
        default=8, ge=1, le=256, description="Tasks whose pictures a worker fetches at once."
    )
    callbacks_per_worker: int = Field(default=8, ge=1, le=256, description="Callbacks that a worker makes at once.")
    c2pa_certificate: Path | None = Field(
        default=None, description="PEM file of a certificate and its issuers: every film is sealed with it (C2PA)."
    )
    c2pa_key: Path | None = Field(default=None, description="PEM file of the certificate's private key.")
    drain_seconds: float = Field(
        default=30.0,
        ge=0,
        le=3600,
        description="How long a worker that is told to stop may go on with what it has in hand.",
    )

    deny_list: Path | None = Field(default=None, description="File of words that no prompt may have, one a line.")
    moderation_url: str | None = Field(
        default=None, description="OpenAI-compatible endpoint (…/v1) that judges prompts, pictures and films."
    )
    moderation_model: str | None = Field(default=None, description="The model that it is asked for.")
    moderation_key: SecretStr | None = Field(default=None, description="Its API key.")
    moderation_pictures: bool = Field(
        default=True, description="Whether it is shown pictures and frames, not only prompts."
    )
    moderation_failure: Literal["wait", "refuse", "allow"] = Field(
        default="wait", description="What happens when it gives no verdict."
    )

    enhance_url: str | None = Field(
        default=None, description="OpenAI-compatible endpoint (…/v1) that writes prompts anew before films are made."
    )
    enhance_model: str | None = Field(default=None, description="The model that it is asked for.")
    enhance_key: SecretStr | None = Field(default=None, description="Its API key.")
    enhance_engines: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("h3", "ltx", "k6", "wan"),
        description="Comma-separated engines for which it is asked where an order does not say; * is all.",
    )

    @model_validator(mode="after")
    def _seal_whole(self) -> Settings:
        if (self.c2pa_certificate is None) != (self.c2pa_key is None):
            raise ValueError("OPENHORSE_C2PA_CERTIFICATE and OPENHORSE_C2PA_KEY go together")
        return self

    @field_validator("outbound_allow", "trusted_proxies", mode="before")
    @classmethod
    def _split_networks(cls, value: Any) -> Any:
        return tuple(ipaddress.ip_network(part) for part in _parts(value)) if isinstance(value, str) else value

    @field_validator("engine", "enhance_engines", mode="before")
    @classmethod
    def _split_names(cls, value: Any) -> Any:
        return _parts(value) if isinstance(value, str) else value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        parts = _parts(value) if isinstance(value, str) else value
        for part in parts:
            if part != "*" and _ORIGIN.fullmatch(part) is None:
                raise ValueError(f"{part!r} is no origin: it reads https://host or https://host:port, without a path")
        return parts

    @property
    def resolved_database_url(self) -> str:
        """The database's URL, with the data folder filled in."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'openhorse.db'}"

    @property
    def resolved_blobs_url(self) -> str:
        """The object store's URL, with the data folder filled in."""
        return self.blobs_url or (self.data.absolute() / "blobs").as_uri()

    @property
    def resolved_models(self) -> Path:
        """The folder of weights, with the data folder filled in."""
        return (self.models or self.data / "models").absolute()
