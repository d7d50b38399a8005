"""The product as one LangChain Runnable."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda

from rag import AnswerChain, answer_chain
from rag.adapters.answer_cache import AnswerCache
from rag.answering import Keeper
from rag.errors import QuestionError
from rag.models import Answer, AnswerBegun, SentenceShown
from rag.settings import Settings
from rag.testing import HashEmbedder, ScriptedChatModel, entry_text
from rag.wiring import QuickTakes, open_synced, with_chat_model

QUESTION = "Why do green leaves look green to us?"
TRUE = "Leaves look green because chlorophyll reflects green light."
INVENTED = "Squirrels paint them every spring with moss."


@pytest.fixture(scope="module")
def quicktakes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickTakes]:
    """Give a corpus of two entries, open, with the double for an embedder and no chat model."""
    folder: Path = tmp_path_factory.mktemp("chain")
    corpus = folder / "corpus"
    corpus.mkdir()
    answer = f"{TRUE} Chlorophyll absorbs mostly red and blue light, which drives photosynthesis in the leaf."
    (corpus / "a.md").write_text(entry_text("Why do leaves look green?", answer), encoding="utf-8")
    ribosomes = "Ribosomes join amino acids into chains that fold into proteins."
    (corpus / "b.md").write_text(entry_text("What do ribosomes build?", ribosomes), encoding="utf-8")
    with open_synced(Settings(corpus, folder / "data"), HashEmbedder()) as (opened, _):
        yield opened


@pytest.fixture
def model() -> GenericFakeChatModel:
    """Return a model of LangChain's own that says one thing which is true and one which is invented."""
    return GenericFakeChatModel(messages=iter([AIMessage(content=f"{TRUE} {INVENTED}")]))


def told_of(chain: AnswerChain, given: Any) -> list[str]:
    """Return what LangChain's callbacks are told of while a chain answers, in order; what repeats stands once."""

    async def listen() -> list[str]:
        return [event["event"] async for event in chain.astream_events(given, version="v2")]

    return list(dict.fromkeys(asyncio.run(listen())))


def test_any_model_of_langchains_writes_and_is_checked(quicktakes: QuickTakes, model: GenericFakeChatModel) -> None:
    """What the entries say is shown as the model wrote it, with its citation; what they do not say is not shown."""
    answer = answer_chain(quicktakes, model).invoke(QUESTION)
    assert (answer.rung, answer.status, answer.text) == ("generated", "answered", TRUE)
    assert [sentence.citations for sentence in answer.sentences] == [(1,)]
    assert answer.citations[0].quote == TRUE


def test_without_a_model_the_composer_answers_through_the_same_chain(quicktakes: QuickTakes) -> None:
    """Events and answer have the same form."""
    chain = answer_chain(quicktakes)
    begun, *shown, answer = chain.stream(QUESTION)
    assert isinstance(begun, AnswerBegun)
    assert isinstance(answer, Answer)
    assert answer.rung == begun.rung == "composed"
    assert [event.sentence for event in shown if isinstance(event, SentenceShown)] == list(answer.sentences)
    assert chain.invoke(QUESTION).text == answer.text


def test_the_model_of_the_settings_is_the_chains(quicktakes: QuickTakes) -> None:
    """A port that is set up is asked through LangChain, and named in the answer."""
    ready = with_chat_model(quicktakes, ScriptedChatModel([[TRUE]], name="openai:scripted"))
    answer = answer_chain(ready).invoke(QUESTION)
    assert (answer.text, answer.provenance.model) == (TRUE, "openai:scripted")


def test_what_the_model_of_the_settings_wrote_is_kept_and_no_other(
    quicktakes: QuickTakes, model: GenericFakeChatModel, tmp_path: Path
) -> None:
    """A model of the caller's may write otherwise under the same name: nothing of it is kept, or given for it."""
    own = ScriptedChatModel([[TRUE]], name="openai:scripted")
    ready = with_chat_model(quicktakes, own)
    keeper = Keeper(AnswerCache(tmp_path / "answers.sqlite3", 9), own.name)
    ready = replace(ready, answerer=replace(ready.answerer, keeper=keeper))

    assert [answer_chain(ready).invoke(QUESTION).cached for _ in range(2)] == [False, True]
    assert len(own.asked) == 1
    assert not answer_chain(ready, model).invoke(QUESTION).cached


def test_invoked_and_streamed_on_a_loop_or_off_it_the_answer_is_the_same(quicktakes: QuickTakes) -> None:
    """The four ways differ in how the answer comes, not in what it is."""
    chain = answer_chain(with_chat_model(quicktakes, ScriptedChatModel([[f"{TRUE} ", INVENTED]])))

    async def on_a_loop() -> list[Answer]:
        events = [event async for event in chain.astream(QUESTION)]
        last = events[-1]
        assert isinstance(last, Answer)
        return [await chain.ainvoke(QUESTION), last]

    *_, streamed = chain.stream(QUESTION)
    assert isinstance(streamed, Answer)
    answers = [chain.invoke(QUESTION), streamed, *asyncio.run(on_a_loop())]
    assert {answer.text for answer in answers} == {TRUE}


def test_callbacks_are_told_of_each_step(quicktakes: QuickTakes, model: GenericFakeChatModel) -> None:
    """Chain, retriever and model tell of themselves, in their order, and the model of its tokens."""
    assert told_of(answer_chain(quicktakes, model), QUESTION) == [
        "on_chain_start",
        "on_retriever_start",
        "on_retriever_end",
        "on_chain_stream",
        "on_chat_model_start",
        "on_chat_model_stream",
        "on_chat_model_end",
        "on_chain_end",
    ]


def test_it_is_composed_with_others(quicktakes: QuickTakes, model: GenericFakeChatModel) -> None:
    """A Runnable before it and one after it make a chain with it."""
    before = RunnableLambda(lambda text: str(text).strip("<>"))
    after = RunnableLambda(lambda answer: answer.text.upper())
    chain = before | answer_chain(quicktakes, model) | after
    assert chain.invoke(f"<{QUESTION}>") == TRUE.upper()


def test_entries_can_be_excluded(quicktakes: QuickTakes, model: GenericFakeChatModel) -> None:
    """What is excluded is not found, so the question is not answered, and the model is not asked."""
    url = quicktakes.search(QUESTION).evidence[0].url
    asked = {"question": QUESTION, "exclude": [url]}
    chain = answer_chain(quicktakes, model)
    assert chain.invoke(asked).status == "abstained"
    assert "on_chat_model_start" not in told_of(chain, asked)


@pytest.mark.parametrize("given", ["", {"exclude": []}])
def test_what_is_no_question_is_refused(quicktakes: QuickTakes, given: Any) -> None:
    """An empty one, or none at all, is the caller's to mend."""
    chain: AnswerChain = answer_chain(quicktakes)
    with pytest.raises(QuestionError):
        chain.invoke(given)


def test_a_stream_that_is_left_ends_the_models_reply(quicktakes: QuickTakes) -> None:
    """A reader who goes after the first sentence leaves no reply under way."""
    scripted = ScriptedChatModel([[f"{TRUE} ", "Chlorophyll absorbs mostly red light.", " More follows."]])
    stream = answer_chain(with_chat_model(quicktakes, scripted)).stream(QUESTION)
    next(event for event in stream if isinstance(event, SentenceShown))
    stream.close()  # pyright: ignore[reportAttributeAccessIssue] a generator, whatever its type says
    assert scripted.open == 0


def test_a_false_premise_is_corrected_first_through_the_chain(tmp_path: Path) -> None:
    """By the first sentence of the stream, and before anything that a model of LangChain's wrote."""
    (tmp_path / "corpus").mkdir()
    for name, question, text in (
        ("a", "What does calcitonin do?", "Calcitonin inhibits osteoclasts, which dissolve the mineral of bones."),
        ("b", "How do fungi feed?", "Fungi secrete enzymes and absorb what is digested."),
        ("c", "What do ribosomes build?", "Ribosomes join amino acids into chains that fold into proteins."),
    ):
        (tmp_path / "corpus" / f"{name}.md").write_text(entry_text(question, text), encoding="utf-8")
    model = GenericFakeChatModel(messages=iter([AIMessage(content=INVENTED)]))
    with open_synced(Settings(tmp_path / "corpus", tmp_path / "data"), HashEmbedder()) as (opened, _):
        events = list(answer_chain(opened, model).stream("Why does calcitonin stimulate osteoclasts?"))

    _, first, *_, answer = events
    assert isinstance(first, SentenceShown)
    assert isinstance(answer, Answer)
    assert answer.corrected is not None
    assert answer.sentences[0] == first.sentence
    assert answer.sentences[0].verbatim
