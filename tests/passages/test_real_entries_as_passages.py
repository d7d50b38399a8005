"""The publisher's own entries, cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest

from rag.corpus import Entry
from rag.passages import embedded_text, passages_of, split_sentences

pytestmark = pytest.mark.real_entries

HEADING = re.compile(r"^ {0,3}#{1,6}[ ].*$", re.MULTILINE)


def test_passages_of_real_entries_stand_at_their_offsets_in_order_and_fit_the_window(
    real_entries: list[Entry], count_tokens: Callable[[str], int]
) -> None:
    """Every passage is a verbatim slice inside the 256-token window, and no two overlap."""
    for entry in real_entries:
        question, *sections = passages_of(entry, count_tokens, 256)
        assert question.text == entry.question
        assert sections, entry.url
        for passage in (question, *sections):
            source = entry.question if passage.kind == "question" else entry.answer
            assert source[passage.start : passage.end] == passage.text
            assert count_tokens(embedded_text(passage)) <= 256, entry.url
        assert all(first.end <= second.start for first, second in pairwise(sections))


def test_every_word_of_real_answers_outside_headings_stands_in_a_section(real_entries: list[Entry]) -> None:
    """No letter or digit outside headings falls between sections."""
    for entry in real_entries:
        left = list(HEADING.sub(lambda found: " " * len(found.group()), entry.answer))
        for section in passages_of(entry, lambda text: len(text.split()), 256)[1:]:
            left[section.start : section.end] = " " * (section.end - section.start)
        assert not re.search(r"[^\W_]", "".join(left)), entry.url


def test_sentences_of_real_answers_are_ordered_slices_that_hold_every_word(real_entries: list[Entry]) -> None:
    """Splitting leaves out list numbers and marks, never a word."""
    for entry in real_entries:
        sentences = split_sentences(entry.answer)
        assert all(first.end <= second.start for first, second in pairwise(sentences))
        left = list(entry.answer)
        for sentence in sentences:
            assert entry.answer[sentence.start : sentence.end].strip()
            left[sentence.start : sentence.end] = " " * (sentence.end - sentence.start)
        assert not re.search(r"[^\W\d_]", "".join(left)), entry.url
