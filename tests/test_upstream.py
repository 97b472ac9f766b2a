"""Hosted vendors, played by a second OpenHorse that speaks their dialects: asked once, looked at, fetched, stopped."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import SECRET, House, running_house
from openhorse.catalog import load
from openhorse.dialects import NAMES, Report, dialect_named
from openhorse.engines.remote import Lost, Place, Sent
from openhorse.engines.uploading import packed
from openhorse.engines.upstream import Upstream
from openhorse.engines.vendors import VENDORS, UpstreamTerms, charge_of
from openhorse.errors import EngineUnavailable, InvalidOrder, UpstreamError
from openhorse.house import links_until
from openhorse.outbound import Outbound
from openhorse.vocabulary import Callback, Failure, Mode, Order, Ratio, Status, Tier
from serving import Customer, customers_server
from test_server import film, png

CATALOG = load()
OUTBOUND = Outbound([ip_network("127.0.0.0/8")])

ORDERS = {
    Mode.TEXT: Order("native", "happyhorse-1.1/text-to-video", Mode.TEXT, "a lake at dawn", Tier.P720, 7, Ratio.R9_16),
    Mode.IMAGE: Order("native", "happyhorse-1.1/image-to-video", Mode.IMAGE, "drifting clouds", Tier.P1080, 5),
    Mode.REFERENCE: Order(
        "native",
        "happyhorse-1.1/reference-to-video",
        Mode.REFERENCE,
        "[Image 1] walks past 图2",
        Tier.P720,
        3,
        Ratio.R1_1,
    ),
}
PICTURES = {Mode.TEXT: 0, Mode.IMAGE: 1, Mode.REFERENCE: 2}
IDEMPOTENT = [name for name in NAMES if VENDORS[name].has_idempotency]


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The vendor."""
    with running_house(tmp_path_factory.mktemp("behind")) as running:
        yield running


@pytest.fixture(scope="module")
def shelf() -> Iterator[Customer]:
    """Our own server's public links to pictures."""
    with customers_server() as server:
        server.pictures |= {"/0.png": png(640, 400), "/1.png": png(500, 450)}
        yield server


def order_in(mode: Mode) -> Order:
    """An order as the front server has it: with a seed, a callback and a mark, which are nobody's business there."""
    pictures = tuple(f"blob:{index}" for index in range(PICTURES[mode]))
    callback = Callback("https://customer.example/hook")
    return replace(
        ORDERS[mode], pictures=pictures, seed=11, callback=callback, watermark=True, engine="theirs", enhance=True
    )


def sent(shelf: Customer, mode: Mode) -> list[Sent]:
    """Its pictures."""
    names = [f"/{index}.png" for index in range(PICTURES[mode])]
    return [Sent(shelf.pictures[name], shelf.url + name) for name in names]


def terms_of(behind: House, dialect: str, **more: object) -> UpstreamTerms:
    """The vendor in that dialect, as an operator names it."""
    url = behind.url if dialect == "native" else f"{behind.url}/{dialect}"
    return UpstreamTerms("theirs", dialect, url, "THEIR_KEY", **more)  # type: ignore[arg-type]


def upstream_of(behind: House, dialect: str, key: str = SECRET) -> Upstream:
    """Who speaks to it."""
    return Upstream(terms_of(behind, dialect), CATALOG, OUTBOUND, {"THEIR_KEY": key})


def asked(upstream: Upstream, shelf: Customer, mode: Mode, once: str | None = None) -> tuple[Place, Report]:
    """A film that was asked for, by a name of its own unless one is given."""
    order = order_in(mode)
    (place,) = upstream.places(order)
    return place, upstream.ask(place, order, sent(shelf, mode), once or secrets.token_hex(8))


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("dialect", NAMES)
def test_a_film_is_asked_for_made_and_fetched(
    behind: House, shelf: Customer, tmp_path: Path, dialect: str, mode: Mode
) -> None:
    """What the vendor makes is what was ordered, without our mark and callback; its film comes back byte for byte."""
    upstream, order = upstream_of(behind, dialect), order_in(mode)
    assert upstream.why_not(order) is None
    place, report = asked(upstream, shelf, mode)
    taken = behind.rooms.tasks.any(report.id).order
    wanted = (order.mode, order.tier, order.seconds, order.ratio, len(order.pictures), False, None, None)
    made = (taken.mode, taken.tier, taken.seconds, taken.ratio, len(taken.pictures))
    assert (*made, taken.watermark, taken.callback, taken.engine) == wanted
    assert taken.model == CATALOG.made_by(dialect, "happyhorse-1.1", mode).model
    assert taken.enhance is (False if dialect == "native" else None)  # it was done here
    assert (taken.seed == 11) == (dialect != "hiapi")
    assert bool(upstream.notes(order)) == (dialect == "hiapi")
    if dialect != "openai":
        assert place.label == taken.model
    assert upstream.look(place, report).status is Status.QUEUED
    film(behind, report.id, b"a whole film")
    done = upstream.look(place, report)
    assert (done.status, done.failure) == (Status.SUCCEEDED, None)
    upstream.fetch(place, done, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == b"a whole film"
    tells = dialect in ("native", "evolink", "dashscope")
    assert done.charge_micros == (place.micros if tells else None)
    upstream.close()


@pytest.mark.parametrize("dialect", NAMES)
def test_references_are_named_as_the_vendor_names_them(behind: House, shelf: Customer, dialect: str) -> None:
    """EvoLink's prompts say character1, the others' [Image 1]; a prompt without references is left alone."""
    upstream = upstream_of(behind, dialect)
    _, report = asked(upstream, shelf, Mode.REFERENCE)
    names = ("character1", "character2") if dialect == "evolink" else ("[Image 1]", "[Image 2]")
    assert behind.rooms.tasks.any(report.id).order.prompt == f"{names[0]} walks past {names[1]}"
    text = replace(order_in(Mode.TEXT), prompt="图1 character1")
    (place,) = upstream.places(text)
    assert (
        behind.rooms.tasks.any(upstream.ask(place, text, [], secrets.token_hex(8)).id).order.prompt == "图1 character1"
    )
    upstream.close()


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("dialect", IDEMPOTENT)
def test_a_repeated_request_makes_one_film(behind: House, shelf: Customer, dialect: str, mode: Mode) -> None:
    """Where the vendor tells a repeated request by its name, pictures and all; another name is another film."""
    upstream = upstream_of(behind, dialect)
    before = len(behind.enqueued)
    _, first = asked(upstream, shelf, mode, f"{mode}-1")
    _, again = asked(upstream, shelf, mode, f"{mode}-1")
    _, other = asked(upstream, shelf, mode, f"{mode}-2")
    assert first.id == again.id != other.id
    assert len(behind.enqueued) == before + 2
    upstream.close()


@pytest.mark.parametrize("dialect", NAMES)
def test_a_film_that_fails_there_says_why(behind: House, shelf: Customer, dialect: str) -> None:
    """The vendor's failure is an upstream's, whatever its code; moderation's stays its own where it can be told."""
    upstream = upstream_of(behind, dialect)
    for code in ("engine_unavailable", "internal_error", "picture_refused", "content_refused"):
        place, report = asked(upstream, shelf, Mode.TEXT)
        behind.rooms.tasks.start(report.id)
        behind.rooms.tasks.fail(report.id, Failure(code, "so it is told", retry=True))
        done = upstream.look(place, report)
        assert done.status is Status.FAILED
        assert done.failure is not None
        is_told = code == "content_refused" and dialect != "hiapi"
        assert done.failure.code == ("content_refused" if is_told else "upstream_error")
        assert "so it is told" in done.failure.message
    upstream.close()


@pytest.mark.parametrize("dialect", NAMES)
def test_a_film_that_the_vendor_does_not_know_is_lost(behind: House, dialect: str) -> None:
    """Its id is of the right form, and nobody's."""
    upstream = upstream_of(behind, dialect)
    nobodys = dialect_named(dialect).new_task_id(behind.clock())
    with pytest.raises(Lost):
        upstream.look(Place("x"), Report(nobodys, Status.RUNNING))
    upstream.close()


@pytest.mark.parametrize("dialect", NAMES)
def test_a_vendor_that_does_not_know_our_key_is_away(
    behind: House, shelf: Customer, tmp_path: Path, dialect: str
) -> None:
    """It is not the customer's fault, who hears nothing of keys; health tells the operator."""
    well = upstream_of(behind, dialect)
    place, report = asked(well, shelf, Mode.TEXT)
    assert well.health(place) is None
    film(behind, report.id)
    done = well.look(place, report)
    for key, reason in (("sk-not-it", "does not accept the key"), ("", "THEIR_KEY")):
        upstream = upstream_of(behind, dialect, key)
        assert reason in (upstream.health(place) or "")
        with pytest.raises(EngineUnavailable) as refused:
            asked(upstream, shelf, Mode.TEXT)
        assert "key" not in refused.value.message.lower()
        with pytest.raises(EngineUnavailable):
            upstream.look(place, report)
        upstream.close()
    well.fetch(place, done, tmp_path / "film.mp4")
    well.close()


@pytest.mark.parametrize("dialect", NAMES)
def test_a_film_nobody_wants_is_stopped_where_the_vendor_can(behind: House, shelf: Customer, dialect: str) -> None:
    """DashScope stops what is PENDING only, OpenHorse anything; elsewhere it goes on, and so does one that is ready."""
    upstream = upstream_of(behind, dialect)
    reports = [asked(upstream, shelf, Mode.TEXT)[1] for _ in range(2)]
    ready_place, ready = asked(upstream, shelf, Mode.TEXT)
    behind.rooms.tasks.start(reports[1].id)
    film(behind, ready.id)
    stops = [upstream.stop(Place("x"), report) for report in reports]
    assert stops == {"dashscope": [True, False], "native": [True, True], "openai": [True, True]}.get(
        dialect, [False, False]
    )
    for report, stopped in zip(reports, stops, strict=True):
        if dialect != "openai":  # which forgets it
            assert (behind.rooms.tasks.any(report.id).status is Status.CANCELLED) == stopped
    if dialect != "openai":
        assert upstream.stop(ready_place, ready) is False
    upstream.close()


@pytest.mark.parametrize("dialect", [name for name in NAMES if name != "openai"])
def test_a_link_that_has_died_is_asked_for_anew(behind: House, shelf: Customer, tmp_path: Path, dialect: str) -> None:
    """Once: a film whose new link is as dead is gone."""
    upstream = upstream_of(behind, dialect)
    place, report = asked(upstream, shelf, Mode.TEXT)
    film(behind, report.id, b"a whole film")
    done = upstream.look(place, report)
    assert done.film is not None
    dead = replace(done, film=done.film + "0")
    upstream.fetch(place, dead, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == b"a whole film"
    behind.rooms.blobs.delete(f"films/{report.id}.mp4")
    with pytest.raises((UpstreamError, EngineUnavailable)):
        upstream.fetch(place, done, tmp_path / "other.mp4")
    assert not (tmp_path / "other.mp4").exists()
    upstream.close()


def test_places_say_what_the_vendor_allows_and_asks(behind: House) -> None:
    """One model of the vendor's, its limits and its price; the operator may say less, and which HappyHorse."""
    order = order_in(Mode.TEXT)
    (place,) = upstream_of(behind, "dashscope").places(order)
    assert place == Place("happyhorse-1.1-t2v", 5, 5, 7 * 140_000)
    own = terms_of(behind, "dashscope", family="happyhorse-1.0", seats=2, per_second=1, day_micros=5_000_000)
    upstream = Upstream(own, CATALOG, OUTBOUND, {})
    assert upstream.places(order) == (Place("happyhorse-1.0-t2v", 2, 1, 7 * 140_000),)
    assert (upstream.caps.day_micros, upstream.caps.month_micros) == (5_000_000, None)


def test_what_a_vendor_cannot_do_is_refused_with_the_reason(behind: House) -> None:
    """Nothing is weakened: another tier, ratio or mode is another film."""
    hiapi, evolink, wavespeed = (upstream_of(behind, name) for name in ("hiapi", "evolink", "wavespeed"))
    text, image = order_in(Mode.TEXT), order_in(Mode.IMAGE)
    older = Upstream(terms_of(behind, "hiapi", family="happyhorse-1.0"), CATALOG, OUTBOUND, {})
    cases = [
        (hiapi, replace(text, tier=Tier.P480), "480p"),
        (older, image, "image-to-video"),
        (older, replace(text, ratio=Ratio.R21_9), "21:9"),
        (evolink, replace(text, model="happyhorse-1.0/text-to-video", ratio=Ratio.R5_4), "5:4"),
        (wavespeed, replace(text, prompt="a" * 2501), "2500"),
        (wavespeed, replace(image, pictures=("blob:0",) * 2), "2 pictures"),
        (wavespeed, replace(text, prompt=""), "prompt"),
        (wavespeed, replace(text, model="gone"), "gone"),
    ]
    for upstream, order, reason in cases:
        assert reason in (upstream.why_not(order) or "")
        assert upstream.places(order) == ()
    assert wavespeed.why_not(replace(text, prompt="a" * 2500, tier=Tier.P480)) is None
    assert evolink.notes(replace(text, seed=0))
    assert not evolink.notes(replace(text, seed=1))


def test_each_vendor_has_its_own_address() -> None:
    """Theirs unless the operator says another; files have a host of their own at EvoLink itself only."""
    assert UpstreamTerms("d", "dashscope").address == "https://dashscope-intl.aliyuncs.com"
    assert UpstreamTerms("d", "dashscope", "https://a.example/x/").address == "https://a.example/x"
    assert UpstreamTerms("e", "evolink").files_address == "https://files-api.evolink.ai"
    assert UpstreamTerms("e", "evolink", "https://a.example").files_address == "https://a.example"
    for dialect in ("native", "openai"):
        with pytest.raises(InvalidOrder):
            UpstreamTerms("o", dialect)


def test_our_links_to_pictures_stay_the_same_for_a_day() -> None:
    """HiAPI takes an order that reads otherwise under the same name for another one; the link is good for a day yet."""
    day = datetime(2026, 11, 21, tzinfo=UTC)
    ends = {links_until(day + timedelta(seconds=seconds)) for seconds in (0, 1, 86_399)}
    assert ends == {day + timedelta(days=2)}
    assert links_until(day + timedelta(days=1)) == day + timedelta(days=3)


def test_a_picture_too_heavy_for_the_vendor_is_made_lighter() -> None:
    """A photograph is heavier as PNG than it was: what a vendor takes 10 MB of goes as WebP, alpha and all."""
    noise = np.random.default_rng(7).integers(0, 255, (300, 300, 4), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    heavy = out.getvalue()
    assert packed(heavy, len(heavy)).data == heavy
    parcel = packed(heavy, len(heavy) - 1)
    assert (parcel.kind, parcel.name[-5:]) == ("image/webp", ".webp")
    with Image.open(io.BytesIO(parcel.data)) as image:
        assert (image.size, image.mode) == ((300, 300), "RGBA")
    with pytest.raises(UpstreamError):
        packed(heavy, 1000)


def test_dashscopes_usage_tells_what_a_film_has_cost() -> None:
    """The example of its pages: 5 seconds at 720P of 1.0; what says less, or nonsense, says nothing."""
    usage = {"duration": 5, "input_video_duration": 0, "output_video_duration": 5, "video_count": 1, "SR": 720}

    def told(usage: object, model: str = "happyhorse-1.0-t2v", kind: str = "dashscope") -> int | None:
        return charge_of(CATALOG, kind, model, {"usage": usage})

    assert told(usage) == 700_000
    assert told(usage | {"SR": 1080, "output_video_duration": 3.5}) == 840_000
    assert told(usage, kind="hiapi") is None
    for nonsense in (None, [], {}, usage | {"SR": 4320}, usage | {"output_video_duration": "5"}):
        assert told(nonsense) is None
    assert told(usage, model="gone") is None


def test_evolinks_credits_tell_what_a_film_has_cost() -> None:
    """The example of its pages, 12.15 credits a second, 68 to the dollar; what is only reserved is not charged yet."""
    words = dialect_named("evolink")
    example = {"id": "task-unified-1761313744-h1i2vcd9", "status": "pending", "usage": {"credits_reserved": 607_500}}
    assert words.read_task(example).charge_micros is None
    done = example | {"status": "completed", "results": ["https://a.example/1.mp4"]}
    for used, micros in ((607_500, 893_382), (0, 0), (None, None), ("607500", None), (-1, None), (True, None)):
        assert words.read_task(done | {"usage": {"credits_used": used}}).charge_micros == micros
