"""OpenAI's own Python SDK, unmodified, against a real `openhorse serve`: create, poll, list, download, delete."""

from __future__ import annotations

import io
import json
import urllib.request
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import openai
import pytest
from PIL import Image

from serving import SECRET, Served, landscape, mascot

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

FILM = {"codec": "h264", "rate": Fraction(24), "sound": ("aac", 48000)}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for this module, which may open no address at all."""
    with Served(tmp_path_factory.mktemp("served"), allow="") as server:
        yield server


@pytest.fixture(params=["/v1", "/openai/v1"])
def client(request: pytest.FixtureRequest, served: Served) -> Iterator[openai.OpenAI]:
    """The vendor's own client; only the address is ours."""
    with openai.OpenAI(api_key=SECRET, base_url=served.url + request.param) as ours:
        yield ours


def facts(content: bytes) -> tuple[dict[str, Any], tuple[int, int], int]:
    """What PyAV says of a film: its codecs, its size and how many frames it has."""
    with av.open(io.BytesIO(content)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        codecs = {
            "codec": video.codec_context.name,
            "rate": video.average_rate,
            "sound": (audio.codec_context.name, audio.rate),
        }
        return codecs, (video.width, video.height), sum(1 for _ in container.decode(video=0))


def test_a_film_from_a_prompt(client: openai.OpenAI, tmp_path: Path) -> None:
    """create_and_poll as in OpenAI's guide, with one of its sizes; then download, list and delete."""
    video = client.videos.create_and_poll(
        prompt="A dog runs along the beach",
        model="happyhorse-1.1",
        seconds="3",  # type: ignore[arg-type]
        size="480x854",
        extra_body={"seed": 7},
    )
    assert (video.status, video.progress, video.error) == ("completed", 100, None)
    assert (video.object, video.model, video.seconds, video.size) == ("video", "happyhorse-1.1", "3", "480x854")
    assert video.expires_at is not None
    assert video.completed_at is not None
    assert video.expires_at - video.completed_at == 7 * 86400
    client.videos.download_content(video.id).write_to_file(tmp_path / "film.mp4")
    assert facts((tmp_path / "film.mp4").read_bytes()) == (FILM, (480, 854), 72)
    part = client.videos.download_content(video.id, extra_headers={"Range": "bytes=4-7"})
    assert part.content == b"ftyp"
    assert next(iter(client.videos.list(limit=1))) == video
    assert client.videos.delete(video.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.videos.retrieve(video.id)


def test_the_first_frame_is_uploaded_with_the_order(client: openai.OpenAI) -> None:
    """input_reference as a file; the film begins with it and has its ratio, and poll() waits as it is told."""
    created = client.videos.with_raw_response.create(
        prompt="Drifting clouds",
        input_reference=("land.png", landscape(), "image/png"),
        seconds="3",  # type: ignore[arg-type]
        size="854x480",
    )
    assert int(created.headers["openai-poll-after-ms"]) > 0
    video = created.parse()
    assert video.status in ("queued", "in_progress")
    video = client.videos.poll(video.id)
    assert (video.status, video.size) == ("completed", "810x506")
    content = client.videos.download_content(video.id, variant="video").content
    assert facts(content) == (FILM, (810, 506), 72)
    with av.open(io.BytesIO(content)) as container:
        first = next(container.decode(video=0)).to_image().resize((64, 40))
    picture = Image.open(io.BytesIO(landscape())).convert("RGB").resize((64, 40))
    differences = [abs(a - b) for a, b in zip(first.tobytes(), picture.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 12


def uploaded(served: Served, picture: bytes) -> str:
    """The id of a picture that was uploaded to this server beforehand."""
    headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "image/png"}
    request = urllib.request.Request(f"{served.url}/openhorse/v1/uploads", picture, headers)
    with urllib.request.urlopen(request) as answer:
        return str(json.load(answer)["id"])


def test_references_are_our_extension(served: Served) -> None:
    """Pictures uploaded to this server, named in `extra_body`, and a list of what the key has made."""
    with openai.OpenAI(api_key=SECRET, base_url=f"{served.url}/v1") as client:
        uploads = [uploaded(served, picture) for picture in (mascot(), landscape())]
        video = client.videos.create_and_poll(
            prompt="The character in [Image 1] walks through [Image 2]",
            model="alibaba/happyhorse-1.1/reference-to-video",
            seconds="3",  # type: ignore[arg-type]
            extra_body={"reference_images": uploads, "resolution": "480p", "aspect_ratio": "1:1"},
        )
        assert (video.status, video.size) == ("completed", "640x640")
        assert video.model == "alibaba/happyhorse-1.1/reference-to-video"


def test_pages_are_followed(client: openai.OpenAI) -> None:
    """The SDK's own paging sees each video once, in both orders."""
    made = [client.videos.create(prompt=f"a dog on a beach, take {number}", seconds="4").id for number in range(3)]
    for order in ("asc", "desc"):
        seen = [video.id for video in client.videos.list(limit=2, order=order)]  # type: ignore[arg-type]
        assert len(seen) == len(set(seen))
        found = [video for video in seen if video in made]
        assert found == (made if order == "asc" else made[::-1])
    for video in made:
        client.videos.delete(video)


def test_errors_are_the_sdks_own(client: openai.OpenAI, served: Served) -> None:
    """Each refusal is the class that the SDK has for it, with code and parameter."""
    with pytest.raises(openai.NotFoundError, match=r"available: happyhorse-1\.1") as unknown:
        client.videos.create(prompt="x", model="sora-2")
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError, match="like 1280x720") as bad:
        client.videos.create(prompt="x", size="huge")  # type: ignore[arg-type]
    assert (bad.value.param, bad.value.type) == ("size", "invalid_request_error")
    with pytest.raises(openai.BadRequestError) as flat:
        client.videos.create(prompt="x", input_reference=("a.png", b"GIF89a", "image/gif"))
    assert (flat.value.code, flat.value.param) == ("picture_refused", "input_reference")
    queued = client.videos.create(prompt="x", seconds="4", size="1280x720")
    with pytest.raises(openai.NotFoundError, match="not ready yet"):
        client.videos.download_content(queued.id)
    with pytest.raises(openai.BadRequestError, match="remixes are not offered"):
        client.videos.remix(queued.id, prompt="x")
    with pytest.raises(openai.BadRequestError, match="edits are not offered"):
        client.videos.edit(prompt="x", video=("a.mp4", b"x", "video/mp4"))
    with pytest.raises(openai.BadRequestError, match="extensions are not offered"):
        client.videos.extend(prompt="x", seconds="4", video=("a.mp4", b"x", "video/mp4"))
    client.videos.delete(queued.id)
    with openai.OpenAI(api_key="sk-wrong", base_url=client.base_url) as stranger:
        with pytest.raises(openai.AuthenticationError) as wrong:
            stranger.videos.list()
        assert wrong.value.code == "invalid_api_key"


def test_models_are_listed(client: openai.OpenAI) -> None:
    """Both families and every vendor's names."""
    names = [model.id for model in client.models.list()]
    assert {"happyhorse-1.1", "happyhorse-1.0", "happyhorse-1.1-t2v", "happyhorse-1-0"} <= set(names)
    assert client.models.retrieve("alibaba/happyhorse-1.0/image-to-video").object == "model"
