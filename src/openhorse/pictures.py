"""Bytes of pictures come in, vetted pictures in the store go out, each known to the keys that brought it.

Knows no network and no vendor's words.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from openhorse.errors import AddressRefused, PictureRefused
from openhorse.limits import HOUSE, Limits, check_storage, limits_of
from openhorse.media.inputs import Vetted, vet
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from openhorse.store.pictures import blob_key, bring_picture, use_picture
from openhorse.vocabulary import PictureLimits

UPLOAD = "upload:"
"""How an order names a picture that its key has uploaded: `upload:<sha256>`."""

ANY_PICTURE = PictureLimits(formats=("JPEG", "PNG", "WEBP", "BMP"), shortest_side=300, longest_ratio=None)
"""The widest that any model takes: for uploads. The model's own limits are checked when the picture is ordered with."""


def sha256_of(blob: str) -> str | None:
    """The hash of the picture that lies at `blob`; None when no picture does."""
    sha256 = blob.rpartition("/")[2].removesuffix(".png")
    return sha256 if blob == blob_key(sha256) else None


class Pictures:
    """The pictures in the store."""

    def __init__(self, database: Database, blobs: Blobs, now: Callable[[], datetime], defaults: Limits = HOUSE) -> None:
        """`defaults` hold where a key says nothing of how much it may keep."""
        self._database, self._blobs, self._now, self._defaults = database, blobs, now, defaults

    def keep(self, key_id: str, data: bytes, limits: PictureLimits) -> Vetted:
        """Vet `data`, store it by its hash and note that `key_id` may use it.

        Raises PictureRefused, StorageQuotaExceeded when the key cannot keep it, StorageFailed when nobody can.
        """
        vetted = vet(data, limits)

        def allow(connection: sa.Connection) -> None:
            check_storage(connection, key_id, limits_of(connection, key_id, self._defaults), len(vetted.png))

        bring_picture(self._database, self._blobs, key_id, vetted.png, self._now(), allow)
        return vetted

    def find(self, key_id: str, sha256: str, limits: PictureLimits) -> str:
        """The hash of a picture that `key_id` has brought before, when it fits `limits`.

        Raises AddressRefused for one that it has not brought, PictureRefused for one that does not fit.
        """
        with self._database.transaction() as connection:
            if not use_picture(connection, key_id, sha256, self._now()):
                raise AddressRefused(f"no picture {UPLOAD}{sha256[:64]} was uploaded with this key, or it has expired")
        _check(self._blobs.read(blob_key(sha256)), limits)
        return sha256


def _check(png: bytes, limits: PictureLimits) -> None:
    """What `vet` judges by the header, for a picture that has been vetted for another model."""
    short, long = sorted(struct.unpack(">II", png[16:24]))
    if short < limits.shortest_side:
        raise PictureRefused(f"The picture's shortest side must be at least {limits.shortest_side} pixels.")
    if limits.longest_ratio is not None and long > limits.longest_ratio * short:
        raise PictureRefused(
            f"The picture's ratio must be between 1:{limits.longest_ratio} and {limits.longest_ratio}:1."
        )
