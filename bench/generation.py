"""What an answer costs beside its model: `make bench-generation [CORPUS=folder]`.

The model is instant: it replies with sentences of the evidence it is given, word by word, in this process. Each
question is asked once to warm the caches of its evidence, then timed beside the embedding of the same question: until
the first event, until the first sentence, and whole; then through the LangChain chain.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.questions import load_questions
from rag import answer_chain
from rag.models import Answer, ChatMessage, ReplyEnd, ReplyPart, SentenceShown, Usage
from rag.ports import Embedder
from rag.settings import Settings
from rag.testing.chat_script import ChatAsked, echo_reply
from rag.wiring import QuickTakes, load_embedder, open_index, sync_index, with_chat_model

_QUESTIONS = 60


class InstantChatModel:
    """Replies at once with sentences of the evidence; implements `rag.ports.ChatModel`.

    Attributes:
        thought_s: seconds that it took so far to find what to say, which are no model's cost and are left out.
    """

    name = "instant"

    def __init__(self) -> None:
        self.thought_s = 0.0

    async def stream(
        self,
        messages: Sequence[ChatMessage],
        is_shown: Callable[[], bool],  # noqa: ARG002 the port's
    ) -> AsyncGenerator[ReplyPart]:
        """Give the reply word by word."""
        started = time.perf_counter()
        body = {"messages": [{"role": message.role, "content": message.content} for message in messages]}
        reply = echo_reply(ChatAsked(body)).pieces
        words = [f"{word} " for word in str(reply).split(" ")]
        self.thought_s += time.perf_counter() - started
        for word in words:
            yield word
        yield ReplyEnd(self.name, Usage(), 0.0)


def main() -> None:
    """Run the measurement and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, default=Settings().corpus_dir)
    settings = Settings(parser.parse_args().corpus_dir, Settings.from_environment().data_dir)
    embedder = load_embedder(settings)
    sync_index(settings, embedder)
    questions = [one.question for one in load_questions() if one.corpus == "starter" and one.relevant][:_QUESTIONS]
    with open_index(settings, embedder) as opened:
        model = InstantChatModel()
        times = asyncio.run(_measure(with_chat_model(opened, model), model, embedder, questions))
    table = Table("an answer that a model writes", "median", "ratio", title=f"{len(times['embed'])} questions")
    whole_ms = statistics.median(times["embed"])
    for name, own in times.items():
        median_ms = statistics.median(own)
        table.add_row(name, f"{median_ms:.1f} ms", f"{median_ms / whole_ms:.2f}")
    Console().print(table)


async def _measure(
    quicktakes: QuickTakes, model: InstantChatModel, embedder: Embedder, questions: Sequence[str]
) -> dict[str, list[float]]:
    names = ("embed", "first event", "first sentence", "whole", "through LangChain")
    times: dict[str, list[float]] = {name: [] for name in names}
    chain = answer_chain(quicktakes)
    for question in questions:
        await _time_events(quicktakes, model, question)
        started = time.perf_counter()
        embedder.embed([question])
        embed_ms = (time.perf_counter() - started) * 1000
        quicktakes.retriever.forget()
        first_ms, sentence_ms, whole_ms, answer = await _time_events(quicktakes, model, question)
        quicktakes.retriever.forget()
        started = time.perf_counter() - model.thought_s
        await chain.ainvoke(question)
        chain_ms = (time.perf_counter() - model.thought_s - started) * 1000
        if answer.rung == "generated" and answer.sentences:
            for name, own in zip(names, (embed_ms, first_ms, sentence_ms, whole_ms, chain_ms), strict=True):
                times[name].append(own)
    return times


async def _time_events(
    quicktakes: QuickTakes, model: InstantChatModel, question: str
) -> tuple[float, float, float, Answer]:
    started = time.perf_counter() - model.thought_s
    first_ms = sentence_ms = 0.0
    async for event in quicktakes.stream(question):
        now_ms = (time.perf_counter() - model.thought_s - started) * 1000
        first_ms = first_ms or now_ms
        if isinstance(event, SentenceShown):
            sentence_ms = sentence_ms or now_ms
        if isinstance(event, Answer):
            return first_ms, sentence_ms, now_ms, event
    raise AssertionError("an answer has no end")


if __name__ == "__main__":
    main()
