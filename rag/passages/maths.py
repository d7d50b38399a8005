r"""Where mathematics stands in Markdown: ``$..$``, ``$$..$$``, ``\(..\)``, ``\[..\]``, ``\ce{..}``, but not ``$5``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.models import Span

_OPENING = re.compile(r"\$\$|\$|\\\(|\\\[|\\ce\{")
_CLOSING = {"$$": "$$", "$": "$", r"\(": r"\)", r"\[": r"\]", r"\ce{": "}"}
_SIGN = re.compile(r"[\\^_={}<>]")
_PLAIN_WORD = re.compile(r"[A-Za-z]{3,}")


def maths_spans(text: str) -> Iterator[tuple[Span, str]]:
    """Give each piece of mathematics in a text, its marks included, with what stands between the marks."""
    position = 0
    while opening := _OPENING.search(text, position):
        mark = opening.group()
        end = text.find(_CLOSING[mark], opening.end())
        inner = text[opening.end() : end]
        position = opening.end()
        if end >= 0 and inner.strip() and (mark != "$" or _is_maths(inner)):
            position = end + len(_CLOSING[mark])
            yield Span(opening.start(), position), inner


def _is_maths(inner: str) -> bool:
    """Tell ``$x_1 + 2$`` from the words between the signs of two prices."""
    words = [] if "\\" in inner else _PLAIN_WORD.findall(inner)
    is_price = inner[0].isdigit() and not _SIGN.search(inner)
    return "\n\n" not in inner and len(words) <= 1 and not (is_price and " " in inner)
