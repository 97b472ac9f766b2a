"""A finished film's file comes in, the same film with a signed statement of its origin in it goes out (C2PA 2).

The last thing that is done to a film: any other change breaks the seal. Needs the extra `openhorse[c2pa]`. Nobody is
asked over the network, so there is no time-stamp of a third party's. Knows no task and no setting.
"""

from __future__ import annotations

import json
from pathlib import Path

from openhorse import __version__
from openhorse.cues import Seal
from openhorse.errors import EngineFailed
from openhorse.media.provenance import Origin

ASSERTION = "org.openhorse.film"
"""Under this label the seal says what the metadata says: engine, model, seed, the prompt's hash, attribution."""


def seal(path: Path, origin: Origin, by: Seal) -> None:
    """Sign the MP4 at `path` in its place. Raises EngineFailed when it cannot be: then the film is as it was."""
    sealed = path.with_name(f"{path.name}.sealed")
    try:
        from c2pa import Builder, C2paSignerInfo, Signer

        certificate, key = by.certificate.read_bytes(), by.key.read_bytes()
        with Signer.from_info(C2paSignerInfo(_algorithm(key), certificate, key, None)) as signer:
            Builder(json.dumps(_manifest(origin))).sign_file(path, sealed, signer)
        sealed.replace(path)
    except ImportError as error:
        raise EngineFailed("Films are to be sealed, and openhorse[c2pa] is not installed.") from error
    except Exception as error:
        raise EngineFailed(f"The film could not be sealed: {type(error).__name__}.") from error
    finally:
        sealed.unlink(missing_ok=True)


def _algorithm(key: bytes) -> str:
    """How C2PA calls signing with this key. Raises ValueError for a kind that it has no name for."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    private = load_pem_private_key(key, None)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return {256: "es256", 384: "es384", 521: "es512"}[private.key_size]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private, rsa.RSAPrivateKey):
        return "ps256"
    raise ValueError("a key that films cannot be sealed with")


def _manifest(origin: Origin) -> dict[str, object]:
    agent = {"name": "OpenHorse", "version": __version__}
    made = {"action": "c2pa.created", "digitalSourceType": origin.source_type, "softwareAgent": agent}
    return {
        "claim_generator_info": [agent],
        "title": "A film made by OpenHorse",
        "format": "video/mp4",
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [made]}},
            {"label": ASSERTION, "data": dict(origin.facts)},
        ],
    }
