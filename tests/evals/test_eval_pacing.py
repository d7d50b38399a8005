"""As many requests under way as a server takes, and not a dollar more than a run may cost is begun."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from small_runs import Scripted, asking, new_run, osmosis_case

from evals.errors import StoppedError
from evals.judging import Judge, Judgement, Judging, questions_of_run
from evals.measuring import Plan, begin
from evals.models import Arm, Case, Reply
from evals.pacing import HeardChatModel, Pace, Purse, ask_each
from evals.running import answer_tasks, open_tasks, replies_of
from evals.systems import OURS, Endpoint, Served, asked_as, models_asked, require_known_prices
from evals.systems.endpoint import RETRIES, patient_model
from evals.systems.recording import RecordingChatModel
from rag.adapters.openai_server import openai_fingerprint
from rag.chat_models import Candidate, CircuitBreaker
from rag.errors import (
    ConfigurationError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderUnavailableError,
    SpendingLimitError,
)
from rag.models import ChatMessage, ReplyEnd, Usage
from rag.prompts.asking import whole_reply
from rag.settings import Settings
from rag.testing import ScriptedChatModel

CASES = [osmosis_case(name) for name in ("one", "two", "three")]
PRICED = Settings(openai_api_key="key")


@dataclass(slots=True)
class Hours:
    """A clock that only those who wait on it move."""

    now_s: float = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        """Let time pass, and others go on."""
        self.now_s += seconds
        await asyncio.sleep(0)


@dataclass(slots=True)
class Costly(Scripted):
    """Takes a quarter of a dollar for a reply."""

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply, and let others begin meanwhile."""
        reply = await Scripted.answer(self, case, arm, excluded, repeat)
        await asyncio.sleep(0)
        return replace(reply, cost_usd=0.25)


def pace_of(most: int, clock: Hours | None = None) -> Pace:
    """Return a pace that waits for no real time."""
    hours = clock or Hours()
    return Pace(most, hours, hours.sleep)


def run_turns(pace: Pace, count: int) -> list[int]:
    """Return the limit after each of some good turns, one after the other."""

    async def run() -> list[int]:
        limits: list[int] = []
        for _ in range(count):
            async with pace.turn():
                pass
            limits.append(pace.limit)
        return limits

    return asyncio.run(run())


def fail(pace: Pace, error: Exception, times: int = 1) -> None:
    """Have requests of one moment fail together."""
    sent = [pace.heard() for _ in range(times)]
    for one in sent:
        one.__enter__()
    for one in sent:
        with suppress(type(error)):
            one.__exit__(type(error), error, None)


def test_one_more_is_let_in_for_each_window_of_good_turns() -> None:
    """Two at first; three after two turns, four after three more, and never more than the most."""
    assert run_turns(pace_of(4), 10) == [2, 3, 3, 3, 4, 4, 4, 4, 4, 4]
    assert run_turns(pace_of(1), 3) == [1, 1, 1]


def test_no_more_are_under_way_than_the_pace_lets_in() -> None:
    """It begins with two, and what is under way follows the limit until the most are."""
    pace, seen, under_way = pace_of(5), list[tuple[int, int]](), 0

    async def ask(_: int) -> None:
        nonlocal under_way
        under_way += 1
        seen.append((under_way, pace.limit))
        for _ in range(3):
            await asyncio.sleep(0)
        under_way -= 1

    asyncio.run(ask_each(range(40), ask, pace, Purse()))
    assert len(seen) == 40
    assert all(under_way <= limit for under_way, limit in seen)
    assert max(under_way for under_way, _ in seen[:3]) == 2
    assert max(under_way for under_way, _ in seen) == pace.limit == 5


def test_a_burst_of_refusals_halves_once() -> None:
    """What was sent before a cut tells nothing new of it; what is sent after it does, and one always goes on."""
    pace = pace_of(8)
    run_turns(pace, 2 + 3 + 4 + 5 + 6 + 7)
    limits = [pace.limit]
    for _ in range(4):
        fail(pace, ProviderRateLimitError("slow down"), times=8)
        limits.append(pace.limit)
    assert limits == [8, 4, 2, 1, 1]
    assert run_turns(pace, 3) == [2, 2, 3]


def test_a_turn_from_before_a_cut_is_no_sign_that_more_are_taken() -> None:
    """Its success is of the window in which there were too many."""
    pace = pace_of(8)

    async def turn() -> None:
        async with pace.turn():
            fail(pace, ProviderRateLimitError("slow down"))

    asyncio.run(turn())
    assert pace.limit == 1
    assert run_turns(pace, 1) == [2]


def test_nothing_begins_until_a_server_wants_it() -> None:
    """Retry-After is waited out by all; the longest that was asked for counts."""
    hours = Hours()
    pace, begun = pace_of(3, hours), list[float]()

    async def ask(number: int) -> None:
        begun.append(hours.now_s)
        if number == 0:
            fail(pace, ProviderRateLimitError("slow down", 20.0))
            fail(pace, ProviderRateLimitError("slow down", 5.0))

    asyncio.run(ask_each(range(3), ask, pace, Purse()))
    assert begun == [0.0, 20.0, 20.0]


def test_nobody_waits_where_nothing_more_will_be_asked() -> None:
    """A server that asks for a day does not hold a run for it once another request has shown that it cannot go on."""
    hours = Hours()
    pace = pace_of(4, hours)
    run_turns(pace, 2 + 3)

    async def ask(_: int) -> None:
        fail(pace, ProviderRateLimitError("come tomorrow", 86_400.0))
        await asyncio.sleep(0)
        raise ProviderRejectedError("the key")

    with pytest.raises(ProviderRejectedError):
        asyncio.run(ask_each(range(5), ask, pace, Purse()))
    assert hours.now_s <= 3.0


def test_a_failing_server_is_asked_no_more_for_a_while() -> None:
    """It neither halves nor grows, for half a minute; then it grows again."""
    hours = Hours()
    pace = pace_of(4, hours)
    fail(pace, ProviderUnavailableError("503"))
    assert run_turns(pace, 9) == [2] * 9
    hours.now_s = 30.0
    assert run_turns(pace, 2) == [2, 3]
    fail(pace, ProviderRejectedError("401"))
    assert run_turns(pace, 3) == [3, 3, 4]


def test_what_is_under_way_ends_after_an_error() -> None:
    """It may be paid for; nothing more is begun, and the first error is the one that is told."""
    begun, ended = list[int](), list[int]()

    async def ask(number: int) -> None:
        begun.append(number)
        await asyncio.sleep(0)
        if number == 0:
            raise ProviderRejectedError("the key")
        for _ in range(5):
            await asyncio.sleep(0)
        ended.append(number)

    with pytest.raises(ProviderRejectedError, match="the key"):
        asyncio.run(ask_each(range(5), ask, pace_of(2), Purse()))
    assert (begun, ended) == ([0, 1], [1])


@pytest.mark.parametrize("wrapped", [HeardChatModel, RecordingChatModel])
def test_every_attempt_of_a_model_is_heard(wrapped: Callable[[ScriptedChatModel], HeardChatModel]) -> None:
    """Whoever asks it, the pace of the turn that it is asked in halves; without a turn nothing is to hear."""
    model = wrapped(ScriptedChatModel([[ProviderRateLimitError("slow down")], ["Yes."]]))
    pace, texts, limits = pace_of(4), list[str](), list[int]()

    async def ask(_: int) -> None:
        with suppress(ProviderRateLimitError):
            texts.append((await whole_reply(model, [ChatMessage("user", "Why?")], 1.0))[0])
        limits.append(pace.limit)

    asyncio.run(ask_each([0], ask, pace, Purse()))
    asyncio.run(ask(1))
    assert texts == ["Yes."]
    assert limits[0] == 1


def test_a_service_that_wants_fewer_is_heard() -> None:
    """Each of its refusals is, though it is asked again until it replies."""

    class Refusing:
        name = "refusing"
        asked = 0

        async def post(self, _path: str, _body: object) -> object:
            self.asked += 1
            if self.asked < 3:
                raise ProviderRateLimitError("slow down", 2.0)
            return {"evidence": ()}

    hours = Hours()
    pace = pace_of(8, hours)
    served = Served(cast("Any", Refusing()), "f", hours.sleep)
    limits: list[int] = []

    async def ask(_: int) -> None:
        with suppress(Exception):  # what it replies is no answer
            await served.answer(CASES[0], "open", (), 0)
        limits.append(pace.limit)

    run_turns(pace, 2 + 3 + 4 + 5 + 6 + 7)
    asyncio.run(ask_each([0], ask, pace, Purse()))
    assert limits == [2]


def test_a_model_that_refuses_many_is_asked_by_fewer_and_answers_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More refusals in a row than leave a server alone elsewhere: each reply is waited for, none has failed."""
    monkeypatch.setattr("evals.systems.endpoint.RETRIES", replace(RETRIES, first_pause_s=0.0, longest_pause_s=0.0))
    limits: list[int] = []
    pace = pace_of(2)

    def keep_pace(_most: int) -> Pace:
        return pace

    def note_limit(_case: Case, _reply: Reply) -> None:
        limits.append(pace.limit)

    monkeypatch.setattr("evals.running.answering.Pace", keep_pace)
    model = ScriptedChatModel([*[[ProviderRateLimitError("slow down", 0.0)]] * 4, ["Water moves."]])
    candidate = Candidate(model, CircuitBreaker(model.name))
    system = Endpoint(patient_model(candidate, Settings(data_dir=tmp_path), 2))
    run, tasks = new_run(tmp_path, CASES, system, arms=["open"])
    answer_tasks(replace(asking(run, system), concurrency=2, heard=note_limit))
    assert [reply.error for _, _, reply in replies_of(run)] == [""] * len(tasks)
    assert len(model.asked) == len(tasks) + 4
    assert limits[0] == 1


def test_a_system_is_opened_for_as_many_as_may_be_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is waited out with a slot taken: a reply that found none for five seconds would fail."""
    opened: list[int | None] = []

    def open_nothing(*_: object, concurrency: int | None = None) -> None:
        opened.append(concurrency)
        raise ConfigurationError("that will do")

    monkeypatch.setattr("evals.measuring.open_system", open_nothing)
    corpus = SimpleNamespace(entries={}, sha256="c")
    planned = SimpleNamespace(settings=PRICED, system=OURS, cases=[], corpus=corpus, most_usd=None, concurrency=40)
    with pytest.raises(ConfigurationError, match="that will do"):
        begin(cast("Plan", planned), tmp_path, lambda _done, _total, _last: None)
    assert opened == [40]


@pytest.mark.parametrize("name", ["openai:m", "openai:m@cf", OURS, "served:http://127.0.0.1:9"])
def test_a_run_that_stopped_asks_the_same_model_when_it_goes_on(name: str) -> None:
    """A run tells a model with a hash of the address of its server, which is no part of what the server calls it."""
    told = openai_fingerprint(name.removeprefix("openai:"), "http://127.0.0.1:9/v1") if "openai" in name else name
    assert asked_as(told) == asked_as(name) == name


def test_replies_are_the_same_however_many_are_under_way(tmp_path: Path) -> None:
    """Their lines are in another order; what scores are made from is not."""

    class Uneven(Scripted):
        async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
            for _ in range(9 if (case.url, arm) == (CASES[0].url, "held_out") else 1):
                await asyncio.sleep(0)
            return await Scripted.answer(self, case, arm, excluded, repeat)

    for most in (1, 5):
        (tmp_path / str(most)).mkdir()
    runs = [new_run(tmp_path / str(most), CASES, Uneven())[0] for most in (1, 5)]
    for run, most in zip(runs, (1, 5), strict=True):
        answer_tasks(replace(asking(run, Uneven()), concurrency=most))
    one, five = runs
    assert one.replies.read_bytes() != five.replies.read_bytes()
    assert replies_of(one) == replies_of(five)


def test_nothing_is_asked_once_a_run_has_cost_what_it_may(tmp_path: Path) -> None:
    """What came is kept and told with what is open; with a greater ceiling the run goes on, what it cost counted."""
    run, tasks = new_run(tmp_path, CASES, Costly())
    told = r"0\.5000 USD are spent of the 0\.5000 .* 4 are not asked yet; go on with 'go on'"
    with pytest.raises(StoppedError, match=told):
        answer_tasks(replace(asking(run, Costly()), purse=Purse(0.5, run.spent_usd(), "go on")))
    assert (run.spent_usd(), len(open_tasks(run, Costly().fingerprint))) == (0.5, 4)

    idle = Costly()
    with pytest.raises(StoppedError):
        answer_tasks(replace(asking(run, idle), purse=Purse(0.5, run.spent_usd())))
    assert idle.asked == []
    answer_tasks(replace(asking(run, Costly()), purse=Purse(1.5, run.spent_usd())))
    assert run.spent_usd() == 0.25 * len(tasks)


def test_what_is_under_way_at_the_ceiling_is_kept(tmp_path: Path) -> None:
    """Two had begun when the first of them spent the last of it."""
    run, _ = new_run(tmp_path, CASES, Costly())
    with pytest.raises(StoppedError, match=r"0\.5000 USD are spent of the 0\.2500"):
        answer_tasks(replace(asking(run, Costly()), concurrency=2, purse=Purse(0.25)))
    assert len(run.kept_replies()) == 2


def test_a_run_stops_where_the_day_has_cost_what_it_may(tmp_path: Path) -> None:
    """It is no reply that failed: nothing of it is written down."""

    class Spent(Scripted):
        async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
            await Scripted.answer(self, case, arm, excluded, repeat)
            raise SpendingLimitError("today's budget is spent")

    run, _ = new_run(tmp_path, CASES, Spent())
    spent = Spent()
    with pytest.raises(SpendingLimitError):
        answer_tasks(asking(run, spent))
    assert len(spent.asked) == 1
    assert run.kept_replies() == {}


def test_judging_stops_at_its_ceiling_and_goes_on() -> None:
    """What was judged is recorded, and is not asked again."""
    case = replace(CASES[0], nuggets=())
    replies = [Reply(case=case.url, arm="open", repeat=number, text="Water moves.") for number in range(3)]
    end = ReplyEnd("scripted", Usage(1, 1), 0.25)
    model = ScriptedChatModel([["verdict: consistent", end]])
    kept: list[Judgement] = []
    with pytest.raises(StoppedError, match="1 are not asked yet"):
        Judging(Judge(model), (), kept.append, 1, Purse(0.5)).ask_all(questions_of_run({case.url: case}, replies))
    assert len(kept) == len(model.asked) == 2
    assert (
        len(Judging(Judge(model), kept).ask_all(questions_of_run({case.url: case}, replies))) == len(model.asked) == 3
    )


@pytest.mark.parametrize(
    ("system", "settings"),
    [
        ("openai:nobody-knows", PRICED),
        ("openai:gpt-5-mini", Settings(openai_api_key="key", openai_base_url="http://127.0.0.1:9/v1")),
        ("http://127.0.0.1:9", PRICED),
        ("served:http://127.0.0.1:9", PRICED),
        ("quicktakes", replace(PRICED, chat_model="openai:gpt-5-mini", judge_model="openai:nobody-knows")),
    ],
)
def test_a_ceiling_wants_prices_that_are_known(system: str, settings: Settings) -> None:
    """Of every model that may be asked; a service does not tell what its own costs."""
    with pytest.raises(ConfigurationError, match="nobody knows"):
        require_known_prices(models_asked(system, settings), settings)


@pytest.mark.parametrize(
    ("system", "settings"),
    [
        ("openai:gpt-5-mini", PRICED),
        ("openai:m", Settings(openai_base_url="http://127.0.0.1:9/v1")),
        ("quicktakes", Settings()),
        ("floor:echo", Settings()),
    ],
)
def test_prices_are_known_of_what_is_on_the_list_or_free(system: str, settings: Settings) -> None:
    """A server that takes no key costs nothing, as do our chain without a model and the floors."""
    require_known_prices(models_asked(system, settings), settings)
