"""Files that trec_eval and its like read, so that outside tools can recheck how well entries are found."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from evals.models import Arm, Case, Reply


def qrels(cases: Iterable[Case]) -> str:
    """Return which entries hold the answers of cases: topic, 0, entry, grade; cases without sources have no line."""
    lines = [
        f"{_word(case.url)} 0 {_word(url)} {grade}"
        for case in sorted(cases, key=lambda case: case.url)
        for url, grade in sorted(case.sources.items())
    ]
    return "".join(f"{line}\n" for line in lines)


def run(replies: Iterable[Reply], tag: str, arm: Arm = "open", repeat: int = 0) -> str:
    """Return what was found for each case: topic, Q0, entry, rank, score, tag.

    The score is the rank, negated, so that no two are equal; an entry found by several passages stands once.

    Args:
        tag: names the system.
    """
    chosen = (reply for reply in replies if reply.arm == arm and reply.repeat == repeat)
    lines = [
        f"{_word(reply.case)} Q0 {_word(url)} {rank} {-rank} {_word(tag)}"
        for reply in sorted(chosen, key=lambda reply: reply.case)
        for rank, url in enumerate(dict.fromkeys(reply.retrieved), start=1)
    ]
    return "".join(f"{line}\n" for line in lines)


def _word(text: str) -> str:
    """Return a text without blanks, which separate columns; urls are left as they are."""
    return quote(text, safe="/:@#?&=+,;~!$'()*%")
