"""The conversations that the resolver is measured on are well formed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.follow_ups import Conversation, is_right
from rag.conversation import Resolution
from rag.corpus import load_corpus

KINDS = {"pronoun", "ellipsis", "demonstrative", "comparison", "topic_shift", "stands_alone", "meta", "greeting"}
LEFT = {"topic_shift": "stands_alone", "stands_alone": "stands_alone", "meta": "meta", "greeting": "greeting"}


@pytest.fixture(params=["dev", "test"])
def conversations(request: pytest.FixtureRequest, repository: Path) -> list[Conversation]:
    """Return the conversations of a split."""
    file = repository / f"evals/datasets/follow-up/{request.param}.jsonl"
    return [Conversation(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def test_there_are_enough_of_each_kind(conversations: list[Conversation]) -> None:
    """At least 120 conversations of two to four turns, a third of which end in a question that stands alone."""
    kinds = Counter(one.kind for one in conversations)
    assert kinds.keys() == KINDS
    assert kinds.total() >= 120
    assert 3 * (kinds["topic_shift"] + kinds["stands_alone"]) >= kinds.total()
    assert {len(one.turns) for one in conversations} <= {1, 2, 3}


def test_the_reference_wording_is_right(conversations: list[Conversation]) -> None:
    """It holds what a resolution must hold and nothing that it must not; it is the question where that stands alone."""
    for one in conversations:
        kind = LEFT.get(one.kind, "follow_up")
        assert is_right(one, Resolution(one.question, one.resolved, "", kind)), one


def test_every_url_is_an_entry(conversations: list[Conversation], repository: Path) -> None:
    """What answers a turn, and what is relevant, is in the starter corpus."""
    urls = set(load_corpus(repository / "corpus").entries)
    for one in conversations:
        named = {*one.relevant, *(turn["answered_by"] for turn in one.turns)} - {None}
        assert named <= urls, one


def test_the_splits_share_no_question(repository: Path) -> None:
    """No last question is asked after the same turns in both splits."""
    files = [repository / f"evals/datasets/follow-up/{split}.jsonl" for split in ("dev", "test")]
    dev, test = (
        {
            (case["turns"][-1]["question"], case["question"])
            for case in map(json.loads, file.read_text(encoding="utf-8").splitlines())
        }
        for file in files
    )
    assert dev & test == set()
