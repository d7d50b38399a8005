"""Fixes: each changes the bytes it must and no others, a second run has nothing to do, and no value is lost."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_entries import (
    ANSWER,
    DESCRIPTION,
    KEYWORDS,
    OTHER,
    QUESTION,
    THIRD,
    changed_fields,
    changed_lines,
    check,
    codes_of,
    exchange,
    line_of,
    link_lines,
    made_text,
    mend,
    read,
    run,
    stamp,
    url_of,
    values_of,
    write_entries,
    write_entry,
)

from rag.corpus import find_files, parse_entry, render_entry
from rag.linting import Checks, selected_codes
from rag.testing import make_entry

NEW = made_text()
OLD = made_text(older=True)
LINKED = made_text(links=[(7, OTHER), (8, THIRD)])
REFUSAL = "I cannot answer this question based on the available information."

IGNORED = ("QT400", "QT216")
"""Links lead nowhere where one entry is checked alone, and the made ones may share a number."""


class Defect(NamedTuple):
    """A fault laid into an entry, the text that its fix must give, and the field that the fix may change."""

    code: str
    before: str
    after: str
    field: str = ""


def _csv_quoted(answer: str) -> str:
    return '"' + answer.replace('"', '""') + '"'


def _folded(key: str, value: str) -> str:
    return f"{key}: >-\n    {value}"


QUOTED = ANSWER.replace("**Hairs**", '**"Hairs"**')
TITLES = f"title: {QUESTION}\narticle_title: {QUESTION}"

DEFECTS: dict[str, Defect] = {
    "two keys exchanged": Defect(
        "QT201", exchange(NEW, "_schema: default\nid: 1\n", "id: 1\n_schema: default\n"), NEW
    ),
    "a key at the end": Defect(
        "QT201",
        exchange(exchange(OLD, "author: QuickTakes\n", ""), "\n---\n", "\nauthor: QuickTakes\n---\n"),
        OLD,
    ),
    "keys of the block for search engines exchanged": Defect(
        "QT201",
        exchange(
            exchange(NEW, "  title: QuickTakes | Biology\n", ""), "author:", "  title: QuickTakes | Biology\nauthor:"
        ),
        NEW,
    ),
    "a whole related article before the url": Defect(
        "QT201",
        exchange(exchange(LINKED, link_lines(2, 8, THIRD) + "\n", ""), "url: /learn/biology/questions/why",
                 link_lines(2, 8, THIRD) + "\nurl: /learn/biology/questions/why"),
        LINKED,
    ),
    "another schema": Defect("QT202", exchange(NEW, "_schema: default", "_schema: old"), NEW, "schema"),
    "another date format": Defect("QT202", exchange(NEW, "MMM DD, YYYY", "DD.MM.YYYY"), NEW, "date_format"),
    "another label of the date": Defect("QT202", exchange(NEW, "Posted on", "Posted at"), NEW, "post_on_text"),
    "another author": Defect("QT202", exchange(NEW, "author: QuickTakes", "author: Somebody"), NEW, "author"),
    "a subject in quotation marks": Defect(
        "QT203", exchange(NEW, "\nsubject: Biology\n", '\nsubject: "Biology"\n'), NEW
    ),
    "two spaces before a value": Defect("QT203", exchange(NEW, "\nid: 1\n", "\nid:  1\n"), NEW),
    "a space after a value": Defect("QT203", exchange(NEW, "author: QuickTakes\n", "author: QuickTakes \n"), NEW),
    "an answer over several lines": Defect(
        "QT203", exchange(NEW, "that weak forces between", "that weak\n    forces\n    between"), NEW
    ),
    "an answer in quotation marks": Defect(
        "QT203", exchange(NEW, f"answer: >-\n    {ANSWER}", f"answer: '{ANSWER}'"), NEW
    ),
    "a question on the line of its key": Defect(
        "QT203", exchange(NEW, _folded("question", QUESTION), f"question: {QUESTION}"), NEW
    ),
    "a score of another look": Defect("QT203", exchange(NEW, "score: -1.0", "score: -1.00"), NEW),
    "a description further in": Defect("QT203", exchange(NEW, f"    {DESCRIPTION}", f"      {DESCRIPTION}"), NEW),
    "a related article further in": Defect(
        "QT203",
        exchange(LINKED, f"Biology\n    url: {url_of(THIRD)}", f"'Biology'\n    url: {url_of(THIRD)}"),
        LINKED,
    ),
    "a last newline": Defect("QT204", f"{NEW}\n", NEW),
    "no body": Defect("QT204", exchange(NEW, "---\n\n&nbsp;", "---\n"), NEW),
    "no body and no last newline": Defect("QT204", exchange(NEW, "---\n\n&nbsp;", "---"), NEW),
    "a space after the first fence": Defect("QT204", NEW.replace("---\n", "--- \n", 1), NEW),
    "an empty line above the last fence": Defect("QT204", exchange(OLD, "\n---\n\n", "\n\n---\n\n"), OLD),
    "two empty lines above the last fence": Defect("QT204", exchange(NEW, "\n\n---\n\n", "\n\n\n---\n\n"), NEW),
    "plain titles beside a score": Defect(
        "QT205",
        exchange(exchange(NEW, "\n" + _folded("title", QUESTION), f"\ntitle: {QUESTION}"),
                 _folded("article_title", QUESTION), f"article_title: {QUESTION}"),
        NEW,
    ),
    "one plain title beside a folded one": Defect(
        "QT205",
        exchange(OLD, f"article_title: {QUESTION}", _folded("article_title", QUESTION)),
        exchange(OLD, TITLES, f"{_folded('title', QUESTION)}\n{_folded('article_title', QUESTION)}"),
    ),
    "another title": Defect(
        "QT210", exchange(OLD, f"article_title: {QUESTION}", f"article_title: {OTHER}"), OLD, "article_title"
    ),
    "another question": Defect(
        "QT210", exchange(NEW, _folded("question", QUESTION), _folded("question", OTHER)), NEW, "question"
    ),
    "another file name": Defect("QT211", exchange(NEW, "file_name: why-do-", "file_name: how-"), NEW, "file_name"),
    "another title for search engines": Defect(
        "QT300", exchange(NEW, "QuickTakes | Biology", "QuickTakes | Zoology"), NEW, "seo"
    ),
    "keywords without spaces": Defect("QT303", exchange(NEW, KEYWORDS, KEYWORDS.replace(", ", ",")), NEW, "seo"),
    "one keyword without a space": Defect("QT303", exchange(NEW, "toe, hair", "toe,hair"), NEW, "seo"),
    "a keyword twice": Defect("QT304", exchange(NEW, KEYWORDS, f"{KEYWORDS}, Toe"), NEW, "seo"),
    "an empty keyword": Defect("QT304", exchange(NEW, "toe, hair", "toe, , hair"), NEW, "seo"),
    "a link to itself": Defect("QT401", made_text(links=[(7, OTHER), (8, THIRD), (1, QUESTION)]), LINKED, "related"),
    "the same link twice": Defect("QT402", made_text(links=[(7, OTHER), (8, THIRD), (7, OTHER)]), LINKED, "related"),
    "an answer quoted as in a table": Defect(
        "QT601", made_text(answer=_csv_quoted(QUOTED)), made_text(answer=QUOTED), "answer"
    ),
    "a refusal for search engines to find": Defect(
        "QT603",
        made_text(answer=REFUSAL),
        exchange(made_text(answer=REFUSAL), "answer:", "no_index: True\nanswer:"),
        "no_index",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_is_found_as_fixable(tmp_path: Path, name: str) -> None:
    """The rule that the defect breaks says that it can be mended; no other rule offers to mend the file."""
    defect = DEFECTS[name]
    write_entry(tmp_path, defect.before)

    assert {finding.code for finding in check(tmp_path) if finding.fixable} == {defect.code}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_fix_gives_the_very_text(tmp_path: Path, name: str) -> None:
    """The file is byte for byte the entry without the defect: no other line is touched."""
    defect = DEFECTS[name]
    path = write_entry(tmp_path, defect.before)

    report = mend(tmp_path)

    assert read(path) == defect.after
    assert [finding.code for finding in report.findings if finding.fixable] == []
    assert [(mended.path, mended.before, mended.after) for mended in report.mended] == [
        (path, defect.before, defect.after)
    ]


@pytest.mark.parametrize("name", DEFECTS)
def test_a_fix_gives_the_same_by_its_own_rule_alone(tmp_path: Path, name: str) -> None:
    """No fix depends on another rule being run with it."""
    defect = DEFECTS[name]
    path = write_entry(tmp_path, defect.before)

    mend(tmp_path, [defect.code])

    assert read(path) == defect.after


@pytest.mark.parametrize("name", DEFECTS)
def test_a_fix_changes_no_other_value(tmp_path: Path, name: str) -> None:
    """Of the values as read only the one that the rule is about differs afterwards; by a change of form, none."""
    defect = DEFECTS[name]
    path = write_entry(tmp_path, defect.before)

    mend(tmp_path)

    assert changed_fields(defect.before, read(path)) == ({defect.field} if defect.field else set())


@pytest.mark.parametrize("name", DEFECTS)
def test_a_second_run_writes_nothing(tmp_path: Path, name: str) -> None:
    """The mended file stays the very file: same inode, same time, same bytes; and the findings stay the same."""
    path = write_entry(tmp_path, DEFECTS[name].before)
    first = mend(tmp_path)
    before = stamp(path)

    second = mend(tmp_path)

    assert (second.mended, second.findings) == ((), first.findings)
    assert stamp(path) == before


@pytest.mark.parametrize("name", DEFECTS)
def test_without_write_a_fix_stays_on_paper(tmp_path: Path, name: str) -> None:
    """The report holds the text before and after, and the file is not touched."""
    defect = DEFECTS[name]
    path = write_entry(tmp_path, defect.before)
    before = stamp(path)

    report = run(tmp_path, Checks(selected_codes((), ()), mend=True))

    assert [(mended.before, mended.after) for mended in report.mended] == [(defect.before, defect.after)]
    assert stamp(path) == before


def test_a_file_without_a_fixable_finding_is_never_written(tmp_path: Path) -> None:
    """Findings that only an editor can settle leave the file as it is."""
    path = write_entry(tmp_path, exchange(made_text(answer="Too short."), "2026-01-31", "2999-01-31"))
    before = stamp(path)

    report = mend(tmp_path)

    assert codes_of(report.findings) == ["QT215", "QT610"]
    assert report.mended == ()
    assert stamp(path) == before


def test_only_the_rules_that_run_mend(tmp_path: Path) -> None:
    """Of two defects the one whose rule was left out stays, to the byte."""
    left = exchange(NEW, "author: QuickTakes", "author: Somebody")
    path = write_entry(tmp_path, exchange(left, KEYWORDS, KEYWORDS.replace(", ", ",")))

    mend(tmp_path, ["QT3"])
    assert read(path) == left
    mend(tmp_path, (), ["QT202"])
    assert read(path) == left


def test_an_empty_line_is_kept_where_a_score_stands_alone(tmp_path: Path) -> None:
    """The frame of an entry with a score is right with and without an empty line above the last fence."""
    text = exchange(NEW, "\n\n---\n\n", "\n---\n\n")
    path = write_entry(tmp_path, text)

    assert mend(tmp_path).mended == ()
    assert read(path) == text


# Related articles


@pytest.mark.parametrize(
    ("links", "left"),
    [
        ([QUESTION, OTHER, THIRD], [OTHER, THIRD]),
        ([OTHER, QUESTION, THIRD], [OTHER, THIRD]),
        ([OTHER, OTHER, THIRD], [OTHER, THIRD]),
        ([QUESTION, OTHER, QUESTION, OTHER, THIRD], [OTHER, THIRD]),
        ([OTHER, OTHER, OTHER, OTHER, OTHER], [OTHER]),
        ([QUESTION, QUESTION, QUESTION, QUESTION, QUESTION], []),
    ],
)
def test_links_are_numbered_from_1_where_some_were_removed(
    tmp_path: Path, links: Sequence[str], left: Sequence[str]
) -> None:
    """Links to the entry itself, and all but the first to another, go; the others close up in their order."""
    numbers = {QUESTION: 1, OTHER: 7, THIRD: 8}
    path = write_entry(tmp_path, made_text(links=[(numbers[title], title) for title in links]))

    mend(tmp_path, ["QT401", "QT402"])

    assert read(path) == made_text(links=[(numbers[title], title) for title in left])


def _with_first_link(number: int, title: str, subject: str, url: str) -> str:
    """Return an entry whose first link is given, and whose second is right where the owl and the bee are written."""
    first = (
        f"related_article1:\n    id: {number}\n    title: >-\n        {title}\n    subject: {subject}\n    url: {url}"
    )
    return exchange(LINKED, link_lines(1, 7, OTHER), first)


@pytest.mark.parametrize(
    ("number", "title", "subject", "wrong"),
    [
        (70, OTHER, "Biology", "    id: 70"),
        (7, "How do owls hunt?", "Biology", "        How do owls hunt?"),
        (7, OTHER, "Zoology", "    subject: Zoology"),
        (70, "How do owls hunt?", "Zoology", "    id: 70"),
    ],
)
def test_a_link_is_made_like_the_entry_that_its_url_names(
    tmp_path: Path, number: int, title: str, subject: str, wrong: str
) -> None:
    """Id, title and subject are taken from the target; the other link and all other lines stay as they are."""
    text = _with_first_link(number, title, subject, url_of(OTHER))
    path = write_entry(tmp_path, text)
    write_entry(tmp_path, made_text(OTHER, number=7), OTHER)
    write_entry(tmp_path, made_text(THIRD, number=8), THIRD)

    (finding,) = check(tmp_path)
    report = mend(tmp_path)

    assert (finding.code, finding.line, finding.fixable) == ("QT403", line_of(text, wrong), True)
    assert read(path) == LINKED
    assert report.findings == ()
    assert [mended.path for mended in report.mended] == [path]


def test_a_link_is_mended_once(tmp_path: Path) -> None:
    """A second run leaves the file of a mended link alone."""
    path = write_entry(tmp_path, _with_first_link(70, "How do owls hunt?", "Zoology", url_of(OTHER)))
    write_entry(tmp_path, made_text(OTHER, number=7), OTHER)
    write_entry(tmp_path, made_text(THIRD, number=8), THIRD)
    mend(tmp_path)
    before = stamp(path)

    assert mend(tmp_path).mended == ()
    assert stamp(path) == before


def test_several_links_of_a_file_are_mended_together(tmp_path: Path) -> None:
    """No link's fix undoes another's, nor a fix that the file itself needed."""
    text = exchange(made_text(links=[(70, OTHER), (80, THIRD)]), "author: QuickTakes", "author: Somebody")
    path = write_entry(tmp_path, text)
    write_entry(tmp_path, made_text(OTHER, number=7), OTHER)
    write_entry(tmp_path, made_text(THIRD, number=8), THIRD)

    report = mend(tmp_path)

    assert read(path) == LINKED
    assert [(mended.path, mended.before, mended.after) for mended in report.mended] == [(path, text, LINKED)]


def test_a_link_is_not_mended_where_two_entries_have_its_url(tmp_path: Path) -> None:
    """Which of two entries with one url is meant would be a guess: the finding stays, and the file."""
    path = write_entry(tmp_path, made_text(links=[(70, OTHER)]))
    write_entries(tmp_path, {"one.md": made_text(OTHER, number=7), "two.md": made_text(OTHER, number=9)})
    before = stamp(path)

    (finding,) = check(tmp_path, ["QT403"])
    report = mend(tmp_path, ["QT403"])

    assert not finding.fixable
    assert report.findings == (finding,)
    assert stamp(path) == before


def test_a_link_that_is_like_one_of_two_entries_is_right(tmp_path: Path) -> None:
    """Of two entries with one url either may be linked to."""
    write_entry(tmp_path, made_text(links=[(9, OTHER)]))
    write_entries(tmp_path, {"one.md": made_text(OTHER, number=7), "two.md": made_text(OTHER, number=9)})

    assert check(tmp_path, ["QT403"]) == []


def test_a_link_takes_the_title_that_its_target_has_after_mending(tmp_path: Path) -> None:
    """What is mended in the target by the same run is what the link says afterwards."""
    path = write_entry(tmp_path, made_text(links=[(7, THIRD)]).replace(url_of(THIRD), url_of(OTHER)))
    target = made_text(OTHER, number=7)
    write_entry(tmp_path, target.replace(f"title: >-\n    {OTHER}\narticle", f"title: >-\n    {THIRD}\narticle"), OTHER)

    mend(tmp_path)

    assert read(path) == made_text(links=[(7, OTHER)])
    assert mend(tmp_path).mended == ()


def test_a_plain_link_stays_plain_where_it_can(tmp_path: Path) -> None:
    """A link's title keeps its form; only one that would break the file in that form is folded."""
    colon = "Owls: how silent are they?"
    plain = exchange(made_text(links=[(7, THIRD)]), f"    title: >-\n        {THIRD}", f"    title: {THIRD}")
    plain = plain.replace(url_of(THIRD), url_of(OTHER))
    path = write_entry(tmp_path, plain)
    write_entry(tmp_path, made_text(OTHER, number=7), OTHER)
    mend(tmp_path, ["QT403"])
    assert changed_lines(plain, read(path)) == ([f"    title: {THIRD}"], [f"    title: {OTHER}"])

    write_entry(tmp_path, made_text(colon, number=7).replace(url_of(colon), url_of(OTHER)), OTHER)
    mend(tmp_path, ["QT403"])
    assert changed_lines(plain, read(path)) == ([f"    title: {THIRD}"], ["    title: >-", f"        {colon}"])


def test_findings_stand_on_the_lines_of_the_text_as_mended(tmp_path: Path) -> None:
    """What a run with fixes reports is what the next run reports, also where a link took a line more."""
    colon = "Owls: how silent are they?"
    plain = exchange(made_text(links=[(7, colon), (8, THIRD)]), f"    title: >-\n        {colon}", "    title: Owls")
    write_entry(tmp_path, plain)
    write_entry(tmp_path, made_text(colon, number=7), colon)

    report = mend(tmp_path)

    assert codes_of(report.findings) == ["QT400"]
    assert list(report.findings) == check(tmp_path)


@pytest.mark.parametrize(
    ("right", "odd"),
    [
        (f"\ntitle: >-\n    {OTHER}", "\ntitle: |-\n    Owls\n    at night"),
        (f"\ntitle: >-\n    {OTHER}", '\ntitle: " Owls"'),
        ("\nsubject: Biology\nfile", "\nsubject: |-\n    Biology\n    and more\nfile"),
        ("\nsubject: Biology\nfile", '\nsubject: " Biology"\nfile'),
    ],
)
def test_a_value_that_no_link_can_hold_is_no_fix(tmp_path: Path, right: str, odd: str) -> None:
    """A target whose title or subject has no form in a link leaves the link as it is, and the run goes on."""
    path = write_entry(tmp_path, made_text(links=[(7, OTHER)]))
    write_entry(tmp_path, exchange(made_text(OTHER, number=7), right, odd), OTHER)
    before = stamp(path)

    (finding,) = check(tmp_path, ["QT403"])
    assert not finding.fixable
    report = mend(tmp_path, ["QT403"])

    assert report.findings == (finding,)
    assert stamp(path) == before


# Values that look like something else


@pytest.mark.parametrize("question", ["#1 cause of falls: what is it?", "# What is it?", "#climb, or how?"])
def test_a_title_that_begins_with_a_hash_is_no_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """A folded title that begins like a comment is a title: there is nothing to mend, and nothing is."""
    monkeypatch.setattr("rag.linting.checking._MAX_FIXES", 3)  # were it mended, each fix would double the title
    text = made_text(question)
    path = write_entry(tmp_path, text, question)

    found, report = check(tmp_path), mend(tmp_path)

    assert found == []
    assert report.mended == ()
    assert read(path) == text


@pytest.mark.parametrize("before", ["subtitle: {}\n", "# title: {}\n"], ids=["key", "comment"])
def test_a_title_is_folded_on_its_own_line(tmp_path: Path, before: str) -> None:
    """A line above that ends as the title's line does is not taken for it."""
    odd = exchange(NEW, "\ntitle: >-\n", f"\n{before.format(QUESTION)}title: >-\n")
    path = write_entry(tmp_path, exchange(odd, f"\ntitle: >-\n    {QUESTION}", f"\ntitle: {QUESTION}"))

    mend(tmp_path, ["QT205"])

    assert read(path) == odd


def test_quotation_marks_stay_where_a_value_needs_them(tmp_path: Path) -> None:
    """A form that only quotation marks can give is not called wrong."""
    text = exchange(NEW, "subject: Biology\nfile", "subject: 'Biology '\nfile")
    write_entry(tmp_path, text)

    assert [finding.code for finding in check(tmp_path, ["QT203"])] == []


# Any combination of defects


class Laid(NamedTuple):
    """An entry with faults to mend and without them; what an editor must settle is in both."""

    broken: str
    mended: str
    question: str


_SIGNS = st.one_of(st.characters(exclude_categories=["C", "Z"]), st.sampled_from("#:-*?&!|>%@`'\"{}[],"))
_WORDS = st.lists(st.text(_SIGNS, min_size=1, max_size=8), min_size=1, max_size=5).map(" ".join)
"""Any printable words, among them all that YAML and Markdown give a meaning."""

_QUESTIONS = _WORDS.map(lambda words: f"Why {words}?")

_EDITORS: tuple[Callable[[str], str], ...] = (
    lambda text: exchange(text, "date: 2026-01-31", "date: 2999-01-31"),
    lambda text: exchange(text, DESCRIPTION, "Too short."),
    lambda text: exchange(text, KEYWORDS, "gecko, toe"),
    lambda text: exchange(text, "add up.", "add up, says owl@example.org."),
    lambda text: exchange(text, "single one could carry.", "single one could"),
    lambda text: exchange(text, "author:", "# quicktakes: ignore QT999\nauthor:"),
)
"""Faults that no fix touches."""


def _exchange_keys(text: str) -> str:
    """Put two keys out of order, which is mended where no comment stands among the keys."""
    return text.replace("_schema: default\nid: 1\n", "id: 1\n_schema: default\n", 1)


_BREAKS: tuple[Callable[[str], str], ...] = (
    lambda text: text.replace("_schema: default", "_schema: old", 1),
    lambda text: text.replace("post_on_text: Posted on", "post_on_text: 'Posted on'", 1),
    lambda text: text.replace("date_format: MMM", "date_format:   MMM", 1),
    lambda text: text.replace("\nsubject: Biology\nfile", '\nsubject: "Biology"\nfile', 1),
    lambda text: text.replace("score: -1.0", "score: -1.00", 1),
    lambda text: text.replace("so close to the pane that", "so close\n    to the\n    pane that", 1),
    lambda text: text.replace("seo:\n  title: QuickTakes | ", "seo:\n  title: ", 1),
    lambda text: text.replace("    gecko, toe", "    gecko,Gecko, toe", 1),
    _exchange_keys,
    lambda text: text + "\n\n",
    lambda text: text.replace("---\n", "--- \n", 1),
    lambda text: f"\n{text}",
    lambda text: text.replace("question: >-", "question >-", 1),
    lambda text: text.replace("\n", "\r\n"),
    lambda text: f"\ufeff{text}",
)
"""Faults to mend, in an order in which each still finds its place."""


@st.composite
def _laid(draw: st.DrawFn) -> Laid:
    question = draw(_QUESTIONS)
    is_older = draw(st.booleans()) and ": " not in question and " #" not in question
    links = [] if is_older else [(number, draw(_QUESTIONS)) for number in range(draw(st.integers(0, 3)))]
    links = list(
        {url_of(title): (number, title) for number, title in links if url_of(title) != url_of(question)}.values()
    )
    mended = made_text(question, older=is_older, links=links)
    for each in draw(st.lists(st.sampled_from(_EDITORS), unique=True)):
        mended = each(mended)
    broken = mended
    if links and draw(st.booleans()):
        place = len(links) + 1
        again = draw(st.sampled_from([*links, (1, question)]))
        broken = exchange(broken, "\n---\n\n&", f"\n{link_lines(place, *again)}\n---\n\n&")
    for each in _BREAKS:
        if draw(st.booleans()) and not (each is _exchange_keys and "# quicktakes" in broken):
            broken = each(broken)
    return Laid(broken, mended, question)


@settings(deadline=None)
@given(laid=_laid())
def test_any_combination_of_defects_is_mended(laid: Laid) -> None:
    """The fixes end, and give the very text without the defects; what only an editor can settle is found as before."""
    with TemporaryDirectory() as folder:
        path = write_entry(Path(folder), laid.mended, laid.question)
        wanted = check([path], (), IGNORED)
        assert not any(finding.fixable for finding in wanted), "the entry was to have nothing to mend"
        path.write_bytes(laid.broken.encode())

        report = mend([path], (), IGNORED)

        assert read(path) == laid.mended
        assert list(report.findings) == wanted


@settings(deadline=None)
@given(laid=_laid())
def test_a_second_run_never_writes(laid: Laid) -> None:
    """Whatever was mended, the next run finds nothing to mend and leaves the file itself alone."""
    with TemporaryDirectory() as folder:
        path = write_entry(Path(folder), laid.broken, laid.question)
        first = mend([path], (), IGNORED)
        before = stamp(path)

        second = mend([path], (), IGNORED)

        assert not any(finding.fixable for finding in second.findings)
        assert (second.mended, second.findings) == ((), first.findings)
        assert stamp(path) == before


@settings(deadline=None)
@given(question=_WORDS)
def test_an_entry_as_it_is_written_needs_no_fix(question: str) -> None:
    """What the product itself writes it never wants to mend, whatever the words are."""
    entry = make_entry(question, DESCRIPTION)
    with TemporaryDirectory() as folder:
        path = write_entry(Path(folder), render_entry(entry), question)

        assert [finding for finding in check([path]) if finding.fixable] == []


_KEY = re.compile(r"( *)([a-z_0-9]+):(?: |$)")


def _keys_of_notes(text: str) -> dict[str, tuple[str, ...]]:
    """Return for each note the key that it stands beside or above, below its parent if that has one."""
    keys: dict[str, tuple[str, ...]] = {}
    above: list[str] = []
    parent = ""
    for line in text.split("\n"):
        notes = re.findall(r"# (note \d+)", line)
        if key := _KEY.match(line):
            parent = parent if key[1] else key[2]
            path = (parent, key[2]) if key[1] else (key[2],)
            keys |= dict.fromkeys([*above, *notes], path)
            above = []
        else:
            above += notes
    return keys


@st.composite
def _noted(draw: st.DrawFn) -> str:
    laid = draw(_laid().filter(lambda laid: "\r" not in laid.broken))
    lines: list[str] = []
    for number, line in enumerate(laid.broken.split("\n")):
        key = _KEY.match(line)
        where = draw(st.sampled_from(["", "", "", "above", "indented", "beside"])) if key else ""
        if where in {"above", "indented"}:
            lines.append(f"{key[1] if key and where == 'indented' else ''}# note {number}")
        lines.append(f"{line} # note {number}" if where == "beside" else line)
    return "\n".join(lines)


@settings(deadline=None)
@given(text=_noted())
def test_no_note_of_an_editor_is_lost(text: str) -> None:
    """Whatever is mended, each comment is there once, above or beside the key where it was."""
    with TemporaryDirectory() as folder:
        path = write_entry(Path(folder), text)

        mend([path], (), IGNORED)

        assert _keys_of_notes(read(path)) == _keys_of_notes(text)
        assert read(path).count("# note") == text.count("# note")


# The publisher's files


@pytest.mark.real_entries
def test_the_publishers_entries_are_mended_without_loss(real_files: Path, tmp_path: Path) -> None:
    """Nothing fixable is left, every file reads, and no question or answer changes but those quoted as in a table."""
    folder = tmp_path / "content"
    shutil.copytree(real_files / "content", folder)
    files = find_files(folder)
    before = {path: read(path) for path in files}
    quoted = {finding.path for finding in check(files, ["QT601"])}

    report = mend(files)

    assert not any(finding.fixable for finding in report.findings)
    assert {mended.path for mended in report.mended} == {path for path in files if read(path) != before[path]}
    assert len(quoted) == 3
    for path in files:
        old, new = parse_entry(before[path]), parse_entry(read(path))
        assert new.question == old.question
        assert (new.answer == old.answer) == (str(path) not in quoted), path
        assert new.url == old.url
        assert new.date == old.date
    for name in quoted:
        old, new = parse_entry(before[Path(name)]), parse_entry(read(Path(name)))
        assert new.answer == old.answer[1:-1].replace('""', '"')


@pytest.mark.real_entries
def test_the_publishers_entries_are_mended_once(real_files: Path, tmp_path: Path) -> None:
    """A second run over the mended files finds what the first left, and writes none of them."""
    folder = tmp_path / "content"
    shutil.copytree(real_files / "content", folder)
    first = mend(folder)
    before = {path: stamp(path) for path in find_files(folder)}

    second = mend(folder)

    assert (second.mended, second.findings) == ((), first.findings)
    assert {path: stamp(path) for path in find_files(folder)} == before


def test_values_are_compared_field_by_field() -> None:
    """The comparison that the tests above rest on sees a change of each single field."""
    assert changed_fields(NEW, made_text(answer="Other.")) == {"answer"}
    assert changed_fields(NEW, OLD) == {"score"}
    assert len(values_of(NEW)) == 18
