"""How well sentences are checked: `make bench-grounding [SPLIT=near|test]`.

Asks the starter corpus each question of `evals/datasets/grounding`, checks the sentences of its written answer against
what is found, and counts what becomes of true, altered and invented ones. Nothing was chosen on the split ``test``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rag.grounding import Sources
from rag.models import Support, Verdict
from rag.settings import Settings
from rag.wiring import QuickTakes, open_quicktakes

_FOLDER = Path("evals/datasets/grounding")
_ENTRIES = 3
_VERDICTS: tuple[Support, ...] = ("supported", "partly", "contradicted", "unsupported")


def main() -> None:
    """Check all sentences and print the table of verdicts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["dev", "near", "test"], default="dev")
    parser.add_argument("--show", choices=["true", "altered", "invented"], help="print what became of these")
    given = parser.parse_args()
    counts: Counter[tuple[str, Support]] = Counter()
    spent_s = 0.0
    with open_quicktakes(Settings.from_environment()) as quicktakes:
        lines = (_FOLDER / f"{given.split}.jsonl").read_text(encoding="utf-8").splitlines()
        for case in map(json.loads, lines):
            sources = _sources(quicktakes, case["question"], case["entry"])
            for sentence in case["sentences"]:
                started = time.process_time()
                verdict = sources.check(sentence["text"])
                spent_s += time.process_time() - started
                label = sentence["label"]
                for name in {label, sentence.get("change", label)}:
                    counts[name, verdict.support] += 1
                if given.show == label:
                    _show(sentence["text"], verdict)
    Console().print(_table(counts, given.split))
    checked = sum(counts[label, verdict] for label in ("true", "altered", "invented") for verdict in _VERDICTS)
    print(f"{checked} sentences, {spent_s / checked * 1000:.2f} ms of CPU each")


def _sources(quicktakes: QuickTakes, question: str, url: str) -> Sources:
    """Return what is found for a question, and the entry that its answer was written on where that is not found."""
    found = quicktakes.search(question, limit=_ENTRIES).evidence
    sections = [(scored.passage, one.title) for one in found for scored in one.sections]
    retriever = quicktakes.retriever
    if all(one.url != url for one in found):
        passages = [passage for passage in retriever.store.passages([url]) if passage.kind == "section"]
        sections += [(passage, retriever.store.question_of(url)) for passage in passages]
    return Sources(sections, retriever.snapshot.postings.weight)


def _table(counts: Counter[tuple[str, Support]], split: str) -> Table:
    table = Table("sentences", "number", *_VERDICTS, title=split)
    for name in dict.fromkeys(name for name, _ in sorted(counts)):
        whole = sum(counts[name, verdict] for verdict in _VERDICTS)
        table.add_row(name, str(whole), *(f"{counts[name, verdict] / whole:.1%}" for verdict in _VERDICTS))
    return table


def _show(text: str, verdict: Verdict) -> None:
    print(f"{verdict.support}: {text}")
    if verdict.passage is not None and verdict.span is not None:
        start = verdict.passage.start
        print(f"    {verdict.passage.text[verdict.span.start - start : verdict.span.end - start]}")
    print(f"    {'; '.join(verdict.reasons)}")


if __name__ == "__main__":
    main()
