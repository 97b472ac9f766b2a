"""What an operator says of an engine elsewhere comes in, what is kept of it, and who talks to it, goes out.

Knows no database and no server's words: there is a class for each kind of inference server, and one for all vendors.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib import import_module
from typing import Any, cast

from openhorse.catalog import Catalog
from openhorse.engines.remote import Remote, Servers
from openhorse.engines.vendors import VENDORS, UpstreamTerms, read_terms, write_terms
from openhorse.errors import InvalidOrder
from openhorse.outbound import Outbound
from openhorse.profiles import profiles

SERVERS: Mapping[str, str] = {"omni": "openhorse.engines.omni:Omni", "sglang": "openhorse.engines.sglang:SGLang"}
"""Kinds of inference servers, and who talks to them."""

KINDS = (*SERVERS, *VENDORS)

VERSION = 1
"""Of what is kept; what a newer OpenHorse has written is listed, and not used."""

Words = Servers | UpstreamTerms

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ADDRESS = re.compile(r"https?://([^/?#@\s\[\]]+|\[[0-9A-Fa-f:.]+\](:\d+)?)(/[^?#@\s]*)?(#[A-Za-z0-9]+)?")
"""Behind the `#` of a server may stand which part of its model it runs."""

_PARTS = ("fl2va", "ref2va")


@dataclass(frozen=True, slots=True)
class Said:
    """What an operator has said of an engine to add; None, or no address, where nothing was said."""

    name: str
    kind: str
    urls: tuple[str, ...] = ()
    profile: str | None = None
    key_env: str | None = None
    family: str | None = None
    at_once: int | None = None
    per_second: int | None = None
    day_cap_micros: int | None = None
    month_cap_micros: int | None = None


_SERVERS_SAY = ("urls", "profile", "key_env")
_VENDORS_SAY = tuple(field.name for field in fields(Said) if field.name not in ("name", "kind", "profile"))


def understand(said: Said, catalog: Catalog) -> Words:
    """What was said, checked. Raises InvalidOrder naming what is missing, unknown or too much."""
    if said.kind not in KINDS:
        raise InvalidOrder(f"unknown kind {said.kind[:50]!r}; available: {', '.join(KINDS)}", field="kind")
    if _NAME.fullmatch(said.name) is None:
        raise InvalidOrder(f"{said.name[:80]!r} is no name: small letters, digits, '.', '_' and '-'", field="name")
    for url in said.urls:
        if _ADDRESS.fullmatch(url) is None:
            raise InvalidOrder(
                f"{url[:200]!r} is no address: http:// or https://, a host, no question mark", field="url"
            )
    if said.key_env is not None and _VARIABLE.fullmatch(said.key_env) is None:
        # Not repeated: it may be the key itself.
        raise InvalidOrder("--key-env is the name of a variable, not the key itself", field="key_env")
    told = {key: value for key, value in asdict(said).items() if value not in (None, ())}
    of_kind = _SERVERS_SAY if said.kind in SERVERS else _VENDORS_SAY
    needless = sorted(set(told) - {"name", "kind", *of_kind})
    if needless:
        option = "--" + needless[0].removesuffix("_micros").replace("_", "-")
        raise InvalidOrder(f"{said.kind} has no use for {option}", field=needless[0])
    urls = tuple(url.rstrip("/") for url in said.urls)
    return _servers(said, urls) if said.kind in SERVERS else _terms(said, urls, catalog)


def _servers(said: Said, urls: tuple[str, ...]) -> Servers:
    if not urls:
        raise InvalidOrder(f"say where the servers of {said.name} are", field="url")
    if said.profile is None:
        raise InvalidOrder("say by --profile which model the servers run", field="profile")
    for part in (url.partition("#")[2] for url in urls if "#" in url):
        if part.lower() not in _PARTS:
            raise InvalidOrder(f"unknown part {part[:50]!r}; available: {', '.join(_PARTS)}", field="url")
    if len({url.partition("#")[0] for url in urls}) < len(urls):
        raise InvalidOrder("each server is named once", field="url")
    return Servers(said.name, urls, said.profile, said.key_env)


def _terms(said: Said, urls: tuple[str, ...], catalog: Catalog) -> UpstreamTerms:
    if len(urls) > 1:
        raise InvalidOrder("a vendor has one address", field="url")
    families = sorted({offer.family for offer in catalog.of(said.kind)})
    if said.family is not None and said.family not in families:
        raise InvalidOrder(f"{said.kind} has no {said.family[:100]}; there is {', '.join(families)}", field="family")
    return UpstreamTerms(
        name=said.name,
        dialect=said.kind,
        base=urls[0] if urls else None,
        key_env=said.key_env,
        family=said.family,
        seats=said.at_once,
        per_second=said.per_second,
        day_micros=said.day_cap_micros,
        month_micros=said.month_cap_micros,
    )


def write_words(words: Words) -> str:
    """What is kept of an engine, as JSON."""
    told = write_terms(words) if isinstance(words, UpstreamTerms) else asdict(words)
    return json.dumps({"version": VERSION} | {key: value for key, value in told.items() if key != "name"})


def read_words(name: str, kind: str, text: str) -> Words | None:
    """What `write_words` wrote of an engine of that kind; None for what another version has written."""
    try:
        data: dict[str, Any] = json.loads(text)
        if kind not in KINDS or data.pop("version") != VERSION:
            return None
        if kind in VENDORS:
            return read_terms(name, data)
        return Servers(name, **{**data, "urls": tuple(data["urls"])})
    except (ValueError, TypeError, KeyError, InvalidOrder):
        return None


def key_variable(words: Words) -> str | None:
    """The environment variable in which the engine's key is, None when it wants none."""
    return words.key_variable if isinstance(words, UpstreamTerms) else words.key_env


def addresses(words: Words) -> tuple[str, ...]:
    """Where the engine is."""
    return (words.address,) if isinstance(words, UpstreamTerms) else words.urls


def talker(kind: str, words: Words, catalog: Catalog, outbound: Outbound) -> Remote:
    """Who talks to the engine. Opens no connection. Raises InvalidOrder for a profile that there is not."""
    if isinstance(words, UpstreamTerms):
        upstream = import_module("openhorse.engines.upstream").Upstream
        return cast(Remote, upstream(words, catalog, outbound))
    profile = profiles(catalog).get(words.profile)
    if profile is None:
        known = ", ".join(profiles(catalog))
        raise InvalidOrder(f"unknown profile {words.profile[:100]!r}; available: {known}", field="profile")
    module, _, name = SERVERS[kind].partition(":")
    key = os.environ.get(words.key_env) if words.key_env else None
    return cast(Remote, getattr(import_module(module), name)(words, profile, key or None))
