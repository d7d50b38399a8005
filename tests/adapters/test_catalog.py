"""The catalog: what an index was built from, its entries, passages, terms and words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.adapters.catalog import Catalog
from rag.errors import IndexStateError, NotIndexedError
from rag.models import CatalogChange, FileRecord, IndexedEntry, Passage
from rag.passages import passages_of, terms_of, words_of
from rag.testing import HashEmbedder, make_entry


def indexed(question: str, answer: str, topics: str = "") -> IndexedEntry:
    """Return an entry as the index keeps it."""
    entry = make_entry(question, answer)
    terms = (terms_of(question), terms_of(topics), terms_of(answer))
    words = sorted({*words_of(question), *words_of(topics), *words_of(answer)})
    passages = passages_of(entry, HashEmbedder().count_tokens, 256)
    return IndexedEntry(entry.url, question, answer, terms, words, tuple(passages))


NEURON = indexed("What is a neuron?", "# Shape\n\nA long cell.\n\n# Work\n\nIt carries signals.", "neuron, axon")
LEAF = indexed("Why are leaves green?", "Chlorophyll reflects green light. No neuron is needed.")
KIDNEY = indexed("What do kidneys do?", "They filter blood and keep water.")


def put(*entries: IndexedEntry) -> CatalogChange:
    """Return the change that adds entries."""
    return CatalogChange((), (), (), entries)


def take(*entries: IndexedEntry) -> CatalogChange:
    """Return the change that removes entries."""
    return CatalogChange((), [entry.url for entry in entries], (), ())


def counted(catalog: Catalog) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return how often each term stands in each field, by url and term."""
    counts, urls = catalog.term_counts(), catalog.urls()
    rows = zip(counts.entries, counts.terms, counts.by_field.tolist(), strict=True)
    return {(urls[entry], counts.names[term]): tuple(fields) for entry, term, fields in rows}


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
def test_any_number_of_urls_can_be_asked_for(catalog: Catalog, count: int) -> None:
    """The database's limit on parameters is no limit of the catalog."""
    crowd = [f"/learn/{number}" for number in range(count)]
    assert catalog.passages([*crowd, LEAF.url]) == list(LEAF.passages)
    assert catalog.unknown_urls(crowd) == set(crowd)


def test_passages_come_in_the_order_of_entry_and_place(catalog: Catalog) -> None:
    """Whatever order the urls are asked in, an entry's question comes first and its sections follow as they stand."""
    found = catalog.passages([NEURON.url, KIDNEY.url])
    assert found == [*KIDNEY.passages, *NEURON.passages]
    assert catalog.passages([]) == []
    assert catalog.passages(["/learn/nowhere"]) == []


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
    assert NEURON.url not in {url for url, _ in counted(catalog)}
    assert "axon" not in catalog.words()
    with pytest.raises(NotIndexedError):
        catalog.answer_of(NEURON.url)


def test_an_entry_is_replaced_in_two_changes(catalog: Catalog) -> None:
    """An edit takes the old terms and words out and puts the new ones in."""
    edited = indexed(NEURON.question, "It carries impulses.")
    catalog.apply(take(NEURON))
    catalog.apply(put(edited))
    assert catalog.answer_of(NEURON.url) == "It carries impulses."
    terms = {term for url, term in counted(catalog) if url == NEURON.url}
    assert terms == {"neuron", "carri", "impuls"}
    assert "signals" not in catalog.words()


def test_a_change_that_fails_changes_nothing(catalog: Catalog) -> None:
    """One transaction: the removal before the failing part is undone, and what was new in it is not half known."""
    with pytest.raises(IndexStateError):
        catalog.apply(
            CatalogChange(
                (), [LEAF.url], [FileRecord("a.md", "0")], [indexed("What is a zebra?", "Zebras graze."), KIDNEY]
            )
        )
    assert catalog.answer_of(LEAF.url) == LEAF.answer
    assert counted(catalog)[LEAF.url, "chlorophyl"] == (0, 0, 1)
    assert catalog.files() == {}
    catalog.apply(put(indexed("What is a zebra?", "Zebras graze.")))
    assert ("/learn/biology/questions/what-is-a-zebra", "zebra") in counted(catalog)


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
        assert counted(again) == counted(catalog)


def test_a_finished_catalog_remembers_passages_as_they_are(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again, in whatever order and together with others, they come as at first, and none is read twice."""
    del catalog  # it wrote the file
    read: list[list[str]] = []
    reading = Catalog._read_passages

    def noted(own: Catalog, urls: list[str]) -> list[Passage]:
        read.append(urls)
        return reading(own, urls)

    monkeypatch.setattr(Catalog, "_read_passages", noted)
    with closing(Catalog(tmp_path / "catalog.sqlite3", read_only=True)) as finished:
        assert finished.passages([NEURON.url]) == list(NEURON.passages)
        for asked in ([NEURON.url, LEAF.url, KIDNEY.url], [KIDNEY.url, NEURON.url, LEAF.url]):
            assert finished.passages(asked) == [*KIDNEY.passages, *NEURON.passages, *LEAF.passages]
        assert finished.passages(["/learn/nowhere"]) == []
    assert read == [[NEURON.url], [KIDNEY.url, LEAF.url], ["/learn/nowhere"]]


def test_terms_are_counted_by_entry_and_field(catalog: Catalog) -> None:
    """Each term of an entry has one row: how often it stands in the question, the topics and the answer."""
    assert counted(catalog) == {
        (entry.url, term): tuple(field.count(term) for field in entry.terms)
        for entry in (NEURON, LEAF, KIDNEY)
        for field in entry.terms
        for term in field
    }
    assert counted(catalog)[NEURON.url, "neuron"] == (1, 1, 0)
    assert counted(catalog)[LEAF.url, "green"] == (1, 0, 1)


def test_term_counts_are_sorted_by_entry_and_name_only_what_occurs(catalog: Catalog) -> None:
    """Entries ascend; names are sorted, distinct, and each is some row's."""
    catalog.apply(take(NEURON))
    counts = catalog.term_counts()
    assert counts.entries.tolist() == sorted(counts.entries.tolist())
    assert list(counts.names) == sorted(set(counts.names))
    assert set(counts.terms.tolist()) == set(range(len(counts.names)))
    assert "axon" not in counts.names


def test_term_counts_do_not_hang_on_the_order_of_writing(tmp_path: Path) -> None:
    """Whatever came first, was edited or was there in between, the same entries give the same arrays."""
    given = []
    for number, changes in enumerate(
        (
            [put(NEURON, LEAF, KIDNEY)],
            [put(KIDNEY), put(LEAF), put(NEURON)],
            [put(indexed("What is a zebra?", "Zebras graze."), LEAF), put(NEURON), take(LEAF), put(KIDNEY, LEAF)],
        )
    ):
        with closing(Catalog(tmp_path / str(number), create=True)) as catalog:
            for change in changes:
                catalog.apply(change)
            counts = catalog.term_counts()
            kept = {"zebra", "graze"}
            assert number < 2 or kept <= set(counts.names)
            catalog.apply(CatalogChange((), ["/learn/biology/questions/what-is-a-zebra"], (), ()))
            counts = catalog.term_counts()
            given.append((list(counts.names), counts.terms.tolist(), counts.entries.tolist(), counts.by_field.tolist()))
    assert given[0] == given[1]
    assert given[0] == given[2]


@pytest.mark.parametrize("entries", [(), (indexed("What is it?", "???"),)])
def test_a_catalog_without_a_term_counts_none(tmp_path: Path, entries: tuple[IndexedEntry, ...]) -> None:
    """No entry, or one of stop words and signs only, gives empty arrays of the right shapes."""
    with closing(Catalog(tmp_path / "catalog.sqlite3", create=True)) as catalog:
        catalog.apply(put(*entries))
        counts = catalog.term_counts()
    assert (list(counts.names), counts.terms.shape, counts.entries.shape) == ([], (0,), (0,))
    assert counts.by_field.shape == (0, 3)


def test_words_are_counted_by_entry(catalog: Catalog) -> None:
    """A word counts once an entry, as it is written but in lower case, function words included."""
    words = catalog.words()
    assert (words["neuron"], words["a"], words["kidneys"]) == (2, 1, 1)
    assert "Neuron" not in words
    assert "kidney" not in words
    catalog.apply(take(NEURON))
    assert catalog.words()["neuron"] == 1


def test_urls_and_passage_ids_come_in_the_order_of_entry_and_place(catalog: Catalog) -> None:
    """Entries by url, whatever the order of adding; of each its question first, then its sections as they stand."""
    entries = sorted((NEURON, LEAF, KIDNEY), key=lambda entry: entry.url)
    assert catalog.urls() == [entry.url for entry in entries]
    passages = [passage for entry in entries for passage in entry.passages]
    assert catalog.passage_ids() == [(passage.url, passage.kind, passage.id) for passage in passages]


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


def test_a_finished_catalog_is_read_where_nothing_can_be_written(catalog: Catalog, tmp_path: Path) -> None:
    """Opened for reading only, it takes no lock, leaves no file beside itself and refuses changes."""
    catalog.close()
    tmp_path.joinpath("catalog.sqlite3").chmod(0o400)
    with closing(Catalog(tmp_path / "catalog.sqlite3", read_only=True)) as read:
        assert read.answer_of(LEAF.url) == LEAF.answer
        with pytest.raises(IndexStateError, match="readonly"):
            read.apply(take(LEAF))
        assert [file.name for file in tmp_path.iterdir()] == ["catalog.sqlite3"]


@pytest.mark.parametrize("missing", [1, 1_000, 4_096, 10_000])
def test_a_finished_catalog_that_was_cut_short_is_refused(catalog: Catalog, tmp_path: Path, missing: int) -> None:
    """Also where the end that is missing would not be read for a while."""
    catalog.close()
    file = tmp_path / "catalog.sqlite3"
    file.write_bytes(file.read_bytes()[:-missing])
    with pytest.raises(IndexStateError, match=r"catalog\.sqlite3.*quicktakes index sync"):
        Catalog(file, read_only=True)


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
