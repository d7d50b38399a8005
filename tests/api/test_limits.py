"""Nobody asks so much that others cannot: rates, a day's questions, and where they are counted."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from limits.errors import StorageError
from made_service import LEAVES, read_events, serving
from starlette.testclient import TestClient

from api.limits import Limits, _Memory, network_of
from api.people import COOKIE
from api.people.forgery import token_for
from api.problems import DoorError
from rag.errors import ConfigurationError
from rag.settings import Settings

QUESTION = {"question": "Why do leaves look green?"}


class MadeTime:
    """What limits takes for the module ``time``; a test sets it."""

    def __init__(self) -> None:
        self.now = 1_800_000_017.3

    def time(self) -> float:
        """Return the seconds since 1970."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> MadeTime:
    """Return the clock that requests are counted by."""
    made = MadeTime()
    for module in ("limits.storage.memory", "limits.strategies", "api.limits"):
        monkeypatch.setattr(f"{module}.time", made)
    return made


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[..., TestClient]]:
    """Return a function that gives a client of an application with some settings, from one address."""
    open_now = []

    def begin(**changes: Any) -> TestClient:
        context = serving(settings, **changes)
        open_now.append(context)
        return context.__enter__()

    yield begin
    for context in open_now:
        context.__exit__(None, None, None)


def statuses(client: TestClient, times: int, **request: Any) -> list[int]:
    """Ask a question some times; return the statuses."""
    return [client.post("/api/ask", json=QUESTION, **request).status_code for _ in range(times)]


def test_a_rate_holds_and_says_when_it_ends(serve: Callable[..., TestClient], clock: MadeTime) -> None:
    """One request too many is refused, and the next is taken once the seconds that ``Retry-After`` says are over."""
    client = serve(rate="3/minute")
    for _ in range(3):
        clock.now += 10
        assert statuses(client, 1) == [200]
    refused = client.post("/api/ask", json=QUESTION)
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    wait_s = int(refused.headers["retry-after"])
    assert refused.json()["retry_after_s"] == wait_s
    assert 40 <= wait_s <= 41
    clock.now += wait_s
    assert statuses(client, 2) == [200, 429]


def test_in_no_minute_a_rate_is_exceeded(serve: Callable[..., TestClient], clock: MadeTime) -> None:
    """However requests come, no minute holds more than the rate, wherever it begins, and it can hold as many."""
    client = serve(rate="20/minute")
    taken: list[float] = []
    for pause_s in [*[0.5] * 100, 45, *[0.1] * 30, *[2] * 60]:
        clock.now += pause_s
        if client.get("/api/search", params={"q": "leaves"}).status_code == 200:
            taken.append(clock.now)
    assert max(sum(1 for other in taken if one <= other < one + 60) for one in taken) == 20


def test_who_does_not_come_any_more_is_forgotten(clock: MadeTime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory holds those who came of late, not everyone who ever did."""
    monkeypatch.setattr("api.limits._SWEPT_EVERY", 10)
    memory = _Memory()
    for number in range(150):
        clock.now += 1
        memory.acquire_entry(f"address:{number}", 30, 60)
        memory.timer.join()
    assert len(memory.events) < 100


def test_what_costs_nothing_is_not_counted(serve: Callable[..., TestClient], clock: MadeTime) -> None:
    """Health, entries and completions are given, whatever was asked before; what makes the service work is not."""
    del clock
    client = serve(rate="1/hour")
    assert statuses(client, 1) == [200]
    for path in ("/livez", "/readyz", f"/api/entries{LEAVES}", "/api/suggest?q=leaves", "/api/subjects"):
        assert client.get(path).status_code == 200, path
    for path in ("/api/search?q=leaves", "/api/quiz", "/api/threads/x"):
        assert client.get(path).status_code == 429, path
    for path in ("/api/check", "/api/threads", "/api/feedback", "/signin"):
        assert client.post(path, json={}, data={}).status_code == 429, path


def test_a_days_questions_are_counted(serve: Callable[..., TestClient], clock: MadeTime) -> None:
    """Questions and checks count for a day, whatever the rate; what is no question is answered still."""
    client = serve(daily_questions=3)
    assert statuses(client, 2) == [200, 200]
    check = {"question": QUESTION["question"], "answer": "Chlorophyll reflects green light."}
    assert client.post("/api/check", json=check).status_code == 200
    refused = client.post("/api/ask", json=QUESTION)
    assert refused.status_code == 429
    assert refused.json()["retry_after_s"] > 80_000
    assert client.post("/api/check", json=check).status_code == 429
    assert client.get("/api/search", params={"q": "leaves"}).status_code == 200
    clock.now += 86_401
    assert statuses(client, 1) == [200]


def test_an_answer_that_is_read_on_is_no_further_question(serve: Callable[..., TestClient], clock: MadeTime) -> None:
    """Who lost a connection goes on with the answer, though the day's questions are used up."""
    del clock
    client = serve(daily_questions=1)
    stream = {"Accept": "text/event-stream"}
    events = read_events(client.post("/api/ask", json=QUESTION, headers=stream).text)
    again = client.post("/api/ask", json=QUESTION, headers={**stream, "Last-Event-ID": events[0].id})
    assert read_events(again.text) == events[1:]
    assert statuses(client, 1) == [429]
    assert client.post("/api/ask", json=QUESTION, headers={"Last-Event-ID": ""}).status_code == 429


def test_no_budget_where_none_is_set(serve: Callable[..., TestClient], clock: MadeTime) -> None:
    """With 0 any number of questions may be asked."""
    del clock
    assert statuses(serve(daily_questions=0), 3) == [200] * 3


def test_a_key_has_a_rate_of_its_own(serve: Callable[..., TestClient], settings: Settings, clock: MadeTime) -> None:
    """Programs with keys are counted by their keys alone, at their own rate, and have no budget of a day."""
    del clock
    client = serve(rate="1/hour", key_rate="2/hour", daily_questions=1)
    keys = client.app.state.service.records.keys
    first, second = ({"Authorization": f"Bearer {keys.create(name, 'ask')[1]}"} for name in "ab")
    assert statuses(client, 3, headers=first) == [200, 200, 429]
    assert statuses(client, 1, headers=second) == [200]
    assert statuses(client, 2) == [200, 429]
    assert settings.key_rate == "600/minute"


def test_wrong_keys_use_up_the_rate_of_their_address(serve: Callable[..., TestClient], clock: MadeTime) -> None:
    """Keys cannot be tried as fast as one likes."""
    del clock
    client = serve(rate="2/hour")
    assert statuses(client, 3, headers={"Authorization": "Bearer qt_x"}) == [401, 401, 429]


def test_a_sign_in_is_counted_by_address_and_by_itself(serve: Callable[..., TestClient], clock: MadeTime) -> None:
    """An editor's browser has the rate of its address and its own, whichever is used up first."""
    del clock
    client = serve(rate="3/hour", daily_questions=1)
    service = client.app.state.service
    key, _ = service.records.keys.create("ada", "edit")
    token = service.records.sign_ins.begin(key)
    client.cookies[COOKIE] = token
    headers = {"X-CSRF-Token": token_for(token)}
    assert statuses(client, 2, headers=headers) == [200, 200]
    asyncio.run(service.limits.take_request("192.0.2.9", signed_in=key.prefix))
    assert statuses(client, 1, headers=headers) == [429]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "", True),
    ],
)
def test_a_household_is_one(one: str, other: str, *, is_same: bool) -> None:
    """IPv6 addresses of one network are one person's, who may have 2**64 of them; of IPv4 each is another's."""
    assert (network_of(one) == network_of(other)) == is_same


class AwayStore:
    """A store of counts that is away until it is back."""

    is_away = True

    def take(self, counts: object) -> None:
        """Fail, or count."""
        del counts
        if self.is_away:
            raise StorageError(ConnectionError("refused"))


def test_without_the_shared_counts_each_worker_counts(caplog: pytest.LogCaptureFixture, clock: MadeTime) -> None:
    """While the server with the counts is away, requests are taken and counted here, and the log says so once."""
    del clock
    limits, store = Limits(Settings(rate="2/hour")), AwayStore()
    limits._shared = store  # type: ignore[assignment]

    async def ask(times: int) -> None:
        for _ in range(times):
            await limits.take_request("192.0.2.1")

    with caplog.at_level(logging.WARNING):
        asyncio.run(ask(2))
        with pytest.raises(DoorError):
            asyncio.run(ask(1))
    assert caplog.text.count("each worker counts its own") == 1
    store.is_away = False
    asyncio.run(ask(5))


@pytest.mark.parametrize("url", ["redis", "http://127.0.0.1", "redis://127.0.0.1:port", "memcached+x://a:secret@b"])
def test_a_place_to_count_that_is_none_is_refused(url: str) -> None:
    """The service does not start with an address that cannot be one, and does not tell what may be a password."""
    with pytest.raises(ConfigurationError, match="QUICKTAKES_LIMITS_URL") as caught:
        Limits(Settings(limits_url=url))
    assert "secret" not in str(caught.value)


def test_redis_without_its_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra to install is named."""
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"quicktakes-rag\[redis\]"):
        Limits(Settings(limits_url="redis://127.0.0.1:6379"))


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_server_that_is_away_from_the_start_stops_nobody(serve: Callable[..., TestClient], clock: MadeTime) -> None:
    """The service starts and answers while its Redis is not there."""
    del clock
    assert statuses(serve(limits_url="redis://127.0.0.1:1", rate="2/hour"), 3) == [200, 200, 429]


@pytest.mark.parametrize("name", ["QUICKTAKES_RATE", "QUICKTAKES_KEY_RATE"])
@pytest.mark.parametrize("rate", ["30", "0/minute", "30/fortnight", "30 / minute", "-1/day", "٣/minute", "1/minute\n"])
def test_a_rate_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, rate: str) -> None:
    """A rate is a number and what it is for; anything else is told with its variable."""
    monkeypatch.setenv(name, rate)
    with pytest.raises(ConfigurationError, match=f"{name} .* as 30/minute"):
        Settings.from_environment()
