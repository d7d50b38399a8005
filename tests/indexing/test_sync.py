"""A sync makes the index equal to the corpus, and does no more than that takes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from index_bench import LEAVES, Bench, forget_open_stores, passages_in

from rag.errors import ConfigurationError
from rag.passages import embedded_text
from rag.testing import HashEmbedder, entry_text

BROKEN = "---\nquestion >-\n"


def test_the_first_sync_indexes_every_entry(bench: Bench) -> None:
    """A new index holds all entries of all folders, and every passage was embedded once."""
    report = bench.sync()

    assert report.rebuilt
    assert (report.added, report.edited, report.removed) == (3, 0, 0)
    assert report.entries == 3
    assert report.passages == report.embedded == len(bench.embedder.embedded)
    assert {passage.url for passage in bench.passages()} == {
        "/learn/biology/questions/why-do-leaves-look-green",
        "/learn/biology/questions/how-do-kidneys-filter-blood",
        "/learn/biology/questions/what-do-ribosomes-build",
    }


def test_a_second_sync_does_nothing(bench: Bench) -> None:
    """Where no file changed, nothing is embedded, nothing is written and no progress is shown."""
    bench.sync()
    before = bench.contents()
    calls: list[tuple[int, int]] = []

    report = bench.sync(lambda done, total: calls.append((done, total)))

    assert not report.rebuilt
    assert (report.added, report.edited, report.removed, report.embedded) == (0, 0, 0, 0)
    assert bench.embedder.embedded == []
    assert calls == []
    assert bench.contents() == before


def test_a_touched_file_is_not_an_edited_file(bench: Bench) -> None:
    """A new modification time with the same bytes changes nothing: content decides."""
    bench.sync()
    os.utime(bench.corpus / "a.md", (1, 1))

    assert bench.sync().edited == 0


def test_an_edit_embeds_only_the_passages_it_changed(bench: Bench) -> None:
    """Changing the last section of an answer embeds that section alone."""
    bench.sync()
    bench.write("a.md", "Why do leaves look green?", LEAVES.replace("Carotenoids", "Xanthophylls"))

    report = bench.sync()

    assert (report.added, report.edited, report.removed) == (0, 1, 0)
    assert report.embedded == 1
    assert len(bench.embedder.embedded) == 1
    assert "Xanthophylls" in bench.embedder.embedded[0]
    texts = [passage.text for passage in bench.passages()]
    assert any("Xanthophylls" in text for text in texts)
    assert not any("Carotenoids" in text for text in texts)


def test_an_edit_of_what_is_not_embedded_embeds_nothing_but_is_found(bench: Bench) -> None:
    """New keywords reach the lexical index without a call of the embedder."""
    bench.sync()
    file = bench.corpus / "b.md"
    file.write_text(file.read_text().replace("one, two, three", "glomerulus"))

    assert bench.sync().embedded == 0
    assert bench.counts_of_terms("glomerulus") == {"glomerulus": 1}


def test_text_put_before_a_section_moves_its_offsets(bench: Bench) -> None:
    """A passage whose text only moved keeps quoting its entry at the right place."""
    bench.sync()
    bench.write("a.md", "Why do leaves look green?", f"Plants vary.\n\n## Colour\n\n{LEAVES}")
    bench.sync()

    for passage in bench.passages():
        if passage.kind == "section":
            assert bench.answer_of(passage.url)[passage.start : passage.end] == passage.text


def test_a_new_file_is_found(bench: Bench) -> None:
    """An added file's entry is embedded, alone, and found."""
    bench.sync()
    url = bench.write("new/d.md", "Why do muscles tire?", "Muscles tire when phosphate builds up.")

    report = bench.sync()

    assert report.added == 1
    assert report.embedded == 2
    assert bench.search("muscles tire")[0] == url


def test_a_deleted_file_is_found_no_more(bench: Bench) -> None:
    """A removed file takes its entry, its passages, its vectors and its terms along."""
    bench.sync()
    url = bench.search("kidneys filter blood")[0]
    (bench.corpus / "b.md").unlink()

    report = bench.sync()

    assert (report.removed, report.entries, report.embedded) == (1, 2, 0)
    assert url not in bench.search("kidneys filter blood nephrons")
    assert bench.counts_of_terms("kidney", "nephron") == {}


def test_a_renamed_file_keeps_its_passages(bench: Bench, tmp_path: Path) -> None:
    """Moving a file to another name or folder embeds nothing and leaves its entry to be found."""
    bench.sync()
    (bench.corpus / "other").mkdir()
    (bench.corpus / "b.md").rename(bench.corpus / "other/z.md")

    report = bench.sync()

    assert (report.added, report.removed, report.embedded, report.entries) == (1, 1, 0, 3)
    assert bench.search("kidneys filter blood")[0] == "/learn/biology/questions/how-do-kidneys-filter-blood"
    assert bench.contents() == bench.contents_built_anew(tmp_path / "anew")


def test_two_files_can_swap_their_urls(bench: Bench, tmp_path: Path) -> None:
    """Entries that trade places in one sync each end under their new file."""
    bench.sync()
    first, second = bench.corpus / "a.md", bench.corpus / "deep/c.md"
    texts = first.read_text(), second.read_text()
    first.write_text(texts[1])
    second.write_text(texts[0])

    report = bench.sync()

    assert (report.edited, report.entries, report.problems) == (2, 3, ())
    assert bench.contents() == bench.contents_built_anew(tmp_path / "anew")


def test_urls_can_swap_while_the_answers_stay(bench: Bench, tmp_path: Path) -> None:
    """Where two files trade only their urls, each url leads to the other answer afterwards."""
    bench.sync()
    first, second = bench.corpus / "a.md", bench.corpus / "b.md"
    slugs = "why-do-leaves-look-green", "how-do-kidneys-filter-blood"
    texts = first.read_text(), second.read_text()
    first.write_text(texts[0].replace(*slugs))
    second.write_text(texts[1].replace(*reversed(slugs)))

    bench.sync()

    assert "chlorophyll" in bench.answer_of(f"/learn/biology/questions/{slugs[1]}")
    assert bench.contents() == bench.contents_built_anew(tmp_path / "anew")


def test_a_file_that_breaks_leaves_and_comes_back_when_mended(bench: Bench) -> None:
    """A broken file is a located problem, its entry is gone, the others stay; mending it embeds nothing again."""
    bench.sync()
    file = bench.corpus / "b.md"
    whole = file.read_text()

    file.write_text(BROKEN)
    broken = bench.sync()
    assert broken.entries == 2
    assert len(broken.problems) == 1
    assert broken.problems[0].startswith(f"{file}:")
    assert "how-do-kidneys-filter-blood" not in " ".join(bench.search("kidneys filter blood"))
    assert bench.sync().problems == broken.problems

    file.write_text(whole)
    mended = bench.sync()
    assert (mended.entries, mended.problems, mended.embedded) == (3, (), 0)
    assert "how-do-kidneys-filter-blood" in bench.search("kidneys filter blood")[0]


def test_a_file_that_cannot_be_read_is_a_problem_not_a_failure(bench: Bench) -> None:
    """Not UTF-8, a folder named like an entry, a dangling link and an empty file each give one problem."""
    (bench.corpus / "latin.md").write_bytes("---\ntitle: caf\xe9\n".encode("latin-1"))
    (bench.corpus / "folder.md").mkdir()
    (bench.corpus / "link.md").symlink_to("nowhere")
    (bench.corpus / "empty.md").write_bytes(b"")

    report = bench.sync()

    assert report.entries == 3
    assert [problem.split(":")[0].rsplit("/", 1)[1] for problem in report.problems] == [
        "empty.md",
        "folder.md",
        "latin.md",
        "link.md",
    ]
    assert not bench.sync().edited


@pytest.mark.parametrize("order", [("f.md", "k.md"), ("k.md", "f.md")])
def test_of_two_files_with_one_url_the_first_in_path_order_wins(bench: Bench, order: tuple[str, str]) -> None:
    """The same file is indexed whichever of the two came first; the other is named as a problem."""
    answers = {"f.md": "The answer in the first file.", "k.md": "The answer in the second file."}
    for path in order:
        url = bench.write(path, "What is shared?", answers[path])
        report = bench.sync()

    assert bench.answer_of(url) == answers["f.md"]
    assert len(report.problems) == 1
    assert "k.md:" in report.problems[0]
    assert "f.md" in report.problems[0]


def test_an_edit_that_takes_the_url_of_a_later_file_wins(bench: Bench, tmp_path: Path) -> None:
    """A file edited to the url of a file after it takes that url over, as a build from scratch would have it."""
    bench.sync()
    bench.write("a.md", "What do ribosomes build?", "Ribosomes make proteins.")
    bench.sync()

    assert bench.answer_of("/learn/biology/questions/what-do-ribosomes-build") == ("Ribosomes make proteins.")
    assert bench.contents() == bench.contents_built_anew(tmp_path / "anew")


def test_the_other_file_takes_a_url_over_when_the_first_goes(bench: Bench) -> None:
    """Deleting the file that held a shared url lets the next file in, and its problem is gone."""
    url = bench.write("f.md", "What is shared?", "The answer in the first file.")
    bench.write("k.md", "What is shared?", "The answer in the second file.")
    bench.write("m.md", "What is shared?", "The answer in the third file.")
    assert len(bench.sync().problems) == 2

    (bench.corpus / "f.md").unlink()
    report = bench.sync()

    assert bench.answer_of(url) == "The answer in the second file."
    assert len(report.problems) == 1
    assert "m.md:" in report.problems[0]
    assert "k.md" in report.problems[0]


def test_a_url_is_taken_over_when_its_first_file_breaks_or_turns_elsewhere(bench: Bench) -> None:
    """A shared url goes to the next file also where the first stays but no longer has it, and back again."""
    url = bench.write("f.md", "What is shared?", "The answer in the first file.")
    bench.write("k.md", "What is shared?", "The answer in the second file.")
    bench.sync()

    (bench.corpus / "f.md").write_text(BROKEN)
    bench.sync()
    assert bench.answer_of(url) == "The answer in the second file."

    bench.write("f.md", "What is shared?", "The answer in the first file.")
    bench.sync()
    assert bench.answer_of(url) == "The answer in the first file."


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("What is a spleen?", "I cannot answer this question.", "refusal"),
        ("What is a spleen?", "It is an organ. The provided context does not mention more.", "half-refusal"),
        ("What will be on the midterm?", "Chapters one to five.", "course-bound"),
    ],
)
def test_what_is_not_knowledge_is_counted_and_never_indexed(
    bench: Bench, question: str, answer: str, reason: str
) -> None:
    """Refusals and course-bound entries are neither embedded nor found; the report says how many there are."""
    url = bench.write("x.md", question, answer)

    report = bench.sync()

    assert report.left_out == {reason: 1}
    assert report.entries == 3
    assert report.problems == ()
    assert not any("spleen" in text or "midterm" in text for text in bench.embedder.embedded)
    assert url not in bench.search(question)
    assert bench.sync().left_out == {reason: 1}


def test_an_entry_marked_no_index_is_not_indexed(bench: Bench) -> None:
    """The publisher's own mark keeps an entry out, whatever its answer says."""
    text = entry_text("What is a spleen?", "An organ.").replace("answer: >-", "no_index: True\nanswer: >-")
    (bench.corpus / "x.md").write_text(text)

    assert bench.sync().left_out == {"refusal": 1}


def test_an_entry_that_becomes_a_refusal_leaves_the_index(bench: Bench) -> None:
    """Editing a good answer into a refusal takes its passages out."""
    bench.sync()
    bench.write("b.md", "How do kidneys filter blood?", "I cannot answer this question.")

    report = bench.sync()

    assert (report.entries, report.left_out) == (2, {"refusal": 1})
    assert not any("kidney" in url for url in bench.search("How do kidneys filter blood?"))


@pytest.mark.parametrize("sign", [r"\n", r"\r", r"\u2028", " ", "é"])
def test_an_entry_with_an_odd_url_does_no_harm(bench: Bench, sign: str) -> None:
    """A url with a line break in it, which only a hand can have written, is a key like any other."""
    text = entry_text("What is a spleen?", "An organ that filters blood.")
    (bench.corpus / "x.md").write_text(
        "".join(f'url: "/learn/a{sign}b"\n' if line.startswith("url: ") else line for line in text.splitlines(True))
    )

    assert bench.sync().entries == 4
    assert bench.search("What is a spleen?")[0].startswith("/learn/a")
    assert not bench.sync().rebuilt


def test_the_readme_and_hidden_files_are_no_entries(bench: Bench) -> None:
    """README.md and names that start with a dot are passed over without a word."""
    (bench.corpus / "README.md").write_text("About the corpus.")
    (bench.corpus / ".draft.md").write_text("Not yet.")

    report = bench.sync()

    assert (report.added, report.problems) == (3, ())


def test_an_answer_that_is_only_a_heading_can_be_synced_and_searched(bench: Bench) -> None:
    """An entry without a single section does no harm: the index is built and every search still works."""
    bench.write("h.md", "What is a heading?", "## Only a heading")

    bench.sync()

    assert "/learn/biology/questions/how-do-kidneys-filter-blood" in bench.search("heading kidneys blood")


def test_an_empty_corpus_is_an_empty_index(tmp_path: Path) -> None:
    """A folder without entries syncs to nothing and searches find nothing."""
    (tmp_path / "corpus").mkdir()
    bench = Bench(tmp_path / "corpus", tmp_path / "data")

    report = bench.sync()

    assert (report.entries, report.passages) == (0, 0)
    assert bench.search("Why?") == []
    assert not bench.sync().rebuilt


def test_a_corpus_can_become_empty_and_full_again(bench: Bench) -> None:
    """Deleting every file empties the index; putting them back embeds nothing."""
    bench.sync()
    texts = {path: path.read_text() for path in bench.corpus.rglob("*.md")}
    for path in texts:
        path.unlink()
    assert bench.sync().entries == 0
    for path, text in texts.items():
        path.write_text(text)

    report = bench.sync()

    assert (report.entries, report.embedded) == (3, 0)


def test_a_missing_corpus_folder_is_the_operators_error_and_harms_no_index(bench: Bench) -> None:
    """A mistyped or unmounted folder is refused, not taken for a corpus with no files."""
    bench.sync()
    bench.corpus.rename(bench.corpus.with_name("elsewhere"))

    with pytest.raises(ConfigurationError, match="does not exist"):
        bench.sync()

    bench.corpus.with_name("elsewhere").rename(bench.corpus)
    assert bench.sync().added == 0


def test_progress_is_told_and_reaches_the_total(bench: Bench) -> None:
    """Progress starts at no more than the total, never goes back, and ends with all files done."""
    for number in range(150):
        bench.write(f"many/{number}.md", f"What is item {number}?", f"Item {number} is one of many.")
    calls: list[tuple[int, int]] = []

    bench.sync(lambda done, total: calls.append((done, total)))

    assert len(calls) > 1
    assert {total for _, total in calls} == {153}
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert calls[-1] == (153, 153)


def test_another_embedder_builds_the_index_anew(bench: Bench) -> None:
    """Vectors of two models never meet in one index."""
    bench.sync()
    bench.embedder = _OtherEmbedder()

    report = bench.sync()

    assert report.rebuilt
    assert report.embedded == report.passages
    assert bench.status().embedder == "hash-embedder:other"
    assert not bench.sync().rebuilt


@pytest.mark.parametrize("key", ["recipe", "format", "embedder"])
def test_an_index_made_by_other_rules_is_built_anew_from_the_cache(bench: Bench, key: str) -> None:
    """A change to how passages are cut or stored takes effect at the next sync, without embedding equal texts again."""
    bench.sync()
    before = bench.contents()
    bench.set_meta(**{key: "an older one"})

    report = bench.sync()

    assert report.rebuilt
    assert report.embedded == 0
    assert bench.contents() == before


def test_disk_use_does_not_grow_with_syncs(bench: Bench) -> None:
    """Only the index in use and the one before it, which somebody may still read, are kept."""
    kept: list[Path] = []
    for number in range(5):
        bench.write("b.md", "How do kidneys filter blood?", f"Nephrons sieve plasma in {number} steps.")
        bench.sync()
        kept = [*kept[-1:], bench.generation_folder]

    folders = [path for path in bench.index.path.iterdir() if path.is_dir()]
    assert sorted(folders) == sorted(kept)


def test_a_reader_is_not_disturbed_by_a_sync(bench: Bench) -> None:
    """Who has the index open goes on reading what it held, while and after a sync changes it."""
    bench.sync()
    url = "/learn/biology/questions/how-do-kidneys-filter-blood"
    with bench.open() as before:
        bench.write("b.md", "How do kidneys filter blood?", "They changed.")
        bench.sync()
        entries, _ = before.snapshot.postings.entries_with("nephron")

        assert "nephrons" in before.catalog.answer_of(url)
        assert [before.snapshot.urls[int(entry)] for entry in entries] == [url]
        number = before.snapshot.numbers([url])[0]
        vector = HashEmbedder().embed(["How do kidneys filter blood?"])[0]
        assert before.snapshot.questions.search(vector, 1)[0].tolist() == [number]
    assert bench.answer_of(url) == "They changed."


def test_two_corpora_share_a_data_folder_and_its_cache(bench: Bench, tmp_path: Path) -> None:
    """Each corpus folder has an index of its own; a text they share is embedded once."""
    bench.sync()
    other = Bench(tmp_path / "more/corpus", bench.data)
    other.write("a.md", "Why do leaves look green?", LEAVES)

    report = other.sync()

    assert (report.entries, report.embedded) == (1, 0)
    assert bench.status().state == "in step"
    assert bench.status().entries == 3


def test_every_passage_has_the_vector_of_its_own_text(bench: Bench) -> None:
    """After edits the store holds, under each passage's id, what the embedder gives for it; the snapshot likewise."""
    bench.sync()
    bench.write("a.md", "Why do leaves look green?", f"Plants vary.\n\n{LEAVES}")
    (bench.corpus / "b.md").unlink()
    bench.sync()

    with bench.open() as generation, bench.vectors() as stores:
        arrays = (generation.snapshot.questions, generation.snapshot.sections)
        for kind, store, searched in zip(("question", "section"), stores, arrays, strict=True):
            passages = [passage for passage in passages_in(generation) if passage.kind == kind]
            vectors = HashEmbedder().embed([embedded_text(passage) for passage in passages])
            assert store.vectors([passage.id for passage in passages]) == pytest.approx(vectors, abs=1e-6)
            assert searched.vectors(np.arange(len(passages))) == pytest.approx(vectors, abs=1e-3)


@pytest.mark.real_entries
def test_the_real_biology_entries_sync(real_biology: Path, tmp_path: Path) -> None:
    """All 1,009 files are usable; the few that are not knowledge are counted; a second sync embeds nothing."""
    bench = Bench(real_biology, tmp_path / "data")

    report = bench.sync()
    assert report.added == 1009
    assert report.problems == ()
    assert report.entries + sum(report.left_out.values()) == 1009
    assert report.left_out.keys() <= {"refusal", "half-refusal", "course-bound"}

    again = bench.sync()
    assert not again.rebuilt
    assert bench.embedder.embedded == []
    assert bench.status().state == "in step"
    forget_open_stores()


class _OtherEmbedder(HashEmbedder):
    fingerprint = "hash-embedder:other"
