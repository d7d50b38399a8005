"""Small corpora, indexed as the product indexes them, with vectors in memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from memory_index import indexed

from rag.adapters.english import is_english
from rag.corpus import Entry, render_entry
from rag.ports import Embedder
from rag.retrieval import QueryReader, Retriever, SpellingRepairer
from rag.testing import HashEmbedder, make_entry

ENTRIES = {
    name: make_entry(question, answer)
    for name, question, answer in [
        (
            "neuron",
            "Why is the inside of a resting neuron negative?",
            """A resting neuron leaks potassium.

1. **Pump**: the sodium-potassium pump sends three Na⁺ out for two K⁺ in.
2. **Leak**: K⁺ leaves through open channels and takes positive charge along.""",
        ),
        (
            "photosynthesis",
            "How do plants make sugar from light?",
            """# Light reactions

Chlorophyll in the thylakoids catches light and splits water.

# Calvin cycle

Rubisco fixes CO₂ in the stroma, and sugar is built with ATP and NADPH.""",
        ),
        (
            "kidney",
            "How do kidneys keep water in the body?",
            "The loop of Henle makes the medulla salty. Water leaves the collecting duct when vasopressin opens it.",
        ),
        ("enzyme", "What makes an enzyme specific?", "The shape of its active site fits one substrate."),
        ("vaccine", "How does a vaccine protect people?", "It leaves memory B cells and T cells behind."),
        ("glucose", "What is the formula of glucose?", "Glucose is $C_6H_{12}O_6$, a sugar with six carbon atoms."),
    ]
}


def build_retriever(folder: Path, entries: Iterable[Entry], embedder: Embedder | None = None) -> Retriever:
    """Return a retriever over entries, which are written and indexed below a folder."""
    corpus = folder / "corpus"
    for entry in entries:
        file = corpus / entry.subject / entry.file_name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(render_entry(entry), encoding="utf-8")
    corpus.mkdir(exist_ok=True)
    embedder = embedder or HashEmbedder()
    generation = indexed(corpus, folder, embedder)
    snapshot = generation.snapshot
    repairer = SpellingRepairer(snapshot.words, snapshot.word_counts, is_english)
    return Retriever(embedder, snapshot, generation.catalog, QueryReader(repairer))
