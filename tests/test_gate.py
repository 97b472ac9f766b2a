"""Keys at the door, over HTTP in each dialect: what a key may do, how fast, how much at once and for how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from conftest import SECRET, House, running_house
from openhorse import accounts
from openhorse.accounts import Scope
from openhorse.limits import Limits
from openhorse.server.rates import READS, WRITES, Allowance, Rates
from serving import landscape

PROMPT = {"prompt": "a lake"}
ASYNC = {"X-DashScope-Async": "enable"}
VIDEO_SYNTHESIS = "/api/v1/services/aigc/video-generation/video-synthesis"

CREATE: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "native": ("/openhorse/v1/tasks", PROMPT, {}),
    "hiapi": ("/v1/tasks", {"model": "happyhorse-1.1/text-to-video", "input": PROMPT}, {}),
    "wavespeed": ("/api/v3/alibaba/happyhorse-1.1/text-to-video", PROMPT, {}),
    "evolink": ("/v1/videos/generations", {"model": "happyhorse-1.1-text-to-video"} | PROMPT, {}),
    "dashscope": (VIDEO_SYNTHESIS, {"model": "happyhorse-1.1-t2v", "input": PROMPT}, ASYNC),
    "openai": ("/v1/videos", PROMPT, {}),
}
READ = {
    "native": "/openhorse/v1/tasks",
    "hiapi": "/hiapi/v1/tasks",
    "wavespeed": "/api/v3/balance",
    "evolink": "/v1/credits",
    "dashscope": "/api/v1/tasks/0",
    "openai": "/v1/videos",
}
CODE: dict[str, Callable[[Any], Any]] = {
    "native": lambda body: body["error"]["code"],
    "hiapi": lambda body: body["error_code"],
    "wavespeed": lambda body: body["code"],
    "evolink": lambda body: body["error"]["code"],
    "dashscope": lambda body: body["code"],
    "openai": lambda body: body["error"]["code"],
}
"""Where each dialect's refusal names its reason; WaveSpeed has the HTTP status there."""

TOO_FAST = {
    "native": (429, "rate_limited"),
    "hiapi": (429, "RATE_LIMITED"),
    "wavespeed": (429, 429),
    "evolink": (429, "rate_limit_exceeded"),
    "dashscope": (429, "Throttling.RateQuota"),
    "openai": (429, "rate_limit_exceeded"),
}
TOO_MANY = TOO_FAST | {"native": (429, "too_many_tasks")}
NO_ROOM = TOO_FAST | {"native": (429, "queue_full")}
OVER_BUDGET = {
    "native": (402, "budget_exceeded"),
    "hiapi": (402, "INSUFFICIENT_BALANCE"),
    "wavespeed": (402, 402),
    "evolink": (402, "insufficient_quota"),
    "dashscope": (429, "Throttling.AllocationQuota"),
    "openai": (429, "insufficient_quota"),
}
FULL = {
    "native": (413, "storage_quota_exceeded"),
    "hiapi": (413, "INVALID_REQUEST"),
    "wavespeed": (413, 413),
    "evolink": (413, "storage_quota_exceeded"),
    "dashscope": (413, "BadRequest.TooLarge"),
    "openai": (413, "storage_quota_exceeded"),
}
FORBIDDEN = {
    "native": (403, "not_permitted"),
    "hiapi": (403, "FORBIDDEN"),
    "wavespeed": (403, 403),
    "evolink": (403, "permission_denied"),
    "dashscope": (403, "AccessDenied"),
    "openai": (403, "not_permitted"),
}

dialects = pytest.mark.parametrize("dialect", CREATE)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server for all: each test has a key of its own."""
    with running_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="module")
def full_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server in whose line nobody has a place."""
    with running_house(tmp_path_factory.mktemp("full"), queue_limit=0) as running:
        yield running


class Customer:
    """A key of its own and its requests in one dialect."""

    def __init__(self, house: House, dialect: str, **given: Any) -> None:
        self.house, self.dialect = house, dialect
        limits = Limits(**{name: given.pop(name) for name in list(given) if name != "scopes"})
        with house.rooms.database.transaction() as connection:
            self.key, secret = accounts.create_key(connection, label=dialect, limits=limits, **given)
        self.bearer = {"Authorization": f"Bearer {secret}"}

    def create(self) -> httpx2.Response:
        """Order a film."""
        path, body, headers = CREATE[self.dialect]
        return self.house.stranger.post(path, json=body, headers=self.bearer | headers)

    def read(self) -> httpx2.Response:
        """Ask for something that is there."""
        return self.house.stranger.get(READ[self.dialect], headers=self.bearer)

    def tasks(self) -> list[Any]:
        """What it has ordered."""
        return list(self.house.rooms.tasks.page(self.key.id).tasks)


def check_refused(answer: httpx2.Response, dialect: str, expected: dict[str, tuple[int, Any]]) -> None:
    """The refusal has the dialect's own status, shape and code."""
    assert (answer.status_code, CODE[dialect](answer.json())) == expected[dialect], answer.text


@dialects
def test_reads_and_writes_have_rates_of_their_own(house: House, dialect: str) -> None:
    """The third request of a kind is refused with the time to wait; the headers count down; the other kind goes on."""
    customer = Customer(house, dialect, reads_per_minute=2, writes_per_minute=1)
    first, second, third = (customer.read() for _ in range(3))
    assert (first.status_code, second.status_code) == (200, 200)
    check_refused(third, dialect, TOO_FAST)
    assert 0 < int(third.headers["Retry-After"]) <= 30
    counted = [answer.headers["RateLimit"].partition(";t=")[0] for answer in (first, second, third)]
    assert counted == ['"reads";r=1', '"reads";r=0', '"reads";r=0']
    assert third.headers["RateLimit-Policy"] == '"reads";q=2;w=60'
    name = "x-ratelimit-{}-requests" if dialect == "openai" else "x-ratelimit-{}"
    assert [third.headers[name.format(what)] for what in ("limit", "remaining")] == ["2", "0"]
    assert customer.create().status_code in (200, 201)
    check_refused(customer.create(), dialect, TOO_FAST)
    assert len(customer.tasks()) == 1


@dialects
def test_no_rate_no_headers(house: House, dialect: str) -> None:
    """Where nothing is limited nothing is said."""
    answer = Customer(house, dialect).read()
    assert answer.status_code == 200
    assert not [name for name in answer.headers if "ratelimit" in name.lower()]


@dialects
def test_so_many_tasks_at_once(house: House, dialect: str) -> None:
    """A running task counts as a waiting one does; one that has ended makes room."""
    customer = Customer(house, dialect, unfinished=1)
    assert customer.create().status_code in (200, 201)
    (task,) = customer.tasks()
    house.rooms.tasks.start(task.id)
    refused = customer.create()
    check_refused(refused, dialect, TOO_MANY)
    assert refused.headers["Retry-After"] == "30"
    house.rooms.tasks.cancel(task.id, customer.key.id)
    assert customer.create().status_code in (200, 201)


@dialects
def test_a_full_line_takes_nobody_in(full_house: House, dialect: str) -> None:
    """429 with the time to come back, and nothing is written."""
    customer = Customer(full_house, dialect)
    refused = customer.create()
    check_refused(refused, dialect, NO_ROOM)
    assert refused.headers["Retry-After"] == "30"
    assert customer.tasks() == []


@dialects
@pytest.mark.parametrize("period", ["day_micros", "month_micros"])
def test_a_budget_is_not_passed(house: House, dialect: str, period: str) -> None:
    """What was ordered before there was a budget counts; a film that is cancelled makes room for another."""
    customer = Customer(house, dialect)
    assert customer.create().status_code in (200, 201)
    (task,) = customer.tasks()
    with house.rooms.database.transaction() as connection:
        accounts.set_limits(connection, customer.key.id, Limits(**{period: 2 * task.quote.micros - 1}))
    check_refused(customer.create(), dialect, OVER_BUDGET)
    house.rooms.tasks.cancel(task.id, customer.key.id)
    assert customer.create().status_code in (200, 201)


@dialects
def test_a_key_whose_store_is_full_orders_nothing(house: House, dialect: str) -> None:
    """A picture that fits is kept; the next one is refused, and so is an order once all is filled."""
    customer = Customer(house, dialect, storage_bytes=10**9)
    upload = {"content": landscape(), "headers": customer.bearer}
    assert house.stranger.post("/openhorse/v1/uploads", **upload).status_code == 201
    assert customer.create().status_code in (200, 201)
    used = house.stranger.get("/openhorse/v1/usage", headers=customer.bearer).json()["key"]["storage"]["bytes"]
    assert used > 0
    with house.rooms.database.transaction() as connection:
        accounts.set_limits(connection, customer.key.id, Limits(storage_bytes=used))
    check_refused(customer.create(), dialect, FULL)
    assert house.stranger.post("/openhorse/v1/uploads", **upload).status_code == 201  # the same picture takes no room
    refused = house.stranger.post("/openhorse/v1/uploads", content=landscape(400, 400), headers=customer.bearer)
    check_refused(refused, "native", FULL)


@dialects
def test_scopes(house: House, dialect: str) -> None:
    """Who may only read orders nothing, who may only submit sees nothing; an administrator's key, or one that is urgent
    and nothing else, does neither."""
    reader, writer, *others = (Customer(house, dialect, scopes=[scope]) for scope in Scope)
    assert reader.read().status_code == 200
    check_refused(reader.create(), dialect, FORBIDDEN)
    assert writer.create().status_code in (200, 201)
    check_refused(writer.read(), dialect, FORBIDDEN)
    assert reader.tasks() == []
    for other in others:
        check_refused(other.read(), dialect, FORBIDDEN)
        check_refused(other.create(), dialect, FORBIDDEN)
        assert other.tasks() == []


def test_a_rotated_secret_opens_the_key_for_its_time_of_grace(house: House) -> None:
    """Both secrets see the same tasks; then the old one is a wrong key."""
    customer = Customer(house, "native")
    customer.create()
    old = customer.bearer
    with house.rooms.database.transaction() as connection:
        _, secret = accounts.rotate_key(connection, customer.key.id, now=house.rooms.now())
    new = {"Authorization": f"Bearer {secret}"}
    seen = [house.stranger.get(READ["native"], headers=each) for each in (old, new)]
    assert [answer.json()["total"] for answer in seen] == [1, 1]
    house.clock.advance(hours=24)
    try:
        seen = [house.stranger.get(READ["native"], headers=each) for each in (old, new)]
        assert [answer.status_code for answer in seen] == [401, 200]
    finally:
        house.clock.advance(hours=-24)


def test_an_upload_token_counts_for_its_key(house: House) -> None:
    """Whoever uploads with a token uses up the minute of the key that made it; a closed key's token is no good."""
    customer = Customer(house, "evolink", reads_per_minute=1)
    made = house.stranger.post("/v1/files/upload-token", headers=customer.bearer)
    token = {"Authorization": f"Bearer {made.json()['upload_token']}"}
    asked = [house.stranger.get("/api/v1/files/quota", headers=token).status_code for _ in range(2)]
    assert asked == [200, 429]
    with house.rooms.database.transaction() as connection:
        accounts.revoke_key(connection, customer.key.id)
    assert house.stranger.get("/api/v1/files/quota", headers=token).status_code == 401


def test_keys_of_before_may_do_what_they_could(house: House) -> None:
    """The preset key of every test: no rate, no budget, both of a customer's scopes."""
    key = house.rooms.authenticate(SECRET)
    assert key.scopes == {Scope.READ, Scope.SUBMIT}
    assert key.limits == Limits()


class Watch:
    """Seconds that only the test moves."""

    seconds = 1000.0

    def __call__(self) -> float:
        """What time it is."""
        return self.seconds


def test_a_minute_is_given_back_evenly() -> None:
    """All at once, then one every sixth of a minute; no pause adds up to more than a minute's worth."""
    watch = Watch()
    rates = Rates(watch)
    assert [rates.take("a", READS, 6).left for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    assert rates.take("a", READS, 6) == Allowance(READS, 6, 0, 60, wait=10)
    assert rates.take("a", WRITES, 6) == Allowance(WRITES, 6, 5, 10)
    assert rates.take("b", READS, 6).left == 5
    watch.seconds += 9.9
    assert rates.take("a", READS, 6).wait == 1
    watch.seconds += 0.1
    assert rates.take("a", READS, 6) == Allowance(READS, 6, 0, 60)
    watch.seconds += 86_400
    assert [rates.take("a", READS, 6).left for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    assert rates.take("a", READS, 6).wait == 10
