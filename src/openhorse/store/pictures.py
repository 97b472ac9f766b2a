"""Who brought which picture, and when it was last used, so that nobody uses another's and old ones go.

Knows no format: a picture is the SHA-256 of its vetted PNG. It is recorded first, and then its blob is put:
in that order housekeeping cannot remove what has just arrived.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from openhorse.errors import StorageFailed
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database, upsert
from openhorse.store.tables import pictures, uploads

ADDRESS = "blob:"
"""How an order's pictures name one that is already in our store: `blob:<sha256>`."""


FORGOTTEN_AT_ONCE = 200
"""Pictures that one call of `forget_pictures` forgets at most."""


def blob_key(sha256: str) -> str:
    """Where the vetted PNG lies."""
    return f"inputs/{sha256}.png"


def bring_picture(
    database: Database,
    blobs: Blobs,
    key_id: str,
    png: bytes,
    now: datetime,
    allow: Callable[[sa.Connection], None] | None = None,
) -> str:
    """Note that `key_id` has brought a vetted picture now, and store it; its SHA-256.

    `allow` may refuse one that the key has not brought yet. A picture that could not be stored does not count for the
    key; where even that cannot be written, it counts for a week. Raises StorageFailed, and what `allow` does.
    """
    sha256 = hashlib.sha256(png).hexdigest()
    with database.transaction() as connection:
        is_new = not use_picture(connection, key_id, sha256, now)
        if is_new and allow is not None:
            allow(connection)
        record_picture(connection, key_id, sha256, len(png), now)
    try:
        blobs.put_bytes(blob_key(sha256), png)
    except StorageFailed:
        if is_new:
            with suppress(StorageFailed), database.transaction() as connection:
                forget_picture(connection, key_id, sha256, now)
        raise
    return sha256


def record_picture(connection: sa.Connection, key_id: str, sha256: str, size: int, now: datetime) -> None:
    """Note that `key_id` has brought this picture, of `size` bytes as we keep it, now."""
    row = {"sha256": sha256, "key_id": key_id, "used_at": now, "bytes": size}
    upsert(connection, pictures, row, {"used_at": now, "bytes": size})


def use_picture(connection: sa.Connection, key_id: str, sha256: str, now: datetime) -> bool:
    """Note that `key_id` uses a picture now; False when it has not brought it itself."""
    mine = (pictures.c.sha256 == sha256) & (pictures.c.key_id == key_id)
    return connection.execute(sa.update(pictures).where(mine).values(used_at=now)).rowcount > 0


def forget_picture(connection: sa.Connection, key_id: str, sha256: str, brought_at: datetime) -> None:
    """Forget that `key_id` brought this picture at that moment; nothing happens when it has used it since."""
    mine = (pictures.c.sha256 == sha256) & (pictures.c.key_id == key_id) & (pictures.c.used_at == brought_at)
    connection.execute(sa.delete(pictures).where(mine))


def forget_pictures(connection: sa.Connection, before: datetime) -> list[str]:
    """Forget some of the pictures that nobody has used since `before`; their blobs are the caller's to delete,
    inside the same transaction. No more than FORGOTTEN_AT_ONCE, for nobody can bring pictures meanwhile."""
    _lock(connection)
    unused = sa.select(pictures.c.sha256).group_by(pictures.c.sha256).having(sa.func.max(pictures.c.used_at) < before)
    unused = unused.order_by(pictures.c.sha256).limit(FORGOTTEN_AT_ONCE)
    found = [str(sha256) for sha256 in connection.scalars(unused)]
    if found:
        connection.execute(sa.delete(pictures).where(pictures.c.sha256.in_(found)))
    return found


def unknown_pictures(connection: sa.Connection, found: Collection[str]) -> set[str]:
    """Those of the SHA-256 `found` in the store that nobody has brought; their blobs are the caller's to delete,
    inside the same transaction, as nobody can bring pictures meanwhile."""
    _lock(connection)
    known = sa.select(pictures.c.sha256).where(pictures.c.sha256.in_(found))
    return set(found) - set(connection.scalars(known))


def _lock(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Nobody may bring or use a picture between a look and the end of its blob.
        connection.exec_driver_sql(f"LOCK TABLE {pictures.name} IN SHARE ROW EXCLUSIVE MODE")


def forget_uploads(connection: sa.Connection, now: datetime) -> None:
    """Forget the places for uploads whose time is over; their pictures stay as long as somebody uses them."""
    connection.execute(sa.delete(uploads).where(uploads.c.expires_at <= now))
