"""Answers of a language model that are not paid for twice: kept by all that decides what it is asked and shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answering.generator import AnswerGenerator, evidence_sections
from rag.answering.reply import Part, Reply
from rag.answering.written import Written
from rag.citations import CitationList
from rag.models import KeptAnswer, Passage, QuotedPlace, Search, Span
from rag.ports import AnswerCache, PassageStore

_FORMAT: Final = 1
"""Of the key and of what is kept under it; raised whenever either, or how a reply becomes an answer, changes."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps whole answers that a language model wrote, and gives them again where nothing has changed.

    Attributes:
        best: name of the model whose answers are kept: what another wrote while that one failed is not.
    """

    cache: AnswerCache
    best: str

    def key(
        self,
        question: str,
        exclude: Collection[str],
        parts: Sequence[Part],
        generator: AnswerGenerator,
        store: PassageStore,
    ) -> str:
        """Return what an answer is kept under: a hash of all that decides it.

        That is the question as it stands alone, what it hides, the models, the prompt (each mode has its own), the
        policy, the judge, and the entries that were found, each with a hash of its text. Nothing of a conversation or
        its reader is in it.
        """
        sections = evidence_sections([part.found for part in parts if part.is_covered])
        told = {
            "format": _FORMAT,
            "question": question,
            "exclude": sorted(set(exclude)),
            "models": generator.model.name,
            "prompt": generator.prompt.fingerprint,
            "policy": generator.policy,
            "judge": generator.judge and [generator.judge.model.name, generator.judge.prompt.fingerprint],
            "parts": [[part.question, part.is_covered, _fingerprints(part, store)] for part in parts],
            "sections": [passage.id for passage, _ in sections],
        }
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def recall(
        self, key: str, found: Search, parts: Sequence[Part], citations: CitationList
    ) -> tuple[Reply, str] | None:
        """Return the answer that is kept under a key, with the name of the model that wrote it; None where none is.

        Its quotes are cut anew from the entries: they are what the entries say now.

        Args:
            found: for the whole question; `parts`: of it, as for `key`.
            citations: to fill.
        """
        kept = self.cache.get(key)
        if kept is None or not _cite_again(kept, parts, citations):
            return None
        notices = [*found.notices, *(one for part in parts for one in part.found.notices), *kept.notices]
        return Reply(kept.status, "generated", kept.text, kept.sentences, citations, notices), kept.model

    def keep(self, key: str, written: Written, reply: Reply) -> None:
        """Keep an answer under its key, where it is whole and the best model's own."""
        if not written.is_whole() or written.outcome.model != self.best:
            return
        places = [reply.citations.place_of(one) for one in reply.citations.citations()]
        kept = KeptAnswer(
            status=reply.status,
            text=reply.text,
            sentences=reply.sentences,
            quotes=tuple(QuotedPlace(passage.id, span.start, span.end) for passage, span in places),
            notices=tuple(written.notices()),
            model=self.best,
        )
        self.cache.keep(key, kept)


def _fingerprints(part: Part, store: PassageStore) -> list[list[str]]:
    """Return the entries that were found for a part, as they rank, each with a hash of its question and its answer."""
    return [[one.url, _fingerprint(one.title, store.answer_of(one.url))] for one in part.found.evidence]


def _fingerprint(question: str, answer: str) -> str:
    return hashlib.sha256(json.dumps([question, answer]).encode()).hexdigest()


def _cite_again(kept: KeptAnswer, parts: Sequence[Part], citations: CitationList) -> bool:
    """Cite what a kept answer cites; return whether all of it is there, and each sentence stands in the text."""
    passages = {
        scored.passage.id: scored.passage for part in parts for one in part.found.evidence for scored in one.sections
    }
    for number, quote in enumerate(kept.quotes, start=1):
        passage = passages.get(quote.passage)
        if passage is None or not _is_inside(quote, passage):
            return False
        if citations.cite(passage, Span(quote.start, quote.end)) != number:
            return False
    cited = {number for sentence in kept.sentences for number in sentence.citations}
    return cited == set(range(1, len(kept.quotes) + 1)) and _stand_in_order(kept)


def _is_inside(quote: QuotedPlace, passage: Passage) -> bool:
    return passage.start <= quote.start < quote.end <= passage.end


def _stand_in_order(kept: KeptAnswer) -> bool:
    end = 0
    for sentence in kept.sentences:
        start = kept.text.find(sentence.text, end)
        if start < 0:
            return False
        end = start + len(sentence.text)
    return bool(kept.sentences)
