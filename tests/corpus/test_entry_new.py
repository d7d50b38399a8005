"""New entries are written in the publisher's exact format."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from rag import parse_entry, render_entry
from rag.corpus import RelatedArticle, new_entry, slug_of

SCORED = r"""---
_schema: default
id: 900001
date: 2026-03-04
title: >-
    Why is "CO₂" acidic & sour: really?
article_title: >-
    Why is "CO₂" acidic & sour: really?
date_format: MMM DD, YYYY
post_on_text: Posted on
seo:
  title: QuickTakes | Plant Science
  page_description: >-
    The answer explains why dissolved gas lowers pH.
  page_keywords: >-
    acid, gas
author: QuickTakes
question: >-
    Why is "CO₂" acidic & sour: really?
answer: >-
    It reacts: $\ce{CO2 + H2O}$ gives acid.\n\n1. **First**: it dissolves.\n2. **Then**: $\nu \neq 0$.
subject: Plant Science
file_name: why-is-co-acidic--sour-really.md
url: /learn/plant-science/questions/why-is-co-acidic--sour-really
score: -1.0

---

&nbsp;"""

LINKED = """score: -1.0
related_article1:
    id: -3
    title: >-
        What is an acid?
    subject: Chemistry
    url: /learn/chemistry/questions/what-is-an-acid
---

&nbsp;"""

ENTRY = new_entry(
    id=900001,
    date=dt.date(2026, 3, 4),
    question='Why is "CO₂" acidic & sour: really?',
    answer="It reacts: $\\ce{CO2 + H2O}$ gives acid.\n\n1. **First**: it dissolves.\n2. **Then**: $\\nu \\neq 0$.",
    subject="Plant Science",
    page_description="The answer explains why dissolved gas lowers pH.",
    page_keywords="acid, gas",
)


def test_a_new_entry_is_written_in_the_exact_format() -> None:
    """A new entry has folded titles, a score, an empty line before the closing fence and no final newline."""
    assert render_entry(ENTRY) == SCORED


def test_a_new_entry_with_a_link_has_no_empty_line_before_the_fence() -> None:
    """A new entry with a related article ends its header with that article."""
    link = RelatedArticle(
        id=-3, title="What is an acid?", subject="Chemistry", url="/learn/chemistry/questions/what-is-an-acid"
    )
    expected = SCORED.partition("score: ")[0] + LINKED
    assert render_entry(dataclasses.replace(ENTRY, related=(link,))) == expected


def test_a_new_entry_without_a_score_has_no_empty_line_before_the_fence() -> None:
    """Without score and links, the url is the header's last line."""
    assert render_entry(dataclasses.replace(ENTRY, score=None)) == SCORED.replace("score: -1.0\n\n", "")


def test_a_new_refusal_is_marked_before_its_answer() -> None:
    """A new entry that is a refusal carries no_index in its place."""
    expected = SCORED.replace("answer: >-", "no_index: True\nanswer: >-")
    assert render_entry(dataclasses.replace(ENTRY, no_index=True)) == expected


def test_a_new_entry_reads_back_as_itself() -> None:
    """What was written of a new entry is the entry."""
    assert parse_entry(render_entry(ENTRY)) == ENTRY


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("What is a cell?", "what-is-a-cell"),
        ("A & B", "a--b"),
        ("La Tène", "la-tne"),
        ("X-linked, 9:3 ratio", "xlinked-93-ratio"),
        ("α and β", "-and-"),
        ("two  spaces", "two--spaces"),
        ("UPPER Case 42", "upper-case-42"),
        ("under_score", "underscore"),
    ],
)
def test_a_slug_keeps_lower_case_letters_digits_and_one_hyphen_a_space(title: str, slug: str) -> None:
    """Every other character is deleted and nothing is collapsed."""
    assert slug_of(title) == slug


@pytest.mark.real_entries
def test_every_real_entry_follows_the_slug_file_name_and_url_rules(real_texts: dict[str, str]) -> None:
    """Slug, file name and url of a new entry are made as the publisher makes them."""
    for path, text in real_texts.items():
        entry = parse_entry(text, path)
        made = new_entry(
            id=entry.id,
            date=entry.date,
            question=entry.question,
            answer=entry.answer,
            subject=entry.subject,
            page_description=entry.seo.page_description,
            page_keywords=entry.seo.page_keywords,
        )
        assert (made.file_name, made.url, made.seo) == (entry.file_name, entry.url, entry.seo), path
        assert (made.title, made.article_title) == (entry.title, entry.article_title), path
        assert (made.schema, made.date_format) == (entry.schema, entry.date_format), path
        assert (made.post_on_text, made.author) == (entry.post_on_text, entry.author), path
