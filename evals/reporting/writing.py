"""A summary as JSON and as Markdown, the same bytes for the same scores."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from evals.reporting.summary import FAILURES, Summary
from evals.statistics import Cell, Difference, Estimate, Interval, Selector
from evals.statistics.cells import ARMS, KINDS


def summary_json(summary: Summary) -> str:
    """Return a summary as JSON: sorted keys, numbers to 6 decimals."""
    return json.dumps(_as_json(summary), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def summary_markdown(summary: Summary) -> str:
    """Return a summary as Markdown tables."""
    return "\n".join(_markdown(summary)) + "\n"


def _as_json(summary: Summary) -> dict[str, object]:
    return {
        "split": summary.split,
        "draws": summary.sampling.draws,
        "seed": summary.sampling.seed,
        "n_cases": summary.n_cases,
        "n_replies": summary.n_replies,
        "cells": [cell_as_json(one) for one in summary.cells.values()],
        "leak_gaps": [difference_as_json(gap) for gap in summary.leak_gaps.values()],
        "risk_coverage": {
            arm: [
                {"confidence": rounded(p.confidence), "coverage": rounded(p.coverage), "risk": rounded(p.risk)}
                for p in points
            ]
            for arm, points in summary.risk_coverage.items()
        },
        "failures": [{"kind": one.kind, "arm": one.arm, "counts": dict(one.counts)} for one in summary.failures],
    }


def rounded(value: float | None) -> float | None:
    """Return a number as it is written, to 6 decimals and without a negative zero."""
    return None if value is None else round(value, 6) + 0.0


def interval_as_json(interval: Interval | None) -> list[float | None] | None:
    """Return an interval as its two ends."""
    return None if interval is None else [rounded(interval.low), rounded(interval.high)]


def selector_as_json(selector: Selector) -> dict[str, object]:
    """Return a selector; what it takes all of is null."""
    return {"metric": selector.metric, "kind": selector.kind, "arm": selector.arm, "author": selector.author}


def cell_as_json(one: Cell) -> dict[str, object]:
    """Return a cell; ``gated`` is null where it is as ``scored``."""
    return {
        **selector_as_json(one.selector),
        "scored": _estimate_as_json(one.scored),
        "gated": None if one.gated == one.scored else _estimate_as_json(one.gated),
        "n_scored": one.n_scored,
        "n_eligible": one.n_eligible,
        "unscored": dict(one.unscored),
        "extremes": None if one.extremes is None else [rounded(value) for value in one.extremes],
        "repeat_sd": rounded(one.repeat_sd),
        "is_covered": one.is_covered,
        "is_enough": one.is_enough,
    }


def _estimate_as_json(one: Estimate | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "mean": rounded(one.mean),
        "interval": interval_as_json(one.interval),
        "t_interval": interval_as_json(one.t_interval),
        "se": rounded(one.se),
        "n_cases": one.n_cases,
        "n_clusters": one.n_clusters,
        "method": one.method,
        "lowest": rounded(one.lowest),
        "highest": rounded(one.highest),
    }


def difference_as_json(one: Difference) -> dict[str, object]:
    """Return a difference between two runs or arms."""
    return {
        **selector_as_json(one.selector),
        "before": rounded(one.before),
        "after": rounded(one.after),
        "delta": rounded(one.delta),
        "interval": interval_as_json(one.interval),
        "se": rounded(one.se),
        "p": rounded(one.p),
        "is_exact": one.is_exact,
        "adjusted_p": rounded(one.adjusted_p),
        "mcnemar_p": rounded(one.mcnemar_p),
        "detectable": rounded(one.detectable),
        "wins": one.wins,
        "ties": one.ties,
        "losses": one.losses,
        "n_cases": one.n_cases,
        "n_clusters": one.n_clusters,
        "n_unpaired": one.n_unpaired,
        "verdict": one.verdict,
    }


def _markdown(summary: Summary) -> Iterator[str]:
    split = summary.split or "dev and test"
    yield f"{summary.n_replies} replies to {summary.n_cases} cases, split {split}; intervals of 95 %"
    for kind in (None, *KINDS):
        for arm in (None, *ARMS):
            of_it = [one for one in summary.cells.values() if (one.selector.kind, one.selector.arm) == (kind, arm)]
            if of_it and (kind is None) == (arm is None):
                yield from ("", f"## {f'{kind}, {arm}' if kind else 'All kinds'}", "")
                yield from _cell_table(of_it)
    if summary.leak_gaps:
        yield from ("", "## Leak gap: the whole corpus less held out", "")
        yield from _gap_table(summary.leak_gaps.values())
    for arm, points in summary.risk_coverage.items():
        yield from ("", f"## Risk by coverage, {arm}", "", "| least confidence | coverage | risk |", "|---|--:|--:|")
        yield from (f"| {shown_number(p.confidence)} | {p.coverage:.1%} | {shown_number(p.risk)} |" for p in points)
    yield from ("", "## What went wrong first", "", f"| kind | arm | {' | '.join(FAILURES)} |")
    yield f"|---|---|{'--:|' * len(FAILURES)}"
    for one in summary.failures:
        yield f"| {one.kind} | {one.arm} | {' | '.join(str(one.counts[failure]) for failure in FAILURES)} |"


def _cell_table(cells: Iterable[Cell]) -> Iterator[str]:
    yield "| metric | mean | interval | scored | clusters | unscored |"
    yield "|---|--:|---|--:|--:|---|"
    for one in cells:
        name = one.selector.metric + (f" ({one.selector.author})" if one.selector.author else "")
        mean, interval, clusters = ("–", "–", 0)
        if one.scored is not None:
            mean, interval, clusters = (
                shown_number(one.scored.mean),
                shown_interval(one.scored.interval),
                one.scored.n_clusters,
            )
        unscored = ", ".join(f"{reason} ({number})" for reason, number in one.unscored.items())
        yield f"| {name} | {mean} | {interval} | {one.n_scored} / {one.n_eligible} | {clusters} | {unscored} |"


def _gap_table(gaps: Iterable[Difference]) -> Iterator[str]:
    yield "| metric | held out | whole | gap | interval | p | detectable | |"
    yield "|---|--:|--:|--:|---|--:|--:|---|"
    for gap in gaps:
        figures = (gap.before, gap.after, gap.delta)
        means = " | ".join(shown_number(value) for value in figures)
        shown = f"{shown_interval(gap.interval)} | {gap.p:.4f} | {shown_number(gap.detectable)}"
        yield f"| {gap.selector} | {means} | {shown} | {'' if gap.is_enough else 'too few to compare'} |"


def shown_number(value: float | None) -> str:
    """Return a number as people read it, to 3 decimals; a dash for none."""
    return "–" if value is None else f"{value + 0.0:.3f}"


def shown_interval(interval: Interval | None) -> str:
    """Return an interval as people read it; a dash for none."""
    return "–" if interval is None else f"{interval.low:.3f} to {interval.high:.3f}"
