"""Answers to test with, and the events that they come as."""

from __future__ import annotations

from dataclasses import replace

from rag.answering import leads_in
from rag.models import Answer, AnswerBegun, AnswerEvent, Citation, Provenance, Sentence, SentenceShown, Suggestion

SUGGESTED = (Suggestion("/learn/b/questions/ríbosomes", "What do ribosomes build?"),)

_TEXT = """Leaves look green. Chlorophyll reflects green light, and absorbs the rest.

| Leaf | Root |
| --- | --- |
| green | white |

It is broken down in autumn. Nobody knows why."""


def made_answer(text: str = _TEXT) -> Answer:
    """Return an answer of two paragraphs and a table, from two entries."""
    sentences = (
        Sentence("Leaves look green.", (1,), "supported"),
        Sentence("Chlorophyll reflects green light, and absorbs the rest.", (1,), "supported"),
        Sentence("| Leaf | Root |", (2,), "supported"),
        Sentence("| --- | --- |", (2,), "supported"),
        Sentence("| green | white |", (2,), "supported"),
        Sentence("It is broken down in autumn.", (1, 2), "supported"),
        Sentence("Nobody knows why.", (), "unsupported", verbatim=False),
    )
    citations = (
        Citation(1, "/learn/b/questions/leaves", "Why do leaves look green?", "Light", "Leaves look green.", 0, 18),
        Citation(2, "/learn/b/questions/röots", "What is\na root <for>?", "", "green", 7, 12),
    )
    return Answer(
        question="Why are leaves green?",
        status="answered",
        rung="composed",
        text=text,
        sentences=sentences,
        citations=citations,
        suggestions=SUGGESTED,
        evidence=(),
        provenance=Provenance("corpus", "index", "embedder"),
        timings_ms={},
    )


def made_abstention() -> Answer:
    """Return an answer that says the corpus has none."""
    own = made_answer()
    text = "The corpus does not answer this question."
    return replace(own, status="abstained", text=text, sentences=(), citations=())


def events_of(answer: Answer) -> list[AnswerEvent]:
    """Return the events that an answer comes as."""
    begun = AnswerBegun(answer.question, answer.rung, answer.evidence, answer.resolved, answer.carried)
    leads = leads_in(answer.text, answer.sentences)
    shown = [SentenceShown(one, lead, ()) for one, lead in zip(answer.sentences, leads, strict=True)]
    return [begun, *shown, answer]
