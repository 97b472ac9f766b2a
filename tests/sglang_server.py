"""A stand-in for SGLang's diffusion server: its video routes, with colour bars instead of a model.

Built from sglang 0.5.23 as it is on the package index, below multimodal_gen/runtime: entrypoints/http_server.py
(health, warming up), entrypoints/openai/{video_api,common_api,protocol}.py (routes, card, record), and for MiniMax-H3
…/minimax_h3/{video_adapter,request_validation,task_profiles,material_io,release_metadata}.py.

Simplified: no cloud storage, prompt enhancement or videos as references; pictures are taken as uploads and data: URIs
only, where the real one would fetch addresses too; a server that warms up refuses at once, where the real one lets a
request wait; of other models than H3 only that they take one picture.
"""

from __future__ import annotations

import io
import json
import time
from base64 import b64decode
from typing import Annotated, Any
from uuid import uuid4

from fastapi import FastAPI, File, Form, HTTPException, Query, Request, Response, UploadFile
from PIL import Image

import inference_server
from inference_server import LEAST_SECONDS, MOST_SECONDS, PARTS, RATIOS, InferenceServer, Job, aligned, canvas

KEYS = {"type", "uri", "role", "frame_index", "start_time_seconds"}
FORMATS = {"JPEG", "PNG", "WEBP"}


class SglangServer(InferenceServer):
    """`part` is what --model-variant chose, `tasks` what its card says of the model."""

    can_abort = False

    def __init__(
        self,
        model: str = "MiniMaxAI/MiniMax-H3",
        part: str = "fl2va",
        tasks: tuple[str, ...] = ("TI2V",),
    ) -> None:
        super().__init__(model, part)
        self.tasks = tasks

    def app(self) -> FastAPI:
        """The routes of SGLang that matter to films."""
        app = FastAPI()

        @app.get("/health")
        def health() -> Response:
            if self.trouble == "warming up":
                return Response(status_code=503)
            if self.trouble is not None:
                return Response(json.dumps({"status": "unhealthy", "error": self.trouble}), 503)
            return Response(json.dumps({"status": "ok"}))

        @app.get("/v1/models")
        def models() -> dict[str, Any]:
            card = {
                "id": self.model,
                "object": "model",
                "created": 1,
                "owned_by": "sglang",
                "root": self.model,
                "parent": None,
                "max_model_len": None,
                "num_gpus": 1,
                "task_type": self.tasks[0],
                "supported_task_types": list(self.tasks),
                "dit_precision": "bf16",
                "vae_precision": "fp32",
                "pipeline_name": "APipeline",
                "pipeline_class": "APipeline",
            }
            return {"object": "list", "data": [card]}

        @app.post("/v1/videos")
        async def create(
            raw: Request,
            prompt: Annotated[str | None, Form()] = None,
            input_reference: Annotated[UploadFile | None, File()] = None,
            seconds: Annotated[int | None, Form()] = None,
            fps: Annotated[int | None, Form()] = None,
            num_frames: Annotated[int | None, Form()] = None,
            width: Annotated[int | None, Form()] = None,
            height: Annotated[int | None, Form()] = None,
            seed: Annotated[int | None, Form()] = None,
        ) -> dict[str, Any]:
            if self.trouble is not None:
                raise HTTPException(503, self.trouble)
            if "multipart/form-data" in raw.headers.get("content-type", ""):
                body = await self._read_form(raw, prompt)
            else:
                body = await self._read_json(raw)
            self.before()
            try:
                job = self._h3(body) if self.is_h3 else self._other(body)
            except (TypeError, ValueError) as error:
                raise HTTPException(400, str(error)) from error
            self.enqueue(job)
            return self._record(job) | {"status": "queued", "progress": 0}

        @app.get("/v1/videos")
        def listed(limit: Annotated[int, Query(ge=1, le=100)] = 20) -> dict[str, Any]:
            return {"object": "list", "data": [self._record(job) for job in self.jobs.values()][:limit]}

        @app.get("/v1/videos/{video_id}")
        def retrieve(video_id: str) -> dict[str, Any]:
            return self._record(self._job(video_id))

        @app.delete("/v1/videos/{video_id}")
        def delete(video_id: str) -> dict[str, Any]:
            job = self._job(video_id)
            del self.jobs[video_id]  # and the GPU goes on
            return self._record(job) | {"status": "deleted"}

        @app.get("/v1/videos/{video_id}/content")
        def content(video_id: str, variant: str | None = None) -> Response:
            job = self._job(video_id)
            if job.status not in ("completed", "failed"):
                raise HTTPException(404, "Generation is still in-progress")
            if job.film is None:
                raise HTTPException(404, f"Video variant {variant} not found")
            return Response(job.film, media_type="video/mp4")

        return app

    def _job(self, video_id: str) -> Job:
        if video_id not in self.jobs:
            raise HTTPException(404, "Video not found")
        return self.jobs[video_id]

    def _record(self, job: Job) -> dict[str, Any]:
        is_done = job.status == "completed"
        return {
            "id": job.id,
            "object": "video",
            "model": self.model,
            "status": job.status,
            "progress": 100 if is_done else min(job.progress, 99),
            "created_at": job.created_at,
            "size": f"{job.size[0]}x{job.size[1]}",
            "seconds": str(round(job.frame_count / 24)),
            "quality": "standard",
            "url": None,
            "urls": [None] if is_done else None,
            "remixed_from_video_id": None,
            "completed_at": job.created_at if is_done else None,
            "expires_at": None,
            "error": {"message": job.error[1]} if job.error is not None else None,
            "file_path": f"/outputs/{job.id}.mp4" if is_done else None,
            "file_paths": [f"/outputs/{job.id}.mp4"] if is_done else None,
            "num_outputs": 1 if is_done else None,
            "peak_memory_mb": None,
            "inference_time_s": 1.0 if is_done else None,
            "revised_prompt": None,
            "action": None,
            "lidar": None,
        }

    async def _read_form(self, raw: Request, prompt: str | None) -> dict[str, Any]:
        if not prompt:
            raise HTTPException(400, "prompt is required")
        form = await raw.form()
        files = []
        for name, part in form.multi_items():
            if not isinstance(part, str):
                await part.seek(0)
                files.append((name, part.filename or "", part.content_type or "", await part.read()))
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        self.sent.append(inference_server.Request(fields, files, dict(raw.headers)))
        pictures = [data for name, _, _, data in files if name == "input_reference"][:1]
        return {name: _parsed(name, value) for name, value in fields.items()} | {"pictures": pictures}

    async def _read_json(self, raw: Request) -> dict[str, Any]:
        try:
            body = dict(await raw.json())
        except (ValueError, TypeError):
            body = {}  # bad JSON is no JSON, to this server
        if not isinstance(body.get("prompt"), str):
            raise HTTPException(400, "Invalid request body: prompt: Field required")
        self.sent.append(inference_server.Request(body, [], dict(raw.headers)))
        return body

    def _other(self, body: dict[str, Any]) -> Job:
        pictures = body.get("pictures") or []
        if pictures and not {"I2V", "TI2V"} & set(self.tasks):
            raise ValueError("image input is not supported by this pipeline")
        if not pictures and not {"T2V", "TI2V"} & set(self.tasks):
            raise ValueError("this pipeline requires an image")
        frame_count = body.get("num_frames") or body.get("seconds", 4) * body.get("fps", 24)
        size = (body.get("width") or 832, body.get("height") or 480)
        has_sound = "wan" not in self.model.lower()
        return Job(str(uuid4()), body["prompt"], size, frame_count, body.get("seed") or 0, has_sound)

    def _h3(self, body: dict[str, Any]) -> Job:
        """A request of MiniMax-H3's own kind. Raises ValueError for what is refused before it is put in line."""
        task = body.get("task")
        if task not in PARTS["combined"]:
            raise ValueError("task is required for MiniMax H3; supported tasks: fl2va, ref2va, t2va")
        for name in ("num_frames", "fps", "guidance_scale", "negative_prompt"):
            if body.get(name) is not None:
                raise ValueError(f"{name} is not supported")
        if not body["prompt"]:
            raise ValueError("prompt must be a non-empty string")
        seed = body.get("seed", 0)
        if type(seed) is not int or seed < 0:
            raise ValueError("seed must be a non-negative integer")
        ratio, seconds = _target(body.get("target"), task)
        pictures = _conditions(body.get("conditions"), task)
        shown = pictures[0][0] / pictures[0][1] if task == "fl2va" else 16 / 9
        shape = shown if ratio == "auto" else RATIOS[ratio]
        job = Job(str(uuid4()), body["prompt"], canvas(shape), aligned(round(seconds * 24)), seed)
        if task not in PARTS[self.part]:
            job.faults = f"task '{task}' is not served by MiniMax H3 partition '{self.part}'; supported tasks: …"
        return job


def _target(target: Any, task: str) -> tuple[str, float]:
    if not isinstance(target, dict):
        raise ValueError("target is required and must be an object")
    if type(target.get("short_edge")) is not int or target["short_edge"] <= 0:
        raise ValueError("target.short_edge must be an integer")
    ratio, seconds = target.get("aspect_ratio"), target.get("duration_seconds")
    if not isinstance(ratio, str) or (ratio != "auto" and ratio not in RATIOS):
        raise ValueError(f"target.aspect_ratio for task '{task}' must be 'auto' or one of {list(RATIOS)}")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ValueError("target.duration_seconds must be a number")
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise ValueError(f"target.duration_seconds must be in [4, 15], got {seconds}")
    return ratio, seconds


def _conditions(conditions: Any, task: str) -> list[tuple[int, int]]:
    """Width and height of each picture. Their order is that of the prompt's numbers."""
    conditions = conditions or []
    if task == "t2va" and conditions:
        raise ValueError("conditions must be empty for task 't2va'")
    if task != "t2va" and not conditions:
        raise ValueError(f"conditions requires at least one entry for task '{task}'")
    for index, one in enumerate(conditions):
        if unknown := set(one) - KEYS:
            raise ValueError(f"conditions[{index}] has unknown fields: {sorted(unknown)}")
        if (one.get("role"), one.get("type")) != ("keyframe" if task == "fl2va" else "reference", "image"):
            raise ValueError(f"conditions[{index}]: task '{task}' does not allow role={one.get('role')!r}")
        if task == "ref2va" and one.get("frame_index") is not None:
            raise ValueError(f"conditions[{index}].frame_index is not allowed for role='reference'")
    if task == "fl2va" and [one.get("frame_index") for one in conditions] not in ([0], [-1], [0, -1]):
        raise ValueError("conditions for task 'fl2va' must be first or last frames")
    return [_material(one["uri"]) for one in conditions]


def _material(uri: str) -> tuple[int, int]:
    head, comma, payload = uri.partition(",")
    if not head.startswith("data:") or not comma or not head.endswith(";base64"):
        raise ValueError("data URI must use ;base64 encoding")
    try:
        with Image.open(io.BytesIO(b64decode(payload, validate=True))) as image:
            kind, size = image.format, image.size
    except (OSError, ValueError) as error:
        raise ValueError("MiniMax H3 image material is invalid") from error
    if kind not in FORMATS:
        raise ValueError("MiniMax H3 image material uses an unsupported format")
    return size


def _parsed(name: str, value: str) -> Any:
    """A field of a form as this server reads it: JSON where it can be, but for the prompt."""
    if name == "prompt":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


if __name__ == "__main__":
    server = SglangServer().start()
    print(server.url, flush=True)
    while True:
        time.sleep(60)
