"""What films are sealed with comes in; whether that is whole, and until when it is good, goes out; never a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from openhorse.cues import Seal
from openhorse.doctor import Finding, State
from openhorse.doctor.machine import Version

SOON = timedelta(days=30)


def sealing(seal: Seal | None, version: Version, now: datetime) -> Iterator[Finding]:
    """Nothing where no film is sealed. `now` is the time, aware, in UTC."""
    if seal is None:
        return
    if version("c2pa-python") is None:
        yield Finding("seal", "wrong", "films are to be sealed, and openhorse[c2pa] is not installed")
        return
    try:
        subject, until = _certificate(seal)
    except (ImportError, OSError, ValueError, TypeError) as error:
        yield Finding("seal", "wrong", f"films cannot be sealed: {error}")
        return
    state: State = "wrong" if until <= now else "note" if until <= now + SOON else "ok"
    told = f"films are sealed as {subject}, good until {until:%Y-%m-%d}"
    yield Finding("seal", state, told, {"until": until.isoformat(), "subject": subject})


def _certificate(seal: Seal) -> tuple[str, datetime]:
    """Whose it is and until when. Raises ValueError for a key that is not the certificate's, or no PEM at all."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    certificate = x509.load_pem_x509_certificates(seal.certificate.read_bytes())[0]
    key = load_pem_private_key(seal.key.read_bytes(), None)
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise ValueError(f"the key in {seal.key} is not that of the certificate in {seal.certificate}")
    return certificate.subject.rfc4514_string(), certificate.not_valid_after_utc
