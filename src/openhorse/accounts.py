"""A secret comes in, the Key that may order comes out. Knows no task and no HTTP header."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from openhorse import ledger
from openhorse.errors import MissingKey, NotFound, WrongKey
from openhorse.limits import Limits, limit_columns, read_limits
from openhorse.store.tables import keys
from openhorse.vocabulary import new_ulid

GRACE = timedelta(hours=24)
"""How long the secret before a rotation still opens its key, unless said otherwise."""

SIGNING_BYTES = 32
"""Of a signing secret that is drawn here; Standard Webhooks wants 24 to 64."""

LONGEST_PREFIX = 8
"""Characters of a secret that are kept and shown; of a short one, a quarter."""


class Scope(StrEnum):
    """What a key may do: ask about its own tasks, prices and films; order, cancel, delete and upload; see everybody's
    usage; have its films made before all others'. None includes another."""

    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"
    URGENT = "urgent"


CUSTOMER = frozenset({Scope.READ, Scope.SUBMIT})
"""What a key may do where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Key:
    """Whoever orders. `prefix` is how its secret begins, None where that was not kept.

    `signing_secret` signs this customer's callbacks; it is None until the customer wants them signed. The one before
    its last rotation signs them too until `former_signing_until`. `until` is when the secret before the last rotation
    ends, None where there is none or it has no end.
    """

    id: str
    label: str
    signing_secret: str | None
    prefix: str | None
    scopes: frozenset[Scope]
    limits: Limits
    created_at: datetime
    revoked_at: datetime | None = None
    until: datetime | None = None
    former_signing_secret: str | None = None
    former_signing_until: datetime | None = None

    def signing_secrets(self, now: datetime) -> tuple[str, ...]:
        """All that sign a callback now, the newest first."""
        is_over = self.former_signing_until is None or self.former_signing_until <= now
        both = (self.signing_secret, None if is_over else self.former_signing_secret)
        return tuple(secret for secret in both if secret is not None)


def create_key(
    connection: sa.Connection,
    *,
    label: str,
    secret: str | None = None,
    signing_secret: str | None = None,
    scopes: Collection[Scope] = CUSTOMER,
    limits: Limits | None = None,
    balance_micros: int | None = None,
) -> tuple[Key, str]:
    """A new key and its secret, which is shown this once: only its hash and how it begins are kept.

    `balance_micros` is the credit to begin with; None leaves the key unlimited, but metered.
    Raises WrongKey when another key has that secret already.
    """
    now = datetime.now(UTC)
    secret = secret or _drawn()
    if _find(connection, secret) is not None:
        raise WrongKey("this secret already belongs to a key")
    row = sa.insert(keys).values(
        id=f"key_{new_ulid(now)}",
        label=label,
        secret_sha256=_hashed(secret),
        secret_prefix=_prefix(secret),
        signing_secret=signing_secret,
        scopes=_scopes_text(scopes),
        created_at=now,
        **limit_columns(limits or Limits()),
    )
    key = _read(connection.execute(row.returning(keys)).one())
    if balance_micros is not None:
        ledger.credit(connection, key.id, balance_micros)
    return key, secret


def ensure_key(connection: sa.Connection, *, label: str, secret: str) -> Key:
    """The key with this secret, made when it is not there yet: an operator's preset, given at every start.

    It opens its key again when that was revoked, and for good when it was rotated away.
    """
    row = _find(connection, secret)
    if row is None:
        return create_key(connection, label=label, secret=secret)[0]
    reopened = {"revoked_at": None, "secret_prefix": row.secret_prefix or _prefix(secret)}
    if not hmac.compare_digest(row.secret_sha256, _hashed(secret)):
        reopened = {"revoked_at": None, "previous_until": None}
    connection.execute(sa.update(keys).where(keys.c.id == row.id).values(**reopened))
    return key(connection, row.id)


def authenticate(connection: sa.Connection, secret: str | None, *, now: datetime | None = None) -> Key:
    """The key whose secret this is. Raises MissingKey when there is none, WrongKey when it fits no live key."""
    (found,) = authenticate_all(connection, [secret], now=now or datetime.now(UTC))
    if isinstance(found, Exception):
        raise found
    return found


def authenticate_all(
    connection: sa.Connection, secrets: Sequence[str | None], *, now: datetime
) -> list[Key | MissingKey | WrongKey]:
    """For each secret the key whose it is, or why there is none; asks once for all of them."""
    hashes = {secret: _hashed(secret) for secret in secrets if secret}
    rows: dict[str, sa.Row[Any]] = {}
    # Found by its hash, so how long the search takes tells nothing about the secret itself.
    for row in connection.execute(_OF_HASHES, {"hashes": list(hashes.values())}) if hashes else ():
        rows[row.secret_sha256] = row
        if row.previous_sha256 is not None:
            rows[row.previous_sha256] = row
    known: dict[str | None, Key | MissingKey | WrongKey] = {None: MissingKey("an API key is required")}
    for secret, hashed in hashes.items():
        found = rows.get(hashed)
        is_live = found is not None and found.revoked_at is None and _opens(found, hashed, now)
        known[secret] = _read(found) if is_live and found is not None else WrongKey("this API key is not valid")
    return [known[secret or None] for secret in secrets]


def key(connection: sa.Connection, key_id: str) -> Key:
    """The key with this id, revoked or not. Raises NotFound."""
    row = connection.execute(sa.select(keys).where(keys.c.id == key_id)).one_or_none()
    if row is None:
        raise NotFound(f"no key {key_id!r}")
    return _read(row)


def key_called(connection: sa.Connection, name: str) -> Key:
    """The key with this id, or the one live key whose secret begins so. Raises NotFound."""
    alike = [each for each in list_keys(connection) if each.prefix and each.prefix == name]
    return alike[0] if len(alike) == 1 else key(connection, name)


def list_keys(connection: sa.Connection, *, revoked: bool = False) -> list[Key]:
    """All live keys, oldest first; with `revoked`, those that were closed too."""
    found = sa.select(keys).order_by(keys.c.created_at, keys.c.id)
    if not revoked:
        found = found.where(keys.c.revoked_at.is_(None))
    return [_read(row) for row in connection.execute(found)]


def revoke_key(connection: sa.Connection, key_id: str) -> None:
    """Close a key for ever; its tasks run on and its accounts stay. Raises NotFound."""
    key(connection, key_id)
    connection.execute(
        sa.update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None)).values(revoked_at=datetime.now(UTC))
    )


def rotate_key(
    connection: sa.Connection, key_id: str, *, grace: timedelta = GRACE, now: datetime | None = None
) -> tuple[Key, str]:
    """A new secret for a key, shown this once; the one until now opens it for `grace` more, an older one no longer.

    Raises NotFound, also for a key that was revoked.
    """
    if key(connection, key_id).revoked_at is not None:
        raise NotFound(f"the key {key_id!r} was revoked")
    secret = _drawn()
    new = {
        "previous_sha256": keys.c.secret_sha256,
        "previous_until": (now or datetime.now(UTC)) + grace,
        "secret_sha256": _hashed(secret),
        "secret_prefix": _prefix(secret),
    }
    row = connection.execute(sa.update(keys).where(keys.c.id == key_id).values(**new).returning(keys)).one()
    return _read(row), secret


def rotate_signing(
    connection: sa.Connection, key_id: str, *, grace: timedelta = GRACE, now: datetime | None = None
) -> tuple[Key, str]:
    """A new secret for a key's callbacks; the one until now signs them too for `grace` more, an older one no longer.

    Raises NotFound.
    """
    secret = drawn_signing_secret()
    old = key(connection, key_id).signing_secret
    new = {
        "signing_secret": secret,
        "former_signing_secret": old,
        "former_signing_until": None if old is None else (now or datetime.now(UTC)) + grace,
    }
    row = connection.execute(sa.update(keys).where(keys.c.id == key_id).values(**new).returning(keys)).one()
    return _read(row), secret


def drawn_signing_secret() -> str:
    """A new one as Standard Webhooks writes them: `whsec_` and the base64 of random bytes."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SIGNING_BYTES)).decode()}"


def set_limits(connection: sa.Connection, key_id: str, limits: Limits) -> Key:
    """Another set of limits for a key, from the next request on. Raises NotFound."""
    key(connection, key_id)
    changed = sa.update(keys).where(keys.c.id == key_id).values(**limit_columns(limits)).returning(keys)
    return _read(connection.execute(changed).one())


def set_signing_secret(connection: sa.Connection, key_id: str, signing_secret: str | None) -> None:
    """Sign this key's callbacks with this alone from now on, or no longer. Raises NotFound."""
    key(connection, key_id)
    alone = {"signing_secret": signing_secret, "former_signing_secret": None, "former_signing_until": None}
    connection.execute(sa.update(keys).where(keys.c.id == key_id).values(**alone))


def ensure_signing_secret(connection: sa.Connection, key_id: str, signing_secret: str) -> str:
    """The secret that signs this key's callbacks: `signing_secret` from now on when it had none. Raises NotFound."""
    unsigned = (keys.c.id == key_id) & keys.c.signing_secret.is_(None)
    connection.execute(sa.update(keys).where(unsigned).values(signing_secret=signing_secret))
    return key(connection, key_id).signing_secret or signing_secret


# Made once: every request asks this, and to build it takes longer than to answer it.
_HASHES: sa.BindParameter[Any] = sa.bindparam("hashes", expanding=True)
_OF_HASHES = sa.select(keys).where(keys.c.secret_sha256.in_(_HASHES) | keys.c.previous_sha256.in_(_HASHES))


def _find(connection: sa.Connection, secret: str) -> sa.Row[Any] | None:
    """The row of the key that this is, or was, the secret of: what is drawn anew is never an old one."""
    return connection.execute(_OF_HASHES, {"hashes": [_hashed(secret)]}).one_or_none()


def _opens(row: sa.Row[Any], hashed: str, now: datetime) -> bool:
    if hmac.compare_digest(row.secret_sha256, hashed):
        return True
    return row.previous_until is None or bool(now < row.previous_until)


def _drawn() -> str:
    return f"sk-{secrets.token_urlsafe(32)}"


def _prefix(secret: str) -> str:
    return secret[: min(LONGEST_PREFIX, len(secret) // 4)].encode("ascii", "replace").decode()


def _hashed(secret: str) -> str:
    # One round is enough: our secrets are 256 random bits, which nobody can try out.
    return hashlib.sha256(secret.encode(errors="backslashreplace")).hexdigest()


@cache
def _scopes(text: str) -> frozenset[Scope]:
    return frozenset(Scope(word) for word in text.split(",") if word)


def _scopes_text(scopes: Collection[Scope]) -> str:
    return ",".join(scope.value for scope in Scope if scope in scopes)


def _read(row: sa.Row[Any]) -> Key:
    return Key(
        id=row.id,
        label=row.label,
        signing_secret=row.signing_secret,
        prefix=row.secret_prefix,
        scopes=_scopes(row.scopes),
        limits=read_limits(row),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        until=row.previous_until,
        former_signing_secret=row.former_signing_secret,
        former_signing_until=row.former_signing_until,
    )
