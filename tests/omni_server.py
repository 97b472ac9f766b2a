"""A stand-in for vLLM-Omni's server: its video routes, with colour bars instead of a model.

Built from vllm-omni 0.30.0 as it is on the package index: entrypoints/openai/api_server.py (routes, statuses),
protocol/videos.py (fields, record), video/generation/helpers.py (form, checks of references, failures),
model_executor/models/minimax_h3/{encoder_processing,preprocessing}.py (what H3 refuses); the shape of errors and the
key's check from vLLM's entrypoints/openai/server_utils.py (one stored version, older than what 0.30.0 wants).

Simplified: no JSON references (`image_reference` and its kin), control, latent editing, LoRA, interpolation or
/v1/videos/sync; of other models than H3 only that they take one picture; no expiry of files; of the fields that play no
part here most are not checked. A film that is stopped answers 409 as often as `drains` says.
"""

from __future__ import annotations

import io
import json
import re
import time
from http import HTTPStatus
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, FastAPI, File, Form, HTTPException, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from PIL import Image
from pydantic import StringConstraints

import inference_server
from inference_server import LEAST_SECONDS, MOST_SECONDS, PARTS, RATIOS, InferenceServer, Job, aligned, canvas

Seconds = Annotated[str, StringConstraints(pattern=r"^[1-9]\d*$")]
Size = Annotated[str, StringConstraints(pattern=r"^\d+x\d+$")]
FORMATS = {"jpeg", "png", "webp", "heic", "heif"}
MOST_REFERENCES, MOST_BYTES = 12, 30 << 20


class OmniServer(InferenceServer):
    """`drains` DELETEs of films that are being made are answered with 409 before one succeeds."""

    def __init__(self, model: str = "MiniMaxAI/MiniMax-H3", part: str = "combined", key: str | None = None) -> None:
        super().__init__(model, part, key)
        self.drains = 0
        self.deleted: list[str] = []

    def app(self) -> FastAPI:
        """The routes of vLLM-Omni that matter to films."""
        app = FastAPI()
        _speak_vllm(app, self.key)

        @app.get("/health")
        def health() -> JSONResponse:
            if self.trouble is not None:
                return JSONResponse({"status": "unhealthy"}, 503)
            return JSONResponse({"status": "healthy"})

        @app.get("/v1/models")
        def models() -> dict[str, Any]:
            card = {"id": self.model, "object": "model", "created": 1, "owned_by": "vllm", "root": self.model}
            return {"object": "list", "data": [card]}

        asked = Depends(self._read_form)

        @app.post("/v1/videos")
        async def create(job: Job = asked) -> dict[str, Any]:
            self.before()
            self.enqueue(job)
            return self._record(job) | {"status": "queued", "progress": 0}

        @app.get("/v1/videos")
        def listed() -> dict[str, Any]:
            records = [self._record(job) for job in reversed(self.jobs.values())]
            ends = (records[0]["id"], records[-1]["id"]) if records else (None, None)
            return {"object": "list", "data": records, "has_more": False, "first_id": ends[0], "last_id": ends[1]}

        @app.get("/v1/videos/{video_id}")
        def retrieve(video_id: str) -> JSONResponse:
            job = self._job(video_id)
            status = job.error[0] if job.error is not None else 200
            return JSONResponse(self._record(job), status)

        @app.delete("/v1/videos/{video_id}")
        def delete(video_id: str) -> dict[str, Any]:
            job = self._job(video_id)
            if job.status in ("queued", "in_progress"):
                job.is_unwanted.set()
                if self.drains > 0:
                    self.drains -= 1
                    raise HTTPException(409, "Cancellation in progress. Please try again later.")
            del self.jobs[video_id]
            self.deleted.append(video_id)
            return {"id": video_id, "deleted": True, "object": "video.deleted"}

        @app.get("/v1/videos/{video_id}/content")
        def content(video_id: str) -> Response:
            job = self._job(video_id)
            if job.status == "failed":
                raise HTTPException(422, "Video generation failed. Check job status for error details.")
            if job.status != "completed":
                raise HTTPException(404, "Generation is still in-progress")
            if job.film is None:
                raise HTTPException(404, "Generated video file not found on disk")
            return Response(job.film, media_type="video/mp4")

        return app

    def _job(self, video_id: str) -> Job:
        if video_id not in self.jobs:
            raise HTTPException(404, "Video not found")
        return self.jobs[video_id]

    def _record(self, job: Job) -> dict[str, Any]:
        is_done = job.status == "completed"
        return {
            "model": self.model,
            "prompt": job.prompt,
            "id": job.id,
            "object": "video",
            "status": job.status,
            "size": None,
            "progress": 100 if is_done else 0,  # never anything between
            "seconds": "4",
            "quality": "default",
            "completed_at": job.created_at if is_done else None,
            "created_at": job.created_at,
            "remixed_from_video_id": None,
            "error": {"code": job.error[0], "message": job.error[1]} if job.error is not None else None,
            "media_type": "video/mp4",
            "expires_at": None,
            "file_name": f"{job.id}.mp4" if is_done else None,
            "inference_time_s": 1.0 if is_done else None,
            "fps": 24.0,
            "num_frames": job.frame_count,
            "duration_s": job.frame_count / 24,
            "metrics": None,
            "stage_durations": {},
            "peak_memory_mb": 0.0,
            "action": None,
        }

    async def _read_form(
        self,
        raw: Request,
        prompt: Annotated[str, Form()],
        input_reference: Annotated[UploadFile | None, File()] = None,
        input_references: Annotated[list[UploadFile] | None, File()] = None,
        image_reference: Annotated[str | None, Form()] = None,
        video_reference: Annotated[str | None, Form()] = None,
        model: Annotated[str | None, Form()] = None,
        seconds: Annotated[Seconds | None, Form()] = None,
        size: Annotated[Size | None, Form()] = None,
        width: Annotated[int | None, Form()] = None,
        height: Annotated[int | None, Form()] = None,
        num_frames: Annotated[int | None, Form()] = None,
        fps: Annotated[float | None, Form(ge=1, allow_inf_nan=False)] = None,
        aspect_ratio: Annotated[str | None, Form()] = None,
        short_edge: Annotated[int | None, Form(ge=1)] = None,
        num_outputs_per_prompt: Annotated[int, Form(ge=1, le=10)] = 1,
        seed: Annotated[int | None, Form()] = None,
        extra_params: Annotated[str | None, Form()] = None,
    ) -> Job:
        uploads = input_references or []
        others = (image_reference, video_reference, input_reference)
        if uploads and any(other is not None for other in others):
            raise HTTPException(400, "Provide input_references alone, without the other references.")
        extra = _object(extra_params)
        if model is not None and model != self.model:
            raise HTTPException(
                400, f"Model mismatch: request specifies '{model}' but server is running '{self.model}'."
            )
        pictures = [await _picture(upload) for upload in uploads or ([input_reference] if input_reference else [])]
        if len(pictures) > MOST_REFERENCES:
            raise HTTPException(400, f"MiniMax H3 accepts at most {MOST_REFERENCES} total references.")
        form = await raw.form()
        files = [(name, part) for name, part in form.multi_items() if not isinstance(part, str)]
        self.sent.append(
            inference_server.Request(
                {name: value for name, value in form.multi_items() if isinstance(value, str)},
                [(name, part.filename or "", part.content_type or "", await _bytes(part)) for name, part in files],
                dict(raw.headers),
            )
        )
        if size is not None:
            width, height = map(int, size.split("x"))
        job = Job(f"video_gen_{uuid4().hex}", prompt, (width or 832, height or 480), num_frames or 121, seed or 0)
        if not self.is_h3:
            job.has_sound = "wan" not in self.model.lower()
            job.faults = "several references are videos for this model" if uploads else None
            return job
        asked = float(seconds) if seconds else (num_frames / 24 if num_frames else 209 / 24)
        job.frame_count = aligned(round(asked * 24))
        job.size, job.faults = self._h3(
            prompt, extra, pictures, asked, aspect_ratio, (width, height), fps, bool(uploads)
        )
        return job

    def _h3(
        self,
        prompt: str,
        extra: dict[str, Any],
        pictures: list[tuple[int, int]],
        seconds: float,
        named: str | None,
        size: tuple[int | None, int | None],
        fps: float | None,
        are_many: bool,
    ) -> tuple[tuple[int, int], str | None]:
        """The canvas, and what the model would refuse: its job fails then, with 400."""
        task = str(extra.get("task") or ("fl2va" if pictures else "t2va")).lower()
        faults = None
        served = PARTS[self.part]
        if task not in served:
            faults = f"checkpoint partition '{self.part}' supports {served}, got task='{task}'"
        elif not prompt.strip():
            faults = "MiniMax H3 requires a non-empty prompt"
        elif fps not in (None, 24):
            faults = "MiniMax H3 output fps is fixed at 24.0"
        elif not LEAST_SECONDS <= seconds <= MOST_SECONDS:
            faults = f"MiniMax H3 output duration must be in [4, 15] seconds, got {seconds}"
        elif task == "t2va" and named is None:
            faults = "t2va requires an explicit aspect_ratio"
        elif task != "fl2va" and named is not None and named not in RATIOS:
            faults = f"MiniMax H3 aspect_ratio must be one of {', '.join(RATIOS)}, got '{named}'"
        elif task == "fl2va" and not 1 <= len(pictures) <= 2:
            faults = "MiniMax H3 FL2VA takes one or two images"
        elif task == "ref2va":
            faults = _reference_faults(pictures)
        ratio = pictures[0][0] / pictures[0][1] if task == "fl2va" and pictures else RATIOS.get(named or "16:9", 1.0)
        width, height = (size[0], size[1]) if size[0] and size[1] else canvas(ratio)
        return (width // 32 * 32, height // 32 * 32), faults


def _reference_faults(pictures: list[tuple[int, int]]) -> str | None:
    if not pictures:
        return "ref2va requires at least one image or video reference"
    if len(pictures) > 9:
        return "ref2va accepts at most 9 image references"
    for width, height in pictures:
        if not 0.4 <= width / height <= 2.5:
            return f"reference image aspect ratio must be in [0.4, 2.5], got {width}x{height}"
        if min(width, height) < 256 or max(width, height) > 5760:
            return f"reference image dimensions must be in [256, 5760] pixels, got {width}x{height}"
    return None


def _object(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        parsed = json.loads(text)
    except ValueError as error:
        raise HTTPException(400, "Invalid JSON in form field.") from error
    if not isinstance(parsed, dict):
        raise HTTPException(400, f"Invalid JSON in form field: expected dict, got {type(parsed).__name__}.")
    return parsed


async def _bytes(upload: Any) -> bytes:
    await upload.seek(0)
    data: bytes = await upload.read()
    return data


async def _picture(upload: UploadFile) -> tuple[int, int]:
    """Width and height of an upload that is an image. What is sent as anything else is not known here."""
    data = await _bytes(upload)
    if len(data) > MOST_BYTES:
        raise HTTPException(400, "Uploaded reference exceeds the 30 MiB size limit.")
    try:
        with Image.open(io.BytesIO(data)) as image:
            kind, size = str(image.format or "").lower(), image.size
    except OSError as error:
        raise HTTPException(400, f"Invalid uploaded image reference: {upload.filename}") from error
    if kind not in FORMATS:
        raise HTTPException(
            400, f"MiniMax H3 reference images must use JPG, JPEG, PNG, WEBP, HEIC, or HEIF; got {kind}."
        )
    return size


def _speak_vllm(app: FastAPI, key: str | None) -> None:
    """vLLM's own refusals: not FastAPI's `detail` and never 422 for a form; keys are asked for below /v1 only."""

    def refusal(status: int, message: str) -> JSONResponse:
        error = {"message": message, "type": HTTPStatus(status).phrase, "param": None, "code": status}
        return JSONResponse({"error": error}, status)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        return refusal(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def form(_: Request, error: RequestValidationError) -> JSONResponse:
        return refusal(400, re.sub(r"\s+", " ", str(error.errors())))

    @app.middleware("http")
    async def authenticate(request: Request, call_next: Any) -> Any:
        shown = request.headers.get("authorization", "")
        if key is not None and request.url.path.startswith("/v1") and shown != f"Bearer {key}":
            return JSONResponse({"error": "Unauthorized"}, 401)
        return await call_next(request)


if __name__ == "__main__":
    server = OmniServer().start()
    print(server.url, flush=True)
    while True:
        time.sleep(60)
