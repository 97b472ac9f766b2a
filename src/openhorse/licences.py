"""A profile and the licences that the operator has accepted come in, why its engine may not make films goes out.

Knows no engine and no weights. What it says of a licence is what catalog.toml says; the licence's own text decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from openhorse.profiles import Licence, Profile
from openhorse.store.database import upsert
from openhorse.store.tables import acceptances


def accept(connection: sa.Connection, licence: Licence, now: datetime) -> datetime:
    """Record that the operator has acknowledged `licence`; when it was first acknowledged, which is never moved."""
    upsert(connection, acceptances, {"licence": licence.name, "at": now})
    return accepted_at(connection)[licence.name]


def revoke(connection: sa.Connection, licence: Licence) -> bool:
    """Take an acknowledgement back. False when there was none."""
    gone = connection.execute(sa.delete(acceptances).where(acceptances.c.licence == licence.name))
    return gone.rowcount > 0


def accepted_at(connection: sa.Connection) -> Mapping[str, datetime]:
    """The names of the licences that were acknowledged, each with the time, aware, in UTC."""
    rows = connection.execute(sa.select(acceptances.c.licence, acceptances.c.at))
    return {row.licence: row.at for row in rows}


def accepted(connection: sa.Connection) -> set[str]:
    """The names of the licences that were acknowledged."""
    return set(accepted_at(connection))


def why_not(profile: Profile, accepted: Collection[str]) -> str | None:
    """Why no engine may make a film with `profile`, and the command that changes that; None when it may."""
    licence = profile.licence
    if not licence.must_accept or licence.name in accepted:
        return None
    return (
        f"{profile.title} comes under the {licence.title}, which the operator has not accepted: "
        f"{licence.summary}; to accept it: openhorse models accept {profile.name}"
    )
