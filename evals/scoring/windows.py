"""Meaning compared: a claim against the sentences that may say the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from evals.scoring.idf import Idf
from evals.scoring.subject import Embed, Materials
from evals.scoring.text import SentenceRead, read_sentence, read_text

NEAREST: Final = 5
"""Windows that a claim is compared with, by their shared words first: embedding all of them takes most of the time.

What that costs is printed by `bench/evals_scoring.py`.
"""

_PIECE_WORDS: Final = 120
"""The default embedder reads 256 tokens, about 160 English words: a longer text is cut, never truncated."""


@dataclass(frozen=True, slots=True)
class Window:
    """One sentence, two that follow each other, or a piece of a long one; with its stems."""

    plain: str
    tokens: frozenset[str]


@lru_cache(maxsize=8192)
def windows_of(text: str) -> tuple[Window, ...]:
    """Return the windows of a text."""
    plain = [one.plain for one in read_text(text).sentences]
    joined = (*plain, *(f"{one} {two}" for one, two in pairwise(plain)))
    return tuple(Window(piece, read_sentence(piece).tokens) for one in joined for piece in pieces_of(one))


def pieces_of(text: str) -> list[str]:
    """Return a text in pieces that an embedder reads whole."""
    words = text.split()
    return [" ".join(words[at : at + _PIECE_WORDS]) for at in range(0, len(words), _PIECE_WORDS)]


def nearest_windows(tokens: frozenset[str], windows: Iterable[Window], idf: Idf) -> list[str]:
    """Return the windows that share most with some stems, by weight (Dice), best first."""
    own = idf.total(tokens)
    ranked = sorted((-2 * idf.total(tokens & one.tokens) / (own + idf.total(one.tokens)), one.plain) for one in windows)
    return list(dict.fromkeys(plain for _, plain in ranked))[:NEAREST]


def greatest_cosine(claim: SentenceRead, texts: Iterable[str], materials: Materials) -> float:
    """Return the greatest cosine of a claim to a window of some texts, at least 0: the least of a long claim's pieces.

    0 where there is no embedder, or nothing to compare with.
    """
    windows = [window for text in texts for window in windows_of(text)]
    if materials.embed is None or not windows:
        return 0.0
    if any(window.plain == claim.plain for window in windows):
        return 1.0  # said in the very words: nothing to embed
    return min(_greatest(piece, windows, materials.idf, materials.embed) for piece in pieces_of(claim.plain))


def _greatest(piece: str, windows: Sequence[Window], idf: Idf, embed: Embed) -> float:
    near = nearest_windows(read_sentence(piece).tokens, windows, idf)
    vectors = embed([piece, *near])
    return float(np.clip((vectors[1:] @ vectors[0]).max(), 0.0, 1.0))
