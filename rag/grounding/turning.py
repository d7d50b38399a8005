"""Where a sentence has two things the other way round than a statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rag.grounding.reading import Reading
from rag.grounding.words import Word


def turned(reading: Reading) -> list[tuple[Word, str, Word]]:
    """Return what the sentence has the other way round: from one thing into another, before it, more than it."""
    own, other = (dict.fromkeys(_about(words)) for words in (reading.claim, reading.line.words))
    return [
        (one, way, two)
        for one, way, two in own
        for there, their_way, here in other
        if way == their_way and one.may_replace(here) and two.may_replace(there) and not one.may_replace(two)
    ][:1]


def _about(words: Sequence[Word]) -> Iterator[tuple[Word, str, Word]]:
    for place, word in enumerate(words):
        if word.written in _TURNS:
            before = next((one for one in reversed(words[:place]) if one.carries), None)
            after = next((one for one in words[place + 1 : place + 4] if one.carries), None)
            if before is not None and after is not None:
                yield before, word.written, after


_TURNS: Final = frozenset("into before after than".split())
