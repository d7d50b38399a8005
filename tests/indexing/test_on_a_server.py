"""An index whose vectors are on a Chroma server: as right as one on disk, and undisturbed by other machines."""

from __future__ import annotations

import secrets
from contextlib import closing
from pathlib import Path
from subprocess import Popen

import pytest
from chroma_process import free_port, run_chroma
from machines import QUESTIONS, Machine, best, collections_on, python, url_of, write, write_corpus

from rag.adapters.chroma_server import ChromaServer
from rag.errors import IndexStateError, IndexUnavailableError
from rag.generations import SERVER_PAIR
from rag.indexing import SNAPSHOT, built_with, inspect_index, roll_back
from rag.testing import HashEmbedder
from rag.wiring import open_for_reading, treat_index, verify_index

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of three entries, in a folder of a name that no other test's has."""
    return write_corpus(tmp_path / f"corpus{secrets.token_hex(4)}")


@pytest.fixture
def machine(corpus: Path, tmp_path: Path, chroma_url: str) -> Machine:
    """Return a machine that keeps its vectors on the server, not yet synced."""
    return Machine(corpus, tmp_path / "data", chroma_url)


def evidence(machine: Machine) -> list[tuple[str, float, list[float]]]:
    """Return what a machine finds for every question: entries, scores, cosines of sections."""
    with machine.open() as quicktakes:
        return [
            (each.url, round(each.score, 2), [round(section.cosine, 2) for section in each.sections])
            for question in QUESTIONS.values()
            for each in quicktakes.search(question).evidence
        ]


def test_what_is_found_is_what_is_found_on_disk(machine: Machine, tmp_path: Path) -> None:
    """Entries, scores and cosines are the same; and no vector stands in the data folder but in the cache."""
    on_disk = Machine(machine.corpus, tmp_path / "other")
    assert on_disk.sync().embedded == machine.sync().embedded > 0
    assert evidence(machine) == evidence(on_disk)
    folder = machine.generations[0]
    assert {path.name for path in folder.iterdir()} == {"catalog.sqlite3", SERVER_PAIR, SNAPSHOT}
    assert not list((folder / SNAPSHOT).glob("*-halves.npy"))


def test_an_index_in_step_is_left_alone(machine: Machine) -> None:
    """A second sync makes no generation, and status says that nothing changed."""
    machine.sync()
    assert not machine.sync().rebuilt
    assert len(machine.generations) == 1
    wanted = built_with(machine.embedder.fingerprint)
    assert inspect_index(machine.corpus, machine.index, wanted).state == "in step"


def test_a_change_embeds_only_what_changed_and_is_found(machine: Machine, tmp_path: Path) -> None:
    """The next generation holds what one built anew would, at the cost of the change."""
    machine.sync()
    url = write(machine.corpus, "d.md", "What do lysosomes digest?", "Lysosomes digest worn organelles.")
    (machine.corpus / "b.md").unlink()
    report = machine.sync()
    assert (report.rebuilt, report.embedded) == (False, 2)
    assert machine.best("What do lysosomes digest?") == url
    anew = Machine(machine.corpus, tmp_path / "anew", machine.chroma_url)
    anew.sync()
    assert evidence(machine) == evidence(anew)


def test_a_reader_goes_on_while_the_next_generation_is_put_in_use(machine: Machine) -> None:
    """A sync alters nothing that a finished generation holds: what a reader finds stays what it was."""
    machine.sync()
    with machine.open() as reader:
        before = [each.url for each in reader.search("What do ribosomes build?").evidence]
        (machine.corpus / "c.md").unlink()
        write(machine.corpus, "a.md", QUESTIONS["a.md"], "An answer about ribosomes, which build chains.")
        machine.sync()
        again = reader.search("What do ribosomes build?", limit=9)  # of another limit, as the first is remembered
        assert [each.url for each in again.evidence] == before
        assert best(reader, "what do ribosomes build") == url_of("c.md")
    assert machine.best("What do ribosomes build?") == url_of("a.md")


def test_only_the_pairs_of_the_last_two_generations_are_kept(machine: Machine) -> None:
    """The generation in use and the one before keep their collections; older ones leave the server."""
    seen: list[set[str]] = []
    for number in range(4):
        write(machine.corpus, "d.md", "What do lysosomes digest?", f"Lysosomes digest {number} organelles.")
        machine.sync()
        seen.append(collections_on(machine.chroma_url or "", machine.corpus.name))
    assert [len(names) for names in seen] == [2, 4, 4, 4]
    assert not seen[-1] & seen[1]
    assert len(machine.generations) == 2


def test_vectors_that_the_server_lost_are_put_back_without_embedding(machine: Machine) -> None:
    """A server that was emptied is filled from the cache by the next sync; readers are told till then."""
    machine.sync()
    with closing(ChromaServer(machine.chroma_url or "")) as server:
        for name in collections_on(machine.chroma_url or "", machine.corpus.name):
            server.delete(name)
    with pytest.raises(IndexStateError, match="quicktakes index sync"):
        machine.best("What do ribosomes build?")
    report = machine.sync()
    assert (report.rebuilt, report.embedded) == (True, 0)
    assert machine.best("What do ribosomes build?") == url_of("c.md")


def test_half_a_pair_is_put_back_too(machine: Machine) -> None:
    """A pair that lacks a collection cannot be opened, so it is built anew."""
    machine.sync()
    with closing(ChromaServer(machine.chroma_url or "")) as server:
        server.delete(min(collections_on(machine.chroma_url or "", machine.corpus.name)))
    assert machine.sync().rebuilt
    assert machine.best("What do ribosomes build?") == url_of("c.md")


def test_vectors_move_to_a_server_and_back_without_embedding(machine: Machine) -> None:
    """Setting the url, or taking it back, builds the index anew from the cache, and each then answers."""
    url = machine.chroma_url
    for place in (None, url, None):
        machine.chroma_url = place
        report = machine.sync()
        assert report.rebuilt
        assert machine.best("What do ribosomes build?") == url_of("c.md")
    assert report.embedded == 0


def test_an_index_on_a_server_that_is_no_longer_set_is_not_read(machine: Machine) -> None:
    """It is told where the vectors are and where they should be; asking one server for another's finds nothing."""
    machine.sync()
    machine.chroma_url = "http://127.0.0.1:9"
    with pytest.raises(IndexStateError, match=r"are on http://127\.0\.0\.1:\d+; .* on http://127\.0\.0\.1:9"):
        machine.best("What do ribosomes build?")


def test_an_index_on_a_server_is_proven(machine: Machine) -> None:
    """All that is in it, on the server and in the folder, is what the files give."""
    machine.sync()
    proven = verify_index(machine.settings, machine.embedder)
    assert (proven.differences, proven.entries) == ((), 3)


def test_a_vector_changed_on_the_server_is_found_and_mended(machine: Machine) -> None:
    """The doctor builds a new pair from the cache, and removes none that is in use."""
    machine.sync()
    with closing(machine.index.store.open_stored(machine.generations[0])) as stored:
        first, second = sorted(stored.questions.ids())[:2]
        vectors = stored.questions.vectors([second, first])
        stored.questions.delete([first, second])
        stored.questions.add([first, second], vectors)
    treatment = treat_index(machine.settings, machine.embedder)
    assert {difference.kind for difference in treatment.before.differences} == {"vector"}
    assert (treatment.repair, treatment.embedded, treatment.after.differences) == ("built anew", 0, ())
    assert len(collections_on(machine.chroma_url or "", machine.corpus.name)) == 4


def test_arrays_are_compiled_again_beside_a_copied_pair(machine: Machine) -> None:
    """A damaged file of the folder is mended without embedding, and the mended index is searched on the server."""
    machine.sync()
    (machine.generations[0] / SNAPSHOT / "sections-ids.npy").unlink()
    treatment = treat_index(machine.settings, machine.embedder)
    assert (treatment.repair, treatment.after.differences) == ("recompiled", ())
    assert machine.best("What do ribosomes build?") == url_of("c.md")


def test_the_generation_before_is_put_back_in_use(machine: Machine) -> None:
    """Its pair is still on the server, so it answers as it did."""
    machine.sync()
    (machine.corpus / "c.md").unlink()
    machine.sync()
    assert machine.best("What do ribosomes build?") != url_of("c.md")
    roll_back(machine.index, built_with(machine.embedder.fingerprint))
    assert machine.best("What do ribosomes build?") == url_of("c.md")


def interrupt(*_: object) -> None:
    """Fail as an interrupt does."""
    raise KeyboardInterrupt


def test_an_interrupted_sync_leaves_nothing_on_the_server(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had begun goes with its folder; the generation in use stays."""
    machine.sync()
    before = collections_on(machine.chroma_url or "", machine.corpus.name)
    write(machine.corpus, "d.md", "What do lysosomes digest?", "Lysosomes digest worn organelles.")
    with monkeypatch.context() as patched:
        patched.setattr(HashEmbedder, "embed", interrupt)
        with pytest.raises(KeyboardInterrupt):
            machine.sync()
    assert collections_on(machine.chroma_url or "", machine.corpus.name) == before
    assert machine.best("What do ribosomes build?") == url_of("c.md")


KILLED = """
import os, sys
from pathlib import Path
from machines import Machine
machine = Machine(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
machine.sync(progress=lambda done, total: os._exit(9) if done else None)
"""


def test_what_a_killed_sync_left_is_removed_by_the_next(machine: Machine) -> None:
    """Its folder names the pair, so that the next sync finds it on the server."""
    machine.sync()
    write(machine.corpus, "d.md", "What do lysosomes digest?", "Lysosomes digest worn organelles.")
    killed = python(KILLED, machine.corpus, machine.data, machine.chroma_url or "")
    killed.communicate()
    assert killed.returncode == 9
    assert len(collections_on(machine.chroma_url or "", machine.corpus.name)) == 4
    machine.sync()
    assert len(machine.generations) == 2
    assert len(collections_on(machine.chroma_url or "", machine.corpus.name)) == 4


@pytest.fixture
def mortal(tmp_path: Path) -> tuple[int, Path]:
    """Return a port and a folder for a server that a test starts and stops."""
    return free_port(), tmp_path / "server"


def test_a_server_that_is_down_is_told_and_nothing_is_built_instead(
    mortal: tuple[int, Path], corpus: Path, tmp_path: Path
) -> None:
    """Sync, status, verify, doctor and questions name the server; when it is back all is as it was."""
    port, folder = mortal
    machine = Machine(corpus, tmp_path / "data", f"http://127.0.0.1:{port}")
    with pytest.raises(IndexUnavailableError, match=f"127.0.0.1:{port}"):
        machine.sync()
    with run_chroma(folder, port):
        machine.sync()
    generations = machine.generations
    wanted = built_with(machine.embedder.fingerprint)
    calls = (
        machine.sync,
        lambda: machine.best("?"),
        lambda: inspect_index(corpus, machine.index, wanted),
        lambda: verify_index(machine.settings, machine.embedder),
        lambda: treat_index(machine.settings, machine.embedder),
    )
    for call in calls:
        with pytest.raises(IndexUnavailableError, match=f"127.0.0.1:{port}"):
            call()
    with run_chroma(folder, port):
        assert not machine.sync().rebuilt
        assert machine.best("What do ribosomes build?") == url_of("c.md")
    assert machine.generations == generations


def test_where_the_server_is_down_entries_are_searched_by_words(corpus: Path, tmp_path: Path) -> None:
    """Opened as well as it can be, the corpus answers, and each answer names the server."""
    machine = Machine(corpus, tmp_path / "data", f"http://127.0.0.1:{free_port()}")
    with open_for_reading(machine.settings, machine.embedder) as (quicktakes, report):
        assert report is None
        found = quicktakes.search("What do ribosomes build?")
    assert found.evidence[0].url == url_of("c.md")
    assert "by words only" in found.notices[0]
    assert machine.chroma_url in found.notices[0]


def test_a_server_that_stops_in_the_middle_disturbs_no_generation(
    mortal: tuple[int, Path], corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sync that it leaves says so; the next one ends the work and tidies up."""
    port, folder = mortal
    machine = Machine(corpus, tmp_path / "data", f"http://127.0.0.1:{port}")
    running = run_chroma(folder, port)
    running.__enter__()
    machine.sync()
    url = write(corpus, "d.md", "What do lysosomes digest?", "Lysosomes digest worn organelles.")
    embed = HashEmbedder.embed

    def stop_first(embedder: HashEmbedder, texts: list[str]) -> object:
        running.__exit__(None, None, None)
        monkeypatch.undo()
        return embed(embedder, texts)

    monkeypatch.setattr(HashEmbedder, "embed", stop_first)
    with pytest.raises(IndexUnavailableError, match=f"127.0.0.1:{port}"):
        machine.sync()
    with run_chroma(folder, port):
        assert machine.best("What do ribosomes build?") == url_of("c.md")
        machine.sync()
        assert machine.best("What do lysosomes digest?") == url
        assert len(collections_on(machine.chroma_url or "", corpus.name)) == 4


SYNC_AND_ASK = """
import sys
from pathlib import Path
from machines import QUESTIONS, Machine, best
machine = Machine(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "sync":
        machine.sync()
    with machine.open() as quicktakes:
        print(" ".join(best(quicktakes, question) for question in QUESTIONS.values()), flush=True)
"""


def send(running: Popen[str], order: str) -> None:
    """Give an order to another process."""
    assert running.stdin
    running.stdin.write(f"{order}\n")
    running.stdin.flush()


def heard(running: Popen[str]) -> str:
    """Return the next line that another process says."""
    assert running.stdout
    return running.stdout.readline().strip()


def tell(running: Popen[str], order: str) -> str:
    """Give an order, and return what is said to it."""
    send(running, order)
    return heard(running)


def test_machines_that_sync_to_one_server_at_once_disturb_nobody(corpus: Path, tmp_path: Path, chroma_url: str) -> None:
    """Two with the same corpus and a third with another one, which goes on changing: all answers stay right."""
    other = write_corpus(tmp_path / "edited")
    write(other, "a.md", QUESTIONS["a.md"], "Here another answer stands, about leaves.")
    (other / "c.md").unlink()
    write(other, "c2.md", "What do ribosomes really build?", "Ribosomes build proteins.")
    corpora = {"one": corpus, "two": corpus, "third": other}
    running = {name: python(SYNC_AND_ASK, folder, tmp_path / name, chroma_url) for name, folder in corpora.items()}
    right = " ".join(url_of(name) for name in QUESTIONS)
    try:
        for each in running.values():
            assert heard(each) == "ready"
        for order in ("sync", "ask", "ask"):
            for each in running.values():
                send(each, order)
            said = {name: heard(each) for name, each in running.items()}
            assert (said["one"], said["two"]) == (right, right)
            assert said["third"] != right
        for number in range(3):
            write(other, "a.md", QUESTIONS["a.md"], f"Another answer once more, number {number}.")
            tell(running["third"], "sync")
            assert (tell(running["one"], "ask"), tell(running["two"], "ask")) == (right, right)
    finally:
        for each in running.values():
            each.communicate()
