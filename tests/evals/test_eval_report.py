"""The report of a run: what stands on its page, that it is one file, and that nothing in an answer becomes markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from evals.judging import Calibration, TaskCalibration
from evals.models import Arm, Case, Cited, Claim, Nugget, Reply, Scored
from evals.reporting import points, tables
from evals.reporting.content import Baseline, ReportContent
from evals.reporting.history import HistoryPoint, history_svg
from evals.reporting.report import figures, plots, report_html
from evals.reporting.showing import shown_cases, support_of
from evals.reporting.summary import summarise
from evals.reporting.svg import Scale
from evals.reporting.writing import shown_interval, shown_number
from evals.scoring import Detection, Idf, Materials, score
from evals.statistics import (
    Agreement,
    GateResults,
    Interval,
    Sampling,
    ScoredRun,
    Selector,
    compare,
    judge_gates,
)
from evals.statistics.gates import Floor, Gates

HOSTILE = (
    """<script>alert(1)</script> " onmouseover="alert(2)' x='y <a href="javascript:alert(3)">go</a> """
    "</svg></style> \x00 {{ 7 * 7 }}"
)
SAMPLING = Sampling(draws=200)
MATERIALS = Materials(idf=Idf("corpus", 10, {}))
WATER = "/learn/biology/questions/water"
SALT = "/learn/biology/questions/salt"
CONTEXT = {
    WATER: "Water crosses a membrane towards the side with more solute, and no ATP is used for it.",
    SALT: "Sodium leaves cells through a pump that spends ATP on every turn.",
}


def make_case(number: int, **changes: object) -> Case:
    """Return a case on osmosis."""
    case = Case(
        url=f"/learn/biology/questions/case-{number:02d}",
        kind="held_out_paraphrase",
        split="test",
        cluster=f"c{number // 2}",
        corpus="starter",
        question=f"Which way does water go, asked in way {number}?",
        answer="Water crosses a membrane towards the side with more solute.",
        expect="answer",
        sources={WATER: 2},
        hold_out="neighbourhood",
        nuggets=(
            Nugget("n1", "towards the solute", "vital", ("more solute",)),
            Nugget("n2", "it takes days", "okay", ("takes days",)),
        ),
    )
    return replace(case, **changes)


def make_reply(case: Case, arm: Arm = "open", **changes: object) -> Reply:
    """Return a reply of four sentences: supported by what it cites, by other context, by nothing, and a short one."""
    sentences = (
        Claim("Water crosses a membrane towards the side with more solute.", (1,)),
        Claim("Sodium leaves cells through a pump that spends ATP.", (1,)),
        Claim("Purple telescopes orbit mitochondria every single Wednesday."),
        Claim("Yes."),
    )
    reply = Reply(
        case=case.url,
        arm=arm,
        text=" ".join(one.text for one in sentences),
        refused=False,
        sentences=sentences,
        citations=(Cited(1, WATER),),
        retrieved=(SALT, WATER),
        context=CONTEXT,
        prompt=f"Answer from these entries: {CONTEXT[WATER]}",
        prompt_tokens=100,
        completion_tokens=20,
        cost_usd=0.001,
    )
    return replace(reply, **changes)


def make_content(cases: Sequence[Case], replies: Sequence[Reply], **changes: object) -> ReportContent:
    """Return what a report of some replies is written from."""
    by_url = {case.url: case for case in cases}
    rows = [score(by_url[reply.case], reply, MATERIALS) for reply in replies]
    content = ReportContent(
        name="20260115T000000Z-0a1b2c3d",
        manifest={"hashes": {"cases": "c0ffee", "corpus": "facade"}, "format": 1},
        summary=summarise(rows, sampling=SAMPLING),
        rows=rows,
        replies=replies,
        cases=by_url,
        materials=MATERIALS,
    )
    return replace(content, **changes)


def everything() -> ReportContent:
    """Return a run with all that a report can show."""
    cases = [make_case(number) for number in range(24)]
    cases += [make_case(number, kind="out_of_domain", expect="refuse", sources={}, nuggets=()) for number in (30, 31)]
    replies = [make_reply(case, arm) for case in cases[:24] for arm in ("open", "held_out")]
    replies[0] = replace(replies[0], text="", sentences=(), error="timed out")
    replies += [make_reply(cases[24], text="It is not covered.", refused=True, sentences=()), make_reply(cases[25])]
    content = make_content(cases, replies)
    before = [_spoilt(row) for row in content.rows]
    hashes = {case.url: "same" for case in cases}
    selectors = [Selector("content_f1"), Selector("grounding", "held_out_paraphrase")]
    found = compare(ScoredRun(before, hashes), ScoredRun(content.rows, hashes), selectors, selectors[:1], SAMPLING)
    return replace(
        content,
        seconds=(0.5, 1.5, 2.5),
        gates=judge_gates(Gates(floor=(Floor(Selector("content_f1"), 0.99, None),)), content.summary.cells, found),
        baseline=Baseline("20260101T000000Z-before", list(found.values()), before),
        detections=(Detection("negate", "content_f1", 9, 0.01, 0.53), Detection("pad x2", "content_f1", 9, 0.5, 0.98)),
        calibration=_calibration(),
        judge_warning="The judge is of the family of what it judges.",
        floors={"floor:echo": summarise(before, sampling=SAMPLING)},
    )


def _calibration() -> Calibration:
    """Return a judge that agrees with people too little."""
    return Calibration(
        "openai:judge",
        {
            "support": TaskCalibration(
                n=60,
                unscored={},
                kappa=Agreement(0.55, Interval(0.4, 0.7), 60, 30),
                alpha=Agreement(0.55, Interval(0.4, 0.7), 60, 30),
                confusion={"full": {"full": 31, "none": 4}, "none": {"full": 7, "none": 18}},
                by_stratum={},
                self_consistency=None,
                swap_consistency=None,
                errors=(),
                error_clusters=(),
            )
        },
    )


def _spoilt(row: Scored) -> Scored:
    """Return a row that scored half of it in content F1."""
    halved = {"content_f1": row.metrics["content_f1"] / 2} if "content_f1" in row.metrics else {}
    return replace(row, metrics={**row.metrics, **halved})


@pytest.fixture(scope="module")
def content() -> ReportContent:
    """Give a run with all that a report can show."""
    return everything()


@pytest.fixture(scope="module")
def html(content: ReportContent) -> str:
    """Give its page."""
    return report_html(content)


class Tags(HTMLParser):
    """Gathers the elements of a page, and what it shows as text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def test_each_section_is_there(html: str) -> None:
    """The page has what was measured, against what, what went wrong, what the metrics do not see, and every case."""
    first = "headline gates baseline retrieval grounding refusals leak-gap risk length"
    for name in f"{first} failures judges blind cost cases made-of".split():
        assert f'<section aria-labelledby="{name}">' in html
        assert f'href="#{name}"' in html


def test_each_plot_is_there_and_a_file(content: ReportContent, html: str) -> None:
    """Nine plots stand on the page, and as files that are XML of their own, with their style, leading to the page."""
    names = {"means", "forest", "paired", "recall", "quadrant", "leak-gaps", "risk-coverage", "lengths", "failures"}
    files = plots(content)
    assert files.keys() == names
    for name, figure in figures(content).items():
        assert figure.inline in html
        root = ET.fromstring(files[name])  # noqa: S314 our own
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "<style>" in files[name]
        assert 'href="#' not in files[name]
    assert 'href="../report.html#case-case-03"' in files["quadrant"]


def test_numbers_are_those_of_the_summary(content: ReportContent, html: str) -> None:
    """Means, intervals, coverage and the floor's mean stand in the headline as in the summary."""
    selector = Selector("content_f1", "held_out_paraphrase", "open")
    cell = content.summary.cells[selector]
    floor = content.floors["floor:echo"].cells[selector]
    assert cell.scored is not None
    assert floor.scored is not None
    row = next(
        one
        for group in tables.headline(content)
        if (group.kind, group.arm) == (selector.kind, selector.arm)
        for one in group.rows
        if one.metric == "content_f1"
    )
    assert (row.mean, row.interval) == (shown_number(cell.scored.mean), shown_interval(cell.scored.interval))
    assert (row.scored, list(row.floors)) == ("23 / 24", [shown_number(floor.scored.mean)])
    assert row.length_ratio == "2.700"
    assert "96% scored" in row.warnings
    written = f'<td class="n"><strong>{row.mean}</strong></td><td>{row.interval}</td><td class="n">{row.scored}</td>'
    assert written in html


def test_differences_and_moved_cases_are_told(content: ReportContent, html: str) -> None:
    """The delta to the baseline stands in the table, the case that moved most first, and it leads to its place."""
    assert content.baseline is not None
    one = content.baseline.differences[0]
    assert f"<strong>{one.delta:+.3f}</strong>" in html
    moved = points.moved_cases(content, content.baseline, "content_f1")
    assert len(moved) == 47  # a reply that failed has no value
    assert abs(moved[0].after - moved[0].before) >= abs(moved[-1].after - moved[-1].before) > 0
    assert f'<a href="#{content.anchors[moved[0].case]}">' in html


def test_gates_calibration_and_blind_spots_are_told(html: str) -> None:
    """A failed gate, a judge that may not gate with its warning, and a fault that nothing sees are said in words."""
    assert "Exit code 3: the run is invalid" in html
    assert "Agreement with people 0.550, 0.400 to 0.700, over 60 items" in html
    assert "shown, gates nothing" in html
    assert "The judge is of the family of what it judges." in html
    assert "No metric sees: <strong>negate</strong>" in html
    assert "0.98 ✓" in html


def test_refusals_costs_and_hashes_are_told(content: ReportContent, html: str) -> None:
    """Of two to be refused one was answered; tokens add up; timings are the run's, hashes the manifest's."""
    assert dict(tables.refusals(content))["refuse, open"] == {
        "answered": 1, "refused": 1, "undetermined": 0, "no reply": 0,
    }  # fmt: skip
    assert dict(tables.refusals(content))["answer, open"] == {
        "answered": 23, "refused": 0, "undetermined": 0, "no reply": 1,
    }  # fmt: skip
    costs = dict(tables.costs(content))
    assert (costs["prompt tokens"], costs["cost"], costs["seconds, p50"]) == ("5,000", "$0.0500", "1.50")
    assert costs["failed"] == "1"
    assert '<th scope="row">hashes.cases</th><td class="hash">c0ffee</td>' in html


def test_recall_is_told_by_depth(content: ReportContent) -> None:
    """The source is found second: recall is 0 at 1, and 1 from 2 on, but for the reply that failed."""
    curve = points.recalls(content)["held_out_paraphrase"]
    assert curve[0] == 0
    assert curve[1:] == [1.0] * 9


def test_sentences_are_coloured_by_what_supports_them(content: ReportContent, html: str) -> None:
    """What is cited supports the first sentence, other context the second, nothing the third; the last says little."""
    subject = content.subjects[5][1]
    found = [support_of(subject, claim) for claim in subject.claims]
    assert found == ["cited", "found", "none", "little"]
    for name, sentence in (
        ("cited", "Water crosses"),
        ("found", "Sodium leaves"),
        ("none", "Purple"),
        ("little", "Yes"),
    ):
        assert f'<span class="s-{name}">{sentence}' in html


def test_a_case_shows_all_that_it_is_judged_by(content: ReportContent) -> None:
    """Nuggets hit and missed, sources among what was retrieved, metrics and prompt stand with each reply."""
    shown = next(one for one in shown_cases(content) if one.case.url.endswith("case-05"))
    reply = shown.replies[0]
    assert [(nugget.id, held) for nugget, held in reply.nuggets] == [("n1", "supported"), ("n2", "missed")]
    assert list(reply.retrieved) == [(SALT, False), (WATER, True)]
    assert reply.metrics["content_f1"] == f"{reply.row.metrics['content_f1']:.3f}"
    assert reply.prompt.startswith("Answer from these entries")
    assert [one.row.arm for one in shown.replies] == ["held_out", "open"]


def test_every_link_leads_somewhere_on_the_page(html: str) -> None:
    """Each link is to a place on the page, and every case has one place."""
    page = Tags(html)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    links = [attributes["href"] or "" for tag, attributes in page.tags if tag == "a"]
    assert len(ids) == len(set(ids))
    assert {link[:1] for link in links} == {"#"}
    assert {link[1:] for link in links} <= set(ids)
    assert sum((one or "").startswith("case-") for one in ids) == 26


def test_the_page_is_one_file_that_loads_and_runs_nothing(html: str) -> None:
    """No script, no handler, nothing from elsewhere: it is read offline, and under the strictest policy."""
    page = Tags(html)
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        assert not any(name.startswith("on") or name in {"style", "src", "action"} for name in attributes)
    assert not re.search(r"url\(|@import|https?://", html.replace("http://www.w3.org/2000/svg", ""))


def test_nothing_in_a_case_or_an_answer_becomes_markup() -> None:
    """Elements, handlers and addresses in question, reference, answer, url, prompt and the like are text."""
    case = make_case(
        1,
        url=f"/learn/{HOSTILE}",
        cluster=HOSTILE,
        question=HOSTILE,
        answer=f"Water crosses {HOSTILE}",
        nuggets=(Nugget("n1", HOSTILE, "vital", ("more solute",)),),
        reviewed_by=HOSTILE,
    )
    reply = make_reply(
        case,
        text=HOSTILE,
        sentences=(Claim(f"Water crosses a membrane {HOSTILE}", (1,)),),
        citations=(Cited(1, HOSTILE, HOSTILE),),
        retrieved=(HOSTILE,),
        context={HOSTILE: HOSTILE},
        prompt=HOSTILE,
        error=HOSTILE,
    )
    content = make_content([case], [reply], name=HOSTILE, manifest={HOSTILE: HOSTILE})
    content = replace(
        content, rows=[replace(content.rows[0], flags=(HOSTILE,), metrics={"content_f1": 0.5, "grounding": 0.5})]
    )
    page = Tags(report_html(replace(content, floors={HOSTILE: content.summary}, summary=summarise(content.rows))))
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert "x" not in attributes or tag in {"text", "rect"}
        assert not (attributes.get("href") or "#").startswith("javascript")
    assert page.text.count("<script>alert(1)</script>") >= 8
    assert all(ET.fromstring(file) is not None for file in plots(content).values())  # noqa: S314 our own


def test_half_a_character_does_not_stop_a_report() -> None:
    """A reply may hold half of a surrogate pair, which no file can: a question mark stands for it."""
    case = make_case(1)
    page = report_html(make_content([case], [make_reply(case, text="\ud800 water", sentences=(), prompt="\ud800")]))
    assert "?" in page
    page.encode("utf-8")


def test_the_same_run_makes_the_same_bytes(content: ReportContent, html: str) -> None:
    """Neither the order of rows nor the clock changes a byte of the page or its plots."""
    turned = replace(content, rows=content.rows[::-1], replies=content.replies[::-1])
    assert report_html(turned) == html
    assert plots(turned) == plots(content)


def test_only_the_summary_s_split_is_shown() -> None:
    """A case of the other split is not on the page."""
    cases = [make_case(1), make_case(2, split="dev")]
    page = report_html(make_content(cases, [make_reply(case) for case in cases]))
    assert "asked in way 1" in page
    assert "asked in way 2" not in page


def test_a_run_without_rows_has_a_report() -> None:
    """Nothing scored is no crash: the page says what is not there."""
    page = report_html(make_content([], []))
    assert "No case was asked in both arms." in page
    assert "No judge took part" in page
    assert "<svg" not in page


@pytest.mark.slow
def test_a_large_run_stays_small() -> None:
    """With 800 cases in both arms, long answers and longer prompts, the page stays under 8 MB, and says what is cut."""
    words = " ".join(f"Enzyme{n} binds substrate{n} in its active site." for n in range(24))
    cases = [make_case(number, answer=words) for number in range(800)]
    first = make_reply(
        cases[0], text=words, sentences=(), prompt=words * 25, retrieved=tuple(f"{WATER}{n}" for n in range(20))
    )
    content = make_content(cases[:1], [first])
    row = content.rows[0]
    arms: tuple[Arm, ...] = ("open", "held_out")
    content = replace(
        content,
        cases={case.url: case for case in cases},
        replies=[replace(first, case=case.url, arm=arm) for case in cases for arm in arms],
        rows=[replace(row, case=case.url, arm=arm) for case in cases for arm in arms],
    )
    content = replace(content, summary=summarise(content.rows, sampling=SAMPLING))
    page = report_html(content)
    assert len(page.encode()) < 8_000_000
    assert "characters more are in the files of the run" in page
    assert "sentences more are in the files of the run" in page


def test_filters_need_no_script(html: str) -> None:
    """Each kind and each failure that there is has a button and a rule that hides all other cases."""
    for name in ("kind-held_out_paraphrase", "kind-out_of_domain", "class-wrongly_answered", "class-no_reply"):
        assert f'type="radio" name="{name.partition("-")[0]}" id="{name}"' in html
        assert f"body:has(#{name}:checked) .case:not(.{name[0].replace('c', 'f')}-{name.partition('-')[2]})" in html
    assert "kind-synthesis" not in html


def test_ticks_are_round_and_reach_both_ends() -> None:
    """A scale from 0 to 1 is marked at 0, 0.2 and so on to 1; places follow values, and stop at the ends."""
    scale = Scale(0, 1, 100, 200)
    assert scale.ticks() == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert Scale(-0.3, 0.3, 0, 1).ticks() == [-0.2, 0, 0.2]
    assert (scale(0.5), scale(-1), scale(9)) == (150, 100, 200)


def test_history_shows_each_metric_over_runs() -> None:
    """Each run has a dot and an interval for each metric; a system has its own line; the oldest stands left."""
    runs = [
        HistoryPoint(f"run-{n}", f"{n} Jan", "floor:echo" if n == 2 else "ours <b>", {"content_f1": (n / 10, 0.0, 0.9)})
        for n in range(1, 4)
    ]
    root = ET.fromstring(history_svg(runs))  # noqa: S314 our own
    space = "{http://www.w3.org/2000/svg}"
    dots = [(float(one.get("cx", "")), one.findtext(f"{space}title")) for one in root.iter(f"{space}circle")]
    assert sorted(told for _, told in dots if told) == [
        "run-1, ours <b>: 0.100, 0.000 to 0.900",
        "run-2, floor:echo: 0.200, 0.000 to 0.900",
        "run-3, ours <b>: 0.300, 0.000 to 0.900",
    ]
    assert [told[:5] for _, told in sorted(dots) if told] == ["run-1", "run-2", "run-3"]
    assert len(list(root.iter(f"{space}polyline"))) == 2
    assert "content_f1 0.100 at first, 0.300 at last" in root.get("aria-label", "")
    assert history_svg([])


def test_gates_that_passed_say_so(content: ReportContent) -> None:
    """A run whose gates all passed is told as such."""
    assert "Exit code 0: all gates passed" in report_html(replace(content, gates=GateResults(())))
