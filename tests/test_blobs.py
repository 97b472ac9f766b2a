"""Blobs: what is put comes out again, whole, in ranges, and only to who has a link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from objects import fresh_prefix, the_server
from openhorse.errors import Gone, NotFound, StorageFailed
from openhorse.store.blobs import Blobs, Links

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(params=["disk", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    """An empty store: in a folder whose name needs escaping in a URL, and in a bucket."""
    if request.param == "disk":
        return Blobs((tmp_path / "a b" / "blobs").as_uri())
    for name, value in the_server().settings().items():
        monkeypatch.setenv(name, value)
    return Blobs(fresh_prefix())


def test_bytes_and_files_come_back(blobs: Blobs, tmp_path: Path) -> None:
    """Both ways in lead to the same way out, and a second put replaces the first."""
    blobs.put_bytes("inputs/a.png", b"one")
    blobs.put_bytes("inputs/a.png", b"other")
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(range(256)) * 40_000)
    blobs.put_file("films/t.mp4", film)
    assert blobs.read("inputs/a.png") == b"other"
    assert blobs.size("films/t.mp4") == 10_240_000
    assert b"".join(blobs.stream("films/t.mp4", 0, 10_240_000)) == film.read_bytes()
    assert film.exists()


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(0, 10, b"0123456789"), (3, 7, b"3456"), (9, 10, b"9"), (4, 4, b"")]
)
def test_ranges_are_half_open(blobs: Blobs, start: int, end: int, expected: bytes) -> None:
    """From start up to but not including end."""
    blobs.put_bytes("x", b"0123456789")
    assert b"".join(blobs.stream("x", start, end)) == expected


def test_a_copy_goes_into_another_store(blobs: Blobs, tmp_path: Path) -> None:
    """Whole, from a folder or a bucket into a folder; what is not there is not copied."""
    content = bytes(range(256)) * 40_000
    blobs.put_bytes("films/t.mp4", content)
    other = Blobs((tmp_path / "other").as_uri())
    blobs.copy("films/t.mp4", other)
    assert other.read("films/t.mp4") == content
    with pytest.raises(NotFound):
        blobs.copy("films/u.mp4", other)


def test_what_lies_in_a_folder_is_listed(blobs: Blobs) -> None:
    """Its keys and sizes, in batches, and nothing of another folder; there are no halves."""
    for number in range(3):
        blobs.put_bytes(f"films/{number}.mp4", b"x" * number)
    blobs.put_bytes("inputs/a.png", b"x")
    found = [one for batch in blobs.listed("films") for one in batch]
    assert sorted((one.key, one.bytes) for one in found) == [(f"films/{number}.mp4", number) for number in range(3)]
    assert all(one.at.tzinfo is not None for one in found)
    assert list(blobs.halves("films")) == []


def test_what_is_not_there(blobs: Blobs) -> None:
    """Reading raises at once, sizing says None, deleting is content."""
    with pytest.raises(NotFound):
        blobs.read("films/none.mp4")
    with pytest.raises(NotFound):
        blobs.stream("films/none.mp4", 0, 5)
    assert blobs.size("films/none.mp4") is None
    blobs.delete("films/none.mp4")
    blobs.put_bytes("films/some.mp4", b"x")
    blobs.delete("films/some.mp4")
    assert blobs.size("films/some.mp4") is None


def test_many_go_at_once(blobs: Blobs) -> None:
    """All that are named, though one of them was not there; and nothing else."""
    for number in range(4):
        blobs.put_bytes(f"inputs/{number}.png", b"x")
    blobs.delete("inputs/0.png", "inputs/none.png", "inputs/1.png")
    blobs.delete("inputs/2.png", "inputs/1.png")
    blobs.delete()
    assert [one.key for batch in blobs.listed("inputs") for one in batch] == ["inputs/3.png"]


def test_trouble_with_the_store_is_our_error(tmp_path: Path) -> None:
    """A folder that became a file is reported as StorageFailed, which may be tried again."""
    blobs = Blobs((tmp_path / "blobs").as_uri())
    (tmp_path / "blobs" / "films").write_bytes(b"in the way")
    with pytest.raises(StorageFailed):
        blobs.put_bytes("films/x.mp4", b"x")


def test_links_open_their_blob_until_they_expire() -> None:
    """Good to the last second, Gone after it."""
    links = Links(b"s" * 32)
    query = {name: values[0] for name, values in parse_qs(links.sign("films/t.mp4", NOON)).items()}
    assert set(query) == {"e", "s"}
    links.check("films/t.mp4", query["e"], query["s"], NOON - timedelta(seconds=1))
    with pytest.raises(Gone):
        links.check("films/t.mp4", query["e"], query["s"], NOON)


def test_forged_links_open_nothing() -> None:
    """Another blob, a longer life, another installation's secret, and plain rubbish are all unknown."""
    links = Links(b"s" * 32)
    query = {name: values[0] for name, values in parse_qs(links.sign("films/t.mp4", NOON)).items()}
    later = str(int(query["e"]) + 3600)
    for key, e, s in [
        ("films/u.mp4", query["e"], query["s"]),
        ("films/t.mp4", later, query["s"]),
        ("films/t.mp4", "not a number", query["s"]),
        ("films/t.mp4", query["e"], ""),
        ("films/t.mp4", query["e"], "é\udc80"),
        ("films/t.mp4\udc80", query["e"], query["s"]),
    ]:
        with pytest.raises(NotFound) as refused:
            links.check(key, e, s, NOON - timedelta(hours=1))
        assert not isinstance(refused.value, Gone)
    with pytest.raises(NotFound):
        Links(b"t" * 32).check("films/t.mp4", query["e"], query["s"], NOON - timedelta(hours=1))
