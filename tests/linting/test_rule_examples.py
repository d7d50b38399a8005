"""Every rule finds its own bad example and leaves its own good one alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rag.linting import CHAPTERS, RULES, Checks, Finding, Rule, lint, selected_codes

LintFiles = Callable[[Mapping[str, str | bytes]], list[Finding]]
LintExample = Callable[[str], list[Finding]]
MakeEntry = Callable[..., str]

NEWT_FILE, EEL_FILE = "why-do-newts-regrow-legs.md", "how-do-eels-sense-fields.md"
LONG = "Cells of the stump divide again and again. " * 6
"""An answer of 48 words."""


def is_text(example: str) -> bool:
    """Tell lines of a header from a description in brackets."""
    return not example.startswith("(")


def by_code(rule: Rule) -> str:
    """Name a parametrised test after the rule."""
    return rule.code


BAD = [rule for rule in RULES if is_text(rule.bad)]
GOOD = [rule for rule in RULES if is_text(rule.good)]
BROKEN: list[tuple[str, str, Callable[[str], str | bytes]]] = [
    ("QT101", "latin-1", lambda newt: newt.replace("scar", "sçar").encode("latin-1")),
    ("QT102", "mark", lambda newt: "\ufeff" + newt),
    ("QT103", "crlf", lambda newt: newt.replace("\n", "\r\n")),
    ("QT103", "cr", lambda newt: newt.replace("\n", "\r")),
    ("QT104", "form-feed", lambda newt: newt.replace("newt, blastema", "newt, \forall tissues")),
    ("QT104", "line-separator", lambda newt: newt.replace("within a day", "within a\u2028day")),
    ("QT105", "2-mib", lambda newt: newt + " " * 2**21),
    ("QT106", "nothing", lambda _: ""),
    ("QT106", "blank", lambda _: "\n \n"),
    ("QT110", "empty-line", lambda newt: "\n" + newt),
    ("QT110", "no-fence", lambda newt: newt.removeprefix("---\n")),
    ("QT111", "no-fence", lambda newt: newt.rpartition("---\n")[0]),
    ("QT112", "list", lambda _: "---\n- newt\n- eel\n---\n\n&nbsp;"),
    ("QT112", "value", lambda _: "---\nnewt\n---\n\n&nbsp;"),
    ("QT112", "nothing", lambda _: "---\n---\n\n&nbsp;"),
    ("QT130", "no-question", lambda newt: newt.replace("question: >-\n    Why do newts regrow legs?\n", "")),
    ("QT130", "no-seo-title", lambda newt: newt.replace("  title: QuickTakes | Biology\n", "")),
    ("QT133", "second-alone", lambda newt: newt.replace("\n---\n", f"\n{RELATED.format(2)}---\n")),
    ("QT204", "newline-at-end", lambda newt: newt + "\n"),
    ("QT204", "no-body", lambda newt: newt.replace("\n&nbsp;", "")),
    ("QT204", "text-below", lambda newt: newt.replace("&nbsp;", "Newts are salamanders.")),
    ("QT204", "empty-line-before-fence", lambda newt: newt.replace("\n---\n\n&", "\n\n---\n\n&")),
    ("QT204", "space-after-first-fence", lambda newt: "--- \n" + newt.removeprefix("---\n")),
    ("QT204", "space-after-fence", lambda newt: newt.replace("\n---\n", "\n--- \n")),
]
"""What no lines of a header can show, but the bytes of one file can."""
RELATED = "related_article{}:\n    id: 8\n    title: Eels\n    subject: Biology\n    url: x\n"
DEDICATED = {"QT100", "QT140", "QT212", "QT214", "QT216", "QT217", "QT610", "QT700", "QT701", "QT702"}
"""Codes of rules with a test of their own below, since one file cannot show what they find."""


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_a_rule_explains_itself(rule: Rule) -> None:
    """A rule has a code in a chapter, a name of plain words, a reason in whole sentences, and two examples."""
    assert re.fullmatch(r"QT\d{3}", rule.code)
    assert rule.code[2] in CHAPTERS
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.why[0].isupper() or rule.why[0] in "`A"
    assert rule.why.endswith(".")
    assert not re.search(r"\s\s|\n", rule.why)
    assert rule.bad.strip()
    assert rule.good.strip()
    assert rule.bad != rule.good


def test_no_two_rules_share_a_code_or_a_name() -> None:
    """A code and a name each mean one rule, and the rules stand in the order of their codes."""
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert not [name for name, count in Counter(rule.name for rule in RULES).items() if count > 1]


def test_every_chapter_has_a_rule() -> None:
    """No chapter is empty."""
    assert {rule.code[2] for rule in RULES} == set(CHAPTERS)


def test_the_two_entries_have_no_fault(lint_files: LintFiles, newt: str, eel: str) -> None:
    """Neither the newt nor its neighbour breaks any rule, so what an example brings is the example's own."""
    assert lint_files({NEWT_FILE: newt, EEL_FILE: eel}) == []


@pytest.mark.parametrize("rule", BAD, ids=by_code)
def test_the_bad_example_is_found_where_it_stands(
    rule: Rule, lint_example: LintExample, lay_over_newt: Callable[[str], tuple[str, frozenset[int]]]
) -> None:
    """A rule's bad example gives its code, on a line of the example, and no code but those that come along with it."""
    findings = lint_example(rule.bad)
    own = [finding for finding in findings if finding.code == rule.code]
    assert own
    assert {finding.line for finding in own} <= lay_over_newt(rule.bad)[1]
    assert {finding.code for finding in findings} - {rule.code} <= COMPANIONS.get(rule.code, set()) | short(rule.bad)


@pytest.mark.parametrize("rule", BAD, ids=by_code)
def test_a_rule_says_whether_its_example_is_mended(rule: Rule, lint_example: LintExample) -> None:
    """A finding in a bad example is marked as fixable exactly where the rule says that it mends."""
    assert {finding.fixable for finding in lint_example(rule.bad) if finding.code == rule.code} == {rule.mends}


@pytest.mark.parametrize("rule", GOOD, ids=by_code)
def test_the_good_example_is_left_alone(rule: Rule, lint_example: LintExample) -> None:
    """A rule's good example gives no finding at all, but that a short answer is short."""
    assert {finding.code for finding in lint_example(rule.good)} <= short(rule.good) - {rule.code}


COMPANIONS = {
    "QT211": {"QT212"},  # the file still has the right name
    "QT302": {"QT301"},  # a fragment is short
    "QT401": {"QT403"},  # the example's id and title are the neighbour's
    "QT605": {"QT210"},  # the titles still ask the old question
    "QT611": {"QT301"},
}
"""Codes that an example cannot help bringing along."""


def short(example: str) -> set[str]:
    """Return the code that an example's answer brings along: it is a sentence, no whole answer."""
    return {"QT610"} if "answer:" in example else set()


def test_every_example_in_brackets_has_a_test() -> None:
    """A rule whose bad example no lines can show is tested by files made for it."""
    in_brackets = {rule.code for rule in RULES if not (is_text(rule.bad) and is_text(rule.good))}
    assert in_brackets == {code for code, _, _ in BROKEN} | DEDICATED


@pytest.mark.parametrize(
    ("code", "make"), [(code, make) for code, _, make in BROKEN], ids=[f"{a}-{b}" for a, b, _ in BROKEN]
)
def test_broken_bytes_are_found(
    code: str, make: Callable[[str], str | bytes], lint_files: LintFiles, newt: str
) -> None:
    """A file whose bytes break a rule gives that one code; as it was, it gave none."""
    assert [finding.code for finding in lint_files({NEWT_FILE: make(newt)})] == [code]


def test_a_latex_command_that_starts_with_f_is_no_control_character(
    found: Callable[..., list[str]],
) -> None:
    r"""``\forall`` with its backslash is text, not the form feed that a decoder makes of it."""
    assert found("QT104", answer=LONG + r"It holds $\forall x$.") == []


@pytest.mark.parametrize("kind", ["folder", "dangling-link"])
def test_what_is_no_file_is_found(kind: str, tmp_path: Path, newt: str) -> None:
    """QT100 is given for a folder or a dangling link with the name of an entry, and not for the file beside it."""
    path, file = tmp_path / "newts.md", tmp_path / NEWT_FILE
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "gone.md")
    file.write_text(newt, encoding="utf-8")
    findings = lint([path, file], Checks(selected_codes((), ()))).findings
    assert [(finding.path, finding.code) for finding in findings] == [(str(path), "QT100")]


def test_a_url_in_two_files_is_found(lint_files: LintFiles, make_entry: MakeEntry, newt: str) -> None:
    """QT140 is given for the second file with a url, and names the first."""
    other = newt.replace("id: 7", "id: 9").replace("scar", "mark")
    findings = lint_files({f"a/{NEWT_FILE}": newt, f"b/{NEWT_FILE}": other})
    assert ["/b/" in finding.path and "/a/" in finding.message for finding in findings if finding.code == "QT140"] == [
        True
    ]
    apart = make_entry("What do newts eat?", entry_id=9)
    assert lint_files({NEWT_FILE: newt, "what-do-newts-eat.md": apart}) == []


def test_a_renamed_file_is_found(lint_files: LintFiles, newt: str) -> None:
    """QT212 is given for a file that its entry calls otherwise, at the name the entry gives."""
    (finding,) = lint_files({"legs.md": newt})
    assert finding.code == "QT212"
    assert newt.split("\n")[finding.line - 1][finding.column - 1 :] == NEWT_FILE


@pytest.mark.parametrize(
    ("folder", "subject", "codes"),
    [
        ("learn/chemistry", "Biology", ["QT214"]),
        ("learn/biology", "Biology", []),
        ("learn/marine-studies", "Marine Studies", []),
        ("learn/marine_studies", "Marine Studies", ["QT214"]),
        ("drafts/chemistry", "Biology", []),
        (".", "Biology", []),
    ],
)
def test_the_wrong_folder_is_found(
    folder: str, subject: str, codes: list[str], lint_files: LintFiles, newt: str
) -> None:
    """QT214 is given below a folder ``learn`` for a folder that is not the subject's, and nowhere else."""
    text = newt.replace("Biology", subject).replace("/biology/", f"/{subject.lower().replace(' ', '-')}/")
    assert [finding.code for finding in lint_files({f"{folder}/{NEWT_FILE}": text})] == codes


def test_an_id_in_two_entries_is_found(lint_files: LintFiles, newt: str, eel: str) -> None:
    """QT216 is given for the later of two entries with one id, at that id."""
    (finding,) = lint_files({NEWT_FILE: newt, EEL_FILE: eel.replace("id: 8", "id: 7")})
    assert (finding.code, Path(finding.path).name, finding.line, finding.column) == ("QT216", EEL_FILE, 3, 5)
    assert lint_files({NEWT_FILE: newt, EEL_FILE: eel.replace("id: 8", "id: -7")}) == []


def test_a_subject_in_two_spellings_is_found(lint_files: LintFiles, make_entry: MakeEntry, newt: str, eel: str) -> None:
    """QT217 is given for the rarer spelling of a subject, at that subject, and not for two subjects."""
    odd = make_entry("What do newts eat?", entry_id=9).replace("Biology", "BIOLOGY")
    (finding,) = lint_files({"what-do-newts-eat.md": odd, NEWT_FILE: newt, EEL_FILE: eel})
    assert (finding.code, Path(finding.path).name) == ("QT217", "what-do-newts-eat.md")
    assert odd.split("\n")[finding.line - 1][finding.column - 1 :] == "BIOLOGY"
    zoology = odd.replace("BIOLOGY", "Zoology").replace("/biology/", "/zoology/")
    assert lint_files({"what-do-newts-eat.md": zoology, NEWT_FILE: newt, EEL_FILE: eel}) == []


@pytest.mark.parametrize(("words", "codes"), [(39, ["QT610"]), (40, []), (600, []), (601, ["QT610"])])
def test_answers_outside_the_bounds_are_found(words: int, codes: list[str], lint_example: LintExample) -> None:
    """QT610 is given for fewer than 40 words and for more than 600, the bounds included in neither."""
    answer = " ".join(["newt"] * (words - 1)) + " legs."
    assert [finding.code for finding in lint_example(f"answer: >-\n    {answer}")] == codes


def test_near_duplicates_are_found(lint_files: LintFiles, make_entry: MakeEntry, newt: str) -> None:
    """QT700 is given for the later of two entries that ask the same in other words, and not for another question."""
    how = make_entry("How do newts regrow legs?", entry_id=9)
    eat = make_entry("What do newts eat?", entry_id=10)
    (finding,) = lint_files({NEWT_FILE: newt, "how-do-newts-regrow-legs.md": how, "what-do-newts-eat.md": eat})
    assert (finding.code, Path(finding.path).name) == ("QT700", "how-do-newts-regrow-legs.md")
    assert NEWT_FILE in finding.message


def test_two_answers_to_one_question_are_found(lint_files: LintFiles, newt: str) -> None:
    """QT701 is given for the later of two entries with one question and two answers."""
    other = lint_twin(newt, answer=LONG.strip())
    (finding,) = lint_files({NEWT_FILE: newt, f"zoo/{NEWT_FILE}": other})
    assert (finding.code, Path(finding.path).parent.name) == ("QT701", "zoo")
    assert newt.split("\n")[finding.line - 1].strip() == "Why do newts regrow legs?"


def test_one_answer_filed_twice_is_found(lint_files: LintFiles, newt: str) -> None:
    """QT702 is given for the later of two entries with one question and one answer."""
    (finding,) = lint_files({NEWT_FILE: newt, f"zoo/{NEWT_FILE}": lint_twin(newt)})
    assert (finding.code, Path(finding.path).parent.name) == ("QT702", "zoo")


def lint_twin(newt: str, answer: str = "") -> str:
    """Return the newt as filed under another subject, with the same answer unless another is given."""
    text = newt.replace("id: 7", "id: 9").replace("Biology", "Zoology").replace("/biology/", "/zoology/")
    return re.sub(r"(?<=answer: >-\n    ).+", lambda old: answer or old.group(), text)
