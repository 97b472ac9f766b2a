"""Backups: a folder that is made beside a running server, and a server that goes on from it."""

from __future__ import annotations

import hashlib
import shutil
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from openhorse.backups import back_up, read_backup
from openhorse.cli import app
from openhorse.errors import InvalidOrder, NotFound, StorageFailed
from openhorse.limits import Limits
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from serving import SECRET, Served, wait_for
from shops import NOON, Shop


def test_a_film_of_before_is_served_from_a_restored_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Backed up beside the running server, restored into a new folder, asked for with the same key and link secret."""
    monkeypatch.setenv("OPENHORSE_TEST_KIND", "sqlite")
    data, folder, restored = tmp_path / "data", tmp_path / "backup", tmp_path / "restored"
    data.mkdir()
    asking: Any = {"headers": {"Authorization": f"Bearer {SECRET}"}, "trust_env": False, "timeout": 60}
    with Served(data) as server, httpx2.Client(**asking) as client:
        made = client.post(f"{server.url}/openhorse/v1/tasks", json={"prompt": "a lake", "resolution": "480p"}).json()
        address = f"/openhorse/v1/tasks/{made['id']}"
        film = wait_for(lambda: (client.get(server.url + address).json()["film"] or {}).get("url"))
        content = client.get(film).content
        done = CliRunner().invoke(app, ["backup", str(folder), "--data", str(data)], catch_exceptions=False)
        assert '"copied": 7' in done.stdout  # the film and its stills
    shutil.rmtree(data)
    shutil.copytree(folder, restored)
    with Served(restored, options=["--no-workers"]) as again, httpx2.Client(**asking) as client:
        task = client.get(again.url + address).json()
        assert hashlib.sha256(client.get(task["film"]["url"]).content).digest() == hashlib.sha256(content).digest()
        assert client.get(task["last_frame_url"]).status_code == 200


def test_the_copy_is_of_one_moment(tmp_path: Path) -> None:
    """While tasks are taken in all the time, each of the copy has its event and its hold."""
    shop = Shop(f"sqlite:///{tmp_path / 'data' / 'openhorse.db'}")
    key = shop.key(Limits())
    shop.order(key)
    over = threading.Event()

    def order() -> None:
        while not over.is_set():
            shop.order(key)

    customer = threading.Thread(target=order)
    customer.start()
    try:
        for number in range(3):
            folder = tmp_path / f"backup{number}"
            made = back_up(shop.database, Blobs((tmp_path / "data/blobs").as_uri()), tmp_path / "data", folder, NOON)
            copy = folder / "openhorse.db"
            assert made.sha256 == hashlib.sha256(copy.read_bytes()).hexdigest() == read_backup(folder)["sha256"]
            opened = Database(f"sqlite:///{copy}")
            with opened.reading() as connection:
                counts = [
                    connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
                    for table in ("oh_tasks", "oh_events", "oh_ledger")
                ]
            opened.close()
            assert len(set(counts)) == 1
            assert counts[0]
    finally:
        over.set()
        customer.join()
        shop.database.close()


def test_only_what_is_missing_is_copied(shop: Shop, tmp_path: Path) -> None:
    """Also of a store whose database is on a server, which the backup then does not hold."""
    blobs, folder = Blobs((tmp_path / "data" / "blobs").as_uri()), tmp_path / "backup"
    blobs.put_bytes("films/a.mp4", b"one")
    blobs.put_bytes("inputs/b.png", b"three")
    first = back_up(shop.database, blobs, tmp_path / "data", folder, NOON)
    (folder / "blobs/films/a.mp4").write_bytes(b"o")  # the copy was cut off
    blobs.put_bytes("films/c.mp4", b"new")
    second = back_up(shop.database, blobs, tmp_path / "data", folder, NOON)
    assert [(made.blobs, made.blob_bytes, made.copied) for made in (first, second)] == [(2, 8, 2), (3, 11, 2)]
    assert (folder / "blobs/films/a.mp4").read_bytes() == b"one"
    assert (folder / "openhorse.db").exists() is (second.sha256 is not None) is not shop.database.is_server


def test_what_is_refused(tmp_path: Path) -> None:
    """The data folder itself, and one that holds no installation; what was cut off is no backup."""
    data = tmp_path / "data"
    shop = Shop(f"sqlite:///{data / 'openhorse.db'}")
    blobs = Blobs((data / "blobs").as_uri())
    before = (data / "openhorse.db").read_bytes()
    for folder in (data, data / "backup", tmp_path):
        with pytest.raises(InvalidOrder):
            back_up(shop.database, blobs, data, folder, NOON)
    assert (data / "openhorse.db").read_bytes() == before
    shop.database.close()
    empty = Database(f"sqlite:///{tmp_path / 'none' / 'openhorse.db'}")
    with pytest.raises(StorageFailed):
        back_up(empty, blobs, data, tmp_path / "backup", NOON)
    empty.close()
    with pytest.raises(NotFound):
        read_backup(tmp_path / "backup")
