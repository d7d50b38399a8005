"""One case as it is shown: what was asked, what was said, and sentence by sentence whether it is supported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from evals.models import Case, Claim, Nugget, Scored
from evals.reporting.content import PRIMARY, ReportContent
from evals.scoring.citing import SUPPORT_COVERAGE, coverage, is_supported
from evals.scoring.nuggets import Held, assign_nugget
from evals.scoring.subject import Subject
from evals.scoring.text import SentenceRead, read_text
from rag.corpus import decode_newlines

Support = Literal["cited", "found", "none", "little"]
"""Of a sentence: what it cites supports it; only other text that the system was given does; nothing does; it says too
little to be checked."""

_TEXTS_BYTES: Final = 2_500_000
_PROMPTS_BYTES: Final = 1_000_000
"""Room on the page for answers with references, and for prompts: a page of 1,600 replies stays under 8 MB."""

_LEAST: Final = 300
_OTHERS: Final = ("length_ratio", "copy_share", "grounding_min", "polarity_flags", "numbers_unsupported")
_MOST_RETRIEVED: Final = 10


@dataclass(frozen=True, slots=True)
class ShownReply:
    """A reply as it is shown.

    Attributes:
        sentences: of the answer, with what supports them and the numbers of their citations.
        nuggets: of the case, with what the reply makes of them.
        metrics: by which its kind is told, and those to read them by.
        retrieved: urls, and whether each is a source of the case.
    """

    row: Scored
    subject: Subject
    sentences: Sequence[tuple[str, Support, tuple[int, ...]]]
    nuggets: Sequence[tuple[Nugget, Held]]
    metrics: Mapping[str, str]
    retrieved: Sequence[tuple[str, bool]]
    more_retrieved: int
    prompt: str


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as it is shown, with each reply to it."""

    case: Case
    anchor: str
    reference: str
    replies: Sequence[ShownReply]

    @property
    def failures(self) -> list[str]:
        """Return what went wrong in any of its replies."""
        return sorted({one.row.failure for one in self.replies})


def shown_cases(content: ReportContent) -> list[ShownCase]:
    """Return the cases of a report by kind and url; texts are cut where all together would take too much room."""
    n = len(content.subjects)
    room = _Room(_room(_TEXTS_BYTES, 2 * n), _room(_PROMPTS_BYTES, n))
    found: list[ShownCase] = []
    by_case = sorted(content.subjects, key=lambda one: (one[0].kind, one[0].case))
    for url, group in groupby(by_case, key=lambda one: one[0].case):
        case = content.cases[url]
        reference = cut(decode_newlines(case.answer), room.text)
        found.append(ShownCase(case, content.anchors[url], reference, [_reply(*one, room) for one in group]))
    return found


@dataclass(frozen=True, slots=True)
class _Room:
    """Characters that one text may have, and one prompt."""

    text: int
    prompt: int


def _room(whole: int, n: int) -> int:
    return max(_LEAST, whole // max(1, n))


def cut(words: str, most: int) -> str:
    """Return a text, or as much of it as there is room for, and how much is left out."""
    if len(words) <= most:
        return words
    return f"{words[:most]} […] {len(words) - most:,} characters more are in the files of the run"


def _reply(row: Scored, subject: Subject, room: _Room) -> ShownReply:
    reply = subject.reply
    wanted = dict.fromkeys((*PRIMARY[row.kind], *_OTHERS))
    urls = list(dict.fromkeys(reply.retrieved))
    return ShownReply(
        row=row,
        subject=subject,
        sentences=_sentences(subject, room.text),
        nuggets=[(one, assign_nugget(one, subject.answer.sentences, subject.idf)) for one in subject.case.nuggets],
        metrics={name: f"{row.metrics[name]:.3f}" for name in wanted if name in row.metrics},
        retrieved=[(url, subject.case.sources.get(url, 0) > 0) for url in urls[:_MOST_RETRIEVED]],
        more_retrieved=max(0, len(urls) - _MOST_RETRIEVED),
        prompt=cut(reply.prompt, room.prompt),
    )


def _sentences(subject: Subject, most: int) -> list[tuple[str, Support, tuple[int, ...]]]:
    found: list[tuple[str, Support, tuple[int, ...]]] = []
    left = most
    for at, claim in enumerate(subject.claims):
        words = decode_newlines(claim.text).strip()
        if left <= 0:
            found.append((f"[…] {len(subject.claims) - at} sentences more are in the files of the run", "little", ()))
            break
        left -= len(words)
        found.append((words, support_of(subject, claim), claim.citations))
    return found


def support_of(subject: Subject, claim: Claim) -> Support:
    """Return what supports a sentence, by the rule that citation recall and grounding are reckoned with."""
    sentences = [one for one in read_text(claim.text).sentences if one.is_claim]
    if not sentences:
        return "little"
    urls = {one.n: one.url for one in subject.reply.citations}
    cited = [urls[n] for n in claim.citations if n in urls]
    if cited and all(is_supported(subject, one, cited) for one in sentences):
        return "cited"
    return "found" if all(_is_found(subject, one) for one in sentences) else "none"


def _is_found(subject: Subject, sentence: SentenceRead) -> bool:
    return coverage(subject, sentence, subject.context_tokens) >= SUPPORT_COVERAGE
