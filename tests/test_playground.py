"""The playground in a real browser against a real server: three modes, keyboard, phone, dark, Chinese, axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from browsers import FILM_MILLISECONDS, PATIENCE_MILLISECONDS, chromium, visiting
from serving import SECRET, Served, landscape, mascot, wait_for

expect.set_options(timeout=PATIENCE_MILLISECONDS)

PLAYS = """async (film) => {
    film.muted = false;
    await film.play();
    for (let tries = 0; film.currentTime === 0 && tries < 200; tries++) await new Promise((go) => setTimeout(go, 50));
    return {ready: film.readyState, at: film.currentTime, heard: film.webkitAudioDecodedByteCount, error: film.error};
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for this module, which may open no address at all."""
    with Served(tmp_path_factory.mktemp("served"), allow="") as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this module."""
    with chromium() as running:
        yield running


def make_short(page: Page, engine: str = "plain") -> None:
    """Choose the smallest film there is, and order it."""
    page.get_by_text("480p", exact=True).click()
    page.locator("input[name=seconds]").fill("3")
    page.locator("select[name=engine]").select_option(engine)
    page.locator(".order-button").click()


def assert_plays(page: Page) -> None:
    """The film is there, moves and is heard."""
    film = page.locator("video")
    film.wait_for(timeout=FILM_MILLISECONDS)
    told = film.evaluate(PLAYS)
    assert told["error"] is None
    assert told["ready"] >= 2
    assert told["at"] > 0
    assert told["heard"] > 0


def picture(name: str, content: bytes) -> dict[str, object]:
    """A file as Playwright gives it to a chooser."""
    return {"name": name, "mimeType": "image/png", "buffer": content}


def test_a_text_becomes_a_film(served: Served, browser: Browser) -> None:
    """By the procedural engine: the price before, progress meanwhile, a film that plays, and what was understood."""
    with visiting(browser, served.url) as visitor:
        visitor.sign_in()
        page = visitor.page
        page.get_by_text("Examples").click()
        page.locator(".example").first.click()
        expect(page.locator("#prompt")).to_have_value(
            "A red fox walks through a snowy pine forest at dawn, watercolour"
        )
        page.locator("#prompt").fill("A butterfly flies over a meadow, zzyzx")
        expect(page.locator(".estimate-price")).to_have_text("$0.70")
        make_short(page, "procedural")
        expect(page.locator(".estimate-price")).to_have_text("$0.21")
        expect(page.get_by_role("progressbar")).to_be_visible()
        assert_plays(page)
        assert page.locator("video").evaluate("film => [film.videoWidth, film.videoHeight]") == [854, 480]
        expect(page.locator(".facts")).to_contain_text("procedural")
        expect(page.locator(".shots")).to_contain_text("butterfly")
        expect(page.locator(".understood")).to_contain_text("zzyzx")
        expect(page.locator(".notes li").first).to_be_visible()
        assert "#make/task_" in page.url
        page.reload()  # the address holds the task, the tab the key
        expect(page.locator("video")).to_be_visible()
        assert visitor.faults() == []


def test_an_engine_that_is_not_ready_cannot_be_picked(served: Served, browser: Browser) -> None:
    """It comes last, in grey, and says why."""
    with visiting(browser, served.url) as visitor:
        visitor.sign_in()
        options = (
            "[...document.querySelector('select[name=engine]').options].map(one => [one.text, one.disabled, one.title])"
        )
        told = visitor.page.evaluate(options)
    assert ["plain", False, ""] in told
    assert ["wan (not ready)", True] in [one[:2] for one in told]
    assert all(bool(why) == is_grey for _text, is_grey, why in told)
    assert [is_grey for _text, is_grey, _why in told] == sorted(is_grey for _text, is_grey, _why in told)


def test_a_picture_moves_and_goes_on(served: Served, browser: Browser) -> None:
    """A first frame by the chooser; another seed makes another film; the last frame is the next film's first."""
    with visiting(browser, served.url) as visitor:
        visitor.sign_in()
        page = visitor.page
        page.get_by_role("tab", name="Image").click()
        make_short(page)
        expect(page.locator(".hindrance")).to_have_text("Give it a first frame.")
        page.locator("input[type=file]").set_input_files(picture("tiny.png", landscape(200, 150)))
        expect(page.locator(".problem")).to_contain_text("300")
        page.get_by_role("button", name="Remove tiny.png").click()
        page.locator("input[type=file]").set_input_files(picture("hills.png", landscape()))
        expect(page.locator(".thumb-busy")).to_have_count(0)
        page.locator(".order-button").click()
        assert_plays(page)
        first = page.url
        page.get_by_role("button", name="Again, another seed").click()
        page.wait_for_url(lambda url: url != first)
        expect(page.locator("video")).to_be_visible()
        page.get_by_role("button", name="Continue from the last frame").click()
        expect(page.locator(".thumb-name")).to_contain_text("last-frame-")
        assert visitor.faults() == []


def test_references_are_numbered_named_and_moved(served: Served, browser: Browser) -> None:
    """Dropped and pasted pictures; a click names one where the caret is, and the prompt's numbers move with them."""
    with visiting(browser, served.url) as visitor:
        visitor.sign_in()
        page = visitor.page
        page.get_by_role("tab", name="References").click()
        give = """async ([kind, target, bytes]) => {
            const given = new DataTransfer();
            given.items.add(new File([new Uint8Array(bytes)], `${kind}.png`, {type: "image/png"}));
            const event = kind === "drop"
                ? new DragEvent("drop", {dataTransfer: given, bubbles: true, cancelable: true})
                : new ClipboardEvent("paste", {clipboardData: given, bubbles: true});
            document.querySelector(target).dispatchEvent(event);
        }"""
        page.evaluate(give, ["drop", ".drop", list(mascot())])
        expect(page.locator(".thumb")).to_have_count(1)
        page.evaluate(give, ["paste", "body", list(landscape())])
        expect(page.locator(".thumb")).to_have_count(2)
        prompt = page.locator("#prompt")
        prompt.fill("A walk in [Image 3]")
        page.locator(".order-button").click()
        expect(page.locator(".hindrance")).to_have_text("The prompt names [Image 3], and there are 2 pictures.")
        prompt.fill("A walk in ")
        page.get_by_role("button", name="Name [Image 2] in the prompt").click()
        expect(prompt).to_have_value("A walk in [Image 2] ")
        page.locator(".thumb").nth(1).hover()
        page.get_by_role("button", name="Move [Image 2] to the left").click()
        expect(prompt).to_have_value("A walk in [Image 1] ")
        assert page.locator(".thumb img").first.get_attribute("alt") == "paste.png"
        page.get_by_role("button", name="Remove [Image 2]").click()
        expect(page.locator(".thumb")).to_have_count(1)
        make_short(page)
        assert_plays(page)
        assert visitor.faults() == []


def test_the_keyboard_is_enough(served: Served, browser: Browser) -> None:
    """From signing in to a film that plays, without a mouse; what has the focus is always seen."""
    with visiting(browser, served.url) as visitor:
        page, keys = visitor.page, visitor.page.keyboard
        page.goto(visitor.url)
        page.get_by_label("API").wait_for()
        tab_to(page, "input[name=key]")
        keys.type(SECRET)
        keys.press("Enter")
        page.locator("#prompt").wait_for()
        tab_to(page, "#prompt")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        keys.type("A grey film")
        tab_to(page, "input[name=resolution]")
        keys.press("ArrowLeft")
        tab_to(page, "input[name=seconds]")
        keys.press("Home")
        expect(page.locator(".estimate-price")).to_have_text("$0.21")
        tab_to(page, ".order-button")
        keys.press("Enter")
        page.locator("video").wait_for()
        tab_to(page, "video")
        keys.press("Space")
        wait_for(lambda: page.locator("video").evaluate("film => film.currentTime > 0"))


def key_of(route: Route) -> str | None:
    """The Idempotency-Key of an order."""
    return route.request.headers.get("idempotency-key")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until it has the focus."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_a_film_is_followed_and_cancelled(served: Served, browser: Browser) -> None:
    """Progress grows and is said aloud; a cancel is told, with that nothing was charged."""
    with visiting(browser, served.url) as visitor:
        visitor.sign_in()
        page = visitor.page
        page.locator("#prompt").fill("A slow one")
        make_short(page, "slow")
        wait_for(lambda: page.evaluate("document.querySelector('progress')?.value > 0.3"))
        assert "%" in page.title()
        expect(page.locator(".frame-picture")).to_be_visible()
        expect(page.locator(".unseen[role=status]")).to_contain_text("percent")
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".ended")).to_contain_text("Nothing was charged")


def test_a_phone_in_chinese_and_dark(served: Served, browser: Browser) -> None:
    """Nothing is wider than the phone, the words are Chinese, the page is dark; switches turn both round, for good."""
    with visiting(browser, served.url, width=375, language="zh-CN", dark=True) as visitor:
        page = visitor.page
        page.goto(visitor.url)
        page.get_by_label("API").wait_for()
        assert visitor.faults() == []
        visitor.sign_in()
        for tab in ("文字", "图片", "参考图"):
            page.get_by_role("tab", name=tab).click()
            assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"
        dark = "getComputedStyle(document.documentElement).backgroundColor"
        assert page.evaluate(dark) == "rgb(14, 19, 17)"
        assert visitor.faults() == []
        page.get_by_role("button", name="配色：跟随系统").click()
        page.get_by_role("button", name="Show this page in English").click()
        page.reload()
        expect(page.get_by_role("tab", name="References")).to_be_visible()
        assert page.evaluate(dark) == "rgb(243, 245, 243)"


def test_a_wrong_key_and_a_lost_server(served: Served, browser: Browser) -> None:
    """Both are said in plain words; a key is kept beyond the tab only where that was asked for."""
    with visiting(browser, served.url) as visitor:
        page = visitor.page
        page.goto(visitor.url)
        page.get_by_label("API").fill("sk-wrong")
        page.locator("form button.primary").click()
        expect(page.locator(".problem")).to_have_text("The server does not know this key.")
        assert visitor.faults() == []
        visitor.sign_in()
        assert page.evaluate("localStorage.getItem('openhorse.key')") is None
        keys: list[str | None] = []
        page.route("**/openhorse/v1/tasks", lambda route: (keys.append(key_of(route)), route.abort()))
        for count, prompt in enumerate(("A lake", "A lake", "A sea"), 1):
            page.locator("#prompt").fill(prompt)
            page.locator(".order-button").click()
            wait_for(lambda count=count: page.locator(".order-button").is_enabled() and len(keys) == count)
            expect(page.locator(".problem")).to_contain_text("The server does not answer")
        assert keys[0] is not None
        assert (keys[1] == keys[0], keys[2] == keys[0]) == (True, False)  # a lost order is made once
        visitor.complaints.clear()  # the browser's own word on that
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("API").fill(SECRET)
        page.get_by_label("Remember it on this machine").check()
        page.locator("form button.primary").click()
        page.locator("#prompt").wait_for()
        assert page.evaluate("JSON.parse(localStorage.getItem('openhorse.key'))") == SECRET
