"""Searches that wait at the same moment are made together, and each is as it would be alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.service import Service
from rag.errors import ProviderUnavailableError
from rag.ports import Vectors
from rag.testing import HashEmbedder

QUESTIONS = ["Why do leaves look green?", "How do kidneys filter blood?", "What do ribosomes build?"]


@pytest.fixture
def service(client: TestClient) -> Service:
    """Return what the application has open."""
    own: Service = client.app.state.service  # type: ignore[attr-defined]
    return own


def test_each_gets_what_he_would_get_alone(client: TestClient, service: Service) -> None:
    """Whatever waits beside it, and with whatever limit."""
    asked = [(question + " " * number, 1 + number % 2) for number in range(10) for question in QUESTIONS]
    assert client.portal is not None

    async def search_all() -> list[list[str]]:
        quicktakes = service.quicktakes
        found = await asyncio.gather(*(service.searches.search(quicktakes, *one) for one in asked))
        return [[evidence.url for evidence in each.evidence] for each in found]

    together = client.portal.call(search_all)
    alone = [service.quicktakes.search(question, limit=limit) for question, limit in asked]
    assert together == [[evidence.url for evidence in each.evidence] for each in alone]


def test_a_question_that_cannot_be_searched_for_fails_nobody_else(client: TestClient) -> None:
    """Who sends an empty question is told so; who sends another at the same moment has his entries."""
    with ThreadPoolExecutor(8) as callers:
        replies = list(callers.map(lambda q: client.get("/api/search", params={"q": q}), [*QUESTIONS, "  "] * 4))
    assert [reply.status_code for reply in replies] == [200, 200, 200, 422] * 4


class Failing(HashEmbedder):
    """An embedder that is away."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Fail."""
        raise ProviderUnavailableError(f"away: {len(texts)}")


def test_without_vectors_words_alone_find(client: TestClient, service: Service) -> None:
    """Where the embedder fails a batch, all of it is searched by words, and says so."""
    own = service.quicktakes
    away = replace(own, retriever=replace(own.retriever, embedder=Failing()))
    assert client.portal is not None
    found = client.portal.call(service.searches.search, away, QUESTIONS[0], 5)
    assert found.evidence
    assert found.notices
