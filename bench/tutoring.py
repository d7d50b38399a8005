"""How well the tutor checks, hints and simplifies, over the starter corpus: `make bench-tutoring [SPLIT=test]`.

Students' answers of `evals/datasets/tutoring` are checked, and what is said of each sentence and key fact is compared
with its label. Every entry is asked for hints of all levels, and every fourth for a simpler answer. Nothing was chosen
on the split ``test``.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from rag.models import HINT_LEVELS, Answer
from rag.passages import plain_text
from rag.settings import Settings
from rag.tutoring import key_facts, secrets_of
from rag.wiring import QuickTakes, open_quicktakes

_FOLDER = Path("evals/datasets/tutoring")
_CREDIT = {"covered": 1.0, "partly": 0.5, "missing": 0.0}
_FINDINGS = ("right", "alike", "wrong", "unsaid")
_COVERAGES = ("covered", "partly", "missing")
_EVERY = 4
_VOWELS = re.compile(r"[aeiouy]+")


def main() -> None:
    """Check, hint and simplify, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["dev", "test"], default="dev")
    parser.add_argument("--show", action="store_true", help="print each sentence judged otherwise than labelled")
    parser.add_argument("--checks-only", action="store_true", help="leave hints and simpler answers out")
    given = parser.parse_args()
    with open_quicktakes(Settings.from_environment()) as quicktakes:
        _measure_checks(quicktakes, given.split, show=given.show)
        if not given.checks_only:
            _measure_hints(quicktakes)
            _measure_simpler(quicktakes)


def _measure_checks(quicktakes: QuickTakes, split: str, *, show: bool) -> None:
    found: Counter[tuple[str, str]] = Counter()
    changes: Counter[tuple[str, bool]] = Counter()
    facts: Counter[tuple[str, str]] = Counter()
    scores: list[tuple[float, float]] = []
    spent_s = 0.0
    for case in map(json.loads, (_FOLDER / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()):
        started = time.process_time()
        check = quicktakes.check(case["entry"], case["answer"])
        spent_s += time.process_time() - started
        if [one.text for one in check.sentences] != [one["text"] for one in case["sentences"]]:
            raise ValueError(f"the answer is cut otherwise than labelled: {case['answer']}")
        for own, label in zip(check.sentences, case["sentences"], strict=True):
            found[label["label"], own.finding] += 1
            if "change" in label:
                changes[label["change"], own.finding == "wrong"] += 1
            if show and own.finding != label["label"]:
                print(f"{label['label']} judged {own.finding}: {own.text} {own.reason}")
        coverage = {fact.text: fact.coverage for fact in check.facts}
        for label in case["facts"]:
            facts[label["label"], coverage.get(label["text"], "not a key fact")] += 1
        scores.append((check.score, _labelled_score(case)))
    console = Console()
    console.print(_table("sentences", found, _FINDINGS, split))
    console.print(_table("key facts", facts, (*_COVERAGES, "not a key fact"), split))
    for change in sorted({change for change, _ in changes}):
        whole = changes[change, True] + changes[change, False]
        print(f"mistakes of kind {change}: {changes[change, True]} of {whole} caught")
    both = {(label, own) for label in _COVERAGES for own in _COVERAGES if (label == "covered") == (own == "covered")}
    print(f"facts: covered or not agrees in {sum(facts[one] for one in both) / facts.total():.1%}")
    print(f"score: rank correlation {_rank_correlation(scores):.2f} over {len(scores)} answers")
    print(f"{spent_s / len(scores) * 1000:.0f} ms of CPU a check")


def _labelled_score(case: dict[str, list[dict[str, str]]]) -> float:
    wrong = sum(sentence["label"] == "wrong" for sentence in case["sentences"])
    return max(0.0, sum(_CREDIT[fact["label"]] for fact in case["facts"]) - wrong / 2) / len(case["facts"])


def _table(what: str, counts: Counter[tuple[str, str]], given: Sequence[str], split: str) -> Table:
    table = Table(f"{what} labelled", "number", *given, title=split)
    for label in dict.fromkeys(label for label, _ in sorted(counts)):
        whole = sum(counts[label, own] for own in given)
        table.add_row(label, str(whole), *(f"{counts[label, own] / whole:.1%}" for own in given))
    return table


def _rank_correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Return Spearman's rho, equal values sharing their mean rank."""
    ranks = [_ranks([pair[side] for pair in pairs]) for side in (0, 1)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: Sequence[float]) -> list[float]:
    array = np.array(values)
    return [float((array < value).sum() + ((array == value).sum() - 1) / 2) for value in values]


def _measure_hints(quicktakes: QuickTakes) -> None:
    retriever = quicktakes.retriever
    hints = leaks = 0
    for url in retriever.snapshot.urls:
        question = retriever.store.question_of(url)
        own = next(one for one in retriever.search(question).evidence if one.url == url)
        facts = key_facts(retriever.reader.read(question), own.sections, retriever.snapshot.postings)
        for level in HINT_LEVELS:
            hints += 1
            leaks += secrets_of(question, facts).leak_in(quicktakes.ask(question, mode="hint", level=level).text)
    print(f"hints: {leaks} of {hints} leak")


def _measure_simpler(quicktakes: QuickTakes) -> None:
    table = Table("answers", "number", "sentences", "words a sentence", "Flesch reading ease", "Flesch-Kincaid grade")
    questions = [quicktakes.retriever.store.question_of(url) for url in quicktakes.retriever.snapshot.urls[::_EVERY]]
    for mode in ("explain", "simpler"):
        answers = [quicktakes.ask(question, mode=mode) for question in questions]
        table.add_row(mode, str(len(answers)), *_readability(answers))
    Console().print(table)


def _readability(answers: Sequence[Answer]) -> tuple[str, str, str, str]:
    texts = [plain_text(sentence.text) for answer in answers for sentence in answer.sentences]
    texts = [text for text in texts if "|" not in text and len(text.split()) > 3]
    words = [word for text in texts for word in re.findall(r"[A-Za-z]+", text)]
    syllables = sum(max(1, len(_VOWELS.findall(word.lower().removesuffix("e")))) for word in words)
    per_sentence, per_word = len(words) / len(texts), syllables / len(words)
    ease = 206.835 - 1.015 * per_sentence - 84.6 * per_word
    grade = 0.39 * per_sentence + 11.8 * per_word - 15.59
    return f"{len(texts) / len(answers):.1f}", f"{per_sentence:.1f}", f"{ease:.0f}", f"{grade:.1f}"


if __name__ == "__main__":
    main()
