"""Comments that silence rules: each silences what it names where it stands, says so where it is a slip, and stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_entries import (
    DESCRIPTION,
    KEYWORDS,
    OTHER,
    QUESTION,
    THIRD,
    check,
    codes_of,
    exchange,
    line_of,
    made_text,
    mend,
    read,
    stamp,
    write_entries,
    write_entry,
)

from rag.corpus import parse_entry
from rag.linting import Finding

FAULTY = exchange(
    exchange(exchange(made_text(), "author: QuickTakes", "author: Somebody"), "Posted on", "Posted at"),
    DESCRIPTION,
    "Too short",
)
"""QT202 in two keys, QT301 and QT302 in a third."""


def _above(text: str, line: str, comment: str) -> str:
    """Return a text with a comment above the line that begins so."""
    return exchange(text, f"\n{line}", f"\n{comment}\n{line}")


def _places(findings: list[Finding], text: str) -> list[tuple[str, str]]:
    """Return code and key of each finding in one file; the key is that of the line, or of the line above its text."""
    lines = text.split("\n")
    found: list[tuple[str, str]] = []
    for finding in findings:
        line = next(line for line in lines[finding.line - 1 :: -1] if ":" in line and not line.lstrip().startswith("#"))
        found.append((finding.code, line.partition(":")[0].strip()))
    return found


FOUND = [
    ("QT202", "post_on_text"),
    ("QT301", "page_description"),
    ("QT302", "page_description"),
    ("QT202", "author"),
]


def _check(folder: Path, text: str) -> list[tuple[str, str]]:
    write_entry(folder, text)
    return _places(check(folder), text)


def test_without_a_comment_all_is_found(tmp_path: Path) -> None:
    """The entry that these tests lay comments over has four findings."""
    assert _check(tmp_path, FAULTY) == FOUND


@pytest.mark.parametrize(
    ("line", "comment", "silenced"),
    [
        ("author", "# quicktakes: ignore QT202", [3]),
        ("post_on_text", "# quicktakes: ignore QT202", [0]),
        ("  page_description", "# quicktakes: ignore QT301", [1]),
        ("  page_description", "  # quicktakes: ignore QT301", [1]),
        ("  page_description", "# quicktakes: ignore QT301 QT302", [1, 2]),
        ("  page_description", "# quicktakes: ignore QT301,QT302", [1, 2]),
        ("  page_description", "# quicktakes: ignore QT301, QT302 until the review", [1, 2]),
        ("  page_description", "# quicktakes: ignore QT301\n# quicktakes: ignore QT302", [1, 2]),
        ("  page_description", "# quicktakes: ignore QT302\n\n# a word on why", [2]),
        ("  page_description", "#quicktakes:ignore QT302", [2]),
        ("seo", "# quicktakes: ignore QT302", [2]),
        ("seo", "# quicktakes: ignore QT302 QT301 QT202", [1, 2]),
        ("date_format", "# quicktakes: ignore QT202 QT301 QT302", []),
        ("  page_keywords", "# quicktakes: ignore QT202 QT301 QT302", []),
        ("author", "# quicktakes: ignore QT301 QT302", []),
        ("author", "# ignore QT202", []),
        ("author", "# see quicktakes: ignore QT202", []),
    ],
)
def test_a_comment_silences_what_it_names_in_the_key_below(
    tmp_path: Path, line: str, comment: str, silenced: list[int]
) -> None:
    """Only the codes it names, and only for the key it stands above and the keys inside that."""
    text = _above(FAULTY, line, comment)

    assert _check(tmp_path, text) == [each for place, each in enumerate(FOUND) if place not in silenced]


def test_a_comment_above_the_first_key_is_that_keys(tmp_path: Path) -> None:
    """The first key has a comment of its own like any other."""
    text = exchange(FAULTY, "_schema: default", "_schema: old")

    assert _check(tmp_path, text) == [("QT202", "_schema"), *FOUND]
    assert _check(tmp_path, _above(text, "_schema", "# quicktakes: ignore QT202")) == FOUND


@pytest.mark.parametrize("line", ["_schema", "author", "  page_keywords", "url"])
def test_a_comment_for_the_file_may_stand_above_any_key(tmp_path: Path, line: str) -> None:
    """It silences its code in every key, and no other code."""
    text = _above(FAULTY, line, "# quicktakes: ignore-file QT202")

    assert _check(tmp_path, text) == [("QT301", "page_description"), ("QT302", "page_description")]


def test_a_comment_for_the_file_silences_what_has_no_key(tmp_path: Path) -> None:
    """A finding about the file as a whole can be silenced too."""
    text = f"{made_text()}\n"

    assert codes_of(check([write_entry(tmp_path, text)])) == ["QT204"]
    assert check([write_entry(tmp_path, _above(text, "author", "# quicktakes: ignore-file QT204"))]) == []
    assert codes_of(check([write_entry(tmp_path, _above(text, "author", "# quicktakes: ignore QT204"))])) == ["QT204"]


@pytest.mark.parametrize("empty", ["", "\n"])
def test_a_comment_below_the_last_key_is_for_no_key(tmp_path: Path, empty: str) -> None:
    """It silences nothing, not even for the file, and is told; one for the file may stand there."""
    text = exchange(FAULTY, "\n\n---\n", f"\n{empty}# quicktakes: ignore QT202 QT301 QT302\n---\n")
    write_entry(tmp_path, text)
    assert codes_of(check(tmp_path)) == ["QT150", "QT202", "QT301", "QT302", "QT202"]

    write_entry(tmp_path, text.replace("ignore QT", "ignore-file QT"))
    assert check(tmp_path) == []


def test_a_comment_speaks_for_its_own_file(tmp_path: Path) -> None:
    """Another file's findings stay."""
    silent = _above(FAULTY, "author", "# quicktakes: ignore-file QT202 QT301 QT302")
    files = write_entries(tmp_path, {"a.md": silent, "b.md": FAULTY.replace(QUESTION, OTHER)})

    findings = check(files, ["QT202", "QT301", "QT302"])

    assert {finding.path for finding in findings} == {str(files[1])}
    assert len(findings) == 4


def test_a_line_of_an_answer_is_no_comment(tmp_path: Path) -> None:
    """What looks like a comment in the words of an answer silences nothing, however far in the answer stands."""
    before, rest = made_text().split("answer: >-\n")
    words = "# quicktakes: ignore-file QT600\nThe pane and the toe"
    text = f"{before}answer: |-\n  {words.replace(chr(10), chr(10) + '  ')}\n{rest.partition(chr(10))[2]}"
    assert parse_entry(text).answer == words

    assert "QT600" in codes_of(check([write_entry(tmp_path, text)]))


# Findings that take several files


def _corpus(folder: Path, first: str, second: str) -> list[Path]:
    """Write two entries of which the second has the number, and nearly the question, of the first."""
    texts = {"a.md": made_text(number=7), "b.md": made_text("Why do the geckos stick to the glass?", number=7)}
    lines = {"a.md": first, "b.md": second}
    for name, comment in lines.items():
        if comment:
            line, _, words = comment.partition("|")
            texts[name] = _above(texts[name], line, words)
    return write_entries(folder, texts)


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ("", "", ["QT216", "QT700"]),
        ("", "id|# quicktakes: ignore QT216", ["QT700"]),
        ("", "question|# quicktakes: ignore QT700", ["QT216"]),
        ("", "author|# quicktakes: ignore QT216 QT700", ["QT216", "QT700"]),
        ("", "author|# quicktakes: ignore-file QT216", ["QT700"]),
        ("", "author|# quicktakes: ignore-file QT216, QT700", []),
        ("author|# quicktakes: ignore-file QT216, QT700", "", ["QT216", "QT700"]),
    ],
)
def test_comments_silence_findings_that_take_two_files(
    tmp_path: Path, first: str, second: str, left: list[str]
) -> None:
    """A comment silences them in the file where they are shown, by key or for the file; in the other it does not."""
    files = _corpus(tmp_path, first, second)

    assert codes_of(check(files, ["QT216", "QT700"])) == left


def test_comments_silence_one_of_several_links(tmp_path: Path) -> None:
    """Above a related article a comment speaks for that one alone, and above one of its keys for that key."""
    text = made_text(links=[(7, OTHER), (8, THIRD), (9, "What is gone?")])
    write_entry(tmp_path, text)
    assert [finding.line for finding in check(tmp_path)] == [
        line_of(text, f"related_article{n}") + 5 for n in (1, 2, 3)
    ]

    for comment in (
        _above(text, "related_article2", "# quicktakes: ignore QT400"),
        exchange(
            text,
            "    url: /learn/biology/questions/what-makes",
            "# quicktakes: ignore QT400\n    url: /learn/biology/questions/what-makes",
        ),
        exchange(
            text,
            "    url: /learn/biology/questions/what-makes",
            "    # quicktakes: ignore QT400\n    url: /learn/biology/questions/what-makes",
        ),
    ):
        path = write_entry(tmp_path, comment)
        assert [finding.line for finding in check(tmp_path)] == [
            line_of(read(path), f"related_article{n}") + 5 for n in (1, 3)
        ]


# With --fix


def test_what_is_silenced_is_not_mended(tmp_path: Path) -> None:
    """A comment keeps a value from being mended; the same fault in another key is."""
    text = _above(FAULTY, "author", "# quicktakes: ignore QT202")
    path = write_entry(tmp_path, text)

    mend(tmp_path)

    assert read(path) == exchange(text, "Posted at", "Posted on")


def test_a_silenced_link_is_not_mended(tmp_path: Path) -> None:
    """A link that is meant to differ stays, and the file is not written."""
    text = _above(made_text(links=[(70, OTHER)]), "related_article1", "# quicktakes: ignore QT403")
    path = write_entry(tmp_path, text)
    write_entry(tmp_path, made_text(OTHER, number=7), OTHER)
    before = stamp(path)

    report = mend(tmp_path)

    assert (report.findings, report.mended) == ((), ())
    assert stamp(path) == before


_KEYS = (
    *("_schema", "id", "date", "title", "article_title", "date_format", "post_on_text", "seo", "  title"),
    *("  page_description", "  page_keywords", "author", "question", "answer", "subject", "file_name", "url", "score"),
)
_MENDED = made_text()
_FIXABLE = (
    ("_schema: default", "_schema: old"),
    (f"\ntitle: >-\n    {QUESTION}", f"\ntitle: {QUESTION}"),
    ("QuickTakes | Biology", "Biology"),
    (KEYWORDS, KEYWORDS.replace(", ", ",")),
    ("author: QuickTakes", "author: Somebody"),
    (f"question: >-\n    {QUESTION}", f"question: {QUESTION}"),
    ("\nsubject: Biology\nfile", "\nsubject: 'Biology'\nfile"),
    ("file_name: why", "file_name: when"),
)
"""Right and wrong, of keys that have comments in the tests below."""


@pytest.mark.parametrize("key", _KEYS)
@pytest.mark.parametrize("comment", ["# not yet reviewed", "# quicktakes: ignore QT600", "# one\n\n# two"])
def test_comments_survive_fixes(tmp_path: Path, key: str, comment: str) -> None:
    """With every other key mended, a comment stands above its key as before."""
    broken = _MENDED
    for right, wrong in _FIXABLE:
        broken = exchange(broken, right, wrong)
    path = write_entry(tmp_path, _above(broken, f"{key}:", comment))

    report = mend(tmp_path)

    assert report.findings == ()
    assert read(path) == _above(_MENDED, f"{key}:", comment)


@pytest.mark.parametrize("key", ["  page_description", "  page_keywords"])
def test_comments_survive_a_fix_where_they_stand_further_in(tmp_path: Path, key: str) -> None:
    """A comment as far in as its key stays above it when the keys before it and below it are mended."""
    broken = exchange(exchange(_MENDED, "QuickTakes | Biology", "Biology"), "gecko, toe", "gecko,toe")
    path = write_entry(tmp_path, _above(broken, f"{key}:", "  # not yet reviewed"))

    mend(tmp_path)

    assert f"\n  # not yet reviewed\n{key}: >-\n" in read(path)


@pytest.mark.parametrize(
    ("right", "written"),
    [
        ("author: QuickTakes", "author: Somebody"),
        ("author: QuickTakes", "author:  QuickTakes"),
        ("author: QuickTakes", "author: QuickTakes"),
        ("author: QuickTakes", 'author: "Some\\x62ody"'),
        ("author: QuickTakes", "author: 'Somebody''s'"),
        ("author: QuickTakes", "author: o"),
        ("score: -1.0", "score: -1.00"),
        ("id: 1", "id: 01"),
        ("seo:", "seo:"),
        ("question: >-", "question: >-"),
        ("question: >-", "question: |-"),
        (f"question: >-\n    {QUESTION}", f"question: '{QUESTION}'"),
        (f"article_title: >-\n    {QUESTION}", f"article_title: {QUESTION}"),
        ("  title: QuickTakes | Biology", "  title: Biology"),
        ("answer: >-", "no_index: true"),
    ],
)
def test_a_comment_beside_a_value_is_never_lost(tmp_path: Path, right: str, written: str) -> None:
    """What an editor noted on the line of a key is there after a run, mended or not."""
    note = "# until Somebody answers"
    below = "\nanswer: >-\n" if right == "answer: >-" else "\n"
    path = write_entry(tmp_path, exchange(_MENDED, f"\n{right}\n", f"\n{written} {note}{below}"))
    before = parse_entry(read(path))

    mend(tmp_path)

    assert note in read(path)
    assert parse_entry(read(path)).question == before.question


@pytest.mark.parametrize("comment", ["# quicktakes: ignore QT216", "# not yet reviewed"])
def test_keys_stay_where_a_comment_stands_among_them(tmp_path: Path, comment: str) -> None:
    """Which key a comment is for would be a guess, so keys out of order are told and not moved; the rest is mended."""
    moved = exchange(FAULTY, "id: 1\ndate: 2026-01-31\n", "")
    text = exchange(moved, "url: /learn", f"date: 2026-01-31\n{comment}\nid: 1\nurl: /learn")
    path = write_entry(tmp_path, text)

    report = mend(tmp_path)

    assert [(finding.code, finding.fixable) for finding in report.findings][:1] == [("QT201", False)]
    assert read(path) == text.replace("Posted at", "Posted on").replace("Somebody", "QuickTakes")


def test_a_comment_speaks_for_its_link_after_another_was_removed(tmp_path: Path) -> None:
    """A comment silences the very link that it silenced before, and no other, whatever number that has then."""
    links = [(1, QUESTION), (7, OTHER), (8, THIRD)]
    path = write_entry(tmp_path, _above(made_text(links=links), "related_article3", "# quicktakes: ignore QT400"))
    before = [finding.message for finding in check(tmp_path, ["QT400"])]

    mend(tmp_path)

    assert [finding.message for finding in check(tmp_path, ["QT400"])] == before
    assert parse_entry(read(path)).related[-1].title == THIRD


def test_a_comment_for_a_link_never_becomes_one_for_the_file(tmp_path: Path) -> None:
    """Where links close up, no comment is left that silences more than it did."""
    text = made_text(links=[(1, QUESTION), (7, OTHER)])
    text = exchange(text, "author: QuickTakes", "author: Somebody")
    write_entry(tmp_path, _above(text, "related_article2", "# quicktakes: ignore QT202"))
    assert "QT202" in codes_of(check(tmp_path))

    mend(tmp_path, ["QT401"])

    assert "QT202" in codes_of(check(tmp_path))


def test_a_comment_above_the_first_link_goes_to_no_other(tmp_path: Path) -> None:
    """It silences nothing for the link that comes first when that one is removed."""
    text = made_text(links=[(1, QUESTION), (7, OTHER)])
    write_entry(tmp_path, _above(text, "related_article1", "# quicktakes: ignore QT400"))
    assert "QT400" in codes_of(check(tmp_path))

    mend(tmp_path, ["QT401"])

    assert "QT400" in codes_of(check(tmp_path))


@pytest.mark.parametrize("links", [[(7, OTHER), (1, QUESTION)], [(1, QUESTION), (7, OTHER)]])
def test_a_comment_beside_a_value_of_a_link_stays_with_it(tmp_path: Path, links: list[tuple[int, str]]) -> None:
    """What was noted of one link is there after a run, and beside that link's value."""
    text = made_text(links=links)
    for number, _ in links:
        text = text.replace(f"    id: {number}\n", f"    id: {number} # note {number}\n")
    path = write_entry(tmp_path, text)

    mend(tmp_path)

    notes = dict(re.findall(r"^    id: (\d) # note (\d)$", read(path), re.MULTILINE))
    assert notes == {"1": "1", "7": "7"}


@pytest.mark.parametrize("below", ["", "colour: green\n"])
def test_a_comment_below_the_last_link_is_never_lost(tmp_path: Path, below: str) -> None:
    """It stays when the link above it is removed."""
    links = made_text(links=[(7, OTHER), (1, QUESTION)])
    path = write_entry(tmp_path, exchange(links, "\n---\n\n", f"\n# not yet reviewed\n{below}---\n\n"))

    mend(tmp_path, (), ["QT400"])

    assert f"\n# not yet reviewed\n{below}---\n" in read(path)


# Slips


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("# quicktakes: ignore QT999", "QT999"),
        ("# quicktakes: ignore QT20", "QT20"),
        ("# quicktakes: ignore QT2", "QT2"),
        ("# quicktakes: ignore QT202 QT2020", "QT2020"),
        ("# quicktakes: ignore E501", "E501"),
        ("# quicktakes: ignore-file QT000", "QT000"),
        ("# quicktakes: ignore qt202", "qt202"),
    ],
)
def test_a_comment_with_an_unknown_code_is_a_finding(tmp_path: Path, comment: str, code: str) -> None:
    """It silences nothing, so it is told, and it cannot be mended."""
    write_entry(tmp_path, _above(made_text(), "author", comment))

    (finding,) = check(tmp_path)

    assert (finding.code, finding.fixable) == ("QT150", False)
    assert f"silences {code}," in finding.message


def test_an_unknown_code_is_told_at_the_key(tmp_path: Path) -> None:
    """The finding stands on the key below the comment; for a file, on the first line."""
    for comment, key in (("ignore QT999", "author"), ("ignore-file QT999", "---\n_schema")):
        text = _above(made_text(), "author", f"# quicktakes: {comment}")
        write_entry(tmp_path, text)
        (finding,) = check(tmp_path)
        assert text.split("\n", finding.line - 1)[-1].startswith(key)


@pytest.mark.parametrize("code", ["QT100", "QT140", "QT150", "QT202", "QT700"])
def test_every_rule_may_be_named(tmp_path: Path, code: str) -> None:
    """A comment that names a rule of any chapter is no slip, though the rule would find nothing."""
    write_entry(tmp_path, _above(made_text(), "author", f"# quicktakes: ignore {code}"))

    assert check(tmp_path) == []


def test_a_slip_can_be_silenced(tmp_path: Path) -> None:
    """As any other finding, by its own code."""
    write_entry(tmp_path, _above(made_text(), "author", "# quicktakes: ignore QT150 QT999"))

    assert check(tmp_path) == []


@pytest.mark.parametrize("comment", ["# quicktakes: ignore", "# quicktakes: ignore-file", "# quicktakes: ignore all"])
def test_a_comment_without_a_code_is_a_finding(tmp_path: Path, comment: str) -> None:
    """It looks as if it silenced everything, and silences nothing."""
    write_entry(tmp_path, _above(FAULTY, "author", comment))

    assert sorted(codes_of(check(tmp_path))) == ["QT150", "QT202", "QT202", "QT301", "QT302"]
