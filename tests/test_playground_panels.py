"""The playground's gallery, usage, callbacks and code, in a real browser, over a server without a worker."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from browsers import Visitor, chromium, visiting
from conftest import SECRET, House, running_house
from openhorse.store.tables import callback_attempts
from openhorse.vocabulary import Failure, Video
from serving import customers_server

PROMPTS = (
    "A lighthouse over waves at dusk, gulls circling",
    "一只橘猫在雪地里奔跑，镜头跟随",
    "A red kite above a green hill",
)
ENOUGH = 30_000
"""Milliseconds that anything on the page may take; it waits for no film."""

expect.set_options(timeout=ENOUGH)


def tiny_film() -> bytes:
    """A second of grey, which plays."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(24))
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for shade in range(24):
            frame = av.VideoFrame.from_ndarray(np.full((270, 320), 90 + 4 * shade, np.uint8), format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def ordered(house: House, number: int, **more: object) -> str:
    """A task in line."""
    body = {"prompt": PROMPTS[number % 3], "seconds": 3 + number % 5, "seed": number, **more}
    return str(house.client.post("/openhorse/v1/tasks", json=body).raise_for_status().json()["id"])


def made(house: House, task_id: str, film: bytes) -> None:
    """Bring a task to its film, as a run would."""
    blob, tasks = f"films/{task_id}.mp4", house.rooms.tasks
    house.rooms.blobs.put_bytes(blob, film)
    notes = ("One shot: a lighthouse, at dusk.", "No sound was asked for; waves are heard.")
    video = Video(blob, len(film), "0" * 64, 320, 180, 24, 1.0, True, -16.0, -1.5, "procedural", 7, 2.5, notes)
    tasks.start(task_id)
    tasks.storing(task_id)
    tasks.finish(task_id, video)


def told(house: House, task_id: str, number: int, status: int | None, *, last: bool) -> None:
    """Put one attempt to call back on record."""
    event = house.rooms.deliveries.of_task(task_id).event
    again = None if last else house.clock() + timedelta(minutes=5)
    good = status == 200
    fault = {"head": "", "error": "the receiver did not answer in 10 s"} if status is None else {"head": "<b>no</b>"}
    row = {"event_id": event.id, "number": number, "task_id": task_id, "at": house.clock(), "delivered": good}
    with house.rooms.database.transaction() as connection:
        values = {**row, "status": status, "milliseconds": 12 * number, "next_at": again, **fault}
        connection.execute(sa.insert(callback_attempts).values(values))


def populate(house: House) -> dict[str, str]:
    """Three weeks of a customer's life; one task of each kind by its name."""
    film, house.clock.time = tiny_film(), house.clock.time - timedelta(days=20)
    for day in range(20):
        for number in range((day * 7) % 5):
            made(house, ordered(house, day + number, resolution=("480p", "720p", "1080p")[number % 3]), film)
        house.clock.advance(days=1)
    hook = {"callback": {"url": "https://127.0.0.1/hook"}}
    names = {}
    for name in ("dead", "waiting", "delivered"):
        names[name] = ordered(house, 1, **hook)
        made(house, names[name], film)
        house.clock.advance(minutes=1)
    for number in (1, 2, 3):
        told(house, names["dead"], number, None if number == 2 else 500, last=number == 3)
    told(house, names["waiting"], 1, 503, last=False)
    told(house, names["delivered"], 1, 200, last=True)
    evolink = {"model": "happyhorse-1.1-text-to-video", "prompt": "A koi pond in rain, seen from above"}
    names["evolink"] = house.client.post("/evolink/v1/videos/generations", json=evolink).json()["id"]
    made(house, names["evolink"], film)
    names["failed"] = ordered(house, 4)
    house.rooms.tasks.fail(names["failed"], Failure("engine_failed", "the engine ended with code 9", retry=True))
    names["cancelled"] = ordered(house, 5, ratio="9:16")
    house.client.post(f"/openhorse/v1/tasks/{names['cancelled']}/cancel")
    house.clock.advance(minutes=1)
    names["running"] = ordered(house, 0, ratio="1:1")
    house.rooms.tasks.start(names["running"])
    house.rooms.tasks.progress(names["running"], 0.4)
    house.clock.advance(minutes=1)
    names["queued"] = ordered(house, 2)
    return names


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for the module."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server for the module."""
    with running_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="module")
def names(house: House) -> dict[str, str]:
    """Its tasks."""
    return populate(house)


@pytest.fixture
def visitor(browser: Browser, house: House, names: dict[str, str]) -> Iterator[Visitor]:
    """A customer who is signed in."""
    with visiting(browser, house.url) as somebody:
        sign_in(somebody)
        yield somebody


def sign_in(somebody: Visitor) -> None:
    """With the first customer's key."""
    somebody.page.set_default_timeout(ENOUGH)
    somebody.page.goto(somebody.url)
    somebody.page.locator("input[name=key]").fill(SECRET)
    somebody.page.locator("form button.primary").click()
    somebody.page.locator("#prompt").wait_for()


def visit(page: Page, panel: str) -> None:
    """Go there by the bar."""
    page.locator(f'.tabs a[href="#{panel}"]').click()


def test_the_gallery_shows_filters_and_goes_on(visitor: Visitor, house: House, names: dict[str, str]) -> None:
    """All of the key's films, page after page; by state; and what changes while somebody looks."""
    page = visitor.page
    visit(page, "films")
    cards = page.locator(".film-card")
    expect(cards).to_have_count(24)
    expect(cards.nth(1)).to_contain_text("40 %")
    total = house.client.get("/openhorse/v1/tasks").json()["total"]
    page.locator(".more").scroll_into_view_if_needed()
    expect(cards).to_have_count(total)
    assert visitor.faults() == []
    page.get_by_label("State").select_option("failed")
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text("nothing was charged")
    page.get_by_label("State").select_option("all")
    page.get_by_role("combobox", name="Made from").select_option("image-to-video")
    expect(page.get_by_text("No film is like that.")).to_be_visible()
    page.get_by_role("combobox", name="Made from").select_option("")
    house.rooms.tasks.progress(names["running"], 0.8)
    expect(cards.nth(1)).to_contain_text("80 %")


def test_a_film_is_opened_and_filled_in_again(visitor: Visitor, names: dict[str, str]) -> None:
    """It plays, says what was ordered of whom, and fills the form; back leads to the gallery."""
    page = visitor.page
    page.goto(f"{visitor.url}#films/{names['dead']}")
    video = page.locator("video")
    expect(video).to_have_js_property("readyState", 4)
    expect(page.locator(".detail")).to_contain_text(names["dead"])
    assert visitor.faults() == []
    page.get_by_role("button", name="Edit and make again").click()
    expect(page.locator("#prompt")).to_have_value(PROMPTS[1])
    expect(page.locator("#seed")).to_have_value("7")
    page.goto(f"{visitor.url}#films/{names['evolink']}")
    expect(page.locator(".detail")).to_contain_text("EvoLink")
    page.get_by_role("link", name="All films").click()
    expect(page.locator(".film-card").first).to_be_visible()


def test_films_are_cancelled_and_deleted_with_the_keyboard(visitor: Visitor, house: House) -> None:
    """Cancel at once; delete after a question, which Escape and No take back."""
    house.clock.advance(minutes=1)
    page, task_id = visitor.page, ordered(house, 1)
    visit(page, "films")
    card = page.locator(".film-card").first
    card.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Cancelled")
    for way in ("Escape", "Enter"):
        card.get_by_role("button", name="Delete").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press(way)
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert house.client.get(f"/openhorse/v1/tasks/{task_id}").json()["status"] == "cancelled"
    card.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(f'a[href="#films/{task_id}"]')).to_have_count(0)
    assert house.client.get(f"/openhorse/v1/tasks/{task_id}").status_code == 404


def test_usage_is_drawn_and_counted(visitor: Visitor, house: House) -> None:
    """The sums are the server's; every day with films has its bar and its row; the file holds every line."""
    page = visitor.page
    span = {"from": (house.clock() - timedelta(days=29)).date().isoformat(), "to": house.clock().date().isoformat()}
    page.clock.set_fixed_time(house.clock())
    visit(page, "usage")
    usage = house.client.get("/openhorse/v1/usage", params=span).json()
    expect(page.locator(".tile-value").nth(1)).to_have_text(str(usage["total"]["films"]))
    expect(page.locator(".tile-value").first).to_have_text(f"${float(usage['total']['spent_usd']):.2f}")
    days = {line["day"] for line in usage["data"] if line["films"]}
    expect(page.locator(".chart-day")).to_have_count(30)
    expect(page.locator(".chart-day:has(rect[class^=part])")).to_have_count(len(days))
    page.get_by_text("The same as a table").click()
    expect(page.locator("section", has_text="By day").locator("tbody tr")).to_have_count(len(days))
    assert visitor.faults() == []
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert len(lines) == 1 + len(usage["data"])
    assert lines[0].startswith("day,key,label,dialect,model,tasks,films")


def test_callbacks_are_shown_with_their_attempts_and_sent_again(
    visitor: Visitor, house: House, names: dict[str, str]
) -> None:
    """Given-up ones are marked; one more attempt is put in line; an address is tried out."""
    page = visitor.page
    visit(page, "callbacks")
    dead = page.locator(".callback", has_text=names["dead"])
    expect(dead).to_contain_text("Every attempt failed")
    dead.locator("summary").click()
    expect(dead.locator("tbody tr")).to_have_count(3)
    expect(dead.locator("tbody tr").nth(1)).to_contain_text("the receiver did not answer")
    assert "<b>" in str(dead.locator("tbody tr").first.text_content())
    assert visitor.faults() == []
    with page.expect_response(re.compile("redeliver$")) as asked:
        dead.get_by_role("button", name="Send again").click()
    assert asked.value.status == 202
    told(house, names["dead"], 4, 200, last=True)
    expect(dead).to_contain_text("Delivered")
    page.get_by_label("State").select_option("waiting")
    expect(page.locator(".callback")).to_have_count(1)
    with customers_server() as customer:
        page.get_by_text("Send a test").click()
        page.get_by_label("Address").fill(f"{customer.url}/hook")
        page.get_by_label("Dialect").select_option("hiapi")
        page.get_by_role("button", name="Send it").click()
        expect(page.locator(".trial-answer")).to_contain_text("200")
        ((body, _),) = customer.callbacks
    assert json.loads(body)["status"] == "fail"


def test_an_order_is_shown_as_code(visitor: Visitor) -> None:
    """For what stands in the form now, in the dialect and language chosen, which are remembered; never the key."""
    page = visitor.page
    page.locator("#prompt").fill('a "quoted" lake')
    page.locator(".make .code-view summary").click()
    program = page.locator(".make .code-program")
    expect(program).to_contain_text("/openhorse/v1/tasks")
    page.get_by_role("radio", name="OpenHorse").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="DashScope")).to_be_focused()
    page.get_by_role("radio", name="Python").click()
    expect(program).to_contain_text('prompt="a \\"quoted\\" lake"')
    expect(program).to_contain_text(f'"{visitor.url}api/v1"')
    page.get_by_role("radio", name="HiAPI").click()
    page.locator("#seed").fill("5")
    expect(page.locator(".make .code-notes")).to_contain_text("5 is left out")
    assert visitor.faults() == []
    assert SECRET not in page.content()
    page.reload()
    page.locator(".make .code-view summary").click()
    expect(page.locator(".make .code-program")).to_contain_text("from hiapi import HiAPI")


@pytest.mark.parametrize("panel", ["films", "usage", "callbacks"])
def test_each_panel_fits_a_phone_in_the_dark_in_chinese(
    browser: Browser, house: House, names: dict[str, str], panel: str
) -> None:
    """Nothing is wider than the screen, nothing lacks contrast or a name, nothing is in English only."""
    with visiting(browser, house.url, width=375, language="zh-CN", dark=True) as somebody:
        sign_in(somebody)
        page = somebody.page
        visit(page, panel)
        expect(page.locator(f".page-{panel} h1").first).to_have_text(re.compile("[一-鿿]"))
        page.locator(f".page-{panel} :is(.film-card, .chart-day, .callback)").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert somebody.faults() == []
