"""Systems beyond this process: our service by its address, and a language model asked plainly."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from running import run_service
from small_runs import ENTRIES, OSMOSIS, asking, new_run, osmosis_case, small_settings
from suite_cases import make_case

from evals.models import Case, Exchange, Reply
from evals.running import answer_tasks
from evals.systems import Served, System, open_endpoint, open_ours, open_served
from evals.systems.filling import filled
from rag.adapters.openai_server import address_of
from rag.adapters.service_client import ServiceClient
from rag.errors import (
    ConfigurationError,
    ProviderError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderUnavailableError,
    QuestionError,
)
from rag.settings import Settings
from rag.testing import HashEmbedder
from rag.testing.chat_script import ChatReply
from rag.testing.embeddings_server import Reply as HttpReply
from rag.testing.embeddings_server import error_reply, json_reply, send
from rag.testing.http_server import Connection, HttpServer, Request
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PLANTS = make_case("x", kind="injection", question="Why?", plant=(Exchange("How?", "So."),))
TURN = Exchange("What is osmosis?", ENTRIES["osmosis.md"][1])
ANSWER: dict[str, Any] = {
    "status": "answered",
    "text": "Water moves.",
    "sentences": [{"text": "Water moves.", "citations": [1]}],
    "citations": [{"n": 1, "url": OSMOSIS, "quote": "Water moves."}],
    "evidence": [{"url": OSMOSIS, "score": 0.9, "passage": {"text": "Osmosis is this."}}],
    "usage": {"prompt_tokens": 7, "completion_tokens": 2},
    "cost_usd": 0.5,
}


def answer(system: System, case: Case, excluded: tuple[str, ...] = ()) -> Reply:
    """Return a system's reply."""

    async def asked() -> Reply:
        try:
            return await system.answer(case, "open", excluded, 0)
        finally:
            await system.aclose()  # type: ignore[attr-defined] both hold connections

    return asyncio.run(asked())


class Front(HttpServer):
    """Replies as it is scripted to whatever is asked, and records it."""

    def __init__(self, *replies: HttpReply) -> None:
        super().__init__()
        self.replies = list(replies)
        self.asked: list[Request] = []

    async def reply(self, request: Request, connection: Connection) -> None:
        """Give the next reply; the last one again and again."""
        self.asked.append(request)
        await send(self.replies.pop(0) if len(self.replies) > 1 else self.replies[0], connection)

    def served(self, waits: list[float] | None = None, key: str | None = None) -> Served:
        """Return what asks this server."""

        async def sleep(seconds: float) -> None:
            if waits is not None:
                waits.append(seconds)

        return Served(ServiceClient(self.url.removesuffix("/v1"), key), "front", sleep)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the real service over the four entries."""
    folder = tmp_path_factory.mktemp("service")
    settings = small_settings(
        folder, database_url=f"sqlite:///{folder}/records.sqlite3", rate="1000000/second", daily_questions=0
    )
    with run_service(settings, HashEmbedder()) as url:
        yield url


def test_our_service_replies_as_our_chain(service: str, small: Settings) -> None:
    """Text, sentences, citations and what was retrieved are the same; the context is a part of the chain's."""
    cases = [osmosis_case(), osmosis_case("then", question="Does it need energy?", turns=(TURN,))]
    with open_ours(small) as ours:
        here = [answer(ours, case, hidden) for case in cases for hidden in ((), (OSMOSIS,))]
    served = open_served(service)
    there = [answer(served, case, hidden) for case in cases for hidden in ((), (OSMOSIS,))]
    for own, other in zip(here, there, strict=True):
        assert other == replace(own, context=other.context)
        assert all(text in own.context[url] or own.context[url] in text for url, text in other.context.items())
    assert OSMOSIS in there[0].retrieved
    assert OSMOSIS not in there[1].retrieved


def test_our_service_is_measured_in_a_run(service: str, small: Settings, tmp_path: Path) -> None:
    """What is hidden from it is proved to be; opened again, it has the same fingerprint and its address as a name."""
    served = open_served(f"{service}/")
    run, tasks = new_run(tmp_path, [osmosis_case()], served)
    assert answer_tasks(asking(run, served, small.corpus_dir)) == len(tasks) == 2
    assert not run.errors.exists()
    assert open_served(service).fingerprint == served.fingerprint
    assert served.name == f"served:{service}"


def test_the_service_refuses_in_its_own_words(service: str) -> None:
    """More entries than it hides at once are told so, and count as no answer."""
    with pytest.raises(ProviderRejectedError, match=r"refused what was asked \(422: exclude: .*100 items"):
        answer(open_served(service), osmosis_case(), tuple(f"/e/{number}" for number in range(101)))


def test_what_cannot_plant_says_so(tmp_path: Path) -> None:
    """A case with planted entries is an error, and nothing is asked."""
    endpoint = open_endpoint("openai:m", Settings(data_dir=tmp_path, openai_base_url="http://127.0.0.1:9/v1"))
    for system in (Served(ServiceClient("http://127.0.0.1:9"), "f"), endpoint):
        with pytest.raises(QuestionError, match=f"{PLANTS.url} plants entries, and .* has no corpus"):
            answer(system, PLANTS)


def test_a_reply_is_filled_from_json() -> None:
    """The quote joins the context of its entry; the key, the history and what is hidden are sent."""
    with Front(json_reply(ANSWER)) as front:
        reply = answer(front.served(key="k"), osmosis_case(turns=(TURN,)), ("/b", "/a"))
    assert reply.context == {OSMOSIS: "Osmosis is this.\n\nWater moves."}
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cost_usd) == (7, 2, 0.5)
    assert reply.excluded == ("/a", "/b")
    assert front.asked[0].headers["authorization"] == "Bearer k"
    assert json.loads(front.asked[0].body) == {
        "question": "What is osmosis?",
        "history": [{"question": TURN.question, "answer": TURN.answer}],
        "exclude": ["/a", "/b"],
    }


def test_a_reply_is_as_sure_as_its_best_entry() -> None:
    """Evidence stands in an order of its own, in which the greatest score may come second."""
    evidence = [{**ANSWER["evidence"][0], "score": score} for score in (0.3, 0.8, 0.5)]
    told = [filled(Reply(case="", arm="open"), {**ANSWER, "evidence": some}, {}) for some in (evidence, [])]
    assert [reply.confidence for reply in told] == [0.8, None]


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_asks_to_wait_is_waited_for(status: int) -> None:
    """As long as it says."""
    waits: list[float] = []
    later = json_reply({"detail": "later"}, status, {"Retry-After": "7"})
    with Front(later, later, json_reply(ANSWER)) as front:
        assert answer(front.served(waits), osmosis_case()).text == "Water moves."
    assert waits == [7.0, 7.0]


@pytest.mark.parametrize(("wait", "calls"), [("1", 8), ("86400", 1)])
def test_waiting_is_bounded(wait: str, calls: int) -> None:
    """Eight times, and never until the next day."""
    waits: list[float] = []
    with (
        Front(json_reply({"detail": "later"}, 429, {"Retry-After": wait})) as front,
        pytest.raises(ProviderRateLimitError, match="429: later"),
    ):
        answer(front.served(waits), osmosis_case())
    assert len(front.asked) == calls == len(waits) + 1


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (json_reply({"detail": "the log says"}, 500), ProviderUnavailableError, "failed (500: the log says"),
        (json_reply({"detail": "behind"}, 503), ProviderUnavailableError, "failed (503: behind"),
        (error_reply(401, "no key *k*"), ProviderRejectedError, "refused what was asked (401: "),
        (HttpReply([b"<html>"]), ProviderReplyError, "no JSON"),
        (json_reply({"answer": "x"}), ProviderReplyError, "no answer of ours"),
    ],
)
def test_what_goes_wrong_is_told(reply: HttpReply, kind: type[ProviderError], told: str) -> None:
    """Each in a sentence with the address, and never with the key."""
    with Front(reply) as front, pytest.raises(kind) as raised:
        answer(front.served(key="*k*"), osmosis_case())
    assert told in str(raised.value)
    assert "*k*" not in str(raised.value)
    assert len(front.asked) == 1


def test_a_service_must_be_there_to_be_measured() -> None:
    """Nothing there, something else there, and no address are three errors."""
    with Front(json_reply({"status": "ok"})) as front:
        gone = front.url.removesuffix("/v1")
        with pytest.raises(ProviderReplyError, match="is no QuickTakes service"):
            open_served(gone)
    with pytest.raises(ProviderUnavailableError, match=r"cannot be reached \(.+\); check that the service runs"):
        open_served(gone)
    for url in ("localhost:8000", "http://", "http://a:b"):
        with pytest.raises(ConfigurationError, match="is no address of a service"):
            open_served(url)
    assert ServiceClient("https://me:secret@host:1/base/?q=1").name == "https://host:1/base"


def test_a_service_is_asked_at_its_address_as_it_is_given() -> None:
    """Below its path, with its user, its password and its query; only its name keeps them back."""
    with Front(json_reply(ANSWER)) as front:
        bare = front.url.removesuffix("/v1")
        client = ServiceClient(f"{bare.replace('//', '//me:s%40cret@')}/a%2Fb/?q=1")
        served = Served(client, "front")
        assert client.get("/readyz") == ANSWER
        assert answer(served, osmosis_case()).text == "Water moves."
    assert [one.path for one in front.asked] == ["/a%2Fb/readyz?q=1", "/a%2Fb/api/ask?q=1"]
    told = base64.b64encode(b"me:s@cret").decode()
    assert {one.headers["authorization"] for one in front.asked} == {f"Basic {told}"}
    assert served.name == f"served:{bare}/a%2Fb"
    with pytest.raises(ConfigurationError, match=r"http://host cannot be asked with a key and with a user; give one"):
        ServiceClient("http://me:secret@host", "key")


def test_an_address_is_named_with_its_brackets() -> None:
    """One of IPv6 cannot be read without."""
    assert ServiceClient("http://[::1]:8000/").name == "http://[::1]:8000"
    assert address_of("http://me@[::1]:8000/v1?q") == "http://[::1]:8000/v1"


@pytest.mark.parametrize("url", ["http://\N{HEAVY BLACK HEART}.\u0301com", "http://me:secret@host\0", "http://[::1"])
def test_an_address_that_cannot_be_asked_is_told(url: str) -> None:
    """With what it is, but for who asks."""
    with pytest.raises(ConfigurationError, match=r"'http://.+' is no address of a service") as told:
        ServiceClient(url)
    assert "secret" not in str(told.value)


def _endpoint_reply(folder: Path, case: Case, *replies: ChatReply) -> tuple[Reply, Sequence[Any]]:
    with OpenAIServer(chat_scripts=replies) as server:
        endpoint = open_endpoint("openai:scripted", Settings(data_dir=folder, openai_base_url=server.url))
        return answer(endpoint, case, (OSMOSIS,)), server.chats


def test_a_model_is_asked_plainly(tmp_path: Path) -> None:
    """The turns and the question, word for word, and nothing else; its text is the reply, with what it took."""
    reply, chats = _endpoint_reply(tmp_path, osmosis_case(turns=(TURN,)), ChatReply("Water moves [1]."))
    assert chats[0].body["messages"] == [
        {"role": "user", "content": TURN.question},
        {"role": "assistant", "content": TURN.answer},
        {"role": "user", "content": "What is osmosis?"},
    ]
    assert reply.text == "Water moves [1]."
    assert (reply.refused, reply.sentences, reply.citations, reply.retrieved) == (None, (), (), ())
    assert reply.prompt == f"{TURN.question}\n\n{TURN.answer}\n\nWhat is osmosis?"
    assert reply.completion_tokens == 3
    assert reply.cost_usd == 0
    assert reply.excluded == (OSMOSIS,)


def test_a_model_that_fails_for_a_while_is_asked_again(tmp_path: Path) -> None:
    """And half a reply that broke off is no part of the next."""
    broken = ChatReply("Fire moves", fault="error")
    reply, chats = _endpoint_reply(tmp_path, osmosis_case(), broken, ChatReply("Water moves."))
    assert reply.text == "Water moves."
    assert len(chats) == 2


def test_a_model_is_held_to_the_days_budget(tmp_path: Path) -> None:
    """It is the operator's, whoever asks."""
    settings = Settings(data_dir=tmp_path, openai_base_url="http://127.0.0.1:9/v1", daily_tokens=0)
    with pytest.raises(ProviderError, match="budget"):
        answer(open_endpoint("openai:m", settings), osmosis_case())


@pytest.mark.parametrize("spec", ["", "gpt-5", "openai:a,openai:b"])
def test_one_model_is_measured_at_a_time(spec: str, tmp_path: Path) -> None:
    """A list of stand-ins, or a name without its provider, is none."""
    with pytest.raises(ConfigurationError):
        open_endpoint(spec, Settings(data_dir=tmp_path, openai_base_url="http://127.0.0.1:9/v1"))


def test_models_at_other_addresses_are_other_systems(tmp_path: Path) -> None:
    """The same name at two servers is two fingerprints."""
    opened: Callable[[str], str] = lambda url: (  # noqa: E731 shorter than a function
        open_endpoint("openai:m", Settings(data_dir=tmp_path, openai_base_url=url)).fingerprint
    )
    assert opened("http://127.0.0.1:9/v1") == opened("http://127.0.0.1:9/v1")
    assert opened("http://127.0.0.1:9/v1") != opened("http://127.0.0.1:8/v1")
