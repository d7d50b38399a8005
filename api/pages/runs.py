"""Evaluation runs, as their folders tell of them: what cannot be read there is as if it were not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar
from xml.etree import ElementTree as ET

from pydantic import BaseModel, ValidationError

HEADLINE: Final = ("content_f1", "nugget_recall_vital", "grounding", "false_answer", "over_refusal", "recall_at_10")
"""Metrics that are shown of each run: those of the plot over runs, and what was found."""

_TIME: Final = "%Y%m%dT%H%M%SZ"
_TIME_LENGTH: Final = 16

_Told = TypeVar("_Told", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric over all cases that were asked of the whole corpus, with the ends of its interval where it has one."""

    metric: str
    mean: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Gates:
    """What came of a run's gates: how many there were, and the names of those that did not pass."""

    total: int
    failed: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShown:
    """A run among others.

    Attributes:
        name: of its folder.
        began: as the name says; None where it says nothing of it.
        system: what was asked; empty where that is not known.
        cases: how many were scored; None where the run was not.
        split: of the cases that count; None for all.
        is_invalid: whether something leaked.
    """

    name: str
    began: datetime | None
    system: str
    cases: int | None
    split: str | None
    measures: Sequence[Measure]
    gates: Gates | None
    is_invalid: bool
    has_report: bool


def run_names(runs: Path) -> list[str]:
    """Return the names of the runs in a folder, the newest first: they begin with when the run did.

    A folder that has neither manifest nor report is none; where the folder cannot be listed, there are none.
    """
    try:
        return sorted((one.name for one in runs.iterdir() if _is_run(one)), reverse=True)
    except OSError:
        return []


def read_run(runs: Path, name: str) -> RunShown:
    """Return what is known of a run."""
    home = runs / name
    manifest = _read(home / "manifest.json", _Manifest)
    summary = _read(home / "summary.json", _Summary)
    return RunShown(
        name=name,
        began=_began(name),
        system="" if manifest is None else manifest.system.name,
        cases=None if summary is None else summary.n_cases,
        split=None if summary is None else summary.split,
        measures=[] if summary is None else _measures(summary),
        gates=_gates(read_bytes(home / "junit.xml")),
        is_invalid=bool(read_bytes(home / "errors.jsonl")),
        has_report=has_report(runs, name),
    )


def has_report(runs: Path, name: str) -> bool:
    """Return whether a run has a report."""
    return is_file(runs / name / "report.html")


def is_file(file: Path) -> bool:
    """Return whether there is a file; False where that cannot be told."""
    try:
        return file.is_file()
    except OSError:
        return False


def read_bytes(file: Path) -> bytes | None:
    """Return what a file holds; None where it is not there or cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        return None


class _System(BaseModel):
    name: str


class _Manifest(BaseModel):
    system: _System


class _Estimate(BaseModel):
    mean: float
    interval: tuple[float, float] | None


class _Cell(BaseModel):
    metric: str
    kind: str | None
    arm: str | None
    author: str | None
    scored: _Estimate | None


class _Summary(BaseModel):
    split: str | None
    n_cases: int
    cells: list[_Cell]


def _read(file: Path, kind: type[_Told]) -> _Told | None:
    content = read_bytes(file)
    try:
        return None if content is None else kind.model_validate_json(content)
    except ValidationError:
        return None


def _measures(summary: _Summary) -> list[Measure]:
    found = {
        one.metric: Measure(one.metric, one.scored.mean, one.scored.interval)
        for one in summary.cells
        if one.scored is not None and (one.kind, one.arm, one.author) == (None, "open", None)
    }
    return [found[metric] for metric in HEADLINE if metric in found]


def _gates(content: bytes | None) -> Gates | None:
    try:
        root = None if content is None else ET.fromstring(content)  # noqa: S314 whoever writes runs may do more than this
    except ET.ParseError:
        return None
    if root is None:
        return None
    cases = list(root.iter("testcase"))
    failed = [one.get("name", "") for one in cases if one.find("failure") is not None or one.find("error") is not None]
    return Gates(len(cases), failed)


def _began(name: str) -> datetime | None:
    try:
        return datetime.strptime(name[:_TIME_LENGTH], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_run(folder: Path) -> bool:
    return is_file(folder / "manifest.json") or is_file(folder / "report.html")
