"""What an answer costs that a language model wrote before: `make bench-cached [CORPUS=folder]`.

The model is instant (`bench.generation`). Each question is asked once, so that its answer is kept; then it is timed
three ways, side by side, each with its search made anew: searched for only, composed without a model, and answered from
what is kept. Then how long it takes to keep an answer, and to find one, among as many as are kept by default.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.generation import InstantChatModel
from bench.questions import load_questions
from rag.adapters.answer_cache import AnswerCache
from rag.answering import Keeper
from rag.models import Answer, KeptAnswer, QuotedPlace, Sentence
from rag.settings import DEFAULT_ANSWER_CACHE, Settings
from rag.wiring import QuickTakes, load_embedder, open_index, sync_index, with_chat_model

_QUESTIONS = 60
_KEPT = 30
_SENTENCE = "Influenza viruses bind sialic acid on the surface of a cell, which takes them up in a vesicle."
_SENTENCES = 14
"""Of an answer of some 200 words."""


def main() -> None:
    """Run the measurement and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, default=Settings().corpus_dir)
    settings = Settings(parser.parse_args().corpus_dir, Settings.from_environment().data_dir)
    embedder = load_embedder(settings)
    sync_index(settings, embedder)
    questions = [one.question for one in load_questions() if one.corpus == "starter" and one.relevant][:_QUESTIONS]
    with tempfile.TemporaryDirectory() as folder, open_index(settings, embedder) as opened:
        with closing(AnswerCache(Path(folder) / "own.sqlite3", _QUESTIONS)) as cache:
            ready = with_chat_model(opened, InstantChatModel())
            keeper = Keeper(cache, InstantChatModel.name)
            kept = replace(ready, answerer=replace(ready.answerer, keeper=keeper))
            times = asyncio.run(_measure(opened, kept, questions))
        Console().print(_answers(times))
        table = Table("answers kept", "to keep one more", "to find one")
        keep_ms, find_ms = _fill(Path(folder) / "full.sqlite3", DEFAULT_ANSWER_CACHE)
        table.add_row(f"{DEFAULT_ANSWER_CACHE:,}", f"{keep_ms:.1f} ms", f"{find_ms:.1f} ms")
        Console().print(table)


def _answers(times: dict[str, list[float]]) -> Table:
    table = Table("an answer", "median", "to the search", title=f"{len(times['searched'])} questions")
    searched_ms = statistics.median(times["searched"])
    for name, own in times.items():
        median_ms = statistics.median(own)
        table.add_row(name, f"{median_ms:.1f} ms", f"{median_ms / searched_ms:.2f}")
    return table


async def _measure(composing: QuickTakes, keeping: QuickTakes, questions: Sequence[str]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"searched": [], "composed": [], "kept": []}
    for question in questions:
        written, _ = await _time_answer(keeping, question)
        if written.rung != "generated":
            continue
        composing.search(question)
        composing.retriever.forget()
        started = time.perf_counter()
        composing.search(question)
        searched_ms = (time.perf_counter() - started) * 1000
        composing.retriever.forget()
        _, composed_ms = await _time_answer(composing, question)
        composing.retriever.forget()
        again, kept_ms = await _time_answer(keeping, question)
        if again.cached:
            for name, own in zip(times, (searched_ms, composed_ms, kept_ms), strict=True):
                times[name].append(own)
    return times


async def _time_answer(quicktakes: QuickTakes, question: str) -> tuple[Answer, float]:
    started = time.perf_counter()
    async for event in quicktakes.stream(question):
        if isinstance(event, Answer):
            return event, (time.perf_counter() - started) * 1000
    raise AssertionError("an answer has no end")


def _fill(file: Path, count: int) -> tuple[float, float]:
    """Return how many milliseconds it takes to keep an answer among many, and to find one."""
    sentences = tuple(Sentence(_SENTENCE, (1,), "supported", verbatim=False) for _ in range(_SENTENCES))
    text = " ".join(one.text for one in sentences)
    answer = KeptAnswer("answered", text, sentences, (QuotedPlace("p", 0, 9),), (), "m")
    keep_ms: list[float] = []
    find_ms: list[float] = []
    with closing(AnswerCache(file, count)) as cache:
        for number in range(count + _KEPT):
            started = time.perf_counter()
            cache.keep(str(number), answer)
            keep_ms.append((time.perf_counter() - started) * 1000)
        for number in range(count, count + _KEPT):
            started = time.perf_counter()
            cache.get(str(number))
            find_ms.append((time.perf_counter() - started) * 1000)
    return statistics.median(keep_ms[-_KEPT:]), statistics.median(find_ms)


if __name__ == "__main__":
    main()
