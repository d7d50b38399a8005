"""What changed between two folders of entries, by entry and key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.corpus.entry import Entry
from rag.corpus.files import Corpus
from rag.corpus.leaves import CONTAINER, leaves_of
from rag.corpus.source import KeyPath


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key with its text before and after; None where the key is not there. An answer's lines are real ones."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What became of one entry.

    Attributes:
        kind: ``form`` where the same values are written in another way.
        keys: that changed, in the format's order; empty where the whole entry came or went.
    """

    url: str
    kind: Literal["added", "removed", "changed", "form"]
    keys: tuple[KeyChange, ...] = ()


def corpus_differences(before: Corpus, after: Corpus) -> list[EntryChange]:
    """Return what changed from one folder to another, by url; entries are told apart by it alone."""
    changes: list[EntryChange] = []
    for url in sorted({*before.entries, *after.entries}):
        old, new = before.entries.get(url), after.entries.get(url)
        if old is None or new is None:
            changes.append(EntryChange(url, "added" if old is None else "removed"))
        elif keys := _changed_keys(old, new):
            changes.append(EntryChange(url, "changed", keys))
        elif old.source != new.source:
            changes.append(EntryChange(url, "form"))
    return changes


def _changed_keys(old: Entry, new: Entry) -> tuple[KeyChange, ...]:
    before, after = _texts_of(old), _texts_of(new)
    keys = _in_order(list(before), list(after))
    return tuple(
        KeyChange(".".join(key), before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)
    )


def _in_order(before: list[KeyPath], after: list[KeyPath]) -> list[KeyPath]:
    """Return the keys of both, those that left in the place they had."""
    keys, place = list(after), 0
    for key in before:
        if key in keys:
            place = keys.index(key)
        else:
            keys.insert(place, key)
        place += 1
    return keys


def _texts_of(entry: Entry) -> dict[KeyPath, str]:
    texts = {key: text for key, text in leaves_of(entry).items() if text != CONTAINER}
    return {**texts, ("answer",): entry.answer}
