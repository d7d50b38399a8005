"""The report of a run: one page that needs neither network nor script, and its plots as files."""

from __future__ import annotations

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evals.reporting import points, rows, tables
from evals.reporting.content import HEADLINE, Baseline, ReportContent
from evals.reporting.showing import shown_cases
from evals.reporting.summary import FAILURES
from evals.reporting.svg import STYLE, Figure
from evals.reporting.writing import shown_interval, shown_number
from evals.statistics.cells import KINDS

_MOST_MOVED: Final = 10

_TEMPLATES: Final = Environment(
    loader=PackageLoader("evals.reporting"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def figures(content: ReportContent) -> dict[str, Figure]:
    """Return the plots of a run by name, those that there is something to show for."""
    compared = content.baseline
    drawn = [
        rows.means(content),
        rows.forest(compared.differences) if compared else None,
        points.paired(content, compared, moved_metric(compared)) if compared else None,
        points.recall_curve(content),
        points.quadrant(content),
        rows.leak_gaps(content),
        points.risk_coverage(content),
        points.lengths(content),
        rows.failures(content.summary.failures),
    ]
    return {one.name: one for one in drawn if one is not None}


def plots(content: ReportContent) -> dict[str, str]:
    """Return the plots of a run as SVG files by name, to be written into ``plots/`` beside ``report.html``."""
    return {name: figure.alone for name, figure in figures(content).items()}


def moved_metric(baseline: Baseline) -> str:
    """Return the metric by which moved cases are told: the headline, else the first that was compared."""
    compared = [one.selector.metric for one in baseline.differences]
    return HEADLINE if HEADLINE in compared or not compared else compared[0]


def report_html(content: ReportContent) -> str:
    """Return the report of a run: the same bytes for the same run."""
    metric = moved_metric(content.baseline) if content.baseline else ""
    cases = shown_cases(content)
    shown = {
        "content": content,
        "summary": content.summary,
        "style": Markup(STYLE),  # noqa: S704 our own file
        "figures": {name: Markup(figure.inline) for name, figure in figures(content).items()},  # noqa: S704 escaped there
        "headline": tables.headline(content),
        "all_metrics": tables.all_metrics(content),
        "moved_metric": metric,
        "moved": points.moved_cases(content, content.baseline, metric)[:_MOST_MOVED] if content.baseline else [],
        "quadrant": points.quadrant_counts(content),
        "refusals": tables.refusals(content),
        "failures": FAILURES,
        "blindness": tables.blindness(content.detections) if content.detections else None,
        "costs": tables.costs(content),
        "manifest": tables.manifest_rows(content.manifest),
        "cases": cases,
        "kinds": [kind for kind in KINDS if any(one.case.kind == kind for one in cases)],
        "classes": [name for name in FAILURES if any(name in one.failures for one in cases)],
        "number": shown_number,
        "interval": shown_interval,
    }
    page = _TEMPLATES.get_template("report.html").render(shown)
    return page.encode("utf-8", "replace").decode("utf-8")
