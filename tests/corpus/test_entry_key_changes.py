"""A change to one key changes only that key's bytes."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import Entry, parse_entry, render_entry
from rag.corpus import UnwritableTextError
from rag.errors import CorpusError

TOP_KEYS = (
    *("_schema", "id", "date", "title", "article_title", "date_format", "post_on_text", "author", "question"),
    *("answer", "subject", "file_name", "url", "score"),
)
SEO_KEYS = ("title", "page_description", "page_keywords")
LINK_KEYS = ("id", "title", "subject", "url")

KeyPath = tuple[str, ...]

# One printable line as an editor may type it, without the separators that YAML takes for line ends.
LINES = (
    st.text(
        st.one_of(
            st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"], exclude_characters="\ufeff"),
            st.sampled_from(": #-?!|>&*@%`'\"[]{},~=<\\$"),
        ),
        min_size=1,
        max_size=40,
    )
    .map(str.strip)
    .filter(bool)
)


def paths_of(entry: Entry) -> list[KeyPath]:
    """Return the path of each key that an entry's file holds with a value of its own."""
    top = [(key,) for key in TOP_KEYS if key != "score" or entry.score is not None]
    links = range(1, len(entry.related) + 1)
    return [
        *top,
        *(("seo", key) for key in SEO_KEYS),
        *((f"related_article{n}", key) for n in links for key in LINK_KEYS),
    ]


def change(entry: Entry, path: KeyPath, value: object) -> Entry:
    """Return the entry with another value under one key."""
    key = path[-1]
    if len(path) == 1:
        return dataclasses.replace(entry, **{{"_schema": "schema"}.get(key, key): value})
    if path[0] == "seo":
        return dataclasses.replace(entry, seo=dataclasses.replace(entry.seo, **{key: value}))
    place = int(path[0][-1]) - 1
    links = list(entry.related)
    links[place] = dataclasses.replace(links[place], **{key: value})
    return dataclasses.replace(entry, related=tuple(links))


def cut_at(text: str, path: KeyPath) -> tuple[str, str, str]:
    """Return what stands before a key's lines, those lines, and what stands after: by indentation, without YAML."""
    lines = text.splitlines(keepends=True)
    start = 0
    for depth, key in enumerate(path):
        indent = "" if depth == 0 else "  " if path[0] == "seo" else "    "
        start = next(n for n in range(start, len(lines)) if lines[n].startswith(f"{indent}{key}:"))
    end = start + (2 if lines[start].endswith(">-\n") else 1)
    return "".join(lines[:start]), "".join(lines[start:end]), "".join(lines[end:])


def plain(path: KeyPath, written: str) -> str:
    """Return a key's line with its value beside it."""
    indent = "" if len(path) == 1 else "  " if path[0] == "seo" else "    "
    return f"{indent}{path[-1]}: {written}\n"


def folded(path: KeyPath, written: str) -> str:
    """Return a key's two lines with its value folded below it."""
    return plain(path, ">-") + " " * (8 if path[0].startswith("related") else 4) + f"{written}\n"


def simple_change(path: KeyPath) -> tuple[object, str]:
    """Return a new value for a key and how it is written."""
    match path[-1]:
        case "id":
            return 123_456, "123456"
        case "date":
            return dt.date(1999, 12, 31), "1999-12-31"
        case "score":
            return 0.25, "0.25"
        case "answer":
            return "First $\\frac{1}{2}$.\n\n- second", "First $\\frac{1}{2}$.\\n\\n- second"
        case _:
            return "Quite another value", "Quite another value"


def assert_only_that_key_changes(text: str) -> None:
    """Change each key of a file in turn and compare the whole file with what it should be."""
    entry = parse_entry(text)
    for path in paths_of(entry):
        value, written = simple_change(path)
        before, lines, after = cut_at(text, path)
        style = folded if lines.count("\n") == 2 else plain
        assert render_entry(change(entry, path, value)) == before + style(path, written) + after, (entry.url, path)


def test_a_change_to_one_key_changes_only_its_bytes(made_text: str) -> None:
    """In a made entry of either dialect, each key in turn is written anew in its own style, alone."""
    assert_only_that_key_changes(made_text)


@pytest.mark.real_entries
def test_a_change_to_one_key_changes_only_its_bytes_in_real_files(real_texts: dict[str, str]) -> None:
    """In every odd real file and every tenth biology one, each key in turn changes alone."""
    odd = [text for path, text in real_texts.items() if "biology/" not in path or "marine-biology/" in path]
    biology = [text for path, text in real_texts.items() if path.startswith("learn/biology/")]
    assert len(odd) + len(biology) == len(real_texts)
    for text in (*odd, *biology[::10]):
        assert_only_that_key_changes(text)


@settings(deadline=None, max_examples=150)
@given(draw=st.data())
def test_any_line_can_stand_under_any_text_key(made_text: str, draw: st.DataObject) -> None:
    """Whatever printable line a text key is given, the file reads back the same and no other byte changes."""
    entry = parse_entry(made_text)
    paths = [path for path in paths_of(entry) if path[-1] not in {"id", "date", "score", "answer"}]
    path, value = draw.draw(st.sampled_from(paths)), draw.draw(LINES)
    changed = change(entry, path, value)
    text = render_entry(changed)
    before, lines, after = cut_at(made_text, path)
    was_folded = lines.count("\n") == 2
    assert text in {before + style(path, value) + after for style in ((folded,) if was_folded else (plain, folded))}
    assert parse_entry(text) == changed


@pytest.mark.parametrize("value", ["[]", "{}", '["a"]', '{"a": 1}', "null", "1", "true", "2025-01-31"])
def test_text_that_looks_like_another_value_stays_text(made_text: str, value: str) -> None:
    """Under every text key: what YAML would read as a list, keys, a number or a word is written so that it is not."""
    entry = parse_entry(made_text)
    for path in paths_of(entry):
        if path[-1] not in {"id", "date", "score", "answer"}:
            changed = change(entry, path, value)
            assert parse_entry(render_entry(changed)) == changed


@settings(deadline=None, max_examples=100)
@given(
    number=st.integers(-(10**18) + 1, 10**18 - 1),
    date=st.dates(),
    score=st.integers(-999, 999).map(lambda thousandths: thousandths / 1000),
)
def test_numbers_and_dates_are_written_so_that_they_read_back(
    dialect_b: str, number: int, date: dt.date, score: float
) -> None:
    """Ids, dates and scores within the format's range return from the file as they were given."""
    entry = parse_entry(dialect_b)
    changed = dataclasses.replace(entry, id=number, date=date, score=score)
    changed = change(changed, ("related_article2", "id"), number)
    text = render_entry(changed)
    assert parse_entry(text) == changed
    kept = [line for line in dialect_b.splitlines() if not line.strip().startswith(("id:", "date:", "score:"))]
    assert [line for line in text.splitlines() if not line.strip().startswith(("id:", "date:", "score:"))] == kept


@settings(deadline=None, max_examples=100)
@given(lines=st.lists(st.one_of(st.just(""), LINES.filter(lambda line: "\\" not in line)), min_size=1, max_size=6))
def test_a_new_answer_changes_only_the_answers_line(made_text: str, lines: list[str]) -> None:
    """An answer of several lines stands on the one line below its key, and nothing else changes."""
    answer = "\n".join(lines).strip() or "x"
    changed = dataclasses.replace(parse_entry(made_text), answer=answer)
    text = render_entry(changed)
    before, _, after = cut_at(made_text, ("answer",))
    assert text.startswith(before + "answer: >-\n    ")
    assert text.endswith("\n" + after)
    assert text.count("\n") == made_text.count("\n")
    assert parse_entry(text).answer.replace("\n ", "\n") == answer.replace("\n ", "\n")


def test_a_value_that_cannot_stand_beside_its_key_is_folded_below_it(dialect_a: str) -> None:
    """A title with a colon and a space, which YAML forbids beside a key, moves below it."""
    changed = dataclasses.replace(parse_entry(dialect_a), title="Newts: why do they regrow legs?")
    assert "\ntitle: >-\n    Newts: why do they regrow legs?\narticle_title: Why" in render_entry(changed)


@pytest.mark.parametrize("value", ["No", "007", "1.5", "2026-01-31", "null", "~", "true"])
def test_a_text_that_other_readers_take_for_another_type_is_folded(dialect_a: str, value: str) -> None:
    """A title such as No or 007 is written so that every YAML reader takes it for text."""
    changed = dataclasses.replace(parse_entry(dialect_a), title=value)
    before, _, after = cut_at(dialect_a, ("title",))
    assert render_entry(changed) == before + folded(("title",), value) + after


def test_changing_a_value_back_gives_the_original_file(made_text: str) -> None:
    """A change that is undone leaves no trace."""
    entry = parse_entry(made_text)
    for path in paths_of(entry):
        value, _ = simple_change(path)
        changed = parse_entry(render_entry(change(entry, path, value)))
        assert render_entry(dataclasses.replace(entry, source=changed.source)) == made_text, path


STYLES = {
    "comments between keys": [("subject: ", "# one\n\n# two\nsubject: "), ("seo:\n", "# three\nseo:\n")],
    "quoted values": [
        ("author: QuickTakes", 'author: "QuickTakes"'),
        ("date_format: MMM DD, YYYY", "date_format: 'MMM'"),
    ],
    "values over several lines": [("post_on_text: Posted on", "post_on_text: Posted\n  on this\n  day")],
    "literal blocks": [("  page_keywords: >-\n    ", "  page_keywords: |\n    one,\n    ")],
    "wide indentation": [("question: >-\n    ", "question: >-\n          ")],
    "narrow indentation": [("question: >-\n    ", "question: >-\n ")],
    "spaces behind values": [("author: QuickTakes", "author:    QuickTakes   "), ("question: >-", "question: >-  ")],
    "quoted keys": [("author: ", '"author": '), ("  page_keywords:", "  'page_keywords':")],
    "explicit keys": [("author: QuickTakes", "? author\n: QuickTakes")],
    "another order": [("_schema: default\n", ""), ("author: ", "_schema: default\nauthor: ")],
    "deeper seo": [
        ("seo:\n  title: ", "seo:\n    title: "),
        ("  page_description: >-\n    ", "    page_description: >-\n        "),
        ("  page_keywords: >-\n    ", "    page_keywords: >-\n        "),
    ],
    "an indented comment in seo": [("  page_d", "  # note\n  page_d")],
}


@pytest.mark.parametrize("edits", STYLES.values(), ids=STYLES)
def test_a_change_in_a_file_of_another_yaml_style_reads_back(dialect_a: str, edits: list[tuple[str, str]]) -> None:
    """In a file of unusual YAML, each of the keys can change without spoiling the file."""
    text = dialect_a
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    entry = parse_entry(text)
    assert render_entry(entry) == text
    for path in paths_of(entry):
        changed = change(entry, path, simple_change(path)[0])
        assert parse_entry(render_entry(changed)) == changed, path


def test_a_value_that_must_be_folded_finds_room_below_a_deeply_indented_key(dialect_a: str) -> None:
    """Where seo is indented by 4, a title with a colon and a space is folded deeper than its key."""
    text = dialect_a
    for old, new in STYLES["deeper seo"]:
        text = text.replace(old, new, 1)
    changed = change(parse_entry(text), ("seo", "title"), "QuickTakes: Biology")
    assert parse_entry(render_entry(changed)) == changed


FLOW = {
    "seo": (
        "seo: {\n  title: QuickTakes,\n  page_description: The answer,\n  page_keywords: newt\n  }\n",
        ("seo", "page_description"),
    ),
    "seo, closed on its last key's line": (
        "seo: {\n  title: QuickTakes,\n  page_description: The answer,\n  page_keywords: newt}\n",
        ("seo", "page_keywords"),
    ),
}


@pytest.mark.parametrize(("seo", "path"), FLOW.values(), ids=FLOW)
def test_keys_in_braces_are_refused_or_change_without_spoiling_the_file(
    dialect_a: str, seo: str, path: KeyPath
) -> None:
    """A block written as a flow mapping is a located problem, or its keys can change as any others."""
    text = dialect_a.partition("seo:\n")[0] + seo + "author: " + dialect_a.partition("\nauthor: ")[2]
    try:
        entry = parse_entry(text, "x.md")
    except CorpusError as error:
        assert str(error).startswith(("x.md:9: QT132 ", "x.md:10: QT132 "))  # noqa: PT017 refusal is one of two ways
        return
    changed = change(entry, path, "Another")
    assert parse_entry(render_entry(changed)) == changed


UNWRITABLE = {
    "empty": "",
    "spaces only": "   ",
    "leading space": " a",
    "two lines": "a\nb",
    "carriage return": "a\rb",
    "control character": "a\x07b",
    "next line": "a\x85b",
    "line separator": "a\u2028b",
    "lone surrogate": "a\ud800b",
}


@pytest.mark.parametrize("value", UNWRITABLE.values(), ids=UNWRITABLE)
@pytest.mark.parametrize("path", [("question",), ("url",), ("seo", "page_keywords"), ("related_article1", "title")])
def test_a_value_without_a_form_in_the_format_is_refused(dialect_b: str, path: KeyPath, value: str) -> None:
    """What would not read back is never written: the error names it as unwritable."""
    changed = change(parse_entry(dialect_b), path, value)
    with pytest.raises(UnwritableTextError):
        render_entry(changed)


@pytest.mark.parametrize(
    "values",
    [
        {"id": 10**20},
        {"score": float("nan")},
        {"score": float("inf")},
        {"score": 1e-7},
        {"score": 1e300},
        {"extra": {"id": 9}},
        {"extra": {"seo": 1}},
        {"extra": {"no_index": True}},
        {"extra": {"related_article3": {"id": 1}}},
        {"extra": {"a": 10**20}},
        {"extra": {"a": 1e300}},
        {"extra": {"a": float("nan")}},
        {"extra": {"a": "\ud800"}},
        {"extra": {"a": [[[[[[[[[[1]]]]]]]]]]}},
        {"extra": {"a: b": 1}},
        {"extra": {"<<": 1}},
        {"extra": {"": 1}},
        {"extra": {"# a": "b"}},
    ],
    ids=repr,
)
def test_nothing_is_written_that_reads_back_as_something_else(dialect_a: str, values: dict[str, object]) -> None:
    """Values at the edges of the format are written so that they read back, or refused as unwritable."""
    changed = dataclasses.replace(parse_entry(dialect_a), **values)
    try:
        text = render_entry(changed)
    except UnwritableTextError:
        return
    assert parse_entry(text) == changed
