"""WaveSpeed's own clients, unmodified, against a real `openhorse serve`: the Python SDK, npm's SDK and the CLI."""

from __future__ import annotations

import base64
import io
import json
import shutil
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest
import wavespeed

from npm_clients import installed, run, run_node
from serving import PATIENCE_SECONDS, SECRET, Customer, Served, customers_server, facts, landscape, mascot, wait_for
from test_wavespeed import documented_check

TEXT, IMAGE, REFERENCE = (f"alibaba/happyhorse-1.1/{mode}-to-video" for mode in ("text", "image", "reference"))
SMALL = {"resolution": "480p", "duration": 3}
FILM = {"codec": "h264", "rate": 24, "frames": 72, "sound": ("aac", 48000, 2), "moov_first": True}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for this module, which opens no address but public ones: pictures must be uploaded."""
    with Served(tmp_path_factory.mktemp("served"), allow="") as server:
        yield server


@pytest.fixture(scope="module")
def customer() -> Iterator[Customer]:
    """A web server of the customer's on this machine."""
    with customers_server() as known:
        yield known


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the customer's pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "landscape.png").write_bytes(landscape())
    (folder / "mascot.png").write_bytes(mascot())
    return folder


def client_of(served: Served) -> wavespeed.Client:
    """The vendor's own client; only the address is ours."""
    return wavespeed.Client(api_key=SECRET, base_url=served.url)


def ran(served: Served, model: str, given: dict[str, Any], **options: Any) -> str:
    """The one output of a run through the Python SDK."""
    made = client_of(served).run(model, given | SMALL, timeout=PATIENCE_SECONDS, poll_interval=0.2, **options)
    (output,) = made["outputs"]
    return str(output)


def test_text_to_video_runs(served: Served) -> None:
    """Submit, poll, and a film of the tier and length that were asked for."""
    output = ran(served, TEXT, {"prompt": "A dog runs along the beach", "aspect_ratio": "9:16"})
    assert facts(output) == {"size": (480, 854), **FILM}


def test_an_uploaded_first_frame_becomes_a_film(served: Served, pictures: Path) -> None:
    """The SDK's upload (ticket, then PUT), and its link as `image`; the film has the picture's ratio."""
    url = client_of(served).upload(str(pictures / "landscape.png"))
    assert facts(ran(served, IMAGE, {"image": url})) == {"size": (810, 506), **FILM}


def test_uploaded_references_become_a_film(served: Served, pictures: Path) -> None:
    """One from a file, one from memory, named in the prompt by two of the three forms."""
    client = client_of(served)
    urls = [client.upload(str(pictures / "mascot.png")), client.upload(io.BytesIO(landscape()))]
    output = ran(served, REFERENCE, {"prompt": "[Image 1] walks through character2", "images": urls})
    assert facts(output) == {"size": (854, 480), **FILM}


def test_sync_mode_and_base64_output(served: Served) -> None:
    """One request that holds until the film is there, and brings its bytes."""
    given = {"prompt": "Waves on a beach at sunset", "enable_base64_output": True}
    content = base64.b64decode(ran(served, TEXT, given, enable_sync_mode=True), validate=True)
    with av.open(io.BytesIO(content)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 72


def test_refusals_reach_the_customer_with_their_reason(served: Served) -> None:
    """Unknown models, missing fields and wrong keys: the SDK shows status and message, and posts once only."""
    client = client_of(served)
    with pytest.raises(RuntimeError, match=r"HTTP 404: .*unknown model.*available: alibaba/happyhorse"):
        client.run("alibaba/happyhorse-1.0/video-edit", {"prompt": "x"})
    with pytest.raises(RuntimeError, match=r"HTTP 400: .*image is required"):
        client.run(IMAGE, {"resolution": "720p", "duration": 5})
    with pytest.raises(RuntimeError, match="HTTP 401"):
        wavespeed.Client(api_key="wrong", base_url=served.url).run(TEXT, {"prompt": "x"})
    with pytest.raises(RuntimeError, match="HTTP 404"):
        client.get_result("0123456789abcdef0123456789abcdef")
    with pytest.raises(RuntimeError, match=r"Failed to upload file: HTTP 400: .*picture"):
        client.upload(io.BytesIO(b"no picture"))


def test_a_failure_is_told_and_a_webhook_is_signed(tmp_path: Path, customer: Customer) -> None:
    """A server that may reach the customer: an unreachable picture fails the task, and both ends are called back."""
    with Served(tmp_path) as server:
        client = client_of(server)
        hook = f"?webhook={customer.url}/hook"
        secret = _get(server, "/api/v3/webhook/secret")["secret"]
        bad = {"image": f"{customer.url}/missing.png"}
        failed = client.run_no_throw(IMAGE + hook, bad | SMALL, timeout=PATIENCE_SECONDS, poll_interval=0.2)
        assert (failed["status"], failed["outputs"]) == ("failed", None)
        assert "Prediction failed" in failed["error"]
        held = client.run_no_throw(IMAGE, bad | SMALL, enable_sync_mode=True)
        assert (held["status"], held["outputs"]) == ("failed", None)
        done = client.run(
            TEXT + hook, {"prompt": "a dog on a beach", **SMALL}, timeout=PATIENCE_SECONDS, poll_interval=0.2
        )
        wait_for(lambda: len(customer.callbacks) == 2)
        told = []
        for body, headers in customer.callbacks:
            lower = {name.lower(): value for name, value in headers.items()}
            assert documented_check(secret, lower, body, datetime.now(UTC))
            told.append(json.loads(body))
            assert lower["webhook-id"] == told[-1]["id"]
        assert [call["status"] for call in told] == ["failed", "completed"]
        assert (told[0]["id"], told[0]["code"]) == (failed["task_id"], 1402)
        assert told[0]["input"]["image"] == bad["image"]
        assert told[1]["outputs"][0].partition("?")[0] == done["outputs"][0].partition("?")[0]
        assert told[1] == client.get_result(told[1]["id"])["data"] | {"outputs": told[1]["outputs"]}


def _get(server: Served, path: str) -> Any:
    request = urllib.request.Request(server.url + path, headers={"Authorization": f"Bearer {SECRET}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


def test_npms_sdk_runs_and_uploads(served: Served, pictures: Path) -> None:
    """run with sync mode on and off, upload, and runNoThrow on a task that cannot be made."""
    script = """
        import pkg from 'wavespeed';
        const [url, key, picture, model, text] = process.argv.slice(1);
        const client = new pkg.Client(key, {baseUrl: url});
        const small = {resolution: '480p', duration: 3};
        const image = await client.upload(picture);
        const made = await client.run(model, {image, ...small}, {pollInterval: 0.2});
        const held = await client.run(text, {prompt: 'a dog on a beach', ...small}, {enableSyncMode: true});
        const bad = await client.runNoThrow(text, {duration: 99});
        console.log(JSON.stringify({made, held, bad, error: bad.detail.error.message}));
    """
    told = json.loads(run_node(script, {}, (served.url, SECRET, str(pictures / "landscape.png"), IMAGE, TEXT)))
    assert facts(told["made"]["outputs"][0])["size"] == (810, 506)
    assert facts(told["held"]["outputs"][0])["size"] == (854, 480)
    assert (told["bad"]["outputs"], told["bad"]["detail"]["status"]) == (None, "failed")
    assert "prompt is required" in told["error"]


def test_the_cli_does_all_that_it_can(served: Served, pictures: Path, tmp_path: Path) -> None:
    """balance, models, schema, price, upload, run with download, history, show, delete."""
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "WAVESPEED_API_KEY": SECRET}
    program = installed() / "node_modules" / "@wavespeed" / "cli" / "dist" / "cli.js"

    def cli(*words: str) -> str:
        return run([shutil.which("node") or "node", str(program), *words], home)

    cli("config", "--base-url", served.url)
    assert json.loads(cli("balance", "--json"))["balance"] == 1_000_000
    assert "$1000000.00" in cli("balance")
    models = json.loads(cli("models", "1.1", "--json"))
    assert [model["model_id"] for model in models] == [TEXT, IMAGE, REFERENCE]
    assert "image-to-video" in cli("models")
    assert json.loads(cli("schema", IMAGE, "--json"))["properties"]["duration"]["maximum"] == 15
    shown = cli("run", IMAGE, "-h")
    assert all(word in shown for word in ("base price", "$0.7", "range: 3..15", "enum: 480p | 720p | 1080p", "* image"))
    assert "minimum" not in cli("schema", IMAGE)
    priced = ("price", IMAGE, "-i", "duration=10", "-i", "resolution=1080p")
    assert json.loads(cli(*priced, "--json"))["unit_price"] == 1.89
    assert "$1.89 USD" in cli(*priced)
    url = json.loads(cli("upload", str(pictures / "landscape.png"), "--json"))["url"]
    given = ("-i", f"image={url}", "-i", "resolution=480p", "-i", "duration=3", "-p", "drifting clouds")
    film = tmp_path / "film.mp4"
    made = json.loads(cli("run", IMAGE, *given, "--download", str(film), "--json"))
    assert made["saved"] == [str(film)]
    assert film.read_bytes()[4:8] == b"ftyp"
    items = json.loads(cli("history", "--model", IMAGE, "--status", "completed", "--json"))["items"]
    assert (items[0]["model"], items[0]["input"]["prompt"]) == (IMAGE, "drifting clouds")
    assert "drifting clouds" in cli("history")
    told = cli("show", items[0]["id"])
    assert ("drifting clouds" in told, items[0]["outputs"][0].partition("?")[0] in told) == (True, True)
    cli("delete", items[0]["id"], "--json")
    left = json.loads(cli("history", "--json"))["items"]
    assert items[0]["id"] not in [item["id"] for item in left]
