"""The publisher's own entries, linted: what is known to be wrong with them is found, and little else."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from rag.corpus import find_files
from rag.linting import RULES, Checks, Finding, lint, selected_codes

pytestmark = pytest.mark.real_entries

COUNTS = {
    "QT205": 6,
    "QT216": 1,
    "QT217": 13,
    "QT302": 3,
    "QT303": 151,  # three more hold a comma without a space only inside a chemical name
    "QT304": 2,
    "QT306": 7,
    "QT402": 63,
    "QT502": 1,
    "QT503": 1,
    "QT600": 4,
    "QT601": 3,
    "QT602": 0,
    "QT603": 0,  # all eight refusals are marked no_index
    "QT604": 1,
    "QT605": 6,
    "QT606": 2,
    "QT607": 2,
    "QT608": 15,
    "QT609": 0,
    "QT611": 0,
    "QT702": 1,
}
NONE = [
    *(rule.code for rule in RULES if rule.code.startswith(("QT1", "QT2")) and rule.code not in COUNTS),
    *("QT300", "QT500", "QT501", "QT504", "QT612", "QT613"),
]
TAGS = {"QT302": "damaged-description", "QT600": "truncated-answer", "QT601": "csv-doubled-quotes"}
"""Codes that find exactly the files of a tag in the publisher's list of odd ones."""


@pytest.fixture(scope="module")
def findings(real_folder: Path) -> tuple[Finding, ...]:
    """What all rules find in all of the entries."""
    report = lint(find_files(real_folder / "content"), Checks(selected_codes((), ())))
    assert report.files == 1268
    assert report.mended == ()
    return report.findings


@pytest.mark.parametrize("code", [*COUNTS, *NONE])
def test_each_rule_finds_what_reading_found(code: str, findings: tuple[Finding, ...]) -> None:
    """A rule finds as many faults in the publisher's entries as were found by reading them."""
    assert Counter(finding.code for finding in findings)[code] == COUNTS.get(code, 0)


@pytest.mark.parametrize(("code", "tag"), TAGS.items())
def test_the_odd_entries_are_those_found(code: str, tag: str, findings: tuple[Finding, ...], real_folder: Path) -> None:
    """A rule finds all the files that are listed as odd in its way, and no other."""
    with (real_folder / "edge-cases.tsv").open(encoding="utf-8", newline="") as file:
        listed = {row["path"] for row in csv.DictReader(file, delimiter="\t") if row["tag"] == tag}
    found = {finding.path for finding in findings if finding.code == code}
    assert found == {str(real_folder / path) for path in listed}


def test_the_marked_refusals_break_no_rule_of_answers(findings: tuple[Finding, ...], real_folder: Path) -> None:
    """An entry that is marked as a refusal needs no complete, long or well-sourced answer."""
    with (real_folder / "edge-cases.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    refusals = {str(real_folder / row["path"]) for row in rows if row["tag"] == "refusal-no_index"}
    assert len(refusals) == 8
    assert not [finding for finding in findings if finding.path in refusals and finding.code.startswith("QT6")]


def test_near_duplicates_are_pairs_in_one_subject_mostly(findings: tuple[Finding, ...], real_folder: Path) -> None:
    """Biology alone has 46 pairs of questions that ask nearly the same; the few other entries add a handful."""
    biology = lint(find_files(real_folder / "content/learn/biology"), Checks(selected_codes(["QT700"], ())))
    assert len(biology.findings) == 46
    assert 46 <= Counter(finding.code for finding in findings)["QT700"] <= 55


def test_every_finding_points_into_its_file(findings: tuple[Finding, ...]) -> None:
    """Line and column of a finding name a character that is there, or the end of its line."""
    lines: dict[str, list[str]] = {}
    for finding in findings:
        if finding.path not in lines:
            lines[finding.path] = Path(finding.path).read_text(encoding="utf-8").split("\n")
        assert 1 <= finding.column <= len(lines[finding.path][finding.line - 1]) + 1, finding
