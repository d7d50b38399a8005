"""One readable file as the rules see it: its entry, and where each of its values stands in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rag.corpus import CorpusConfig, Entry, reason_left_out
from rag.corpus.leaves import leaves_of
from rag.corpus.source import Block, KeyPath, Source


@dataclass(frozen=True)
class Page:
    """A file that holds an entry.

    Attributes:
        path: of the file.
        text: the whole of it.
        entry: as read from the text.
        config: the corpus's own bounds.
    """

    path: Path
    text: str
    entry: Entry
    config: CorpusConfig

    @property
    def source(self) -> Source:
        """The text cut at its keys."""
        return self.entry.source or Source(opening=self.text, blocks=(), closing="")

    @cached_property
    def leaves(self) -> Mapping[KeyPath, str]:
        """The text of each key in the format's order."""
        return leaves_of(self.entry)

    @cached_property
    def reason_left_out(self) -> str | None:
        """Why the entry is not knowledge; see `rag.corpus.reason_left_out`."""
        return reason_left_out(self.entry)

    @cached_property
    def blocks(self) -> Mapping[KeyPath, tuple[int, Block]]:
        """Each key's lines with the offset in the text at which they start."""
        placed: dict[KeyPath, tuple[int, Block]] = {}
        start = len(self.source.opening)
        for block in self.source.blocks:
            placed[block.path] = (start, block)
            start += len(block.text)
        return placed

    def place(self, key: KeyPath, offset: int = 0) -> tuple[int, int]:
        """Return line and column, from 1, of a character of a key's value; of the key where that is not known."""
        if key not in self.blocks:
            return 1, 1
        start, block = self.blocks[key]
        value_start = block.text.find(block.leaf, block.text.index(":")) if block.leaf else -1
        if value_start >= 0:
            read = self.entry.answer[:offset] if key == ("answer",) else ""
            start += value_start + offset + read.count("\n")  # a newline is written with two characters
        else:
            start += len(block.text) - len(block.text.lstrip(" "))
        return self.text.count("\n", 0, start) + 1, start - self.text.rfind("\n", 0, start)
