"""How much of a reply stands in the text that it was made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from evals.scoring.idf import Idf
from evals.scoring.outcome import Outcome, Outcomes, Unscored
from evals.scoring.subject import Subject
from evals.scoring.text import SentenceRead, read_text
from rag.ports import Vectors

_CHUNK_WORDS: Final = 120
"""The default embedder reads 256 tokens, about 160 English words: a longer text is cut, never truncated."""


def knowledge_precision(said: frozenset[str], question: frozenset[str], context: frozenset[str], idf: Idf) -> float:
    """Return the share by weight of what is said beyond the question that the context holds; 1 of nothing."""
    own = said - question
    return idf.total(own & context) / idf.total(own) if own else 1.0


def score_grounding(subject: Subject) -> Outcomes:
    """Return the grounding of the whole reply, and of the sentence that has the least."""
    names = ("grounding", "grounding_min")
    if not subject.context:
        return dict.fromkeys(names, Unscored("system: names no context"))
    if not subject.answer.tokens - subject.question:
        return dict.fromkeys(names, Unscored("system: says nothing beyond the question"))
    texts = [subject.answer.tokens, *(one.tokens for one in subject.answer.sentences if one.is_claim)]
    whole, *each = (knowledge_precision(one, subject.question, subject.context_tokens, subject.idf) for one in texts)
    least: Outcome = min(each) if each else Unscored("system: claims nothing")
    return {"grounding": whole, "grounding_min": least}


def score_sent_support(subject: Subject) -> Outcomes:
    """Return the mean over claims of the greatest cosine to one or two sentences of the context."""
    return {"sent_support": _sent_support(subject)}


def _sent_support(subject: Subject) -> Outcome:
    claims = [one.plain for one in subject.answer.sentences if one.is_claim]
    windows = [window for text in subject.context for window in _windows(read_text(text).sentences)]
    if subject.materials.embed is None:
        return Unscored("harness: no embedder")
    if not claims:
        return Unscored("system: claims nothing")
    if not windows:
        return Unscored("system: names no context")
    return sent_support(claims, windows, subject.materials.embed)


def sent_support(claims: Sequence[str], windows: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> float:
    """Return the mean over claims of the greatest cosine to a window, at least 0; a long text counts by its pieces."""
    pieces = [piece for claim in claims for piece in _chunks(claim)]
    texts = list(dict.fromkeys([*pieces, *(piece for window in windows for piece in _chunks(window))]))
    rows = {text: row for row, text in enumerate(texts)}
    vectors = embed(texts)
    wanted = vectors[[rows[piece] for piece in pieces]]
    theirs = vectors[sorted({rows[piece] for window in windows for piece in _chunks(window)})]
    return float(np.clip((wanted @ theirs.T).max(axis=1), 0.0, 1.0).mean())


def _windows(sentences: Sequence[SentenceRead]) -> list[str]:
    plain = [one.plain for one in sentences]
    return plain + [f"{one} {two}" for one, two in zip(plain, plain[1:], strict=False)]


def _chunks(text: str) -> list[str]:
    words = re.findall(r"\S+", text)
    return [" ".join(words[at : at + _CHUNK_WORDS]) for at in range(0, len(words), _CHUNK_WORDS)]
