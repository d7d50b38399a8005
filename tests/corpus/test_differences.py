"""What changed between two folders of entries, by entry and key."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag import Entry, parse_entry, render_entry
from rag.corpus import EntryChange, RelatedArticle, Seo, corpus_differences, load_corpus
from rag.corpus.differences import KeyChange
from rag.testing import entry_text, make_entry

Compare = Callable[[dict[str, str], dict[str, str]], list[EntryChange]]

NEWT = "/learn/biology/questions/why-do-newts-regrow-legs"
EEL = "/learn/marine-studies/questions/how-do-eels-sense-fields"
LINK = RelatedArticle(id=9, title="What is a gill?", subject="Biology", url="/learn/biology/questions/what-is-a-gill")


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """Return a function that writes two folders of texts by file name, and compares them."""

    def differences(before: dict[str, str], after: dict[str, str]) -> list[EntryChange]:
        for folder, texts in (("before", before), ("after", after)):
            (tmp_path / folder).mkdir()
            for name, text in texts.items():
                path = tmp_path / folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return corpus_differences(load_corpus(tmp_path / "before"), load_corpus(tmp_path / "after"))

    return differences


def edited(text: str, **changes: Any) -> str:
    """Return the text of an entry with some of its values changed."""
    return render_entry(dataclasses.replace(parse_entry(text), **changes))


def test_equal_folders_do_not_differ(compare: Compare, dialect_a: str, dialect_b: str) -> None:
    """The same bytes under the same names are no change."""
    texts = {"a.md": dialect_a, "b.md": dialect_b}

    assert compare(texts, texts) == []


def test_a_file_that_moved_is_no_change(compare: Compare, dialect_a: str, dialect_b: str) -> None:
    """Entries are told apart by their url, not by the name, the folder or the order of their files."""
    assert compare({"a.md": dialect_a, "b.md": dialect_b}, {"c.md": dialect_a, "a/deep/b.md": dialect_b}) == []


def test_entries_come_and_go_whole(compare: Compare, dialect_a: str, dialect_b: str) -> None:
    """An entry in one folder only was added or removed; none of its keys is listed."""
    assert compare({"a.md": dialect_a}, {"a.md": dialect_b}) == [
        EntryChange(NEWT, "removed"),
        EntryChange(EEL, "added"),
    ]


def test_an_entry_with_another_url_is_another_entry(compare: Compare, dialect_a: str) -> None:
    """A changed url is one entry gone and one come, in the same file too."""
    moved = dialect_a.replace(f"url: {NEWT}", f"url: {NEWT}-again")

    assert compare({"a.md": dialect_a}, {"a.md": moved}) == [
        EntryChange(NEWT, "removed"),
        EntryChange(f"{NEWT}-again", "added"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "key", "before", "after"),
    [
        ("id", 42, "id", "41", "42"),
        ("date", dt.date(2026, 2, 1), "date", "2026-01-31", "2026-02-01"),
        ("title", "What do eels sense?", "title", "How do eels sense fields?", "What do eels sense?"),
        ("article_title", "What do eels sense?", "article_title", "How do eels sense fields?", "What do eels sense?"),
        ("question", "What do eels sense?", "question", "How do eels sense fields?", "What do eels sense?"),
        ("subject", "Biology", "subject", "Marine Studies", "Biology"),
        ("file_name", "eels.md", "file_name", "how-do-eels-sense-fields.md", "eels.md"),
        ("schema", "other", "_schema", "default", "other"),
        ("date_format", "DD", "date_format", "MMM DD, YYYY", "DD"),
        ("post_on_text", "On", "post_on_text", "Posted on", "On"),
        ("author", "Ann", "author", "QuickTakes", "Ann"),
        ("score", 0.5, "score", "-1.0", "0.5"),
        ("score", None, "score", "-1.0", None),
        ("no_index", False, "no_index", "True", None),
        ("extra", {"reviewer": "ann"}, "reviewer", None, '"ann"'),
    ],
)
def test_each_key_is_told_with_its_text_before_and_after(  # noqa: PLR0913, PLR0917 each is told apart
    compare: Compare, dialect_b: str, field: str, value: object, key: str, before: str | None, after: str | None
) -> None:
    """One changed value is one changed key, and a key that is not there has no text."""
    changes = compare({"b.md": dialect_b}, {"b.md": edited(dialect_b, **{field: value})})

    assert changes == [EntryChange(EEL, "changed", (KeyChange(key, before, after),))]


def test_keys_for_search_engines_bear_their_parents_name(compare: Compare, dialect_b: str) -> None:
    """What stands below seo is told as seo.title and so on, and seo itself never is."""
    seo = Seo(title="QuickTakes | Fish", page_description="Of fish.", page_keywords="fish, eel")

    (change,) = compare({"b.md": dialect_b}, {"b.md": edited(dialect_b, seo=seo)})

    assert change.keys == (
        KeyChange("seo.title", "QuickTakes | Marine Studies", "QuickTakes | Fish"),
        KeyChange("seo.page_description", "The answer explains what an electroreceptor does.", "Of fish."),
        KeyChange("seo.page_keywords", "eel, electroreceptor, field", "fish, eel"),
    )


def test_an_answer_is_compared_as_it_reads(compare: Compare, dialect_a: str) -> None:
    r"""The lines of an answer are real lines, and LaTeX that begins like a newline stays LaTeX."""
    answer = parse_entry(dialect_a).answer

    (change,) = compare({"a.md": dialect_a}, {"a.md": edited(dialect_a, answer=answer.replace("skin", "bone"))})

    (key,) = change.keys
    assert (key.key, key.before) == ("answer", answer)
    assert key.after == (
        "Newts regrow legs because stump cells divide.\n\n1. **Closing**: bone grows.\n2. **Growing**: $v \\neq 0$."
    )


def test_a_mark_that_appears_is_a_key_that_was_not_there(compare: Compare, dialect_a: str) -> None:
    """An entry that becomes a refusal shows the one key that says so."""
    changes = compare({"a.md": dialect_a}, {"a.md": edited(dialect_a, no_index=True)})

    assert changes == [EntryChange(NEWT, "changed", (KeyChange("no_index", None, "True"),))]


def test_a_new_related_article_is_told_by_its_keys(compare: Compare, dialect_a: str) -> None:
    """Each of a link's four keys came, under the link's number."""
    (change,) = compare({"a.md": dialect_a}, {"a.md": edited(dialect_a, related=(LINK,))})

    assert change == EntryChange(
        NEWT,
        "changed",
        (
            KeyChange("related_article1.id", None, "9"),
            KeyChange("related_article1.title", None, LINK.title),
            KeyChange("related_article1.subject", None, "Biology"),
            KeyChange("related_article1.url", None, LINK.url),
        ),
    )


def test_a_changed_related_article_is_told_by_what_changed_of_it(compare: Compare, dialect_b: str) -> None:
    """Of a link only the keys that differ are told, and the links beside it are not."""
    first, second = parse_entry(dialect_b).related
    after = edited(dialect_b, related=(first, dataclasses.replace(second, id=-44)))

    assert compare({"b.md": dialect_b}, {"b.md": after}) == [
        EntryChange(EEL, "changed", (KeyChange("related_article2.id", "-43", "-44"),))
    ]


def test_a_removed_related_article_leaves_no_text(compare: Compare, dialect_b: str) -> None:
    """All four keys of the last link are gone."""
    after = edited(dialect_b, related=parse_entry(dialect_b).related[:1])

    (change,) = compare({"b.md": dialect_b}, {"b.md": after})

    assert [(key.key, key.after) for key in change.keys] == [
        (f"related_article2.{key}", None) for key in ("id", "title", "subject", "url")
    ]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_changed_keys_stand_in_the_order_of_the_format(
    compare: Compare,
    dialect_b: str,
    is_reversed: bool,  # noqa: FBT001 pytest fills it by name
) -> None:
    """Whether keys come, go or change, they are told from the top of the file to its end."""
    after = edited(
        dialect_b,
        id=7,
        no_index=False,
        answer="Eels have electroreceptors.",
        subject="Fish",
        score=None,
        related=(),
    )
    folders = ({"b.md": dialect_b}, {"b.md": after})

    (change,) = compare(*folders[::-1] if is_reversed else folders)

    assert [key.key for key in change.keys][:5] == ["id", "no_index", "answer", "subject", "score"]
    assert [key.key.partition(".")[0] for key in change.keys][5:] == ["related_article1"] * 4 + ["related_article2"] * 4


OTHER_FORMS: dict[str, Callable[[str], str]] = {
    "title folded": lambda text: text.replace(
        "\ntitle: Why do newts regrow legs?", "\ntitle: >-\n    Why do newts regrow legs?"
    ),
    "quoted": lambda text: text.replace("subject: Biology", 'subject: "Biology"'),
    "comment": lambda text: text.replace("author:", "# to be reviewed\nauthor:"),
    "order of keys": lambda text: text.replace("id: -7\ndate: 2025-01-31\n", "date: 2025-01-31\nid: -7\n"),
    "no_index: False": lambda text: text.replace("answer: >-", "no_index: False\nanswer: >-"),
    "below the header": lambda text: text + "\nNobody reads this.",
    "last newline": lambda text: text + "\n",
}


@pytest.mark.parametrize("form", OTHER_FORMS)
def test_the_same_values_in_another_form_are_told_apart_from_changes(
    compare: Compare, dialect_a: str, form: str
) -> None:
    """Quotes, comments, order and what nobody reads change the form of an entry, and no key."""
    other = OTHER_FORMS[form](dialect_a)
    assert other != dialect_a

    assert compare({"a.md": dialect_a}, {"a.md": other}) == [EntryChange(NEWT, "form")]


def test_a_change_of_value_and_form_is_a_change(compare: Compare, dialect_a: str) -> None:
    """Where a value changed, the form is not mentioned beside it."""
    after = dialect_a.replace("id: -7", 'id: "-8"')

    assert compare({"a.md": dialect_a}, {"a.md": after}) == [
        EntryChange(NEWT, "changed", (KeyChange("id", "-7", "-8"),))
    ]


def test_changes_are_listed_by_url(compare: Compare) -> None:
    """Whatever became of them, entries follow each other in the order of their urls."""
    texts = {name: entry_text(f"What is {name}?", "An animal.") for name in "abcde"}
    before = {f"{name}.md": texts[name] for name in "eacd"}
    after = {f"{name}.md": texts[name] for name in "ebd"}
    after["e.md"] = edited(after["e.md"], id=2)
    after["d.md"] += "\n"

    changes = compare(before, after)

    assert [(change.url[-1], change.kind) for change in changes] == [
        ("a", "removed"),
        ("b", "added"),
        ("c", "removed"),
        ("d", "form"),
        ("e", "changed"),
    ]


def test_a_file_that_can_no_longer_be_used_takes_its_entry_away(compare: Compare, dialect_a: str) -> None:
    """An entry that was there and is unreadable now is removed; the reason is a problem of its folder."""
    assert compare({"a.md": dialect_a}, {"a.md": "broken"}) == [EntryChange(NEWT, "removed")]


def test_nothing_does_not_differ_from_nothing(compare: Compare) -> None:
    """Two empty folders are equal."""
    assert compare({}, {}) == []


def test_what_was_written_without_a_change_does_not_differ(starter_corpus: Path, tmp_path: Path) -> None:
    """Every entry of the starter corpus, read and written back, compares equal; one edit of one is found."""
    corpus = load_corpus(starter_corpus)
    for url, path in corpus.paths.items():
        (tmp_path / path.name).write_text(render_entry(corpus.entries[url]), encoding="utf-8")
    assert corpus_differences(corpus, load_corpus(tmp_path)) == []
    url, path = next(iter(corpus.paths.items()))
    entry: Entry = corpus.entries[url]
    text = render_entry(dataclasses.replace(entry, answer=f"{entry.answer} Indeed."))
    (tmp_path / path.name).write_text(text, encoding="utf-8")
    changes = corpus_differences(corpus, load_corpus(tmp_path))
    assert [(change.url, change.kind, [key.key for key in change.keys]) for change in changes] == [
        (url, "changed", ["answer"])
    ]


def test_folders_are_compared_as_they_were_loaded(tmp_path: Path) -> None:
    """A folder that changed since it was loaded is compared as it was then."""
    (tmp_path / "a.md").write_text(render_entry(make_entry("What is a?", "A letter.")), encoding="utf-8")
    before = load_corpus(tmp_path)
    (tmp_path / "a.md").unlink()

    assert corpus_differences(before, before) == []
    assert [change.kind for change in corpus_differences(before, load_corpus(tmp_path))] == ["removed"]
