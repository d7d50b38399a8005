"""A run over many files: each checked by itself, all of them together, on one processor or on several."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_entries import (
    DESCRIPTION,
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
    run,
    stamp,
    write_entries,
    write_entry,
)

from rag.corpus import CorpusConfig, find_files
from rag.errors import ConfigurationError
from rag.linting import RULES, Checks, lint, linter, selected_codes
from rag.linting.near_duplicates import near_duplicates

ALL = selected_codes((), ())


def _small_corpus(folder: Path, count: int) -> list[Path]:
    """Write entries with faults of their own, faults that take two to find, and a few that cannot be read."""
    texts: dict[str, str] = {}
    for number in range(count):
        question = f"What is a thing called w{number}?"
        links = [(number + 1, f"What is a thing called w{number + 1}?")] if number % 4 == 0 else []
        text = made_text(question, number=number // 5 * 5, links=links)
        if number % 3 == 0:
            text = exchange(text, "author: QuickTakes", "author: Somebody")
        if number % 7 == 0:
            text = "\ufeff" + text
        if number % 11 == 0:
            text = text.replace("id:", "number:")
        texts[f"{number % 2}/what-is-a-thing-called-w{number}.md"] = text
    return write_entries(folder, texts)


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have two processors, and return a list that gets the number of each pool's processes."""
    pools: list[int] = []

    class Pool(linter.ProcessPoolExecutor):
        def __init__(self, max_workers: int, **others: Any) -> None:
            pools.append(max_workers)
            super().__init__(max_workers, **others)

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(linter, "ProcessPoolExecutor", Pool)
    return pools


def test_findings_are_sorted(tmp_path: Path) -> None:
    """By path, line and column, whether one file or several show them, and in whatever order the files are given."""
    files = _small_corpus(tmp_path, 40)

    findings = check(files[::-1])

    places = [(finding.path, finding.line, finding.column, finding.code) for finding in findings]
    assert places == sorted(places)
    assert {"QT102", "QT202", "QT216", "QT400", "QT403"} <= set(codes_of(findings))


def test_several_processes_find_what_one_does(tmp_path: Path, two_processors: list[int]) -> None:
    """600 files are checked by a pool of two, and in one process by a limit above them: the reports are equal."""
    files = _small_corpus(tmp_path, 600)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(linter, "_FEW", 601)
        alone = run(files, Checks(ALL))
    assert two_processors == []
    together = run(files, Checks(ALL))

    assert two_processors == [2]
    assert together == alone
    assert len(alone.findings) > 600


def test_several_processes_mend_what_one_does(
    tmp_path: Path, two_processors: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts, findings and files are the same, however many processes wrote them."""
    one, two = _small_corpus(tmp_path / "one", 30), _small_corpus(tmp_path / "two", 30)

    alone = mend(one)
    monkeypatch.setattr(linter, "_FEW", 1)
    monkeypatch.setattr(linter, "_CHUNK", 7)
    together = mend(two)

    assert set(two_processors) == {2}
    assert [read(path) for path in two] == [read(path) for path in one]
    assert [mended.after for mended in together.mended] == [mended.after for mended in alone.mended]
    assert len(together.mended) > 10
    assert codes_of(together.findings) == codes_of(alone.findings)


def test_bounds_and_patterns_reach_every_process(
    tmp_path: Path, two_processors: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The corpus's settings hold for files that another process checks."""
    files = _small_corpus(tmp_path, 10)
    monkeypatch.setattr(linter, "_FEW", 1)
    monkeypatch.setattr(linter, "_CHUNK", 3)

    findings = check(files, ["QT305"], keywords=(5, 9), folder=tmp_path, ignore_in={"0/*": ("QT305",)})

    assert two_processors == [2]
    assert {finding.path.rpartition("/")[0] for finding in findings} == {str(tmp_path / "1")}


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
def test_progress_ends_with_all_files(tmp_path: Path, count: int) -> None:
    """Each call names the number of files, the count only grows, and the last call is that of all."""
    files = write_entries(tmp_path, dict.fromkeys([f"{number}.md" for number in range(count)], ""))
    calls: list[tuple[int, int]] = []

    lint(files, Checks(ALL), lambda done, total: calls.append((done, total)))

    assert calls[-1] == (count, count)
    assert {total for _, total in calls} == {count}
    assert [done for done, _ in calls] == sorted({done for done, _ in calls})


def test_progress_of_several_processes_ends_with_all_files(
    tmp_path: Path, two_processors: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool tells of its progress as one process does."""
    files = write_entries(tmp_path, dict.fromkeys([f"{number}.md" for number in range(10)], ""))
    monkeypatch.setattr(linter, "_FEW", 1)
    monkeypatch.setattr(linter, "_CHUNK", 4)
    calls: list[tuple[int, int]] = []

    lint(files, Checks(ALL), lambda done, total: calls.append((done, total)))

    assert two_processors == [2]
    assert calls == [(4, 10), (8, 10), (10, 10)]


def test_no_files_are_no_findings() -> None:
    """A run over nothing is a run."""
    report = lint([], Checks(ALL))

    assert (report.files, report.findings, report.mended) == (0, (), ())


def _directory(path: Path) -> None:
    path.mkdir()


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _other_encoding(path: Path) -> None:
    path.write_bytes("---\ntitle: café\n".encode("latin-1"))


def _large(path: Path) -> None:
    path.write_bytes(b"-" * (1024 * 1024 + 1))


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _empty(path: Path) -> None:
    path.touch()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (_directory, "QT100"),
        (_dangling, "QT100"),
        (_loop, "QT100"),
        (_pipe, "QT100"),
        (_other_encoding, "QT101"),
        (_large, "QT105"),
        (_empty, "QT106"),
    ],
)
@pytest.mark.parametrize("mends", [False, True])
def test_a_file_that_cannot_be_read_hides_no_other(tmp_path: Path, make: Any, code: str, *, mends: bool) -> None:
    """It is one finding; the files before and after it are checked, and mended, as if it were not there."""
    odd = exchange(made_text(), "author: QuickTakes", "author: Somebody")
    before = write_entry(tmp_path / "a", odd)
    after = write_entry(tmp_path / "z", odd.replace(QUESTION, OTHER), OTHER)
    make(tmp_path / "m.md")

    report = run(tmp_path, Checks(frozenset({code, "QT202"}), mend=mends, write=mends))

    found = [(finding.path, finding.code) for finding in report.findings]
    left = [] if mends else [(str(before), "QT202"), (str(after), "QT202")]
    assert found == sorted([*left, (str(tmp_path / "m.md"), code)])
    assert [mended.path for mended in report.mended] == ([before, after] if mends else [])
    assert report.files == 3


def test_a_name_that_is_not_utf_8_is_a_finding(tmp_path: Path) -> None:
    """The name is shown with escapes, so that the finding can be printed; the other file is checked."""
    good = write_entry(tmp_path, exchange(made_text(), "author: QuickTakes", "author: Somebody"))
    odd = os.fsencode(tmp_path) + b"/caf\xe9.md"
    Path(os.fsdecode(odd)).write_text(made_text(OTHER), encoding="utf-8")

    report = mend(tmp_path, ["QT100"])
    findings = check(tmp_path, ["QT1", "QT2"])

    assert [(finding.path, finding.code) for finding in findings] == [
        (f"{tmp_path}/caf\\xe9.md", "QT100"),
        (str(good), "QT202"),
    ]
    assert codes_of(report.findings) == ["QT100"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_a_finding(tmp_path: Path) -> None:
    """It hides no other."""
    good = write_entry(tmp_path, exchange(made_text(), "author: QuickTakes", "author: Somebody"))
    (closed,) = write_entries(tmp_path, {"a.md": made_text(OTHER)})
    closed.chmod(0)

    findings = check(tmp_path, ["QT1", "QT202"])

    assert [(finding.path, finding.code) for finding in findings] == [(str(closed), "QT100"), (str(good), "QT202")]


def test_a_broken_entry_is_no_neighbour(tmp_path: Path) -> None:
    """An entry that cannot be read is no target of a link; once mended it is, in the same run."""
    write_entry(tmp_path, made_text(links=[(7, OTHER)]))
    write_entry(tmp_path, "\ufeff" + made_text(OTHER, number=7), OTHER)

    assert codes_of(check(tmp_path)) == ["QT102", "QT400"]
    assert mend(tmp_path).findings == ()


def test_a_failed_write_ends_the_run_and_leaves_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files before the failure are mended whole; the one that could not be written is as it was; no other is left."""
    odd = exchange(made_text(), "author: QuickTakes", "author: Somebody")
    files = write_entries(tmp_path, {"a.md": odd, "b.md": odd, "c.md": odd})
    replace = os.replace

    def fail(source: Any, target: Any) -> None:
        if Path(target).name == "b.md":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail)

    with pytest.raises(ConfigurationError, match=r"b\.md: No space left"):
        mend(files, ["QT202"])

    assert [read(path) for path in files] == [made_text(), odd, odd]
    assert sorted(tmp_path.iterdir()) == files


def test_a_link_to_a_file_is_mended_in_its_place(tmp_path: Path) -> None:
    """A symbolic link stays one, and the file it names is mended."""
    odd = exchange(made_text(), "author: QuickTakes", "author: Somebody")
    (target,) = write_entries(tmp_path / "elsewhere", {"a.md": odd})
    link = tmp_path / "corpus" / "a.md"
    link.parent.mkdir()
    link.symlink_to(target)

    mend([link], ["QT202"])

    assert link.is_symlink()
    assert read(target) == made_text()


# Which rules run


@pytest.mark.parametrize(
    ("select", "ignore", "wanted"),
    [
        (["QT202"], [], {"QT202"}),
        (["QT20"], ["QT200", "QT201"], {"QT202", "QT203", "QT204", "QT205"}),
        (["QT40", "QT303"], ["QT4"], {"QT303"}),
        (["QT"], ["QT1", "QT2", "QT3", "QT4", "QT5", "QT6", "QT700", "QT701"], {"QT702"}),
        ([], ["QT"], set()),
        ([], [], {rule.code for rule in RULES}),
    ],
)
def test_codes_are_chosen_by_how_they_begin(select: list[str], ignore: list[str], wanted: set[str]) -> None:
    """All that begin with one of the selected, but those that begin with one of the ignored."""
    assert selected_codes(select, ignore) == wanted


@pytest.mark.parametrize("code", ["QT999", "QT8", "Q T", "202", "", "qt202", "QT2020"])
@pytest.mark.parametrize("ignored", [False, True])
def test_a_code_that_no_rule_has_is_refused(code: str, *, ignored: bool) -> None:
    """A slip would silently run everything, or nothing."""
    select, ignore = (["QT202"], [code]) if ignored else (["QT202", code], [])
    with pytest.raises(ConfigurationError) as refused:
        selected_codes(select, ignore)
    assert repr(code) in str(refused.value)


def _faulty_corpus(folder: Path) -> list[Path]:
    """Write two entries, each with a fault of its own and both with one that takes both to find."""
    odd = exchange(exchange(made_text(), "author: QuickTakes", "author: Somebody"), "2026-01-31", "2999-01-31")
    texts = {"drafts/a/one.md": odd, "drafts/two.md": odd.replace(QUESTION, OTHER), "three.md": odd}
    return write_entries(folder, texts)


def test_only_selected_rules_find(tmp_path: Path) -> None:
    """Rules for one file and rules for all of them are chosen alike."""
    files = _faulty_corpus(tmp_path)

    assert codes_of(check(files, ["QT202"])) == ["QT202"] * 3
    assert codes_of(check(files, ["QT216"])) == ["QT216"] * 2
    assert codes_of(check(files, ["QT2"], ["QT21"])) == ["QT202"] * 3
    assert check(files, ["QT5"]) == []


@pytest.mark.parametrize(
    ("patterns", "wanted"),
    [
        ({"drafts/*": ("QT202",)}, ["three.md"]),
        ({"drafts/two.md": ("QT202",)}, ["drafts/a/one.md", "three.md"]),
        ({"*.md": ("QT202",)}, []),
        ({"*": ("QT2",)}, []),
        ({"*two*": ("QT20",), "three.md": ("QT202",)}, ["drafts/a/one.md"]),
        ({"drafts/*": ("QT3",)}, ["drafts/a/one.md", "drafts/two.md", "three.md"]),
        ({"other/*": ("QT202",)}, ["drafts/a/one.md", "drafts/two.md", "three.md"]),
        ({}, ["drafts/a/one.md", "drafts/two.md", "three.md"]),
    ],
)
def test_patterns_leave_rules_out_by_file(
    tmp_path: Path, patterns: dict[str, tuple[str, ...]], wanted: list[str]
) -> None:
    """What begins so is left out in the files that a pattern matches, counted from the folder of the settings."""
    findings = check(_faulty_corpus(tmp_path), ["QT202"], folder=tmp_path, ignore_in=patterns)

    assert sorted(finding.path for finding in findings) == sorted(str(tmp_path / name) for name in wanted)


def test_patterns_leave_out_rules_for_all_files(tmp_path: Path) -> None:
    """A finding that takes several files is left out where it would be shown, not where its other half stands."""
    files = _faulty_corpus(tmp_path)

    left = check(files, ["QT216"], folder=tmp_path, ignore_in={"drafts/*": ("QT216",)})
    none = check(files, ["QT216"], folder=tmp_path, ignore_in={"*o*": ("QT216",), "three.md": ("QT216",)})

    assert [finding.path for finding in left] == [str(files[2])]
    assert none == []


def test_patterns_leave_out_unreadable_files(tmp_path: Path) -> None:
    """What stops a file from being read can be left out by file as well."""
    files = write_entries(tmp_path, {"drafts/a.md": "", "b.md": "", "drafts/c.md": b"\xff"})

    findings = check(files, folder=tmp_path, ignore_in={"drafts/*": ("QT106", "QT101")})

    assert [finding.path for finding in findings] == [str(files[1])]


def test_what_a_pattern_leaves_out_is_not_mended(tmp_path: Path) -> None:
    """Neither in the file by itself nor in its links."""
    odd = exchange(made_text(links=[(70, OTHER)]), "author: QuickTakes", "author: Somebody")
    path = write_entry(tmp_path, odd)
    write_entry(tmp_path, made_text(OTHER, number=7), OTHER)
    before = stamp(path)
    config = CorpusConfig(folder=tmp_path, ignore_in={"why-*": ("QT202", "QT403")})

    report = run(tmp_path, Checks(ALL, config, mend=True, write=True))

    assert (report.findings, report.mended) == ((), ())
    assert stamp(path) == before


def test_patterns_are_counted_from_the_real_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is matched alike however its path is given."""
    _faulty_corpus(tmp_path)
    monkeypatch.chdir(tmp_path / "drafts")

    findings = check(
        [Path("two.md"), Path("../three.md")], ["QT202"], folder=tmp_path, ignore_in={"drafts/*": ("QT202",)}
    )

    assert [finding.path for finding in findings] == ["../three.md"]


# Rules for all entries together


def test_a_link_is_looked_for_among_all_files_given(tmp_path: Path) -> None:
    """The target may come before or after the entry that links to it, from any folder."""
    first = write_entry(tmp_path / "a", made_text(links=[(7, OTHER)]))
    second = write_entry(tmp_path / "b", made_text(OTHER, number=7, links=[(1, QUESTION), (9, THIRD)]), OTHER)

    (finding,) = check([second, first])

    assert (finding.path, finding.code) == (str(second), "QT400")
    assert finding.line == line_of(read(second), "    url: /learn/biology/questions/what-makes-honey")


def test_an_entry_alone_has_no_neighbours(tmp_path: Path) -> None:
    """What two files show together neither of them shows alone."""
    files = write_entries(tmp_path, {f"{name}/{QUESTION}.md": made_text() for name in "ab"})

    assert {"QT140", "QT216"} <= set(codes_of(check(files)))
    assert not {"QT140", "QT216"} & set(codes_of(check(files[:1])))


def test_the_rest_of_the_corpus_is_known_and_not_checked(tmp_path: Path) -> None:
    """Links and ids are checked against the files beside; what is wrong in those themselves is not told."""
    (path,) = write_entries(tmp_path, {"z.md": made_text(number=7, links=[(70, OTHER), (9, THIRD)])})
    beside = write_entries(
        tmp_path,
        {
            "broken.md": "",
            "a.md": exchange(made_text(OTHER, number=7, links=[(1, "What is gone?")]), "QuickTakes\n", "Somebody\n"),
        },
    )
    codes = selected_codes(["QT1", "QT216", "QT4", "QT202"], ())

    findings = lint([path], Checks(codes), beside=beside).findings
    alone = lint([path], Checks(codes)).findings

    assert {finding.path for finding in findings} == {str(path)}
    assert sorted(codes_of(findings)) == ["QT216", "QT400", "QT403"]
    assert sorted(codes_of(alone)) == ["QT400", "QT400"]


def test_the_rest_of_the_corpus_is_not_mended(tmp_path: Path) -> None:
    """A link is made like a known entry, and the file of that is not written whatever its faults."""
    (path,) = write_entries(tmp_path, {"z.md": made_text(links=[(70, OTHER)])})
    beside = write_entries(
        tmp_path, {"a.md": exchange(made_text(OTHER, number=7), "QuickTakes\n", "Somebody\n"), "b.md": "\ufeff"}
    )
    before = [stamp(each) for each in beside]

    report = lint([path], Checks(ALL - {"QT212"}, mend=True, write=True), beside=beside)

    assert report.findings == ()
    assert [mended.path for mended in report.mended] == [path]
    assert read(path) == made_text(links=[(7, OTHER)])
    assert [stamp(each) for each in beside] == before


def test_progress_counts_the_rest_of_the_corpus(tmp_path: Path) -> None:
    """Files beside are read too, so they are counted; the report counts the files checked alone."""
    files = write_entries(tmp_path, dict.fromkeys(["a.md", "b.md", "c.md"], ""))
    calls: list[tuple[int, int]] = []

    report = lint(files[:1], Checks(ALL), lambda done, total: calls.append((done, total)), beside=files[1:])

    assert calls == [(2, 3), (3, 3)]
    assert report.files == 1


# Sets that are nearly the same

_LETTERS = "abcdefghij"


def _weight(terms: set[str], weights: dict[str, float]) -> float:
    return math.fsum(weights[term] for term in terms)


def _brute_force(sets: Sequence[set[str]], least: float) -> list[tuple[int, int, float]]:
    """Compare every pair, by the formula that the module documents."""
    counts = Counter(term for terms in sets for term in terms)
    weights = {term: math.log(1 + len(sets) / count) for term, count in counts.items()}
    found: list[tuple[int, int, float]] = []
    for later, terms in enumerate(sets):
        for earlier in range(later):
            if union := terms | sets[earlier]:
                similarity = _weight(terms & sets[earlier], weights) / _weight(union, weights)
                if similarity >= least:
                    found.append((earlier, later, similarity))
    return found


_SETS = st.lists(st.sets(st.sampled_from(_LETTERS)), max_size=12)


@settings(deadline=None, max_examples=500)
@given(sets=_SETS, least=st.floats(0.01, 1))
def test_near_duplicates_are_those_of_all_pairs(sets: list[set[str]], least: float) -> None:
    """The same pairs with the same similarity in the same order as comparing each with each gives, empty sets too."""
    assert list(near_duplicates(sets, least)) == _brute_force(sets, least)


@settings(deadline=None, max_examples=300)
@given(sets=_SETS, data=st.data())
def test_near_duplicates_hold_the_pair_that_is_just_similar_enough(sets: list[set[str]], data: st.DataObject) -> None:
    """A pair whose similarity is the very bound is among them."""
    similarities = sorted({similarity for *_, similarity in _brute_force(sets, 0.01)})
    if similarities:
        least = data.draw(st.sampled_from(similarities))
        assert list(near_duplicates(sets, least)) == _brute_force(sets, least)


def test_near_duplicates_weigh_rare_terms_more() -> None:
    """Two sets that share what all have are less alike than two that share what no other has."""
    sets = [{"cell", "wall"}, {"cell", "osmosis"}, {"cell", "mitosis", "spindle"}, {"mitosis", "spindle"}, {"cell"}]

    found = {(earlier, later) for earlier, later, _ in near_duplicates(sets, 0.5)}

    assert found == {(2, 3)}


def test_the_lint_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    """The count of files is reported, readable or not, and hidden ones are none."""
    write_entries(tmp_path, {"a.md": made_text(), "b.md": "", ".c.md": "", "README.md": "", "d/e.md": made_text(OTHER)})

    report = run(tmp_path, Checks(ALL))

    assert report.files == 3
    assert report == lint(find_files(tmp_path), Checks(ALL))
    assert DESCRIPTION not in str(report.findings)
