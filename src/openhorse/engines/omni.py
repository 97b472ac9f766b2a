"""Orders and pictures come in, films made by vLLM-Omni servers go out."""

from __future__ import annotations

from openhorse.engines.remote import Servers
from openhorse.profiles import Profile


class Omni:
    """The vLLM-Omni servers of one engine, all of which serve `profile`'s model."""

    has_idempotency = False

    def __init__(self, servers: Servers, profile: Profile) -> None:
        self.name = servers.name
