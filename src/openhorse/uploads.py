"""A customer's promise of a picture comes in, a place for it goes out; later the picture itself, by its address.

What the vendors' upload flows have in common: an address that is known before the bytes arrive, is good for some
hours, and works as a picture in orders of the same key. Knows no vendor's words and no HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from openhorse.errors import AddressRefused, NotFound
from openhorse.pictures import Pictures
from openhorse.store.database import Database
from openhorse.store.tables import uploads
from openhorse.vocabulary import PictureLimits

LONGEST_NAME = 255
"""Characters of a file's name that are kept."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A place for one picture. `bytes`, `content_type` (as sent) and `sha256` are None until it is filled."""

    address: str
    key_id: str
    dialect: str
    name: str
    bytes: int | None
    content_type: str | None
    sha256: str | None
    created_at: datetime
    expires_at: datetime


class Uploads:
    """All uploads of this installation. Safe to use from many threads and processes at once."""

    def __init__(self, database: Database, pictures: Pictures, now: Callable[[], datetime]) -> None:
        self._database, self._pictures, self._now = database, pictures, now

    def reserve(self, key_id: str, address: str, *, dialect: str, name: str, lifetime: timedelta) -> Upload:
        """A new place at `address`, which nobody has used before, for `lifetime`."""
        now = self._now()
        row = sa.insert(uploads).values(
            address=address,
            key_id=key_id,
            dialect=dialect,
            name=name[:LONGEST_NAME],
            created_at=now,
            expires_at=now + lifetime,
        )
        with self._database.transaction() as connection:
            return _read(connection.execute(row.returning(uploads)).one())

    def fill(self, address: str, data: bytes, content_type: str | None, limits: PictureLimits) -> Upload:
        """Put a picture there, replacing an earlier one. Raises NotFound for no live place, PictureRefused."""
        place = self.find(address)
        vetted = self._pictures.keep(place.key_id, data, limits)
        filled = {"sha256": vetted.sha256, "bytes": len(data), "content_type": content_type}
        with self._database.transaction() as connection:
            mine = sa.update(uploads).where(uploads.c.address == address).values(**filled).returning(uploads)
            row = connection.execute(mine).one_or_none()
        if row is None:
            raise _no_such(address)
        return _read(row)

    def find(self, address: str, key_id: str | None = None) -> Upload:
        """The live place at `address`, of `key_id` when one is given. Raises NotFound."""
        live = (uploads.c.address == address) & (uploads.c.expires_at > self._now())
        if key_id is not None:
            live &= uploads.c.key_id == key_id
        if "\0" in address:
            raise _no_such(address)
        with self._database.reading() as connection:
            row = connection.execute(sa.select(uploads).where(live)).one_or_none()
        if row is None:
            raise _no_such(address)
        return _read(row)

    def picture(self, key_id: str, address: str, limits: PictureLimits) -> str:
        """The SHA-256 of the picture at `address`, for an order of `key_id`.

        Raises AddressRefused when this key has no picture there, PictureRefused when it does not fit `limits`.
        """
        try:
            sha256 = self.find(address, key_id).sha256
        except NotFound as error:
            raise AddressRefused(f"{error.message} with this key, or it has expired") from None
        if sha256 is None:
            raise AddressRefused(f"nothing was uploaded to {address[:200]} yet")
        return self._pictures.find(key_id, sha256, limits)

    def page(self, key_id: str, dialect: str, *, page: int = 1, size: int = 20) -> tuple[Sequence[Upload], int]:
        """This key's filled, live uploads of one dialect, newest first, and how many there are; pages count from 1."""
        mine = (uploads.c.key_id == key_id) & (uploads.c.dialect == dialect)
        mine &= (uploads.c.expires_at > self._now()) & uploads.c.sha256.is_not(None)
        newest = sa.select(uploads).where(mine).order_by(uploads.c.created_at.desc(), uploads.c.address.desc())
        with self._database.reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(uploads).where(mine)) or 0
            found = connection.execute(newest.limit(size).offset((page - 1) * size))
            return [_read(row) for row in found], total

    def used_bytes(self, key_id: str, dialect: str) -> int:
        """How many bytes this key's live uploads of one dialect had when they came."""
        mine = (uploads.c.key_id == key_id) & (uploads.c.dialect == dialect) & (uploads.c.expires_at > self._now())
        with self._database.reading() as connection:
            return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(uploads.c.bytes), 0)).where(mine)) or 0)

    def delete(self, address: str, key_id: str) -> None:
        """Forget the place. Orders that were made with its picture keep the picture. Raises NotFound."""
        mine = (uploads.c.address == address) & (uploads.c.key_id == key_id)
        with self._database.transaction() as connection:
            if connection.execute(sa.delete(uploads).where(mine)).rowcount == 0:
                raise _no_such(address)


def _no_such(address: str) -> NotFound:
    return NotFound(f"nothing was uploaded to {address[:200]}")


def _read(row: sa.Row[tuple[object, ...]]) -> Upload:
    return Upload(
        address=row.address,
        key_id=row.key_id,
        dialect=row.dialect,
        name=row.name,
        bytes=row.bytes,
        content_type=row.content_type,
        sha256=row.sha256,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
