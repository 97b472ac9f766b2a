"""A signed link to an upload comes in; its picture goes out, or the picture that belongs there is taken in.

Knows no vendor: their upload flows make the links (`Rooms.upload_address`, `put_address`).
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.errors import NotFound
from openhorse.pictures import ANY_PICTURE
from openhorse.server.intake import UPLOADS, Rooms
from openhorse.server.requests import Threads, json_response, read_body
from openhorse.store.pictures import blob_key
from openhorse.uploads import Upload

_PUT = "put/"


def put_address(rooms: Rooms, upload: Upload) -> str:
    """The address to PUT the picture to, without a key, until the upload expires."""
    signed = rooms.links.sign(_PUT + upload.address, upload.expires_at)
    return f"{rooms.public_url}/{UPLOADS}{upload.address}?{signed}"


def routes(rooms: Rooms, threads: Threads) -> APIRouter:
    """GET, HEAD and PUT /uploads/{address}."""
    router = APIRouter(tags=["Files"])

    @router.head("/uploads/{address:path}", include_in_schema=False)
    @router.get("/uploads/{address:path}", summary="Fetch an upload")
    async def fetch(address: str, request: Request) -> Response:
        """The uploaded picture as we keep it: upright, without metadata, as PNG."""
        query = request.query_params
        rooms.links.check(UPLOADS + address, query.get("e", ""), query.get("s", ""), rooms.now())
        found = await threads.run(rooms.uploads.find, address)
        if found.sha256 is None:
            raise NotFound("nothing was uploaded here yet")
        png = await threads.run(rooms.blobs.read, blob_key(found.sha256))
        return Response(png, headers={"X-Content-Type-Options": "nosniff"}, media_type="image/png")

    body = {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}, "required": True}

    @router.put("/uploads/{address:path}", openapi_extra={"requestBody": body}, summary="Put a picture in its place")
    async def put(address: str, request: Request) -> Response:
        """The raw bytes as the body. The link itself is the permission; no key is needed."""
        query = request.query_params
        rooms.links.check(_PUT + address, query.get("e", ""), query.get("s", ""), rooms.now())
        await threads.run(rooms.uploads.find, address)
        data = await read_body(request, ANY_PICTURE.bytes)
        filled = await threads.run(rooms.uploads.fill, address, data, request.headers.get("content-type"), ANY_PICTURE)
        return json_response({"bytes": filled.bytes, "sha256": filled.sha256})

    return router
