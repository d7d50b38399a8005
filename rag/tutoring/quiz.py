"""Questions to a student."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Final

from rag.errors import NotFoundError, QuestionError
from rag.grounding.words import read_words
from rag.models import QuizQuestion
from rag.retrieval import Retriever, check_question
from rag.tutoring.entries import facts_about
from rag.tutoring.facts import KeyFact

_LEAST_FACTS: Final = 2
_ABOUT: Final = 20
"""Entries that are looked at for a topic, of those that hold a word of it."""


def draw_question(retriever: Retriever, candidates: Sequence[str], exclude: Collection[str], seed: int) -> QuizQuestion:
    """Return the question of one of some entries; the same one for a seed.

    Args:
        candidates: urls of entries; see `candidates_of`.
        exclude: urls of entries that were asked about already.

    Raises:
        QuestionError: all that there are were asked already.
    """
    store = retriever.store
    left = sorted(set(candidates).difference(exclude))
    if not left:
        raise QuestionError(
            f"all {len(candidates):,} entries to ask about are excluded; exclude fewer, or name another topic"
        )
    random.Random(seed).shuffle(left)  # noqa: S311 nothing secret is drawn
    for own in left:
        facts = facts_about(own, store.question_of(own), retriever)
        if len(facts) >= _LEAST_FACTS and not gives_away(store.question_of(own), facts):
            return QuizQuestion(store.question_of(own), own, len(facts), seed)
    raise QuestionError("no entry that is left makes a question: their answers are too short; name another topic")


def candidates_of(retriever: Retriever, topic: str | None, url: str | None) -> Sequence[str]:
    """Return the urls of the entries to ask about: the one named, those about a topic, or all.

    Raises:
        NotFoundError: there is no such entry, or none about the topic.
        QuestionError: the topic cannot be searched for.
    """
    urls = retriever.snapshot.urls
    if url is not None:
        if url not in set(urls):
            raise NotFoundError(f"there is no entry {url[:200]!r}; 'quicktakes search' lists the urls of entries")
        return [url]
    if topic is None:
        if not urls:
            raise NotFoundError("the corpus holds no entry to ask about; add some, or name another corpus folder")
        return urls
    check_question(topic)
    found = [one.url for one in retriever.search(topic, limit=_ABOUT).evidence if one.signals.matched]
    if not found:
        raise NotFoundError(f"no entry is about {topic[:200]!r}; name another topic, or none")
    return found


def gives_away(question: str, facts: Sequence[KeyFact]) -> bool:
    """Return whether a question holds all words of a key fact of its answer."""
    asked = {word.stem for word in read_words(question)}
    return any({word.stem for word in fact.words if word.carries} <= asked for fact in facts)
