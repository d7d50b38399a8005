"""Answers cut into sections: whole, in order, named, and short enough to embed."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from made_markdown import WORD, answers

from rag.models import Passage
from rag.passages import embedded_text, passages_of
from rag.testing import HashEmbedder, make_entry

WINDOW = 256
COUNT_WORDS = HashEmbedder().count_tokens
LINES = st.text(st.sampled_from("ab .$#*->|`1_\\[]()\n"), min_size=1, max_size=120).filter(str.strip)


def sections_of(answer: str, count_tokens: Callable[[str], int] = COUNT_WORDS) -> list[Passage]:
    """Return the sections of an answer in the default window."""
    return passages_of(make_entry("Why?", answer), count_tokens, WINDOW)[1:]


def assert_cut_well(answer: str, count_tokens: Callable[[str], int]) -> None:
    """Check what holds for the sections of every answer."""
    sections = sections_of(answer, count_tokens)
    for section in sections:
        assert answer[section.start : section.end] == section.text
        assert section.text == section.text.strip() != ""
        assert count_tokens(embedded_text(section)) <= WINDOW
    assert all(first.end <= second.start for first, second in pairwise(sections))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=answers())
def test_sections_of_any_markdown_stand_at_their_offsets_in_order_and_fit_the_window(
    answer: str, count_tokens: Callable[[str], int]
) -> None:
    """A section is a verbatim slice, fits the embedder's window, and overlaps no other."""
    assert_cut_well(answer, count_tokens)


@settings(max_examples=80, deadline=None)
@given(answer=answers())
def test_every_word_outside_headings_stands_in_a_section(answer: str) -> None:
    """Nothing an editor writes is lost to search: all words but those of headings are in exactly one section."""
    found = [word for section in sections_of(answer) for word in WORD.findall(section.text)]
    assert found == WORD.findall(answer)


@settings(max_examples=150, deadline=None)
@given(answer=LINES)
@example(answer="$a\n\n$b")
@example(answer="> > - 1. # a")
def test_sections_of_any_scribble_stand_at_their_offsets_in_order(answer: str) -> None:
    """Marks in any disorder neither crash the cutter nor shift an offset."""
    assert_cut_well(answer, COUNT_WORDS)


@settings(max_examples=100, deadline=None)
@given(
    answer=st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n"), min_size=1, max_size=200)
)
def test_sections_of_any_text_without_control_characters_stand_at_their_offsets(answer: str) -> None:
    """Any script, line separator or invisible character keeps its place."""
    assert_cut_well(answer, COUNT_WORDS)


@pytest.mark.parametrize("control", ["\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\t", "\0"])
def test_sections_survive_control_characters(control: str) -> None:
    """An answer that holds a stray control character, as a quoted YAML value may, is cut like any other."""
    answer = control.join(["First words.", "", "Second words.", "", "", "Third words."])
    assert_cut_well(answer, COUNT_WORDS)
    found = " ".join(section.text for section in sections_of(answer))
    assert [word for word in ("First", "Second", "Third") if word in found] == ["First", "Second", "Third"]


def test_the_question_is_the_first_passage() -> None:
    """A question is a passage of its own, whole, with offsets that count its characters."""
    question, *sections = passages_of(make_entry("Why is it so?", "Because."), COUNT_WORDS, WINDOW)
    assert (question.kind, question.section, question.text) == ("question", "", "Why is it so?")
    assert (question.start, question.end) == (0, 13)
    assert [section.kind for section in sections] == ["section"]


def test_a_heading_names_the_sections_below_it_until_the_next() -> None:
    """A section carries the heading above it, without heading marks, bold marks around it and colon."""
    answer = "Opening.\n\n## **Light reactions:**\n\nOne.\n\n### Dark ###\n\nTwo."
    assert [(s.section, s.text) for s in sections_of(answer)] == [
        ("", "Opening."),
        ("Light reactions", "One."),
        ("Dark", "Two."),
    ]


@pytest.mark.parametrize(
    "heading", ["**Light** reactions", "Yield per *glucose*", "**A** and **B**:", f"**{'word ' * 20}**"]
)
def test_a_name_holds_no_half_of_a_mark(heading: str) -> None:
    """Emphasis inside a heading goes whole or stays whole, so that a name can be shown as it is."""
    (section,) = sections_of(f"## {heading}\n\nText.")
    assert section.section.count("*") % 2 == 0
    assert section.section.count("**") % 2 == 0


def test_a_bold_label_names_a_section_that_has_no_heading() -> None:
    """A list item's bold label is the section's name, with or without the colon inside the bold."""
    words = "word " * 80
    answer = f"1. **Mitosis**: {words}\n2. **Meiosis:** {words}\n\n**Binary fission** {words}"
    assert [section.section for section in sections_of(answer)] == ["Mitosis", "Meiosis", "Binary fission"]


def test_a_heading_goes_before_a_bold_label() -> None:
    """Below a heading, a label does not rename the section."""
    answer = f"# Division\n\n- **Mitosis**: {'word ' * 80}\n- **Meiosis**: {'word ' * 80}"
    assert [section.section for section in sections_of(answer)] == ["Division", "Division"]


def test_short_neighbours_share_a_section() -> None:
    """List items and paragraphs under one heading are joined while they are short together."""
    answer = "Cells divide.\n\n1. **Prophase**: first.\n2. **Anaphase**: then.\n\nIn summary, they divide."
    assert [section.text for section in sections_of(answer)] == [answer]


def test_neighbours_under_different_headings_are_never_joined() -> None:
    """However short, text under another heading is another section."""
    assert [section.text for section in sections_of("# A\n\nOne.\n\n# B\n\nTwo.")] == ["One.", "Two."]


def test_a_line_that_leads_in_stays_with_what_it_leads_to() -> None:
    """A paragraph that ends in a colon shares its section with the next block, up to the window."""
    lead = f"{'word ' * 60}has these parts:"
    sections = sections_of(f"{lead}\n\n1. {'item ' * 60}\n2. {'more ' * 60}")
    assert [section.text.startswith(("word", "2.")) for section in sections] == [True, True]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param("Sentence of six words stands here. " * 120, id="paragraph"),
        pytest.param("word " * 900, id="sentence without end"),
        pytest.param("1. **Label**: " + "Sentence of six words stands here. " * 120, id="list item"),
        pytest.param(
            "- Top.\n" + "\n".join(f"  - Nested item {n} with some words." for n in range(120)), id="nested list"
        ),
        pytest.param("| a | b |\n|---|---|\n" + "\n".join(f"| row {n} | with words |" for n in range(150)), id="table"),
        pytest.param("```python\n" + "\n".join(f"print({n}, 'text')" for n in range(150)) + "\n```", id="code fence"),
        pytest.param("> " + "Quoted words stand here. " * 150, id="quote"),
        pytest.param("$$\n" + " \\\\\n".join(f"x_{n} = y^{n}" for n in range(150)) + "\n$$", id="display mathematics"),
        pytest.param("ACGT" * 5_000, id="unbroken string"),
        pytest.param("細胞分裂" * 500, id="unbroken Chinese"),
        pytest.param("🧬" * 2_000, id="unbroken emoji"),
        pytest.param("a-" * 3_000, id="unbroken hyphens"),
    ],
)
def test_a_block_that_is_too_long_is_cut_to_fit(block: str, count_tokens: Callable[[str], int]) -> None:
    """Whatever an overlong block is made of, its sections fit the window and hold all its letters."""
    answer = f"# Heading\n\nBefore.\n\n{block.strip()}\n\nAfter."
    assert_cut_well(answer, count_tokens)
    kept = "".join(section.text for section in sections_of(answer, count_tokens))
    outside = answer.removeprefix("# Heading")
    marks = re.compile(r"[\s>|:*-]|^[ ]*1\.", re.MULTILINE)
    assert marks.sub("", kept) == marks.sub("", outside)


def test_an_unbroken_string_is_cut_to_fit_whatever_counts_the_tokens() -> None:
    """A tokenizer that gives one token a letter gets pieces of a string that has no space to cut at."""
    sections = sections_of("x" * 5_000, len)
    assert max(len(section.text) for section in sections) <= WINDOW
    assert sum(len(section.text) for section in sections) == 5_000


@pytest.mark.parametrize(
    "name", ["細" * 80, "🧬" * 80, "1+" * 40, "word " * 16], ids=["Chinese", "emoji", "signs", "words"]
)
@pytest.mark.parametrize("form", ["# {name}\n\n{words}", "**{name}**: {words}"], ids=["heading", "label"])
def test_the_longest_name_leaves_its_section_inside_the_window(
    form: str, name: str, count_tokens: Callable[[str], int]
) -> None:
    """A name of many tokens before a full section does not push the section's end out of the window."""
    assert_cut_well(form.format(name=name, words="word " * 187), count_tokens)


def test_equal_entries_give_equal_passage_ids_and_others_do_not() -> None:
    """A passage's id depends on its entry, place, name and text, and on nothing else."""
    first, again = (sections_of("# A\n\nOne.\n\n# B\n\nOne.") for _ in range(2))
    other = passages_of(make_entry("How?", "# A\n\nOne."), COUNT_WORDS, WINDOW)
    assert first == again
    assert len({passage.id for passage in [*first, *other]}) == 4


def test_the_embedded_text_is_the_name_and_the_text_as_plain_words() -> None:
    """What the embedder reads has no marks, and starts with the section's name."""
    (section,) = sections_of("## Gas exchange\n\n1. **Uptake**: plants take up $CO_2$.")
    assert embedded_text(section) == "Gas exchange Uptake: plants take up CO2."
