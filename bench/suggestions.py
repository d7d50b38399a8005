"""What is suggested after the development questions: `make bench-suggestions [CORPUS=folder]`.

First, to how many questions of each group anything is suggested, where they are answered and where they are not. Then
whether what is suggested, asked in its turn, is answered by that very entry; how near suggestions are to what was
asked, and to each other; and how long it takes to find them.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.questions import DevelopmentQuestion, Split, load_questions, open_corpora
from rag.answering.suggesting import Suggester
from rag.models import NOTHING_SEEN, Answer
from rag.settings import Settings
from rag.wiring import QuickTakes

_SPLITS: tuple[Split, ...] = ("dev", "test")
_GROUPS: Mapping[str, str] = {"off_topic": "off topic", "chitchat": "off topic", "near_miss": "corpus lacks it"}


def main() -> None:
    """Run the measurement and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, default=Settings().corpus_dir)
    with open_corpora(parser.parse_args().corpus_dir) as corpora:
        for split in _SPLITS:
            own = [one for one in load_questions() if one.split == split]
            answers = [corpora[one.corpus].ask(one.question) for one in own]
            Console().print(_offered(split, own, answers))
            Console().print(_quality(split, own, answers, corpora))


def _offered(split: Split, questions: Sequence[DevelopmentQuestion], answers: Sequence[Answer]) -> Table:
    table = Table("questions", "all", "not answered", "of these offered something", title=f"{split} split")
    groups = [_GROUPS.get(one.kind, "corpus answers it") for one in questions]
    for group in dict.fromkeys(groups):
        own = [answer for answer, name in zip(answers, groups, strict=True) if name == group]
        declined = [answer for answer in own if answer.status == "abstained"]
        offered = sum(bool(answer.suggestions) for answer in declined)
        table.add_row(group, str(len(own)), str(len(declined)), str(offered))
    return table


def _quality(
    split: Split,
    questions: Sequence[DevelopmentQuestion],
    answers: Sequence[Answer],
    corpora: Mapping[str, QuickTakes],
) -> Table:
    counts: list[int] = []
    found: list[bool] = []
    nearness: list[float] = []
    likeness: list[float] = []
    times_ms: list[float] = []
    for one, answer in zip(questions, answers, strict=True):
        if answer.status == "abstained":
            continue
        quicktakes = corpora[one.corpus]
        counts.append(len(answer.suggestions))
        for suggestion in answer.suggestions:
            again = quicktakes.ask(suggestion.question)
            found.append(again.rung == "curated" and again.citations[0].url == suggestion.url)
        near, alike = _cosines(quicktakes, one.question, answer)
        nearness += near
        likeness += alike
        times_ms.append(_time_ms(quicktakes, one.question, answer))
    times_ms.sort()
    table = Table(f"after {len(counts)} answers of the {split} split", "")
    table.add_row("suggestions an answer, mean", f"{statistics.mean(counts):.2f}")
    table.add_row("answered by their own entry", f"{sum(found)} of {len(found)}")
    table.add_row("cosine to the question asked, median", f"{statistics.median(nearness):.2f}")
    table.add_row("cosine to each other, median", f"{statistics.median(likeness):.2f}")
    table.add_row("time, median and 95th of 100", f"{statistics.median(times_ms):.2f} ms, {_late(times_ms):.2f} ms")
    return table


def _late(times_ms: Sequence[float]) -> float:
    return times_ms[int(0.95 * len(times_ms))]


def _cosines(quicktakes: QuickTakes, question: str, answer: Answer) -> tuple[list[float], list[float]]:
    """Return the cosines of an answer's suggestions to its question, and to each other."""
    snapshot = quicktakes.retriever.snapshot
    asked = quicktakes.search(question).vector
    vectors = snapshot.questions.vectors(snapshot.numbers([one.url for one in answer.suggestions]))
    near = [] if asked is None else [float(one @ asked) for one in vectors]
    return near, [float(one @ other) for one, other in combinations(vectors, 2)]


def _time_ms(quicktakes: QuickTakes, question: str, answer: Answer) -> float:
    """Return how long the suggestions of an answer take to find, once everything they touch was read."""
    suggester = Suggester(quicktakes.retriever.snapshot, quicktakes.retriever.store)
    found, cited = quicktakes.search(question), {citation.url for citation in answer.citations}
    started = time.perf_counter()
    suggester.suggest(found, cited, NOTHING_SEEN, ())
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
