"""Whether what a reply cites exists, supports it, and is what the case was made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from evals.scoring.outcome import Outcome, Outcomes, Unscored
from evals.scoring.subject import Subject
from evals.scoring.text import SentenceRead, read_text, tokens_of
from evals.scoring.windows import greatest_cosine

SUPPORT_COVERAGE: Final = 0.86
"""Least share by weight of a sentence, its question's words left out, that its cited entries hold: tau 1.

Chosen with `SUPPORT_COSINE` on `evals/datasets/grounding/dev.jsonl`, 300 sentences written after entries of the starter
corpus: of the pairs by which the entry nearest to the right one supports at most 5 %, the one by which most, 97.0 %,
are supported by their own. `python -m bench.evals_scoring` prints it anew.
"""

SUPPORT_COSINE: Final = 0.79
"""Least cosine of a sentence to one or two of a cited entry's: tau 2; used where there is an embedder."""

_HEDGE: Final = re.compile(
    r"\b(?:i (?:could not|cannot|do not|am not|think)|(?:corpus|sources|context|entries) (?:do(?:es)?|says?) not|"
    r"not (?:covered|mentioned|stated) (?:in|by) (?:the|these|my))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CitedClaim:
    """A sentence that is to be supported.

    Attributes:
        urls: of the entries that it cites, each once, in order; empty for a mark that no citation belongs to.
    """

    sentence: SentenceRead
    urls: tuple[str, ...]


def score_citations(subject: Subject) -> Outcomes:
    """Return recall and precision (Gao et al., ALCE, 2023, with our test of support), and target."""
    claims = cited_claims(subject)
    return {
        "citation_recall": _recall(subject, claims),
        "citation_precision": _precision(subject, claims),
        **_target(subject),
    }


def cited_claims(subject: Subject) -> list[CitedClaim]:
    """Return the sentences of a reply that claim something and are no hedges."""
    urls = {cited.n: cited.url for cited in subject.reply.citations}
    return [
        CitedClaim(sentence, tuple(dict.fromkeys(urls.get(n, "") for n in claim.citations)))
        for claim in subject.claims
        for sentence in read_text(claim.text).sentences
        if sentence.is_claim and not _HEDGE.search(sentence.plain)
    ]


def _recall(subject: Subject, claims: Sequence[CitedClaim]) -> Outcome:
    if not claims:
        return Unscored("system: claims nothing")
    return sum(is_supported(subject, claim.sentence, claim.urls) for claim in claims) / len(claims)


def _precision(subject: Subject, claims: Sequence[CitedClaim]) -> Outcome:
    good = [good for claim in claims for good in _good_citations(subject, claim)]
    return sum(good) / len(good) if good else Unscored("system: cites nothing")


def _good_citations(subject: Subject, claim: CitedClaim) -> Iterable[bool]:
    """Give for each citation whether it supports its sentence alone, or the others do not without it."""
    is_whole = is_supported(subject, claim.sentence, claim.urls)
    for url in claim.urls:
        others = [other for other in claim.urls if other != url]
        yield (
            is_whole
            and is_valid(subject, url)
            and (is_supported(subject, claim.sentence, [url]) or not is_supported(subject, claim.sentence, others))
        )


def is_supported(subject: Subject, sentence: SentenceRead, urls: Sequence[str]) -> bool:
    """Return whether entries together support a sentence, by words, or one of them by meaning; invalid ones do not."""
    texts = [subject.entry_text(url) for url in urls if is_valid(subject, url)]
    if not texts:
        return False
    held = frozenset[str]().union(*map(tokens_of, texts))
    return (
        coverage(subject, sentence, held) >= SUPPORT_COVERAGE
        or greatest_cosine(sentence, texts, subject.materials) >= SUPPORT_COSINE
    )


def coverage(subject: Subject, sentence: SentenceRead, held: frozenset[str]) -> float:
    """Return the share by weight of a sentence beyond the question that is held; of all of it where it adds nothing."""
    own = sentence.tokens - subject.question or sentence.tokens
    return subject.idf.total(own & held) / subject.idf.total(own)


def score_validity(subject: Subject) -> Outcomes:
    """Return the share of citations that are valid; 1 where there is none to be wrong.

    A number in a sentence that no citation has is an invalid one.
    """
    urls = {cited.n: cited.url for cited in subject.reply.citations}
    numbers = sorted({*urls, *(n for claim in subject.claims for n in claim.citations)})
    valid = [is_valid(subject, urls.get(number, "")) for number in numbers]
    return {"citation_validity": sum(valid) / len(valid) if valid else 1.0}


def is_valid(subject: Subject, url: str) -> bool:
    """Return whether an entry exists, was retrieved and is not hidden.

    A system that names nothing retrieved is held to existence only.
    """
    reply = subject.reply
    found = {*reply.retrieved, *reply.context}
    exists = url in subject.materials.entries or url in reply.context
    return exists and url not in reply.excluded and (url in found or not found)


def _target(subject: Subject) -> Outcomes:
    """Return precision, recall and F1 of the cited entries against those that the case was made from."""
    names = ("citation_target_precision", "citation_target_recall", "citation_target_f1")
    if subject.reply.arm == "held_out":
        return {}
    sources, cited = set(subject.case.sources), {one.url for one in subject.reply.citations}
    if not sources:
        return dict.fromkeys(names, Unscored("case: names no sources"))
    hits = len(sources & cited)
    precision: Outcome = hits / len(cited) if cited else Unscored("system: cites nothing")
    return dict(zip(names, (precision, hits / len(sources), 2 * hits / (len(sources) + len(cited))), strict=True))
