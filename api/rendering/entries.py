"""An entry's answer as HTML, with the span that a citation rests on marked."""

from __future__ import annotations

from api.rendering.annotating import Mark, annotate
from api.rendering.markdown import parse, write
from rag.models import Span


def prose_html(markdown: str) -> str:
    """Return a Markdown text as HTML that is safe to show."""
    return write(parse(markdown))


def entry_html(answer: str, cited: Span | None = None) -> str:
    """Return an entry's decoded answer as HTML; what shows of `cited` stands in ``mark``, the first with an id.

    A span that goes beyond the answer, or shows nothing, marks what it can.
    """
    tokens = parse(answer)
    if cited is not None:
        annotate(tokens, answer, marks=[Mark(cited, "mark", "cited", id="cited")])
    return write(tokens)
