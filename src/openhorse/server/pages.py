"""Pages go out: the playground at `/`, Swagger UI at `/docs`, from files that lie here, with no script within a page.

Addresses are relative, so that both also work below a proxy's prefix. Knows no task: the playground asks the API for
everything, as any customer does.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from openhorse.errors import NotFound

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OpenHorse</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="static-offline-docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="static-offline-docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  presets: [SwaggerUIBundle.presets.apis],
});
"""

KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
"""What the playground is made of; any other file beside it stays here."""

_FOR_EVER = "public, max-age=31536000, immutable"
"""Of files whose address names their content."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the playground, as it goes out; `packed` is gzip's, None where that would save nothing."""

    kind: str
    plain: bytes
    packed: bytes | None
    tag: str


def pieces() -> Mapping[str, Piece]:
    """The playground's files by their path. `index.html` names the folder of the others by what is in them all, so that
    a browser keeps them for good and never mixes two versions."""
    found = dict(sorted(_walk(files("openhorse.server").joinpath("playground"))))
    version = hashlib.sha256(b"".join(found.values())).hexdigest()[:16]
    modules = "\n".join(
        f'<link rel="modulepreload" href="playground/{version}/{path}">'
        for path in found
        if path.endswith((".js", ".mjs")) and path != "theme.js"  # no module
    )
    page = found["index.html"].decode()
    found["index.html"] = page.replace("VERSION", version).replace("<!-- modules -->", modules).encode()
    return {f"{version}/{path}" if path != "index.html" else path: _piece(path, data) for path, data in found.items()}


def _walk(folder: Traversable, above: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{above}{entry.name}/")
        elif _ending(entry.name) in KINDS:
            yield above + entry.name, entry.read_bytes()


def _ending(name: str) -> str:
    return "." + name.rpartition(".")[2]


def _piece(path: str, data: bytes) -> Piece:
    packed = gzip.compress(data, 9, mtime=0)
    smaller = packed if len(packed) < len(data) * 0.9 else None
    return Piece(KINDS[_ending(path)], data, smaller, f'"{hashlib.sha256(data).hexdigest()[:32]}"')


def routes() -> APIRouter:
    """`/` with what belongs to it, `/docs`, and what starts it."""
    router = APIRouter()
    known = pieces()

    @router.head("/", include_in_schema=False)
    @router.get("/", include_in_schema=False)
    async def playground(request: Request) -> Response:
        """The playground; programs that ask for JSON are told that there is none here."""
        accepted = request.headers.get("accept", "*/*")
        if "json" in accepted and "text/html" not in accepted:
            raise NotFound("there is nothing at /")
        return _answer(request, known["index.html"], "no-cache", "Accept, Accept-Encoding")

    @router.get("/playground/{path:path}", include_in_schema=False)
    async def part(path: str, request: Request) -> Response:
        if path not in known or path == "index.html":
            raise NotFound(f"there is nothing at /playground/{path[:200]}")
        return _answer(request, known[path], _FOR_EVER, "Accept-Encoding")

    @router.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(_PAGE)

    @router.get("/docs/start.js", include_in_schema=False)
    async def start() -> Response:
        return Response(_START, media_type="text/javascript")

    return router


def _answer(request: Request, piece: Piece, keeping: str, varies: str) -> Response:
    packed = piece.packed if "gzip" in request.headers.get("accept-encoding", "") else None
    tag = piece.tag if packed is None else f'{piece.tag[:-1]}-gzip"'
    headers = {"Cache-Control": keeping, "ETag": tag, "Vary": varies}
    if tag in request.headers.get("if-none-match", ""):
        # With its kind, by which the shield knows a page: a browser takes the policy anew from this answer.
        return Response(status_code=304, headers=headers, media_type=piece.kind)
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(packed or piece.plain, headers=headers, media_type=piece.kind)
