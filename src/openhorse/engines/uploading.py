"""Vetted pictures come in, addresses go out at which a vendor can have them: through its own upload where it has one.

Sources: the vendors' pages on uploads, and what their own clients send (see the dialects' routes for uploads, which
answer to the same). Knows no order.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from openhorse.catalog import Offer
from openhorse.engines.doors import Door
from openhorse.engines.remote import Sent
from openhorse.errors import EngineUnavailable, UpstreamError
from openhorse.outbound import Outbound
from openhorse.peers import Reply, Unanswered

REMEMBERED_SECONDS = 3600.0
"""How long an upload is used again: much less than any vendor keeps one (48 hours at least)."""

MOST_REMEMBERED = 1000

_QUALITIES = (95, 85, 70)

_NOT_TAKEN = "The vendor did not take a picture in."


@dataclass(frozen=True, slots=True)
class Parcel:
    """A picture as a vendor takes it: PNG, or WebP where the PNG is too heavy for it."""

    data: bytes
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Desks:
    """Where a vendor is spoken to: its API, where it takes files, and the way to addresses that it names."""

    api: Door
    files: Door
    outbound: Outbound


def packed(png: bytes, most: int) -> Parcel:
    """A picture of at most `most` bytes. Raises UpstreamError when it cannot be made so small."""
    name = hashlib.sha256(png).hexdigest()[:32]
    if len(png) <= most:
        return Parcel(png, f"{name}.png", "image/png")
    with Image.open(io.BytesIO(png)) as image:
        for quality in _QUALITIES:
            out = io.BytesIO()
            image.save(out, "WEBP", quality=quality)
            if out.tell() <= most:
                return Parcel(out.getvalue(), f"{name}.webp", "image/webp")
    raise UpstreamError(f"A picture is heavier than the {most:,} bytes that the vendor takes.")


class Uploads:
    """Brings pictures to one vendor. Used from many threads at once.

    A picture that was brought lately is not brought again: the same order then reads the same when it is sent twice.
    """

    def __init__(self, dialect: str) -> None:
        self._bring = _WAYS[dialect]
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[float, str]] = {}

    def addresses(self, desks: Desks, offer: Offer, pictures: Sequence[Sent]) -> tuple[str, ...]:
        """In the order of `pictures`. Raises EngineUnavailable, and UpstreamError for one that is not taken."""
        return tuple(self._address(desks, offer, picture) for picture in pictures)

    def _address(self, desks: Desks, offer: Offer, picture: Sent) -> str:
        # DashScope's uploads are good for the model that they were made for.
        name = offer.model, hashlib.sha256(picture.png).hexdigest()
        now = time.monotonic()
        with self._lock:
            until, address = self._known.get(name, (0.0, ""))
        if now < until:
            return address
        try:
            address = self._bring(desks, offer, picture)
        except Unanswered as error:  # of a picture, not of a film: nothing was ordered yet
            raise EngineUnavailable(error.message, retry_after=error.retry_after) from error
        with self._lock:
            self._known[name] = now + REMEMBERED_SECONDS, address
            while len(self._known) > MOST_REMEMBERED:
                self._known.pop(next(iter(self._known)))
        return address


def _linked(_desks: Desks, _offer: Offer, picture: Sent) -> str:
    """Our own signed link."""
    if picture.address is None:
        raise UpstreamError("The vendor takes pictures by public addresses only, and this server has none.")
    return picture.address


def _native(desks: Desks, offer: Offer, picture: Sent) -> str:
    parcel = packed(picture.png, offer.picture_limits.bytes)
    headers = {"content-type": parcel.kind}
    return _text(desks.api.ask("POST", "/openhorse/v1/uploads", content=parcel.data, headers=headers), "id")


def _wavespeed(desks: Desks, offer: Offer, picture: Sent) -> str:
    """A ticket, then a PUT without the key to the address that it names."""
    parcel = packed(picture.png, offer.picture_limits.bytes)
    asked = {"filename": parcel.name, "size": len(parcel.data), "content_type": parcel.kind}
    ticket = desks.api.ask("POST", "/api/v3/media/uploads", body=asked)
    upload = _at(ticket, "data", "upload")
    if not isinstance(upload, Mapping):
        raise _refused(ticket)
    given = upload.get("headers")
    headers = {str(name): str(value) for name, value in given.items()} if isinstance(given, Mapping) else {}
    _send(desks, str(upload.get("method") or "PUT"), str(upload.get("url")), parcel.data, headers)
    return _text(ticket, "data", "download_url")


def _evolink(desks: Desks, offer: Offer, picture: Sent) -> str:
    parcel = packed(picture.png, offer.picture_limits.bytes)
    data = f"data:{parcel.kind};base64,{b64encode(parcel.data).decode()}"
    body = {"base64_data": data, "file_name": parcel.name}
    return _text(desks.files.ask("POST", "/api/v1/files/upload/base64", body=body), "data", "file_url")


def _dashscope(desks: Desks, offer: Offer, picture: Sent) -> str:
    """Leave to upload, then a form without the key to the store that it names; good for this model for 48 hours."""
    parcel = packed(picture.png, offer.picture_limits.bytes)
    reply = desks.api.ask("GET", "/api/v1/uploads", query={"action": "getPolicy", "model": offer.model})
    leave = _at(reply, "data")
    if not isinstance(leave, Mapping):
        raise _refused(reply)
    key = f"{leave.get('upload_dir')}/{parcel.name}"
    fields = {
        "OSSAccessKeyId": leave.get("oss_access_key_id"),
        "Signature": leave.get("signature"),
        "policy": leave.get("policy"),
        "key": key,
        "x-oss-object-acl": leave.get("x_oss_object_acl"),
        "x-oss-forbid-overwrite": leave.get("x_oss_forbid_overwrite"),
        "success_action_status": "200",
        "x-oss-content-type": parcel.kind,
    }
    body, kind = _form({name: str(value) for name, value in fields.items() if value is not None}, parcel)
    _send(desks, "POST", str(leave.get("upload_host")), body, {"Content-Type": kind})
    return f"oss://{key}"


_WAYS: Mapping[str, Callable[[Desks, Offer, Sent], str]] = {
    "dashscope": _dashscope,
    "hiapi": _linked,
    "wavespeed": _wavespeed,
    "evolink": _evolink,
    "native": _native,
}


def _form(fields: Mapping[str, str], parcel: Parcel) -> tuple[bytes, str]:
    """A multipart form whose last field is the file, and its content type."""
    border = secrets.token_hex(16)
    head = "".join(
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{parcel.name}"\r\n'
    head += f"Content-Type: {parcel.kind}\r\n\r\n"
    body = head.encode() + parcel.data + f"\r\n--{border}--\r\n".encode()
    return body, f"multipart/form-data; boundary={border}"


def _send(desks: Desks, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """To the vendor's own host, or to a stranger's through the guarded door."""
    path = desks.api.path_of(address)
    said = {"Content-Length": str(len(body)), **headers}
    if path is not None:
        reply = desks.api.send(method, path, body, headers)
        if not reply.is_ok:
            raise _refused(reply)
        return
    attempt = desks.outbound.upload(method, address, body, said)
    if attempt.status is None or attempt.status >= 500:
        raise EngineUnavailable(_NOT_TAKEN, retry_after=5)
    if not 200 <= attempt.status < 300:
        raise UpstreamError(_NOT_TAKEN)


def _at(reply: Reply, *path: str) -> Any:
    found = reply.body if reply.is_ok else None
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _text(reply: Reply, *path: str) -> str:
    found = _at(reply, *path)
    if not isinstance(found, str) or not found:
        raise _refused(reply)
    return found


def _refused(reply: Reply) -> UpstreamError | EngineUnavailable:
    """A picture that is not taken is refused for good, unless it is us or the moment that is not liked."""
    told = f"{reply.status}: {str(reply.body)[:300]}"
    later = reply.is_ok or reply.status in (401, 402, 403, 408, 425, 429) or reply.status >= 500
    error = EngineUnavailable(_NOT_TAKEN, retry_after=5) if later else UpstreamError(_NOT_TAKEN)
    error.add_note(told)
    return error
