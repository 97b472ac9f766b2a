"""Orders and pictures come in, films made by SGLang servers go out."""

from __future__ import annotations

from openhorse.engines.remote import Servers
from openhorse.profiles import Profile


class SGLang:
    """The SGLang servers of one engine, all of which serve `profile`'s model."""

    has_idempotency = False

    def __init__(self, servers: Servers, profile: Profile) -> None:
        self.name = servers.name
