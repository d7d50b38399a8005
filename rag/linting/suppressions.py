"""Comments that silence a rule for one key, or for a file: ``# quicktakes: ignore QT503`` above the key."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rag.corpus.source import KeyPath, Source

_COMMENT = re.compile(r"^ *# *quicktakes: *(?P<scope>ignore-file|ignore)\b(?P<codes>[^\n]*)$", re.MULTILINE)
_CODE = re.compile(r"[A-Za-z]+\d+")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment.

    Attributes:
        key: that it stands above; empty where it stands above none.
        scope: the key that it is for; empty for the whole file, None for none.
        codes: as written.
    """

    key: KeyPath
    scope: KeyPath | None
    codes: tuple[str, ...]


def suppressions_in(source: Source) -> Iterator[Suppression]:
    """Give the comments of a file that silence something, or mean to."""
    texts = (source.opening, *(block.text for block in source.blocks), source.closing)
    if not any("quicktakes:" in text for text in texts):
        return
    above = source.opening
    for block in source.blocks:
        yield from _suppressions_above(block.path, above)
        above = block.split()[1]
    yield from _suppressions_above((), above + source.closing.partition("---")[0])


def _suppressions_above(key: KeyPath, text: str) -> Iterator[Suppression]:
    for comment in _COMMENT.finditer(text):
        scope = () if comment["scope"] == "ignore-file" else key or None
        yield Suppression(key, scope, tuple(_CODE.findall(comment["codes"])))


def silenced_by_comments(source: Source) -> Mapping[KeyPath, frozenset[str]]:
    """Return the codes silenced, by the key that the comment is for; ``()`` stands for the whole file."""
    silenced: dict[KeyPath, frozenset[str]] = defaultdict(frozenset)
    for found in suppressions_in(source):
        if found.scope is not None:
            silenced[found.scope] |= frozenset(found.codes)
    return dict(silenced)


def is_silenced(silenced: Mapping[KeyPath, frozenset[str]], key: KeyPath, code: str) -> bool:
    """Return whether a comment above a key, above its parent, or for the whole file silences a rule."""
    return any(code in silenced.get(key[:length], ()) for length in range(len(key) + 1))
