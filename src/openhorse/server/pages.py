"""The page of the documentation goes out: Swagger UI, from files that lie here, with no script within the page.

Addresses are relative, so that it also works below a proxy's prefix.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

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


def routes() -> APIRouter:
    """`/docs`, and what starts it."""
    router = APIRouter()

    @router.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(_PAGE)

    @router.get("/docs/start.js", include_in_schema=False)
    async def start() -> Response:
        return Response(_START, media_type="text/javascript")

    return router
