"""``quicktakes eval judge``, with a judge that is a scripted server on this machine."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals.cases import render_case
from evals.models import Case, Nugget
from rag.testing.chat_script import ChatAsked, ChatReply
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Run = Callable[..., Any]

ANSWER = "Chlorophyll in leaves reflects green light and absorbs red and blue light."
GREEN = Case(
    url="/learn/biology/questions/green-leaves",
    kind="control",
    split="test",
    cluster="leaves",
    corpus="starter",
    question="Why do leaves look green?",
    answer=ANSWER,
    expect="answer",
    sources={"/learn/biology/questions/why-do-leaves-look-green": 2},
    nuggets=(Nugget("n1", "Chlorophyll reflects green", "vital", ("reflects green",)),),
    twin="/learn/biology/questions/football",
    author="synthetic",
)
FOOTBALL = replace(
    GREEN,
    url="/learn/biology/questions/football",
    kind="out_of_domain",
    question="Who won the football cup last night?",
    answer="The corpus says nothing of football.",
    expect="refuse",
    sources={},
    nuggets=(),
    twin=GREEN.url,
)
PAIR = {
    "question": "Why?",
    "reference": "Because of light.",
    "answer_a": "Light, as it is.",
    "answer_b": "Nobody knows.",
}
CLAIM = {"claim": "Leaves are green.", "source": "Leaves look green."}
LABELLED = [
    {"task": "support", "id": "s1", "stratum": "control", "label": "full", "item": CLAIM},
    {
        "task": "support",
        "id": "s2",
        "stratum": "injection",
        "label": "none",
        "item": {**CLAIM, "claim": "Whales sing."},
    },
    {"task": "pairwise", "id": "p1", "stratum": "control", "label": "a", "item": PAIR},
    {
        "task": "pairwise",
        "id": "p2",
        "stratum": "control",
        "label": "tie",
        "item": {**PAIR, "answer_b": "Light, it is."},
    },
]


def say(asked: ChatAsked) -> ChatReply:
    """Judge well: whales sing nowhere."""
    support = "none" if "Whales" in asked.prompt else "full"
    return ChatReply(f"verdict 1: support\nverdict: {support}\nverdict: consistent")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """Give the judge that the environment names."""
    with OpenAIServer() as running:
        running.chat_default = say
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("QUICKTAKES_JUDGE_MODEL", "openai:scripted")
        Path("labelled.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in LABELLED), encoding="utf-8")
        yield running


def measured(run: Run) -> str:
    """Return the folder of a new run."""
    suite = Path("suite")
    suite.mkdir()
    for number, case in enumerate((GREEN, FOOTBALL), start=1):
        text = render_case(case, number, dt.date(2026, 1, 31))
        (suite / f"{number}.md").write_text(text, encoding="utf-8")
    assert run("eval", "run", "--suite", "suite", "--no-floors", "--no-embedding").code == 0
    return str(next(Path("runs").glob("*/report.html")).parent)


def flat(text: str) -> str:
    """Return a text in one line."""
    return " ".join(text.split())


def test_a_run_is_judged_by_the_batch(run: Run, server: OpenAIServer) -> None:
    """Nothing is sent at a price that nobody approved; with it, the judge's worth is shown, and the run scored."""
    folder = measured(run)
    words = ("eval", "judge", folder, "--labelled", "labelled.jsonl", "--batch")
    refused = run(*words)
    assert (refused.code, "add --yes" in refused.err, server.chats) == (1, True, [])

    judged = run(*words, "--yes")
    assert (judged.code, len(server.batch_door.batches)) == (0, 1)
    assert not any(chat.body.get("stream") for chat in server.chats)
    assert not any("<second-" in chat.prompt for chat in server.chats)
    shown = flat(judged.out)
    assert "support agrees: control 1/1, injection 1/1" in shown
    rows = [json.loads(line) for line in (Path(folder) / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    assert next(row for row in rows if row["case"] == GREEN.url)["metrics"]["judge_nugget_recall_all"] == 1.0
