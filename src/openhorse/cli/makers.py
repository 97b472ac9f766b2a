"""An agent's order comes in, native task objects go out as it goes on: made by a server, or by this process.

Knows no protocol of agents. Films are saved in the folder that the process is in.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import anyio

from openhorse import client
from openhorse.client import AsyncClient
from openhorse.errors import Cancelled, NotFound, OpenHorseError

Task = dict[str, Any]
"""The native task object, and `path` beside it where its film was saved."""

Heard = Callable[[float], Awaitable[None]]

LOOK_SECONDS = 0.3

_log = logging.getLogger(__name__)


class Maker(Protocol):
    """Whoever makes films."""

    async def order(self, prompt: str, wishes: Mapping[str, Any]) -> Task:
        """Take an order in."""

    async def finished(self, task_id: str, heard: Heard) -> Task:
        """The task once it has ended, its film saved; `heard` hears 0…1."""

    async def get(self, task_id: str) -> Task:
        """The task; its film, if it is there, saved. Raises NotFound."""

    async def list(self, status: str | None, size: int) -> list[Task]:
        """The newest tasks."""

    async def cancel(self, task_id: str) -> Task:
        """The task, cancelled if that could still be."""

    async def quote(self, prompt: str, wishes: Mapping[str, Any]) -> dict[str, Any]:
        """Price and estimate."""

    async def film(self, task_id: str) -> bytes:
        """The film. Raises NotFound and its kin."""

    async def poster(self, task_id: str) -> bytes:
        """A frame as JPEG. Raises NotFound where there is none."""


class There:
    """The server of OPENHORSE_BASE_URL, with the key of OPENHORSE_API_KEY."""

    def __init__(self) -> None:
        self._client = AsyncClient()
        self._paths: dict[str, str | None] = {}
        """Where each film lies that was ordered here; None until it is saved."""
        self._saving = anyio.Lock()

    async def order(self, prompt: str, wishes: Mapping[str, Any]) -> Task:
        """See Maker."""
        task = await self._client.submit(prompt, **wishes)
        self._paths[task["id"]] = None
        return self._known(task)

    async def finished(self, task_id: str, heard: Heard) -> Task:
        """See Maker."""
        return await self._saved(await self._client.wait(task_id, on_progress=heard))

    async def get(self, task_id: str) -> Task:
        """See Maker. Whoever was not waited for is saved now."""
        return await self._saved(await self._client.get(task_id))

    async def list(self, status: str | None, size: int) -> list[Task]:
        """See Maker."""
        wanted: Any = status
        return [self._known(task) for task in (await self._client.list(status=wanted, size=size))["data"]]

    async def cancel(self, task_id: str) -> Task:
        """See Maker."""
        return self._known(await self._client.cancel(task_id))

    async def quote(self, prompt: str, wishes: Mapping[str, Any]) -> dict[str, Any]:
        """See Maker."""
        return dict(await self._client.quote(prompt, **wishes))

    async def film(self, task_id: str) -> bytes:
        """See Maker."""
        return await self._client.read(task_id)

    async def poster(self, task_id: str) -> bytes:
        """See Maker."""
        return await self._client.poster(task_id)

    async def _saved(self, task: client.Task) -> Task:
        """The task, its film saved if it was ordered here and is there; once, however often it is asked for."""
        async with self._saving:
            if task["status"] == "succeeded" and self._paths.get(task["id"], "") is None:
                self._paths[task["id"]] = str((await self._client.save(task)).path.absolute())
        return self._known(task)

    def _known(self, task: Mapping[str, Any]) -> Task:
        return {**task, "path": self._paths.get(str(task["id"]))}


@dataclass(slots=True)
class _Job:
    """A film that is made here, and what is known of it."""

    prompt: str
    wishes: Mapping[str, Any]
    task: Task
    unwanted: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


class Here:
    """This process, which makes one film after the other and forgets them all when it ends."""

    def __init__(self) -> None:
        self._jobs: dict[str, _Job] = {}
        self._numbers = count(1)
        self._turn = threading.Lock()

    async def order(self, prompt: str, wishes: Mapping[str, Any]) -> Task:
        """See Maker. Raises InvalidOrder for what can never work."""
        quoted = await self.quote(prompt, wishes)
        task_id = f"film-{next(self._numbers)}"
        asked = {"prompt": prompt, "seed": None, "price": quoted["price"], **wishes}
        job = self._jobs[task_id] = _Job(
            prompt, wishes, asked | {"id": task_id, "status": "queued", "progress": 0.0, "film": None, "error": None}
        )
        threading.Thread(target=self._make, args=(job,), daemon=True).start()
        return job.task

    async def finished(self, task_id: str, heard: Heard) -> Task:
        """See Maker."""
        job = self._job(task_id)
        while not job.over.is_set():
            await heard(job.task["progress"])
            await anyio.sleep(LOOK_SECONDS)
        return job.task

    async def get(self, task_id: str) -> Task:
        """See Maker."""
        return self._job(task_id).task

    async def list(self, status: str | None, size: int) -> list[Task]:
        """See Maker."""
        tasks = [job.task for job in reversed(self._jobs.values())]
        return [task for task in tasks if status in (None, task["status"])][:size]

    async def cancel(self, task_id: str) -> Task:
        """See Maker."""
        job = self._job(task_id)
        job.unwanted.set()
        await anyio.to_thread.run_sync(job.over.wait)
        return job.task

    async def quote(self, prompt: str, wishes: Mapping[str, Any]) -> dict[str, Any]:
        """See Maker: what a server would ask; here nothing is charged, and nothing was measured."""
        from openhorse import catalog
        from openhorse.dialects import native

        body = {"prompt": prompt} | {name: value for name, value in wishes.items() if value is not None}
        known = catalog.load()
        return {"price": native.write_quote(known.quote(native.read_order(body, known))), "estimate": None}

    async def film(self, task_id: str) -> bytes:
        """See Maker."""
        path = self._job(task_id).task.get("path")
        if path is None:
            raise NotFound(f"{task_id} has no film")
        return Path(path).read_bytes()

    async def poster(self, task_id: str) -> bytes:
        """See Maker."""
        raise NotFound("what is made without a server has no poster")

    def _job(self, task_id: str) -> _Job:
        if task_id not in self._jobs:
            raise NotFound(f"no task {task_id!r}")
        return self._jobs[task_id]

    def _make(self, job: _Job) -> None:
        try:
            with self._turn:
                self._made(job)
        except Cancelled:
            job.task["status"] = "cancelled"
        except OpenHorseError as error:
            job.task |= {"status": "failed", "error": {"code": error.code, "message": error.message}}
        except Exception:  # noqa: BLE001 - nobody else hears of it: the agent asks for the task, not the thread
            _log.exception("%s failed", job.task["id"])
            job.task |= {"status": "failed", "error": {"code": "internal_error", "message": "an internal error"}}
        finally:
            job.over.set()

    def _made(self, job: _Job) -> None:
        from openhorse.local import generate

        def heard(share: float) -> None:
            if job.unwanted.is_set():
                raise Cancelled("the task was cancelled")
            job.task["progress"] = share

        heard(0.0)
        job.task["status"] = "running"
        film = generate(job.prompt, on_progress=heard, **job.wishes)
        job.task |= {**film.task, "id": job.task["id"], "path": str(film.path.absolute())}
