"""``eval prefer`` says whose replies a judge prefers, and what its word is worth."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_runs import Scripted, asking, new_run
from suite_cases import make_case

from evals.cli.preferring import prefer_command
from evals.models import Arm, Case, Reply
from evals.running import RunFolder, answer_tasks, read_lines
from rag.adapters.openai_chat import OpenAIChatModel
from rag.errors import ConfigurationError, NotApprovedError
from rag.testing.chat_script import ChatAsked, ChatReply
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

del OpenAIChatModel  # imported here, since that takes its time, which is no test's

PAIR = {
    "question": "Why?",
    "reference": "Because of light.",
    "answer_a": "Light, as it is.",
    "answer_b": "Nobody knows.",
}
ALIKE = {**PAIR, "answer_b": "Light, it is."}
LABELLED = [
    {"task": "pairwise", "id": "p1", "stratum": "control", "label": "a", "item": PAIR},
    {"task": "pairwise", "id": "p2", "stratum": "control", "label": "tie", "item": ALIKE},
    {"task": "contradiction", "id": "c1", "stratum": "control", "label": "consistent",
     "item": {"question": "Why?", "reference": "Light.", "answer": "Light."}},
]  # fmt: skip
N_CALIBRATION, N_PAIR = 2 * 2 * 2, 2
CASE = make_case("osmosis")


class Ignorant(Scripted):
    """Says that nobody knows."""

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply in four words more."""
        told = await Scripted.answer(self, case, arm, excluded, repeat)
        return replace(told, text="Nobody knows that, as yet.")


def say(asked: ChatAsked) -> ChatReply:
    """Prefer whoever knows something, wherever it stands."""
    above, _, second = asked.prompt.rpartition("<second-")
    return ChatReply(f"verdict: {'a' if 'Nobody' in second else 'b' if 'Nobody' in above else 'tie'}")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[OpenAIServer]:
    """Give the judge that the environment names."""
    monkeypatch.chdir(tmp_path)
    with OpenAIServer() as running:
        running.chat_default = say
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("QUICKTAKES_JUDGE_MODEL", "openai:scripted")
        Path("labelled.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in LABELLED), encoding="utf-8")
        yield running


def run_of(name: str, system: Scripted, case: Case = CASE) -> RunFolder:
    """Return a run of one case that has its reply."""
    Path(name).mkdir()
    run, _ = new_run(Path(name), [case], system, arms=["open"])
    answer_tasks(asking(run, system))
    return run


def prefer(capsys: pytest.CaptureFixture[str], first: RunFolder, second: RunFolder, **options: Any) -> str:
    """Return what the command prints, in one line."""
    capsys.readouterr()
    prefer_command(first.path, second.path, Path("labelled.jsonl"), **options)
    return " ".join(capsys.readouterr().out.split())


def test_the_better_run_wins(server: OpenAIServer, capsys: pytest.CaptureFixture[str]) -> None:
    """In both orders; it is the shorter one; below twenty clusters that decides nothing. Nobody is asked twice."""
    first, second = run_of("a", Scripted()), run_of("b", Ignorant())
    told = prefer(capsys, first, second)
    assert "pairwise │ 2 │ 1.00" in told
    assert "│ 1 │ 0 │ 0 │ 1.000 │ - │ 1 │ -3.0 │" in told
    assert "longer won 0" in told
    assert "too few to compare" in told
    assert "gates nothing" not in told
    assert len(server.chats) == N_CALIBRATION + N_PAIR
    assert prefer(capsys, first, second) == told
    assert len(server.chats) == N_CALIBRATION + N_PAIR
    assert len(read_lines(first.pairs / "judgements.jsonl")) == N_PAIR
    assert not first.judgements.exists()
    assert not first.calibration.exists()


def test_pairs_are_asked_by_the_batch(server: OpenAIServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Calibration and pairs in one, once its price is approved; the runs change places, and so does the result."""
    first, second = run_of("a", Ignorant()), run_of("b", Scripted())
    with pytest.raises(NotApprovedError):
        prefer(capsys, first, second, batch=True)
    told = prefer(capsys, first, second, batch=True, yes=True)
    assert "│ 0 │ 0 │ 1 │ 0.000 │ - │ 1 │ +3.0 │" in told
    assert [len(lines) for lines in server.batch_door.batches.values()] == [N_CALIBRATION + N_PAIR]
    assert not any(chat.body.get("stream") for chat in server.chats)


def test_a_judge_that_prefers_a_place_is_shown_only(server: OpenAIServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Every pair is a tie to it, its kappa is 0, and both are told."""
    server.chat_default = lambda _: ChatReply("verdict: a")
    told = prefer(capsys, run_of("a", Scripted()), run_of("b", Ignorant()))
    assert "│ 0 │ 1 │ 0 │ 0.500" in told
    assert "both orders say the same of 0 of 1 pairs" in told
    assert "shown, gates nothing" in told


@pytest.mark.parametrize(
    ("other", "told"),
    [({"answer": "Otherwise."}, "1 of 1 cases are not the same"), ({"split": "dev"}, "share no case")],
)
def test_pairs_are_of_the_same_cases_of_the_test_split(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str], other: dict[str, Any], told: str
) -> None:
    """A case that has changed, or that is for choosing by, is not judged."""
    with pytest.raises(ConfigurationError, match=told):
        prefer(capsys, run_of("a", Scripted()), run_of("b", Scripted(), replace(CASE, **other)))
    assert server.chats == []


def test_a_judge_needs_pairs_to_be_calibrated_by(server: OpenAIServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Labels of other tasks say nothing of this one."""
    Path("labelled.jsonl").write_text(f"{json.dumps(LABELLED[-1])}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no pairs"):
        prefer(capsys, run_of("a", Scripted()), run_of("b", Scripted()))
    assert server.chats == []
