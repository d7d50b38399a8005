"""An editor's day, by the commands alone: what was changed, added and deleted is what the index follows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rag.corpus import read_entry
from rag.passages import embedded_text, passages_of
from rag.ports import Vectors
from rag.testing import HashEmbedder, entry_text

Run = Callable[..., Any]

URL = "/learn/biology/questions/{}".format
BONES = """Bones mend in three stages, each of which prepares the next.

## Clot

Blood from torn vessels clots between the broken ends, and white cells clear away dead tissue.

## Callus

Chondrocytes fill the gap with cartilage, which osteoblasts replace with woven bone.

## Remodelling

Osteoclasts dissolve the surplus until the bone has its old shape."""
CORPUS = {
    "bones.md": ("How does a broken bone mend?", BONES),
    "tears.md": ("What are tears made of?", "Tears hold salts, lysozyme and mucin in three layers."),
    "yawns.md": ("Why do people yawn?", "Nobody knows for sure; cooling of the brain is one hypothesis."),
    "moss.md": ("How do mosses drink?", "Mosses take up dew through leaves one cell thick."),
}
STOMATA = "Guard cells lose potassium and water in the dark.\\n\\n## Pore\\n\\nLimp cells lie against each other."


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts that commands embed from now on, over a corpus of four entries."""
    log: list[str] = []

    class RecordingEmbedder(HashEmbedder):
        """An embedder that notes, over all the commands of a test, what it was asked for."""

        def embed(self, texts: Sequence[str]) -> Vectors:
            """Return the vectors of texts."""
            log.extend(texts)
            return super().embed(texts)

    monkeypatch.setattr("rag.wiring.embedders.MiniLMEmbedder", RecordingEmbedder)
    for path in Path("corpus").iterdir():
        path.unlink()
    for name, (question, answer) in CORPUS.items():
        (Path("corpus") / name).write_text(entry_text(question, answer), encoding="utf-8")
    return log


def sync(run: Run) -> dict[str, Any]:
    """Bring the index in step and return the report."""
    result = run("index", "sync", "--json")
    assert (result.code, result.err) == (0, "")
    return result.lines[0]


def replace_in(path: Path, before: str, after: str) -> None:
    """Edit a file as an editor does, in its text."""
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


def found_by(run: Run, question: str) -> dict[str, str]:
    """Return the text of the best passage of each entry found, by url, best first."""
    (found,) = run("search", question, "--json").lines
    return {result["url"]: result["passage"]["text"] for result in found["results"]}


def texts_to_embed(path: Path) -> list[str]:
    """Return what is embedded of the entry in a file."""
    embedder = HashEmbedder()
    return [embedded_text(each) for each in passages_of(read_entry(path), embedder.count_tokens, embedder.max_tokens)]


def edit_add_and_delete(run: Run) -> Path:
    """Change one section of one entry, write a new entry and delete a third; return the new one's file."""
    replace_in(
        Path("corpus/bones.md"), "Chondrocytes fill the gap with", "Fibroblasts bridge the gap with collagen and"
    )
    path = Path(run("corpus", "new", "Why do stomata close at night?").out.strip())
    replace_in(path, "answer: >-\n    To be written.", f"answer: >-\n    {STOMATA}")
    Path("corpus/tears.md").unlink()
    return path


def test_a_sync_follows_an_edit_an_addition_and_a_deletion(run: Run, embedded: list[str]) -> None:
    """Exactly one file each is edited, added and removed; the edited section and the new entry alone are embedded."""
    first = sync(run)
    assert (first["rebuilt"], first["added"], first["entries"]) == (True, 4, 4)
    assert first["embedded"] == len(embedded) == first["passages"]
    before = texts_to_embed(Path("corpus/bones.md"))
    removed = texts_to_embed(Path("corpus/tears.md"))
    new = edit_add_and_delete(run)
    embedded.clear()

    report = sync(run)

    changed = [text for text in texts_to_embed(Path("corpus/bones.md")) if text not in before]
    added = texts_to_embed(new)
    assert len(changed) == 1
    assert "Fibroblasts" in changed[0]
    assert len(added) > 2
    assert (report["rebuilt"], report["added"], report["edited"], report["removed"]) == (False, 1, 1, 1)
    assert sorted(embedded) == sorted([*changed, *added])
    assert report["embedded"] == len(embedded)
    assert report["entries"] == 4
    assert report["passages"] == first["passages"] - len(removed) + len(added)
    assert (report["problems"], report["left_out"]) == ([], {})


def test_after_the_sync_a_search_knows_what_changed(run: Run, embedded: list[str]) -> None:
    """The new and the edited text are found, the deleted entry is not; nothing is left for the search to index."""
    sync(run)
    assert URL("what-are-tears-made-of") in found_by(run, "What are tears made of?")
    edit_add_and_delete(run)
    sync(run)
    assert run("index", "status", "--json").lines[0]["state"] == "in step"
    embedded.clear()

    mended = found_by(run, "Do fibroblasts bridge the gap with collagen?")
    closed = found_by(run, "Do guard cells lose potassium in the dark?")
    tears = found_by(run, "What are tears made of? Salts, lysozyme and mucin?")

    assert len(embedded) == 3
    url, text = next(iter(mended.items()))
    assert url == URL("how-does-a-broken-bone-mend")
    assert "Fibroblasts bridge the gap with collagen and cartilage" in text
    url, text = next(iter(closed.items()))
    assert (url, text) == (
        URL("why-do-stomata-close-at-night"),
        "Guard cells lose potassium and water in the dark.",
    )
    assert URL("what-are-tears-made-of") not in tears
    everything = str([*mended.items(), *closed.items(), *tears.items()])
    assert "lysozyme" not in everything
    assert "Chondrocytes" not in everything


def test_after_the_sync_answers_cite_what_the_files_say_now(run: Run, embedded: list[str]) -> None:
    """The new entry answers its question, the edited one in its new words, and the deleted one no more."""
    sync(run)
    assert run("ask", "What are tears made of?").code == 0
    edit_add_and_delete(run)
    sync(run)
    embedded.clear()

    (closed,) = run("ask", "Why do stomata close at night?", "--json").lines
    (mended,) = run("ask", "How does a broken bone mend?", "--json").lines
    tears = run("ask", "What are tears made of?", "--json")

    assert (closed["status"], closed["citations"][0]["url"]) == ("answered", URL("why-do-stomata-close-at-night"))
    assert "Guard cells lose potassium" in closed["text"]
    assert "Fibroblasts" in mended["text"]
    assert "Chondrocytes" not in mended["text"]
    assert tears.code == 3
    assert "lysozyme" not in tears.out


def test_a_question_after_an_edit_needs_no_sync(run: Run, embedded: list[str]) -> None:
    """A search brings the index in step by itself, and embeds no more than a sync would."""
    sync(run)
    before = texts_to_embed(Path("corpus/bones.md"))
    new = edit_add_and_delete(run)
    embedded.clear()

    found = found_by(run, "guard cells")

    assert next(iter(found)) == URL("why-do-stomata-close-at-night")
    changed = [text for text in texts_to_embed(Path("corpus/bones.md")) if text not in before]
    assert sorted(embedded) == sorted(["guard cells", *changed, *texts_to_embed(new)])
    report = sync(run)
    assert (report["added"], report["edited"], report["removed"], report["embedded"]) == (0, 0, 0, 0)


def test_diff_tells_the_same_as_the_sync(run: Run, embedded: list[str]) -> None:
    """Compared with the corpus as it was, the entries that came, went and changed are those that the sync counts."""
    shutil.copytree("corpus", "before")
    sync(run)
    edit_add_and_delete(run)

    changes = run("corpus", "diff", "before", "corpus", "--json").lines
    report = sync(run)

    assert [(change["kind"], change["url"]) for change in changes] == [
        ("changed", URL("how-does-a-broken-bone-mend")),
        ("removed", URL("what-are-tears-made-of")),
        ("added", URL("why-do-stomata-close-at-night")),
    ]
    assert [key["key"] for key in changes[0]["keys"]] == ["answer"]
    assert (report["added"], report["edited"], report["removed"]) == (1, 1, 1)
    assert embedded


def test_a_new_entry_is_embedded_when_it_has_its_answer(run: Run, embedded: list[str]) -> None:
    """Synced while unfinished it is counted, left out and not embedded; once written it is one edit, and found."""
    sync(run)
    path = Path(run("corpus", "new", "Why do stomata close at night?").out.strip())
    embedded.clear()

    unfinished = sync(run)
    assert (unfinished["added"], unfinished["left_out"], unfinished["embedded"]) == (1, {"unfinished": 1}, 0)
    assert embedded == []
    assert URL("why-do-stomata-close-at-night") not in found_by(run, "Why do stomata close at night?")
    embedded.clear()
    replace_in(path, "answer: >-\n    To be written.", f"answer: >-\n    {STOMATA}")

    written = sync(run)
    assert (written["added"], written["edited"], written["left_out"]) == (0, 1, {})
    assert sorted(embedded) == sorted(texts_to_embed(path))
    assert next(iter(found_by(run, "Why do stomata close at night?"))) == URL("why-do-stomata-close-at-night")


def test_a_mended_file_is_found_again_and_embeds_nothing(run: Run, embedded: list[str]) -> None:
    """A slip that makes a file unreadable hides its entry, with its place told, until it is mended."""
    sync(run)
    path = Path("corpus/moss.md")
    good = path.read_text(encoding="utf-8")
    replace_in(path, "question: >-", "question >-")

    broken = run("index", "sync", "--json").lines[0]
    assert [problem.split(": QT")[0] for problem in broken["problems"]] == ["corpus/moss.md:18"]
    assert URL("how-do-mosses-drink") not in found_by(run, "How do mosses drink?")
    embedded.clear()
    path.write_text(good, encoding="utf-8")

    mended = sync(run)
    assert (mended["edited"], mended["embedded"], mended["problems"]) == (1, 0, [])
    assert embedded == []
    assert next(iter(found_by(run, "How do mosses drink?"))) == URL("how-do-mosses-drink")


def test_an_edit_of_words_for_search_alone_embeds_nothing_and_is_found(run: Run, embedded: list[str]) -> None:
    """Keywords are not embedded, and yet lead to their entry after a sync."""
    sync(run)
    replace_in(Path("corpus/yawns.md"), "one, two, three", "oscitation, jaw, breath")
    embedded.clear()

    report = sync(run)

    assert (report["edited"], report["embedded"], embedded) == (1, 0, [])
    assert next(iter(found_by(run, "oscitation"))) == URL("why-do-people-yawn")
