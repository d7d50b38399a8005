"""What scores come to, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.models import Arm, Kind
from evals.reporting.summary import Summary
from evals.running import RunFolder
from evals.statistics import Cell, Difference, Selector
from evals.statistics.cells import ARMS, KINDS

HEADLINE: Final = (
    "content_f1",
    "nugget_recall_vital",
    "grounding",
    "citation_recall",
    "false_answer",
    "over_refusal",
    "premise_corrected",
    "injection_canary",
)
"""Dimensions of an answer that are printed; nothing predicts as one number which of two systems people prefer."""

_SEARCHED: Final = ("recall_at_10", "success_at_1")
"""What is printed of cases whose answers are not scored."""


def show_headline(run: RunFolder, told: Summary) -> None:
    """Print the headline of a run, by kind and arm, and where everything else is."""
    console = Console()
    console.print(_headline(told))
    console.print(_failures(told))
    console.print(f"Run: {run.path}", soft_wrap=True, highlight=False, markup=False)


def _headline(told: Summary) -> Table:
    title = f"{told.n_replies:,} replies to {told.n_cases:,} cases, split {told.split or 'all'}"
    table = Table("metric", "mean", "95 %", "scored", "clusters", title=title)
    for kind in KINDS:
        for arm in ARMS:
            metrics = _SEARCHED if kind == "known_item" else HEADLINE
            cells = [told.cells.get(Selector(metric, kind, arm)) for metric in metrics]
            if any(cells):
                table.add_section()
                table.add_row(f"[bold]{_named(kind, arm)}[/]")
            for cell in cells:
                if cell is not None:
                    table.add_row(*_figures(cell))
    return table


def _named(kind: Kind, arm: Arm) -> str:
    return kind.replace("_", " ") + (", held out" if arm == "held_out" else "")


def _figures(cell: Cell) -> tuple[str, str, str, str, str]:
    scored = f"{cell.n_scored}/{cell.n_eligible}"
    if cell.scored is None:
        return cell.selector.metric, "-", "-", scored, "-"
    interval = cell.scored.interval
    ends = "-" if interval is None else f"{interval.low:.3f} to {interval.high:.3f}"
    return cell.selector.metric, f"{cell.scored.mean:.3f}", ends, scored, str(cell.scored.n_clusters)


def _failures(told: Summary) -> Table:
    table = Table("kind", "replies", "what went wrong first", title="Failures")
    for one in told.failures:
        counts = {name: count for name, count in one.counts.items() if count and name != "none"}
        worst_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        written = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in worst_first)
        table.add_row(_named(one.kind, one.arm), str(sum(one.counts.values())), written or "nothing")
    return table


def _p_values(one: Difference) -> str:
    """Return the p that decides, and McNemar's where cases are right or wrong."""
    told = f"{one.p:.4f}" if one.adjusted_p is None else f"{one.adjusted_p:.4f} (Holm)"
    return told if one.mcnemar_p is None else f"{told}\n{one.mcnemar_p:.4f} (McNemar)"


def differences_table(differences: Iterable[Difference]) -> Table:
    """Return differences between two runs, in the order in which they were asked for."""
    table = Table("metric", "before", "after", "difference", "95 %", "p", "detectable", "better/same/worse", "verdict")
    for one in differences:
        table.add_row(
            escape(str(one.selector)),
            f"{one.before:.3f}",
            f"{one.after:.3f}",
            f"{one.delta:+.3f}",
            "-" if one.interval is None else f"{one.interval.low:+.3f} to {one.interval.high:+.3f}",
            _p_values(one),
            "-" if one.detectable is None else f"{one.detectable:.3f}",
            f"{one.wins}/{one.ties}/{one.losses}",
            one.verdict + (f"\n{one.n_unpaired} unpaired" if one.n_unpaired else ""),
        )
    return table
