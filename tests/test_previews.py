"""Previews, poster, first and last frame: a film's own frames, there while it is made, and gone when it goes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from conftest import House, running_house
from openhorse.cues import Commission
from openhorse.errors import EngineFailed, StorageFailed
from openhorse.leftovers import Yard, leftovers
from openhorse.limits import stored_bytes
from openhorse.media.encode import write_film
from openhorse.media.stills import LONGEST_SIDE
from openhorse.runs.stills import STILLS, still_key, still_keys
from openhorse.store.blobs import Blobs
from openhorse.studio import unseen
from openhorse.vocabulary import (
    FIRST,
    LAST,
    PREVIEWS,
    Clip,
    Frame,
    Glimpse,
    Progress,
    Show,
    Status,
    Still,
    Video,
)
from test_live import told
from test_runs import FILM, FakeStudio, Shop, until
from test_runs import shop as shop

WIDTH, HEIGHT, FRAMES = 720, 400, 12
TASKS = "/openhorse/v1/tasks"


def frame(index: int) -> NDArray[np.uint8]:
    """The luma of a frame that looks like no other."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return (60 + 8 * index + 40 * np.sin(x / 60 + index) + 20 * np.cos(y / 40)).astype(np.uint8)


def clip() -> Clip:
    """Half a second of those, bluish, with a tone."""
    chroma = [np.full((HEIGHT // 2, WIDTH // 2), level, np.uint8).data for level in (150, 110)]
    frames = (Frame(frame(index).data, *chroma) for index in range(FRAMES))
    tone = 0.1 * np.sin(np.arange(24_000, dtype=np.float32) / 17)
    return Clip(WIDTH, HEIGHT, FRAMES, frames, np.stack([tone, tone]).astype(np.float32).data, "test", 1)


def shown(path: Path) -> dict[str, Glimpse]:
    """What is shown of the film that is made at `path`."""
    seen: dict[str, Glimpse] = {}
    write_film(clip(), path, {}, show=lambda glimpse: seen.update({glimpse.name: glimpse}))
    return seen


def test_stills_are_the_films_own_frames(tmp_path: Path) -> None:
    """As they are decoded from the film, at the time that they tell; previews are small, the two ends as they are."""
    seen = shown(tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as film:
        decoded = [one.to_ndarray(format="rgb24").astype(float) for one in film.decode(video=0)]
    assert [seen[name].seconds for name in (*PREVIEWS, FIRST, LAST)] == [0, 0.125, 0.25, 0.375, 0, 11 / 24]
    for name, glimpse in seen.items():
        with Image.open(io.BytesIO(glimpse.jpeg)) as picture:
            size = (WIDTH, HEIGHT) if name in (FIRST, LAST) else (LONGEST_SIDE, 356)
            assert (picture.format, picture.size) == ("JPEG", size)
            whole = np.asarray(picture.resize((WIDTH, HEIGHT)), float)
        distances = [np.abs(whole - one).mean() for one in decoded]
        assert np.argmin(distances) == round(glimpse.seconds * 24), name
        assert min(distances) < 4, name


def test_a_film_is_the_same_with_and_without(tmp_path: Path) -> None:
    """To be shown costs a film not one bit, nor does a still that cannot be had."""

    def fail(_glimpse: Glimpse) -> None:
        raise OSError("no")

    shown(tmp_path / "seen.mp4")
    write_film(clip(), tmp_path / "unseen.mp4", {})
    write_film(clip(), tmp_path / "failed.mp4", {}, show=fail)
    assert len({(tmp_path / f"{name}.mp4").read_bytes() for name in ("seen", "unseen", "failed")}) == 1


def glimpses(jpeg: bytes = b"jpeg") -> list[Glimpse]:
    """Of a film of a second."""
    return [
        Glimpse(name, at, jpeg) for name, at in zip((FIRST, *PREVIEWS, LAST), (0, 0, 0.25, 0.5, 0.75, 1), strict=True)
    ]


class Showing(FakeStudio):
    """Shows `glimpses` and then waits at the gate, as a film does."""

    glimpses: Sequence[Glimpse] = ()

    def make(self, film: Commission, progress: Progress, show: Show = unseen) -> Video:
        """See FakeStudio."""
        for glimpse in self.glimpses:
            show(glimpse)
        return super().make(film, progress)


@pytest.fixture
def showing(shop: Shop) -> Showing:
    """The studio of the shop."""
    studio = Showing()
    studio.glimpses = glimpses()
    shop.bench = replace(shop.bench, studio=studio)
    shop.studio = studio
    return studio


def in_store(shop: Shop) -> set[str]:
    """Every still that lies in the store."""
    return {one.key for batch in shop.blobs.listed(STILLS) for one in batch}


def test_stills_are_there_before_the_film_and_go_with_it(shop: Shop, showing: Showing) -> None:
    """Noted while it is made, kept and counted with it, and deleted when it expires or is deleted."""
    showing.gate.clear()
    task_id = shop.submit()
    shop.start()
    noted = until(lambda: len(found := shop.tasks.any(task_id).stills) == 6 and found)
    assert [(one.name, one.bytes, one.blob) for one in noted if one.is_preview] == [
        (name, 4, still_key(task_id, name)) for name in PREVIEWS
    ]
    showing.gate.set()
    assert shop.ended(task_id).stills == noted
    assert in_store(shop) == set(still_keys(task_id))
    with shop.database.reading() as connection:
        assert stored_bytes(connection, shop.key) == len(FILM) + 6 * 4
    shop.time += timedelta(days=2)
    assert shop.worker is not None
    shop.worker.sweep()
    assert (shop.tasks.any(task_id).status, shop.tasks.any(task_id).stills, in_store(shop)) == (
        Status.EXPIRED,
        (),
        set(),
    )


def test_nothing_is_left_of_a_cancelled_film(shop: Shop, showing: Showing) -> None:
    """Neither in the row nor in the store, and no late still comes back."""
    showing.gate.clear()
    task_id = shop.submit()
    shop.start()
    until(lambda: len(shop.tasks.any(task_id).stills) == 6)
    shop.tasks.cancel(task_id, shop.key)
    assert shop.tasks.any(task_id).stills == ()
    until(lambda: not in_store(shop))
    shop.tasks.show(task_id, Still("0", 0, 4, still_key(task_id, "0")))
    assert shop.tasks.any(task_id).stills == ()


def test_a_run_begun_anew_replaces_them(shop: Shop, showing: Showing) -> None:
    """The second try after a crash begins with none of the first one's."""
    showing.failures.append(EngineFailed("crashed"))
    showing.glimpses = glimpses()[:3]
    first = shop.submit()
    shop.start()
    assert [one.name for one in shop.ended(first).stills] == ["0", FIRST, "1"]
    shop.stop()
    running = shop.submit()
    shop.tasks.start(running)
    for name, seconds in (("3", 0.75), (FIRST, 0.0), ("0", 0.0), ("1", 0.25), (FIRST, 0.0), ("1", 0.25)):
        shop.tasks.show(running, Still(name, seconds, 1, name))
    assert [one.name for one in shop.tasks.any(running).stills] == ["0", FIRST, "1"]


def test_a_store_that_takes_none_costs_no_film(shop: Shop, showing: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The film is made and charged as ever, and shows nothing."""

    def refuse(*_: object) -> None:
        raise StorageFailed("no")

    monkeypatch.setattr(Blobs, "put_bytes", refuse)
    task_id = shop.submit()
    shop.start()
    task = shop.ended(task_id)
    assert (task.status, task.stills) == (Status.SUCCEEDED, ())


def test_forgotten_stills_are_swept_up(shop: Shop, tmp_path: Path) -> None:
    """`openhorse gc` finds those of tasks that can have no film, and leaves the others and what is not ours."""
    kept, gone = shop.submit(), shop.submit()
    shop.tasks.cancel(gone, shop.key)
    for name in (*still_keys(kept), *still_keys(gone), f"{STILLS}/{gone}.notes.txt"):
        shop.blobs.put_bytes(name, b"1")
    yard = Yard(shop.database, shop.blobs, tmp_path, shop.time + timedelta(hours=2), delete=True)
    assert {one.key for one in leftovers(yard)} == set(still_keys(gone))
    assert in_store(shop) == {*still_keys(kept), f"{STILLS}/{gone}.notes.txt"}


def jpeg(width: int, height: int) -> bytes:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (10, 120, 200)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server for the tests below."""
    with running_house(tmp_path_factory.mktemp("house")) as running:
        yield running


def submitted(house: House, path: str = TASKS, **body: Any) -> str:
    """A task's id."""
    answer = house.client.post(path, json=body or {"prompt": "a lake", "seconds": 3})
    assert answer.is_success, answer.text
    return str(answer.json().get("id") or answer.json()["data"]["taskId"])


def show(house: House, task_id: str, names: Sequence[str] = (*PREVIEWS, FIRST, LAST)) -> None:
    """Store and note stills, as a worker would."""
    for name in names:
        at = {FIRST: 0.0, LAST: 2.958}.get(name) or 0.75 * int(name if name in PREVIEWS else 0)
        data = jpeg(640, 360) if name in PREVIEWS else jpeg(1280, 720)
        house.rooms.blobs.put_bytes(still_key(task_id, name), data)
        house.rooms.tasks.show(task_id, Still(name, at, len(data), still_key(task_id, name)))


def finish(house: House, task_id: str, content: bytes = b"0123456789") -> None:
    """End a task that runs with a film."""
    key = f"films/{task_id}.mp4"
    house.rooms.blobs.put_bytes(key, content)
    house.rooms.tasks.storing(task_id)
    video = Video(
        key,
        len(content),
        hashlib.sha256(content).hexdigest(),
        1280,
        720,
        72,
        3.0,
        False,
        None,
        None,
        "procedural",
        1,
        6.0,
    )
    house.rooms.tasks.finish(task_id, video)


def asked(house: House, task_id: str) -> dict[str, Any]:
    """The task in our own words."""
    body: dict[str, Any] = house.client.get(f"{TASKS}/{task_id}").json()
    return body


def test_our_own_words_show_what_there_is(house: House) -> None:
    """A poster from the first preview on, links that stay the same meanwhile, the two ends once it is done."""
    task_id = submitted(house)
    task = asked(house, task_id)
    assert (task["poster_url"], task["previews"], task["first_frame_url"], task["last_frame_url"]) == (
        None,
        [],
        None,
        None,
    )
    house.rooms.tasks.start(task_id)
    show(house, task_id, ("0", FIRST, "1"))
    task = asked(house, task_id)
    assert [one["seconds"] for one in task["previews"]] == [0, 0.75]
    assert (task["poster_url"], task["first_frame_url"]) == (task["previews"][1]["url"], None)
    house.clock.advance(minutes=7)
    assert asked(house, task_id)["previews"] == task["previews"]
    got = house.stranger.get(task["poster_url"])
    assert (got.status_code, got.headers["content-type"], got.content) == (200, "image/jpeg", jpeg(640, 360))
    show(house, task_id)
    finish(house, task_id)
    task = asked(house, task_id)
    assert task["poster_url"] == task["previews"][2]["url"]
    for name in ("first_frame_url", "last_frame_url"):
        assert house.stranger.get(task[name]).content == jpeg(1280, 720)
    house.clock.advance(days=7)
    assert house.stranger.get(task["poster_url"]).status_code == 410
    house.rooms.tasks.expire(task_id)
    assert asked(house, task_id)["poster_url"] is None


def test_a_stream_tells_each_preview_once(house: House) -> None:
    """As it comes, and to whoever comes back those that are there; with the end they are in the task."""
    task_id = submitted(house)
    house.rooms.tasks.start(task_id)
    show(house, task_id, ("0",))
    stream = told(house.client, f"{TASKS}/{task_id}/events")
    number, name, task = next(stream)
    assert (name, len(task["previews"])) == ("status", 1)
    show(house, task_id, ("1",))
    preview = next(stream)
    assert preview == ("", "preview", {"id": task_id, **asked(house, task_id)["previews"][1]})
    again = told(house.client, f"{TASKS}/{task_id}/events", headers={"Last-Event-ID": number})
    assert [next(again)[2]["seconds"] for _ in range(2)] == [0, 0.75]
    house.rooms.tasks.progress(task_id, 0.5)
    assert next(stream)[1] == "progress"
    finish(house, task_id)
    assert {name for _, name, _ in stream} == {"status"}
    assert {len(task["previews"]) for _, name, task in again if name == "status"} == {2}


def test_hiapi_has_them_as_outputs(house: House) -> None:
    """Behind the film, as its detail lists them, and with its end."""
    wish = {"prompt": "a lake", "duration": 3}
    task_id = submitted(house, "/v1/tasks", model="happyhorse-1.1/text-to-video", input=wish)
    house.rooms.tasks.start(task_id)
    show(house, task_id)
    finish(house, task_id)
    output = house.client.get(f"/v1/tasks/{task_id}").json()["data"]["output"]
    assert [one["type"] for one in output] == ["video", "thumbnail", "first_frame", "last_frame"]
    assert len({one["expireAt"] for one in output}) == 1
    sizes = [Image.open(io.BytesIO(house.stranger.get(one["url"]).content)).size for one in output[1:]]
    assert sizes == [(640, 360), (1280, 720), (1280, 720)]


def test_openai_has_a_thumbnail_and_a_spritesheet(house: House) -> None:
    """WebP and JPEG, made of the previews; 404 for a film without."""
    ids = [submitted(house, "/v1/videos", prompt="a lake", seconds="4") for _ in range(2)]
    for task_id in ids:
        house.rooms.tasks.start(task_id)
    show(house, ids[0])
    found = {}
    for task_id in ids:
        finish(house, task_id)
        for variant in ("thumbnail", "spritesheet"):
            found[task_id, variant] = house.client.get(f"/v1/videos/{task_id}/content", params={"variant": variant})
    pictures = [Image.open(io.BytesIO(found[ids[0], variant].content)) for variant in ("thumbnail", "spritesheet")]
    assert [(one.format, one.size) for one in pictures] == [("WEBP", (640, 360)), ("JPEG", (1280, 720))]
    assert found[ids[0], "thumbnail"].headers["content-type"] == "image/webp"
    assert found[ids[1], "thumbnail"].status_code == found[ids[1], "spritesheet"].status_code == 404


def test_the_next_film_goes_on_from_the_last_frame(house: House) -> None:
    """Its link is a picture to order with, while it is good and ours."""
    task_id = submitted(house)
    house.rooms.tasks.start(task_id)
    show(house, task_id)
    finish(house, task_id)
    link = asked(house, task_id)["last_frame_url"]
    following = house.rooms.tasks.any(submitted(house, prompt="on it goes", image=link, seconds=3))
    assert following.order.pictures[0].startswith("blob:")
    forged = house.client.post(TASKS, json={"prompt": "no", "image": link[:-1] + ("A" if link[-1] != "A" else "B")})
    assert forged.status_code == 400
