"""The text an entry was read from, cut at its keys so that one key can change alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

KeyPath = tuple[str, ...]

_BLOCK_SCALAR = re.compile(r": *[>|][-+0-9]*(?P<comment> +#.*)?$")
_IS_CONTENT = re.compile(r" *[^ #\n]")


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

    def split(self) -> tuple[str, str]:
        """Return the lines of the key itself, and the comments and empty lines below them."""
        lines = self.text.split("\n")
        texts = [number for number, line in enumerate(lines) if _IS_CONTENT.match(line)]
        if _BLOCK_SCALAR.search(lines[0]):
            indent = next((_indent(line) for line in lines[1:] if line.strip()), 0)
            outside = (
                number for number, line in enumerate(lines) if number and line.strip() and _indent(line) < indent
            )
            below = next(outside, len(lines))
            texts = [number for number, line in enumerate(lines[:below]) if line.strip()]
        end = sum(len(line) + 1 for line in lines[: texts[-1] + 1]) if texts else 0
        return self.text[:end], self.text[end:]

    def comment_beside(self) -> str:
        """Return the comment on the first line of the key, with the spaces before it; empty where there is none."""
        first_line = self.text.partition("\n")[0]
        if "#" not in first_line:
            return ""
        if opening := _BLOCK_SCALAR.search(first_line):
            return opening["comment"] or ""
        try:
            marks = [event.end_mark for event in yaml.parse(first_line) if isinstance(event, yaml.ScalarEvent)]
        except yaml.YAMLError:  # a value that goes on below
            return ""
        rest = first_line[max(mark.index for mark in marks if mark) :].removeprefix(":")
        return rest if rest.lstrip().startswith("#") else ""


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


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
