"""What judges are asked about a reply: each a narrow question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from evals.judging.judgement import Question
from evals.models import Arm, Case, Claim, Nugget, Reply

MOST_FACTS: Final = 10
"""Nuggets a request: Pradeep et al. (2025), "The great nugget recall", assign as many at once."""

ANSWER: Final = "answer"
A_FIRST, B_FIRST = "a first", "b first"
"""Items of the judges that give one verdict on a reply, and of the two orders of a pair."""


def questions_about(case: Case, reply: Reply) -> Iterator[Question]:
    """Yield what is asked about a reply: its nuggets, its cited claims, and whether it contradicts the reference.

    Nothing is asked of a case that is to be refused, nor of one that leaks by design. Nuggets are asked of a refusal
    too, which may still state some; the others say nothing of it.
    """
    if not _has_reference(case):
        return
    yield from nugget_questions(case, reply)
    if not reply.text.strip() or reply.refused:
        return
    yield from support_questions(reply)
    yield contradiction_question(case, reply)


def nugget_questions(case: Case, reply: Reply) -> Iterator[Question]:
    """Yield the requests for a case's nuggets, by at most `MOST_FACTS`."""
    for start in range(0, len(case.nuggets), MOST_FACTS):
        batch: Sequence[Nugget] = case.nuggets[start : start + MOST_FACTS]
        yield Question(
            judge="nuggets",
            case=case.url,
            arm=reply.arm,
            repeat=reply.repeat,
            items=tuple(nugget.id for nugget in batch),
            texts={"question": case.question, "answer": reply.text, "facts": listed([one.text for one in batch])},
        )


def listed(facts: Sequence[str]) -> str:
    """Return facts as a numbered list."""
    return "\n".join(f"{number}. {' '.join(fact.split())}" for number, fact in enumerate(facts, start=1))


def support_questions(reply: Reply) -> Iterator[Question]:
    """Yield a request for each claim that cites something that the reply tells the text of."""
    for number, claim in enumerate(reply.sentences, start=1):
        source = cited_text(claim, reply)
        if source:
            yield Question(
                judge="support",
                case=reply.case,
                arm=reply.arm,
                repeat=reply.repeat,
                items=(f"claim {number}",),
                texts={"claim": claim.text, "source": source},
            )


def cited_text(claim: Claim, reply: Reply) -> str:
    """Return what a claim cites: of each entry what the answer was made from, for a quote alone loses its pronouns."""
    cited = {one.n: one for one in reply.citations}
    own = [cited[number] for number in claim.citations if number in cited]
    texts = [reply.context.get(one.url) or one.quote for one in own]
    return "\n\n".join(dict.fromkeys(text for text in texts if text.strip()))


def contradiction_question(case: Case, reply: Reply) -> Question:
    """Return the request whether a reply contradicts the reference."""
    return Question(
        judge="contradiction",
        case=case.url,
        arm=reply.arm,
        repeat=reply.repeat,
        items=(ANSWER,),
        texts={"question": case.question, "reference": case.answer, "answer": reply.text},
    )


def pair_questions(case: Case, a: Reply, b: Reply) -> tuple[Question, ...]:
    """Return the requests which of two replies is better, in both orders; none where one has no text."""
    if not _has_reference(case) or not a.text.strip() or not b.text.strip():
        return ()
    return pair_requests(case.url, a.arm, a.repeat, (case.question, case.answer), (a.text, b.text))


def pair_requests(
    case: str, arm: Arm, repeat: int, asked: tuple[str, str], answers: tuple[str, str]
) -> tuple[Question, Question]:
    """Return both orders of a pair.

    Args:
        asked: question and reference.
        answers: a and b.
    """

    def question(item: str, first: str, second: str) -> Question:
        texts = {"question": asked[0], "reference": asked[1], "first": first, "second": second}
        return Question(judge="pairwise", case=case, arm=arm, repeat=repeat, items=(item,), texts=texts)

    return question(A_FIRST, *answers), question(B_FIRST, *reversed(answers))


def _has_reference(case: Case) -> bool:
    return case.expect in {"answer", "correct_premise"} and case.kind != "known_item"
