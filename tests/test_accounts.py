"""Keys: who may order, known by a secret of which only the hash is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
import sqlalchemy as sa

from openhorse import accounts, ledger
from openhorse.accounts import Scope
from openhorse.errors import MissingKey, NotFound, WrongKey
from openhorse.house import House
from openhorse.limits import Limits
from openhorse.settings import Settings
from openhorse.store.database import Database
from openhorse.store.tables import keys
from openhorse.vocabulary import Callback
from serving import customers_server
from shops import ORDER, QUOTE


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    """A transaction on a fresh database."""
    database = Database(database_url)
    database.migrate()
    with database.transaction() as connection:
        yield connection
    database.close()


def test_a_key_is_known_by_its_secret(connection: sa.Connection) -> None:
    """The secret is drawn, shown once, and opens this key and no other."""
    key, secret = accounts.create_key(connection, label="studio", signing_secret="whsec", limits=Limits(waiting=3))
    other, other_secret = accounts.create_key(connection, label="studio")
    assert secret.startswith("sk-")
    assert len(secret) > 40
    assert accounts.authenticate(connection, secret) == key
    assert accounts.authenticate(connection, other_secret) == other
    assert (key.label, key.signing_secret, key.limits.waiting) == ("studio", "whsec", 3)
    assert accounts.key(connection, key.id) == key
    assert accounts.list_keys(connection) == [key, other]


def test_the_secret_itself_is_not_kept(connection: sa.Connection) -> None:
    """Whoever reads the database cannot order."""
    _key, secret = accounts.create_key(connection, label="a")
    stored = connection.execute(sa.select(keys)).one()
    assert secret not in [str(value) for value in stored]


@pytest.mark.parametrize("secret", [None, ""])
def test_no_secret(connection: sa.Connection, secret: str | None) -> None:
    """Nothing given is told apart from something wrong."""
    with pytest.raises(MissingKey):
        accounts.authenticate(connection, secret)


@pytest.mark.parametrize("secret", ["sk-wrong", " ", "\udc80", "x" * 10_000])
def test_wrong_secrets(connection: sa.Connection, secret: str) -> None:
    """Whatever comes in a header, it opens nothing and breaks nothing."""
    accounts.create_key(connection, label="a")
    with pytest.raises(WrongKey):
        accounts.authenticate(connection, secret)


def test_a_revoked_key_opens_nothing(connection: sa.Connection) -> None:
    """It is gone from the list, but still known by its id for the accounts' sake."""
    key, secret = accounts.create_key(connection, label="a")
    accounts.revoke_key(connection, key.id)
    with pytest.raises(WrongKey):
        accounts.authenticate(connection, secret)
    assert accounts.list_keys(connection) == []
    gone = accounts.key(connection, key.id)
    assert gone.revoked_at is not None
    assert replace(gone, revoked_at=None) == key
    assert accounts.list_keys(connection, revoked=True) == [gone]
    with pytest.raises(NotFound):
        accounts.revoke_key(connection, "key_unknown")


def test_a_preset_secret_is_made_once_and_opened_again(connection: sa.Connection) -> None:
    """An operator's preset, given at every start, always works, also after it was revoked."""
    key = accounts.ensure_key(connection, label="preset", secret="mine")
    assert accounts.ensure_key(connection, label="preset", secret="mine") == key
    accounts.revoke_key(connection, key.id)
    assert accounts.ensure_key(connection, label="preset", secret="mine") == key
    assert accounts.authenticate(connection, "mine") == key
    assert len(accounts.list_keys(connection)) == 1


def test_two_keys_cannot_share_a_secret(connection: sa.Connection) -> None:
    """Otherwise nobody would know whose task it is."""
    accounts.create_key(connection, label="a", secret="sk-same")
    with pytest.raises(WrongKey, match="already"):
        accounts.create_key(connection, label="b", secret="sk-same")


def test_keys_are_unlimited_unless_given_a_balance(connection: sa.Connection) -> None:
    """The default account is unlimited but metered."""
    free, _ = accounts.create_key(connection, label="a")
    poor, _ = accounts.create_key(connection, label="b", balance_micros=0)
    rich, _ = accounts.create_key(connection, label="c", balance_micros=7)
    assert [ledger.balance(connection, key.id).available for key in (free, poor, rich)] == [None, 0, 7]


def test_the_signing_secret_can_be_changed(connection: sa.Connection) -> None:
    """Signing begins and ends when the customer wants it."""
    key, _ = accounts.create_key(connection, label="a")
    accounts.set_signing_secret(connection, key.id, "whsec")
    assert accounts.key(connection, key.id).signing_secret == "whsec"
    accounts.set_signing_secret(connection, key.id, None)
    assert accounts.key(connection, key.id).signing_secret is None
    with pytest.raises(NotFound):
        accounts.set_signing_secret(connection, "key_unknown", None)


def test_two_signing_secrets_are_valid_while_one_follows_the_other(connection: sa.Connection) -> None:
    """The newest first, the one before until its grace is over, a third never; what is set by hand stands alone."""
    key, _ = accounts.create_key(connection, label="a")
    first, a = accounts.rotate_signing(connection, key.id, now=NOON)
    assert (first.signing_secrets(NOON), first.former_signing_until) == ((a,), None)
    _, b = accounts.rotate_signing(connection, key.id, now=NOON)
    rotated, c = accounts.rotate_signing(connection, key.id, grace=timedelta(hours=2), now=NOON)
    end = NOON + timedelta(hours=2)
    assert rotated.signing_secrets(end - timedelta(seconds=1)) == (c, b)
    assert rotated.signing_secrets(end) == (c,)
    assert c.startswith("whsec_")
    assert len({a, b, c}) == 3
    accounts.set_signing_secret(connection, key.id, "by hand")
    assert accounts.key(connection, key.id).signing_secrets(NOON) == ("by hand",)


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_only_the_beginning_of_a_secret_is_shown(connection: sa.Connection) -> None:
    """Enough to tell keys apart, of a short preset at most a quarter; a key is found by it where it is the only one."""
    key, secret = accounts.create_key(connection, label="a")
    short, _ = accounts.create_key(connection, label="b", secret="hunter2hunter")
    tiny, _ = accounts.create_key(connection, label="c", secret="x\udc80y")
    assert (key.prefix, short.prefix, tiny.prefix) == (secret[:8], "hun", "")
    assert accounts.key_called(connection, secret[:8]) == key
    assert accounts.key_called(connection, key.id) == key
    accounts.create_key(connection, label="d", secret="hunter3hunter")
    for name in ("hun", "", secret):
        with pytest.raises(NotFound):
            accounts.key_called(connection, name)


def test_a_key_may_read_and_submit_unless_told_otherwise(connection: sa.Connection) -> None:
    """What it may do is kept, also nothing at all."""
    given = [frozenset[Scope](), frozenset({Scope.ADMIN}), frozenset(Scope)]
    made = [accounts.create_key(connection, label="a", scopes=scopes)[0] for scopes in given]
    assert [accounts.key(connection, key.id).scopes for key in made] == given
    assert accounts.create_key(connection, label="a")[0].scopes == {Scope.READ, Scope.SUBMIT}


def test_rotation(connection: sa.Connection) -> None:
    """The new secret opens the key at once, the old one for its time of grace and not a moment longer."""
    key, old = accounts.create_key(connection, label="a", limits=Limits(waiting=3))
    rotated, new = accounts.rotate_key(connection, key.id, grace=timedelta(hours=2), now=NOON)
    assert (rotated.id, rotated.limits, rotated.until) == (key.id, key.limits, NOON + timedelta(hours=2))
    assert rotated.prefix == new[:8]
    for moment, opens in ((NOON, (old, new)), (NOON + timedelta(hours=2), (new,))):
        for secret in (old, new):
            if secret in opens:
                assert accounts.authenticate(connection, secret, now=moment) == rotated
            else:
                with pytest.raises(WrongKey):
                    accounts.authenticate(connection, secret, now=moment)


def test_two_secrets_at_most(connection: sa.Connection) -> None:
    """A second rotation ends the first one's grace, a closed key is not rotated, and an old secret is nobody else's."""
    key, first = accounts.create_key(connection, label="a")
    _, second = accounts.rotate_key(connection, key.id)
    with pytest.raises(WrongKey, match="already"):
        accounts.create_key(connection, label="b", secret=first)
    _, third = accounts.rotate_key(connection, key.id)
    with pytest.raises(WrongKey):
        accounts.authenticate(connection, first)
    assert [accounts.authenticate(connection, secret).id for secret in (second, third)] == [key.id] * 2
    accounts.revoke_key(connection, key.id)
    for secret in (second, third):
        with pytest.raises(WrongKey):
            accounts.authenticate(connection, secret)
    with pytest.raises(NotFound):
        accounts.rotate_key(connection, key.id)


def test_a_preset_secret_outlives_a_rotation(connection: sa.Connection) -> None:
    """It is the operator's word, given again at every start: the key keeps both secrets, the preset one for good."""
    key = accounts.ensure_key(connection, label="preset", secret="mine" * 10)
    _, new = accounts.rotate_key(connection, key.id, grace=timedelta(0))
    with pytest.raises(WrongKey):
        accounts.authenticate(connection, "mine" * 10)
    accounts.ensure_key(connection, label="preset", secret="mine" * 10)
    assert [accounts.authenticate(connection, secret).id for secret in ("mine" * 10, new)] == [key.id] * 2
    assert accounts.key(connection, key.id).prefix == new[:8]


def test_callbacks_are_signed_with_both_secrets_while_one_follows_the_other(tmp_path: Path) -> None:
    """The house gives both to the attempt, the newest first; without grace only the new one signs."""
    settings = Settings(data=tmp_path, outbound_allow=(ip_network("127.0.0.0/8"),))
    with customers_server() as customer:
        house = House(settings, "http://x")
        with house.database.transaction() as connection:
            key, _ = accounts.create_key(connection, label="a", signing_secret="the first secret")
        told = replace(ORDER, callback=Callback(f"{customer.url}/told"))
        task = house.rooms.tasks.submit(key.id, "t", told, QUOTE, lifetime=timedelta(days=1)).task
        event = house.rooms.tasks.events("t", key.id)[0]
        for grace in (timedelta(hours=1), timedelta(0)):
            with house.database.transaction() as connection:
                accounts.rotate_signing(connection, key.id, grace=grace)
            assert house._deliver(task, event, 1).delivered
        house.close()
    signatures = [headers["webhook-signature"].split() for _, headers in customer.callbacks]
    assert [len(each) for each in signatures] == [2, 1]
