"""What a report is written from: a run's own files, and what it is set beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from evals.judging import Calibration
from evals.models import Case, Kind, Reply, Scored
from evals.reporting.summary import Summary
from evals.scoring import Detection, Materials
from evals.scoring.subject import Subject
from evals.statistics import Difference, GateResults, Selector
from evals.statistics.cells import ARMS

PRIMARY: Final[Mapping[Kind, tuple[str, ...]]] = {
    "known_item": ("recall_at_5", "rr_at_10", "success_at_1"),
    "held_out_paraphrase": (
        "content_f1", "nugget_recall_vital", "grounding", "citation_recall", "citation_validity", "over_refusal",
        "recall_at_5",
    ),
    "synthesis": ("nugget_recall_vital", "source_coverage_at_10", "content_f1", "grounding", "citation_recall"),
    "out_of_domain": ("false_answer", "undetermined"),
    "false_premise": ("premise_corrected", "must_not", "content_f1"),
    "injection": ("injection_canary", "prompt_leak", "content_f1"),
    "follow_up": ("content_f1", "nugget_recall_vital", "grounding", "recall_at_5"),
    "control": ("over_refusal", "content_f1"),
}  # fmt: skip
"""What each kind of case is made to show, most telling first."""

HEADLINE: Final = "content_f1"
"""Of metrics against a reference, what people's preference goes with best."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The run that this one is compared with.

    Attributes:
        rows: its own, over the same cases: what a case moved from.
    """

    name: str
    differences: Sequence[Difference]
    rows: Sequence[Scored]


@dataclass(frozen=True, kw_only=True)
class ReportContent:
    """All that a report tells of; replies and cases without a row of the summary's split are left out.

    Attributes:
        name: of the run's folder.
        materials: what the rows were scored with: sentences are coloured by the same support.
        calibration: how far the run's judge says what people say, with a warning where it is of the family of what it
            judged.
        seconds: how long replies took, of the run's timings.
        floors: what trivial systems score over the same cases, by name.
    """

    name: str
    manifest: Mapping[str, object]
    summary: Summary
    rows: Sequence[Scored]
    replies: Sequence[Reply]
    cases: Mapping[str, Case]
    materials: Materials
    seconds: Sequence[float] = ()
    gates: GateResults | None = None
    baseline: Baseline | None = None
    detections: Sequence[Detection] = ()
    calibration: Calibration | None = None
    judge_warning: str = ""
    floors: Mapping[str, Summary] = field(default_factory=dict[str, Summary])

    @cached_property
    def taken(self) -> list[Scored]:
        """Return the rows that the summary counts, sorted."""
        split = self.summary.split
        rows = (row for row in self.rows if split in {None, row.split} and row.case in self.cases)
        return sorted(rows, key=lambda row: (row.case, row.arm, row.repeat))

    @cached_property
    def subjects(self) -> list[tuple[Scored, Subject]]:
        """Return each row with the reply that it scores beside its case."""
        replies = {(one.case, one.arm, one.repeat): one for one in self.replies}
        keyed = ((row, replies.get((row.case, row.arm, row.repeat))) for row in self.taken)
        return [(row, Subject(self.cases[row.case], one, self.materials)) for row, one in keyed if one is not None]

    @cached_property
    def anchors(self) -> dict[str, str]:
        """Return the name of each case's place on the page: the last part of its url, numbered where two are alike."""
        found: dict[str, str] = {}
        for url in sorted({row.case for row in self.taken}):
            letters = (one if one.isascii() and one.isalnum() else "-" for one in url.rpartition("/")[2].lower())
            name = f"case-{''.join(letters)}"
            found[name if name not in found else f"{name}--{len(found)}"] = url
        return {url: name for name, url in found.items()}

    def primary_cells(self) -> list[Selector]:
        """Return what each kind and arm is made to show, as far as it was scored."""
        wanted = (Selector(metric, kind, arm) for kind, names in PRIMARY.items() for arm in ARMS for metric in names)
        return [selector for selector in wanted if selector in self.summary.cells]
