"""A folder comes in, in it lie a key, its certificate and the authority that issued it: for trials of seals.

Nobody trusts that authority, and nobody should: who seals films for others gets a certificate from one that is on the
C2PA trust list. Needs the extra `openhorse[c2pa]`. Knows no film.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

CERTIFICATE, KEY, AUTHORITY = "certificate.pem", "key.pem", "authority.pem"
VALID_DAYS = 365


def found(folder: Path, now: datetime) -> None:
    """Write `certificate.pem` (the leaf's and its issuer's), `key.pem` and `authority.pem` into `folder`.

    The authority's own key is not kept. Raises FileExistsError when one of them is there.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    issuer, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _authority(issuer, now)
    certificate = _leaf(leaf.public_key(), issuer, authority, now)
    pem = authority.public_bytes(Encoding.PEM)
    folder.mkdir(parents=True, exist_ok=True)
    secret = leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, data in ((KEY, secret), (CERTIFICATE, certificate.public_bytes(Encoding.PEM) + pem), (AUTHORITY, pem)):
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)


def _authority(key: EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    made = _blank("OpenHorse trial authority", "OpenHorse trial authority", key.public_key(), now)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(usage, critical=True)
    return made.sign(key, hashes.SHA256())


def _leaf(
    public: EllipticCurvePublicKey, issuer: EllipticCurvePrivateKey, authority: x509.Certificate, now: datetime
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    # C2PA wants a leaf for signatures that somebody else has issued, for a use that its profile knows.
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    made = _blank("OpenHorse trial", "OpenHorse trial authority", public, now)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(usage, critical=True)
    made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    return made.add_extension(issued_by, critical=False).sign(issuer, hashes.SHA256())


def _blank(name: str, issuer: str, public: EllipticCurvePublicKey, now: datetime) -> x509.CertificateBuilder:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def called(common: str) -> x509.Name:
        organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "OpenHorse, for trials only")
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common), organisation])

    made = x509.CertificateBuilder().subject_name(called(name)).issuer_name(called(issuer)).public_key(public)
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(days=VALID_DAYS))
    return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
