"""What says nearly the same as an entry is found, by each of four rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evals.cases import changed_since_frozen, freeze_cases, make_cases, make_known_items
from evals.cases.neighbourhood import (
    Neighbourhoods,
    Terms,
    corpus_key,
    find_neighbours,
    grams_of,
    load_neighbourhoods,
    near_duplicates,
    save_neighbourhoods,
)
from rag.corpus import Entry, RelatedArticle
from rag.ports import Vectors
from rag.testing import HashEmbedder
from rag.testing.entries import make_entry

_RUN = "the quick brown newt regrows one leg after losing it"
_ENTRIES = [
    make_entry("How do newts regrow legs?", f"Blastema cells divide. {_RUN.capitalize()}, and then some others do so."),
    make_entry("What is a salamander able to do?", f"Many things at length are told here. Indeed {_RUN}."),
    make_entry("Why are leaves green?", "Chlorophyll reflects green wavelengths and absorbs red."),
    make_entry("What colour has foliage?", "Green wavelengths are what chlorophyll reflects; red ones it absorbs."),
    make_entry("What is osmosis?", "Water crosses a membrane."),
    make_entry("What does a kidney filter?", "Blood plasma is pressed through glomeruli."),
]


def _vectors(entries: list[Entry]) -> Vectors:
    """Return vectors of which none is near another."""
    return np.eye(len(entries), dtype=np.float32)


def _links(entry: Entry, *others: Entry) -> Entry:
    related = tuple(RelatedArticle(id=one.id, title=one.title, subject=one.subject, url=one.url) for one in others)
    return replace(entry, related=related)


def test_alike_answers_and_shared_runs_are_neighbours() -> None:
    """An answer in other order, and one that shares a run of words, are found; others are not."""
    found = find_neighbours(_ENTRIES, _vectors(_ENTRIES), "e")
    newt, lizard, leaf, foliage, osmosis, kidney = (entry.url for entry in _ENTRIES)
    assert found.neighbours[newt] == (lizard,)
    assert found.neighbours[lizard] == (newt,)
    assert found.neighbours[leaf] == (foliage,)
    assert found.neighbours[osmosis] == found.neighbours[kidney] == ()
    assert found.of([leaf, osmosis]) == {leaf, foliage, osmosis}
    assert found.of(["/unknown"]) == {"/unknown"}


def test_alike_questions_are_neighbours() -> None:
    """A cosine of 0.85 is enough, and what is less is not."""
    vectors = _vectors(_ENTRIES)
    vectors[5, 4:] = 0.86, (1 - 0.86**2) ** 0.5
    alike = find_neighbours(_ENTRIES, vectors, "e")
    assert alike.neighbours[_ENTRIES[4].url] == (_ENTRIES[5].url,)
    vectors[5, 4:] = 0.84, (1 - 0.84**2) ** 0.5
    assert find_neighbours(_ENTRIES, vectors, "e").neighbours[_ENTRIES[4].url] == ()


def test_links_count_where_both_ways_lead() -> None:
    """Entries that link to each other are neighbours; a link that is not returned is none."""
    osmosis, kidney = _ENTRIES[4:]
    one_way = [*_ENTRIES[:4], _links(osmosis, kidney), kidney]
    both = [*_ENTRIES[:4], _links(osmosis, kidney), _links(kidney, osmosis, make_entry("Gone?", "Gone."))]
    assert find_neighbours(one_way, _vectors(one_way), "e").neighbours[osmosis.url] == ()
    assert find_neighbours(both, _vectors(both), "e").neighbours[osmosis.url] == (kidney.url,)


def test_content_f1_leaves_out_the_words_of_the_question() -> None:
    """An answer that repeats the question only scores nothing; the same answer scores 1."""
    asked = make_entry("What is osmosis?", "Osmosis is water that crosses.")
    entries = [asked, make_entry("Again?", "Osmosis is what."), make_entry("Same?", asked.answer)]
    scores = Terms(entries).content_f1(0)
    assert scores[[0, 2]] == pytest.approx([1, 1])
    assert scores[1] == 0


def test_near_duplicates_come_in_groups() -> None:
    """Who shares a run of words with one of a group belongs to it; every entry is in one group."""
    groups = near_duplicates(_ENTRIES, _vectors(_ENTRIES))
    assert groups == [[0, 1], [2], [3], [4], [5]]


def test_a_case_is_covered_by_what_is_left_when_its_neighbours_are_hidden() -> None:
    """A near copy of an entry is hidden with it, so it makes no case answerable."""
    made = make_cases(_ENTRIES, _vectors(_ENTRIES), find_neighbours(_ENTRIES, _vectors(_ENTRIES), "e"), "own")
    assert [case.answerable for case in made] == [False] * len(_ENTRIES)
    alone = make_cases(_ENTRIES, _vectors(_ENTRIES), Neighbourhoods("none", {}), "own")
    assert [case.answerable for case in alone if "green" in case.answer.lower()] == [True, True]


def test_near_duplicates_share_a_cluster_and_a_split() -> None:
    """However many share a run of words: what one is tuned by, another is not tested by."""
    entries = [make_entry(f"What is animal {n} able to do?", f"Fact {n}: {_RUN}.") for n in range(12)]
    made = make_cases(entries, _vectors(entries), Neighbourhoods("none", {}), "own")
    assert len({(case.cluster, case.split) for case in made}) == 1


def test_known_items_are_to_be_found_where_nothing_is_hidden() -> None:
    """Each but a refusal is asked by its own question and is its own source; clusters and splits are as held out."""
    entries = [*_ENTRIES, replace(make_entry("Who won the cup?", "It is not said."), no_index=True)]
    known = make_known_items(entries, _vectors(entries), "own")
    held = make_cases(entries, _vectors(entries), Neighbourhoods("none", {}), "own")
    assert [(case.url, dict(case.sources)) for case in known] == [(one.url, {one.url: 2}) for one in _ENTRIES]
    assert {(case.kind, case.hold_out, case.answerable) for case in known} == {("known_item", "none", None)}
    assert {(case.kind, case.hold_out) for case in held} == {("held_out_paraphrase", "neighbourhood")}
    assert [(case.cluster, case.split) for case in known] == [(case.cluster, case.split) for case in held]


def test_a_frozen_suite_is_known_by_all_its_files(tmp_path: Path) -> None:
    """What changed, left or came is named."""
    made = make_cases(_ENTRIES, _vectors(_ENTRIES), Neighbourhoods("none", {}), "own")
    freeze_cases(made, tmp_path, "corpus")
    assert changed_since_frozen(tmp_path) == []
    first, second, *_ = sorted(tmp_path.glob("*.md"))
    first.unlink()
    second.write_text("another", encoding="utf-8")
    (tmp_path / "new.md").write_text("new", encoding="utf-8")
    assert changed_since_frozen(tmp_path) == [first.name, second.name, "new.md"]


def test_neighbourhoods_are_kept_for_one_corpus(tmp_path: Path) -> None:
    """What is kept comes back for the same entries and embedder, and for no other; a damaged file is none."""
    embedder = HashEmbedder()
    found = find_neighbours(_ENTRIES, embedder.embed([one.question for one in _ENTRIES]), embedder.fingerprint)
    file = tmp_path / "kept/near.json"
    save_neighbourhoods(file, found)
    assert load_neighbourhoods(file, corpus_key(_ENTRIES, embedder.fingerprint)) == found
    assert load_neighbourhoods(file, corpus_key(_ENTRIES[1:], embedder.fingerprint)) is None
    assert load_neighbourhoods(file, corpus_key(_ENTRIES, "another")) is None
    file.write_text("{}", encoding="utf-8")
    assert load_neighbourhoods(file, found.corpus) is None


def test_empty_corpus_has_no_neighbours() -> None:
    """Nothing is near nothing."""
    assert find_neighbours([], np.empty((0, 0), dtype=np.float32), "e").neighbours == {}


def test_runs_are_of_eight_words() -> None:
    """Case, marks and line ends count for nothing; seven words have no run."""
    assert grams_of("One two, three\n\n- four **five** six seven EIGHT.") == {"one two three four five six seven eight"}
    assert grams_of("one two three four five six seven") == set()
