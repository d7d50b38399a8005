"""An entry by its url, with its sections as near to a question as they are."""

from __future__ import annotations

from rag.models import Answer, Evidence, ScoredPassage
from rag.retrieval import Retriever
from rag.tutoring.facts import KeyFact, key_facts


def entry_behind(answer: Answer) -> Evidence:
    """Return the entry that an answer is from: the one that was asked the very question, else the best found."""
    cited = answer.citations[0].url if answer.rung == "curated" else answer.evidence[0].url
    return next(one for one in answer.evidence if one.url == cited)


def sections_of(url: str, question: str, retriever: Retriever) -> tuple[ScoredPassage, ...]:
    """Return the sections of an entry with their cosines to a question: 0 where the entry is not among the best."""
    found = next((one for one in retriever.search(question).evidence if one.url == url), None)
    if found is not None:
        return found.sections
    return tuple(
        ScoredPassage(passage, 0.0) for passage in retriever.store.passages([url]) if passage.kind == "section"
    )


def facts_about(url: str, question: str, retriever: Retriever) -> tuple[KeyFact, ...]:
    """Return the key facts of an entry that answer a question."""
    sections = sections_of(url, question, retriever)
    return key_facts(retriever.reader.read(question), sections, retriever.snapshot.postings)
