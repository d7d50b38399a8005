"""The large corpus that speed is measured on, and the embedder that indexes it without a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.large_corpus import HashedWordsEmbedder, TimedAs, made_entries, write_corpus
from rag.corpus import load_corpus, render_entry
from rag.passages import terms_of
from rag.testing import HashEmbedder, make_entry

ENTRIES = 50


@pytest.fixture(scope="module")
def made_folder(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A folder of entries made from the starter corpus."""
    folder = tmp_path_factory.mktemp("made")
    write_corpus(repository / "corpus", folder, ENTRIES)
    return folder


def test_made_entries_load_without_a_problem(made_folder: Path, repository: Path) -> None:
    """Each file reads back as the entry it was written from, with a question and a url of its own."""
    corpus = load_corpus(made_folder)
    made = {entry.url: entry for entry in made_entries(repository / "corpus", ENTRIES)}
    assert not corpus.problems
    assert dict(corpus.entries) == made
    assert len(made) == len({entry.question for entry in made.values()}) == ENTRIES


def test_no_two_made_entries_share_a_file_or_a_url(tmp_path: Path) -> None:
    """Even from one entry with a question in which no word is replaced, each made one has a url of its own."""
    entry = make_entry("What is DNA?", "Cells keep their hereditary record in it.")
    (tmp_path / entry.file_name).write_bytes(render_entry(entry).encode())
    made = list(made_entries(tmp_path, 300))
    assert len(made) == len({entry.url for entry in made}) == len({entry.file_name for entry in made}) == 300


def test_made_entries_go_by_the_seed(repository: Path) -> None:
    """One seed gives the same entries each time, another seed others."""
    first, again, other = (list(made_entries(repository / "corpus", 5, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_made_entries_have_the_length_and_shape_of_their_sources(made_folder: Path, repository: Path) -> None:
    """Blocks and words per entry are, on average, within a fifth of those of the sources."""
    made, sources = (
        [entry.answer for entry in load_corpus(folder).entries.values()]
        for folder in (made_folder, repository / "corpus")
    )
    for size in (lambda text: len(text.split()), lambda text: text.count("\n\n")):
        assert np.mean([*map(size, made)]) == pytest.approx(np.mean([*map(size, sources)]), rel=0.2)


def test_the_vocabulary_grows_with_the_corpus(repository: Path) -> None:
    """An entry brings many terms that the sources lack, and the second half still many that the first half lacks."""
    answers = [entry.answer for entry in made_entries(repository / "corpus", 2 * ENTRIES)]
    sources = {term for entry in load_corpus(repository / "corpus").entries.values() for term in terms_of(entry.answer)}
    first, second = (
        {term for answer in half for term in terms_of(answer)} - sources
        for half in (answers[:ENTRIES], answers[ENTRIES:])
    )
    assert len(first) > 20 * ENTRIES
    assert len(second - first) > len(first) / 2


def test_hashed_words_give_unit_vectors_that_are_near_for_like_texts() -> None:
    """Vectors have unit length, ignore capitals and punctuation, and are nearer the more words two texts share."""
    texts = ["Enzymes lower the energy.", "enzymes: lower the energy", "Enzymes lower a barrier", "Kidneys sieve", ""]
    vectors = HashedWordsEmbedder().embed(texts)
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    cosines = vectors @ vectors[0]
    assert cosines[1] == pytest.approx(1)
    assert 1 > cosines[2] > 0.3 > abs(cosines[3])
    assert HashedWordsEmbedder().embed(texts) == pytest.approx(vectors)


def test_an_embedder_timed_as_a_model_gives_its_own_vectors() -> None:
    """The model reads each text, and the vectors and the fingerprint are those the index was built with."""
    own, model = HashedWordsEmbedder(), HashEmbedder()
    timed = TimedAs(own, model)
    assert timed.embed(["a leaf"]) == pytest.approx(own.embed(["a leaf"]))
    assert model.embedded == ["a leaf"]
    assert (timed.fingerprint, timed.count_tokens("a leaf")) == (own.fingerprint, own.count_tokens("a leaf"))
