"""Judges asked by the batch of a server on this machine: the same verdicts, at an approved price, paid for once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from suite_cases import make_case

from evals.batches import Spending
from evals.errors import StoppedError
from evals.judging import (
    Hearing,
    Judge,
    Judgement,
    LabelledItem,
    Question,
    calibrated,
    judgement_from,
    questions_of_run,
)
from evals.models import Cited, Claim, Reply
from evals.running import line_of, read_lines, write_lines
from rag.errors import ConfigurationError, NotApprovedError
from rag.settings import Settings
from rag.testing import ScriptedChatModel
from rag.testing.batch_script import BatchReply as Ended
from rag.testing.chat_script import ChatReply
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CASE = make_case("osmosis")
REPLY = Reply(
    case=CASE.url,
    arm="open",
    text="Water moves to where there is more solute.",
    refused=False,
    sentences=(Claim("Water moves to where there is more solute.", (1,)),),
    citations=(Cited(1, "/a", "Water moves towards the side with more solute."),),
)
ITEMS = [
    LabelledItem("support", f"s{number}", "c", "control", label, {"claim": f"Claim {number}.", "source": "Source."})
    for number, label in enumerate(("full", "none"))
]
ALL = "verdict 1: support\nverdict 2: none\nverdict: full\nverdict: consistent"
"""A verdict of each judge's menu."""

N_CALIBRATION, N_RUN = 4, 3


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """Give a server that has a verdict for everyone."""
    with OpenAIServer() as running:
        running.chat_default = lambda _: ChatReply(ALL)
        yield running


@pytest.fixture
def shown() -> list[Spending]:
    """Return the prices that were shown."""
    return []


@pytest.fixture
def hearing(server: OpenAIServer, tmp_path: Path, shown: list[Spending]) -> Hearing:
    """Return a judge by the batch, whose every price is approved of."""
    return Hearing(
        settings=Settings(data_dir=tmp_path / "scratch", openai_base_url=server.url, judge_model="openai:scripted"),
        seed="run",
        calibration=tmp_path / "run/calibration.jsonl",
        judgements=tmp_path / "run/judgements.jsonl",
        batches=tmp_path / "run/judge-batches",
        by_batch=lambda spending: not shown.append(spending),
    )


def elsewhere(hearing: Hearing, folder: Path) -> Hearing:
    """Return the same judge for another run of the same name, asked live."""
    files = {name: folder / name for name in ("calibration", "judgements", "batches")}
    return replace(hearing, **files, by_batch=None)  # type: ignore[arg-type] all are paths


def never(spending: Spending) -> bool:
    """Fail: nothing is to be paid for."""
    raise AssertionError(spending)


def questions() -> list[Question]:
    """Return what is asked of the reply: its nuggets, its claim, and whether it contradicts the reference."""
    return questions_of_run({CASE.url: CASE}, [REPLY])


def live(server: OpenAIServer) -> int:
    """Return how many requests were sent one by one."""
    return sum(bool(chat.body.get("stream")) for chat in server.chats)


def unpriced(judgements: list[Judgement]) -> list[Judgement]:
    """Return judgements without what they cost, which is less by the batch."""
    return [replace(one, prompt_tokens=0, completion_tokens=0, cost_usd=0) for one in judgements]


def test_a_batch_says_what_is_said_live(
    hearing: Hearing, server: OpenAIServer, shown: list[Spending], tmp_path: Path
) -> None:
    """One batch holds calibration and run, each repeat a request of its own; a live judge is asked the same."""
    server.batch_door.scripts = [Ended(reverse=True)]
    calibration, judgements = hearing.hear(ITEMS, questions())
    (lines,) = server.batch_door.batches.values()
    assert len({line["custom_id"] for line in lines}) == len(lines) == N_CALIBRATION + N_RUN
    assert ([one.is_batch for one in shown], live(server)) == ([True], 0)
    assert [one.verdicts for one in judgements] == [
        {"n1": "support", "n2": "none"},
        {"claim 1": "full"},
        {"answer": "consistent"},
    ]
    alive = elsewhere(hearing, tmp_path / "live").hear(ITEMS, questions())
    assert live(server) == N_CALIBRATION + N_RUN
    assert (calibration, unpriced(judgements)) == (alive[0], unpriced(alive[1]))
    sent = [[message["content"] for message in chat.body["messages"]] for chat in server.chats]
    assert sent[: len(lines)] == sent[len(lines) :]


def test_what_was_said_is_not_asked_again(hearing: Hearing, server: OpenAIServer) -> None:
    """Nor shown a price: only a new reply is asked of, in a batch of its own."""
    first = hearing.hear(ITEMS, questions())
    assert replace(hearing, by_batch=never).hear(ITEMS, questions()) == first
    more = questions_of_run({CASE.url: CASE}, [REPLY, replace(REPLY, repeat=1)])
    hearing.hear(ITEMS, more)
    assert [len(lines) for lines in server.batch_door.batches.values()] == [N_CALIBRATION + N_RUN, N_RUN]
    assert len(read_lines(hearing.judgements)) == 2 * N_RUN
    assert live(server) == 0


def test_a_process_killed_while_a_batch_is_under_way_goes_on(hearing: Hearing, server: OpenAIServer) -> None:
    """The next one waits for the same batch: it makes none, and asks for no approval."""

    def kill(_: str) -> None:
        raise Killed

    with pytest.raises(Killed):
        replace(hearing, tell=kill).hear(ITEMS, questions())
    assert read_lines(hearing.judgements) == []
    _, judgements = replace(hearing, by_batch=never).hear(ITEMS, questions())
    assert [one.unscored for one in judgements] == [{}] * N_RUN
    assert len(server.batch_door.batches) == 1


@pytest.mark.parametrize("first", [ChatReply("hm"), ChatReply(ALL, finish_reason="length")])
def test_what_is_no_verdict_is_asked_once_more_one_by_one(
    hearing: Hearing, server: OpenAIServer, shown: list[Spending], first: ChatReply
) -> None:
    """At a price that is shown, with another tag; who does not approve of it stops there, and loses no reply."""
    server.chat_scripts = [first]
    with pytest.raises(NotApprovedError, match="1 requests one by one"):
        replace(hearing, by_batch=lambda spending: spending.is_batch).hear(ITEMS, questions())
    assert live(server) == 0
    calibration, _ = hearing.hear(ITEMS, questions())
    assert [(one.requests, one.is_batch) for one in shown] == [(1, False)]
    assert (calibration.tasks["support"].unscored, live(server)) == ({}, 1)
    assert server.chats[0].prompt != server.chats[-1].prompt
    assert len(server.batch_door.batches) == 1


def test_what_judging_cost_before_counts_against_its_ceiling(hearing: Hearing, server: OpenAIServer) -> None:
    """Calibration included: once it is reached, nothing more is asked."""
    alive = replace(hearing, by_batch=None)
    alive.hear(ITEMS, questions())
    asked = live(server)
    write_lines(alive.calibration, [line_of({**line, "cost_usd": 0.1}) for line in read_lines(alive.calibration)])
    more = questions_of_run({CASE.url: CASE}, [replace(REPLY, repeat=1)])
    with pytest.raises(StoppedError, match=f"{N_RUN} are not asked yet"):
        replace(alive, most_usd=0.4).hear(ITEMS, more)
    assert live(server) == asked


def test_no_verdict_in_two_tries_is_unscored(hearing: Hearing, server: OpenAIServer) -> None:
    """As where both are live, and it is not asked a third time."""
    server.chat_default = lambda _: ChatReply("excellent")
    for _ in range(2):
        _, judgements = hearing.hear(ITEMS, questions())
        assert judgements[1].unscored == {"claim 1": "judge: off the menu"}
        assert live(server) == N_CALIBRATION + N_RUN


def test_without_batches_all_is_asked_live_at_an_approved_price(
    hearing: Hearing, server: OpenAIServer, shown: list[Spending]
) -> None:
    """Shown are both attempts at each question; the second is not made where the first has a verdict."""
    server.batch_door.is_open = False
    hearing.hear(ITEMS, questions())
    n = N_CALIBRATION + N_RUN
    assert [(one.requests, one.is_batch) for one in shown] == [(n, True), (n, False), (n, False)]
    assert live(server) == n


def test_a_judge_without_the_protocol_has_no_batches(hearing: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, and not asked live in its place."""
    settings = replace(hearing.settings, judge_model="nobody:model")
    model = ScriptedChatModel()
    monkeypatch.setattr("evals.judging.hearing.open_judge", lambda *_: Judge(model))
    with pytest.raises(ConfigurationError, match="openai:<model>"):
        replace(hearing, settings=settings).hear(ITEMS, questions())
    assert model.asked == []


def test_a_calibration_that_was_stopped_counts_for_nothing(hearing: Hearing, server: OpenAIServer) -> None:
    """A task of which some items were never asked is no calibration, and a task that nobody asked of is left out."""
    pair = {"question": "Why?", "reference": "So.", "answer_a": "So.", "answer_b": "No."}
    other = LabelledItem("pairwise", "p", "c", "control", "a", pair)
    asked, _ = hearing.hear(ITEMS, [])
    assert set(asked.tasks) == {"support"}
    said = [judgement_from(line) for line in read_lines(hearing.calibration)]
    assert set(calibrated([*ITEMS, other], asked.model, said).tasks) == {"support"}
    assert calibrated([*ITEMS, replace(ITEMS[0], id="s9")], asked.model, said).tasks == {}
    assert len(server.batch_door.batches) == 1
