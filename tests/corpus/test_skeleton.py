"""A new entry for an editor to fill in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag import Entry, parse_entry, render_entry
from rag.corpus import (
    PLACEHOLDER,
    Corpus,
    load_corpus,
    place_for,
    reason_left_out,
    skeleton,
    slug_of,
    write_new,
)
from rag.corpus.skeleton import next_id
from rag.errors import ConfigurationError, QuestionError, QuickTakesError
from rag.testing import make_entry

TODAY = dt.date(2026, 3, 4)
EMPTY = Corpus(MappingProxyType({}), MappingProxyType({}), ())


def corpus_of(*entries: Entry) -> Corpus:
    """Return a loaded corpus of some entries."""
    return Corpus(
        MappingProxyType({entry.url: entry for entry in entries}),
        MappingProxyType({entry.url: Path("corpus", entry.file_name) for entry in entries}),
        (),
    )


def with_ids(*ids: int) -> Corpus:
    """Return a corpus of entries with some ids."""
    return corpus_of(*(make_entry(f"What is item {number}?", "It.", id=own) for number, own in enumerate(ids)))


def new(question: str, *, subject: str = "Biology", corpus: Corpus = EMPTY) -> Entry:
    """Return the skeleton of an entry."""
    return skeleton(question, subject=subject, corpus=corpus, ids=None, date=TODAY)


def test_all_that_follows_from_question_and_subject_is_filled_in() -> None:
    """Titles, slug, file name, url, id and date are there; answer, description and keywords wait for an editor."""
    entry = new("Why do eels swim?", subject="Marine Studies")

    assert entry.question == entry.title == entry.article_title == "Why do eels swim?"
    assert (entry.id, entry.date, entry.subject) == (1, TODAY, "Marine Studies")
    assert entry.file_name == "why-do-eels-swim.md"
    assert entry.url == "/learn/marine-studies/questions/why-do-eels-swim"
    assert entry.seo.title == "QuickTakes | Marine Studies"
    assert entry.answer == entry.seo.page_description == entry.seo.page_keywords == PLACEHOLDER
    assert (entry.related, entry.no_index, entry.extra) == ((), False, {})


def test_what_is_still_to_be_written_is_no_knowledge() -> None:
    """A new entry is left out of the index until it has an answer, also when one was begun below the placeholder."""
    entry = new("Why do eels swim?")
    assert reason_left_out(entry) == "unfinished"
    begun = make_entry("Why do eels swim?", f"{PLACEHOLDER}\n\nEels swim because.")
    assert reason_left_out(begun) == "unfinished"
    assert reason_left_out(make_entry("Why do eels swim?", "Eels swim to where they spawn.")) is None


def test_an_answer_that_ends_with_the_words_of_the_placeholder_is_knowledge() -> None:
    """Only an answer that begins so is unfinished."""
    assert reason_left_out(make_entry("What is next?", f"The last chapter of genetics is: {PLACEHOLDER}")) is None


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("  What is a cell?  ", "What is a cell?"),
        ("What\nis a\r\n\tcell?", "What is a cell?"),
        ("What  is\u00a0a \u2028 cell?", "What is a cell?"),
    ],
)
def test_white_space_in_a_question_is_one_space(typed: str, asked: str) -> None:
    """However a question was pasted, it stands on one line with single spaces."""
    assert new(typed) == new(asked)
    assert new(typed).question == asked


@pytest.mark.parametrize(
    "question", ["", "   ", "\n\t\n", "???", "α", "α β γ?", "- -- -", "—", "細胞とは何ですか", "🧬"]
)
def test_a_question_without_a_letter_or_digit_of_a_slug_is_refused(question: str) -> None:
    """What gives no url is refused, and the message says what to do."""
    with pytest.raises(QuestionError, match="reword"):
        new(question)


ODD_QUESTIONS = [
    "Matter: what is it?",
    'Why is it called "sour"?',
    "'What is this?'",
    "Why?",
    "No",
    "null",
    "42",
    "2026-01-31",
    "- leading dash?",
    "# What is this?",
    "{a: b}, [c] & *d?",
    "| what > is %this @here `now`?",
    "What is C#?",
    "What is x # y?",
    "---",
    "a---",
    "Why is [bold]this[/bold] so?",
    r"What is \neq, \n and $\frac{a}{b}$?",
    "What does <b>this</b> &amp; that mean?",
    "Was ist in La Tène das β-Globin für 細胞 🧬?",
    "why " * 300,
    "x",
]


@pytest.mark.parametrize("question", [odd for odd in ODD_QUESTIONS if slug_of(odd).strip("-")])
def test_an_odd_question_is_written_so_that_it_reads_back(question: str) -> None:
    """YAML's own signs, words that YAML takes for others, markup and LaTeX all stay what was asked."""
    entry = new(question)

    assert entry.question == " ".join(question.split())
    assert parse_entry(render_entry(entry)) == entry


@settings(max_examples=200, deadline=None)
@given(question=st.text(max_size=80), subject=st.sampled_from(["Biology", "Marine Studies", "Q&A: #1"]))
@example(question="What is a bell\x07?", subject="Biology")
@example(question="half a pair \ud83e", subject="Biology")
@example(question="\ufeffWhat?", subject="Biology")
def test_any_text_makes_a_file_that_reads_back_or_is_refused(question: str, subject: str) -> None:
    """Nothing that can be typed makes a file that says something else, and nothing fails but with a reason."""
    try:
        entry = new(question, subject=subject)
        text = render_entry(entry)
    except QuickTakesError as error:
        assert "\n" not in str(error)  # noqa: PT017 the reason is part of the fact
        return
    assert parse_entry(text) == entry
    assert entry.question == " ".join(question.split())


@pytest.mark.parametrize("subject", ["", "   "])
def test_a_subject_of_nothing_is_refused(subject: str) -> None:
    """An entry without a subject has no folder, no url and no title for search engines."""
    with pytest.raises(QuickTakesError):
        render_entry(new("What is a cell?", subject=subject))


@pytest.mark.parametrize("subject", ["../../etc", "a/b", "/etc", ".."])
def test_a_subject_names_one_folder(tmp_path: Path, subject: str) -> None:
    """A subject that is a path is refused: its file would lie outside the corpus, and its url have another shape."""
    (tmp_path / "learn").mkdir()
    with pytest.raises(QuickTakesError):
        place_for(new("What is a cell?", subject=subject), tmp_path)


@pytest.mark.parametrize("question", ["What is a cell?", "WHAT is a  cell", "What is a β-cell?"])
def test_a_question_whose_url_is_taken_is_refused_by_the_file_that_has_it(question: str) -> None:
    """Another spelling with the same slug is the same url, and the message names the file to edit instead."""
    corpus = corpus_of(make_entry("What is a cell?", "Small."))

    with pytest.raises(QuestionError, match=r"what-is-a-cell\.md") as caught:
        new(question, corpus=corpus)
    assert "edit it instead" in str(caught.value)


def test_one_question_can_be_asked_in_two_subjects() -> None:
    """The url holds the subject, so the same question of another subject is another entry."""
    corpus = corpus_of(make_entry("What is a cell?", "Small.", subject="Physics"))

    assert new("What is a cell?", corpus=corpus).url == "/learn/biology/questions/what-is-a-cell"


def test_a_question_whose_file_would_be_passed_over_is_refused() -> None:
    """README.md is no entry file, so an entry of that name would never be seen again."""
    with pytest.raises(QuestionError):
        new("README?")


@pytest.mark.parametrize(
    ("taken", "ids", "expected"),
    [
        ((), None, 1),
        ((1,), None, 2),
        ((7, 3, 900_001), None, 900_002),
        ((-7, -1), None, 1),
        ((-7, 5), None, 6),
        ((), (500, 600), 500),
        ((500,), (500, 600), 501),
        ((499, 601, 1), (500, 600), 500),
        ((500, 501, 502, 900), (500, 600), 503),
        ((500, 580), (500, 600), 581),
        ((599, 601), (500, 600), 600),
        ((-3,), (-10, -1), -2),
        ((), (7, 7), 7),
    ],
)
def test_the_next_id_follows_the_highest_one_taken(
    taken: tuple[int, ...], ids: tuple[int, int] | None, expected: int
) -> None:
    """Of a range only the ids within it count; without one, all that are positive."""
    corpus = with_ids(*taken)
    assert next_id(corpus, ids) == expected
    assert expected not in taken
    assert skeleton("Why now?", subject="Biology", corpus=corpus, ids=ids, date=TODAY).id == expected


@pytest.mark.parametrize(("taken", "ids"), [((600,), (500, 600)), ((7,), (7, 7)), ((-1, -5), (-10, -1))])
def test_a_range_that_is_used_up_is_the_operators_error(taken: tuple[int, ...], ids: tuple[int, int]) -> None:
    """No id outside the range is ever given; the message names the setting to widen."""
    with pytest.raises(ConfigurationError, match=rf"id {ids[1]}.*corpus\.ids.*quicktakes\.toml"):
        next_id(with_ids(*taken), ids)


def test_in_a_flat_corpus_the_file_stands_in_the_corpus_folder(tmp_path: Path) -> None:
    """Without a folder learn, the file lies beside the others, whatever its subject."""
    (tmp_path / "biology").mkdir()

    assert place_for(new("Why?"), tmp_path) == tmp_path / "why.md"
    assert place_for(new("Why?", subject="Marine Studies"), tmp_path) == tmp_path / "why.md"


def test_below_a_content_folder_the_file_stands_with_its_subject(tmp_path: Path) -> None:
    """Where a corpus has learn/, there is a folder for each subject, also for one that has no entry yet."""
    (tmp_path / "learn/biology").mkdir(parents=True)

    assert place_for(new("Why?"), tmp_path) == tmp_path / "learn/biology/why.md"
    assert place_for(new("Why?", subject="Marine Studies"), tmp_path) == tmp_path / "learn/marine-studies/why.md"


def test_a_file_called_learn_is_no_content_folder(tmp_path: Path) -> None:
    """Only a folder of that name changes where entries belong."""
    (tmp_path / "learn").touch()

    assert place_for(new("Why?"), tmp_path) == tmp_path / "why.md"


def test_the_learn_folder_itself_can_be_the_corpus(tmp_path: Path) -> None:
    """Named as the corpus folder, learn still has a folder for each subject."""
    (tmp_path / "learn/biology").mkdir(parents=True)

    assert place_for(new("Why?"), tmp_path / "learn") == tmp_path / "learn/biology/why.md"


def test_the_file_is_written_whole_with_its_folder(tmp_path: Path) -> None:
    """The bytes are those of the format, and the entry is found by loading the corpus."""
    entry, path = new("Why do eels swim?"), tmp_path / "learn/biology/why-do-eels-swim.md"

    write_new(path, entry)

    assert path.read_bytes().decode() == render_entry(entry)
    assert load_corpus(tmp_path).entries == {entry.url: entry}
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"", b"broken", b"\xff\xfe", b"---\nquestion: Why?\n---\n"])
def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, content: bytes) -> None:
    """Whatever a file of that name holds, an entry or not, it keeps its bytes."""
    path = tmp_path / "why.md"
    path.write_bytes(content)

    with pytest.raises(QuestionError, match=r"why\.md is there already"):
        write_new(path, new("Why?"))
    assert path.read_bytes() == content


def test_a_link_to_nowhere_is_never_written_through(tmp_path: Path) -> None:
    """A dangling link counts as a file that is there."""
    (tmp_path / "why.md").symlink_to(tmp_path / "elsewhere.md")

    with pytest.raises(QuestionError):
        write_new(tmp_path / "why.md", new("Why?"))
    assert not (tmp_path / "elsewhere.md").exists()


@pytest.mark.parametrize("question", ["What is a bell\x07?", "half a pair \ud83e"])
def test_an_entry_that_cannot_be_written_leaves_no_file(tmp_path: Path, question: str) -> None:
    """A question that the format cannot hold is refused before there is a file, not after."""
    with pytest.raises(QuickTakesError):
        write_new(tmp_path / "what.md", new(question))
    assert list(tmp_path.iterdir()) == []


def test_a_name_too_long_for_the_file_system_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    """A question of hundreds of characters ends with a reason, not with half a file."""
    entry = new("why " * 75)

    with pytest.raises(QuickTakesError, match="too long"):
        write_new(place_for(entry, tmp_path), entry)
    assert list(tmp_path.iterdir()) == []
