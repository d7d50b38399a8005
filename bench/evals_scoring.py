"""What scoring costs, and where its test of support stands: `python -m bench.evals_scoring`.

Answers of the suite are scored over the starter corpus, on one core: CPU time, whatever else runs. The test of support
is measured on `evals/datasets/grounding/dev.jsonl`: sentences written after an entry, against that entry, and against
the entry whose answer is nearest to it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from pathlib import Path
from typing import Final, TypedDict

import numpy as np
from rich.console import Console

from evals.cases import read_cases
from evals.models import Case, Reply
from evals.scoring import Idf, Materials, build_idf, detection_matrix, detection_table, lost, prepare, score
from evals.scoring.citing import SUPPORT_COSINE, SUPPORT_COVERAGE, coverage
from evals.scoring.mutating import paste_neighbour, reference_reply, spoiling_of
from evals.scoring.preparing import embed_once
from evals.scoring.reference import content_overlap
from evals.scoring.subject import Subject
from evals.scoring.text import SentenceRead, read_text, tokens_of
from evals.scoring.windows import greatest_cosine, windows_of
from rag.adapters.minilm import MiniLMEmbedder
from rag.corpus import Entry, load_corpus

_SUITE: Final = Path("evals/datasets/suite")
_GROUNDING: Final = Path("evals/datasets/grounding/dev.jsonl")
_ANSWERS: Final = 1000
_SPECIFICITY: Final = 0.95
_STEP: Final = 0.01


@dataclass(frozen=True, slots=True)
class Supports:
    """How far sentences are held by an entry, one a row: coverage and cosine."""

    coverage: np.ndarray[tuple[int], np.dtype[np.float64]]
    cosine: np.ndarray[tuple[int], np.dtype[np.float64]]

    def rate(self, least_coverage: float, least_cosine: float) -> float:
        """Return the share of sentences that count as supported."""
        return float(((self.coverage >= least_coverage) | (self.cosine >= least_cosine)).mean())


class _Sentence(TypedDict):
    text: str
    label: str


class _Line(TypedDict):
    question: str
    entry: str
    sentences: list[_Sentence]


def main() -> None:
    """Print all figures."""
    entries = load_corpus(Path("corpus")).entries
    cases = [case for case in read_cases(_SUITE).cases.values() if case.sources and case.kind != "known_item"]
    materials = Materials(idf=build_idf(entries.values()), entries=entries)
    embedder = MiniLMEmbedder()
    embedding = replace(materials, embed=embedder.embed)
    _print_support(embedding)
    replies = list(islice(_replies(cases, materials), _ANSWERS))
    spent = _cpu_s(lambda: [score(case, reply, materials) for case, reply in replies])
    print(f"{len(replies)} answers without embeddings: {spent:.1f} s, {len(replies) / spent:.0f}/s")
    _print_embedded(replies, embedding)
    found = detection_matrix([case for case in cases if case.kind == "synthesis"], materials)
    Console(width=240).print(detection_table(found))
    print("lost:", *lost(found) or ["nothing"])


def _cpu_s(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def _replies(cases: Sequence[Case], materials: Materials) -> Iterator[tuple[Case, Reply]]:
    """Give for each case its reference, then the nearest entry's answer, each from sources and that entry."""
    for case in cases:
        spoiling = spoiling_of(case, materials)
        if spoiling is None:
            continue
        near, reply = spoiling.neighbour, reference_reply(case, materials)
        context = {**reply.context, near.url: f"{near.question}\n\n{near.answer}"}
        reply = replace(reply, retrieved=tuple(context), context=context)
        yield case, reply
        yield case, paste_neighbour(reply, spoiling) or reply


def _print_embedded(replies: Sequence[tuple[Case, Reply]], materials: Materials) -> None:
    begun, begun_s = time.process_time(), time.perf_counter()
    ready = prepare(replies, materials)
    prepared, prepared_s = time.process_time() - begun, time.perf_counter() - begun_s
    spent = _cpu_s(lambda: [score(case, reply, ready) for case, reply in replies])
    print(
        f"{len(replies)} answers with embeddings: {prepared + spent:.1f} s of CPU, "
        f"of it {prepared:.1f} s to embed ({prepared_s:.1f} s by the clock)"
    )


def _print_support(materials: Materials) -> None:
    own, near, every = _supports(materials)
    rates = [
        (own.rate(one, two), one, two)
        for one, two in product(np.arange(0.5, 1.01, _STEP), np.arange(0.5, 1.01, _STEP))
        if near.rate(one, two) <= 1 - _SPECIFICITY
    ]
    print(f"{len(own.cosine)} sentences; the five nearest windows give cosines {every:.3f} below those of all windows")
    for name, one, two in (("words alone", SUPPORT_COVERAGE, 2.0), ("both", SUPPORT_COVERAGE, SUPPORT_COSINE)):
        print(f"support by {name}: own entry {own.rate(one, two):.3f}, nearest other {near.rate(one, two):.3f}")
    for rate, one, two in sorted(rates, reverse=True)[:5]:
        print(f"at {_SPECIFICITY:.0%} specificity: own entry {rate:.3f} with {one:.2f} and {two:.2f}")


def _supports(materials: Materials) -> tuple[Supports, Supports, float]:
    """Return how far true sentences are held by their own entry, and by the nearest; and what fewer windows cost."""
    read = [(line, one) for line in _lines() for one in line["sentences"] if one["label"] == "true"]
    entries, subjects = materials.entries, list[tuple[Subject, SentenceRead, Entry, Entry]]()
    nearest = {url: _nearest(entries, url, materials.idf) for url in sorted({line["entry"] for line, _ in read})}
    for line, one in read:
        subject = Subject(_case(line["question"]), Reply(case="", arm="open"), materials)
        for sentence in read_text(one["text"]).sentences[:1]:
            subjects.append((subject, sentence, entries[line["entry"]], nearest[line["entry"]]))
    rows = [(subject, sentence, entry) for subject, sentence, entry, _ in subjects]
    near = [(subject, sentence, entry) for subject, sentence, _, entry in subjects]
    ready = embed_once(lambda noting: _measure([*rows, *near], noting), materials)
    held = _measure(rows, ready)
    return held, _measure(near, ready), _lost_by_few(held, [(one, entry) for _, one, entry in rows], materials)


def _lines() -> list[_Line]:
    return [json.loads(line) for line in _GROUNDING.read_text(encoding="utf-8").splitlines()]


def _case(question: str) -> Case:
    return Case(
        url="", kind="control", split="dev", cluster="", corpus="starter", question=question, answer="", expect="answer"
    )


def _text(entry: Entry) -> str:
    return f"{entry.question}\n\n{entry.answer}"


def _nearest(entries: Mapping[str, Entry], url: str, idf: Idf) -> Entry:
    """Return the other entry whose answer has the greatest content F1 with an entry's."""
    question, wanted = tokens_of(entries[url].question), tokens_of(entries[url].answer)

    def likeness(other: Entry) -> tuple[float, str]:
        found = content_overlap(tokens_of(other.answer), wanted, question, idf)
        return (found[0] if found else 0.0), other.url

    return max((entry for key, entry in entries.items() if key != url), key=likeness)


def _measure(rows: Sequence[tuple[Subject, SentenceRead, Entry]], materials: Materials) -> Supports:
    covered = [coverage(subject, sentence, tokens_of(_text(entry))) for subject, sentence, entry in rows]
    close = [greatest_cosine(sentence, [_text(entry)], materials) for _, sentence, entry in rows]
    return Supports(np.asarray(covered), np.asarray(close))


def _lost_by_few(own: Supports, rows: Sequence[tuple[SentenceRead, Entry]], materials: Materials) -> float:
    """Return by how much the cosine to few windows falls short of that to all, by every fortieth sentence."""
    if materials.embed is None:
        return 0.0
    short: list[float] = []
    for (sentence, entry), cosine in list(zip(rows, own.cosine, strict=True))[::40]:
        vectors = materials.embed([sentence.plain, *(one.plain for one in windows_of(_text(entry)))])
        short.append(float((vectors[1:] @ vectors[0]).max()) - float(cosine))
    return float(np.mean(short))


if __name__ == "__main__":
    main()
