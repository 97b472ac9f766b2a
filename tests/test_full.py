"""Full disks and full databases: said in every dialect's words, nothing taken in by half, nothing lost or charged."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa

import studio_engines
from conftest import House, running_house
from databases import fresh_url, the_server
from openhorse import runs, stage
from openhorse.cues import Commission
from openhorse.errors import DatabaseFull, StorageFull
from openhorse.ledger import Balance
from openhorse.runs.steps import film_key
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from openhorse.store.tables import ledger, pictures, secrets, tasks
from openhorse.vocabulary import Failure, Mode, Order, Status, Tier
from serving import landscape
from test_homes import BODIES
from test_runs import FILM, Shop, shop, until

__all__ = ["shop"]

MEGABYTES = 40
NATIVE = ("/openhorse/v1/tasks", {"prompt": "a lake"}, {})


class Disk:
    """A small file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no byte of room."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while file.write(bytes(size)):
                        pass
                except OSError:
                    continue

    def make_room(self) -> None:
        """Leave it half empty."""
        self._filler.unlink()


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A file system in memory; skips the test for whoever may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="openhorse-small-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs to mount a small file system, as root")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def order(client: httpx2.Client, dialect: str, prompt: str = "a lake") -> httpx2.Response:
    """A vendor's smallest order; OpenAI's is a form."""
    path, body, headers = (BODIES | {"native": NATIVE})[dialect]
    body = body | ({"input": body["input"] | {"prompt": prompt}} if "input" in body else {"prompt": prompt})
    if dialect == "openai":
        return client.post(path, files={name: (None, value) for name, value in body.items()}, headers=headers)
    return client.post(path, json=body, headers=headers)


CODES = {
    "hiapi": lambda answer: (
        (answer["code"], answer["data"], answer["error_code"]) == (507, None, "STORAGE_UNAVAILABLE")
    ),
    "wavespeed": lambda answer: (answer["code"], answer["data"]) == (507, None),
    "evolink": lambda answer: answer["error"]["type"] == "service_unavailable_error",
    "dashscope": lambda answer: answer["code"] == "ModelServingError",
    "openai": lambda answer: answer["error"]["type"] == "server_error",
    "native": lambda answer: (answer["error"]["code"], answer["error"]["retry"]) == ("database_full", True),
}


def check_refusals(house: House) -> list[str]:
    """Order until there is no room, in every dialect; the ids of the tasks that were taken in before."""
    taken = []
    for _ in range(400):
        answer = order(house.client, "native", "x" * 2000)
        if answer.status_code == 507:
            break
        taken.append(answer.json()["id"])
    for dialect, is_right in CODES.items():
        refused = order(house.client, dialect, "x" * 2000)
        assert (refused.status_code, refused.headers["Retry-After"]) == (507, "60"), (dialect, refused.text)
        assert is_right(refused.json()), (dialect, refused.text)
    for task_id in taken:
        assert house.client.get(f"/openhorse/v1/tasks/{task_id}").json()["status"] == "queued"
    return taken


def check_nothing_is_lost(house: House, taken: list[str]) -> None:
    """When there is room again, orders are taken, and there and held for are those that were answered."""
    for dialect in CODES:
        assert order(house.client, dialect).status_code in (200, 201), dialect
    with house.rooms.database.reading() as connection:
        found = connection.execute(sa.select(tasks.c.id, tasks.c.status)).all()
        held = connection.execute(sa.select(ledger.c.task_id, ledger.c.kind)).all()
    assert set(taken) < {row.id for row in found}
    assert {row.status for row in found} == {"queued"}
    assert len(found) == len(taken) + len(CODES)
    assert sorted(held) == sorted((row.id, "hold") for row in found)


def test_a_full_disk_takes_no_order_in(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's file and the films share it; what there is can be asked for meanwhile."""
    with running_house(disk.folder, f"sqlite:///{disk.folder / 'openhorse.db'}") as house:
        disk.fill()
        taken = check_refusals(house)
        disk.make_room()
        check_nothing_is_lost(house, taken)


def test_a_picture_that_finds_the_disk_full_counts_for_nobody(disk: Disk, tmp_path: Path) -> None:
    """The films' disk is another than the database's: the order is refused and the key's share of the store is free."""
    with running_house(tmp_path) as house:
        house.rooms.blobs.__init__((disk.folder / "blobs").as_uri())
        disk.fill()
        picture = "data:image/png;base64," + base64.b64encode(landscape()).decode()
        refused = house.client.post("/openhorse/v1/tasks", json={"image": picture})
        assert (refused.status_code, refused.json()["error"]["code"]) == (507, "storage_full")
        with house.rooms.database.reading() as connection:
            assert connection.execute(sa.select(pictures)).all() == []
        disk.make_room()
        assert house.client.post("/openhorse/v1/tasks", json={"image": picture}).status_code == 201


def test_a_film_that_does_not_fit_leaves_nothing(disk: Disk) -> None:
    """No half of it, which would keep the disk full; what was there before stays."""
    blobs = Blobs((disk.folder / "blobs").as_uri())
    blobs.put_bytes("films/old.mp4", b"old")
    film = bytes(MEGABYTES << 20)
    with pytest.raises(StorageFull):
        blobs.put_bytes("films/old.mp4", film)
    assert [path.name for path in (disk.folder / "blobs" / "films").iterdir()] == ["old.mp4"]
    assert blobs.read("films/old.mp4") == b"old"


def test_a_film_is_not_made_where_there_is_no_room(disk: Disk) -> None:
    """Said as what it is, so that it is tried again; the half of it goes, and with room it is made."""
    told: list[stage.Answer] = []
    made = stage.Stage(studio_engines.engine_named, told.append)
    order = Order(dialect="native", model="m", mode=Mode.TEXT, prompt="a horse", tier=Tier.P720, seconds=1, seed=7)
    wish = stage.Make(1, Commission(order, "good", (), disk.folder / "film.mp4", "films/1.mp4"))
    disk.fill()
    made.obey(wish)
    assert isinstance(told[-1], stage.Failed)
    assert isinstance(told[-1].error, StorageFull)
    assert told[-1].is_expected
    assert not wish.film.path.exists()
    disk.make_room()
    made.obey(wish)
    assert isinstance(told[-1], stage.Made), told[-1]


def test_a_film_outlives_a_full_disk(disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be neither recorded nor stored waits, and ends once, paid once, when there is room."""
    monkeypatch.setattr(runs, "RECONCILE_SECONDS", 0.5)
    shop = Shop(tmp_path, f"sqlite:///{disk.folder / 'openhorse.db'}", datetime.now(UTC))
    shop.blobs.__init__((disk.folder / "blobs").as_uri())  # type: ignore[misc]
    shop.studio.gate.clear()
    try:
        worker = shop.start()
        task_id = shop.submit()
        until(lambda: shop.studio.calls)
        disk.fill()
        shop.studio.gate.set()
        until(lambda: not worker._in_hand)
        assert shop.tasks.any(task_id).status is Status.RUNNING
        disk.make_room()
        assert shop.ended(task_id).status is Status.SUCCEEDED
        assert shop.blobs.read(film_key(task_id)) == FILM
        assert shop.balance() == Balance(held=0, spent=500, available=99_500)
    finally:
        shop.stop()
        shop.queues.close()
        shop.database.close()


def test_a_full_bucket_costs_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film that finds no room for longer than its step is patient fails, and its hold is released."""
    monkeypatch.setattr(runs, "STORE_PATIENCE_SECONDS", 1.0)
    tries = list[str]()

    def full(key: str, _path: Path) -> None:
        tries.append(key)
        raise StorageFull("the file store is full")

    monkeypatch.setattr(shop.blobs, "put_file", full)
    shop.start()
    task = shop.ended(shop.submit())
    assert task.failure == Failure("storage_full", "the file store is full", retry=True)
    assert len(tries) > 1
    assert shop.balance() == Balance(held=0, spent=0, available=100_000)


def test_a_full_postgresql_takes_no_order_in(disk: Disk, tmp_path: Path) -> None:
    """Its tables lie on the small disk, its log does not: the server lives and says disk_full."""
    if os.environ.get("OPENHORSE_TEST_POSTGRES"):
        pytest.skip("needs a PostgreSQL server on this machine")
    url = sa.make_url(fresh_url("postgresql", tmp_path))
    tables = disk.folder / "tables"
    tables.mkdir()
    shutil.chown(tables, the_server().folder.owner())
    disk.folder.chmod(0o755)
    server = sa.create_engine(
        sa.make_url(the_server().url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{tables}'")
        connection.exec_driver_sql(f"ALTER DATABASE {url.database} SET TABLESPACE small")
    try:
        with running_house(tmp_path, url.render_as_string(hide_password=False)) as house:
            disk.fill()
            taken = check_refusals(house)
            disk.make_room()
            check_nothing_is_lost(house, taken)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {url.database} WITH (FORCE)")
            connection.exec_driver_sql("DROP TABLESPACE small")
        server.dispose()


def test_a_database_of_bounded_size_is_full(tmp_path: Path) -> None:
    """Nothing of what did not fit is there; the transaction after it goes on."""
    database = Database(f"sqlite:///{tmp_path / 'openhorse.db'}")
    database.migrate()
    database.engine.dispose()
    sa.event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=1"))
    with pytest.raises(DatabaseFull) as told, database.transaction() as connection:
        for number in range(10_000):
            connection.execute(sa.insert(secrets).values(name=f"{number:0256}", value=b"x"))
    assert told.value.retry_after == 60
    assert len(database.secret("links")) == 32
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(secrets)).scalar() == 1
    database.close()
