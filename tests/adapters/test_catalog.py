"""The catalog: what an index was built from, its passages, and its lexical index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.adapters.catalog import Catalog
from rag.errors import IndexStateError, NotIndexedError
from rag.models import CatalogChange, FileRecord, IndexedEntry
from rag.passages import passages_of, terms_of
from rag.testing import HashEmbedder, make_entry


def indexed(question: str, answer: str, topics: str = "") -> IndexedEntry:
    """Return an entry as the index keeps it."""
    entry = make_entry(question, answer)
    terms = [" ".join(terms_of(text)) for text in (question, topics, answer)]
    passages = passages_of(entry, HashEmbedder().count_tokens, 256)
    return IndexedEntry(entry.url, question, answer, (terms[0], terms[1], terms[2]), tuple(passages))


NEURON = indexed("What is a neuron?", "# Shape\n\nA long cell.\n\n# Work\n\nIt carries signals.", "neuron, axon")
LEAF = indexed("Why are leaves green?", "Chlorophyll reflects green light. No neuron is needed.")
KIDNEY = indexed("What do kidneys do?", "They filter blood and keep water.")


def put(*entries: IndexedEntry) -> CatalogChange:
    """Return the change that adds entries."""
    return CatalogChange((), (), (), entries)


def take(*entries: IndexedEntry) -> CatalogChange:
    """Return the change that removes entries."""
    return CatalogChange((), [entry.url for entry in entries], (), ())


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Return a catalog of three entries."""
    with closing(Catalog(tmp_path / "catalog.sqlite3", create=True)) as opened:
        opened.apply(put(NEURON, LEAF, KIDNEY))
        yield opened


def test_what_is_applied_is_read_back(catalog: Catalog) -> None:
    """Questions, answers and passages come back as they were put in."""
    assert catalog.entry_count() == 3
    for entry in (NEURON, LEAF, KIDNEY):
        assert catalog.question_of(entry.url) == entry.question
        assert catalog.answer_of(entry.url) == entry.answer
        assert catalog.passages([entry.url]) == list(entry.passages)


def test_passages_are_counted_by_kind(catalog: Catalog) -> None:
    """An entry has one question and as many sections as its answer was cut into."""
    assert catalog.passage_counts() == {"question": 3, "section": 4}
    catalog.apply(take(NEURON, LEAF, KIDNEY))
    assert catalog.passage_counts() == {}


def test_urls_that_no_file_has_are_unknown(catalog: Catalog) -> None:
    """A url is known where a file has it, though its entry be left out of the index."""
    files = [FileRecord("a.md", "1", url="/learn/a"), FileRecord("b.md", "2", url="/learn/b", left_out="refusal")]
    catalog.apply(CatalogChange((), (), files, ()))
    assert catalog.unknown_urls(["/learn/a", "/learn/b", "/learn/nowhere"]) == {"/learn/nowhere"}
    assert catalog.unknown_urls([]) == set()


@pytest.mark.parametrize("count", [40_000])
def test_any_number_of_urls_and_ids_can_be_asked_for(catalog: Catalog, count: int) -> None:
    """The database's limit on parameters is no limit of the catalog."""
    crowd = [f"/learn/{number}" for number in range(count)]
    assert catalog.passages([*crowd, LEAF.url]) == list(LEAF.passages)
    assert catalog.urls_of_passages([*crowd, LEAF.passages[0].id]) == {LEAF.passages[0].id: LEAF.url}
    assert catalog.score_terms(["green"], [*crowd, LEAF.url]).keys() == {LEAF.url}
    assert catalog.counts_of_terms([*crowd, "green"]) == {"green": 1}


def test_passages_come_in_the_order_of_entry_and_place(catalog: Catalog) -> None:
    """Whatever order the urls are asked in, an entry's question comes first and its sections follow as they stand."""
    found = catalog.passages([NEURON.url, KIDNEY.url])
    assert found == [*KIDNEY.passages, *NEURON.passages]
    assert catalog.passages([]) == []
    assert catalog.passages(["/learn/nowhere"]) == []


def test_passages_know_their_entries(catalog: Catalog) -> None:
    """Each known passage leads to its entry; unknown ids are left out."""
    ids = [NEURON.passages[1].id, LEAF.passages[0].id]
    assert catalog.urls_of_passages([*ids, "nobody"]) == {ids[0]: NEURON.url, ids[1]: LEAF.url}
    assert catalog.urls_of_passages([]) == {}


def test_an_entry_that_is_not_there_is_refused_by_its_url(catalog: Catalog) -> None:
    """A caller that names another entry learns which."""
    with pytest.raises(NotIndexedError, match="/learn/nowhere"):
        catalog.question_of("/learn/nowhere")
    with pytest.raises(NotIndexedError, match="/learn/nowhere"):
        catalog.answer_of("/learn/nowhere")


def test_a_removed_entry_leaves_nothing_behind(catalog: Catalog) -> None:
    """Its text, passages and terms go with it, and the others stay."""
    catalog.apply(take(NEURON))
    assert catalog.entry_count() == 2
    assert catalog.passages([NEURON.url]) == []
    assert catalog.search_terms(["axon"], 5) == []
    assert catalog.counts_of_terms(["axon", "neuron"]) == {"neuron": 1}
    with pytest.raises(NotIndexedError):
        catalog.answer_of(NEURON.url)


def test_an_entry_is_replaced_in_two_changes(catalog: Catalog) -> None:
    """An edit takes the old words out of the lexical index and puts the new ones in."""
    edited = indexed(NEURON.question, "It carries impulses.")
    catalog.apply(take(NEURON))
    catalog.apply(put(edited))
    assert catalog.answer_of(NEURON.url) == "It carries impulses."
    assert catalog.counts_of_terms(["signal", "impuls"]) == {"impuls": 1}


def test_a_change_that_fails_changes_nothing(catalog: Catalog) -> None:
    """One transaction: the removal before the failing part is undone."""
    with pytest.raises(IndexStateError):
        catalog.apply(CatalogChange((), [LEAF.url], [FileRecord("a.md", "0")], [KIDNEY]))
    assert catalog.answer_of(LEAF.url) == LEAF.answer
    assert catalog.counts_of_terms(["chlorophyl"]) == {"chlorophyl": 1}
    assert catalog.files() == {}


def test_files_are_recorded_replaced_and_forgotten(catalog: Catalog) -> None:
    """Each path has one record, the last one applied, until it is gone."""
    good = FileRecord("a.md", "11", url="/learn/a")
    bad = FileRecord("b.md", "22", problem="b.md:1: QT101 not UTF-8")
    refusal = FileRecord("a.md", "33", url="/learn/a", left_out="refusal")
    catalog.apply(CatalogChange((), (), [bad, good], ()))
    assert catalog.files() == {"a.md": good, "b.md": bad}
    catalog.apply(CatalogChange((), (), [refusal], ()))
    catalog.apply(CatalogChange(["b.md"], (), (), ()))
    assert catalog.files() == {"a.md": refusal}


def test_a_catalog_survives_reopening(catalog: Catalog, tmp_path: Path) -> None:
    """Facts, entries and terms are on disk as soon as they are written."""
    catalog.set_meta({"recipe": "one", "state": "changing"})
    catalog.set_meta({"state": "whole"})
    with closing(Catalog(tmp_path / "catalog.sqlite3")) as again:
        assert again.meta() == {"recipe": "one", "state": "whole"}
        assert again.passages([NEURON.url]) == list(NEURON.passages)
        assert again.search_terms(["neuron"], 5) == catalog.search_terms(["neuron"], 5)


def test_entries_that_hold_a_term_are_found_best_first(catalog: Catalog) -> None:
    """A term in the question counts more than one in the answer; entries without it are not found."""
    found = catalog.search_terms(["neuron"], 5)
    assert [url for url, _ in found] == [NEURON.url, LEAF.url]
    assert found[0][1] > found[1][1]


def test_a_rare_term_counts_more_than_a_common_one(tmp_path: Path) -> None:
    """An entry with the question's rarest word goes before one with its commonest."""
    crowd = [indexed(f"What is thing {number}?", "It is a cell.") for number in range(20)]
    rare = indexed("What is the other one?", "It is an axolotl.")
    with closing(Catalog(tmp_path / "catalog.sqlite3", create=True)) as catalog:
        catalog.apply(put(*crowd, rare))
        assert catalog.search_terms(["cell", "axolotl"], 3)[0][0] == rare.url


def test_topics_are_searched_too(catalog: Catalog) -> None:
    """A keyword finds its entry where neither question nor answer holds it."""
    assert [url for url, _ in catalog.search_terms(["axon"], 5)] == [NEURON.url]


def test_equal_scores_are_ordered_by_url(tmp_path: Path) -> None:
    """The order of ties does not hang on the order of adding."""
    twins = [indexed(f"What is a {colour} cell?", "It lives.") for colour in ("red", "blue", "white", "green")]
    with closing(Catalog(tmp_path / "catalog.sqlite3", create=True)) as catalog:
        catalog.apply(put(*twins))
        urls = [url for url, _ in catalog.search_terms(["cell"], 5)]
        assert urls == sorted(urls)
        assert [url for url, _ in catalog.search_terms(["cell"], 2)] == urls[:2]


def test_scores_of_chosen_entries_are_those_of_the_search(catalog: Catalog) -> None:
    """Scoring some entries gives each the score that the search gives it, and leaves out those without a term."""
    terms = ["neuron", "green", "water"]
    searched = dict(catalog.search_terms(terms, 10))
    assert catalog.score_terms(terms, list(searched)) == searched
    assert catalog.score_terms(terms, [LEAF.url]) == {LEAF.url: searched[LEAF.url]}
    assert catalog.score_terms(["neuron"], [KIDNEY.url, "/learn/nowhere"]) == {}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(terms=st.sets(st.sampled_from(["neuron", "green", "water", "blood", "cell", "axon", "unknown", "no"])))
def test_searching_and_scoring_agree_on_any_terms(terms: set[str], catalog: Catalog) -> None:
    """The search is the scoring of all entries, sorted and cut."""
    searched = catalog.search_terms(terms, 10)
    assert dict(searched) == catalog.score_terms(terms, [NEURON.url, LEAF.url, KIDNEY.url])
    assert all(first[1] >= second[1] > 0 for first, second in pairwise(searched))
    assert catalog.search_terms(terms, 1) == searched[:1]


def test_no_terms_find_and_score_nothing(catalog: Catalog) -> None:
    """A question without a term is no error for the lexical index."""
    assert catalog.search_terms([], 5) == []
    assert catalog.score_terms([], [LEAF.url]) == {}
    assert catalog.counts_of_terms([]) == {}
    assert catalog.score_terms(["neuron"], []) == {}


def test_terms_are_counted_by_entry(catalog: Catalog) -> None:
    """A term counts once an entry, in whichever part it stands and however often."""
    assert catalog.counts_of_terms(["neuron", "axon", "green", "nowher"]) == {"neuron": 2, "axon": 1, "green": 1}


@pytest.mark.parametrize(
    "term",
    [
        "and",
        "or",
        "not",
        "near",
        "AND",
        "NEAR",
        "near(a b)",
        "question:",
        "wat*",
        "^wat",
        "-wat",
        "{",
        "(",
        '"',
        'a"b',
    ],
)
def test_operators_of_the_lexical_index_are_words(catalog: Catalog, term: str) -> None:
    """A term that is an operator to FTS5 is looked for as a word: it neither fails nor widens the search."""
    assert catalog.search_terms([term, "water"], 5) == catalog.search_terms(["water"], 5)
    assert catalog.score_terms([term, "water"], [KIDNEY.url]).keys() == {KIDNEY.url}
    assert catalog.counts_of_terms([term]) == {}


def test_a_stem_that_looks_like_an_operator_is_found(catalog: Catalog) -> None:
    """The word near in an answer is found as a word."""
    catalog.apply(put(indexed("Where is it?", "Near the heart.")))
    near = terms_of("near")
    assert near == ["near"]
    assert [url for url, _ in catalog.search_terms(near, 5)] == ["/learn/biology/questions/where-is-it"]


def test_a_missing_catalog_is_refused_with_the_command_that_makes_it(tmp_path: Path) -> None:
    """Opening never makes an empty one in its place."""
    with pytest.raises(IndexStateError, match="quicktakes index sync"):
        Catalog(tmp_path / "catalog.sqlite3")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database " * 1_000, b"SQLite format 3\0" + b"\0" * 5_000])
def test_a_file_that_is_no_catalog_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    """The operator learns which file it is and what to do."""
    file = tmp_path / "catalog.sqlite3"
    file.write_bytes(content)
    with pytest.raises(IndexStateError, match=r"catalog\.sqlite3.*quicktakes index sync"):
        Catalog(file)


def test_damage_found_while_reading_is_an_index_state_error(tmp_path: Path) -> None:
    """Pages damaged after the first do not end in an error of SQLite's."""
    file = tmp_path / "catalog.sqlite3"
    with closing(Catalog(file, create=True)) as catalog:
        catalog.apply(put(*(indexed(f"What is thing {number}?", "word " * 200) for number in range(60))))
    content = bytearray(file.read_bytes())
    middle = len(content) // 3
    content[middle:] = b"\xa5" * (len(content) - middle)
    file.write_bytes(content)
    with pytest.raises(IndexStateError, match=r"catalog\.sqlite3"), closing(Catalog(file)) as damaged:
        damaged.passages([f"/learn/biology/questions/what-is-thing-{number}" for number in range(60)])
