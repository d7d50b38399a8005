"""What a day's budget counts, where it is kept, and what it refuses."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import aclosing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from made_time import Read

from rag.chat_models import Candidate, CircuitBreaker, DailyBudget, ResilientChatModel, Retries, Spending
from rag.errors import (
    ProviderBrokeOffError,
    ProviderError,
    ProviderFilteredReplyError,
    ProviderRejectedError,
    ProviderTooSlowError,
    ProviderUnavailableError,
    SpendingLimitError,
)
from rag.models import Usage
from rag.testing import ScriptedChatModel
from rag.testing.chat_model import ScriptedPart
from rag.tokens import estimate_tokens

MESSAGE = "Why do leaves look green?"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a budget is kept: in a folder that is not there yet."""
    return tmp_path / "folder/spending.sqlite3"


@pytest.fixture
def budget(file: Path) -> DailyBudget:
    """Return a budget of 100 tokens and a dollar."""
    return DailyBudget(file, 100, 1.0)


def test_nothing_spent_is_nothing_refused(budget: DailyBudget) -> None:
    """A new budget is empty."""
    budget.check()
    assert budget.spent() == Spending(0, 0.0)


@pytest.mark.parametrize(
    ("usage", "cost", "words"),
    [(Usage(60, 40), 0.0, "100 tokens is spent .100 "), (Usage(1, 1), 1.0, r"1\.00 USD is spent .1\.00 ")],
)
def test_a_ceiling_that_is_reached_refuses(budget: DailyBudget, usage: Usage, cost: float, words: str) -> None:
    """Of tokens or of dollars, with both figures."""
    budget.add(usage, cost)

    with pytest.raises(SpendingLimitError, match=words):
        budget.check()


def test_below_a_ceiling_a_reply_may_begin(budget: DailyBudget) -> None:
    """One token is enough."""
    budget.add(Usage(60, 39), 0.99)
    budget.check()


def test_no_ceiling_never_refuses(file: Path) -> None:
    """What is spent is counted all the same; a price that is unknown counts as nothing."""
    budget = DailyBudget(file)
    budget.add(Usage(10**9, 0), None)
    budget.check()
    assert budget.spent() == Spending(10**9, 0.0)


def test_a_day_ends_at_midnight_utc(file: Path) -> None:
    """Wherever the machine is."""
    east = timezone(timedelta(hours=5))
    now = [datetime(2026, 5, 2, 4, 59, tzinfo=east)]
    budget = DailyBudget(file, 10, now=lambda: now[0])
    budget.add(Usage(10), 0)
    with pytest.raises(SpendingLimitError):
        budget.check()
    now[0] = datetime(2026, 5, 2, 0, 0, tzinfo=UTC)
    budget.check()


def test_a_budget_outlives_its_process_and_is_shared(file: Path, budget: DailyBudget) -> None:
    """Four processes that count at the same time lose nothing."""
    code = (
        "import sys; from pathlib import Path; from rag.chat_models import DailyBudget; from rag.models import Usage\n"
        "budget = DailyBudget(Path(sys.argv[1]))\n"
        "for _ in range(50): budget.add(Usage(1, 1), 0.001)\n"
        "budget.check()"
    )
    others = [subprocess.Popen([sys.executable, "-c", code, str(file)]) for _ in range(4)]  # noqa: S603 our own words
    assert [other.wait(60) for other in others] == [0] * 4

    assert budget.spent().tokens == 400
    assert budget.spent().usd == pytest.approx(0.2)


@pytest.mark.parametrize("damage", ["no database", "a folder"])
def test_a_budget_that_cannot_be_counted_refuses(file: Path, budget: DailyBudget, damage: str) -> None:
    """With the file to mend: what nobody counts has no ceiling."""
    file.parent.mkdir()
    if damage == "a folder":
        file.mkdir()
    else:
        file.write_text("this is no database " * 100)

    with pytest.raises(SpendingLimitError, match=r"nothing more is; mend or delete .*spending\.sqlite3"):
        budget.check()
    budget.add(Usage(5), 0)  # is no error: the reply is paid for


def test_what_could_not_be_counted_is_counted_later(file: Path, budget: DailyBudget) -> None:
    """A reply whose end met a locked file is in the sum once the file is free."""
    budget.check()
    with sqlite3.connect(file) as other:
        other.execute("BEGIN EXCLUSIVE")
        budget.add(Usage(70, 40), 0.5)
        other.rollback()
    other.close()

    with pytest.raises(SpendingLimitError):
        budget.check()
    assert budget.spent() == Spending(110, 0.5)


def resilient(model: ScriptedChatModel, budget: DailyBudget, price: float | None = 0.001) -> ResilientChatModel:
    """Return a model with a budget that makes one call."""
    candidate = Candidate(
        model,
        CircuitBreaker("m"),
        lambda usage: None if price is None else price * (usage.prompt_tokens + usage.completion_tokens),
    )
    return ResilientChatModel([candidate], budget=budget, retries=Retries(most_calls=1))


def test_a_whole_reply_counts_as_reported(read: Read, budget: DailyBudget) -> None:
    """With the tokens and the price that its end tells."""
    read(resilient(ScriptedChatModel([["Light ", "is."]]), budget))

    assert budget.spent() == Spending(5 + 2, 0.0)


@pytest.mark.parametrize(
    ("parts", "written"),
    [
        (["Light ", ProviderBrokeOffError("cut")], "Light "),
        (["Light ", ProviderUnavailableError("down")], "Light "),
        ([ProviderTooSlowError("slow")], ""),
        ([ProviderFilteredReplyError("no")], ""),
    ],
)
def test_a_reply_that_failed_counts_by_estimate(
    read: Read, budget: DailyBudget, parts: list[ScriptedPart], written: str
) -> None:
    """The prompt and what came: the server may bill both."""
    read(resilient(ScriptedChatModel([parts]), budget))

    tokens = estimate_tokens(MESSAGE) + estimate_tokens(written)
    assert budget.spent().tokens == tokens
    assert budget.spent().usd == pytest.approx(tokens * 0.001)


@pytest.mark.parametrize("error", [ProviderUnavailableError("refused"), ProviderRejectedError("wrong key")])
def test_a_request_that_was_not_taken_counts_for_nothing(read: Read, budget: DailyBudget, error: ProviderError) -> None:
    """No server bills it."""
    read(resilient(ScriptedChatModel([[error]]), budget))

    assert budget.spent() == Spending(0, 0.0)


def test_a_reply_that_is_not_read_to_its_end_counts_by_estimate(budget: DailyBudget) -> None:
    """Whoever leaves has had what came."""

    async def leave() -> None:
        async with aclosing(resilient(ScriptedChatModel(), budget).stream([], lambda: False)) as stream:
            await anext(stream)

    asyncio.run(leave())

    assert budget.spent().tokens == estimate_tokens("An ")


def test_a_spent_budget_asks_no_model(read: Read, budget: DailyBudget) -> None:
    """Neither the first nor any other, and nothing is tried again."""
    budget.add(Usage(100), 0)
    model = ScriptedChatModel()
    parts, error = read(resilient(model, budget))

    assert (parts, model.asked) == ([], [])
    assert isinstance(error, SpendingLimitError)
    assert not error.retryable


def test_a_budget_that_is_reached_between_attempts_ends_them(read: Read, budget: DailyBudget) -> None:
    """A failure that used up the day is the last."""
    model = ScriptedChatModel([["Light. " * 50, ProviderBrokeOffError("cut")]])
    candidates = [Candidate(model, CircuitBreaker("m"))] * 2
    _, error = read(ResilientChatModel(candidates, budget=budget, retries=Retries(most_calls=1)))

    assert isinstance(error, SpendingLimitError)
    assert len(model.asked) == 1
