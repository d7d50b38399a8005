"""``quicktakes eval judge``: what a language model says of a run, and whether that may count."""

from __future__ import annotations

from rich.console import Console

from evals.cli.approving import Yes, require_one_limit
from evals.cli.embedding import open_text_embedder
from evals.cli.judges import (
    LABELLED,
    Concurrency,
    InBatch,
    Labelled,
    ask_judge,
    calibration_table,
    corrected_table,
    warn_of_family,
)
from evals.cli.options import MostUsd, Out, Run, folder_of
from evals.cli.showing import show_headline
from evals.judging import Hearing, corrected_means, questions_of_run, read_labelled
from evals.measuring import score_again
from evals.presenting import Beside, write_report
from evals.running import replies_of
from rag.cli.options import CorpusDir, DataDir, settings_from


def judge_command(
    run: Run = None,
    out: Out = None,
    labelled: Labelled = LABELLED,
    concurrency: Concurrency = 4,
    most_usd: MostUsd = None,
    batch: InBatch = False,
    yes: Yes = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Have the model that QUICKTAKES_JUDGE_MODEL names judge a run, calibrated first, and score the run again.

    What it said is kept as it comes: the same command goes on where it was stopped, or had spent --most-usd. A judge
    that agrees with people by a kappa below 0.6 is shown, and gates nothing.

    Example: QUICKTAKES_JUDGE_MODEL=openai:gpt-5-mini quicktakes eval judge runs/20260115T101500Z-1f2e3d4c
    """
    require_one_limit(batch=batch, most_usd=most_usd)
    folder, settings = folder_of(run, out), settings_from(corpus_dir, data_dir)
    found = replies_of(folder)
    items = [one for one in read_labelled(labelled) if one.task != "pairwise"]  # which `eval prefer` asks for
    hearing = Hearing(
        settings=settings,
        seed=folder.path.name,
        calibration=folder.calibration,
        judgements=folder.judgements,
        batches=folder.judge_batches,
        concurrency=concurrency,
        most_usd=most_usd,
        go_on=f"quicktakes eval judge {folder.path}",
    )
    folder.labelled.write_bytes(labelled.read_bytes())
    cases = {case.url: case for case, _, _ in found}
    questions = questions_of_run(cases, [reply for _, _, reply in found])
    calibration, _ = ask_judge(hearing, items, questions, batch=batch, yes=yes)
    warning = warn_of_family(calibration.model, [folder], settings)
    Console().print(calibration_table(calibration))
    with open_text_embedder(settings) as embedder:
        scored = score_again(folder, embedder)
        write_report(folder, scored, Beside(judge_warning=warning))
    corrected = corrected_means((row for row in scored.rows if scored.summary.split in {None, row.split}), calibration)
    if corrected:
        Console().print(corrected_table(corrected))
    show_headline(folder, scored.summary)
