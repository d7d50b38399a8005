"""Comments that silence a rule for one key, or for a file: ``# quicktakes: ignore QT503`` above the key."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.corpus.source import KeyPath, Source

_COMMENT = re.compile(r"^ {0,3}# *quicktakes: *(?P<scope>ignore-file|ignore)\b(?P<codes>[^\n]*)$", re.MULTILINE)
_CODE = re.compile(r"[A-Z]+\d+")


def silenced_by_comments(source: Source) -> Mapping[KeyPath, frozenset[str]]:
    """Return the codes silenced, by the key that the comment stands above; ``()`` stands for the whole file."""
    silenced: dict[KeyPath, frozenset[str]] = {}
    above = source.opening
    for block in source.blocks:
        _collect(above, block.path, silenced)
        above = block.text
    _collect(above, (), silenced)
    return silenced


def _collect(text: str, key: KeyPath, silenced: dict[KeyPath, frozenset[str]]) -> None:
    if "quicktakes:" not in text:
        return
    for comment in _COMMENT.finditer(text):
        scope = () if comment["scope"] == "ignore-file" else key
        silenced[scope] = silenced.get(scope, frozenset()) | frozenset(_CODE.findall(comment["codes"]))


def is_silenced(silenced: Mapping[KeyPath, frozenset[str]], key: KeyPath, code: str) -> bool:
    """Return whether a comment above a key, above its parent, or for the whole file silences a rule."""
    return any(code in silenced.get(key[:length], ()) for length in range(len(key) + 1))
