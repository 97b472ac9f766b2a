"""The ledger: money is held, then captured or released, never both, never twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from openhorse import accounts, ledger
from openhorse.errors import InsufficientBalance, InternalError
from openhorse.ledger import Balance
from openhorse.store.database import Database
from openhorse.store.tables import ledger as entries
from openhorse.store.tables import metadata


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    """A transaction in which tasks need no rows: only the ledger's own rules are looked at."""
    database = Database(database_url)
    database.migrate()
    with database.transaction() as connection:
        unchecked = (
            "SET LOCAL session_replication_role=replica" if database.is_server else "PRAGMA defer_foreign_keys=ON"
        )
        connection.exec_driver_sql(unchecked)
        yield connection
        connection.rollback()
    database.close()


def key_with(connection: sa.Connection, micros: int | None) -> str:
    """The id of a key with this much credit, None for unlimited."""
    return accounts.create_key(connection, label="a", balance_micros=micros)[0].id


def test_a_film_is_held_then_spent(connection: sa.Connection) -> None:
    """A success costs exactly what was held."""
    key = key_with(connection, 1000)
    ledger.hold(connection, key, "t", 300)
    assert ledger.balance(connection, key) == Balance(held=300, spent=0, available=700)
    ledger.capture(connection, key, "t", 300)
    assert ledger.balance(connection, key) == Balance(held=0, spent=300, available=700)


def test_a_failure_costs_nothing(connection: sa.Connection) -> None:
    """What was held comes back."""
    key = key_with(connection, 1000)
    ledger.hold(connection, key, "t", 300)
    ledger.release(connection, key, "t", 300)
    assert ledger.balance(connection, key) == Balance(held=0, spent=0, available=1000)


def test_nobody_spends_more_than_he_has(connection: sa.Connection) -> None:
    """The last micro may be held, one more may not, and the refusal leaves no trace."""
    key = key_with(connection, 300)
    ledger.hold(connection, key, "a", 300)
    with pytest.raises(InsufficientBalance):
        ledger.hold(connection, key, "b", 1)
    assert ledger.balance(connection, key) == Balance(held=300, spent=0, available=0)
    ledger.release(connection, key, "a", 300)
    ledger.hold(connection, key, "b", 1)


def test_an_unlimited_key_is_metered(connection: sa.Connection) -> None:
    """It has no balance to run out of, but what it uses is known."""
    key = key_with(connection, None)
    ledger.hold(connection, key, "a", 10**12)
    ledger.hold(connection, key, "b", 5)
    ledger.capture(connection, key, "a", 10**12)
    assert ledger.balance(connection, key) == Balance(held=5, spent=10**12, available=None)


@pytest.mark.parametrize("again", ["capture", "release"])
@pytest.mark.parametrize("first", ["capture", "release"])
def test_a_task_is_settled_once(connection: sa.Connection, first: str, again: str) -> None:
    """The database itself refuses a second settlement, of either kind."""
    key = key_with(connection, 1000)
    ledger.hold(connection, key, "t", 300)
    getattr(ledger, first)(connection, key, "t", 300)
    with pytest.raises(sa.exc.IntegrityError):
        getattr(ledger, again)(connection, key, "t", 300)


def test_a_task_is_held_once(connection: sa.Connection) -> None:
    """A doubled submit cannot charge twice."""
    key = key_with(connection, None)
    ledger.hold(connection, key, "t", 300)
    with pytest.raises(sa.exc.IntegrityError):
        ledger.hold(connection, key, "t", 300)


@pytest.mark.parametrize(("task", "micros"), [("t", 299), ("t", 301), ("unknown", 300)])
def test_only_what_was_held_is_settled(connection: sa.Connection, task: str, micros: int) -> None:
    """Another sum, or a task that holds nothing, is our own mistake and changes nothing."""
    key = key_with(connection, 1000)
    ledger.hold(connection, key, "t", 300)
    for settle in (ledger.capture, ledger.release):
        with pytest.raises(InternalError):
            settle(connection, key, task, micros)
    assert ledger.balance(connection, key).held == 300


def test_another_key_cannot_settle(connection: sa.Connection) -> None:
    """Money goes back to whom it came from."""
    owner, other = key_with(connection, 1000), key_with(connection, 1000)
    ledger.hold(connection, owner, "t", 300)
    with pytest.raises(InternalError):
        ledger.release(connection, other, "t", 300)


def test_negative_sums_are_refused(connection: sa.Connection) -> None:
    """A credit below nothing would be a charge."""
    with pytest.raises(InternalError):
        ledger.credit(connection, key_with(connection, 10), -1)


Steps = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["", "capture", "release"])), max_size=12)


@given(st.integers(0, 2000), Steps)
@settings(max_examples=40, deadline=None)
def test_the_ledger_balances(credit: int, steps: list[tuple[int, str]]) -> None:
    """Whatever happens: credit = available + held + spent, and the kept balance equals the sum of all entries."""
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        key = key_with(connection, credit)
        for number, (micros, settled) in enumerate(steps):
            task = f"t{number}"
            try:
                ledger.hold(connection, key, task, micros)
            except InsufficientBalance:
                assert micros > (ledger.balance(connection, key).available or 0)
                continue
            if settled:
                getattr(ledger, settled)(connection, key, task, micros)
        found = ledger.balance(connection, key)
        summed = {
            kind: connection.scalar(sa.select(sa.func.sum(entries.c.micros)).where(entries.c.kind == kind)) or 0
            for kind in ("credit", "hold", "capture", "release")
        }
        assert found.available is not None
        assert found.available >= 0
        assert credit == found.available + found.held + found.spent
        assert found.available == summed["credit"] - summed["hold"] + summed["release"]
    engine.dispose()
