r"""Where mathematics stands in Markdown: ``$..$``, ``$$..$$``, ``\(..\)``, ``\[..\]``, ``\ce{..}``, but not ``$5``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.models import Span

_OPENING = re.compile(r"\$\$|\$|\\\(|\\\[|\\ce\{")
_CLOSING = {"$$": "$$", "$": "$", r"\(": r"\)", r"\[": r"\]", r"\ce{": "}"}
_SIGN = re.compile(r"[\\^_={}<>]")
_BRACE = re.compile(r"[{}]")
_PLAIN_WORD = re.compile(r"[A-Za-z]{3,}")


def maths_spans(text: str) -> Iterator[tuple[Span, str]]:
    """Give each piece of mathematics in a text, its marks included, with what stands between the marks."""
    position = 0
    while opening := _OPENING.search(text, position):
        mark = opening.group()
        end = _closing_brace(text, opening.end()) if mark == r"\ce{" else text.find(_CLOSING[mark], opening.end())
        inner = text[opening.end() : end]
        position = opening.end()
        if end >= 0 and inner.strip() and (mark != "$" or _is_maths(inner, text[end + 1 : end + 2])):
            position = end + len(_CLOSING[mark])
            yield Span(opening.start(), position), inner


def _closing_brace(text: str, start: int) -> int:
    """Return where the brace closes that was opened before `start`; -1 where it is not."""
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            return brace.start()
    return -1


def _is_maths(inner: str, following: str) -> bool:
    """Tell ``$x_1 + 2$`` from what stands between the signs of two prices, ``$5 or $6``.

    As in Pandoc, mathematics that begins with a digit does not end with a space, and no digit follows it.
    """
    words = [] if "\\" in inner else _PLAIN_WORD.findall(inner)
    is_price = inner[0].isdigit() and not _SIGN.search(inner) and (inner[-1].isspace() or following.isdigit())
    return "\n\n" not in inner and len(words) <= 1 and not is_price
