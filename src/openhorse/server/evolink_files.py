"""EvoLink's files on files-api.evolink.ai: pictures come in three ways, links that orders can use go out, for 72 hours.

Sources: docs.evolink.ai (file-series: upload-base64, upload-stream, upload-url, quota), the CLI's and the MCP server's
file-client. Choices where they leave room:
- GIF, which the vendor stores and no HappyHorse model takes, is refused at once; JPEG, PNG and WEBP are taken up to
  10 MB, and their sides are judged by the model that they are ordered with;
- `file_url` and `download_url` are one signed link, which gives the picture as we keep it: upright, as PNG;
- `upload_path` and `file_name` are kept and told, and are no part of the link; what a form's file was called at home
  (`original_name`) is told once, at its upload;
- an upload token is good for ten minutes, on these routes alone;
- a refusal says everything twice: as `error`, and as the vendor's `success`, `code` and `msg`;
- an Idempotency-Key is ignored: a repeated upload is another file with the same picture.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from openhorse import accounts
from openhorse.accounts import Key, Scope
from openhorse.dialects import Answer, evolink
from openhorse.dialects.fields import Tolerant, read_json, read_object, validated
from openhorse.errors import (
    AddressRefused,
    InvalidOrder,
    NotFound,
    NotPermitted,
    OpenHorseError,
    PictureRefused,
    PictureUnreachable,
    WrongKey,
)
from openhorse.media.inputs import read_data_url
from openhorse.pictures import ANY_PICTURE
from openhorse.server.forms import file_named, read_multipart_body
from openhorse.server.gate import READ, SUBMIT, admit, count
from openhorse.server.intake import Rooms
from openhorse.server.openapi import one_of
from openhorse.server.rates import READS, WRITES
from openhorse.server.requests import Threads, bearer, json_response, read_json_body, whole_query
from openhorse.uploads import Upload
from openhorse.vocabulary import new_ulid

LIFETIME = timedelta(hours=72)

TOKEN_LIFETIME = timedelta(minutes=10)

MOST_FILES = 2000
"""Of one key at a time (the quota page)."""

LONGEST_PAGE = 100

DEFAULT_PATH = "images"

LIMITS = replace(ANY_PICTURE, formats=("JPEG", "PNG", "WEBP"), shortest_side=1, bytes=10_000_000)

MULTIPART_BYTES = LIMITS.bytes + 100_000
"""The picture, and what a form puts around it."""

_TOKEN = "evup_"
_TOKEN_KEY = "upload-token/"
_PLACE = "evolink/"

_MIME_TYPES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG", "image/png"), (b"RIFF", "image/webp"))

_UNUSUAL = re.compile(r"[^\w.()+@#, /-]")


class Named(Tolerant):
    """What the three ways of uploading share."""

    upload_path: str = Field("", max_length=120)
    file_name: str = Field("", max_length=120)


class Base64Body(Named):
    """A picture as a data: URL or as bare base64."""

    base64_data: str = Field(min_length=1)


class AddressBody(Named):
    """A picture to be fetched."""

    file_url: evolink.Address


@dataclass(frozen=True, slots=True)
class Parcel:
    """A picture on its way into the store, and what its sender calls it."""

    data: bytes
    named: Named
    original_name: str = ""


def write_error(error: OpenHorseError) -> Answer:
    """The dialect's refusal, with files-api's own words beside it."""
    answer = evolink.write_error(error)
    said = {"success": False, "code": answer.status, "msg": error.message}
    return replace(answer, body={**said, **answer.body})


def add_token_route(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """POST /v1/files/upload-token, which api.evolink.ai answers."""

    @router.post("/v1/files/upload-token", summary="Ask for an upload token")
    async def upload_token(request: Request) -> Response:
        """A bearer token for the files routes, so that a browser can upload without the key."""
        key = await admit(request, rooms, threads, SUBMIT)
        expires = rooms.now() + TOKEN_LIFETIME
        token = f"{_TOKEN}{key.id}.{rooms.links.sign(_TOKEN_KEY + key.id, expires)}"
        return json_response({"upload_token": token, "expires_at": int(expires.timestamp())})


def add_routes(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """/api/v1/files/…"""
    _add_uploads(router, rooms, threads)

    @router.get("/api/v1/files/list", summary="List files")
    async def listing(request: Request) -> Response:
        """Newest first; `page` from 1, `pageSize` 1 to 100."""
        key_id = await _uploader(request, rooms, threads, READ)
        page = whole_query(request, "page", 1, 1_000_000)
        size = whole_query(request, "pageSize", 20, LONGEST_PAGE)
        found, total = await threads.run(rooms.uploads.page, key_id, evolink.name, page=page, size=size)
        files = [_write_file(rooms, upload) for upload in found]
        return _answered("files listed", {"total": total, "page": page, "page_size": size, "files": files})

    @router.get("/api/v1/files/quota", summary="Ask for the quota")
    async def quota(request: Request) -> Response:
        """How many files this key has, and how many more it may have."""
        key_id = await _uploader(request, rooms, threads, READ)
        used = await threads.run(_count, rooms, key_id)
        told = {"used_files": used, "max_files": MOST_FILES, "remain_files": max(0, MOST_FILES - used)}
        return _answered("quota", {"user_group": "default", **told, "is_custom": False, "quota_reason": ""})

    @router.delete("/api/v1/files/{file_id}", summary="Delete a file")
    async def delete(file_id: str, request: Request) -> Response:
        """Its link stops working; films ordered with it are made all the same."""
        key_id = await _uploader(request, rooms, threads, SUBMIT)
        await threads.run(_delete, rooms, file_id, key_id)
        return _answered("file deleted", None)


def _add_uploads(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    limit = rooms.catalog.terms(evolink.name).max_body_bytes

    @router.post("/api/v1/files/upload/base64", openapi_extra=one_of([Base64Body]), summary="Upload as base64")
    async def upload_base64(request: Request) -> Response:
        """A data: URL or bare base64 in JSON."""
        key_id = await _uploader(request, rooms, threads, SUBMIT)
        body = validated(Base64Body, read_object(read_json(await read_json_body(request, limit))))
        data = await threads.run(_decoded, body.base64_data)
        return await _stored(rooms, threads, key_id, Parcel(data, body))

    @router.post("/api/v1/files/upload/url", openapi_extra=one_of([AddressBody]), summary="Upload by address")
    async def upload_url(request: Request) -> Response:
        """The picture is fetched from a public address, under the same rules as an order's pictures."""
        key_id = await _uploader(request, rooms, threads, SUBMIT)
        body = validated(AddressBody, read_object(read_json(await read_json_body(request, limit))))
        data = await threads.run(_fetched, rooms, body.file_url)
        return await _stored(rooms, threads, key_id, Parcel(data, body))

    @router.post("/api/v1/files/upload/stream", openapi_extra=_STREAM, summary="Upload as a form")
    async def upload_stream(request: Request) -> Response:
        """multipart/form-data with `file`; `upload_path` and `file_name` in either spelling."""
        key_id = await _uploader(request, rooms, threads, SUBMIT)
        return await _stored(rooms, threads, key_id, await _read_parcel(request))


_STREAM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "upload_path": {"type": "string", "maxLength": 120},
                        "file_name": {"type": "string", "maxLength": 120},
                    },
                }
            }
        },
    }
}


async def _stored(rooms: Rooms, threads: Threads, key_id: str, parcel: Parcel) -> Response:
    upload = await threads.run(_keep, rooms, key_id, parcel)
    told = _write_file(rooms, upload)
    return _answered("file uploaded", told | {"original_name": parcel.original_name or told["file_name"]})


def _answered(message: str, data: Any) -> Response:
    return json_response({"success": True, "code": 200, "msg": message, "data": data})


async def _uploader(request: Request, rooms: Rooms, threads: Threads, does: Scope) -> str:
    """The key behind a secret or an upload token, as `admit`."""
    secret = bearer(request)
    if secret is None or not secret.startswith(_TOKEN):
        return (await admit(request, rooms, threads, does)).id
    key = await threads.run(_key_of_token, rooms, secret)
    # Whoever made the token had leave to upload, and gave it on for all that is done with files.
    count(request, rooms, key, READS if does is READ else WRITES)
    return key.id


def _key_of_token(rooms: Rooms, token: str) -> Key:
    """The key that made this upload token. Raises WrongKey."""
    key_id, _, query = token.removeprefix(_TOKEN).partition(".")
    match = re.fullmatch(r"e=([0-9]{1,12})&s=(.*)", query)
    try:
        rooms.links.check(_TOKEN_KEY + key_id, match[1] if match else "", match[2] if match else "", rooms.now())
    except NotFound:
        raise WrongKey("this upload token is not valid, or no longer") from None
    with rooms.database.reading() as connection:
        key = accounts.key(connection, key_id)
    if key.revoked_at is not None:
        raise WrongKey("the key of this upload token is not valid")
    return key


def _decoded(text: str) -> bytes:
    if text[:5].lower() == "data:":
        return read_data_url(text, LIMITS.bytes)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise PictureRefused("base64_data must be a data: URL or valid base64.", field="base64_data") from None


def _fetched(rooms: Rooms, address: str) -> bytes:
    if address.startswith(f"{rooms.public_url}/"):
        raise InvalidOrder("file_url is on this server already: order with it as it is", field="file_url")
    try:
        return rooms.outbound.fetch(address, max_bytes=LIMITS.bytes)
    except (AddressRefused, PictureUnreachable) as error:  # the caller's address, and the caller waits for the answer
        raise InvalidOrder(error.message, field="file_url") from None


async def _read_parcel(request: Request) -> Parcel:
    fields = await read_multipart_body(request, MULTIPART_BYTES)
    file = file_named("file", fields)
    texts = {_snake(field.name): field.text for field in fields if field.filename is None}
    return Parcel(file.value, validated(Named, texts), _clean(file.filename or ""))


def _snake(name: str) -> str:
    return {"uploadPath": "upload_path", "fileName": "file_name"}.get(name, name)


def _clean(name: str) -> str:
    return _UNUSUAL.sub("_", name)[:120].strip("/ ")


def _keep(rooms: Rooms, key_id: str, parcel: Parcel) -> Upload:
    if _count(rooms, key_id) >= MOST_FILES:
        raise NotPermitted(f"the quota of {MOST_FILES} files is used up: delete some, or wait until they expire")
    mime_type = next((mime for head, mime in _MIME_TYPES if parcel.data.startswith(head)), "")
    file_id = f"file_{new_ulid(rooms.now()).lower()}"
    file_name = _clean(parcel.named.file_name).rpartition("/")[2] or f"{file_id}.{mime_type[6:] or 'bin'}"
    name = f"{_clean(parcel.named.upload_path) or DEFAULT_PATH}/{file_name}"
    place = _PLACE + file_id
    rooms.uploads.reserve(key_id, place, dialect=evolink.name, name=name, lifetime=LIFETIME)
    try:
        return rooms.uploads.fill(place, parcel.data, mime_type, LIMITS)
    except OpenHorseError:
        rooms.uploads.delete(place, key_id)
        raise


def _count(rooms: Rooms, key_id: str) -> int:
    return rooms.uploads.page(key_id, evolink.name, size=1)[1]


def _delete(rooms: Rooms, file_id: str, key_id: str) -> None:
    try:
        if not file_id.isprintable():
            raise NotFound("no such file")
        rooms.uploads.delete(_PLACE + file_id, key_id)
    except NotFound:
        raise NotFound(f"no file {file_id[:100]!r} with this key", field="file_id") from None


def _write_file(rooms: Rooms, upload: Upload) -> dict[str, Any]:
    upload_path, _, file_name = upload.name.rpartition("/")
    address = rooms.upload_address(upload)
    return {
        "file_id": upload.address.removeprefix(_PLACE),
        "file_name": file_name,
        "original_name": file_name,
        "file_size": upload.bytes,
        "mime_type": upload.content_type,
        "upload_path": upload_path,
        "file_url": address,
        "download_url": address,
        "upload_time": _moment(upload.created_at),
        "expires_at": _moment(upload.expires_at),
    }


def _moment(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
