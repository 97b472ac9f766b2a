"""What the stories share: a real `openhorse serve`, the customer's own web server, and what a film must be."""

from __future__ import annotations

import atexit
import http.server
import io
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import av
import numpy as np
from PIL import Image

from conftest import free_port
from databases import url_of

SECRET = "sk-story-secret-of-the-only-customer"
SIGNING_SECRET = "story-signing-secret"
PLAIN_ENGINE = Path(__file__).parent / "plain"
PATIENCE_SECONDS = 540
"""Kernels may have to be compiled first, on a machine that does other things too."""

STOPPING_SECONDS = 60
"""How long a server may take from SIGTERM to its end."""


def landscape(width: int = 640, height: int = 400) -> bytes:
    """A plain picture of sky over hills, as PNG."""
    y, x = np.mgrid[0:height, 0:width] / np.array((height, width))[:, None, None]
    hills = y > 0.55 + 0.08 * np.sin(x * 9) + 0.03 * np.sin(x * 31)
    rgb = np.where(hills[..., None], [70, 110, 60], np.stack([120 + 90 * y, 160 + 60 * y, 230 + 0 * y], -1))
    out = io.BytesIO()
    Image.fromarray(rgb.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def mascot(side: int = 500) -> bytes:
    """A round figure on nothing, as PNG with alpha."""
    y, x = np.mgrid[0:side, 0:side] / side - 0.5
    body = (x / 0.28) ** 2 + ((y - 0.08) / 0.36) ** 2 < 1
    eyes = ((np.abs(x) - 0.1) / 0.04) ** 2 + ((y + 0.08) / 0.05) ** 2 < 1
    rgba = np.zeros((side, side, 4), np.uint8)
    rgba[body] = (230, 120, 60, 255)
    rgba[eyes & body] = (20, 20, 30, 255)
    out = io.BytesIO()
    Image.fromarray(rgba).save(out, "PNG")
    return out.getvalue()


@dataclass
class Customer:
    """The customer's own web server: gives pictures out and takes callbacks in."""

    url: str
    pictures: dict[str, bytes]
    callbacks: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """The statuses of the next answers to callbacks; 200 when there is none left."""


@contextmanager
def customers_server() -> Iterator[Customer]:
    """A web server of the customer's on this machine."""
    known = Customer("", {"/landscape.png": landscape(), "/mascot.png": mascot(), "/empty.png": b""})

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = known.pictures.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.callbacks.append((body, dict(self.headers.items())))
            self.send_response(known.answers.pop(0) if known.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()


class Served:
    """A real `openhorse serve` in processes of its own, which can be killed and started again.

    A context manager: whatever happens in the block, and at its start, no server is left running.
    """

    def __init__(
        self,
        data: Path,
        allow: str = "127.0.0.0/8",
        *,
        engine: str = "plain",
        options: Sequence[str] = (),
        **settings: str,
    ) -> None:
        """`allow` is OPENHORSE_OUTBOUND_ALLOW; `options` are of `serve`, `settings` variables of the environment.

        The `engine` that takes no time does where only what is around a film counts.
        """
        self.options = options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "OPENHORSE_DATA": str(data),
            "OPENHORSE_DATABASE_URL": url_of(data),
            "OPENHORSE_API_KEY": SECRET,
            "OPENHORSE_OUTBOUND_ALLOW": allow,
            "OPENHORSE_ENGINE": engine,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(PLAIN_ENGINE), os.environ.get("PYTHONPATH")])),
            "OPENHORSE_WARM_UP": "false",  # a test waits for its own film only
            **settings,
        }
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "openhorse", "serve", "--port", str(self.port), *self.options]
        self.process = subprocess.Popen(command, env=self.environment)
        # For when the tests end in a way in which nobody leaves a block.
        atexit.register(self.process.kill)
        try:
            wait_for(self.is_up)
        except BaseException:
            self.kill()
            raise
        return self.process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        """SIGTERM, and kill -9 when it does not help; then that is a failure too."""
        try:
            self.stop()
        finally:
            self.kill()

    def is_up(self) -> bool:
        """Whether it answers."""
        assert self.process.poll() is None, "the server ended at its start"
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9, without a word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """SIGTERM, as an operator does."""
        self.process.terminate()
        self.process.wait(STOPPING_SECONDS)


def set_signing_secret(data: Path) -> None:
    """What an operator sets for a customer who wants signed callbacks."""
    from openhorse import accounts
    from openhorse.store.database import Database

    database = Database(url_of(data))
    with database.transaction() as connection:
        key = accounts.authenticate(connection, SECRET)
        accounts.set_signing_secret(connection, key.id, SIGNING_SECRET)
    database.close()


def wait_for(happened: Callable[[], Any]) -> Any:
    """The first true value of `happened()`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        value = happened()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError("it never happened")


def facts(url: str) -> dict[str, Any]:
    """What PyAV says of the film at `url`."""
    with urllib.request.urlopen(url) as answer:
        content = answer.read()
    with av.open(io.BytesIO(content)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        return {
            "size": (video.width, video.height),
            "codec": video.codec_context.name,
            "rate": video.average_rate,
            "frames": sum(1 for _ in container.decode(video=0)),
            "sound": (audio.codec_context.name, audio.rate, audio.channels),
            "moov_first": content.index(b"moov") < content.index(b"mdat"),
        }
