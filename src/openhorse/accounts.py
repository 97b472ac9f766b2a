"""A secret comes in, the Key that may order comes out. Knows no task and no HTTP header."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from openhorse import ledger
from openhorse.errors import MissingKey, NotFound, WrongKey
from openhorse.store.tables import keys
from openhorse.vocabulary import new_ulid


@dataclass(frozen=True, slots=True)
class Key:
    """Whoever orders. `limit_waiting` is None for the installation's own limit.

    `signing_secret` signs this customer's callbacks; it is None until the customer wants them signed.
    """

    id: str
    label: str
    signing_secret: str | None
    limit_waiting: int | None


def create_key(
    connection: sa.Connection,
    *,
    label: str,
    secret: str | None = None,
    signing_secret: str | None = None,
    limit_waiting: int | None = None,
    balance_micros: int | None = None,
) -> tuple[Key, str]:
    """A new key and its secret, which is shown this once: only its hash is kept.

    `balance_micros` is the credit to begin with; None leaves the key unlimited, but metered.
    Raises WrongKey when another key has that secret already.
    """
    now = datetime.now(UTC)
    secret = secret or f"sk-{secrets.token_urlsafe(32)}"
    if _find(connection, secret) is not None:
        raise WrongKey("this secret already belongs to a key")
    key = Key(f"key_{new_ulid(now)}", label, signing_secret, limit_waiting)
    connection.execute(
        sa.insert(keys).values(
            id=key.id,
            label=label,
            secret_sha256=_hashed(secret),
            signing_secret=signing_secret,
            limit_waiting=limit_waiting,
            created_at=now,
        )
    )
    if balance_micros is not None:
        ledger.credit(connection, key.id, balance_micros)
    return key, secret


def ensure_key(connection: sa.Connection, *, label: str, secret: str) -> Key:
    """The key with this secret, made when it is not there yet: an operator's preset, given at every start."""
    row = _find(connection, secret)
    if row is None:
        return create_key(connection, label=label, secret=secret)[0]
    connection.execute(sa.update(keys).where(keys.c.id == row.id).values(revoked_at=None))
    return _read(row)


def authenticate(connection: sa.Connection, secret: str | None) -> Key:
    """The key whose secret this is. Raises MissingKey when there is none, WrongKey when it fits no live key."""
    if not secret:
        raise MissingKey("an API key is required")
    # Found by its hash, so how long the search takes tells nothing about the secret itself.
    row = _find(connection, secret)
    if row is None or row.revoked_at is not None:
        raise WrongKey("this API key is not valid")
    return _read(row)


def key(connection: sa.Connection, key_id: str) -> Key:
    """The key with this id, revoked or not. Raises NotFound."""
    row = connection.execute(sa.select(keys).where(keys.c.id == key_id)).one_or_none()
    if row is None:
        raise NotFound(f"no key {key_id!r}")
    return _read(row)


def list_keys(connection: sa.Connection) -> list[Key]:
    """All live keys, oldest first."""
    live = sa.select(keys).where(keys.c.revoked_at.is_(None)).order_by(keys.c.created_at, keys.c.id)
    return [_read(row) for row in connection.execute(live)]


def revoke_key(connection: sa.Connection, key_id: str) -> None:
    """Close a key for ever; its tasks run on and its accounts stay. Raises NotFound."""
    key(connection, key_id)
    connection.execute(
        sa.update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None)).values(revoked_at=datetime.now(UTC))
    )


def set_signing_secret(connection: sa.Connection, key_id: str, signing_secret: str | None) -> None:
    """Sign this key's callbacks from now on, or no longer. Raises NotFound."""
    key(connection, key_id)
    connection.execute(sa.update(keys).where(keys.c.id == key_id).values(signing_secret=signing_secret))


def ensure_signing_secret(connection: sa.Connection, key_id: str, signing_secret: str) -> str:
    """The secret that signs this key's callbacks: `signing_secret` from now on when it had none. Raises NotFound."""
    unsigned = (keys.c.id == key_id) & keys.c.signing_secret.is_(None)
    connection.execute(sa.update(keys).where(unsigned).values(signing_secret=signing_secret))
    return key(connection, key_id).signing_secret or signing_secret


def _find(connection: sa.Connection, secret: str) -> sa.Row[tuple[object, ...]] | None:
    return connection.execute(sa.select(keys).where(keys.c.secret_sha256 == _hashed(secret))).one_or_none()


def _hashed(secret: str) -> str:
    # One round is enough: our secrets are 256 random bits, which nobody can try out.
    return hashlib.sha256(secret.encode(errors="backslashreplace")).hexdigest()


def _read(row: sa.Row[tuple[object, ...]]) -> Key:
    return Key(row.id, row.label, row.signing_secret, row.limit_waiting)
