"""What words weigh: frozen from a whole corpus, so that a score never changes with the cases beside it."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from evals.scoring.text import RECIPE, tokens_of
from rag.corpus import Entry
from rag.errors import ConfigurationError

LEAST: Final = 0.05
"""Weight of a word that every entry holds."""


def weight_of(entries: int, holding: int) -> float:
    """Return the weight of a word that so many of all entries hold."""
    return max(LEAST, math.log((entries + 1) / (holding + 0.5)))


class _Weights(dict[str, float]):
    """The weights of stems, each reckoned when it is first asked for."""

    def __init__(self, entries: int, holding: Mapping[str, int]) -> None:
        super().__init__()
        self._entries, self._holding = entries, holding

    def __missing__(self, stem: str) -> float:
        weight = self[stem] = weight_of(self._entries, self._holding.get(stem, 0))
        return weight


@dataclass(frozen=True, slots=True)
class Idf:
    """The weight of each stem: ``ln((N + 1) / (df + 0.5))``, at least `LEAST`; see `weight_of`.

    Attributes:
        corpus: hash of the entries it was counted over; see `corpus_hash`.
        entries: how many they are, N.
        holding: how many of them hold a stem, df; a stem that is not there is held by none.
    """

    corpus: str
    entries: int
    holding: Mapping[str, int]
    _weights: _Weights = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_weights", _Weights(self.entries, self.holding))

    def weight(self, stem: str) -> float:
        """Return the weight of a stem."""
        return self._weights[stem]

    def total(self, stems: Iterable[str]) -> float:
        """Return the weight of some stems together, W; the same to the last digit in any order."""
        return math.fsum(map(self._weights.__getitem__, stems))


def build_idf(entries: Iterable[Entry]) -> Idf:
    """Count in how many entries, question and answer, each stem stands."""
    kept = list(entries)
    holding = Counter(stem for entry in kept for stem in tokens_of(f"{entry.question}\n\n{entry.answer}"))
    return Idf(corpus_hash(kept), len(kept), dict(sorted(holding.items())))


def corpus_hash(entries: Iterable[Entry]) -> str:
    """Return a hash of what entries ask and answer, whatever their order and files."""
    lines = sorted(json.dumps([entry.url, entry.question, entry.answer]) for entry in entries)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def save_idf(idf: Idf, file: Path) -> None:
    """Write weights down, the same bytes for the same corpus."""
    kept = {"recipe": RECIPE, "corpus": idf.corpus, "entries": idf.entries, "holding": dict(idf.holding)}
    file.write_text(json.dumps(kept, sort_keys=True, indent=0) + "\n", encoding="utf-8")


def load_idf(file: Path) -> Idf:
    """Return weights that were written down.

    Raises:
        ConfigurationError: there is no such file, it is not one, or its words were cut by other rules.
    """
    try:
        kept = cast("dict[str, object]", json.loads(file.read_text(encoding="utf-8")))
        recipe, corpus = str(kept["recipe"]), str(kept["corpus"])
        entries, holding = cast("int", kept["entries"]), cast("dict[str, int]", kept["holding"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"no word weights can be read from {file}; make them anew") from error
    if recipe != RECIPE:
        raise ConfigurationError(f"{file} was made by the rules {recipe}, not {RECIPE}; make it anew")
    return Idf(corpus, entries, holding)
