"""Which words exclude each other in the same place: opposites, and things of one kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from rag.grounding.words import Word, are_opposite
from rag.passages import stem


def excludes(word: Word, words: Sequence[Word], place: int) -> bool:
    """Return whether a word of the sentence is the opposite of one; "two metres long" is none of "short"."""
    other, before = words[place], words[place - 1] if place else None
    is_measure = other.written in _MEASURED and before is not None and before.role in {"content", "number"}
    is_particle = word.written in {"inward", "outward"}  # "die out" goes nowhere
    return not is_measure and not is_particle and word.role == other.role and are_opposite(word, other)


_MEASURED: Final = frozenset("tall long wide high deep thick old".split())


_KINDS: Final = ("as", "os")
"""Endings, as stems have them, of enzymes and of sugars."""


def are_rivals(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Return whether things of one kind end our words, and end or begin theirs."""
    own, other = [tuple(word.stem.lower() for word in words) for words in (ours, theirs)]
    if any(own[-1].endswith(kind) and other[-1].endswith(kind) and own[-1] != other[-1] for kind in _KINDS):
        return True
    kinds = {kind: thing for size in _SIZES if size <= len(own) for kind, thing in _kinds_of(own[-size:])}
    return any(
        kinds.get(kind, rival) != rival and not _holds(other, own[-1:])
        for size in _SIZES
        for words in (other[-size:], other[:size])
        for kind, rival in _kinds_of(words)
    )


_SIZES: Final = (1, 2, 3)
"""Words that a thing in `rivals.txt` has."""


def _holds(stems: tuple[str, ...], thing: tuple[str, ...]) -> bool:
    return any(stems[at : at + len(thing)] == thing for at in range(len(stems) - len(thing) + 1))


def _kinds_of(words: tuple[str, ...]) -> Collection[tuple[int, int]]:
    """Return the kinds that a thing is one of, by number, each with its own number in it."""
    return _rivals().get(words, ())


@cache
def _rivals() -> Mapping[tuple[str, ...], frozenset[tuple[int, int]]]:
    text = files("rag.grounding").joinpath("rivals.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    kinds: dict[tuple[str, ...], set[tuple[int, int]]] = {}
    for kind, line in enumerate(lines):
        for number, thing in enumerate(line.split()):
            for name in thing.split("/"):
                kinds.setdefault(tuple(map(stem, name.split("-"))), set()).add((kind, number))
    return {thing: frozenset(numbers) for thing, numbers in kinds.items()}
