"""OpenAI's routes: /v1/videos and /v1/models. Knows the paths, forms and headers, not the words.

What is refused outright: remixes, edits, extensions and characters.
"""

from __future__ import annotations

from typing import Any, NoReturn

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.accounts import Key
from openhorse.dialects import dialect_named, openai
from openhorse.dialects.fields import read_json
from openhorse.errors import (
    Gone,
    InvalidOrder,
    MalformedRequest,
    NotFound,
    PictureRefused,
    UnknownModel,
    WrongContentType,
)
from openhorse.media.sheets import sheet, thumbnail
from openhorse.pictures import ANY_PICTURE, UPLOAD
from openhorse.server.files import send_file
from openhorse.server.forms import MULTIPART, URLENCODED, Field, read_form
from openhorse.server.gate import SUBMIT, admit
from openhorse.server.intake import Intake, Rooms
from openhorse.server.openapi import one_of
from openhorse.server.orders import take_in
from openhorse.server.requests import Threads, json_response, read_body
from openhorse.vocabulary import FINAL, Status, Task

JSON = "application/json"

DEFAULT_PAGE, LONGEST_PAGE = 20, 100

POLL_AFTER_MILLISECONDS = 500
"""What a client is told to wait before it asks again; its own default would be a second."""

_VARIANTS = ("video", "thumbnail", "spritesheet")


def routes(intake: Intake, threads: Threads) -> APIRouter:
    """To be mounted under /openai."""
    router = APIRouter(tags=["OpenAI"])
    _add_creation(router, intake, threads)
    _add_listing(router, intake.rooms, threads)
    _add_refusals(router, intake.rooms, threads)
    _add_videos(router, intake.rooms, threads)
    _add_models(router, intake.rooms, threads)
    return router


def _add_creation(router: APIRouter, intake: Intake, threads: Threads) -> None:
    rooms = intake.rooms
    words = dialect_named("openai")
    limit = rooms.catalog.terms("openai").max_body_bytes

    @router.post("/v1/videos", openapi_extra=_body(), summary="Create a video")
    async def create(request: Request) -> Response:
        """Answers the video at once, queued. A form with the picture as a file, or JSON with its address."""
        key = await admit(request, rooms, threads, SUBMIT)
        raw = await _read(request, limit)
        body = await threads.run(_gathered, rooms, key, raw, request.headers["content-type"])
        task, _ = await take_in(intake, threads, words, key, raw, body=body)
        return _answered(rooms, task)


def _body() -> dict[str, Any]:
    """The request body in its three content types; a form can carry the pictures themselves."""
    described = one_of([openai.VideoBody])
    content = described["requestBody"]["content"]
    schema = content[JSON]["schema"]
    file = {"type": "string", "format": "binary"}
    files = {"input_reference": file, "reference_images": {"type": "array", "items": file, "maxItems": 9}}
    content[URLENCODED] = {"schema": schema}
    content[MULTIPART] = {"schema": {**schema, "properties": {**schema["properties"], **files}}}
    return described


async def _read(request: Request, limit: int) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (JSON, MULTIPART, URLENCODED):
        raise WrongContentType(f"the content type must be {MULTIPART} or {JSON}, not {kind[:100] or 'absent'}")
    raw = await read_body(request, limit)
    if not raw:
        raise MalformedRequest("the body is empty; prompt is required")
    return raw


def _gathered(rooms: Rooms, key: Key, raw: bytes, content_type: str) -> Any:
    """The body as one object; pictures that came as files lie in the store and are named by their upload."""
    if content_type.partition(";")[0].strip().lower() == JSON:
        return read_json(raw)
    fields = [field for field in read_form(raw, content_type) if not _is_no_file(field)]
    return openai.gathered([(field.name, _text(rooms, key, field)) for field in fields])


def _is_no_file(field: Field) -> bool:
    """A form's file field in which no file was chosen."""
    return field.filename == "" and not field.value


def _text(rooms: Rooms, key: Key, field: Field) -> str:
    if field.filename is None:
        return field.text
    if not openai.is_picture(field.name):
        raise InvalidOrder(f"{field.name[:100]} must be text, not a file", field=field.name)
    try:
        return UPLOAD + rooms.pictures.keep(key.id, field.value, ANY_PICTURE).sha256
    except PictureRefused as error:
        raise PictureRefused(error.message, field=field.name) from None


def _add_listing(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    @router.get("/v1/videos", summary="List videos")
    async def listing(request: Request) -> Response:
        """Newest first, or `order=asc`; `limit` up to 100, `after` an id of the page before."""
        key = await admit(request, rooms, threads)
        query = request.query_params
        limit = _limit(query.get("limit"))
        order = query.get("order", "desc")
        if order not in ("asc", "desc"):
            raise InvalidOrder("order must be asc or desc", field="order")
        after = query.get("after")
        last = await threads.run(rooms.tasks.get, after, key.id) if after else None
        found = await threads.run(
            rooms.tasks.page, key.id, dialect="openai", size=limit + 1, after=last, oldest_first=order == "asc"
        )
        videos = [openai.write_task(task, rooms.link(task)) for task in found.tasks[:limit]]
        return json_response(openai.write_list(videos, has_more=len(found.tasks) > limit))


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_PAGE
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= LONGEST_PAGE):
        raise InvalidOrder(f"limit must be 0 to {LONGEST_PAGE}", field="limit")
    return int(text)


def _add_videos(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    @router.get("/v1/videos/{video_id}", summary="Ask for a video")
    async def detail(video_id: str, request: Request) -> Response:
        """Its status and progress; while it is not finished, `openai-poll-after-ms` says when to ask again."""
        key = await admit(request, rooms, threads)
        return _answered(rooms, await threads.together(rooms.tasks.get_all, (video_id, key.id)))

    @router.delete("/v1/videos/{video_id}", summary="Delete a video")
    async def delete(video_id: str, request: Request) -> Response:
        """Forgets the video and its film, cancelling it first when it has not ended."""
        key = await admit(request, rooms, threads, SUBMIT)
        await threads.run(rooms.tasks.delete, video_id, key.id)
        return json_response(openai.write_deleted(video_id))

    @router.head("/v1/videos/{video_id}/content", include_in_schema=False)
    @router.get("/v1/videos/{video_id}/content", summary="Fetch the film", openapi_extra=_VARIANT)
    async def content(video_id: str, request: Request) -> Response:
        """The MP4, whole or a range of it, or what `variant` asks for: a frame of it as WebP, or its previews on one
        JPEG; 404 while there is none, 410 when it has expired."""
        key = await admit(request, rooms, threads)
        task = await threads.together(rooms.tasks.get_all, (video_id, key.id))
        variant = request.query_params.get("variant", "video")
        if variant not in _VARIANTS:
            raise InvalidOrder(f"variant must be any of {', '.join(_VARIANTS)}", field="variant")
        if task.video is None:
            raise NotFound(_why_no_film(task))
        if task.status is Status.EXPIRED or (task.expires_at is not None and task.expires_at <= rooms.now()):
            raise Gone("this video has expired")
        if variant == "video":
            return await send_file(request, rooms.blobs, threads, task.video.blob)
        return await threads.run(_still, rooms, task, variant)


_VARIANT: dict[str, Any] = {
    "parameters": [
        {"name": "variant", "in": "query", "required": False, "schema": {"type": "string", "enum": list(_VARIANTS)}}
    ]
}


def _still(rooms: Rooms, task: Task, variant: str) -> Response:
    """The thumbnail or the spritesheet, made of the previews. Raises NotFound where there is none."""
    previews = [still.blob for still in task.stills if still.is_preview]
    if not previews:
        raise NotFound(f"this video has no {variant}")
    private = {"Cache-Control": "private, max-age=3600"}
    if variant == "spritesheet":
        return Response(sheet([rooms.blobs.read(blob) for blob in previews]), 200, private, "image/jpeg")
    return Response(thumbnail(rooms.blobs.read(previews[len(previews) // 2])), 200, private, "image/webp")


def _why_no_film(task: Task) -> str:
    if task.failure is not None:
        return f"this video has failed: {task.failure.message}"
    if task.status in FINAL:
        return f"this video was {task.status}"
    return f"this video is not ready yet, it is {openai.STATUS_WORDS[task.status]}; ask GET /v1/videos/{task.id}"


def _answered(rooms: Rooms, task: Task) -> Response:
    headers = {} if task.status in FINAL else {"openai-poll-after-ms": str(POLL_AFTER_MILLISECONDS)}
    return json_response(openai.write_task(task, rooms.link(task)), headers=headers)


def _add_refusals(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """What OpenAI offers on existing videos and HappyHorse does not; ahead of /v1/videos/{video_id}."""

    async def refuse(request: Request, what: str) -> NoReturn:
        await admit(request, rooms, threads)
        raise InvalidOrder(f"{what} are not offered: create a new video with POST /v1/videos")

    @router.post("/v1/videos/{video_id}/remix", summary="Refused: remixes are not offered")
    async def remix(video_id: str, request: Request) -> Response:
        """400."""
        await refuse(request, "remixes")

    @router.post("/v1/videos/edits", summary="Refused: edits are not offered")
    async def edit(request: Request) -> Response:
        """400."""
        await refuse(request, "edits")

    @router.post("/v1/videos/extensions", summary="Refused: extensions are not offered")
    async def extend(request: Request) -> Response:
        """400."""
        await refuse(request, "extensions")

    @router.post("/v1/videos/characters", summary="Refused: characters are not offered")
    async def create_character(request: Request) -> Response:
        """400."""
        await refuse(request, "characters")

    @router.get("/v1/videos/characters/{character_id}", summary="Refused: characters are not offered")
    async def character(character_id: str, request: Request) -> Response:
        """400."""
        await refuse(request, "characters")


def _add_models(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    names = openai.model_names(rooms.catalog)

    @router.get("/v1/models", summary="List models")
    async def models(request: Request) -> Response:
        """Every id that `model` takes, whichever vendor's it is."""
        await admit(request, rooms, threads)
        return json_response({"object": "list", "data": [openai.write_model(model) for model in names]})

    @router.get("/v1/models/{model:path}", summary="Ask for a model")
    async def model(model: str, request: Request) -> Response:
        """Whether `model` takes this id."""
        await admit(request, rooms, threads)
        if model not in names:
            raise UnknownModel(f"the model {model[:200]!r} does not exist; GET /v1/models lists those that do")
        return json_response(openai.write_model(model))
