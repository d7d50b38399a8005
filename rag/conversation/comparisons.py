"""Comparisons that leave out the other side: "How does the lysogenic cycle differ?", "What's the difference?"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.conversation.fragments import alike_in
from rag.conversation.grammar import AUXILIARIES, MANY, VERBS
from rag.conversation.reading import Phrase, Reading, main_phrases, read

_LINKS: Final = {
    "differ": "from", "different": "from", "same": "as", "similar": "to", "compare": "to", "related": "to",
    "better": "than", "worse": "than", "faster": "than", "slower": "than", "bigger": "than", "smaller": "than",
    "larger": "than", "stronger": "than", "safer": "than", "cheaper": "than", "shorter": "than", "longer": "than",
}  # fmt: skip
_AGAINST: Final = frozenset("versus vs compared unlike".split())


def compare(question: str, last: Reading, named: Sequence[str]) -> str | None:
    """Return a comparison with the other side put in; None where a question compares nothing, or names both.

    Args:
        named: what the turns before were about, the last one first.
    """
    asked = read(question)
    if not asked.tokens or not named:
        return None
    return (
        _which(asked, last)
        or _difference(asked, named)
        or _against(asked, last, named[0])
        or _dangling(asked, last, named[0])
    )


def _which(asked: Reading, last: Reading) -> str | None:
    """Complete "Which one is larger?" after a question about two."""
    words = asked.words()
    main = main_phrases(last)
    begins = 2 if words[1:2] == ["one"] else 1
    if words[0] != "which" or not main or " and " not in main[0].text or len(words) <= begins:
        return None
    has_own = any(phrase.first == 1 for phrase in asked.phrases) or words[begins] not in AUXILIARIES | VERBS
    return None if has_own else f"{asked.text(0, 0)} of {main[0].text} {asked.question[asked.tokens[begins].start :]}"


def _difference(asked: Reading, named: Sequence[str]) -> str | None:
    """Complete "What's the difference?" and "What's the difference with a plant cell?"."""
    place = next(
        (place for place, token in enumerate(asked.tokens) if token.word in {"difference", "differences"}), None
    )
    words = asked.words()
    if (
        place is None
        or "between" in words
        or set(words[:place]) - {"what", "whats", "is", "are", "the", "and", "so", "main", "s"}
    ):
        return None
    start = asked.text(0, place)
    if place == len(words) - 1:
        both = f"{named[1]} and {named[0]}" if len(named) > 1 and " and " not in named[0] else named[0]
        return f"{start} between {both}?"
    if words[place + 1] in {"with", "to", "from"} and place + 2 < len(words):
        return f"{start} between {named[0]} and {asked.text(place + 2)}?"
    return None


def _against(asked: Reading, last: Reading, subject: str) -> str | None:
    """Complete "versus smooth?"."""
    if asked.tokens[0].word not in _AGAINST or not asked.phrases:
        return None
    main = main_phrases(last)
    other = alike_in(asked.phrases[-1], asked, main[0], last) if main else None
    before = asked.text(0, asked.phrases[-1].first - 1)
    return f"{subject} {before} {other or asked.phrases[-1].text}?"


def _dangling(asked: Reading, last: Reading, subject: str) -> str | None:
    """Complete "Is alcoholic fermentation the same?"."""
    words = asked.words()
    link = _LINKS.get(words[-1])
    own = [phrase for phrase in asked.phrases if not phrase.is_aspect and not phrase.is_asked]
    is_asked_so = any(word in AUXILIARIES for word in words) or words[:2] == ["what", "makes"]
    if (
        link is None
        or len(own) != 1
        or not is_asked_so
        or "look" in words
        or " and " in own[0].text
        or "," in own[0].text
    ):
        return None
    if own[0].numbers == MANY and not _share_head(own[0], last):
        return None
    return f"{asked.question.rstrip(' ?.!')} {link} {subject}?"


def _share_head(phrase: Phrase, last: Reading) -> bool:
    return any(one.head.lower().rstrip("s") == phrase.head.lower().rstrip("s") for one in main_phrases(last))
