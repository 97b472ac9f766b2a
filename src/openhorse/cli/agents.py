"""A maker of films comes in, an MCP server goes out: tools that make films and tell of them, films as resources.

Knows the words of the Model Context Protocol, not who makes the films. The only module with its SDK.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from openhorse import __version__
from openhorse.cli.makers import Maker, Task
from openhorse.errors import OpenHorseError

INSTRUCTIONS = (
    "Makes films of 3 to 15 seconds with sound from a text, a first picture, or up to nine reference pictures that the "
    "prompt names as [Image 1], [Image 2] and so on. `make` waits until the film is there, which takes from seconds to "
    "minutes; with wait=false it answers at once, and `get` tells how far it is. `estimate` tells the price before."
)

Status = Literal["queued", "running", "storing", "succeeded", "failed", "cancelled", "expired"]
Resolution = Literal["480p", "720p", "1080p"]
Seconds = Annotated[int, Field(ge=3, le=15, description="Length of the film.")]
Model = Annotated[str | None, Field(description="happyhorse-1.1 unless another is named.")]

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


class Film(BaseModel):
    """A task: what was asked, where it is, and its film once there is one."""

    id: str
    status: Status
    progress: float = Field(description="0…1")
    prompt: str
    resolution: str
    seconds: int
    seed: int | None = Field(description="The same seed and order give the same film.")
    price_usd: str = Field(description="Charged only for a film that is made; nothing without a server.")
    path: str | None = Field(description="Where the film was saved on this machine.")
    url: str | None = Field(description="The film's link, for a time.")
    poster_url: str | None = Field(description="A frame of it as JPEG, also while it is made.")
    resource: str | None = Field(description="The MCP resource with the film's bytes.")
    notes: list[str] = Field(description="What was made of the prompt, and what could not be.")
    error: str | None


class Films(BaseModel):
    """The newest tasks."""

    films: list[Film]


class Estimate(BaseModel):
    """What a film costs and takes."""

    price_usd: str
    usd_per_second: str
    render_seconds: float | None = Field(description="As measured on that server; null where nothing was.")


def server_of(maker: Maker) -> MCPServer:
    """The server; `run` it over a transport."""
    server = MCPServer("openhorse", title="OpenHorse", instructions=INSTRUCTIONS, version=__version__)
    _add_making(server, maker)
    _add_asking(server, maker)
    _add_resources(server, maker)
    return server


def _add_making(server: MCPServer, maker: Maker) -> None:
    @server.tool(annotations=ToolAnnotations(destructive_hint=False))
    async def make(
        ctx: Context,
        prompt: Annotated[str, Field(description="What the film shows, in English or Chinese.")],
        image: Annotated[str | None, Field(description="First frame: a path or http(s) address.")] = None,
        references: Annotated[list[str] | None, Field(max_length=9, description="Paths or addresses.")] = None,
        resolution: Resolution = "720p",
        ratio: Annotated[str | None, Field(description="Like 16:9 or 9:16; not with image.")] = None,
        seconds: Seconds = 5,
        seed: Annotated[int | None, Field(ge=0, le=2**31 - 1)] = None,
        model: Model = None,
        engine: str | None = None,
        watermark: bool = False,
        wait: Annotated[bool, Field(description="Answer when the film is there.")] = True,
    ) -> Film:
        """Make a film and save it on this machine. Where a server makes it, it is charged."""
        wishes = {"image": image, "references": references, "ratio": ratio, "seed": seed, "model": model}
        wishes |= {"resolution": resolution, "seconds": seconds, "engine": engine, "watermark": watermark}

        async def heard(share: float) -> None:
            await ctx.report_progress(share, 1.0)

        with _told(ToolError):
            task = await maker.order(prompt, {name: value for name, value in wishes.items() if value is not None})
            task = await maker.finished(task["id"], heard) if wait else task
        if task["status"] == "failed":
            raise ToolError(_error(task) or "the film could not be made")
        return _film(task)

    @server.tool(annotations=ToolAnnotations(destructive_hint=True, idempotent_hint=True))
    async def cancel(id: Annotated[str, Field(description="The task's id.")]) -> Film:
        """Stop a film that waits or is being made; it costs nothing then. One that has ended stays as it is."""
        with _told(ToolError):
            return _film(await maker.cancel(id))


def _add_asking(server: MCPServer, maker: Maker) -> None:
    @server.tool(annotations=_READS)
    async def get(id: Annotated[str, Field(description="The task's id.")]) -> Film:
        """How far a film is, and where it lies once it is made."""
        with _told(ToolError):
            return _film(await maker.get(id))

    @server.tool(name="list", annotations=_READS)
    async def listing(status: Status | None = None, size: Annotated[int, Field(ge=1, le=100)] = 20) -> Films:
        """The newest films, or those of one status."""
        with _told(ToolError):
            return Films(films=[_film(task) for task in await maker.list(status, size)])

    @server.tool(annotations=_READS)
    async def estimate(
        mode: Literal["text-to-video", "image-to-video", "reference-to-video"] = "text-to-video",
        resolution: Resolution = "720p",
        seconds: Seconds = 5,
        model: Model = None,
    ) -> Estimate:
        """What a film would cost, and how long it would take; nothing is ordered."""
        wishes: dict[str, Any] = {"resolution": resolution, "seconds": seconds, "model": model}
        pictures: Mapping[str, dict[str, Any]] = {
            "image-to-video": {"image": "upload:later"},
            "reference-to-video": {"references": ["upload:later"]},
        }
        with _told(ToolError):
            quoted = await maker.quote("a film", wishes | pictures.get(mode, {}))
        price, measured = quoted["price"], quoted["estimate"]
        return Estimate(
            price_usd=price["usd"],
            usd_per_second=price["usd_per_second"],
            render_seconds=None if measured is None else measured["seconds"],
        )


def _add_resources(server: MCPServer, maker: Maker) -> None:
    @server.resource("openhorse://films/{id}/film.mp4", mime_type="video/mp4", title="A film")
    async def film(id: str) -> bytes:
        """The film of a task that has succeeded."""
        with _told(ResourceError):
            return await maker.film(id)

    @server.resource("openhorse://films/{id}/poster.jpg", mime_type="image/jpeg", title="A frame of a film")
    async def poster(id: str) -> bytes:
        """What a film looks like, also while it is made."""
        with _told(ResourceError):
            return await maker.poster(id)


@contextmanager
def _told(kind: type[ToolError] | type[ResourceError]) -> Iterator[None]:
    """Our errors as the protocol's, so that the agent reads them."""
    try:
        yield
    except OpenHorseError as error:
        raise kind(f"{error.code}: {error.message}") from error
    except OSError as error:
        raise kind(str(error)) from error


def _film(task: Task) -> Film:
    film = task.get("film") or {}
    url = str(film.get("url") or "")
    return Film(
        id=task["id"],
        status=task["status"],
        progress=task["progress"],
        prompt=task["prompt"],
        resolution=task.get("resolution") or "720p",
        seconds=task.get("seconds") or 5,
        seed=film.get("seed", task.get("seed")),
        price_usd=task["price"]["usd"],
        path=task.get("path"),
        url=url if url.startswith("http") else None,
        poster_url=task.get("poster_url"),
        resource=f"openhorse://films/{task['id']}/film.mp4" if film else None,
        notes=list(film.get("notes") or ()),
        error=_error(task),
    )


def _error(task: Task) -> str | None:
    error = task.get("error")
    return f"{error['code']}: {error['message']}" if error else None
