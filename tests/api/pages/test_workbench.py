"""Editors compare what two settings find: how the question is read, what each entry is given, what moves."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest
from made_service import LEAVES
from starlette.testclient import TestClient

from api.pages.workbench import Setting, _sides
from rag.errors import ProviderUnavailableError
from rag.models import Evidence, Passage, Query, ScoredPassage, Search, Signals
from rag.retrieval import Retriever
from rag.testing import HashReranker

MISSPELT = "wich ribosmes bild amino acids"


@pytest.fixture
def editor(client: TestClient) -> TestClient:
    """Give a client that signed in."""
    secret = client.app.state.service.records.keys.create("ada", "edit")[1]  # type: ignore[attr-defined]
    client.post("/signin", data={"key": secret}, follow_redirects=False)
    client.headers["Accept"] = "text/html"
    return client


def sides_of(page: str) -> list[str]:
    """Return the two halves of a page."""
    return re.findall(r'<section aria-labelledby="side-\d">.*?</section>', page, re.DOTALL)


def offered_by(page: str) -> set[str]:
    """Return the settings that can be chosen."""
    return set(re.findall(r'<option value="(\w+)"', page))


def test_what_is_seen_of_an_entry(editor: TestClient) -> None:
    """Each entry is linked where it answers, with its score, its signals, the words that matched and both sums."""
    page = editor.get("/workbench", params={"q": "why do leaves look green", "right": "whole"}).text
    left, right = sides_of(page)
    assert left.replace("side-1", "side-2") == right
    assert "Both find the same entries in the same order." in page
    assert f'<a href="{LEAVES}?start=0&amp;end=' in left
    assert "words matched: leaves, look, green" in left
    for name in ("section", "question", "terms", "missing", "lead"):
        assert f"<dt>{name}</dt>" in left
    assert re.search(r"rank -?\d\.\d\d = [+-]\d\.\d\d section", left)
    assert re.search(r"certainty -?\d+\.\d\d = -5\.72 intercept", left)


def test_a_side_reads_the_question_in_its_own_way(editor: TestClient) -> None:
    """What was rewritten is shown on the side that rewrote it, and not on the one without repair."""
    page = editor.get("/workbench", params={"q": MISSPELT, "left": "whole", "right": "spelling"}).text
    left, right = sides_of(page)
    assert "<del>ribosmes</del> → <ins>ribosomes</ins>" in left
    assert "<del>" not in right
    assert f"Read as “{MISSPELT}”" in right


def test_words_only_has_no_cosines(editor: TestClient) -> None:
    """On the side without vectors no nearness is shown: there is none."""
    _, right = sides_of(editor.get("/workbench", params={"q": "leaves"}).text)
    assert "Words only</h2>" in right
    assert "<dt>section</dt>" not in right
    assert "<dt>terms</dt>" in right


def test_what_is_not_set_up_is_not_offered(editor: TestClient) -> None:
    """Without a reranker nothing can be compared without it; an address that asks for that cannot be read."""
    assert offered_by(editor.get("/workbench").text) == set(get_args(Setting.__args__[1])) - {"reranker"} | {"whole"}
    assert editor.get("/workbench?q=leaves&right=reranker").status_code == 422
    assert editor.get("/workbench?q=leaves&right=nothing").status_code == 422
    assert editor.get("/workbench", params={"q": "x" * 5_000}).status_code == 422


def test_a_reranker_is_told_and_can_be_left_out(editor: TestClient) -> None:
    """Where there is one, its scores stand on its side."""
    set_retriever(editor, replace(retriever_of(editor), reranker=HashReranker()))
    page = editor.get("/workbench?q=leaves&right=reranker").text
    assert "reranker" in offered_by(page)
    left, right = sides_of(page)
    assert "<dt>reranker</dt>" in left
    assert "<dt>reranker</dt>" not in right


def test_a_side_whose_embedder_fails_says_so(editor: TestClient) -> None:
    """Where nothing can be embedded, a side shows what words find, and that it is not what was chosen."""

    class Failing:
        fingerprint = "failing"

        def embed(self, texts: object) -> object:  # noqa: ARG002 the port's
            raise ProviderUnavailableError("the embedder does not answer")

    set_retriever(editor, replace(retriever_of(editor), embedder=Failing()))  # type: ignore[arg-type]
    left, right = sides_of(editor.get("/workbench?q=leaves").text)
    assert "Searched by words only: the embedder does not answer" in left
    assert "Searched by words only" not in right


def test_a_question_is_shown_and_not_run(editor: TestClient) -> None:
    """Whatever is asked is text on the page."""
    page = editor.get("/workbench", params={"q": "</script><script>alert(1)</script> leaves"}).text
    assert "<script>alert" not in page
    assert not re.search(r"\s(style|on\w+)=", page)


def test_what_moves_is_marked_on_both_sides() -> None:
    """An entry that stands higher, lower or not at all on the other side says so, by how many places."""
    left, right = _sides([("one", _found("a", "b", "c")), ("other", _found("c", "b", "d"))])
    assert [(row.evidence.url, row.moved) for row in left.rows] == [("a", None), ("b", 0), ("c", -2)]
    assert [(row.evidence.url, row.moved) for row in right.rows] == [("c", 2), ("b", 0), ("d", None)]


def test_moves_are_told_in_words(editor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says up, down and new."""
    found = iter([_found("a", "b", "c"), _found("c", "b", "d")])
    monkeypatch.setattr("api.pages.workbench._search", lambda *_: next(found))
    left, right = sides_of(editor.get("/workbench?q=leaves").text)
    assert re.findall(r'class="move \w+">([^<]+)', left) == ["new", "▼ down 2"]
    assert re.findall(r'class="move \w+">([^<]+)', right) == ["▲ up 2", "new"]


def retriever_of(client: TestClient) -> Retriever:
    """Return what the service searches with."""
    return client.app.state.service.quicktakes.retriever  # type: ignore[attr-defined]


def set_retriever(client: TestClient, retriever: Retriever) -> None:
    """Have the service search with another retriever."""
    corpus = client.app.state.service.corpus  # type: ignore[attr-defined]
    corpus._open = replace(corpus._open, quicktakes=replace(corpus.quicktakes, retriever=retriever))


def _found(*urls: str) -> Search:
    signals = Signals(0.5, 0.5, 0.5, 0.0, 1, 0.0, ("leaves",))
    section = ScoredPassage(Passage(id="1", url=urls[0], kind="section", section="", text="Text.", start=0, end=5), 0.5)
    evidence = (Evidence(rank, url, url, 0.5, signals, (section,)) for rank, url in enumerate(urls, start=1))
    return Search(Query("leaves", "leaves", (), ()), tuple(evidence))
