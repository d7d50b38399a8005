"""The stage that judges: each judgement is told as it comes, so a run that is stopped goes on where it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from evals.judging.asking import pair_questions, questions_about
from evals.judging.judge import Judge, blank_judgement
from evals.judging.judgement import Judgement, Question
from evals.models import Arm, Case, Reply
from evals.pacing import Pace, Purse, ask_each

_EMPTY: Final = "system: gave nothing to judge"

Place = tuple[str, Arm, int]
"""Case, arm and repeat of a reply."""


def _ignore(_judgement: Judgement) -> None:
    return


@dataclass(frozen=True, slots=True)
class Judging:
    """How a run is judged.

    Attributes:
        kept: judgements of before; of a key that is there twice the last counts.
        record: called with each new judgement as it comes, to be written down.
        concurrency: how many requests are under way at most.
        purse: what judging may cost, what it has cost before included.
        progress: called with how many questions have an answer and how many there are.
    """

    judge: Judge
    kept: Iterable[Judgement] = ()
    record: Callable[[Judgement], None] = _ignore
    concurrency: int = 1
    purse: Purse = field(default_factory=Purse)
    progress: Callable[[int, int], None] = lambda _, __: None
    _known: dict[str, Judgement] = field(default_factory=dict[str, Judgement], init=False, repr=False)

    def __post_init__(self) -> None:
        self._known.update({one.key: one for one in self.kept if one.is_settled})

    def ask_all(self, questions: Iterable[Question]) -> list[Judgement]:
        """Return the judgements of questions, in their order; only what has none yet is asked for.

        Raises:
            ProviderError: the server refuses, or the day's ceiling is reached; what came until then was recorded.
            StoppedError: the purse is empty.
        """
        asked = list(questions)
        keys = [self.judge.key(question) for question in asked]
        wanted = {key: question for key, question in zip(keys, asked, strict=True) if key not in self._known}
        asyncio.run(self._ask_open(list(wanted.values()), len(asked)))
        return [self._known[key] for key in keys]

    def missing(self, questions: Iterable[Question]) -> list[Question]:
        """Return the questions that the judge would be asked, each once."""
        wanted = {self.judge.key(question): question for question in questions}
        open_ones = [question for key, question in wanted.items() if key not in self._known]
        return [question for question in open_ones if _without_answer(self.judge, question) is None]

    async def _ask_open(self, questions: Sequence[Question], total: int) -> None:
        done = total - len(questions)
        self.progress(done, total)

        async def ask(question: Question) -> None:
            nonlocal done
            judgement = _without_answer(self.judge, question) or await self.judge.ask(question)
            self.purse.pay(judgement.cost_usd)
            self._known[judgement.key] = judgement
            self.record(judgement)
            done += 1
            self.progress(done, total)

        try:
            await ask_each(questions, ask, Pace(self.concurrency), self.purse)
        finally:
            await self.judge.aclose()


def questions_of_run(cases: Mapping[str, Case], replies: Iterable[Reply]) -> list[Question]:
    """Return what is asked of a run: its nuggets, its cited claims, and whether it contradicts the references."""
    return [one for reply in replies for one in questions_about(cases[reply.case], reply)]


def questions_of_pairs(cases: Mapping[str, Case], a: Iterable[Reply], b: Iterable[Reply]) -> list[Question]:
    """Return which of two runs' replies to the same cases are better, each pair asked in both orders."""
    others = {place_of(reply): reply for reply in b}
    pairs = [(one, others[place_of(one)]) for one in a if place_of(one) in others]
    return [question for one, other in pairs for question in pair_questions(cases[one.case], one, other)]


def place_of(reply: Reply) -> Place:
    """Return which reply of a run it is."""
    return reply.case, reply.arm, reply.repeat


def _without_answer(judge: Judge, question: Question) -> Judgement | None:
    """Return the judgement of a reply without words, which nobody need be asked about; None where it has some."""
    if question.judge != "nuggets" or question.texts["answer"].strip():
        return None
    return replace(blank_judgement(judge, question), unscored=dict.fromkeys(question.items, _EMPTY))
