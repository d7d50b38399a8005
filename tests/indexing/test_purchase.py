"""What is embedded by somebody else's server is counted and approved first, and never bought twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from index_bench import Bench

from rag.adapters.embedding_cache import EmbeddingCache
from rag.adapters.openai_embedder import OpenAIEmbedder
from rag.adapters.retrying import RetryPolicy
from rag.errors import ConfigurationError, IndexStateError, NotApprovedError, ProviderUnavailableError
from rag.indexing import ALLOWANCE, Purchase, SyncReport
from rag.ports import Vectors
from rag.testing import EmbeddingsServer, HashEmbedder
from rag.testing.embeddings_server import error_reply, good_reply
from rag.wiring import open_index, sync_index


class PaidEmbedder(HashEmbedder):
    """An embedder that sends a bill."""

    fingerprint = "paid:1"
    usd_per_million_tokens = 1_000.0


class ShorterEmbedder(PaidEmbedder):
    """Another model under the same name."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return vectors of half the dimensions."""
        halves = super().embed(texts)[:, :128] + np.float32(0.01)
        return halves / np.linalg.norm(halves, axis=1, keepdims=True)


@pytest.fixture
def paid(bench: Bench) -> Bench:
    """Give the bench an embedder that sends a bill."""
    bench.embedder = PaidEmbedder()
    return bench


def write_entries(bench: Bench, count: int) -> None:
    """Write entries of two passages each."""
    for number in range(count):
        bench.write(f"n{number:03}.md", f"What is cell number {number}?", f"Cell number {number} is a cell.")


def approved_sync(bench: Bench) -> tuple[SyncReport, list[Purchase]]:
    """Sync with approval; return the report and what was to be approved."""
    asked: list[Purchase] = []
    return sync_index(bench.settings, bench.embedder, approve=asked.append), asked


def refuse(purchase: Purchase) -> None:
    """Approve of nothing."""
    raise NotApprovedError(str(purchase))


def test_what_would_be_bought_is_counted_first(paid: Bench) -> None:
    """The count is that of the texts that are then embedded, their tokens and their price with it."""
    report, (purchase,) = approved_sync(paid)

    embedded = paid.embedder.embedded
    tokens = sum(paid.embedder.count_tokens(text) for text in embedded)
    assert purchase == Purchase("paid:1", len(embedded), tokens, tokens / 1_000)
    assert report.embedded == purchase.passages == 8


def test_a_text_that_many_entries_hold_is_counted_once(paid: Bench) -> None:
    """As it is embedded once."""
    for name in "xyz":
        paid.write(f"{name}.md", f"What is {name}?", "The same answer for all of them.")

    report, (purchase,) = approved_sync(paid)

    assert purchase.passages == report.embedded == len(paid.embedder.embedded) == 8 + 3 + 1
    assert purchase.tokens == sum(paid.embedder.count_tokens(text) for text in paid.embedder.embedded)


def test_only_what_changed_is_counted(paid: Bench) -> None:
    """After an edit of one section, that section; files left out or not usable count nothing."""
    approved_sync(paid)
    paid.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    paid.write("x.md", "What is a spleen?", "I cannot answer this question.")
    (paid.corpus / "broken.md").write_text("nothing")

    report, (purchase,) = approved_sync(paid)

    assert purchase.passages == report.embedded == 1


def test_without_the_cache_only_changed_entries_are_counted(paid: Bench) -> None:
    """Where the cache was deleted the count is what is bought at most: unchanged passages of an edited entry stay."""
    approved_sync(paid)
    for file in paid.data.glob("embeddings.sqlite3*"):
        file.unlink()
    paid.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")

    report, (purchase,) = approved_sync(paid)

    assert (purchase.passages, report.embedded) == (2, 1)


def test_nothing_to_buy_asks_nobody(paid: Bench) -> None:
    """Neither where nothing changed, nor where all of it is in the cache."""
    approved_sync(paid)
    assert approved_sync(paid)[1] == []
    (paid.corpus / "b.md").rename(paid.corpus / "bb.md")
    report, asked = approved_sync(paid)
    assert (report.added, report.removed, asked) == (1, 1, [])


def test_a_free_embedder_asks_nobody(bench: Bench) -> None:
    """However much there is to embed."""
    write_entries(bench, ALLOWANCE)

    assert approved_sync(bench)[1] == []


def test_a_refusal_changes_nothing(paid: Bench) -> None:
    """No text is sent, no index made, and the next sync may go on."""
    with pytest.raises(NotApprovedError, match="8 passages"):
        sync_index(paid.settings, paid.embedder, approve=refuse)

    assert paid.embedder.embedded == []
    assert paid.status().state == "missing"
    assert not list(paid.index.path.glob("g*"))
    assert approved_sync(paid)[0].entries == 3


@pytest.mark.parametrize(("entries", "allowed"), [(ALLOWANCE // 2, True), (ALLOWANCE // 2 + 1, False)])
def test_without_word_from_the_operator_little_is_bought(paid: Bench, entries: int, allowed: bool) -> None:  # noqa: FBT001 a case
    """Up to fifty passages, whoever syncs; for more the error names the command that asks."""
    approved_sync(paid)
    write_entries(paid, entries)
    paid.embedder.embedded.clear()

    if allowed:
        assert sync_index(paid.settings, paid.embedder).embedded == ALLOWANCE
        return
    with pytest.raises(NotApprovedError, match=r"52 passages.*nothing was spent.*quicktakes index sync"):
        sync_index(paid.settings, paid.embedder)
    assert paid.embedder.embedded == []
    assert paid.status().state == "stale"


@pytest.mark.parametrize(
    ("usd", "words"), [(None, "price unknown"), (0.001, "under $0.01"), (0.01, "about $0.01"), (1234.5, "$1,234.50")]
)
def test_a_purchase_in_words(usd: float | None, words: str) -> None:
    """Passages, tokens, embedder and what it costs."""
    text = str(Purchase("openai:m", 1_200, 98_000, usd))

    assert text.startswith("1,200 passages, about 98,000 tokens, by openai:m: ")
    assert words in text


@pytest.fixture
def server_bench(bench: Bench) -> Callable[[EmbeddingsServer], Bench]:
    """Return what gives a bench of 63 entries an embedder at a server; failures are not waited for."""

    def with_server(server: EmbeddingsServer) -> Bench:
        for number in range(60):
            answer = "\n\n".join(f"## Part {part}\n\nCell {number} has part {part}." for part in range(4))
            bench.write(f"n{number:03}.md", f"What is cell number {number}?", answer)
        policy = RetryPolicy(most_calls=2, sleep=lambda _: None)
        bench.embedder = OpenAIEmbedder("hash", server.url, "sk-1", policy)  # pyright: ignore[reportAttributeAccessIssue]
        return bench

    return with_server


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_sync_that_failed_goes_on_where_it_stopped(server_bench: Callable[[EmbeddingsServer], Bench]) -> None:
    """What the server gave before it failed was kept at once: no text is bought twice, and the count shrinks by it."""
    with EmbeddingsServer() as server:
        bench = server_bench(server)
        down = [lambda _: error_reply(500, "down")] * 2
        server.scripts = [*[good_reply] * 4, *down]  # the questions of 32 files, then some of their many sections
        with pytest.raises(ProviderUnavailableError):
            approved_sync(bench)
        *good, refused, again = server.asked
        assert refused.texts == again.texts
        bought = [text for asked in good for text in asked.texts]
        assert len(bought) == len(set(bought)) > 3 * 32
        assert bench.status().state == "missing"
        server.asked.clear()

        report, (purchase,) = approved_sync(bench)

        assert set(bought).isdisjoint(server.texts)
        assert len(server.texts) == len(set(server.texts)) == report.embedded == purchase.passages
        assert len(bought) + report.embedded == report.passages == 8 + 60 * 5


def test_an_index_of_another_embedder_is_not_asked(paid: Bench) -> None:
    """Vectors of two models are never compared: the error names both and the command; a sync then builds anew."""
    approved_sync(paid)
    other = HashEmbedder()

    with (
        pytest.raises(IndexStateError, match=r"embedder paid:1, not with hash-embedder:1.*quicktakes index sync"),
        open_index(paid.settings, other),
    ):
        pass
    assert sync_index(paid.settings, other).rebuilt
    with open_index(paid.settings, other) as quicktakes:
        assert quicktakes.search("leaves")


@pytest.mark.parametrize("key", ["recipe", "format"])
def test_an_index_of_other_rules_is_not_asked(bench: Bench, key: str) -> None:
    """Nor is one whose passages were cut otherwise."""
    bench.sync()
    bench.set_meta(**{key: "older"})

    with pytest.raises(IndexStateError, match=f"built with {key} older"), open_index(bench.settings, bench.embedder):
        pass


def test_the_manifest_records_dimensions(bench: Bench) -> None:
    """They are known only from the vectors themselves."""
    bench.sync()

    with bench.open() as generation:
        assert generation.catalog.meta()["dimensions"] == "256"


def test_other_dimensions_under_the_same_name_are_not_mixed_in(paid: Bench) -> None:
    """A sync that gets vectors of another length ends, and the index stays as it was."""
    approved_sync(paid)
    before = paid.contents()
    write_entries(paid, 1)

    with pytest.raises(ConfigurationError, match=r"paid:1 gives vectors of 128 dimensions, the index has 256"):
        sync_index(paid.settings, ShorterEmbedder())
    assert paid.contents() == before


def test_other_dimensions_under_the_same_name_are_not_asked(paid: Bench) -> None:
    """A question embedded with another length than the index has is the operator's error, named as such."""
    approved_sync(paid)

    with open_index(paid.settings, ShorterEmbedder()) as quicktakes, pytest.raises(IndexStateError, match="128 dim"):
        quicktakes.search("leaves")


def test_other_dimensions_are_not_read_beside_cached_ones(paid: Bench) -> None:
    """Two vectors of half the length are not taken for one."""
    with closing(EmbeddingCache(paid.data / "embeddings.sqlite3")) as cache:
        cache.embed(["cell"], PaidEmbedder())
        with pytest.raises(ConfigurationError, match="128 and 256 dimensions"):
            cache.embed(["cell", "leaf", "root"], ShorterEmbedder())
        assert cache.missing(["cell", "leaf", "root", "leaf"], PaidEmbedder()) == ["leaf", "root"]


def test_settings_keep_the_key_to_themselves(bench: Bench) -> None:
    """What prints settings does not print it."""
    assert "sk-1" not in repr(replace(bench.settings, openai_api_key="sk-1"))
