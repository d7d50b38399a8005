"""The contract of `rag.ports.Embedder`, for the double, the real model and a server; and what only the model does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np
import pytest

from rag.adapters.minilm import MiniLMEmbedder
from rag.adapters.openai_embedder import OpenAIEmbedder
from rag.adapters.openai_server import openai_fingerprint
from rag.ports import Embedder
from rag.testing import HashEmbedder

TEXTS = [
    "Mitochondria release energy.",
    "Why do leaves look green?",
    "The kidney filters blood, keeps what the body needs, and passes on the rest as urine. " * 2,
    "DNA",
    "Enzymes lower the energy that a reaction needs to start.",
    "CO₂ + H₂O → 🧬",
    "",
]


@pytest.fixture(params=["hash", "minilm", pytest.param("openai", marks=pytest.mark.allow_hosts(["127.0.0.1"]))])
def make(request: pytest.FixtureRequest) -> Callable[[], Embedder]:
    """Return what makes each embedder."""
    if request.param == "openai":
        return partial(OpenAIEmbedder, "hash", request.getfixturevalue("server").url)
    return HashEmbedder if request.param == "hash" else MiniLMEmbedder


@pytest.fixture
def embedder(make: Callable[[], Embedder], request: pytest.FixtureRequest) -> Embedder:
    """Return each embedder."""
    return request.getfixturevalue("minilm") if make is MiniLMEmbedder else make()


def test_vectors_have_unit_length(embedder: Embedder) -> None:
    """So that a dot product is the cosine; an empty text is no exception."""
    vectors = embedder.embed(TEXTS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


@pytest.mark.parametrize("count", [len(TEXTS), 100])
def test_a_text_has_one_vector_alone_and_among_others(embedder: Embedder, count: int) -> None:
    """Rows keep the order of texts, and neither batching nor threads change a vector."""
    texts = [f"{TEXTS[number % len(TEXTS)]} {'x' * (number % 13)}" for number in range(count)]
    together = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    assert together.shape == alone.shape
    assert np.abs(together - alone).max() < 1e-5


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    """The empty list gives an array of no rows and the usual dimensions, which a server tells with its first reply."""
    dimensions = embedder.embed(["one"]).shape[1]
    assert embedder.embed([]).shape == (0, dimensions)


def test_different_texts_have_different_vectors(embedder: Embedder) -> None:
    """Texts without a word in common are not taken for each other."""
    vectors = embedder.embed(TEXTS)
    assert max(float(a @ b) for a, b in combinations(vectors, 2)) < 0.99


def test_the_fingerprint_names_what_makes_the_vectors(make: Callable[[], Embedder]) -> None:
    """Two of a kind share it, kinds do not."""
    assert make().fingerprint == make().fingerprint
    assert len({HashEmbedder().fingerprint, MiniLMEmbedder.fingerprint, openai_fingerprint("hash", None)}) == 3


def test_the_batch_size_is_a_number_of_texts(embedder: Embedder) -> None:
    """Who keeps vectors can count on at least one text at a time."""
    assert embedder.batch_size >= 1


def test_nothing_is_billed_on_this_machine(embedder: Embedder) -> None:
    """The double, the default and a server without a key cost nothing, so nobody is asked."""
    assert embedder.usd_per_million_tokens == 0


def test_tokens_are_counted_beyond_the_window(embedder: Embedder) -> None:
    """A count is the length of the text, never the length of what the model would read."""
    assert embedder.max_tokens == 256
    assert embedder.count_tokens("cell") == 3
    assert embedder.count_tokens("cell " * 1_000) == 1_002


def test_the_minilm_fingerprint_holds_the_hashes_of_both_files(minilm: MiniLMEmbedder) -> None:
    """Another model or tokenizer file means another fingerprint."""
    assert minilm.fingerprint == "all-MiniLM-L6-v2-int8:8199be6f699a:be50c3628f2b"


def test_padding_does_not_change_a_vector(minilm: MiniLMEmbedder) -> None:
    """A short text beside a long one in a batch is pooled over its own tokens alone."""
    short, long = "Cells divide.", "The kidney filters blood and passes on the rest. " * 15
    beside = minilm.embed([short, long])[0]
    assert np.abs(beside - minilm.embed([short])[0]).max() < 1e-5


def test_the_model_reads_up_to_256_tokens(minilm: MiniLMEmbedder) -> None:
    """Text counts up to the window's end and not beyond: 254 words and two marks."""
    whole, longer, shorter = minilm.embed(["cell " * 254, "cell " * 254 + "volcano " * 500, "cell " * 253 + "volcano"])
    assert whole @ longer == pytest.approx(1, abs=1e-5)
    assert whole @ shorter < 0.9999


@pytest.mark.parametrize(
    ("text", "paraphrase", "unrelated"),
    [
        ("How do plants make food from light?", "Photosynthesis in leaves", "The causes of the French Revolution"),
        ("The heart pumps blood", "Cardiac muscle drives circulation", "Interest rates rose last year"),
        ("Why do we get goosebumps?", "Hair standing up when it is cold", "How do bees make honey?"),
    ],
)
def test_a_paraphrase_is_nearer_than_something_else(
    minilm: MiniLMEmbedder, text: str, paraphrase: str, unrelated: str
) -> None:
    """The vectors carry meaning: texts that share no word can be near."""
    vectors = minilm.embed([text, paraphrase, unrelated])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_small_and_capital_letters_are_one(minilm: MiniLMEmbedder) -> None:
    """The model is uncased."""
    vectors = minilm.embed(["WHAT IS DNA?", "what is dna?"])
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-5)


def test_two_embedders_of_a_kind_give_equal_vectors(make: Callable[[], Embedder]) -> None:
    """Equal fingerprints mean equal vectors."""
    assert np.array_equal(make().embed(TEXTS[:3]), make().embed(TEXTS[:3]))
