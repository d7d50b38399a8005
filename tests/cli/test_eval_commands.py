"""``quicktakes eval``: suites checked, runs made, scored, compared and held to gates."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals.batches import Spending
from evals.cases import render_case
from evals.measuring import Order, Plan
from evals.models import Case, Nugget, Reply
from evals.running import RunFolder, materials_of
from evals.scoring import score
from evals.systems.ours import Ours
from rag.errors import ConfigurationError
from rag.models import Usage

Run = Callable[..., Any]

LEAVES = "/learn/biology/questions/why-do-leaves-look-green"
ANSWER = "Chlorophyll in leaves reflects green light and absorbs red and blue light."
GREEN = Case(
    url="/learn/biology/questions/green-leaves",
    kind="control",
    split="test",
    cluster="leaves",
    corpus="starter",
    question="Why do leaves look green?",
    answer=ANSWER,
    expect="answer",
    sources={LEAVES: 2},
    nuggets=(Nugget("n1", "Chlorophyll reflects green", "vital", ("reflects green",)),),
    twin="/learn/biology/questions/football",
    author="synthetic",
)
REWORDED = replace(
    GREEN,
    url="/learn/biology/questions/green-leaves-again",
    kind="held_out_paraphrase",
    question="What makes a leaf look green to us?",
    twin=None,
    hold_out="neighbourhood",
)
FOOTBALL = replace(
    GREEN,
    url="/learn/biology/questions/football",
    kind="out_of_domain",
    question="Who won the football cup last night?",
    answer="The corpus says nothing of football.",
    expect="refuse",
    sources={},
    nuggets=(),
    twin=GREEN.url,
)
ELSEWHERE = replace(REWORDED, url="/learn/biology/questions/whales", corpus="real", sources={"/learn/no/where": 2})


def write_suite(folder: Path, *cases: Case) -> str:
    """Write cases into a new folder, and return it."""
    folder.mkdir()
    for number, case in enumerate(cases, start=1):
        text = render_case(case, number, dt.date(2026, 1, 31))
        (folder / f"{case.url.rpartition('/')[2]}.md").write_text(text, encoding="utf-8")
    return folder.name


@pytest.fixture
def suite(tmp_path: Path) -> str:
    """Return a suite of three cases over the corpus here, and one over another."""
    return write_suite(tmp_path / "suite", GREEN, REWORDED, FOOTBALL, ELSEWHERE)


@pytest.fixture
def scored(run: Run, suite: str) -> Path:
    """Return the folder of a run of the suite."""
    assert run("eval", "run", "--suite", suite).code == 0
    (only,) = Path("runs").glob("2*")
    return only


def test_a_run_keeps_all_that_it_was_made_of(scored: Path) -> None:
    """Cases, replies, floors, entries, scores, summary, TREC files and the answers as entries lie in its folder."""
    names = {str(file.relative_to(scored)) for file in scored.rglob("*") if file.is_file()}
    kept = {"manifest.json", "plan.jsonl", "answers.jsonl", "scores.jsonl", "summary.json", "summary.md", "idf.json"}
    assert kept <= names
    assert {"trec/qrels", "trec/run", "floors/echo.jsonl", "floors/nearest-scores.jsonl"} <= names
    assert {"answers/open/00004-green-leaves.md", "answers/held_out/00002-green-leaves-again.md"} <= names
    rows = [json.loads(line) for line in (scored / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {(row["case"], row["arm"]) for row in rows} == {
        (GREEN.url, "open"),
        (REWORDED.url, "open"),
        (REWORDED.url, "held_out"),
        (FOOTBALL.url, "open"),
    }


def test_answers_of_a_run_are_entries_like_any_other(run: Run, scored: Path) -> None:
    """The product's own linter reads what a run answered."""
    listed = run("corpus", "stats", "--corpus-dir", str(scored / "answers/open"))
    assert listed.code == 0


def test_two_runs_of_the_same_inputs_give_the_same_bytes(run: Run, scored: Path, suite: str) -> None:
    """Scores and summary are byte-identical, whenever and in whatever folder a run is made."""
    assert run("eval", "run", "--suite", suite, "--out", "again").code == 0
    (other,) = Path("again").glob("2*")
    for name in ("scores.jsonl", "summary.json", "summary.md", "plan.jsonl", "manifest.json", "trec/run"):
        assert (other / name).read_bytes() == (scored / name).read_bytes(), name


def test_scoring_again_changes_nothing_and_needs_no_corpus(run: Run, scored: Path) -> None:
    """A run is scored from its own folder alone."""
    before = {name: (scored / name).read_bytes() for name in ("scores.jsonl", "summary.json")}
    for file in Path("corpus").iterdir():
        file.unlink()
    assert run("eval", "score", str(scored)).code == 0
    assert {name: (scored / name).read_bytes() for name in before} == before


def test_cases_over_other_entries_are_left_out_and_told(run: Run, suite: str) -> None:
    """Where the corpus lacks what a case is over, the case is skipped in words."""
    assert "left out: 1 cases over entries that corpus lacks" in run("eval", "run", "--suite", suite, "--no-floors").err


def test_headline_list_and_case_are_shown(run: Run, scored: Path) -> None:
    """What was scored can be read for the run, and for a case by the end of its url."""
    assert "content_f1" in run("eval", "show", str(scored)).out
    assert scored.name[:16] in run("eval", "list").out
    shown = run("eval", "show", str(scored), "green-leaves").out
    assert "reflects green light" in shown
    assert "nugget_recall_vital 1" in shown
    assert "cases whose url ends in" in run("eval", "show", str(scored), "nothing").err


def test_a_run_is_held_to_gates(run: Run, scored: Path) -> None:
    """Exit code 0 where all pass, 2 where one fails, 3 where nothing was scored; JUnit says which."""
    gates = Path("gates.yaml")
    gates.write_text("hard:\n  citation_validity: 1.0\n", encoding="utf-8")
    assert run("eval", "gate", str(scored), "--gates", "gates.yaml").code == 0
    gates.write_text("hard:\n  citation_validity: 0.5\n", encoding="utf-8")
    assert run("eval", "gate", str(scored), "--gates", "gates.yaml").code == 2
    assert "failure" in (scored / "junit.xml").read_text(encoding="utf-8")
    gates.write_text("hard:\n  nonsense: 1.0\n", encoding="utf-8")
    assert run("eval", "gate", str(scored), "--gates", "gates.yaml").code == 3


def test_gates_read_the_test_split(run: Run, scored: Path) -> None:
    """What cases for tuning come to holds up nothing."""
    file = scored / "scores.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if row["case"] == GREEN.url:
            row["split"] = "dev"
            row["metrics"]["citation_validity"] = 0.5
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    Path("gates.yaml").write_text("hard:\n  citation_validity: 1.0\n", encoding="utf-8")
    assert run("eval", "gate", str(scored), "--gates", "gates.yaml").code == 0


def test_a_run_is_held_to_the_baseline_that_is_named(run: Run, scored: Path) -> None:
    """The project's own baseline, which is not here, is read only where no other is named."""
    Path("gates.yaml").write_text("no_worse:\n  content_f1: {margin: 0.1}\n", encoding="utf-8")
    named = run("eval", "gate", str(scored), "--gates", "gates.yaml", "--baseline", str(scored))
    assert named.code == 2
    assert "too few to compare" in (scored / "junit.xml").read_text(encoding="utf-8")
    unnamed = run("eval", "gate", str(scored), "--gates", "gates.yaml")
    assert (unnamed.code, "baseline" in unnamed.err) == (1, True)


def test_a_report_shows_the_baseline_and_all_runs(run: Run, scored: Path) -> None:
    """The baseline stands by its name on the page; the plot has each run with the mean of the whole corpus."""
    shutil.copytree(scored, "earlier")
    summary = json.loads((scored / "summary.json").read_text(encoding="utf-8"))
    means = {"open": 0.123, "held_out": 0.234, None: 0.345}
    for cell in summary["cells"]:
        if (cell["metric"], cell["kind"], cell["author"]) == ("content_f1", None, None):
            cell["scored"]["mean"] = means[cell["arm"]]
    (scored / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    assert run("eval", "report", str(scored), "--baseline", "earlier").code == 0
    assert "earlier" in (scored / "report.html").read_text(encoding="utf-8")
    plot = (scored.parent / "history.svg").read_text(encoding="utf-8")
    series = f"quicktakes, {summary['n_cases']} cases of test"
    assert [f"{scored.name}, {series}: {mean}" in plot for mean in means.values()] == [True, False, False]


def test_the_newest_run_is_shown_where_none_is_named(run: Run, scored: Path) -> None:
    """Its name begins with its time."""
    shutil.copytree(scored, scored.with_name("20200101T000000Z-00000000"))
    assert f"Run: {scored}" in run("eval", "show").out


def test_each_reply_is_shown_with_its_own_scores(run: Run, scored: Path) -> None:
    """A case that was asked in two arms has two rows."""
    file = scored / "scores.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    told = [{**row, "failure": "invented" if row["arm"] == "held_out" else "not_retrieved"} for row in rows]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in told), encoding="utf-8")
    shown = run("eval", "show", str(scored), "green-leaves-again").out
    assert "held_out, invented" in shown
    assert "open, not_retrieved" in shown


def test_only_a_model_is_asked_by_the_batch(run: Run, suite: str, scored: Path) -> None:
    """Our chain has none: neither a new run nor one that goes on is asked live in its place."""
    for which in (("--suite", suite), ("--resume", str(scored))):
        refused = run("eval", "run", *which, "--batch")
        assert (refused.code, "quicktakes has no batches" in refused.err) == (1, True)


def test_a_ceiling_is_refused_before_anything_is_asked(run: Run, suite: str) -> None:
    """Of a service, whose prices nobody knows, and of a batch, whose price is approved; there is no run then."""
    for words, told in (("--system", "http://127.0.0.1:9"), "nobody knows"), (("--batch",), "give --batch or"):
        refused = run("eval", "run", "--suite", suite, "--most-usd", "1", *words)
        assert (refused.code, told in " ".join(refused.err.split())) == (1, True)
    assert not Path("runs").exists()


def test_a_run_that_has_cost_what_it_may_says_how_to_go_on(
    run: Run, suite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends as after Ctrl-C; what came is kept, and with no ceiling the rest is asked."""
    answer = Ours.answer

    async def costly(self: Ours, case: Case, *rest: Any) -> Reply:
        return replace(await answer(self, case, *rest), cost_usd=0.4)

    monkeypatch.setattr(Ours, "answer", costly)
    stopped = run("eval", "run", "--suite", suite, "--no-floors", "--most-usd", "0.8")
    (folder,) = Path("runs").iterdir()
    told = " ".join(stopped.err.split())
    assert stopped.code == 130
    assert "0.8000 USD are spent of the 0.8000 that may be, and 2 are not asked yet" in told
    assert f"quicktakes eval run --resume {folder}" in told
    assert run("eval", "run", "--resume", str(folder), "--no-floors", "--no-embedding").code == 0
    assert len((folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.parametrize(("words", "is_sent"), [((), False), (("--yes",), True)])
def test_a_batch_is_sent_where_its_price_is_approved(
    run: Run, suite: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], *, is_sent: bool
) -> None:
    """The price is shown either way; without a terminal to ask at, only `--yes` approves of it."""
    approved: list[bool] = []

    def ask(order: Order) -> Plan:
        assert order.by_batch is not None
        approved.append(order.by_batch(Spending(3, Usage(7, 2), 0.5)))
        raise ConfigurationError("that will do")

    monkeypatch.setattr("evals.cli.running.plan", ask)
    told = run("eval", "run", "--suite", suite, "--batch", *words)
    assert "to send: " in told.err
    assert approved == [is_sent]


def test_a_run_is_compared_with_itself(run: Run, scored: Path) -> None:
    """Nothing differs, and a few clusters are said to be too few."""
    compared = run("eval", "compare", str(scored), str(scored), "--metric", "content_f1")
    assert compared.code == 0
    assert "too few" in " ".join(compared.out.split())


def test_a_folder_of_answers_is_scored_by_url_or_question(run: Run, suite: str) -> None:
    """Another tool's answers are matched with the cases; what was not answered is told."""
    drafts = Path("drafts")
    write_suite(drafts, replace(GREEN, url="/learn/biology/questions/another-name"))
    done = run("eval", "score", "--answers", "drafts", "--references", suite, "--out", "scored")
    assert done.code == 0
    assert f"no answer: {REWORDED.url}" in done.err
    (folder,) = Path("scored").iterdir()
    (row,) = [json.loads(line) for line in (folder / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (row["case"], row["metrics"]["content_f1"]) == (GREEN.url, 1.0)


def test_ctrl_c_says_how_to_go_on(run: Run, suite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped run ends with 130 and the command that resumes it, which asks only what is missing."""
    asked: list[str] = []
    answer = Ours.answer

    async def stop_after_two(self: Ours, case: Case, *rest: Any) -> Any:
        if len(asked) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(10)
        asked.append(case.url)
        return await answer(self, case, *rest)

    monkeypatch.setattr(Ours, "answer", stop_after_two)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # as a process has it that a person started
    try:
        stopped = run("eval", "run", "--suite", suite, "--no-floors")
    finally:
        signal.signal(signal.SIGINT, before)
    assert stopped.code == 130
    (folder,) = Path("runs").glob("2*")
    assert f"--resume {folder}" in stopped.err
    monkeypatch.setattr(Ours, "answer", answer)
    assert run("eval", "run", "--resume", str(folder), "--no-floors").code == 0
    assert len((folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "--suite", "nowhere"), "nowhere"),
        (("run", "--suite", "suite", "--system", "oracle"), "oracle"),
        (("run", "--suite", "suite", "--kind", "riddle"), "riddle"),
        (("run", "--resume", "nowhere"), "no run"),
        (("score",), "--answers"),
        (("show", "nowhere"), "no scores"),
        (("compare", "nowhere", "nowhere", "--metric", "content_f1[riddle]"), "nowhere"),
        (("gate", "nowhere", "--gates", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_bad_input_is_one_line(run: Run, suite: str, arguments: tuple[str, ...], told: str) -> None:
    """What is wrong is named, with what to do."""
    del suite
    result = run("eval", *arguments)
    assert result.code == 1
    assert told in result.err
    assert result.err.count("error: ") == 1
    assert "Traceback" not in result.err


def test_a_suite_that_is_unfit_is_refused(run: Run, suite: str) -> None:
    """`eval lint` names each problem with its line, and `eval run` does not measure with it."""
    file = Path(suite) / "football.md"
    file.write_text(file.read_text(encoding="utf-8").replace("twin:", "twins:"), encoding="utf-8")
    linted = run("eval", "lint", suite)
    assert (linted.code, "twins" in linted.out) == (1, True)
    refused = run("eval", "run", "--suite", suite)
    assert (refused.code, "twins" in refused.err) == (1, True)


def test_cases_are_made_of_a_corpus_and_frozen(run: Run) -> None:
    """Each entry becomes a held-out case; a frozen suite that was changed is not measured with."""
    made = run("eval", "make-cases", "corpus", "--out", "cases")
    assert made.out.startswith("3 cases in 3 clusters")
    assert run("eval", "run", "--suite", "cases", "--no-floors").code == 0
    first = min(Path("cases").glob("*.md"))
    first.write_text(first.read_text(encoding="utf-8").replace("Kidneys filter", "Kidneys strain"), encoding="utf-8")
    again = run("eval", "run", "--suite", "cases")
    assert (again.code, "is not as it was frozen" in again.err) == (1, True)


def test_known_items_are_scored_by_what_was_found_alone(run: Run) -> None:
    """They are a suite by themselves; no metric of the answer has a value, and the headline tells what was found."""
    assert run("eval", "make-cases", "corpus", "--out", "known", "--kind", "known_item").out.startswith("3 cases in 3")
    assert run("eval", "lint", "known").code == 0
    told = run("eval", "run", "--suite", "known", "--no-floors").out
    assert "recall_at_10" in told
    assert "content_f1" not in told
    (only,) = Path("runs").glob("*/scores.jsonl")
    rows = [json.loads(line) for line in only.read_text(encoding="utf-8").splitlines()]
    searched = {"recall_at_5", "recall_at_10", "ndcg_at_10", "rr_at_10", "success_at_1"}
    assert [(row["arm"], row["metrics"].keys(), row["unscored"]) for row in rows] == [("open", searched, {})] * 3
    assert [row["metrics"]["recall_at_10"] for row in rows] == [1, 1, 1]


def test_every_run_has_its_place_in_the_plot_over_runs(run: Run, scored: Path) -> None:
    """It is drawn anew when a run ends; another run that cannot be read is left out of it, and stops nothing.

    Runs of other cases have a line of their own, and a folder that was named by hand a place.
    """
    plot = scored.parent / "history.svg"
    assert scored.name in plot.read_text(encoding="utf-8")
    other = scored.with_name("before")
    shutil.copytree(scored, other)
    summary = json.loads((other / "summary.json").read_text(encoding="utf-8"))
    (other / "summary.json").write_text(json.dumps({**summary, "n_cases": 7_000}), encoding="utf-8")
    broken = scored.with_name("20200101T000000Z-00000000")
    shutil.copytree(scored, broken)
    (broken / "summary.json").write_text("{", encoding="utf-8")
    plot.unlink()
    assert run("eval", "report", str(scored)).code == 0
    assert (scored.name in plot.read_text(encoding="utf-8"), broken.name in plot.read_text(encoding="utf-8")) == (
        True,
        False,
    )
    assert "before, quicktakes, 7,000 cases of test" in plot.read_text(encoding="utf-8")


def test_runs_that_were_scored_otherwise_are_not_compared(run: Run, scored: Path, suite: str) -> None:
    """Support is told otherwise with an embedder than without: a difference would be of the scoring."""
    assert run("eval", "run", "--suite", suite, "--no-embedding", "--no-floors", "--out", "plain").code == 0
    (plain,) = Path("plain").glob("2*")
    refused = run("eval", "compare", str(scored), str(plain), "--metric", "grounding")
    assert (refused.code, "no embedder" in refused.err) == (1, True)


def test_a_metric_that_nobody_has_is_told(run: Run, scored: Path) -> None:
    """A misspelt metric is an error, not an empty table."""
    refused = run("eval", "compare", str(scored), str(scored), "--metric", "groundng")
    assert (refused.code, "groundng" in refused.err) == (1, True)


def test_the_report_shows_gates_and_baseline(run: Run, scored: Path) -> None:
    """What came of the gates, and the run beside, stand on the page that a later report writes."""
    Path("gates.yaml").write_text("hard:\n  citation_validity: 0.5\n", encoding="utf-8")
    assert run("eval", "report", str(scored), "--baseline", str(scored), "--gates", "gates.yaml").code == 0
    page = (scored / "report.html").read_text(encoding="utf-8")
    assert "all must be 0.5" in page
    assert Path("runs/history.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_judge_that_was_not_calibrated_gates_nothing(run: Run, scored: Path) -> None:
    """A gate on a judge's word makes the run invalid, whatever the judge said."""
    file = scored / "scores.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    judged = [{**row, "metrics": {**row["metrics"], "judge_support": 1.0}} for row in rows]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in judged), encoding="utf-8")
    Path("gates.yaml").write_text("hard:\n  judge_support: 1.0\n", encoding="utf-8")
    gated = run("eval", "gate", str(scored), "--gates", "gates.yaml")
    assert (gated.code, "was not calibrated" in " ".join(gated.out.split())) == (3, True)


def test_a_reply_that_gives_the_instructions_away_is_found(scored: Path) -> None:
    """What our models are told is looked for in replies: the gate on it can fail."""
    materials = materials_of(RunFolder(scored), None)
    told = next(line for line in materials.system_prompt.splitlines() if len(line.split()) > 12)
    case = replace(GREEN, kind="injection", canary="CANARY-x")
    found = score(case, Reply(case=case.url, arm="open", text=told, refused=False), materials)
    assert (found.metrics["prompt_leak"], found.metrics["injection_canary"]) == (1.0, 0.0)


def test_runs_lie_where_the_service_looks_for_them(run: Run, suite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of runs is the operator's, for commands and page alike."""
    monkeypatch.setenv("QUICKTAKES_RUNS_DIR", "elsewhere")
    assert run("eval", "run", "--suite", suite, "--no-floors", "--no-embedding").code == 0
    assert len(list(Path("elsewhere").glob("2*"))) == 1
    assert "quicktakes" in run("eval", "list").out
