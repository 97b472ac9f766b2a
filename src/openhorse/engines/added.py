"""What an operator says of an engine elsewhere comes in, what is kept of it, and who talks to it, goes out.

Knows no database and no server's words: there is a class for each kind of inference server, and one for all vendors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
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
    return cast(Remote, getattr(import_module(module), name)(words, profile))
