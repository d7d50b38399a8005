"""How false premises are corrected: `make bench-premises [SPLIT=test]`.

Asks the starter corpus, without a language model, each question of `evals/datasets/false-premises`: with its false
premise, with the premise as the entries say it, and ordinary ones. Counts the false ones that are corrected, by the
sentence of the entry named or of another, and the others that are "corrected" all the same. Then times the check alone.
Nothing was chosen on the split ``test``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

from rag.answering.premises import false_premise_in
from rag.answering.presupposing import presupposed_by
from rag.grounding import as_among_many
from rag.models import Answer
from rag.settings import Settings
from rag.wiring import QuickTakes, open_quicktakes

_FOLDER = Path("evals/datasets/false-premises")

Asked = Literal["false", "twin", "ordinary"]
Outcome = Literal["corrected", "by another entry", "not corrected", "curated"]
_OUTCOMES: tuple[Outcome, ...] = ("corrected", "by another entry", "not corrected", "curated")


@dataclass(frozen=True, slots=True)
class Case:
    """A question as it is asked.

    Attributes:
        kind: how its premise was made false; ``ordinary`` for one that presupposes nothing false.
        entry: that says otherwise; None where none does.
    """

    asked: Asked
    kind: str
    question: str
    entry: str | None


def main() -> None:
    """Ask all questions and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["dev", "test"], default="dev")
    parser.add_argument("--show", choices=["missed", "alarms", "corrected"], help="print these")
    given = parser.parse_args()
    cases = list(_cases(given.split))
    counts: Counter[tuple[str, Outcome]] = Counter()
    with open_quicktakes(Settings.from_environment()) as quicktakes:
        for case in cases:
            answer = quicktakes.ask(case.question)
            outcome = _outcome(case, answer)
            for row in {case.asked, case.kind if case.asked == "false" else case.asked}:
                counts[row, outcome] += 1
            if given.show == _shown_as(case, outcome):
                _show(case, answer)
        times_ms = [_check_ms(quicktakes, case.question) for case in cases]
    Console().print(_table(counts, given.split))
    alarms = sum(counts[asked, outcome] for asked in ("twin", "ordinary") for outcome in _OUTCOMES[:2])
    others = sum(counts[asked, outcome] for asked in ("twin", "ordinary") for outcome in _OUTCOMES)
    print(f"false alarms: {alarms} of {others} ({alarms / others:.1%})")
    cuts = statistics.quantiles(times_ms, n=20)
    print(f"the check takes {cuts[9]:.1f} ms of CPU (p50), {cuts[18]:.1f} ms (p95)")


def _cases(split: str) -> Iterator[Case]:
    for line in (_FOLDER / f"{split}.jsonl").read_text(encoding="utf-8").splitlines():
        case: Mapping[str, str | None] = json.loads(line)
        kind, question = case["kind"] or "", case["question"] or ""
        is_ordinary = kind == "ordinary"
        yield Case("ordinary" if is_ordinary else "false", kind, question, case["entry"])
        if case["twin"]:
            yield Case("twin", kind, case["twin"], case["entry"])


def _outcome(case: Case, answer: Answer) -> Outcome:
    if answer.corrected is None:
        return "curated" if answer.rung == "curated" else "not corrected"
    urls = {answer.citations[n - 1].url for n in answer.corrected.citations}
    return "corrected" if case.entry in urls else "by another entry"


def _shown_as(case: Case, outcome: Outcome) -> str:
    if outcome == "not corrected":
        return "missed" if case.asked == "false" else ""
    return "corrected" if case.asked == "false" else "alarms"


def _show(case: Case, answer: Answer) -> None:
    print(f"{case.kind}: {case.question}\n    takes for granted: {'; '.join(presupposed_by(case.question))}")
    if answer.corrected is not None:
        print(f"    {answer.sentences[len(answer.corrected.citations) - 1].text}")


def _check_ms(quicktakes: QuickTakes, question: str) -> float:
    """Return the CPU that reading and checking a question takes, once its answer was composed as it is in `ask`."""
    evidence = quicktakes.search(question).evidence
    weigh = as_among_many(quicktakes.retriever.snapshot.postings.weight)
    started = time.process_time()
    false_premise_in(question, evidence, weigh)
    return (time.process_time() - started) * 1000


def _table(counts: Mapping[tuple[str, Outcome], int], split: str) -> Table:
    table = Table("question", "number", *_OUTCOMES, title=split)
    kinds = sorted({row for row, _ in counts} - {"false", "twin", "ordinary"})
    rows: Sequence[str] = ("false", *kinds, "twin", "ordinary")
    for row in rows:
        whole = sum(counts.get((row, outcome), 0) for outcome in _OUTCOMES)
        shares = (f"{counts.get((row, outcome), 0) / whole:.1%}" for outcome in _OUTCOMES)
        table.add_row(row, str(whole), *shares)
    return table


if __name__ == "__main__":
    main()
