"""The text an entry was read from, cut at its keys so that one key can change alone."""

from __future__ import annotations

from dataclasses import dataclass

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one key.

    Attributes:
        path: the key, below its parent if it has one: ``("seo", "title")``.
        text: the lines as they stand in the file, with the newline of each.
        leaf: the canonical text of the value as read; None where the key holds other keys or is not ours.
    """

    path: KeyPath
    text: str
    leaf: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A whole file: ``opening`` + the blocks + ``closing`` is its text, character for character.

    Attributes:
        opening: the first fence, and any comment before the first key.
        closing: empty lines before the closing fence, the fence, and the body, which is never content.
    """

    opening: str
    blocks: tuple[Block, ...]
    closing: str
