"""An entry that is read and written back is the same file."""

from __future__ import annotations

import dataclasses

import pytest

from rag import parse_entry, render_entry
from rag.corpus import encode_newlines


def test_a_made_entry_is_written_back_character_for_character(made_text: str) -> None:
    """Reading and writing a made entry of either dialect gives its own text."""
    assert render_entry(parse_entry(made_text)) == made_text


def test_a_made_entry_is_read_into_typed_values(dialect_b: str) -> None:
    """Every key of an entry arrives as a value of its own type."""
    entry = parse_entry(dialect_b)
    assert (entry.schema, entry.id, entry.date.isoformat()) == ("default", 41, "2026-01-31")
    assert entry.title == entry.article_title == entry.question == "How do eels sense fields?"
    assert (entry.date_format, entry.post_on_text, entry.author) == ("MMM DD, YYYY", "Posted on", "QuickTakes")
    assert entry.seo.title == "QuickTakes | Marine Studies"
    assert entry.seo.page_description == "The answer explains what an electroreceptor does."
    assert entry.seo.page_keywords == "eel, electroreceptor, field"
    assert entry.answer == "Eels sense fields with electroreceptors.\n\nEach one is a canal filled with jelly."
    assert entry.no_index is True
    assert entry.subject == "Marine Studies"
    assert entry.file_name == "how-do-eels-sense-fields.md"
    assert entry.url == "/learn/marine-studies/questions/how-do-eels-sense-fields"
    assert entry.score == -1.0
    assert [(link.id, link.title, link.subject, link.url) for link in entry.related] == [
        (42, "What is a canal?", "Marine Studies", "/learn/marine-studies/questions/what-is-a-canal"),
        (-43, "What is jelly made of?", "Biology", "/learn/biology/questions/what-is-jelly-made-of"),
    ]
    assert entry.extra == {}


def test_an_entry_of_dialect_a_has_no_score_no_links_and_is_indexed(dialect_a: str) -> None:
    """Keys that are optional in the format are None, empty or False where they are absent."""
    entry = parse_entry(dialect_a)
    assert (entry.id, entry.score, entry.related, entry.no_index) == (-7, None, (), False)


def test_canonical_rendering_of_dialect_b_needs_no_source(dialect_b: str) -> None:
    """A dialect-B entry is written byte for byte from its values alone."""
    assert render_entry(dataclasses.replace(parse_entry(dialect_b), source=None)) == dialect_b


UNKNOWN = {
    "top level, first": ("_schema: default\n", "reviewer: ann\n_schema: default\n"),
    "top level, a list": ("author: QuickTakes\n", "author: QuickTakes\ntags:\n- one\n- two: [3, NO]\n"),
    "top level, keys below": ("subject: ", "review:\n  by: ann\n  on: 2026-02-01\nsubject: "),
    "in seo, last": ("author: ", "  og_image: eel.png\nauthor: "),
    "in seo, first": ("seo:\n", "seo:\n  robots:\n    follow: yes\n"),
    "a comment": ("subject: ", "# checked by ann\nsubject: "),
    "an empty line": ("subject: ", "\nsubject: "),
    "before the closing fence": ("\n---\n\n&nbsp;", "\nlast: 1\n\n\n---\n\n&nbsp;"),
    "in the body": ("&nbsp;", "Some body\nof its own ---\n---\n"),
}


@pytest.mark.parametrize(("old", "new"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_the_format_does_not_name_survives_a_round_trip(made_text: str, old: str, new: str) -> None:
    """Unknown keys, comments and empty lines are written back where they stood."""
    text = made_text.replace(old, new, 1)
    assert text != made_text
    assert render_entry(parse_entry(text)) == text


@pytest.mark.parametrize(("old", "new"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_the_format_does_not_name_survives_a_change(made_text: str, old: str, new: str) -> None:
    """Changing a known key leaves unknown keys, comments and empty lines where they stood."""
    text = made_text.replace(old, new, 1)
    changed = dataclasses.replace(parse_entry(text), author="Ann")
    assert render_entry(changed) == text.replace("author: QuickTakes\n", "author: Ann\n")


@pytest.mark.parametrize(
    ("line", "changed_line", "change"),
    [
        ("author: QuickTakes\n", "author: Ann\n", {"author": "Ann"}),
        ("    Why do newts regrow legs?\nanswer", "    Why?\nanswer", {"question": "Why?"}),
    ],
    ids=["plain", "folded"],
)
def test_comments_below_a_key_survive_its_change(
    dialect_a: str, line: str, changed_line: str, change: dict[str, str]
) -> None:
    """What an editor noted between two keys stays when the key above it changes."""
    note = "\n# one\n\n# two\n"
    value, _, rest = line.partition("\n")
    changed_value = changed_line.partition("\n")[0]
    text = dialect_a.replace(line, f"{value}\n{note}{rest}")
    assert text != dialect_a
    expected = dialect_a.replace(line, f"{changed_value}\n{note}{rest}")
    assert render_entry(dataclasses.replace(parse_entry(text), **change)) == expected


def test_an_unknown_key_inside_a_related_article_survives(dialect_b: str) -> None:
    """A key that the format does not name, inside a link, outlives a change to that link."""
    text = dialect_b.replace("    id: 42\n", "    id: 42\n    weight: 0.5\n")
    entry = parse_entry(text)
    assert render_entry(entry) == text
    first, second = entry.related
    changed = dataclasses.replace(entry, related=(dataclasses.replace(first, id=99), second))
    assert render_entry(changed) == text.replace("    id: 42\n", "    id: 99\n")


def test_unknown_keys_are_offered_with_their_values(dialect_a: str) -> None:
    """Extra keys carry YAML values, and only JSON's numbers and words are converted."""
    extra = "gene: NO\nlocus: 007\nflag: true\nnone: null\ncount: 12\nratio: -0.5\nday: 2026-01-01\nlist: [1, 'a']\n"
    entry = parse_entry(dialect_a.replace("subject: ", extra + "subject: "))
    assert entry.extra == {
        "gene": "NO",
        "locus": "007",
        "flag": True,
        "none": None,
        "count": 12,
        "ratio": -0.5,
        "day": "2026-01-01",
        "list": [1, "a"],
    }


def test_keys_that_trip_python_frontmatter_are_ordinary_extra_keys(dialect_a: str) -> None:
    """Keys named content and handler are kept like any other unknown key."""
    text = dialect_a.replace("subject: ", "content: mine\nhandler: too\nsubject: ")
    entry = parse_entry(text)
    assert entry.extra == {"content": "mine", "handler": "too"}
    assert render_entry(entry) == text


def test_the_source_does_not_count_in_comparison(made_text: str) -> None:
    """An entry equals itself without the text it was read from."""
    entry = parse_entry(made_text)
    assert entry == dataclasses.replace(entry, source=None)
    assert entry != dataclasses.replace(entry, id=entry.id + 1)


@pytest.mark.real_entries
def test_every_real_file_is_written_back_byte_for_byte(real_texts: dict[str, str]) -> None:
    """All real entries of both dialects survive reading and writing."""
    assert len(real_texts) == 1268
    assert [path for path, text in real_texts.items() if render_entry(parse_entry(text, path)) != text] == []


@pytest.mark.real_entries
def test_every_real_dialect_b_file_is_written_from_its_values_alone(real_texts: dict[str, str]) -> None:
    """Canonical rendering without the source equals the file for each real dialect-B entry."""
    dialect_b = {path: text for path, text in real_texts.items() if "\ntitle: >-\n" in text}
    assert len(dialect_b) > 100
    assert [path for path, text in dialect_b.items() if not _is_canonical(text)] == []


def _is_canonical(text: str) -> bool:
    return render_entry(dataclasses.replace(parse_entry(text), source=None)) == text


@pytest.mark.real_entries
def test_every_real_answer_encodes_to_the_line_in_its_file(real_texts: dict[str, str]) -> None:
    """The decoded answer, encoded, is the very line below the key answer."""
    for path, text in real_texts.items():
        written = text.partition("\nanswer: >-\n    ")[2].partition("\n")[0]
        assert encode_newlines(parse_entry(text, path).answer) == written, path


@pytest.mark.real_entries
def test_real_entries_repeat_their_question_as_titles(real_texts: dict[str, str]) -> None:
    """Title and article title read as the question does, whichever way each is written."""
    entries = [parse_entry(text, path) for path, text in real_texts.items()]
    assert [entry.url for entry in entries if not entry.title == entry.article_title == entry.question] == []
