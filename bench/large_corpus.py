"""A corpus as large as the publisher's, made from a small one, and an embedder that indexes it without the model.

`python -m bench.large_corpus --corpus-dir folder --entries 36000 --out folder` writes it. Each entry has the shape of
one source entry, filled with pieces of several others (paragraphs, list items, headings), some of their words replaced
by made ones. How often a made word is drawn falls with its rank as in real text (Zipf), so that the vocabulary keeps
growing with the corpus (Heaps). The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import random
import re
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from rag.cli.progress import show_progress
from rag.corpus import Entry, load_corpus, new_entry, reason_left_out, render_entry
from rag.errors import ConfigurationError
from rag.passages import terms_of
from rag.ports import Embedder, Vectors

PUBLISHED = 35_915
"""As many entries as the publisher's whole corpus has."""

_SOURCES = 4
"""From how many entries a made one takes its pieces, beside the one that gives its shape and its question."""

_SHARE = 0.25
"""Of an entry's distinct words, how many are made ones; a word is replaced throughout its entry, as topics recur."""

_ZIPF_EXPONENT = 1.6
_ZIPF_SHIFT = 300
"""The word of rank r is drawn in proportion to (r + shift) ** -exponent (Mandelbrot), which lets the vocabulary grow as
the corpus to the power of 1/1.6; at 36,000 entries that gives about 100,000 distinct stems."""

_MOST_NAME_BYTES = 255
"""Of a file's name, on the usual file systems."""

_PIECE_START = re.compile(r"((?:\A|\n+)(?:[ ]*(?:[-*+]|\d{1,3}[.)]|#{1,6})[ ]+|(?<=\n\n)|\A))")
"""Where a piece starts: at the start, after an empty line, or at the mark of a list item or heading, which it takes."""

_KEPT = r"\$\$.*?\$\$|\$.*?\$|\\\(.*?\\\)|\\\[.*?\\\]|\\[A-Za-z]+(?:\{[^}]*\})?|`[^`]*`|\S*//\S*"
"""Mathematics, commands, code and addresses, in which no word is replaced."""

_WORD = re.compile(rf"{_KEPT}|\b(?P<word>[A-Za-z][a-z]{{4,}})\b", re.DOTALL)

_SYLLABLES = [onset + vowel for vowel in "aoiue" for onset in "bdfgklmnprstvz"]
_CODAS = "nxkmp"
"""Ends that no rule of the stemmer takes off, so that each made word is a stem of its own."""


def main() -> None:
    """Write the files of the entries, and say how many and how fast."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus-dir", type=Path, required=True)
    options.add_argument("--entries", type=int, default=PUBLISHED)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    started = time.perf_counter()
    write_corpus(given.corpus_dir, given.out, given.entries, seed=given.seed)
    print(f"{given.entries:,} entries written to {given.out} in {time.perf_counter() - started:.1f} s")


def write_corpus(corpus_dir: Path, out: Path, count: int, *, seed: int = 7) -> None:
    """Write the files of made entries into a folder, which is made where there is none, with progress."""
    out.mkdir(parents=True, exist_ok=True)
    with show_progress("Writing") as progress:
        for done, entry in enumerate(made_entries(corpus_dir, count, seed=seed), start=1):
            (out / entry.file_name).write_bytes(render_entry(entry).encode())
            progress(done, count)


def made_entries(corpus_dir: Path, count: int, *, seed: int = 7) -> Iterator[Entry]:
    """Give entries made from those of a folder, each with a question, a url and a file name of its own.

    Raises:
        ConfigurationError: the folder does not exist, or holds no entry to make others from.
    """
    sources = [
        _Source(entry, _pieces_of(entry.answer))
        for entry in load_corpus(corpus_dir).entries.values()
        if reason_left_out(entry) is None
    ]
    if not sources:
        raise ConfigurationError(f"{corpus_dir} holds no entry to make others from; name another with --corpus-dir")
    chosen = random.Random(seed)  # noqa: S311 the same entries each time, not a secret
    slugs: set[str] = set()
    while len(slugs) < count:
        entry = _make_entry(len(slugs) + 1, sources, chosen)
        if entry.file_name not in slugs and len(entry.file_name) <= _MOST_NAME_BYTES:
            slugs.add(entry.file_name)
            yield entry


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, list item or heading: the mark before it, white space included, and its text."""

    mark: str
    text: str

    @property
    def kind(self) -> str:
        """Return ``#`` for a heading, ``1`` for a list item, nothing for a paragraph."""
        sign = self.mark.strip()[:1]
        return sign if sign in {"", "#"} else "1"


@dataclass(frozen=True, slots=True)
class _Source:
    entry: Entry
    pieces: list[_Piece]


def _pieces_of(answer: str) -> list[_Piece]:
    """Cut an answer at blank lines, list items and headings; joined again, mark and text, the pieces give it back."""
    _, *parts = _PIECE_START.split(answer)  # the first piece starts where the answer does: nothing is before it
    return [_Piece(mark, text) for mark, text in zip(parts[::2], parts[1::2], strict=True)]


def _make_entry(number: int, sources: Sequence[_Source], chosen: random.Random) -> Entry:
    shape = chosen.choice(sources)
    lenders: dict[str, list[str]] = defaultdict(list)
    for source in chosen.choices(sources, k=_SOURCES):
        for piece in source.pieces:
            lenders[piece.kind].append(piece.text)
    first, *rest = shape.pieces  # the first stays, so that the answer begins by answering the question
    texts = [first.text, *(chosen.choice(lenders[piece.kind] or [piece.text]) for piece in rest)]
    answer = "".join(piece.mark + text for piece, text in zip(shape.pieces, texts, strict=True))
    entry = shape.entry
    topic = _draw_word(chosen)
    swaps = _draw_swaps(entry.question, answer, topic, chosen)
    return new_entry(
        id=number,
        date=entry.date,
        question=f"{_swap_words(entry.question.rstrip(' ?.'), swaps)} in {topic}?",
        answer=_swap_words(answer, swaps),
        subject=entry.subject,
        page_description=_swap_words(entry.seo.page_description, swaps),
        page_keywords=_swap_words(entry.seo.page_keywords, swaps),
    )


def _draw_swaps(question: str, answer: str, topic: str, chosen: random.Random) -> dict[str, str]:
    """Return what stands for some of the words: the topic for the first that the answer has beside the question's."""
    asked, words = _words_in(question), _words_in(f"{question} {answer}")
    swaps = {word: _draw_word(chosen) for word in words if chosen.random() < _SHARE}
    return swaps | dict.fromkeys(words[len(asked) : len(asked) + 1], topic)


def _words_in(text: str) -> list[str]:
    """Return the distinct words that can be replaced, by their first places: long ones that carry meaning."""
    words = dict.fromkeys(match["word"].lower() for match in _WORD.finditer(text) if match["word"])
    return [word for word in words if _carries_meaning(word)]


@cache
def _carries_meaning(word: str) -> bool:
    return bool(terms_of(word))


def _swap_words(text: str, swaps: dict[str, str]) -> str:
    def swap(match: re.Match[str]) -> str:
        word = match["word"] or ""
        made = swaps.get(word.lower())
        return (made.capitalize() if word[0].isupper() else made) if made else match.group()

    return _WORD.sub(swap, text)


def _draw_word(chosen: random.Random) -> str:
    tail = (1 - chosen.random()) ** (-1 / (_ZIPF_EXPONENT - 1))
    return _word_of_rank(int(_ZIPF_SHIFT * (tail - 1)))


def _word_of_rank(rank: int) -> str:
    """Return the made word of a rank from 0: of two syllables or more, the longer the rarer, no two alike."""
    coda = _CODAS[rank % len(_CODAS)]
    rank += len(_SYLLABLES)
    word = ""
    while rank:
        rank, place = divmod(rank, len(_SYLLABLES))
        word += _SYLLABLES[place]
    return word + coda


_DIMENSIONS: Final = 384
"""As the default embedder has, so that stores hold as much."""

_WORD_VECTORS: Final = 16_384
"""Words share this many vectors: those of a 25 MB table, whatever the vocabulary."""

_LOWER_WORDS: Final = bytes(
    byte if byte >= 128 else ord(chr(byte).lower() if chr(byte).isalnum() else " ") for byte in range(256)
)
"""Bytes of UTF-8 text, capitals made small and ASCII marks made spaces."""

_CHARACTERS_A_TOKEN: Final = 5.4
"""The default embedder's tokenizer over the publisher's passages."""


class HashedWordsEmbedder:
    """Means of random vectors that hashes of the words pick; implements `rag.ports.Embedder`, for measurements only.

    Texts that share words are near, and the long words, which are the rare ones, count for more. It takes about
    26 microseconds a passage where the default embedder takes 15 milliseconds.
    """

    fingerprint = "hashed-words:1"
    max_tokens = 256
    batch_size = 256
    usd_per_million_tokens = 0.0

    def __init__(self) -> None:
        shape = (_WORD_VECTORS, _DIMENSIONS)
        self._table = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """Return about as many tokens as the default embedder counts in English, from the length alone."""
        return round(len(text) / _CHARACTERS_A_TOKEN) + 2

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the unit-length vectors of texts, shape ``(len(texts), 384)``, in their order."""
        vectors = np.empty((len(texts), _DIMENSIONS), dtype=np.float32)
        for place, text in enumerate(texts):
            words = text.encode().translate(_LOWER_WORDS).split() or [b"\0"]
            rows = np.fromiter(map(zlib.crc32, words), np.int64, len(words)) % _WORD_VECTORS
            vectors[place] = np.fromiter(map(len, words), np.float32, len(words)) @ self._table[rows]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@dataclass(frozen=True, slots=True)
class TimedAs:
    """An embedder's vectors at another's cost: `model` embeds each text too, and what it gives is thrown away.

    It opens an index that `vectors` built, for questions that take as long as with the model.
    """

    vectors: Embedder
    model: Embedder
    batch_size: int = 256
    usd_per_million_tokens: float | None = 0.0

    @property
    def fingerprint(self) -> str:
        """Return that of `vectors`."""
        return self.vectors.fingerprint

    @property
    def max_tokens(self) -> int:
        """Return that of `vectors`."""
        return self.vectors.max_tokens

    def count_tokens(self, text: str) -> int:
        """Return the length that `vectors` counts."""
        return self.vectors.count_tokens(text)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts by `vectors`, after the time that `model` takes."""
        self.model.embed(texts)
        return self.vectors.embed(texts)


if __name__ == "__main__":
    main()
