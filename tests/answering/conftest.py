"""Fixtures of the tests of answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made_corpus import answerer_over, write_entries

from rag.adapters.minilm import MiniLMEmbedder
from rag.answering import Answerer
from rag.testing import HashEmbedder

Answering = Callable[[dict[str, str]], Answerer]


@pytest.fixture
def answering(tmp_path: Path) -> Answering:
    """Return a function that makes an answerer over ``{question: answer}``, without a model."""
    return lambda entries: answerer_over(write_entries(tmp_path / "corpus", entries), tmp_path, HashEmbedder())


@pytest.fixture(scope="session")
def minilm() -> MiniLMEmbedder:
    """Return the default embedder, loaded once."""
    return MiniLMEmbedder()


@pytest.fixture(scope="session")
def biology(tmp_path_factory: pytest.TempPathFactory, minilm: MiniLMEmbedder) -> Answerer:
    """Return an answerer with the default embedder over a few entries of our own."""
    folder = tmp_path_factory.mktemp("biology")
    return answerer_over(write_entries(folder / "corpus", BIOLOGY), folder, minilm)


BIOLOGY = {
    "What is C3 photosynthesis?": (
        "C3 photosynthesis fixes carbon dioxide with the enzyme RuBisCO into a three-carbon acid.\n\n"
        "It is the most common way in which plants fix carbon. On hot days it loses energy to photorespiration."
    ),
    "Why is the inside of a resting neuron negative?": (
        "The inside of a resting neuron is negative because potassium ions leak out through open channels.\n\n"
        "1. **Pump**: The sodium-potassium pump moves three sodium ions out for every two potassium ions in.\n"
        "2. **Leak**: Potassium leaves faster than sodium enters. This leaves negative charge behind.\n\n"
        "In summary, leak channels set the potential and the pump keeps the gradients."
    ),
    "How do influenza viruses enter a cell?": (
        "Influenza viruses bind sialic acid on the cell's surface and are taken up in a vesicle. "
        "Acid in the vesicle then makes the viral envelope fuse with its membrane."
    ),
    "How does DNA become RNA?": (
        "RNA polymerase reads one strand of DNA and joins ribonucleotides into RNA. The copy is then processed."
    ),
    "What happens to an animal cell in a hypotonic solution?": (
        "Water enters the cell by osmosis, so that it swells and may burst."
    ),
    "Which enzyme converts glucose to glycogen?": "Glycogen synthase joins glucose units into chains of glycogen.",
    "Why do enzymes stop working at high temperature?": (
        "Heat breaks the weak bonds that hold an enzyme in shape. The active site then no longer fits its substrate."
    ),
    "Which animals do not lay eggs?": "Most mammals bear live young; monotremes are the exception.",
}
