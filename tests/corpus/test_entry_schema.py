"""The JSON Schema of the front matter says what the format says, to editors that check YAML by one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from copy import deepcopy
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rag import parse_entry, render_entry
from rag.corpus import Corpus, entry_schema, find_files, new_entry, skeleton
from rag.corpus.header import read_header
from rag.corpus.leaves import leaves_of

Front = dict[str, Any]

VALIDATOR = Draft202012Validator(entry_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
TEXTS = [
    ("title",),
    ("article_title",),
    ("question",),
    ("answer",),
    ("subject",),
    ("seo", "page_description"),
    ("seo", "page_keywords"),
    ("related_article1", "title"),
    ("related_article1", "subject"),
]
URLS = [("url",), ("related_article2", "url")]
OPTIONAL = {"no_index", "score", "related_article2"}


def front_of(text: str) -> Front:
    """Return the front matter of a file as plain YAML values."""
    header = text.removeprefix("---\n").partition("\n---")[0]
    return {key: node.resolve() for key, node in read_header(header).items()}


def faults(front: Front) -> list[str]:
    """Return what the schema has against a front matter, each fault with its place."""
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in VALIDATOR.iter_errors(front)]


def with_value(front: Front, path: tuple[str, ...], value: object) -> Front:
    """Return a front matter with another value in one place."""
    changed = deepcopy(front)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


@pytest.fixture
def front(dialect_b: str) -> Front:
    """Return the front matter of a made entry with every kind of key."""
    return front_of(dialect_b)


def test_the_schema_is_a_schema() -> None:
    """It is valid JSON Schema of the draft that it names, and JSON."""
    schema = entry_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


def test_the_schema_names_the_keys_of_the_format_in_their_order(dialect_b: str) -> None:
    """Its properties are what a file with all keys holds, from top to bottom, and so are those below them."""
    entry = parse_entry(dialect_b)
    full = leaves_of(dataclasses.replace(entry, related=entry.related[:1] * 5))
    properties: Any = entry_schema()["properties"]
    assert list(properties) == list(dict.fromkeys(path[0] for path in full))
    for key in ("seo", "related_article1", "related_article5"):
        assert list(properties[key]["properties"]) == [path[1] for path in full if path[0] == key and len(path) > 1]


def test_made_entries_of_both_dialects_are_valid(made_text: str) -> None:
    """Plain titles or folded ones, with optional keys or without."""
    assert faults(front_of(made_text)) == []


def test_a_new_entry_is_valid_before_and_after_it_is_filled_in() -> None:
    """What `corpus new` writes breaks no rule of the schema, nor does an answer with lists and LaTeX."""
    empty = Corpus(MappingProxyType({}), MappingProxyType({}), ())
    begun = skeleton("Why is CO₂ sour: really?", subject="Marine Studies", corpus=empty, ids=None, date=dt.date.max)
    filled = new_entry(
        id=-3,
        date=dt.date(2026, 1, 31),
        question="Why?",
        answer="Because:\n\n1. **It is** so.\n2. $\\neg q \\to \\nu$",
        subject="Biology",
        page_description="The answer explains it.",
        page_keywords="a, b, c",
    )
    for entry in (begun, filled):
        assert faults(front_of(render_entry(entry))) == []


def test_every_starter_entry_is_valid(starter_corpus: Path) -> None:
    """The schema has nothing against any file of the project's own corpus."""
    files = find_files(starter_corpus)
    assert len(files) >= 40
    found = {path.name: faults(front_of(path.read_text(encoding="utf-8"))) for path in files}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.real_entries
def test_every_real_entry_is_valid(real_texts: dict[str, str]) -> None:
    """The schema has nothing against the publisher's files, odd ones included: their defects are in the prose."""
    assert len(real_texts) == 1268
    found = {path: faults(front_of(text)) for path, text in real_texts.items()}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_the_order_of_keys_is_not_its_business(front: Front) -> None:
    """A file with its keys the other way round is the linter's to find."""
    assert faults(dict(reversed(front.items()))) == []


@pytest.mark.parametrize("path", [("reviewer",), ("seo", "image"), ("related_article1", "weight"), ("Title",)])
def test_an_unknown_key_is_refused(front: Front, path: tuple[str, ...]) -> None:
    """At the top, below seo and in a link, a key that the format does not name is a fault: most are misspelled."""
    (fault,) = faults(with_value(front, path, "x"))
    assert f"'{path[-1]}' was unexpected" in fault


def test_a_sixth_related_article_is_refused(front: Front) -> None:
    """The format holds five links."""
    front |= {f"related_article{number}": front["related_article1"] for number in range(3, 7)}
    (fault,) = faults(front)
    assert "'related_article6' was unexpected" in fault


def test_each_missing_key_is_named(front: Front) -> None:
    """Every key but the optional ones must be there, and the fault names it."""
    required = [key for key in front if key not in OPTIONAL and key != "related_article1"]
    assert len(required) == 14
    for key in required:
        (fault,) = faults({name: value for name, value in front.items() if name != key})
        assert fault == f": {key!r} is a required property"


@pytest.mark.parametrize("parent", ["seo", "related_article1", "related_article2"])
def test_each_missing_key_of_a_key_is_named(front: Front, parent: str) -> None:
    """All keys below seo, and all of a link, must be there."""
    for key in front[parent]:
        rest = {name: value for name, value in front[parent].items() if name != key}
        assert faults(front | {parent: rest}) == [f"{parent}: {key!r} is a required property"]


@pytest.mark.parametrize("key", sorted(OPTIONAL))
def test_each_optional_key_may_be_absent(front: Front, key: str) -> None:
    """A file needs no mark, no score and no links."""
    del front[key]
    assert faults(front) == []


@pytest.mark.parametrize("numbers", [(2,), (1, 3), (1, 2, 4), (1, 2, 3, 5), (3, 4, 5)])
def test_a_gap_in_the_related_articles_is_refused(front: Front, numbers: tuple[int, ...]) -> None:
    """Links are numbered from 1 without a gap."""
    link = front.pop("related_article1")
    del front["related_article2"]
    assert faults(front | {f"related_article{number}": link for number in range(1, max(numbers) + 1)}) == []
    assert faults(front | {f"related_article{number}": link for number in numbers}) != []


@pytest.mark.parametrize("value", [False, "True", "true", 1, None])
def test_a_mark_of_a_refusal_is_true_or_absent(front: Front, value: object) -> None:
    """`no_index: False` says nothing, and a text or a number is no mark."""
    assert faults(with_value(front, ("no_index",), value)) != []


@pytest.mark.parametrize("path", URLS, ids=".".join)
@pytest.mark.parametrize(
    "value",
    [
        "",
        "why-do-newts",
        "learn/biology/questions/why-do-newts",
        "/learn/biology/why-do-newts",
        "/learn/biology/questions/",
        "/learn//questions/why-do-newts",
        "/learn/biology/questions/why-do-newts/",
        "/learn/biology/questions/Why-Do-Newts",
        "/learn/biology/questions/why do newts",
        "/learn/biology/questions/why_do_newts",
        "/learn/biology/questions/why-do-newts?",
        "/learn/biology/questions/why-do-newts.md",
        "/learn/Biology/questions/why-do-newts",
        "/learn/biology/../questions/why",
        "/learn/biology/deep/questions/why",
        "https://example.org/learn/biology/questions/why",
        " /learn/biology/questions/why",
        7,
    ],
)
def test_a_bad_url_is_refused(front: Front, path: tuple[str, ...], value: object) -> None:
    """A url has the one shape that a folder and a slug give, in an entry and in its links."""
    assert len(faults(with_value(front, path, value))) == 1


@pytest.mark.parametrize(
    "value",
    ["/learn/biology/questions/a", "/learn/marine-studies/questions/what-is-a--b", "/learn/x2/questions/-and-"],
)
def test_the_slugs_of_the_publisher_are_good_urls(front: Front, value: str) -> None:
    """Nothing is collapsed in a slug: double hyphens and hyphens at its ends are right."""
    for path in URLS:
        assert faults(with_value(front, path, value)) == []


@pytest.mark.parametrize("path", TEXTS, ids=".".join)
@pytest.mark.parametrize("value", ["", " ", "one\ntwo", "\none", "one\ttwo", "one\rtwo", "one\ftwo", "one ", 7, None])
def test_a_text_that_is_not_one_line_is_refused(front: Front, path: tuple[str, ...], value: object) -> None:
    """A text is one line with something on it: no real newline, tab or form feed, and no space at its end."""
    assert len(faults(with_value(front, path, value))) == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("_schema",), "Default"),
        (("date_format",), "DD/MM/YYYY"),
        (("post_on_text",), "Posted"),
        (("author",), "quicktakes"),
        (("score",), 1.0),
        (("score",), "-1.0"),
        (("id",), "41"),
        (("id",), 4.5),
        (("id",), True),
        (("related_article1", "id"), "42"),
        (("date",), "31.01.2026"),
        (("date",), "2026-13-01"),
        (("date",), 2026),
        (("seo",), "QuickTakes"),
        (("seo", "title"), "Marine Studies"),
        (("seo", "title"), "QuickTakes | "),
        (("seo", "title"), "QuickTakes | Marine\nStudies"),
        (("file_name",), "how-do-eels-sense-fields"),
        (("file_name",), "How do eels sense fields.md"),
        (("file_name",), "deep/how.md"),
        (("related_article1",), []),
        (("related_article1",), "/learn/biology/questions/a"),
    ],
)
def test_a_value_of_another_kind_is_refused(front: Front, path: tuple[str, ...], value: object) -> None:
    """Constants are constant, numbers are numbers, a date is a day of the calendar, and a file name is a slug."""
    assert faults(with_value(front, path, value)) != []


@pytest.mark.parametrize("value", [0, -43, 900_001, 10**17])
def test_an_id_is_any_whole_number(front: Front, value: int) -> None:
    """The publisher's numbers may be negative."""
    assert faults(with_value(front, ("id",), value)) == []
