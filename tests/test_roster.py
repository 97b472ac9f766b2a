"""The roster: which engines there are, which are ready, and which can make an order, or why none can."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from openhorse import licences, roster
from openhorse.catalog import Catalog, load
from openhorse.cli import app
from openhorse.engines import readiness
from openhorse.engines.added import SERVERS, read_words, write_words
from openhorse.engines.remote import Servers
from openhorse.engines.vendors import UpstreamTerms
from openhorse.errors import InvalidOrder, NoEngine
from openhorse.local import generate
from openhorse.outbound import Outbound
from openhorse.profiles import Profile, profiles
from openhorse.roster import LOCAL, Roster
from openhorse.store.database import Database
from openhorse.store.engines import Added, remove_engine, write_engine
from openhorse.vocabulary import Mode, Order, Ratio, Tier

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TEXT = Order("native", "happyhorse-1.1/text-to-video", Mode.TEXT, "a lake", Tier.P480, 5, Ratio.R16_9)
LONG = replace(TEXT, seconds=10)
THREE = replace(
    TEXT, model="happyhorse-1.1/reference-to-video", mode=Mode.REFERENCE, pictures=("blob:1", "blob:2", "blob:3")
)


@pytest.fixture
def database(tmp_path: Path) -> Any:
    """A fresh database."""
    made = Database(f"sqlite:///{tmp_path / 'openhorse.db'}")
    made.migrate()
    yield made
    made.close()


class StandIn:
    """Who talks to an inference server, as far as the roster asks it anything."""

    def __init__(self, servers: Servers, profile: Profile, key: str | None) -> None:
        self.name, self.key, self.why_not, self.close = servers.name, key, profile.why_not, lambda: None


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines of some profiles are installed, nobody is talked to, and the roster always looks anew."""
    monkeypatch.setitem(cast(dict[str, str], SERVERS), "omni", f"{__name__}:StandIn")
    monkeypatch.setattr(roster, "engine_names", lambda: ["h3", "k6", "procedural", "wan"])
    monkeypatch.setattr(roster, "FRESH_SECONDS", 0.0)


def opened(
    database: Database, *default: str, routes: dict[str, Any] | None = None, missing: Sequence[str] = ()
) -> Roster:
    """A roster with these routes, where the weights of the models called `missing` are not there."""
    catalog = Catalog({**load().data, "routes": routes or {}})
    outbound = Outbound([ip_network("127.0.0.0/8")])

    def obstacle(profile: Profile) -> str | None:
        return "its weights are not here" if profile.name in missing else None

    return Roster(database, catalog, outbound, default or ("procedural",), obstacle)


def add(database: Database, words: Servers | UpstreamTerms, kind: str = "omni") -> None:
    """What `openhorse engines add` does."""
    with database.transaction() as connection:
        write_engine(connection, Added(words.name, kind, write_words(words)), NOW)


@pytest.mark.usefixtures("models")
def test_an_order_goes_to_those_that_can_make_all_of_it(database: Database) -> None:
    """In order of preference; who cannot is passed over, never asked for less."""
    there = opened(database, "wan", "k6", "procedural")
    assert there.route(TEXT) == ("wan", "k6", "procedural")
    assert there.route(LONG) == ("procedural",)
    assert there.route(THREE) == ("procedural",)
    with pytest.raises(NoEngine, match=r"wan: .* makes 3 to 5 seconds; k6: Kandinsky .* makes 3 to 5 seconds") as found:
        opened(database, "wan", "k6").route(LONG)
    assert found.value.field is None


@pytest.mark.usefixtures("models")
def test_an_order_that_names_an_engine_goes_to_no_other(database: Database) -> None:
    """Where that one cannot make it, or is not ready, its customer hears why."""
    there = opened(database, "wan", "procedural", missing=["k6"])
    assert there.route(replace(TEXT, engine="procedural")) == ("procedural",)
    for order, why in ((replace(LONG, engine="wan"), "3 to 5 seconds"), (replace(TEXT, engine="k6"), "weights")):
        with pytest.raises(NoEngine, match=why) as found:
            there.route(order)
        assert found.value.field == "engine"
    with pytest.raises(InvalidOrder, match="unknown engine 'magic'; available: h3, k6, procedural, wan"):
        there.route(replace(TEXT, engine="magic"))


@pytest.mark.usefixtures("models")
def test_the_catalogs_routes_go_before_the_setting(database: Database) -> None:
    """The closest line counts: model and mode, then model, then mode."""
    routes = {
        "happyhorse-1.1/text-to-video": ["k6", "wan"],
        "happyhorse-1.1": ["wan"],
        "text-to-video": ["procedural"],
    }
    there = opened(database, "procedural", routes=routes)
    there.check()
    assert there.route(TEXT) == ("k6", "wan")
    image = replace(TEXT, model="happyhorse-1.1/image-to-video", mode=Mode.IMAGE, pictures=("blob:1",), ratio=None)
    assert there.route(image) == ("wan",)
    assert there.route(replace(TEXT, model="happyhorse-1.0/text-to-video")) == ("procedural",)
    assert there.route(replace(TEXT, model="no-longer-sold")) == ("procedural",)


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("default", "routes", "why"),
    [
        (["procedural", "magic"], {}, "OPENHORSE_ENGINE: unknown engine 'magic'; available: h3"),
        (["procedural"], {"happyhorse-1.1": ["magic"]}, "routes: happyhorse-1.1: unknown engine 'magic'"),
        (["procedural"], {"happyhorse-9": ["wan"]}, "routes: no model or mode 'happyhorse-9'; there are"),
        (["procedural"], {"text-to-video": "wan"}, "routes: text-to-video: a list of engines is expected"),
        (["procedural"], {"text-to-video": []}, "a list of engines is expected"),
    ],
)
def test_what_names_no_engine_is_refused_at_the_start(
    database: Database, default: list[str], routes: dict[str, Any], why: str
) -> None:
    """With what there is instead."""
    with pytest.raises(InvalidOrder, match=why):
        opened(database, *default, routes=routes).check()


@pytest.mark.usefixtures("models")
def test_what_the_operator_does_is_seen_without_a_restart(database: Database) -> None:
    """A licence that is accepted, an engine that is added and one that is taken away."""
    there = opened(database, "h3", "procedural")
    assert there.route(TEXT) == ("procedural",)
    with pytest.raises(NoEngine, match="openhorse models accept h3"):
        there.route(replace(TEXT, engine="h3"))
    with database.transaction() as connection:
        licences.accept(connection, profiles(load())["h3"].licence, NOW)
    assert there.route(TEXT) == ("h3", "procedural")
    with pytest.raises(InvalidOrder, match="unknown engine 'big'"):
        there.route(replace(TEXT, engine="big"))
    add(database, Servers("big", ("http://127.0.0.1:9",), "h3"))
    assert there.route(replace(THREE, engine="big")) == ("big",)
    with database.transaction() as connection:
        assert remove_engine(connection, "big")
    assert "big" not in there.names()


def test_the_database_is_not_asked_at_every_order(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read holds for a while, and for as long as the database does not answer."""
    there, looks = opened(database), [0]
    look = there._look

    def counted() -> Any:
        looks[0] += 1
        return look()

    monkeypatch.setattr(there, "_look", counted)
    for _ in range(100):
        there.route(TEXT)
    assert looks == [0]
    monkeypatch.setattr(roster, "FRESH_SECONDS", 0.0)
    there.route(TEXT)
    assert looks == [1]
    database.close()
    (Path(str(database.url.database))).unlink()
    assert there.route(TEXT) == ("procedural",)


@pytest.mark.usefixtures("models")
def test_an_engine_elsewhere_is_ready_with_its_licence_and_its_key(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a film whose first engine it is, is made elsewhere."""
    monkeypatch.delenv("BIG_KEY", raising=False)
    add(database, Servers("big", ("http://127.0.0.1:9",), "k6", key_env="BIG_KEY"))
    add(database, Servers("large", ("http://127.0.0.1:9",), "h3"))
    there = opened(database, "big", "procedural")
    stands = {one.name: one for one in there.standing()}
    assert (stands["big"].kind, stands["big"].where) == ("omni", ("http://127.0.0.1:9",))
    assert "BIG_KEY" in (stands["big"].why_not or "")
    assert "openhorse models accept h3" in (stands["large"].why_not or "")
    assert (stands["procedural"].kind, stands["procedural"].why_not) == (LOCAL, None)
    assert not there.is_elsewhere(TEXT)
    monkeypatch.setenv("BIG_KEY", "sk-1")
    assert there.route(TEXT) == ("big", "procedural")
    assert there.is_elsewhere(TEXT)
    assert not there.is_elsewhere(LONG)
    assert not there.is_elsewhere(replace(TEXT, engine="magic"))
    remote = there.remote("big")
    assert remote is there.remote("big")
    assert isinstance(remote, StandIn)
    assert (there.remote("procedural"), there.remote("magic")) == (None, None)
    assert there.first_at_home() == "procedural"
    there.close()


@pytest.mark.usefixtures("models")
def test_an_engine_that_a_newer_version_has_added_is_listed_and_not_used(database: Database) -> None:
    """Whatever it has written."""
    strange = {
        "comfy": ("comfy", '{"version": 1}'),
        "later": ("omni", '{"version": 2, "urls": ["http://x"], "profile": "k6"}'),
        "more": ("omni", '{"version": 1, "urls": ["http://x"], "profile": "k6", "colour": "red"}'),
        "broken": ("dashscope", "["),
    }
    with database.transaction() as connection:
        for name, (kind, text) in strange.items():
            write_engine(connection, Added(name, kind, text), NOW)
    there = opened(database, *strange, "procedural")
    there.check()
    assert there.route(TEXT) == ("procedural",)
    told = {one.name: one.why_not for one in there.standing() if one.name in strange}
    assert set(told.values()) == {"another version of OpenHorse has added it"}
    assert len(told) == len(strange)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("sglang", Servers("a", ("http://1#ref2va", "http://2"), "k6", "KEY")),
        ("evolink", UpstreamTerms("a", "evolink", family="happyhorse-1.0", day_micros=5, seats=2)),
    ],
)
def test_words_are_read_as_they_were_written(kind: str, words: Servers | UpstreamTerms) -> None:
    """With a version beside them, and no key."""
    assert read_words("a", kind, write_words(words)) == words
    assert '"version": 1' in write_words(words)


@pytest.mark.usefixtures("models")
def test_a_film_without_a_server_goes_by_the_same_licences_and_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the data folder, though it is made in a folder of its own; engines elsewhere are a server's matter."""
    monkeypatch.setenv("OPENHORSE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OPENHORSE_ENGINE", "big,h3")
    monkeypatch.setattr(readiness, "_missing", lambda: ())
    for engine in ("h3", None):
        with pytest.raises(NoEngine, match="openhorse models accept h3"):
            generate("a lake", engine=engine, output=tmp_path / "x.mp4")
    assert not (tmp_path / "data").exists()
    assert CliRunner().invoke(app, ["models", "accept", "h3", "--yes"]).exit_code == 0
    with pytest.raises(NoEngine, match=r"big: there is no such engine here; h3: .*openhorse models pull h3"):
        generate("a lake", output=tmp_path / "x.mp4")


def test_the_servers_process_loads_no_engine() -> None:
    """Neither its own nor what they are made of."""
    heavy = ["torch", "numba", "cv2", "openhorse.engines.procedural", "openhorse.engines.diffusion"]
    code = f"import sys, openhorse.roster, openhorse.server.app; print([one for one in {heavy} if one in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
