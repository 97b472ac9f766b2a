"""A signed link comes in, the bytes of a film, still or picture go out, whole or in ranges. Knows no task."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from openhorse.errors import Gone
from openhorse.server.intake import Rooms
from openhorse.server.requests import Threads
from openhorse.store.blobs import Blobs, content_type

PRESIGNED_LIFETIME = timedelta(minutes=5)
"""How long an address in the bucket is good for: it must only be followed, and ends with our link at the latest."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def routes(rooms: Rooms, threads: Threads) -> APIRouter:
    """GET and HEAD /files/{key}."""
    router = APIRouter(tags=["Files"])

    @router.head("/files/{key:path}", include_in_schema=False)
    @router.get("/files/{key:path}", summary="Fetch a film")
    async def fetch(key: str, request: Request) -> Response:
        """200, or 206 for a range; 307 to the bucket, where the operator has chosen that; 404 for a link that is not
        ours, 410 when the film has expired."""
        query = request.query_params
        rooms.links.check(key, query.get("e", ""), query.get("s", ""), rooms.now())
        if rooms.presigned and request.method == "GET":
            left = timedelta(seconds=int(query["e"]) - int(rooms.now().timestamp()))
            address = await threads.run(_elsewhere, rooms.blobs, key, min(left, PRESIGNED_LIFETIME))
            return RedirectResponse(address, 307, {"Cache-Control": "no-store"})
        return await send_file(request, rooms.blobs, threads, key)

    return router


def _elsewhere(blobs: Blobs, key: str, lifetime: timedelta) -> str:
    """Where the bucket itself gives out what is under `key`. Raises Gone."""
    address = blobs.presigned(key, lifetime) if blobs.size(key) is not None else None
    if address is None:
        raise Gone("this file has expired")
    return address


async def send_file(request: Request, blobs: Blobs, threads: Threads, key: str) -> Response:
    """The file at `key`, or the range of it that is asked for; 416 for one beyond its end. Raises Gone."""
    size = await threads.run(blobs.size, key)
    if size is None:
        raise Gone("this file has expired")
    wanted = _wanted(request.headers.get("range"), size)
    if wanted is None:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    start, end = wanted
    partial = (start, end) != (0, size)
    headers = _headers(key, start, end, size, partial)
    chunks: Iterator[bytes] = iter(())
    if request.method == "GET":
        chunks = await threads.run(blobs.stream, key, start, end)
    return StreamingResponse(chunks, 206 if partial else 200, headers, content_type(key))


def _headers(key: str, start: int, end: int, size: int, partial: bool) -> dict[str, str]:
    headers = {
        "Content-Length": str(end - start),
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'inline; filename="{PurePosixPath(key).name}"',
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
    }
    return headers | ({"Content-Range": f"bytes {start}-{end - 1}/{size}"} if partial else {})


def _wanted(header: str | None, size: int) -> tuple[int, int] | None:
    """The bytes asked for as [start, end), None when they cannot be given.

    A header of any other form than one range is ignored, as RFC 9110 allows.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return 0, size
    first, last = match.groups()
    if not first:  # the last so many bytes
        length = min(int(last), size)
        return (size - length, size) if length else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return 0, size
    return (start, end) if start < size else None
