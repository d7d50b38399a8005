"""A question as it is searched for: spelling repaired, wordings known, what it asks about weighed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.models import Concept, Query, Rewrite
from rag.passages import plain_text, terms_of
from rag.retrieval.lexicon import Wording, known_wordings, lexicon_words, tokens_of
from rag.retrieval.spelling import SpellingRepairer, biology_words


@dataclass(frozen=True, slots=True)
class QueryReader:
    """Reads questions; each lever can be switched off, to measure what it is worth (`make bench-retrieval`)."""

    repairer: SpellingRepairer | None
    uses_lexicon: bool = True

    def read(self, question: str) -> Query:
        """Return the question with its spelling repaired and its lay terms replaced, and the concepts it holds."""
        text = plain_text(question)
        repairs = self._repairs(tokens_of(text))
        text = _rewritten(text, repairs)
        tokens = tokens_of(text)
        wordings = known_wordings(tokens) if self.uses_lexicon else []
        found = (_renaming(wording, tokens) for wording in wordings)
        renamings = list(dict.fromkeys(renaming for renaming in found if renaming))
        text = _rewritten(text, renamings)
        return Query(question, text, tuple(self._concepts(tokens, wordings)), (*repairs, *renamings))

    def _repairs(self, tokens: Sequence[str]) -> list[Rewrite]:
        if self.repairer is None:
            return []
        words = [word for word in dict.fromkeys(tokens) if word.islower()]  # a capital begins a name
        found = [(word, self.repairer.repair(word.lower())) for word in dict.fromkeys([*tokens[:1], *words])]
        return [Rewrite("spelling", word, repaired) for word, repaired in found if repaired]

    def _concepts(self, tokens: Sequence[str], wordings: Sequence[Wording]) -> list[Concept]:
        """Return what the question is about: each known wording as one, and every other word that carries meaning."""
        concepts: dict[tuple[tuple[str, ...], ...], Concept] = {}
        inside = {place for wording in wordings for place in range(wording.start, wording.end)}
        for wording in wordings:
            written = " ".join(tokens[wording.start : wording.end])
            stems = (tuple(dict.fromkeys(terms_of(term))) for term in (written, *wording.terms))
            alternatives = tuple(dict.fromkeys(each for each in stems if each))
            if terms_of(written):
                concepts.setdefault(alternatives, Concept(written, alternatives, technical=True))
        for token in (token for place, token in enumerate(tokens) if place not in inside):
            for stem in _stems(token):
                concepts.setdefault(((stem,),), Concept(token, ((stem,),), technical=self._is_technical(token.lower())))
        return list(concepts.values())

    def _is_technical(self, word: str) -> bool:
        listed = word in biology_words() or word in lexicon_words()
        return listed or (self.repairer is not None and not self.repairer.knows(word))


def _renaming(wording: Wording, tokens: Sequence[str]) -> Rewrite | None:
    """Return the replacement of a lay term by the textbook's, or None where the question has that in some form."""
    written = " ".join(tokens[wording.start : wording.end])
    has_it = written[:_FORM].lower() == wording.terms[0][:_FORM].lower()
    return None if has_it else Rewrite("wording", written, wording.terms[0])


@lru_cache(maxsize=65_536)
def _stems(token: str) -> tuple[str, ...]:
    return tuple(terms_of(token))


_FORM = 5
"""Letters that forms of one word share: mitochondria and mitochondrion, fertilisation and fertilization."""


def _rewritten(text: str, rewrites: Sequence[Rewrite]) -> str:
    """Return a text with all rewrites done at once, so that none rewrites the words of another."""
    longest_first = sorted(rewrites, key=lambda rewrite: -len(rewrite.written))
    separated = (r"[^A-Za-z0-9]+".join(map(re.escape, rewrite.written.split())) for rewrite in longest_first)
    pattern = "|".join(rf"(\b{words}\b)" for words in separated)
    return re.sub(pattern, lambda found: longest_first[(found.lastindex or 0) - 1].read_as, text) if rewrites else text
