"""HiAPI's own Python SDK, unmodified, against a real `openhorse serve`: films, callbacks, retries, kill -9."""

from __future__ import annotations

import http.server
import io
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import hiapi
import numpy as np
import pytest
from PIL import Image

from conftest import free_port

SECRET = "sk-story-secret-of-the-only-customer"
SIGNING_SECRET = "story-signing-secret"
PATIENCE_SECONDS = 540
"""Kernels may have to be compiled first, on a machine that does other things too."""


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


@pytest.fixture(scope="module")
def customer() -> Iterator[Customer]:
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
    yield known
    server.shutdown()
    server.server_close()


class Served:
    """A real `openhorse serve` in processes of its own, which can be killed and started again."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "OPENHORSE_DATA": str(data),
            "OPENHORSE_API_KEY": SECRET,
            "OPENHORSE_OUTBOUND_ALLOW": "127.0.0.0/8",
        }
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "openhorse", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environment)
        wait_for(self.is_up)
        return self.process

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
        self.process.wait(60)

    def client(self) -> hiapi.HiAPI:
        """The vendor's own client; only the address is ours."""
        return hiapi.HiAPI(api_key=SECRET, base_url=self.url, webhook_secret=SIGNING_SECRET)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for this module; its key signs callbacks."""
    data = tmp_path_factory.mktemp("served")
    server = Served(data)
    set_signing_secret(data)
    yield server
    server.stop()


def set_signing_secret(data: Path) -> None:
    """What an operator sets for a customer who wants signed callbacks."""
    from openhorse import accounts
    from openhorse.store.database import Database

    database = Database(f"sqlite:///{data / 'openhorse.db'}")
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


FILM = {"codec": "h264", "rate": 24, "frames": 72, "sound": ("aac", 48000, 2), "moov_first": True}


def test_text_to_video_runs_and_calls_back(served: Served, customer: Customer) -> None:
    """create, wait, download; and the callback, signed, says the same as the query."""
    customer.callbacks.clear()
    client = served.client()
    seen: list[str] = []
    task = client.tasks.run(
        model="happyhorse-1.1/text-to-video",
        input={"prompt": "A snow mountain lake in morning mist", "resolution": "720p", "duration": 3},
        callback={"url": f"{customer.url}/hook", "when": "final"},
        poll_interval=0.2,
        timeout=PATIENCE_SECONDS,
        on_update=lambda task: seen.append(task.status),
    )
    assert task.succeeded
    assert set(seen) <= {"queued", "handling", "archiving", "success"}
    assert facts(task.output[0].url) == {"size": (1280, 720), **FILM}
    body, headers = wait_for(lambda: customer.callbacks and customer.callbacks[0])
    told = client.webhooks.verify(body, headers)
    assert (told.task_id, told.status) == (task.task_id, "success")
    assert told.output[0].url.partition("?")[0] == task.output[0].url.partition("?")[0]
    with pytest.raises(hiapi.WebhookVerificationError):
        client.webhooks.verify(body + b" ", headers)


def test_image_to_video_follows_its_first_frame(served: Served, customer: Customer) -> None:
    """The picture is fetched from the customer's server; the film has its ratio and the tier's area."""
    task = served.client().tasks.run(
        model="happyhorse-1.1/image-to-video",
        input={"image_urls": [f"{customer.url}/landscape.png"], "resolution": "720p", "duration": 3},
        poll_interval=0.2,
        timeout=PATIENCE_SECONDS,
    )
    assert facts(task.output[0].url) == {"size": (1214, 758), **FILM}


def test_reference_to_video_takes_two_pictures(served: Served, customer: Customer) -> None:
    """One by address and one as `data:`, in a vertical film."""
    import base64

    inline = "data:image/png;base64," + base64.b64encode(customer.pictures["/landscape.png"]).decode()
    task = served.client().tasks.run(
        model="happyhorse-1.1/reference-to-video",
        input={
            "prompt": "The character in [Image 1] walking through a scene styled like [Image 2]",
            "reference_image": [f"{customer.url}/mascot.png", inline],
            "resolution": "720p",
            "aspect_ratio": "9:16",
            "duration": 3,
        },
        poll_interval=0.2,
        timeout=PATIENCE_SECONDS,
    )
    assert facts(task.output[0].url) == {"size": (720, 1280), **FILM}


def test_the_example_script_runs(served: Served, customer: Customer, tmp_path: Path) -> None:
    """examples/hiapi_three_modes.py does what it says."""
    (tmp_path / "land.png").write_bytes(customer.pictures["/landscape.png"])
    (tmp_path / "mascot.png").write_bytes(customer.pictures["/mascot.png"])
    script = Path(__file__).parent.parent / "examples" / "hiapi_three_modes.py"
    command = [sys.executable, str(script), served.url, SECRET, "land.png", "mascot.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("*-to-video.mp4"))) == 3


@pytest.mark.parametrize("picture", ["/missing.png", "/empty.png"])
def test_a_bad_picture_fails_the_task_and_tells_why(served: Served, customer: Customer, picture: str) -> None:
    """The id is answered at once; the task ends in fail / INVALID_REQUEST and the callback says so."""
    customer.callbacks.clear()
    with pytest.raises(hiapi.TaskFailed) as caught:
        served.client().tasks.run(
            model="happyhorse-1.1/image-to-video",
            input={"image_urls": [customer.url + picture]},
            callback={"url": f"{customer.url}/hook"},
            poll_interval=0.2,
            timeout=PATIENCE_SECONDS,
        )
    assert caught.value.code == "INVALID_REQUEST"
    body, headers = wait_for(lambda: customer.callbacks and customer.callbacks[0])
    assert served.client().webhooks.verify(body, headers).status == "fail"


@pytest.mark.parametrize(
    "callback",
    ["http://10.0.0.1/hook", "https://10.0.0.1/hook", "https://[::1]/hook", "ftp://127.0.0.1/", "not an address"],
)
def test_a_private_or_plain_callback_is_refused_at_create(served: Served, callback: str) -> None:
    """400, and nothing is made."""
    client = served.client()
    before = client.tasks.list().total
    with pytest.raises(hiapi.InvalidRequestError):
        client.tasks.create(model="happyhorse-1.1/text-to-video", input={"prompt": "x"}, callback={"url": callback})
    assert client.tasks.list().total == before


def test_sdk_errors_are_the_vendors_own(served: Served) -> None:
    """Wrong key, unknown task, unknown model, unknown field, mismatching idempotency key."""
    client = served.client()
    with pytest.raises(hiapi.AuthenticationError):
        hiapi.HiAPI(api_key="sk-wrong", base_url=served.url).tasks.list()
    with pytest.raises(hiapi.NotFoundError):
        client.tasks.retrieve("tk-hiapi-01AAAAAAAAAAAAAAAAAAAAAAAA")
    with pytest.raises(hiapi.InvalidRequestError, match="available: happyhorse"):
        client.tasks.create(model="sora", input={"prompt": "x"})
    with pytest.raises(hiapi.InvalidRequestError, match="'seed' not allowed"):
        client.tasks.create(model="happyhorse-1.1/text-to-video", input={"prompt": "x", "seed": 1})


def test_kill_9_of_the_server_loses_nothing(served: Served) -> None:
    """Four tasks in hand, two kills: all four succeed, replayed keys give the same ids, and a mismatch is told."""
    client = served.client()

    def create(number: int) -> hiapi.CreatedTask:
        return client.tasks.create(
            model="happyhorse-1.1/text-to-video",
            input={"prompt": f"A mountain lake, take {number}", "resolution": "720p", "duration": 3},
            idempotency_key=f"story-{number}",
        )

    made = [create(number) for number in range(4)]
    assert not any(task.idempotent_replay for task in made)
    wait_for(lambda: any(client.tasks.retrieve(task.task_id).status == "handling" for task in made))
    served.kill()
    served.start()
    wait_for(lambda: any(client.tasks.retrieve(task.task_id).status == "success" for task in made))
    served.kill()
    served.start()
    again = [create(number) for number in range(4)]
    assert [task.task_id for task in again] == [task.task_id for task in made]
    assert all(task.idempotent_replay for task in again)
    for task in made:
        assert client.tasks.wait(task.task_id, poll_interval=0.2, timeout=PATIENCE_SECONDS).succeeded
    listed = [task.task_id for task in client.tasks.list(size=100).items]
    assert [listed.count(task.task_id) for task in made] == [1, 1, 1, 1]
    with pytest.raises(hiapi.IdempotencyKeyMismatchError):
        client.tasks.create(
            model="happyhorse-1.1/text-to-video", input={"prompt": "another"}, idempotency_key="story-0"
        )
