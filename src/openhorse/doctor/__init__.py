"""A machine and an installation come in, findings go out: what is there, and what of it does not work.

Changes nothing: no migration, no folder. A finding never holds a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["ok", "note", "wrong"]
"""`note` is good to know, or missing and not asked for; `wrong` is configured and does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line about one thing; `facts` are its figures, for programs."""

    topic: str
    state: State
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def gigabytes(count: int) -> str:
    """`count` bytes for people."""
    return f"{count / 1e9:.1f} GB"
