"""Gates: read from a file, and judged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from scored_rows import rows_of, run_of, scored

from evals.models import Scored
from evals.reporting.junit import junit_xml
from evals.statistics import GateResults, Selector, cells_of, compare, judge_gates, read_gates
from rag.errors import ConfigurationError

SPECIFIED = """\
hard:        # absolute invariants, no statistics
  leak_violations: 0
  citation_validity: 1.0
floor:       # lower CI bound, not the mean
  content_f1[held_out_paraphrase]: {ci_low: 0.30}
  false_answer[out_of_domain]:     {ci_high: 0.15}
  recall@5[synthesis, open]:       {ci_low: 0.2, ci_high: 1}
no_worse:
  nugget_recall_vital: {margin: 0.03}
"""


def written(folder: Path, text: str) -> Path:
    """Return a file of gates."""
    file = folder / "gates.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def judged(folder: Path, text: str, rows: Sequence[Scored], baseline: Sequence[Scored] | None = None) -> GateResults:
    """Return what comes of gates over rows."""
    gates = read_gates(written(folder, text))
    differences = None if baseline is None else compare(run_of(baseline), run_of(rows), (), gates.compared)
    return judge_gates(gates, cells_of(rows), differences)


def test_gates_are_read_as_they_are_written(tmp_path: Path) -> None:
    """The three kinds of gate, with kinds and arms of cases."""
    gates = read_gates(written(tmp_path, SPECIFIED))
    assert [(str(gate.selector), gate.value) for gate in gates.hard] == [
        ("leak_violations", 0),
        ("citation_validity", 1),
    ]
    assert [(gate.ci_low, gate.ci_high) for gate in gates.floor] == [(0.3, None), (None, 0.15), (0.2, 1)]
    assert gates.floor[2].selector == Selector("recall@5", "synthesis", "open")
    assert gates.compared == (Selector("nugget_recall_vital"),)
    assert gates.no_worse[0].margin == 0.03


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hard: {leak: 0}\nsoft: {x: 1}", ":2: `soft` is no kind of gate: hard, floor, no_worse"),
        ("hard:\n  leak: none", ":2: the value must be a number"),
        ("hard:\n  leak: true", ":2: the value must be a number"),
        ("hard:\n  leak: .nan", ":2: the value must be a number"),
        ("hard:\n  leak: 0\n  leak: 1", ":3: `hard` has `leak` twice"),
        ("hard: 3", ":1: `hard` must be a mapping"),
        ("- hard", ":1: the file must be a mapping"),
        ("floor:\n  f1: 0.3", ":2: `f1` must be a mapping"),
        ("floor:\n  f1: {}", ":2: `f1` is empty; give ci_low or ci_high"),
        ("floor:\n  f1: {low: 1}", ":2: `f1` has `low`; it takes ci_low or ci_high"),
        ("floor:\n  f1[paraphrase]: {ci_low: 1}", ":2: 'paraphrase' is neither a kind (known_item,"),
        ("floor:\n  'f1[open, held_out]': {ci_low: 1}", ":2: 'f1[open, held_out]' must name one kind, one arm"),
        ("floor:\n  'f1 of all': {ci_low: 1}", ":2: 'f1 of all' is no metric"),
        ("no_worse:\n  f1: {margin: -0.1}", ":2: the margin of `f1` is -0.1; give how much worse"),
        ("hard: [", "is no YAML"),
        ("", "holds no gates"),
        ("hard: {}", "holds no gates"),
    ],
)
def test_bad_gates_are_told_with_their_line(tmp_path: Path, text: str, told: str) -> None:
    """Whatever is wrong with a file of gates is said with its line and what to write."""
    with pytest.raises(ConfigurationError) as caught:
        read_gates(written(tmp_path, text))
    assert told in str(caught.value)
    assert "gates.yaml" in str(caught.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Two mistakes are two lines; a file that is not there is told by name."""
    with pytest.raises(ConfigurationError) as caught:
        read_gates(written(tmp_path, "hard: {leak: none}\nfloor: {f1: 1}"))
    assert len(str(caught.value).splitlines()) == 2
    with pytest.raises(ConfigurationError, match=r"absent\.yaml: cannot be read"):
        read_gates(tmp_path / "absent.yaml")


@pytest.mark.parametrize(("values", "outcome", "code"), [([0.0] * 9, "pass", 0), ([0.0] * 8 + [1.0], "fail", 2)])
def test_hard_gates_hold_for_every_case(tmp_path: Path, values: list[float], outcome: str, code: int) -> None:
    """One case that breaks an invariant fails the gate."""
    found = judged(tmp_path, "hard: {leak_violations: 0}", rows_of("leak_violations", values))
    assert [result.outcome for result in found.results] == [outcome]
    assert found.exit_code == code


def test_floors_are_held_by_the_interval_not_the_mean(tmp_path: Path) -> None:
    """A mean above the floor fails while its interval reaches below it."""
    rows = rows_of("content_f1", [0.2, 0.6] * 20)
    cell = cells_of(rows)[Selector("content_f1")]
    assert cell.scored is not None
    assert cell.scored.interval is not None
    low, high = cell.scored.interval.low, cell.scored.interval.high
    for text, outcome in [
        (f"ci_low: {low - 0.001}", "pass"),
        (f"ci_low: {low + 0.001}", "fail"),
        (f"ci_high: {high + 0.001}", "pass"),
        (f"ci_high: {high - 0.001}", "fail"),
        (f"ci_low: 0, ci_high: {high - 0.001}", "fail"),
    ]:
        assert judged(tmp_path, f"floor: {{content_f1: {{{text}}}}}", rows).results[0].outcome == outcome, text


def test_a_gate_reads_the_cases_of_its_kind_and_arm(tmp_path: Path) -> None:
    """Cases of another kind or arm are nothing to it."""
    rows = [
        *rows_of("content_f1", [0.75, 0.85] * 13),
        *rows_of("content_f1", [0.1] * 25, arm="held_out"),
        *rows_of("content_f1", [0.1] * 25, kind="control"),
    ]
    floors = "floor: {'content_f1[synthesis, open]': {ci_low: 0.7}, 'content_f1[synthesis]': {ci_low: 0.7}}"
    assert [result.outcome for result in judged(tmp_path, floors, rows).results] == ["pass", "fail"]


def test_a_run_with_too_little_scored_is_invalid(tmp_path: Path) -> None:
    """Below 98 % scored the run is invalid, also where the gate would fail; at 98 % it is judged."""
    for n_scored, n_eligible, code in ((39, 40, 3), (49, 50, 2)):
        rows = rows_of("content_f1", [0.1] * n_scored)
        rows += [scored(f"x{n}", {}, unscored={"content_f1": "judge: cut short"}) for n in range(n_eligible - n_scored)]
        found = judged(tmp_path, "floor: {content_f1: {ci_low: 0.5}}", rows)
        assert found.exit_code == code
        assert "judge: cut short" in found.results[0].told


def test_a_crash_is_the_worst_value_of_a_gate(tmp_path: Path) -> None:
    """One reply in a hundred that crashed breaks an invariant, and lowers a mean; a judge's silence does neither."""
    for reason, outcome in (("system: crashed", "fail"), ("judge: cut short", "pass")):
        rows = [*rows_of("citation_validity", [1.0] * 99), scored("x", {}, unscored={"citation_validity": reason})]
        assert judged(tmp_path, "hard: {citation_validity: 1}", rows).results[0].outcome == outcome


def test_a_metric_that_is_not_there_is_no_pass(tmp_path: Path) -> None:
    """A gate over nothing, such as of a misspelt metric, makes the run invalid."""
    found = judged(tmp_path, "floor: {contents_f1: {ci_low: 0.1}}", rows_of("content_f1", [0.5] * 30))
    assert (found.results[0].outcome, found.exit_code) == ("invalid", 3)


@pytest.mark.parametrize(
    ("after", "outcome", "code"),
    [([0.5, 0.7] * 20, "pass", 0), ([0.3, 0.5] * 20, "fail", 2), ([0.6, 0.5] * 20, "inconclusive", 2)],
)
def test_no_worse_than_the_baseline(tmp_path: Path, after: list[float], outcome: str, code: int) -> None:
    """What cannot be told is neither pass nor failure, ends like one, and says how many cases would settle it."""
    text, before = "no_worse: {grounding: {margin: 0.06}}", rows_of("grounding", [0.5, 0.7] * 20)
    found = judged(tmp_path, text, rows_of("grounding", after), before)
    assert (found.results[0].outcome, found.exit_code) == (outcome, code)
    assert ("would settle it" in found.results[0].told) == (outcome == "inconclusive")


def test_no_worse_needs_a_baseline(tmp_path: Path) -> None:
    """Without a run to compare with, the gate is not passed over in silence."""
    found = judged(tmp_path, "no_worse: {grounding: {margin: 0.1}}", rows_of("grounding", [0.5] * 30))
    assert found.exit_code == 3
    assert "baseline" in found.results[0].told


def test_junit_shows_each_gate(tmp_path: Path) -> None:
    """Failures, and what is invalid as errors, stand in JUnit's XML with what was told; it never differs."""
    rows = rows_of("content_f1", [0.5, 0.6] * 15)
    text = "hard: {content_f1: 1, absent: 0}\nfloor: {content_f1: {ci_low: 0.1}}"
    found = judged(tmp_path, text, rows)
    suite = ET.fromstring(junit_xml(found))[0]  # noqa: S314 our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    assert [(case.get("classname"), case.get("name"), case[0].tag) for case in suite] == [
        ("gates.hard", "content_f1", "failure"),
        ("gates.hard", "absent", "error"),
        ("gates.floor", "content_f1", "system-out"),
    ]
    assert suite[0][0].get("message") == found.results[0].told
    assert junit_xml(found) == junit_xml(judged(tmp_path, text, rows[::-1]))


def test_what_has_no_better_side_cannot_get_worse(tmp_path: Path) -> None:
    """No value of an answer's length is better than another, so no gate can say that it got worse."""
    with pytest.raises(ConfigurationError, match=":2: of `words` no value is better"):
        read_gates(written(tmp_path, "no_worse:\n  words: {margin: 1}"))


def test_a_judge_that_may_not_gate_makes_the_run_invalid(tmp_path: Path) -> None:
    """A gate on a barred metric is neither passed nor failed; the others are as without it."""
    rows = rows_of("judge_support", [1.0] * 30)
    gates = read_gates(written(tmp_path, "hard: {judge_support: 1}"))
    assert judge_gates(gates, cells_of(rows), None).exit_code == 0
    barred = judge_gates(gates, cells_of(rows), None, ["judge_support"])
    assert (barred.exit_code, barred.results[0].outcome) == (3, "invalid")
