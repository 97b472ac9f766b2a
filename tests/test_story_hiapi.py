"""HiAPI's own Python SDK, unmodified, against a real `openhorse serve`: films, callbacks, retries, kill -9."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import hiapi
import pytest

from serving import (
    PATIENCE_SECONDS,
    SECRET,
    SIGNING_SECRET,
    Customer,
    Served,
    customers_server,
    facts,
    set_signing_secret,
    wait_for,
)


@pytest.fixture(scope="module")
def customer() -> Iterator[Customer]:
    """A web server of the customer's on this machine."""
    with customers_server() as known:
        yield known


def client_of(served: Served) -> hiapi.HiAPI:
    """The vendor's own client; only the address is ours."""
    return hiapi.HiAPI(api_key=SECRET, base_url=served.url, webhook_secret=SIGNING_SECRET)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for this module, with an engine that takes no time; its key signs callbacks."""
    data = tmp_path_factory.mktemp("served")
    with Served(data) as server:
        set_signing_secret(data)
        yield server


FILM = {"codec": "h264", "rate": 24, "frames": 72, "sound": ("aac", 48000, 2), "moov_first": True}


def test_text_to_video_runs_and_calls_back(served: Served, customer: Customer) -> None:
    """create, wait, download; and the callback, signed, says the same as the query."""
    customer.callbacks.clear()
    client = client_of(served)
    seen: list[str] = []
    task = client.tasks.run(
        model="happyhorse-1.1/text-to-video",
        input={"prompt": "A dog runs along the beach", "resolution": "720p", "duration": 3},
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
    # The SDK has no word for storage: the documented request itself.
    asking = urllib.request.Request(
        f"{served.url}/v1/storages/promote",
        data=json.dumps([task.task_id, "90215"]).encode(),
        headers={"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asking) as answer:
        assert json.load(answer)["data"] == {
            "accepted": [task.task_id],
            "rejected": [{"id": "90215", "reason": "not_owned"}],
        }
    kept = client.tasks.retrieve(task.task_id)
    assert kept.output[0].expire_at - task.output[0].expire_at > 99 * 365 * 86_400


def test_image_to_video_follows_its_first_frame(served: Served, customer: Customer) -> None:
    """The picture is fetched from the customer's server; the film has its ratio and the tier's area."""
    task = client_of(served).tasks.run(
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
    task = client_of(served).tasks.run(
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
    """examples/hiapi_three_modes.py does what it says, in all three modes."""
    (tmp_path / "land.png").write_bytes(customer.pictures["/landscape.png"])
    (tmp_path / "mascot.png").write_bytes(customer.pictures["/mascot.png"])
    script = Path(__file__).parent.parent / "examples" / "hiapi_three_modes.py"
    command = [sys.executable, str(script), served.url, SECRET, "land.png", "mascot.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for mode, size in (("text", (1280, 720)), ("image", (1214, 758)), ("reference", (1280, 720))):
        assert facts((tmp_path / f"{mode}-to-video.mp4").as_uri()) == {"size": size, **FILM}, mode


@pytest.mark.parametrize("picture", ["/missing.png", "/empty.png"])
def test_a_bad_picture_fails_the_task_and_tells_why(served: Served, customer: Customer, picture: str) -> None:
    """The id is answered at once; the task ends in fail / INVALID_REQUEST and the callback says so."""
    customer.callbacks.clear()
    with pytest.raises(hiapi.TaskFailed) as caught:
        client_of(served).tasks.run(
            model="happyhorse-1.1/image-to-video",
            input={"image_urls": [customer.url + picture]},
            callback={"url": f"{customer.url}/hook"},
            poll_interval=0.2,
            timeout=PATIENCE_SECONDS,
        )
    assert caught.value.code == "INVALID_REQUEST"
    body, headers = wait_for(lambda: customer.callbacks and customer.callbacks[0])
    assert client_of(served).webhooks.verify(body, headers).status == "fail"


@pytest.mark.parametrize(
    "callback",
    ["http://10.0.0.1/hook", "https://10.0.0.1/hook", "https://[::1]/hook", "ftp://127.0.0.1/", "not an address"],
)
def test_a_private_or_plain_callback_is_refused_at_create(served: Served, callback: str) -> None:
    """400, and nothing is made."""
    client = client_of(served)
    before = client.tasks.list().total
    with pytest.raises(hiapi.InvalidRequestError):
        client.tasks.create(model="happyhorse-1.1/text-to-video", input={"prompt": "x"}, callback={"url": callback})
    assert client.tasks.list().total == before


def test_sdk_errors_are_the_vendors_own(served: Served) -> None:
    """Wrong key, unknown task, unknown model, unknown field, mismatching idempotency key."""
    client = client_of(served)
    with pytest.raises(hiapi.AuthenticationError):
        hiapi.HiAPI(api_key="sk-wrong", base_url=served.url).tasks.list()
    with pytest.raises(hiapi.NotFoundError):
        client.tasks.retrieve("tk-hiapi-01AAAAAAAAAAAAAAAAAAAAAAAA")
    with pytest.raises(hiapi.InvalidRequestError, match="available: happyhorse"):
        client.tasks.create(model="sora", input={"prompt": "x"})
    with pytest.raises(hiapi.InvalidRequestError, match="'seed' not allowed"):
        client.tasks.create(model="happyhorse-1.1/text-to-video", input={"prompt": "x", "seed": 1})


def test_kill_9_of_the_server_loses_nothing(served: Served, customer: Customer) -> None:
    """Killed with one film made, one in hand and more in line: all succeed, keys are replayed, a mismatch is told."""
    client = client_of(served)

    def create(number: int) -> hiapi.CreatedTask:
        return client.tasks.create(
            model="happyhorse-1.1/image-to-video",
            input={
                "image_urls": [f"{customer.url}/landscape.png"],
                "prompt": f"take {number}",
                "resolution": "720p",
                "duration": 6,
            },
            idempotency_key=f"story-{number}",
        )

    made = [create(number) for number in range(4)]
    assert not any(task.idempotent_replay for task in made)
    wait_for(lambda: {"success", "handling"} <= {client.tasks.retrieve(task.task_id).status for task in made})
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
