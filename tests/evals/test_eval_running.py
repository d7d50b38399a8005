"""Runs that stop and go on: nothing is asked twice, nothing is lost, and nothing is mixed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from small_runs import Scripted, asking, new_run, osmosis_case

from evals.cases import read_cases
from evals.errors import RunInvalidError, RunStateError
from evals.models import Arm, Case, Reply, Scored
from evals.running import (
    RunFolder,
    Task,
    answer_tasks,
    list_runs,
    manifest_of,
    read_lines,
    replies_of,
    resume_run,
    score_run,
    write_answers,
)
from evals.running.lines import append_line, line_of, write_lines
from rag.corpus import read_entry

CASES = [osmosis_case(name) for name in ("one", "two", "three")]


def scorer(case: Case, reply: Reply) -> Scored:
    """Score a reply by its length."""
    return Scored(
        case=case.url,
        arm=reply.arm,
        repeat=reply.repeat,
        kind=case.kind,
        cluster=case.cluster,
        split=case.split,
        author=case.author,
        metrics={"length": len(reply.text) / 3},
    )


def test_a_run_that_was_stopped_asks_only_what_is_missing(tmp_path: Path) -> None:
    """Ctrl-C at the second case: what was replied before stands, and is not asked for again."""
    run, tasks = new_run(tmp_path, CASES, Scripted())
    stopped = Scripted(stops=CASES[1].url)
    with pytest.raises(KeyboardInterrupt):
        answer_tasks(asking(run, stopped))
    assert 0 < len(stopped.asked) < len(tasks)

    again = Scripted()
    assert answer_tasks(asking(run, again)) == len(again.asked) == len(tasks) - len(stopped.asked)
    assert not set(again.asked) & set(stopped.asked)
    assert answer_tasks(asking(run, Scripted())) == 0
    assert [task for _, task, _ in replies_of(run)] == tasks


def test_a_last_line_that_was_cut_is_asked_for_again(tmp_path: Path) -> None:
    """A kill amid a write leaves half a line; the next one does not join it."""
    run, tasks = new_run(tmp_path, CASES, Scripted())
    answer_tasks(asking(run, Scripted()))
    whole = run.replies.read_bytes()
    run.replies.write_bytes(whole[:-20])
    assert len(run.kept_replies()) == len(tasks) - 1

    assert answer_tasks(asking(run, Scripted())) == 1
    assert run.replies.read_bytes() == whole


def test_a_line_is_on_the_disk_before_the_next_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is whole when it is put there: what is still in the process is lost with it."""
    file, seen = tmp_path / "lines.jsonl", list[str]()
    monkeypatch.setattr("os.fsync", lambda _: seen.append(file.read_text(encoding="utf-8")))
    with file.open("a", encoding="utf-8") as opened:
        append_line(opened, "{}\n")
    assert seen == ["{}\n"]


def test_a_whole_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its content first, then its name, so that a loss of power leaves the file before, or this one."""
    file, seen = tmp_path / "lines.jsonl", list[bool]()
    monkeypatch.setattr("os.fsync", lambda _: seen.append(file.exists()))
    write_lines(file, ["{}\n"])
    assert seen == [False, True]


def test_a_kill_before_the_plan_is_written_leaves_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest comes last: a run that has one has all that it needs to go on."""

    def stop_at_plan(file: Path, lines: Iterable[str]) -> None:
        if file.name == "plan.jsonl":
            raise KeyboardInterrupt
        write_lines(file, lines)

    monkeypatch.setattr("evals.running.folder.write_lines", stop_at_plan)
    with pytest.raises(KeyboardInterrupt):
        new_run(tmp_path, CASES, Scripted())
    assert list_runs(tmp_path / "runs") == []


def test_another_line_that_is_no_json_is_told(tmp_path: Path) -> None:
    """With the file and the line to delete: it is nothing that a kill leaves."""
    run, _ = new_run(tmp_path, CASES, Scripted())
    run.replies.write_text('{"key": \n{}\n', encoding="utf-8")
    with pytest.raises(RunStateError, match=r"answers\.jsonl:1 is not JSON"):
        answer_tasks(asking(run, Scripted()))


def test_a_reply_that_failed_is_asked_for_again(tmp_path: Path) -> None:
    """It is kept as an error, which the later reply stands in for."""
    run, tasks = new_run(tmp_path, CASES, Scripted(), arms=["held_out"])
    assert answer_tasks(asking(run, Scripted(fails={CASES[0].url}))) == len(tasks)
    failed = next(reply for reply in run.kept_replies().values() if reply.case == CASES[0].url)
    assert failed.error == "ProviderUnavailableError: the model is away"
    assert failed.excluded

    again = Scripted()
    assert answer_tasks(asking(run, again)) == 1
    assert again.asked == [(CASES[0].url, "held_out", 0)]
    assert all(reply.text and not reply.error for _, _, reply in replies_of(run))


def test_a_run_goes_on_only_as_it_began(tmp_path: Path) -> None:
    """Another corpus, system, case, plan or package is named, and the run is left as it is."""
    run, tasks = new_run(tmp_path, CASES, Scripted())
    cases = list(read_cases(tmp_path / "cases").cases.values())
    resume_run(run, manifest_of(cases, tasks, Scripted(), {"corpus": "c"}))

    changed = {
        r"hashes\.corpus": manifest_of(cases, tasks, Scripted(), {"corpus": "another"}),
        r"hashes\.cases": manifest_of([*cases[:-1], osmosis_case("three")], tasks, Scripted(), {"corpus": "c"}),
        r"hashes\.plan": manifest_of(cases, tasks[:-1], Scripted(), {"corpus": "c"}),
        r"system\.fingerprint": manifest_of(cases, tasks, Scripted(fingerprint="scripted:2"), {"corpus": "c"}),
        r"packages\.numpy": {**run.told(), "packages": {**run.told()["packages"], "numpy": "0.1"}},
    }
    for name, manifest in changed.items():
        with pytest.raises(RunStateError, match=rf"cannot go on.*{name}.*begin a new run"):
            resume_run(run, manifest)


def test_a_run_does_not_go_on_with_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's own files are hashed, so half a run of each of two versions is never taken for one."""
    run, tasks = new_run(tmp_path, CASES, Scripted())
    monkeypatch.setattr("evals.running.folder.code_hash", lambda: "another")
    cases = list(read_cases(tmp_path / "cases").cases.values())
    with pytest.raises(RunStateError, match=r"hashes\.code"):
        resume_run(run, manifest_of(cases, tasks, Scripted(), {"corpus": "c"}))


def test_a_run_that_leaked_does_not_go_on(tmp_path: Path) -> None:
    """One leak makes the whole run invalid, whatever is replied later."""
    run, tasks = new_run(tmp_path, CASES, Scripted())
    leak = {"case": CASES[0].url, "arm": "held_out", "repeat": 0, "leak": "it was cited"}
    run.errors.write_text(line_of(leak), encoding="utf-8")
    cases = list(read_cases(tmp_path / "cases").cases.values())
    with pytest.raises(RunInvalidError, match="it was cited"):
        resume_run(run, manifest_of(cases, tasks, Scripted(), {"corpus": "c"}))


def test_nothing_is_scored_of_half_a_run(tmp_path: Path) -> None:
    """The command that ends it is told."""
    run, _ = new_run(tmp_path, CASES, Scripted())
    with pytest.raises(KeyboardInterrupt):
        answer_tasks(asking(run, Scripted(stops=CASES[2].url)))
    with pytest.raises(RunStateError, match=r"--resume"):
        score_run(run, replies_of(run), scorer)
    assert not run.scores.exists()


def test_equal_replies_give_equal_bytes(tmp_path: Path) -> None:
    """Scores are in the order of the plan with sorted keys and six decimals, in whatever order replies came."""
    run, tasks = new_run(tmp_path, CASES, Scripted())
    with pytest.raises(KeyboardInterrupt):
        answer_tasks(asking(run, Scripted(stops=CASES[0].url)))
    answer_tasks(asking(run, Scripted()))
    score_run(run, replies_of(run), scorer)
    first = run.scores.read_bytes()

    lines = run.replies.read_text(encoding="utf-8").splitlines(keepends=True)
    run.replies.write_text("".join(reversed(lines)), encoding="utf-8")
    score_run(run, replies_of(run), scorer)
    assert run.scores.read_bytes() == first
    assert [(line["case"], line["arm"]) for line in read_lines(run.scores)] == [(one.case, one.arm) for one in tasks]
    assert b'"length": 4.0' in first
    assert b"seconds" not in first


def test_tasks_are_told_apart_by_what_they_hide(tmp_path: Path) -> None:
    """Two arms and two repeats of three cases are twelve replies, each under a key of its own."""
    run, tasks = new_run(tmp_path, CASES, Scripted(), repeats=2)
    answer_tasks(asking(run, Scripted()))
    assert len(tasks) == len(run.kept_replies()) == 12
    assert {bool(task.excluded) for task in tasks if task.arm == "held_out"} == {True}
    assert {task.excluded for task in tasks if task.arm == "open"} == {()}


def test_a_folder_without_a_manifest_is_no_run(tmp_path: Path) -> None:
    """A kill before it is written leaves a folder that is not listed, and that says so."""
    run, _ = new_run(tmp_path, CASES, Scripted())
    assert list_runs(tmp_path / "runs") == [run]
    manifest = json.loads(run.manifest.read_text(encoding="utf-8"))
    assert manifest["counts"] == {"cases": 3, "tasks": 6}
    run.manifest.unlink()
    assert list_runs(tmp_path / "runs") == []
    with pytest.raises(RunStateError, match=r"no manifest\.json"):
        run.told()


def test_half_a_surrogate_does_not_end_a_run(tmp_path: Path) -> None:
    """A reply that a model cut amid a sign is kept and read back as it was; as an entry it has no form."""
    text = "Water moves \ud83d"

    class Cutting(Scripted):
        async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
            return replace(await Scripted.answer(self, case, arm, excluded, repeat), text=text, context={"/x": text})

    run, _ = new_run(tmp_path, CASES[:1], Cutting(), arms=["open"])
    answer_tasks(asking(run, Cutting()))
    ((_, _, reply),) = replies = replies_of(run)
    assert (reply.text, reply.context) == (text, {"/x": text})
    score_run(run, replies, lambda case, reply: replace(scorer(case, reply), flags=(reply.text,)))
    assert read_lines(run.scores)[0]["flags"] == [text]
    run.scores.read_text(encoding="utf-8")
    assert write_answers(run, replies) == 0


def test_answers_of_one_name_are_two_entries(tmp_path: Path) -> None:
    """Urls of two subjects that end alike do not overwrite each other, and one of another shape is written too."""
    urls = ["/learn/biology/questions/same", "/learn/physics/questions/same", "/same"]
    case = osmosis_case()
    replies = [
        (replace(case, url=url), Task(url, case.sha256, "open", 0, ()), Reply(case=url, arm="open", text="Yes."))
        for url in urls
    ]
    run = RunFolder(tmp_path)
    assert write_answers(run, replies) == 3
    found = {file.name: read_entry(file).subject for file in sorted((run.entries / "open").iterdir())}
    assert found == {"00001-same.md": "Biology", "00002-same.md": "Physics", "00003-same.md": "Starter"}
