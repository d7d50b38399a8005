"""Texts as the metrics read them: one normalisation for all, named N."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from rag.corpus import decode_newlines
from rag.passages import is_function_word, plain_text, split_sentences, stem

RECIPE: Final = "N-1"
"""Name of the rules here; change it with them, so that frozen weights of other rules are refused."""

RUN_WORDS: Final = 8
"""Words in a row that two texts hardly share by chance."""

CLAIM_TOKENS: Final = 4
"""A sentence with fewer stems that carry meaning claims too little to be checked."""

_MARK: Final = r"(?:\\?\[\^?\d{1,3}(?:\s?[,;–-]\s?\^?\d{1,3})*\\?\]|【\d{1,3}[^】]*】)(?!\()"
_CITATION: Final = re.compile(rf"[ \t]?{_MARK}")
_AFTER_STOP: Final = re.compile(rf"([.!?])((?:\s?{_MARK})+)")
_NUMBERS: Final = re.compile(r"(\d{1,3})(?:\s?[–-]\s?\^?(\d{1,3}))?")
_APOSTROPHE: Final = re.compile(r"(?<=[a-z])['’](?=[a-z])")
_WORD: Final = re.compile(r"[a-z0-9]+")
_BLANK_LINES: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_GREEK: Final = re.compile("[α-ωΑ-Ω]")


@dataclass(frozen=True, slots=True)
class SentenceRead:
    """A sentence as plain words.

    Attributes:
        plain: without Markdown and citations, in its own case.
        words: in lower case, in order.
        stems: of the words, in order.
        tokens: the stems, each once.
        claims: those of them that carry meaning.
        spaced: the words, a blank before each.
    """

    plain: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    tokens: frozenset[str]
    claims: frozenset[str]
    spaced: str

    @property
    def is_claim(self) -> bool:
        """Return whether the sentence says enough to be checked."""
        return len(self.claims) >= CLAIM_TOKENS


@dataclass(frozen=True)
class TextRead:
    """A text as its sentences, in order.

    Attributes:
        tokens: all its stems, each once.
    """

    sentences: tuple[SentenceRead, ...]
    tokens: frozenset[str]

    @cached_property
    def words(self) -> list[str]:
        """Return its words in order."""
        return [word for sentence in self.sentences for word in sentence.words]

    @cached_property
    def stems(self) -> list[str]:
        """Return its stems in order."""
        return [one for sentence in self.sentences for one in sentence.stems]

    @cached_property
    def plain(self) -> str:
        """Return its sentences as plain words, in their own case."""
        return " ".join(sentence.plain for sentence in self.sentences)


def without_citations(text: str) -> str:
    r"""Return a text without its citation marks: ``[1]``, ``[2, 3]``, ``[1-3]``, ``[^1]``, ``\[1]``, ``【1†s】``."""
    return _CITATION.sub("", text) if "[" in text or "【" in text else text


def citations_before_stops(text: str) -> str:
    """Return a text with the citation marks behind a full stop before it, in their sentence."""
    return _AFTER_STOP.sub(r"\2\1", text)


def citation_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers that a text's citation marks name, each once, in order; ``[1-3]`` names three."""
    numbers: list[int] = []
    for mark in _CITATION.findall(text):
        for first, last in _NUMBERS.findall(mark.partition("†")[0]):
            numbers += range(int(first), int(last or first) + 1)
    return tuple(dict.fromkeys(numbers))


@lru_cache(maxsize=32_768)
def read_text(text: str) -> TextRead:
    r"""Return a text by the normalisation N.

    Literal ``\n`` as newlines (never within a LaTeX command), HTML entities, citation marks, Markdown and LaTeX gone,
    NFKC without accents, Greek letters by name (``β-sheet`` as ``beta sheet``), lower case, ``[a-z0-9]+``, stems.
    """
    markdown = without_citations(html.unescape(decode_newlines(text)))
    sentences = tuple(sentence for block in _split_blocks(markdown) for sentence in _read_block(block))
    return TextRead(sentences, frozenset[str]().union(*(sentence.tokens for sentence in sentences)))


def runs(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Return the runs of so many words, in order, with repeats; none of fewer words."""
    return list(zip(*(words[at:] for at in range(size)), strict=False))


def blocks_of(text: str) -> list[str]:
    r"""Return the paragraphs, lists and headings of a text, as blank lines part them; a literal ``\n`` is a newline."""
    return _split_blocks(decode_newlines(text))


def _split_blocks(markdown: str) -> list[str]:
    return _BLANK_LINES.split(markdown)


@lru_cache(maxsize=65_536)
def _read_block(markdown: str) -> tuple[SentenceRead, ...]:
    """Return the sentences of a block, which end with it: contexts are made of the same blocks again and again."""
    read = (read_sentence(markdown[span.start : span.end]) for span in split_sentences(markdown))
    return tuple(sentence for sentence in read if sentence.words)


@lru_cache(maxsize=65_536)
def read_sentence(markdown: str) -> SentenceRead:
    """Return one sentence by the normalisation N; its newlines and citations are read already."""
    plain = plain_text(markdown)
    words = tuple(_WORD.findall(_APOSTROPHE.sub("", _in_letters(plain))))
    stems = tuple(map(stem, words))
    claims = frozenset(one for one, word in zip(stems, words, strict=True) if not is_function_word(word))
    return SentenceRead(plain, words, stems, frozenset(stems), claims, "".join(f" {word}" for word in words))


def tokens_of(text: str) -> frozenset[str]:
    """Return the stems of a text, each once."""
    return read_text(text).tokens


def _in_letters(plain: str) -> str:
    """Return text in lower case and plain letters; a Greek letter is a word of its own, by its name."""
    if plain.isascii():
        return plain.lower()
    named = _GREEK.sub(lambda found: f" {_greek_name(found[0])} ", plain)
    return "".join(one for one in unicodedata.normalize("NFKD", named.lower()) if not unicodedata.combining(one))


@lru_cache(maxsize=128)
def _greek_name(letter: str) -> str:
    return unicodedata.name(letter).split("LETTER ")[1].split(" WITH")[0].removeprefix("FINAL ").lower()
