"""What trivial behaviour scores: every report shows it beside what is measured."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.models import Arm, Case, Cited, Claim, Reply
from evals.systems.system import hash_of
from rag.corpus import Entry
from rag.passages import split_sentences
from rag.wiring import QuickTakes

_FORMAT: Final = "1"
"""Raised whenever a floor replies otherwise to the same corpus."""


@dataclass(frozen=True, slots=True)
class Echo:
    """Says the question back; implements `evals.systems.System`."""

    name: str = "floor:echo"
    fingerprint: str = hash_of("echo", _FORMAT)

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply with the question."""
        own = tuple(sorted(excluded))
        return Reply(case=case.url, arm=arm, repeat=repeat, text=case.question, refused=False, excluded=own)


@dataclass(frozen=True, slots=True)
class RandomEntry:
    """Copies an entry that is drawn by lot; implements `evals.systems.System`.

    Attributes:
        entries: of the corpus, by url.
        seed: of the lots, beside the case and the repeat.
    """

    entries: Mapping[str, Entry]
    corpus: str
    seed: int = 0
    name: str = "floor:random"

    @property
    def fingerprint(self) -> str:
        """Return the hash of the corpus and the seed."""
        return hash_of("random", _FORMAT, self.corpus, str(self.seed))

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply with an entry that is not hidden; with nothing where all are."""
        left = sorted(self.entries.keys() - set(excluded))
        chance = random.Random(hash_of(str(self.seed), case.url, arm, str(repeat)))  # noqa: S311 lots, no secrets
        chosen = [self.entries[chance.choice(left)]] if left else []
        return _copied(case, arm, excluded, repeat, chosen)


@dataclass(frozen=True, slots=True)
class NearestEntry:
    """Copies the first entry that our search finds; implements `evals.systems.System`."""

    entries: Mapping[str, Entry]
    quicktakes: QuickTakes
    name: str = "floor:nearest"

    @property
    def fingerprint(self) -> str:
        """Return the hash of the corpus and the embedder."""
        provenance = self.quicktakes.answerer.provenance
        return hash_of("nearest", _FORMAT, provenance.corpus, provenance.embedder)

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply with the nearest entry that is not hidden."""
        found = await asyncio.to_thread(self.quicktakes.search, case.question, exclude=excluded)
        return _copied(case, arm, excluded, repeat, [self.entries[one.url] for one in found.evidence])


def _copied(case: Case, arm: Arm, excluded: Collection[str], repeat: int, found: Sequence[Entry]) -> Reply:
    """Return the first of the entries found, every sentence of it cited."""
    text = found[0].answer if found else ""
    return Reply(
        case=case.url,
        arm=arm,
        repeat=repeat,
        text=text,
        refused=not found,
        sentences=tuple(Claim(text[span.start : span.end], (1,)) for span in split_sentences(text)),
        citations=tuple(Cited(1, one.url, one.answer) for one in found[:1]),
        retrieved=tuple(one.url for one in found),
        context={one.url: one.answer for one in found[:1]},
        excluded=tuple(sorted(excluded)),
    )
