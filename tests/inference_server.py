"""What the stand-ins for vLLM-Omni and SGLang share: a real HTTP server, and one GPU that makes film after film.

The GPU is a thread: it takes as many steps as it is told and then makes colour bars. It can be held, be slow and fail;
the server can be killed, which loses all it knew, and started again at its address.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import uvicorn
from fastapi import FastAPI

from bars import bars

LEAST_SECONDS, MOST_SECONDS = 4.0, 15.0
RATIOS = {"21:9": 21 / 9, "16:9": 16 / 9, "4:3": 4 / 3, "1:1": 1.0, "3:4": 3 / 4, "9:16": 9 / 16}
PARTS = {"fl2va": ["fl2va", "t2va"], "ref2va": ["ref2va"], "combined": ["fl2va", "ref2va", "t2va"]}


def canvas(ratio: float) -> tuple[int, int]:
    """MiniMax-H3's frame for a ratio, in both projects: short edge 768, at most 768 × 1344 pixels, sides in 32."""
    width, height = (768 * ratio, 768.0) if ratio >= 1 else (768.0, 768 / ratio)
    share = min(1.0, (768 * 1344 / (width * height)) ** 0.5)
    return round(width * share / 32) * 32, round(height * share / 32) * 32


def aligned(frame_count: int) -> int:
    """The next count of MiniMax-H3's, 17 n + 5."""
    return frame_count + (5 - frame_count) % 17


@dataclass
class Job:
    """One film that was asked for. `faults` is what the model finds wrong with it once it is at work."""

    id: str
    prompt: str
    size: tuple[int, int]
    frame_count: int
    seed: int
    has_sound: bool = True
    faults: str | None = None
    status: str = "queued"
    progress: int = 0
    error: tuple[int, str] | None = None
    film: bytes | None = None
    created_at: int = field(default_factory=lambda: int(time.time()))
    is_unwanted: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Request:
    """What was sent to POST /v1/videos: text fields, or the JSON; and files as field, name, content type and bytes."""

    fields: dict[str, Any]
    files: list[tuple[str, str, str, bytes]]
    headers: dict[str, str]


class InferenceServer:
    """The server. `go` holds the GPU while it is cleared; `breaks` are what the next jobs fail with."""

    can_abort = True
    """Whether the GPU stops for an unwanted film."""

    def __init__(self, model: str, part: str = "combined", key: str | None = None) -> None:
        self.model, self.part, self.key = model, part, key
        self.is_h3 = "h3" in model.lower()
        self.sent: list[Request] = []
        self.made: list[Job] = []
        self.jobs: dict[str, Job] = {}
        self.breaks: list[tuple[int, str]] = []
        self.steps, self.step_seconds = 4, 0.0
        self.smaller = 1
        """How many times smaller than asked for films are made, for tests that do not look at them."""
        self.go = threading.Event()
        self.go.set()
        self.trouble: str | None = None
        self.before: Callable[[], None] = lambda: None
        """Called in the server when a film is asked for and before it is answered."""
        self._socket = _bound(0)
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def app(self) -> FastAPI:
        """The routes."""
        raise NotImplementedError

    def start(self) -> Self:
        """Serve, with nothing known of any film."""
        self._is_dead = threading.Event()
        self._line: queue.Queue[Job | None] = queue.Queue()
        self._gpu = threading.Thread(target=self._work, args=(self._line,), daemon=True)
        self._gpu.start()
        config = uvicorn.Config(self.app(), log_level="error", timeout_graceful_shutdown=1, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def kill(self) -> None:
        """Be gone: nobody answers at the address, and what was known is lost."""
        self._is_dead.set()
        self._line.put(None)
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()
        self.go.set()
        self._gpu.join()
        self.jobs = {}

    def restart(self) -> None:
        """Be gone, and be back at the same address knowing nothing."""
        self.kill()
        self._socket = _bound(self.port)
        self.start()

    def enqueue(self, job: Job) -> None:
        """Have a film made when the GPU is free."""
        self.jobs[job.id] = job
        self._line.put(job)

    def _work(self, line: queue.Queue[Job | None]) -> None:
        while (job := line.get()) is not None:
            self._make(job)
            job.done.set()

    def _make(self, job: Job) -> None:
        job.status = "in_progress"
        for step in range(self.steps):
            self.go.wait()
            if self._is_dead.wait(self.step_seconds) or (job.is_unwanted.is_set() and self.can_abort):
                return
            job.progress = 100 * step // self.steps
        if job.faults is not None or self.breaks:
            job.status, job.error = "failed", (400, job.faults) if job.faults is not None else self.breaks.pop(0)
            return
        width, height = (side // self.smaller // 2 * 2 for side in job.size)
        job.film = bars(width, height, job.frame_count, job.seed, job.has_sound)
        job.status, job.progress = "completed", 100
        self.made.append(job)


def _bound(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


@contextmanager
def running(server: InferenceServer) -> Iterator[None]:
    """The server, started, and gone at the end."""
    server.start()
    try:
        yield
    finally:
        server.kill()
