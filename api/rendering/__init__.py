"""Markdown of entries and answers as HTML that is safe to show, with marks on what is cited."""

from api.rendering.answers import GrowingAnswer, Growth, answer_html, cited_places, source_link
from api.rendering.entries import entry_html, prose_html

__all__ = ["GrowingAnswer", "Growth", "answer_html", "cited_places", "entry_html", "prose_html", "source_link"]
