"""Runs of words: how much of a reply stands verbatim in one entry, and whether any of a prompt stands in a reply."""

from __future__ import annotations

from functools import lru_cache

from evals.scoring.outcome import Outcomes, Unscored
from evals.scoring.subject import Subject
from evals.scoring.text import RUN_WORDS, read_text, runs


@lru_cache(maxsize=4096)
def runs_of(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of `RUN_WORDS` words of a text by the normalisation N."""
    return frozenset(runs(read_text(text).words, RUN_WORDS))


def score_copying(subject: Subject) -> Outcomes:
    """Return the greatest share of the reply's runs of words that one entry it found, cited or may not see holds."""
    own = runs(subject.answer.words, RUN_WORDS)
    if not own:
        return {"copy_share": Unscored(f"system: has fewer than {RUN_WORDS} words")}
    reply = subject.reply
    cited = (one.url for one in reply.citations)
    urls = dict.fromkeys((*reply.retrieved, *reply.context, *cited, *reply.excluded, *subject.case.sources))
    shares = (sum(map(runs_of(subject.entry_text(url)).__contains__, own)) for url in urls)
    return {"copy_share": max(shares, default=0) / len(own)}
