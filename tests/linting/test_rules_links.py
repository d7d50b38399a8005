"""Chapter 4: links to entries that are there, that are others, and that are what the link says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from rag.linting import Finding

LintFiles = Callable[[Mapping[str, str | bytes]], list[Finding]]
Lay = Callable[[str], tuple[str, frozenset[int]]]
MakeEntry = Callable[..., str]

NEWT_FILE, EEL_FILE = "why-do-newts-regrow-legs.md", "how-do-eels-sense-fields.md"
EEL_URL = "/learn/biology/questions/how-do-eels-sense-fields"
NEWT_URL = "/learn/biology/questions/why-do-newts-regrow-legs"


def link(number: int, **other: str) -> str:
    """Return the lines of a link to the eel, with some of its values replaced."""
    values = {"id": "8", "title": "How do eels sense fields?", "subject": "Biology", "url": EEL_URL, **other}
    lines = [
        f"    {key}: {'>-' + chr(10) + '        ' if key == 'title' else ''}{value}" for key, value in values.items()
    ]
    return "\n".join([f"related_article{number}:", *lines]) + "\n"


def pointed_at(findings: list[Finding], text: str) -> list[tuple[str, str]]:
    """Return each finding's code with the text it points at."""
    lines = text.split("\n")
    return [(finding.code, lines[finding.line - 1][finding.column - 1 :]) for finding in findings]


def test_a_link_to_a_neighbour_has_no_finding(lint_files: LintFiles, lay_over_newt: Lay, eel: str) -> None:
    """A link that gives a neighbour's id, title, subject and url is right, wherever the neighbour's file stands."""
    text, _ = lay_over_newt(link(1))
    assert lint_files({NEWT_FILE: text, EEL_FILE: eel}) == []
    assert lint_files({f"a/{EEL_FILE}": eel, f"b/{NEWT_FILE}": text}) == []


def test_a_link_that_leads_nowhere_is_found(lint_files: LintFiles, lay_over_newt: Lay) -> None:
    """QT400 points at the url of each link whose entry is not among those linted."""
    text, _ = lay_over_newt(link(1) + link(2, url="/learn/biology/questions/gone"))
    expected = [("QT400", EEL_URL), ("QT400", "/learn/biology/questions/gone")]
    assert pointed_at(lint_files({NEWT_FILE: text}), text) == expected


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "7"),
        ("title", "How do eels sense field lines?"),
        ("title", "how do eels sense fields?"),
        ("subject", "Zoology"),
    ],
)
def test_a_link_that_differs_is_found(
    key: str, value: str, lint_files: LintFiles, lay_over_newt: Lay, eel: str
) -> None:
    """QT403 points at the value that the linked entry gives otherwise."""
    text, _ = lay_over_newt(link(1, **{key: value}))
    findings = lint_files({NEWT_FILE: text, EEL_FILE: eel})
    assert pointed_at(findings, text) == [("QT403", value)]
    assert findings[0].fixable


def test_a_link_that_differs_in_all_is_found_once(lint_files: LintFiles, lay_over_newt: Lay, eel: str) -> None:
    """QT403 is given once for a link, however many of its values differ, and names them."""
    text, _ = lay_over_newt(link(1, id="1", title="Eels", subject="Zoology"))
    (finding,) = lint_files({NEWT_FILE: text, EEL_FILE: eel})
    assert pointed_at([finding], text) == [("QT403", "1")]
    assert all(key in finding.message for key in ("id", "title", "subject"))


def test_a_link_to_one_of_two_entries_with_a_url_may_fit_either(
    lint_files: LintFiles, lay_over_newt: Lay, eel: str
) -> None:
    """QT403 is not given where one entry of the url fits; where none does, to mend it would be a guess."""
    twin = eel.replace("id: 8", "id: 9")
    for number in ("8", "9", "10"):
        text, _ = lay_over_newt(link(1, id=number))
        findings = lint_files({NEWT_FILE: text, EEL_FILE: eel, f"b/{EEL_FILE}": twin})
        differing = [finding for finding in findings if finding.code == "QT403"]
        assert [finding.fixable for finding in differing] == ([False] if number == "10" else [])


def test_a_link_to_itself_is_found(lint_files: LintFiles, lay_over_newt: Lay, eel: str) -> None:
    """QT401 points at the url of a link to the entry it stands in, and QT402 does not count it again."""
    own = {"id": "7", "title": "Why do newts regrow legs?", "url": NEWT_URL}
    text, _ = lay_over_newt(link(1) + link(2, **own) + link(3, **own))
    findings = lint_files({NEWT_FILE: text, EEL_FILE: eel})
    assert pointed_at(findings, text) == [("QT401", NEWT_URL)] * 2
    assert findings[0].line < findings[1].line


def test_each_repeat_of_a_link_is_found(lint_files: LintFiles, lay_over_newt: Lay, eel: str) -> None:
    """QT402 points at the second and third of three equal links, and leaves the first alone."""
    text, _ = lay_over_newt(link(1) + link(2) + link(3))
    findings = lint_files({NEWT_FILE: text, EEL_FILE: eel})
    assert pointed_at(findings, text) == [("QT402", EEL_URL)] * 2
    assert min(finding.line for finding in findings) > text[: text.index("related_article2")].count("\n")
