"""How composed answers read: `make bench-composed CORPUS=...`.

Asks the development questions without a language model. Prints, for each split: how answers came about by kind of
question; words of composed answers by what was asked for; what a reader would stumble over; and how long asking takes.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.questions import DevelopmentQuestion, load_questions, open_corpora
from rag.answering.questions import kind_of, parts_of
from rag.answering.wording import is_generic
from rag.models import Answer, Sentence
from rag.wiring import QuickTakes

_LABEL = re.compile(r"\*\*(?P<label>[^*\n]{1,80}?)\s*:?\*\*\s*:?\s*")
_DANGLES = re.compile(r"\W*(?:this|these|those|such(?! as)|it|its|they|their)\b", re.IGNORECASE)
_NAMED = re.compile(r"\[[^\]\n]+\](?: |\n\n(?:- [^\n]*\n)*- )$")
_TABLE_CELL = re.compile(r"\| [^|\n]+ \| [^|\n]+ \|\n\| --- \| --- \|\n(?:\|[^\n]*\n)*\|[^\n]*$")
_ORPHANS = (
    re.compile(r"(?:^|[.!?:]\s+|\n\s*)\d{1,2}[.)]$"),  # a number whose point is missing
    re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])(?:\s|$)"),  # a mark of a list that is not ours
    re.compile(r"[:;,]\**$"),  # what leads on to nothing
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, and how long asking took.

    Attributes:
        dangling, orphaned: openings whose antecedent is not shown, and marks without their list.
        unfaithful: quotes or sentences that are not where they say they are.
        cpu_ms: of this process alone: what a question takes where nothing else runs.
    """

    question: DevelopmentQuestion
    answer: Answer
    dangling: list[str]
    orphaned: list[str]
    unfaithful: list[str]
    wall_ms: float
    cpu_ms: float

    @property
    def is_composed(self) -> bool:
        """Return whether the answer is made of sentences."""
        return self.answer.rung == "composed" and self.answer.status != "abstained"


def main() -> None:
    """Run the measurement and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="print what a reader would stumble over")
    arguments = parser.parse_args()
    with open_corpora(arguments.corpus_dir) as corpora:
        for corpus in corpora.values():
            corpus.ask("What is an enzyme?")
        asked = [_ask(question, corpora[question.corpus]) for question in load_questions()]
    console = Console()
    for split in ("dev", "test"):
        own = [one for one in asked if one.question.split == split]
        console.print(_ways(split, own), _lengths(own), _stumbles(own), _times(own))
        for one in own if arguments.show else ():
            for fault in (*one.dangling, *one.orphaned, *one.unfaithful):
                console.print(f"{one.question.question}\n    {fault}", markup=False)


def _ask(question: DevelopmentQuestion, corpus: QuickTakes) -> Asked:
    started, cpu_started = time.perf_counter(), time.process_time()
    answer = corpus.ask(question.question)
    wall_ms, cpu_ms = (time.perf_counter() - started) * 1000, (time.process_time() - cpu_started) * 1000
    answer_of = corpus.retriever.store.answer_of
    dangling = _dangling(answer, answer_of) if answer.rung == "composed" else []
    orphaned = [one.text for one in answer.sentences if any(mark.search(one.text) for mark in _ORPHANS)]
    unfaithful = _unfaithful(answer, answer_of)
    orphaned = orphaned if answer.rung == "composed" else []
    return Asked(question, answer, dangling, orphaned, unfaithful, wall_ms, cpu_ms)


def _dangling(answer: Answer, answer_of: Callable[[str], str]) -> list[str]:
    """Return the sentences that open with a reference to what is not shown right before them.

    Shown is: the sentence that stands right before this one in its entry, its own bold label, or a name in brackets or
    at the head of a table's column.
    """
    found: list[str] = []
    position = 0
    before: Sentence | None = None
    for sentence in answer.sentences:
        position = max(answer.text.find(sentence.text, position), position)
        body = _LABEL.sub("", sentence.text, count=1)
        shown = answer.text[:position]
        if (
            _DANGLES.match(body)
            and not _is_named_by_label(sentence.text)
            and not _NAMED.search(shown)
            and not _TABLE_CELL.search(shown)
            and not _follows(sentence, before, answer, answer_of)
        ):
            found.append(sentence.text)
        position += len(sentence.text)
        before = sentence
    return found


def _is_named_by_label(text: str) -> bool:
    """Return whether a sentence's bold label names a thing, as "Osmosis" does and "Function" does not."""
    label = _LABEL.match(text)
    return label is not None and not is_generic(label["label"])


def _follows(sentence: Sentence, before: Sentence | None, answer: Answer, answer_of: Callable[[str], str]) -> bool:
    """Return whether a sentence stands right after another in its entry too."""
    if before is None:
        return False
    entry = answer_of(answer.citations[sentence.citations[0] - 1].url)
    return bool(re.search(re.escape(before.text) + r"[\s\d.)>#*+-]*" + re.escape(sentence.text), entry))


def _unfaithful(answer: Answer, answer_of: Callable[[str], str]) -> list[str]:
    """Return quotes that are not at their offsets, and sentences not in a quote or not in the text in order."""
    wrong = [one.quote for one in answer.citations if answer_of(one.url)[one.start : one.end] != one.quote]
    position = 0
    for sentence in answer.sentences:
        place = answer.text.find(sentence.text, position)
        quote = answer.citations[sentence.citations[0] - 1].quote
        if place < 0 or sentence.text not in quote:
            wrong.append(sentence.text)
        position = max(place, position) + len(sentence.text)
    return wrong


def _ways(split: str, asked: Sequence[Asked]) -> Table:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in asked:
        way = "abstained" if one.answer.status == "abstained" else one.answer.rung
        counts[one.question.kind][way] += 1
    ways = ("curated", "composed", "abstained")
    table = Table("kind of question", "questions", *ways, title=split)
    for kind, own in sorted(counts.items()):
        table.add_row(kind, str(own.total()), *(f"{own[way] / own.total():.0%}" for way in ways))
    return table


def _asks_for(question: str) -> str:
    return "several parts" if len(parts_of(question)) > 1 else kind_of(question)


def _lengths(asked: Sequence[Asked]) -> Table:
    words: dict[str, list[int]] = defaultdict(list)
    sentences: dict[str, list[int]] = defaultdict(list)
    for one in asked:
        if one.is_composed:
            words[_asks_for(one.question.question)].append(len(one.answer.text.split()))
            sentences[_asks_for(one.question.question)].append(len(one.answer.sentences))
    table = Table("asks for", "composed", "words: least", "quartiles", "most", "sentences: most", "120 to 250 words")
    for name, own in sorted(words.items()):
        quartiles = statistics.quantiles(own, n=4) if len(own) > 1 else own * 3
        quartiles_text = " / ".join(f"{quartile:.0f}" for quartile in quartiles)
        within = sum(120 <= count <= 250 for count in own) / len(own)
        table.add_row(
            name,
            str(len(own)),
            str(min(own)),
            quartiles_text,
            str(max(own)),
            str(max(sentences[name])),
            f"{within:.0%}",
        )
    return table


def _stumbles(asked: Sequence[Asked]) -> Table:
    table = Table("composed answers", "sentences", "dangling openings", "orphaned marks", "verbatim failures")
    own = [one for one in asked if one.is_composed]
    faults = (sum(len(part) for part in parts) for parts in zip(*((o.dangling, o.orphaned) for o in own), strict=True))
    sentences = sum(len(one.answer.sentences) for one in own)
    unfaithful = sum(len(one.unfaithful) for one in asked)
    table.add_row(str(len(own)), str(sentences), *map(str, faults), str(unfaithful))
    return table


def _times(asked: Sequence[Asked]) -> Table:
    table = Table("ms to ask", "p50", "p95", "p50 of processor time", "p95")
    for name, own in (("answered", [one for one in asked if one.answer.status != "abstained"]), ("all", asked)):
        times = zip(*((one.wall_ms, one.cpu_ms) for one in own), strict=True)
        wall, cpu = (statistics.quantiles(part, n=20) for part in times)
        table.add_row(name, *(f"{cuts[place]:.0f}" for cuts in (wall, cpu) for place in (9, 18)))
    return table


if __name__ == "__main__":
    main()
