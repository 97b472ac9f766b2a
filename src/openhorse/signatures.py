"""A message comes in, its Standard Webhooks 1.0.0 signature goes out; or a signed one comes in and is believed or not.

Knows no task and no HTTP: whoever sends signs with it, whoever receives checks with it.
Source: the Standard Webhooks specification (https://www.standardwebhooks.com).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence

from openhorse.errors import SignatureRefused

TOLERANCE_SECONDS = 300.0
"""How far a message's time may be from ours, either way, before it is taken for a repetition by somebody else."""


def sign(message_id: str, timestamp: str, body: bytes, secret: str) -> str:
    """`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; `timestamp` is in seconds since 1970."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secret: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> None:
    """Raise SignatureRefused unless one of `headers`' signatures of `body` was made with one of the secrets, just now.

    `headers` in any case; `tolerance` in seconds; `now` in seconds since 1970, the machine's clock when not given.
    Every signature is compared with every secret's in constant time.
    """
    said = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if not said.get(name)]
    if missing:
        raise SignatureRefused(f"the message is not signed: it has no {' and no '.join(missing)}")
    stamp = said["webhook-timestamp"]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
        raise SignatureRefused("webhook-timestamp is no number of seconds")
    if abs((time.time() if now is None else now) - int(stamp)) > tolerance:
        raise SignatureRefused(f"the message was signed more than {tolerance:g} s from now")
    secrets = [secret] if isinstance(secret, str) else list(secret)
    ours = [sign(said["webhook-id"], stamp, body, one).encode() for one in secrets if one]
    theirs = [one.encode("utf-8", "replace") for one in said["webhook-signature"].split()]
    equal = [hmac.compare_digest(their, our) for their in theirs for our in ours]
    if not any(equal):
        raise SignatureRefused("the signature was not made with this secret, or not of this body")


def _key(secret: str) -> bytes:
    """The bytes of a secret: what `whsec_` stands before is base64, any other text is taken as it is."""
    coded = secret.removeprefix("whsec_")
    try:
        return base64.b64decode(coded, validate=True) if coded != secret else secret.encode()
    except ValueError:  # an operator's own text after the prefix
        return secret.encode()
