"""DashScope's own SDK and command line, and the AI SDK's provider, unmodified, against a real `openhorse serve`.

The server opens no address but public ones: every picture is a local file, uploaded by the client itself.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import av
import dashscope
import numpy as np
import pytest
from dashscope.aigc.video_synthesis import AioVideoSynthesis, VideoSynthesis
from numpy.typing import NDArray

from npm_clients import run_node
from serving import PATIENCE_SECONDS, SECRET, Served, facts, landscape, mascot, wait_for

T2V, I2V, R2V = (f"happyhorse-1.1-{mode}" for mode in ("t2v", "i2v", "r2v"))
SMALL: dict[str, Any] = {"resolution": "480P", "duration": 3}
FILM = {"codec": "h264", "rate": 24, "frames": 72, "sound": ("aac", 48000, 2), "moov_first": True}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for this module, with an empty allow list; the SDK is pointed to it as its documentation says."""
    before = dashscope.base_http_api_url, dashscope.api_key
    with Served(tmp_path_factory.mktemp("served"), allow="") as server:
        dashscope.base_http_api_url, dashscope.api_key = f"{server.url}/api/v1", SECRET
        yield server
    dashscope.base_http_api_url, dashscope.api_key = before


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the customer's pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "landscape.png").write_bytes(landscape())
    (folder / "mascot.png").write_bytes(mascot())
    return folder


def first_frame(url: str) -> NDArray[np.uint8]:
    """The luma of a film's first picture."""
    with urllib.request.urlopen(url) as answer, av.open(io.BytesIO(answer.read())) as container:
        return next(container.decode(video=0)).to_ndarray(format="gray")


def test_call_uploads_a_local_file_and_waits_for_its_film(served: Served, pictures: Path) -> None:
    """getPolicy, the form, oss:// and the film, by one call; the usage is the documented one."""
    media = [{"type": "first_frame", "url": f"file://{pictures}/landscape.png"}]
    done = VideoSynthesis.call(I2V, "wind in the grass", media=media, watermark=False, seed=7, **SMALL)
    assert (done.status_code, done.output.task_status) == (HTTPStatus.OK, "SUCCEEDED"), done
    assert facts(done.output.video_url) == {"size": (810, 506), **FILM}
    assert done.output.orig_prompt == "wind in the grass"
    usage = {"duration": 3, "input_video_duration": 0, "output_video_duration": 3, "video_count": 1, "SR": 480}
    assert {name: done.usage[name] for name in usage} == usage
    assert "ratio" not in done.usage


def test_the_watermark_is_on_unless_told_otherwise(served: Served) -> None:
    """async_call and wait; the same film twice, and only its lower right corner differs, where our mark stands."""
    made = [
        VideoSynthesis.async_call(T2V, "a dog on a beach", seed=3, **SMALL, **off) for off in ({}, {"watermark": False})
    ]
    assert [task.output.task_status for task in made] == ["PENDING", "PENDING"]
    marked, plain = (VideoSynthesis.wait(task) for task in made)
    assert marked.output.orig_prompt == "a dog on a beach"
    assert (marked.usage.SR, marked.usage.ratio) == (480, "16:9")
    with_mark, without = (first_frame(done.output.video_url).astype(int) for done in (marked, plain))
    height, width = with_mark.shape
    changed = np.abs(with_mark - without) > 24
    corner = np.zeros_like(changed)
    corner[height * 9 // 10 :, width * 7 // 10 :] = True
    assert changed[corner].sum() > 200
    assert changed[~corner].sum() == 0
    assert with_mark[changed].mean() > without[changed].mean()
    listed = VideoSynthesis.list(status="SUCCEEDED", model_name=T2V, page_size=100)
    assert {task.output.task_id for task in made} <= {entry["task_id"] for entry in listed.output["data"]}


def test_only_a_pending_task_is_cancelled(served: Served) -> None:
    """The one that runs refuses with UnsupportedOperation, the one in line is CANCELED; strangers are UNKNOWN."""
    running, pending = (
        VideoSynthesis.async_call(T2V, "a dog on a beach", duration=15, resolution="1080P") for _ in range(2)
    )
    wait_for(lambda: VideoSynthesis.fetch(running).output.task_status == "RUNNING")
    refused = VideoSynthesis.cancel(running)
    assert (refused.status_code, refused.code) == (HTTPStatus.BAD_REQUEST, "UnsupportedOperation")
    assert VideoSynthesis.cancel(pending).status_code == HTTPStatus.OK
    assert VideoSynthesis.fetch(pending).output.task_status == "CANCELED"
    assert VideoSynthesis.wait(pending).output.task_status == "CANCELED"
    unknown = VideoSynthesis.fetch("00000000-0000-0000-0000-000000000000")
    assert (unknown.status_code, unknown.output.task_status) == (HTTPStatus.OK, "UNKNOWN")
    stop(served, running.output.task_id)
    assert VideoSynthesis.fetch(running).output.task_status == "CANCELED"


def stop(served: Served, task_id: str) -> None:
    """Cancel a running task with our own API, which can."""
    request = urllib.request.Request(f"{served.url}/openhorse/v1/tasks/{task_id}/cancel", method="POST")
    request.add_header("Authorization", f"Bearer {SECRET}")
    urllib.request.urlopen(request).close()


def test_a_bad_picture_fails_the_task_and_a_bad_parameter_the_request(served: Served, tmp_path: Path) -> None:
    """FAILED with the catalogue's codes after a 200; 400, 401 and 404 at create."""
    (tmp_path / "small.png").write_bytes(landscape(200, 200))
    for url, code in (
        ("http://127.0.0.1:9/a.png", "InvalidURL"),
        ("data:image/png;base64," + base64.b64encode(b"no picture").decode(), "InvalidFile.Format"),
    ):
        failed = VideoSynthesis.call(I2V, img_url=url)
        assert (failed.status_code, failed.output.task_status, failed.output.code) == (HTTPStatus.OK, "FAILED", code)
        assert failed.output.message
    with pytest.raises(dashscope.common.error.UploadFileException, match=r"InvalidFile\.Resolution"):
        VideoSynthesis.call(I2V, img_url=str(tmp_path / "small.png"))
    for wrong, status, code in (
        ({"model": T2V, "duration": 2}, 400, "InvalidParameter"),
        ({"model": I2V}, 400, "InvalidParameter"),
        ({"model": "happyhorse-1.0-video-edit"}, 404, "ModelNotFound"),
        ({"model": T2V, "api_key": "sk-wrong"}, 401, "InvalidApiKey"),
    ):
        refused = VideoSynthesis.async_call(prompt="a dog on a beach", **wrong)
        assert (refused.status_code, refused.code, bool(refused.request_id)) == (status, code, True)


def test_the_asynchronous_half_asks_with_a_slash_at_the_end(served: Served, pictures: Path) -> None:
    """AioVideoSynthesis: two local references, wait, fetch, list, and a cancel that comes too late."""

    async def story() -> None:
        media = [{"type": "reference_image", "url": str(pictures / name)} for name in ("mascot.png", "landscape.png")]
        prompt = "[Image 1] walks through [Image 2]"
        done = await AioVideoSynthesis.call(R2V, prompt, media=media, resolution="720P", duration=3, ratio="9:16")
        assert (done.output.task_status, done.usage.SR, done.usage.ratio) == ("SUCCEEDED", 720, "9:16"), done
        assert facts(done.output.video_url) == {"size": (720, 1280), **FILM}
        assert (await AioVideoSynthesis.fetch(done)).output.task_id == done.output.task_id
        late = await AioVideoSynthesis.cancel(done)
        assert (late.status_code, late.code) == (HTTPStatus.BAD_REQUEST, "UnsupportedOperation")
        listed = await AioVideoSynthesis.list(model_name=R2V)
        assert listed.output["data"][0]["task_id"] == done.output.task_id
        await dashscope.close_shared_aio_session()

    asyncio.run(story())


def dashscope_says(served: Served, *arguments: str, code: int = 0) -> str:
    """What the `dashscope` command prints."""
    settings = {"DASHSCOPE_HTTP_BASE_URL": f"{served.url}/api/v1", "DASHSCOPE_API_KEY": SECRET, "COLUMNS": "500"}
    command = [str(Path(sys.executable).with_name("dashscope")), *arguments]
    done = subprocess.run(
        command, env=os.environ | settings, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def test_the_command_line_works(served: Served, pictures: Path) -> None:
    """create, fetch, wait, list, cancel and oss upload."""
    file = ("-f", str(pictures / "landscape.png"))
    address = dashscope_says(served, "oss", "upload", *file, "-m", I2V).split()[-1]
    assert address.startswith("oss://dashscope-instant/")
    small = ("--size", "832*480", "--duration", "3", "--no-watermark")
    answer = dashscope_says(served, "video-synthesis", "create", "-m", I2V, "--img-url", address, *small)
    output, end = json.JSONDecoder().raw_decode(answer)
    assert (output["task_status"], json.loads(answer[end:])["SR"]) == ("SUCCEEDED", 480)
    for verb in ("fetch", "wait"):
        again = json.loads(dashscope_says(served, "video-synthesis", verb, output["task_id"]))
        assert again["task_status"] == "SUCCEEDED"
    listed = json.loads(dashscope_says(served, "video-synthesis", "list", "--status", "SUCCEEDED"))
    assert listed["data"][0]["task_id"] == output["task_id"]
    late = dashscope_says(served, "video-synthesis", "cancel", output["task_id"], code=3)
    assert "UnsupportedOperation" in late
    refused = dashscope_says(served, "video-synthesis", "create", "-m", T2V, code=1)
    assert '"status_code": 400' in refused
    assert "Required parameter(input.prompt) missing" in refused


AI_SDK = """
import { readFileSync } from "node:fs";
import { createAlibaba } from "@ai-sdk/alibaba";
import { experimental_generateVideo as generateVideo } from "ai";

const alibaba = createAlibaba({ apiKey: process.env.KEY, videoBaseURL: process.env.URL });
const download = async ({ url }) => ({
  data: new Uint8Array(await (await fetch(url)).arrayBuffer()), mediaType: "video/mp4",
});
const frame = readFileSync(process.env.FRAME);
const referenceUrls = [process.env.REFERENCE];
const told = {};
for (const [mode, prompt, options] of [
  ["t2v", "a dog on a beach", {}],
  ["i2v", { image: frame, text: "wind" }, {}],
  ["r2v", "character1 waves", { referenceUrls }],
]) {
  const { video, providerMetadata } = await generateVideo({
    model: alibaba.video(`happyhorse-1.1-${mode}`), prompt, duration: 3, seed: 3, resolution: "832x480", download,
    providerOptions: { alibaba: { ...options, watermark: false, pollIntervalMs: 300 } },
  });
  told[mode] = { ...providerMetadata.alibaba, bytes: video.uint8Array.length };
}
console.log(JSON.stringify(told));
"""


def test_the_ai_sdks_provider_makes_all_three_kinds(served: Served, pictures: Path) -> None:
    """Its older fields: `size`, a first frame as bare base64 in `img_url`, `reference_urls`; its own `download`."""
    upload = dashscope_says(served, "oss", "upload", "-f", str(pictures / "mascot.png"), "-m", R2V)
    environment = {
        "KEY": SECRET,
        "URL": served.url,
        "FRAME": str(pictures / "landscape.png"),
        "REFERENCE": upload.split()[-1],
    }
    told = json.loads(run_node(AI_SDK, environment).strip().splitlines()[-1])
    for mode, size in (("t2v", (854, 480)), ("i2v", (810, 506)), ("r2v", (854, 480))):
        assert facts(told[mode]["videoUrl"]) == {"size": size, **FILM}
        assert told[mode]["usage"]["resolution"] == 480
        assert told[mode]["bytes"] > 10_000
