"""WaveSpeed's uploads: a ticket and a PUT, or one multipart form as older clients send it.

Knows the paths and shapes; places for pictures, and what a picture must be, are the uploads'.
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from openhorse.accounts import Key
from openhorse.dialects import wavespeed
from openhorse.dialects.fields import read_json, validated, whole_number
from openhorse.pictures import ANY_PICTURE
from openhorse.server.forms import file_named, read_multipart_body
from openhorse.server.gate import SUBMIT, admit
from openhorse.server.intake import Rooms
from openhorse.server.openapi import one_of
from openhorse.server.requests import Threads, json_response, read_json_body
from openhorse.server.uploads import put_address
from openhorse.uploads import Upload
from openhorse.vocabulary import new_ulid

LIFETIME = timedelta(days=7)
"""WaveSpeed's page on uploads."""

UNNAMED = "upload"
"""What a file without a name is called, as the SDK does."""

LONGEST_TICKET = 65_536
"""Bytes of a request for a ticket."""

FORM_BYTES = 65_536
"""What a form may weigh beside its file."""

FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            }
        },
    }
}


class TicketBody(wavespeed.WithoutNulls):
    """The file that is going to be PUT, or that came in a form."""

    filename: wavespeed.Line = Field(min_length=1)
    size: whole_number(0, ANY_PICTURE.bytes)  # type: ignore[valid-type]  # a type that is made
    content_type: str | None = Field(None, pattern="^[ -~]+$", examples=["image/png"])


def add_routes(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """Both ways to upload; the second one also under the path that v2 had."""

    @router.post("/api/v3/media/uploads", openapi_extra=one_of([TicketBody]), summary="Prepare an upload")
    async def ticket(request: Request) -> Response:
        """Where to PUT a picture, without a key, and the link it then has, good for 7 days."""
        key = await admit(request, rooms, threads, SUBMIT)
        asked = validated(TicketBody, read_json(await read_json_body(request, LONGEST_TICKET)))
        place = await threads.run(_reserved, rooms, key, asked)
        headers = {"Content-Type": asked.content_type} if asked.content_type else {}
        upload = {"method": "PUT", "url": put_address(rooms, place), "headers": headers}
        answer = {"download_url": rooms.upload_address(place), "upload": upload}
        return json_response(wavespeed.envelope(answer))

    @router.post("/api/v3/media/upload/binary", openapi_extra=FORM, summary="Upload a picture as a form")
    @router.post("/api/v2/media/upload/binary", openapi_extra=FORM, summary="Upload a picture as a form, as v2 had it")
    async def form(request: Request) -> Response:
        """One picture in the field `file`; its link is good for 7 days."""
        key = await admit(request, rooms, threads, SUBMIT)
        asked, data = await _read_file(request)
        place = await threads.run(_reserved, rooms, key, asked)
        filled = await threads.run(rooms.uploads.fill, place.address, data, asked.content_type, ANY_PICTURE)
        answer = {
            "type": "image",
            "download_url": rooms.upload_address(filled),
            "filename": filled.name,
            "size": filled.bytes,
        }
        return json_response(wavespeed.envelope(answer))


def _reserved(rooms: Rooms, key: Key, asked: TicketBody) -> Upload:
    address, name = new_ulid(rooms.now()), asked.filename or UNNAMED
    return rooms.uploads.reserve(key.id, address, dialect="wavespeed", name=name, lifetime=LIFETIME)


async def _read_file(request: Request) -> tuple[TicketBody, bytes]:
    """The form's `file`. Raises WrongContentType, RequestTooLarge, MalformedRequest or InvalidOrder."""
    file = file_named("file", await read_multipart_body(request, ANY_PICTURE.bytes + FORM_BYTES))
    facts = {"filename": file.filename or UNNAMED, "size": len(file.value), "content_type": file.content_type}
    return validated(TicketBody, facts), file.value
