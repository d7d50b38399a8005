"""Answers that stand in a folder of entries, whoever wrote them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evals.models import Arm, Case, Reply
from evals.systems.system import hash_of
from rag.corpus import Entry, load_corpus
from rag.errors import CorpusError, NotFoundError
from rag.passages import words_of


@dataclass(frozen=True, slots=True)
class EntryFolder:
    """Replies with the entry of the case's url, else with the one that asks the same; implements `System`.

    An entry with ``no_index`` is a refusal; of another one nothing is known, as entries do not say.

    Attributes:
        by_url, by_question: the entries; a question that several ask belongs to the first.
    """

    name: str
    fingerprint: str
    by_url: Mapping[str, Entry]
    by_question: Mapping[tuple[str, ...], Entry] = field(repr=False)

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply with an entry; raises `NotFoundError` where none is the case's."""
        entry = self._entry(case)
        if entry is None:
            raise NotFoundError(f"{self.name} has no entry for {case.url}: neither its url nor its question")
        return Reply(
            case=case.url,
            arm=arm,
            repeat=repeat,
            text=entry.answer,
            refused=True if entry.no_index else None,
            excluded=tuple(sorted(excluded)),
        )

    def answers(self, case: Case) -> bool:
        """Return whether an entry is the case's."""
        return self._entry(case) is not None

    def _entry(self, case: Case) -> Entry | None:
        return self.by_url.get(case.url) or self.by_question.get(_asked(case.question))


def read_entry_folder(folder: Path) -> EntryFolder:
    """Return the answers of a folder of entries.

    Raises:
        ConfigurationError: the folder does not exist or cannot be listed.
        CorpusError: a file in it is no entry: an answer that cannot be read must not count as one that is missing.
    """
    corpus = load_corpus(folder)
    if corpus.problems:
        raise CorpusError(corpus.problems)
    by_question: dict[tuple[str, ...], Entry] = {}
    for entry in corpus.entries.values():
        by_question.setdefault(_asked(entry.question), entry)
    told = sorted(f"{one.url}\0{one.question}\0{one.answer}\0{one.no_index}" for one in corpus.entries.values())
    return EntryFolder(f"folder:{folder.resolve().name}", hash_of("folder", *told), corpus.entries, by_question)


def _asked(question: str) -> tuple[str, ...]:
    return tuple(words_of(question))
