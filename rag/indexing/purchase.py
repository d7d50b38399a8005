"""What a sync would have embedded by somebody else's server, counted before any of it is paid for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from rag.corpus import decode_entry, reason_left_out
from rag.errors import CorpusError, NotApprovedError
from rag.indexing.scan import Changes, scan_file
from rag.models import FileRecord
from rag.passages import embedded_text, passages_of
from rag.ports import Embedder

ALLOWANCE: Final = 50
"""Passages that are embedded without asking: an edit of a few entries, thousandths of a cent at known prices."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """What would be embedded, none of it in the cache.

    Attributes:
        embedder: its fingerprint.
        passages: distinct texts, at most.
        tokens: by `Embedder.count_tokens`, an estimate.
        usd: what they cost at the price known to the embedder; None where it knows none.
    """

    embedder: str
    passages: int
    tokens: int
    usd: float | None

    def __str__(self) -> str:
        cost = "price unknown" if self.usd is None else "under $0.01" if self.usd < 0.01 else f"about ${self.usd:,.2f}"
        return f"{self.passages:,} passages, about {self.tokens:,} tokens, by {self.embedder}: {cost}"


Approve = Callable[[Purchase], None]
"""Called before anything is bought; to refuse it raises `NotApprovedError`."""


class KnownVectors(Protocol):
    """Tells which vectors need not be bought; an `EmbeddingCache` does."""

    def missing(self, texts: Sequence[str], embedder: Embedder) -> list[str]:
        """Return the distinct texts whose vectors would have to be computed, in their order."""
        ...


def allow_few(purchase: Purchase) -> None:
    """Allow up to `ALLOWANCE` passages.

    Raises:
        NotApprovedError: there are more.
    """
    if purchase.passages > ALLOWANCE:
        raise NotApprovedError(
            f"the index must first be brought in step, which may cost money ({purchase}); nothing was spent: "
            "run 'quicktakes index sync' to approve it"
        )


def plan_purchase(
    changes: Changes, records: Mapping[str, FileRecord], embedder: Embedder, cache: KnownVectors
) -> Purchase:
    """Count what changes would have embedded, reading every file that a sync would read.

    Args:
        records: of the files as indexed; those with a problem are read again, as a sync does.
    """
    passages = tokens = 0
    for text in missing_texts(changes, records, embedder, cache):
        passages += 1
        tokens += embedder.count_tokens(text)
    price = embedder.usd_per_million_tokens
    return Purchase(embedder.fingerprint, passages, tokens, None if price is None else price * tokens / 1_000_000)


def missing_texts(
    changes: Changes, records: Mapping[str, FileRecord], embedder: Embedder, cache: KnownVectors
) -> Iterator[str]:
    """Yield each text once that changes would have embedded and that is not in the cache, reading file by file.

    Args:
        records: as for `plan_purchase`.
    """
    again = {name for name, record in records.items() if record.problem} - set(changes.removed)
    seen: set[int] = set()
    for name in sorted({*changes.added, *changes.edited, *again}):
        texts = list(_texts_of(changes.paths[name], embedder))
        for text in cache.missing(texts, embedder):
            if hash(text) not in seen:
                seen.add(hash(text))
                yield text


def _texts_of(file: Path, embedder: Embedder) -> Iterator[str]:
    """Yield what would be embedded of a file; nothing where it cannot be used."""
    scanned = scan_file(file)
    try:
        entry = None if scanned.problem else decode_entry(scanned.content, file)
    except CorpusError:
        return
    if entry is not None and not reason_left_out(entry):
        for passage in passages_of(entry, embedder.count_tokens, embedder.max_tokens):
            yield embedded_text(passage)
