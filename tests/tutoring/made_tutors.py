"""Tutors over a few entries of our own, with a scripted chat model or none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from memory_index import indexed

from rag.adapters.english import is_english
from rag.answering import PLACEHOLDERS, Answerer, AnswerGenerator, Composer
from rag.models import Answer, AnswerEvent, Check, Mode, Provenance
from rag.ports import ChatModel, Embedder
from rag.prompts import load_prompt
from rag.retrieval import QueryReader, Retriever, SpellingRepairer
from rag.testing import entry_text
from rag.tutoring import Tutor

OSMOSIS = "What is osmosis?"
NEURON = "Why is the inside of a resting neuron negative?"
VESSELS = "How do arteries, veins and capillaries differ?"
ENTRIES = {
    OSMOSIS: (
        "Osmosis is the net movement of water across a selectively permeable membrane from higher to lower water "
        "potential.\n\n"
        "1. **Solutes**: Dissolved solutes lower the water potential of a solution.\n"
        "2. **Equilibrium**: Net movement stops when the water potential is equal on both sides.\n\n"
        "Plasmolysis is the shrinking of a plant cell in a strong solution. About 70% of a cell is water.\n\n"
        "Jean-Antoine Nollet described osmosis in 1748, when he closed a jar of wine with a bladder, put it in water "
        "for some hours, and saw how the bladder swelled until it nearly burst in his hands."
    ),
    NEURON: (
        "The inside of a resting neuron is negative because potassium ions leak out through open channels.\n\n"
        "1. **Pump**: The sodium-potassium pump moves three sodium ions out for every two potassium ions in.\n"
        "2. **Resting potential**: The resting potential of a neuron is about -70 mV."
    ),
    VESSELS: (
        "Arteries carry blood away from the heart, veins carry blood back towards the heart, and capillaries exchange "
        "substances with the tissues.\n\n"
        "1. **Walls**: Arteries have thick muscular walls that bear a high pressure.\n"
        "2. **Valves**: Veins do not keep their blood moving without valves."
    ),
    "What is an equilibrium?": (
        "An equilibrium is a state in which nothing changes on the whole. Scales at rest are in one."
    ),
    "What is water potential?": "Water potential is a measure of the energy of water. Pure water has the highest.",
    "Which animals lay eggs?": "Birds and most reptiles lay eggs. Monotremes are mammals that lay eggs as well.",
}


def url_of(question: str) -> str:
    """Return the url of an entry of these."""
    slug = "".join(sign for sign in question.lower().replace(" ", "-") if sign.isalnum() or sign == "-")
    return f"/learn/biology/questions/{slug}"


def tutor_over(folder: Path, embedder: Embedder, entries: dict[str, str]) -> Tutor:
    """Return a tutor over ``{question: answer}``, without a chat model."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for number, (question, answer) in enumerate(entries.items()):
        (corpus / f"{number:03d}.md").write_text(entry_text(question, answer), encoding="utf-8")
    return tutor_of(corpus, folder, embedder)


def tutor_of(corpus: Path, folder: Path, embedder: Embedder) -> Tutor:
    """Return a tutor over a corpus folder, with an index below another."""
    generation = indexed(corpus, folder, embedder)
    snapshot, catalog = generation.snapshot, generation.catalog
    reader = QueryReader(SpellingRepairer(snapshot.words, snapshot.word_counts, is_english))
    retriever = Retriever(embedder, snapshot, catalog, reader)
    answerer = Answerer(retriever, Composer(embedder, snapshot.postings), catalog, Provenance("corpus", "index", "e"))
    return Tutor(answerer, load_prompt("simpler", PLACEHOLDERS), load_prompt("rewording", PLACEHOLDERS))


def with_model(tutor: Tutor, model: ChatModel) -> Tutor:
    """Return a tutor that a chat model lends its words."""
    weigh = tutor.answerer.retriever.snapshot.postings.weight
    generator = AnswerGenerator(model, load_prompt("answer", PLACEHOLDERS), weigh, "strict")
    return replace(tutor, answerer=replace(tutor.answerer, generator=generator))


def events_of(tutor: Tutor, question: str, mode: Mode, level: int | None = None) -> Sequence[AnswerEvent]:
    """Return all events of an answer in a mode."""

    async def collect() -> list[AnswerEvent]:
        async with aclosing(tutor.in_mode(mode, level).stream(question)) as events:
            return [event async for event in events]

    return asyncio.run(collect())


def answer_of(tutor: Tutor, question: str, mode: Mode, level: int | None = None) -> Answer:
    """Return an answer in a mode, as its stream ends."""
    answer = events_of(tutor, question, mode, level)[-1]
    assert isinstance(answer, Answer)
    return answer


def check_in_words(tutor: Tutor, asked: str, answer: str) -> Check:
    """Return a check with a chat model's feedback."""
    return asyncio.run(tutor.check_in_words(asked, answer))
