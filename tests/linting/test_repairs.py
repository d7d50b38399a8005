"""Files that cannot be read are mended where one text only can have been meant, and else left as they are."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from made_entries import (
    KEYWORDS,
    OTHER,
    QUESTION,
    changed_lines,
    check,
    codes_of,
    exchange,
    line_of,
    made_text,
    mend,
    read,
    stamp,
    values_of,
    write_entries,
    write_entry,
)

from rag.corpus import parse_entry, slug_of

COLON = "Two forces: which one holds a gecko?"
ENDS_IN_COLON = "A gecko on glass is held by what:"
MATHS = r"gecko, toe, $\forall x$, $\frac{1}{2}$"

Break = Callable[[str], str]


def _with_keywords(keywords: str, question: str = QUESTION) -> str:
    return exchange(made_text(question), KEYWORDS, keywords)


def _plain_titles(text: str) -> str:
    return re.sub(r"^((?:article_)?title): >-\n    ", r"\1: ", text, flags=re.MULTILINE)


def _quoted_badly(text: str) -> str:
    return re.sub(r"^((?:article_)?title): >-\n    (.+)\?$", r'\1: "\2"?', text, flags=re.MULTILINE)


def _decoded(text: str) -> str:
    return text.replace(r"\f", "\f")


def _colon_lost(text: str) -> str:
    return exchange(text, "question: >-", "question >-")


KINDS: dict[str, tuple[str, Break, str, str | int]] = {
    "an empty first line": (made_text(), lambda text: f"\n{text}", "QT110", 1),
    "three empty first lines": (made_text(), lambda text: f"\n\n\n{text}", "QT110", 1),
    "a key without its colon": (made_text(), _colon_lost, "QT120", "question >-"),
    "both, as in the publisher's files": (made_text(), lambda text: f"\n{_colon_lost(text)}", "QT110", 1),
    "a colon and a space in plain titles": (made_text(COLON), _plain_titles, "QT120", "title:"),
    "a colon at the end of plain titles": (made_text(ENDS_IN_COLON), _plain_titles, "QT120", "title:"),
    "a colon and a space in a related title": (
        made_text(links=[(7, OTHER), (8, COLON)]),
        lambda text: exchange(text, f"    title: >-\n        {COLON}", f"    title: {COLON}"),
        "QT120",
        f"    title: {COLON}",
    ),
    "a title quoted but for its last character": (made_text(COLON), _quoted_badly, "QT120", "title:"),
    "form feeds of two commands": (_with_keywords(MATHS), _decoded, "QT104", "    gecko, toe"),
    "a byte-order mark": (made_text(), lambda text: f"\ufeff{text}", "QT102", 1),
    "lines that end in CRLF": (made_text(), lambda text: text.replace("\n", "\r\n"), "QT103", 1),
    "lines that end in CR": (made_text(), lambda text: text.replace("\n", "\r"), "QT103", 1),
    "one CR among line feeds": (
        made_text(),
        lambda text: exchange(text, "author: QuickTakes\n", "author: QuickTakes\r\n"),
        "QT103",
        "author",
    ),
    "all of them": (
        _with_keywords(MATHS, COLON),
        lambda text: "\ufeff" + f"\n{_colon_lost(_plain_titles(_decoded(text)))}".replace("\n", "\r\n"),
        "QT102",
        1,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_one_finding_on_its_line(tmp_path: Path, kind: str) -> None:
    """An unreadable file has one finding, that of its first problem, which says that it can be mended."""
    whole, break_text, code, where = KINDS[kind]
    broken = break_text(whole)
    write_entry(tmp_path, broken)

    (finding,) = check(tmp_path)

    line = where if isinstance(where, int) else line_of(broken.replace("\r\n", "\n"), where)
    assert (finding.code, finding.line, finding.fixable) == (code, line, True)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_mended_and_reads_as_it_was_meant(tmp_path: Path, kind: str) -> None:
    """The mended file parses, with every value of the text before it was broken."""
    whole, break_text, *_ = KINDS[kind]
    path = write_entry(tmp_path, break_text(whole))

    report = mend(tmp_path, ["QT1"])

    assert report.findings == ()
    assert values_of(read(path)) == values_of(whole)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_mended_to_the_very_text(tmp_path: Path, kind: str) -> None:
    """Nothing but the breakage is undone: the file is byte for byte what it was before."""
    whole, break_text, *_ = KINDS[kind]
    path = write_entry(tmp_path, break_text(whole))

    mend(tmp_path, ["QT1"])

    assert read(path) == whole


@pytest.mark.parametrize("kind", KINDS)
def test_a_repaired_file_is_not_written_again(tmp_path: Path, kind: str) -> None:
    """A second run finds nothing to repair and leaves the file itself alone."""
    whole, break_text, *_ = KINDS[kind]
    path = write_entry(tmp_path, break_text(whole))
    mend(tmp_path, ["QT1"])
    before = stamp(path)

    report = mend(tmp_path, ["QT1"])

    assert (report.mended, report.findings) == ((), ())
    assert stamp(path) == before


def test_only_the_lines_of_the_titles_are_folded(tmp_path: Path) -> None:
    """A plain title that YAML can read stays plain beside one that it cannot."""
    whole = made_text(OTHER, older=True)
    broken = exchange(whole, f"article_title: {OTHER}", f"article_title: {COLON}")
    path = write_entry(tmp_path, broken)

    mend(tmp_path, ["QT1"])

    assert changed_lines(broken, read(path)) == ([f"article_title: {COLON}"], ["article_title: >-", f"    {COLON}"])


def test_a_subject_with_a_colon_is_folded(tmp_path: Path) -> None:
    """The subject is a text as titles are, of the entry and of an article that it links to."""
    broken = made_text(links=[(7, OTHER)]).replace("subject: Biology", "subject: Biology: Year 1")
    path = write_entry(tmp_path, broken)

    mend(tmp_path, ["QT1"])

    entry = parse_entry(read(path))
    assert (entry.subject, entry.related[0].subject) == ("Biology: Year 1", "Biology: Year 1")


GUESSES: dict[str, tuple[str | bytes, str]] = {
    "a form feed before letters that begin no command": (_with_keywords("gecko, toe, $p \ffi q$"), "QT104"),
    "a form feed before a longer word": (_with_keywords("gecko, toe, \foralls"), "QT104"),
    "two form feeds, of which one can be anything": (_with_keywords("gecko, $\forall x$, \four, toe"), "QT104"),
    "another control character": (_with_keywords("gecko, toe, $\beta$"), "QT104"),
    "a Unicode line end": (made_text(answer="One line.\u2028Another."), "QT104"),
    "a header that is never closed": (made_text().rpartition("\n---")[0] + "\n", "QT111"),
    "words above the header": (f"Draft\n{made_text()}", "QT110"),
    "empty lines above words": (f"\n\nDraft\n{made_text()}", "QT110"),
    "no header at all": (QUESTION, "QT110"),
    "an empty file": ("", "QT106"),
    "a list": ("---\n- id\n- date\n---\n\n&nbsp;", "QT112"),
    "one key twice": (exchange(made_text(), "author:", "author: Somebody\nauthor:"), "QT124"),
    "a missing key": (exchange(made_text(), "author: QuickTakes\n", ""), "QT130"),
    "an id in words": (exchange(made_text(), "id: 1\n", "id: one\n"), "QT131"),
    "an empty title": (exchange(made_text(), f"article_title: >-\n    {QUESTION}", "article_title:"), "QT131"),
    "an alias": (exchange(made_text(), "author: QuickTakes", "author: *name"), "QT121"),
    "a merge key": (exchange(made_text(), "author:", "<<: {a: b}\nauthor:"), "QT122"),
    "a tag": (exchange(made_text(), "author: ", "author: !!str "), "QT125"),
    "a quote that is never closed": (exchange(made_text(), "author: ", 'author: "'), "QT120"),
    "a title quoted badly that is not the question": (
        exchange(made_text(COLON), f"article_title: >-\n    {COLON}", 'article_title: "Two forces: and which"?'),
        "QT120",
    ),
    "a colon in a value that is no title": (exchange(made_text(), "Posted on", "Posted: on"), "QT120"),
    "a gap in the related articles": (
        made_text(links=[(7, OTHER)]).replace("related_article1", "related_article2"),
        "QT133",
    ),
    "two keys on one line": (exchange(made_text(), "score: -1.0", "tags: {a: 1, b: [}"), "QT120"),
    "another encoding": (_with_keywords("gecko, toe, café").encode("latin-1"), "QT101"),
}


@pytest.mark.parametrize("guess", GUESSES)
def test_what_would_be_a_guess_is_left_alone(tmp_path: Path, guess: str) -> None:
    """The finding stays, is not called fixable, and the file is not written."""
    content, code = GUESSES[guess]
    (path,) = write_entries(tmp_path, {"a.md": content})
    before = stamp(path)

    found, report = check(tmp_path), mend(tmp_path)

    assert [(finding.code, finding.fixable) for finding in found] == [(code, False)]
    assert list(report.findings) == found
    assert report.mended == ()
    assert stamp(path) == before


@pytest.mark.parametrize(
    ("line", "broken", "code"),
    [
        ("author: QuickTakes\n", "author: QuickTakes\nauthor: QuickTakes\n", "QT124"),
        ("date: 2026-01-31\n", "", "QT130"),
        ("id: 1\n", "id: one\n", "QT131"),
    ],
)
def test_what_can_be_mended_is_mended_where_something_else_cannot(
    tmp_path: Path, line: str, broken: str, code: str
) -> None:
    """A file with a safe problem and one that is a guess loses the first and keeps the second, to the byte."""
    left = exchange(made_text(), line, broken)
    path = write_entry(tmp_path, f"\ufeff{left}")

    report = mend(tmp_path)

    assert [(finding.code, finding.fixable) for finding in report.findings] == [(code, False)]
    assert read(path) == left


def test_a_plain_title_that_begins_with_quotation_marks_is_the_question(tmp_path: Path) -> None:
    """A title that is the question character for character is no guess, though it begins with a quotation mark."""
    whole = made_text('"Van der Waals": which force is that?')
    path = write_entry(tmp_path, _plain_titles(whole))

    mend(tmp_path, ["QT1"])

    assert read(path) == whole


@pytest.mark.parametrize(
    ("fine", "other"),
    [
        ("subject: Biology", "subject: Biology # not yet: zoology"),
        ("    The answer explains how the hairs", "    title: The answer explains: how the hairs"),
        ("description: >-\n    The answer explains how", "description: |-\n    title: The answer explains: how"),
        ("description: >-\n    The answer explains how", "description: >-\n    The\n    title: all: answers: how"),
    ],
    ids=["comment", "description", "literal description", "second line of a description"],
)
def test_a_repair_changes_no_value_that_could_be_read(tmp_path: Path, fine: str, other: str) -> None:
    """Beside a title that breaks the file, a line that reads well stays as it is though it looks alike."""
    whole = exchange(made_text(COLON), fine, other)
    path = write_entry(tmp_path, _plain_titles(whole))

    mend(tmp_path, ["QT1"])

    assert values_of(read(path)) == values_of(whole)


def test_only_the_rules_that_run_repair(tmp_path: Path) -> None:
    """A file is not repaired for a rule that was not asked for."""
    path = write_entry(tmp_path, f"\ufeff{made_text()}")
    before = stamp(path)

    assert mend(tmp_path, ["QT2"]).mended == ()
    assert mend(tmp_path, (), ["QT102"]).mended == ()
    assert stamp(path) == before


def _expected(path: Path, why: str) -> tuple[str, int]:
    """Return code and line that explain what the publisher's own list says of a file."""
    if why == "nofm":
        return "QT110", 1
    if place := re.search(r"mapping (?:values|keys) are not allowed .* line (\d+)", why):
        return "QT120", int(place[1]) + 1  # counted there from the line below the fence
    assert "#x000c" in why
    return "QT104", path.read_bytes().partition(b"\f")[0].count(b"\n") + 1


@pytest.fixture
def broken_files(real_files: Path, tmp_path: Path) -> dict[Path, str]:
    """Return a copy of the publisher's unreadable files, each with the reason that is listed."""
    folder = tmp_path / "broken"
    shutil.copytree(real_files / "broken", folder)
    with (real_files / "broken.tsv").open(encoding="utf-8", newline="") as lines:
        return {folder / row["file"]: row["why"] for row in csv.DictReader(lines, delimiter="\t")}


@pytest.mark.real_entries
def test_the_publishers_broken_files_are_explained(broken_files: dict[Path, str]) -> None:
    """Each of the 94 has one finding, and that is the listed reason on the line where it stands."""
    findings = check(list(broken_files))

    assert len(broken_files) == 94
    assert {(finding.path, finding.code, finding.line) for finding in findings} == {
        (str(path), *_expected(path, why)) for path, why in broken_files.items()
    }
    assert len(findings) == 94


@pytest.mark.real_entries
def test_the_publishers_broken_files_are_mended(broken_files: dict[Path, str]) -> None:
    """90 of the 94 are mended and say what was meant; the 4 with a form feed of no known command are not touched."""
    before = {path: stamp(path) for path in broken_files}

    report = mend(list(broken_files), ["QT1"], ["QT140"])

    left = {path for path in broken_files if b"\ffi q$" in before[path][2]}
    assert len(left) == 4
    assert {finding.path for finding in report.findings} == {str(path) for path in left}
    assert codes_of(report.findings) == ["QT104"] * 4
    assert {mended.path for mended in report.mended} == broken_files.keys() - left
    for path in broken_files:
        if path in left:
            assert stamp(path) == before[path]
            continue
        entry = parse_entry(read(path))
        assert entry.title == entry.article_title == entry.question
        assert f"{slug_of(entry.title)}.md" == entry.file_name == path.name.partition("__")[2]
        assert all(slug_of(link.title) == link.url.rpartition("/")[2] for link in entry.related)


@pytest.mark.real_entries
def test_the_publishers_broken_files_are_mended_once(broken_files: dict[Path, str]) -> None:
    """A second run over the mended files writes none of them."""
    mend(list(broken_files), ["QT1"])
    before = {path: stamp(path) for path in broken_files}

    report = mend(list(broken_files), ["QT1"])

    assert report.mended == ()
    assert {path: stamp(path) for path in broken_files} == before
