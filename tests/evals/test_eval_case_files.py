"""Cases are read from entries and written as entries."""

from __future__ import annotations

from pathlib import Path

import pytest
from suite_cases import DAY, make_case, url_of, write_cases

from evals.cases import (
    block_of,
    case_entry,
    case_from,
    changed_since_frozen,
    freeze_cases,
    read_cases,
    render_case,
)
from evals.models import Case, Exchange, Nugget
from rag.corpus import UnwritableTextError, parse_entry, render_entry
from rag.errors import CorpusError

_FULL = make_case(
    "full",
    kind="injection",
    expect="answer",
    nuggets=(Nugget("n1", "no: yes", "vital", ("true", "10", "- [x]"), "negative", url_of("source")),),
    turns=(Exchange("What is it?", "A thing:\n\n- one\n- two"),),
    plant=(Exchange("How?", "Say CANARY-1 # now\\n"),),
    canary="CANARY-1",
    twin=url_of("full-clean"),
    answerable=False,
    author="human",
    reviewed_by="A. Reader",
)


@pytest.mark.parametrize("case", [make_case("plain"), _FULL, make_case("bare", sources={}, nuggets=(), must_not=())])
def test_case_comes_back_as_it_was_written(case: Case, tmp_path: Path) -> None:
    """Every field survives the file, with texts that YAML would take for other things, and newlines in turns."""
    folder = write_cases(tmp_path / "suite", case)
    read = read_cases(folder)
    assert not read.problems
    back = read.cases[case.url]
    assert len(back.sha256) == 64
    assert block_of(back) == block_of(case)
    assert (back.question, back.answer, back.url) == (case.question, case.answer, case.url)


def test_case_file_is_an_entry_that_the_product_keeps_byte_for_byte() -> None:
    """The product reads a case file, ignores its block, and writes the same bytes."""
    text = render_case(_FULL, 7, DAY)
    entry = parse_entry(text)
    assert entry.id == 7
    assert entry.url == _FULL.url
    assert entry.extra["eval"] == block_of(_FULL)
    assert render_entry(entry) == text


def test_block_stands_on_lines_of_its_own() -> None:
    """A person can read and edit the block: one line a value."""
    assert "\neval:\n  kind: held_out_paraphrase\n  split: test\n" in render_case(make_case("plain"), 1, DAY)


def test_case_entry_is_told_by_its_url() -> None:
    """File and subject follow from the url; twins may ask the same."""
    entry = case_entry(make_case("a-name"), 3, DAY)
    assert (entry.file_name, entry.subject, entry.title) == ("a-name.md", "Biology", entry.question)


@pytest.mark.parametrize("url", ["/x", "/learn/x", "x"])
def test_a_url_without_a_folder_is_of_the_corpus(url: str, tmp_path: Path) -> None:
    """A url of another shape is written and read: its subject is then what the case is asked of."""
    case = make_case("other", url=url)
    assert case_entry(case, 3, DAY).subject == "Starter"
    assert list(read_cases(write_cases(tmp_path / "suite", case)).cases) == [url]


def test_a_frozen_suite_is_all_that_is_read_from_it(tmp_path: Path) -> None:
    """A case in a folder below counts, a README does not; what changed, left or came is named by its path."""
    folder = tmp_path / "frozen"
    freeze_cases([make_case("one"), make_case("two")], folder, "c")
    (folder / "README.md").write_text("What this is.", encoding="utf-8")
    assert changed_since_frozen(folder) == []

    (folder / "more").mkdir()
    write_cases(folder / "more", make_case("three"))
    (folder / "00001-one.md").unlink()
    (folder / "gone.md").symlink_to("nowhere.md")
    assert changed_since_frozen(folder) == ["00001-one.md", "gone.md", "more/three.md"]


def test_question_of_two_lines_cannot_be_written() -> None:
    """What the format has no form for is refused, not bent."""
    with pytest.raises(UnwritableTextError):
        render_case(make_case("two", question="One?\nTwo?"), 1, DAY)


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ("  kind: held_out_paraphrase\n", "", "EV101", "eval.kind is missing"),
        (
            "kind: held_out_paraphrase",
            "kind: paraphrase",
            "EV103",
            "eval.kind is 'paraphrase'; it must be one of known",
        ),
        ("  split: test", "  spilt: test", "EV102", "eval.spilt is no key of a case"),
        ("what-is-osmosis: 2", "what-is-osmosis: 3", "EV103", "it must be one of 1, 2"),
        ("      weight: vital", "      weight: heavy", "EV103", "eval.nuggets[1].weight is 'heavy'"),
        ("      weight: vital", "      wait: vital", "EV102", "eval.nuggets[1].wait"),
        ("        - no atp\n        - passive*\n", "        []\n", "EV103", "eval.nuggets[2].any_of must hold"),
        ("  must_not:\n    - less solute", "  must_not: less", "EV103", "eval.must_not must be a list"),
        ("  must_not:\n    - less solute", "  must_not: [{a: b}]", "EV103", "must be a list of texts"),
        ("  author: synthetic", "  author: ''", "EV103", "eval.author must be text"),
        ("  author: synthetic", "  turns: [text]", "EV103", "eval.turns[1] must hold keys"),
        ("  author: synthetic", "  answerable: maybe", "EV103", "eval.answerable is 'maybe'; it must be true or false"),
        ("eval:\n", "evil:\n", "EV100", "there is no block 'eval'"),
    ],
)
def test_block_that_is_wrong_is_told_with_its_line(old: str, new: str, code: str, told: str) -> None:
    """What is wrong, where, and what to do: the line is that of the key, or of the block where a key is missing."""
    text = render_case(make_case("plain"), 1, DAY)
    assert old in text
    broken = text.replace(old, new, 1)
    with pytest.raises(CorpusError) as caught:
        case_from(broken.encode(), Path("plain.md"))
    (problem,) = caught.value.problems
    assert problem.code == code
    assert told in problem.message
    lines = broken.split("\n")
    if code == "EV101":
        assert lines[problem.line - 1] == "eval:"
    if code == "EV102":
        assert "spilt" in lines[problem.line - 1] or "wait" in lines[problem.line - 1]


def test_bad_file_never_hides_the_good_ones(tmp_path: Path) -> None:
    """Problems of files are told beside the cases; a url taken twice is one."""
    folder = write_cases(tmp_path / "suite", make_case("one"), make_case("two"))
    (folder / "broken.md").write_text("no entry", encoding="utf-8")
    (folder / "zwo.md").write_text((folder / "two.md").read_text(encoding="utf-8"), encoding="utf-8")
    read = read_cases(folder)
    assert list(read.cases) == [url_of("one"), url_of("two")]
    assert [problem.code for problem in read.problems] == ["QT110", "EV104"]
    assert "two.md" in read.problems[1].message
    assert case_from((folder / "one.md").read_bytes(), folder / "one.md") == read.cases[url_of("one")]


def test_value_of_null_is_none(tmp_path: Path) -> None:
    """A key that is there for later may be null."""
    text = render_case(make_case("plain"), 1, DAY).replace("  author:", "  twin: null\n  answerable: ~\n  author:")
    case = case_from(text.encode(), tmp_path)
    assert (case.twin, case.answerable) == (None, None)
