"""How well follow-ups are resolved, and what that is worth to retrieval: `make bench-follow-ups`.

By kind of last question, over the conversations of `evals/datasets/follow-up`, whose turns are answered with the
entries that they name: rightly resolved (what must be in it is, what must not be is not; what stands alone is
returned as it is), and the share whose first entry is a right one for the question as it was asked, as it was
resolved, for the better of both searches, and for the reference wording. Then how many of the development questions
of retrieval, all of which stand alone, were changed when each was asked after another one.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.questions import load_questions
from rag.conversation import Resolution, Turn, resolve, turn_of
from rag.models import Search
from rag.passages import stem, words_of
from rag.settings import Settings
from rag.wiring import QuickTakes, open_quicktakes

_FOLDER: Final = Path("evals/datasets/follow-up")
_LEFT_AS_IT_IS: Final = {
    "topic_shift": "stands_alone",
    "stands_alone": "stands_alone",
    "meta": "meta",
    "greeting": "greeting",
}
"""How questions that must not be changed are to be told apart, by their kind in the set."""

_DISTANCES: Final = (1, 7)
"""How far before a question the one stands that it is asked after; the set holds its kinds together."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A line of the set; see evals/datasets/README.md."""

    turns: Sequence[dict[str, str | None]]
    question: str
    kind: str
    resolved: str
    must: Sequence[str]
    must_not: Sequence[str]
    relevant: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a last question; `hits` for each way to search, where the corpus answers it."""

    conversation: Conversation
    is_right: bool
    hits: tuple[bool, ...]
    took_ms: float


def main() -> None:
    """Run the measurement and print its tables."""
    console = Console(width=160)
    settings = replace(Settings.from_environment(), corpus_dir=Settings().corpus_dir)
    with open_quicktakes(settings) as corpus:
        for split in ("dev", "test"):
            lines = (_FOLDER / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
            outcomes = [_outcome(Conversation(**json.loads(line)), corpus) for line in lines]
            console.print(_table(split, outcomes))
    for split in ("dev", "test"):
        console.print(_changed(split))


def _outcome(conversation: Conversation, corpus: QuickTakes) -> Outcome:
    history = _history(conversation, corpus.retriever.store.answer_of)
    started = time.perf_counter()
    resolution = resolve(conversation.question, history)
    took_ms = (time.perf_counter() - started) * 1_000
    hits = _hits(conversation, resolution, corpus.search) if conversation.relevant else ()
    return Outcome(conversation, is_right(conversation, resolution), hits, took_ms)


def _history(conversation: Conversation, answer_of: Callable[[str], str]) -> list[Turn]:
    history: list[Turn] = []
    for turn in conversation.turns:
        url = turn["answered_by"]
        history.append(turn_of(resolve(turn["question"] or "", history), answer_of(url) if url else ""))
    return history


def is_right(conversation: Conversation, resolution: Resolution) -> bool:
    """Return whether a resolution is what its conversation asks for."""
    if conversation.kind in _LEFT_AS_IT_IS:
        is_told = resolution.kind == _LEFT_AS_IT_IS[conversation.kind]
        return is_told and resolution.resolved == conversation.question
    has_all = all(_holds(resolution.resolved, words) for words in conversation.must)
    return has_all and not any(_holds(resolution.resolved, words) for words in conversation.must_not)


def _holds(text: str, wordings: str) -> bool:
    """Return whether a text has one of some wordings, ``|`` between them, stems compared, word beside word."""
    stems = _stems(text)
    return any(_stems(wording) in stems for wording in wordings.split("|"))


def _stems(text: str) -> str:
    return f" {' '.join(map(stem, words_of(text)))} "


def _hits(conversation: Conversation, resolution: Resolution, search: Callable[[str], Search]) -> tuple[bool, ...]:
    asked, resolved = search(conversation.question), search(resolution.resolved)
    surer = asked if _first_score(asked) > _first_score(resolved) else resolved
    found = (asked, resolved, surer, search(conversation.resolved))
    return tuple(bool(one.evidence) and one.evidence[0].url in conversation.relevant for one in found)


def _first_score(found: Search) -> float:
    return found.evidence[0].score if found.evidence else 0.0


def _table(split: str, outcomes: Sequence[Outcome]) -> Table:
    ways = ("as asked", "as resolved", "surer of both", "reference")
    table = Table("kind", "questions", "right", "answerable", *(f"hit@1 {way}" for way in ways), title=split)
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.conversation.kind].append(outcome)
    by_kind["all follow-ups"] = [one for one in outcomes if one.conversation.kind not in _LEFT_AS_IT_IS]
    for kind, own in by_kind.items():
        answerable = [one.hits for one in own if one.hits]
        hits = [f"{statistics.mean(way):.2f}" for way in zip(*answerable, strict=True)] if answerable else []
        table.add_row(kind, str(len(own)), str(sum(one.is_right for one in own)), str(len(answerable)), *hits)
    table.caption = f"resolved in {statistics.median(one.took_ms for one in outcomes):.2f} ms (median)"
    return table


def _changed(split: str) -> str:
    questions = [one.question for one in load_questions() if one.split == split]
    changed = {
        question
        for place, question in enumerate(questions)
        for distance in _DISTANCES
        if resolve(question, [turn_of(resolve(questions[place - distance], []), "")]).kind == "follow_up"
    }
    return (
        f"{split}: of {len(questions)} questions that stand alone, asked after two others each, {len(changed)} changed"
    )


if __name__ == "__main__":
    main()
