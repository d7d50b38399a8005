"""The product as one LangChain Runnable: a question in, an answer out, event by event while it is written.

>>> from rag import answer_chain
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Generator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from queue import SimpleQueue
from typing import Any, TypeAlias, cast

from anyio.from_thread import BlockingPortal, start_blocking_portal
from langchain_core.callbacks import AsyncCallbackManagerForChainRun
from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import patch_config

from rag.adapters.langchain_chat import LangChainChatModel
from rag.adapters.langchain_model import as_langchain
from rag.adapters.langchain_retriever import QuickTakesRetriever
from rag.errors import QuestionError
from rag.models import Answer, AnswerEvent
from rag.wiring import QuickTakes, with_chat_model

Question: TypeAlias = "str | Mapping[str, Any]"
"""A question, or ``{"question": ..., "exclude": [urls]}``."""


def answer_chain(quicktakes: QuickTakes, model: BaseChatModel | None = None) -> AnswerChain:
    """Return a chain over an open corpus, to be used while that is open.

    Args:
        model: any chat model of LangChain's, made with its own retries off; None for the one that the settings name,
            and for the composer where they name none.
    """
    return AnswerChain(quicktakes, model)


class AnswerChain(Runnable[Question, AnswerEvent]):
    """Retriever, prompt, chat model, citation parser and checks, in one Runnable.

    ``invoke`` and ``ainvoke`` give the `rag.models.Answer`; ``stream`` and ``astream`` give what
    `rag.wiring.QuickTakes.stream` does: the beginning, each sentence once it is checked, and last the answer. Callbacks
    are told of the chain, the retriever, the chat model and its tokens.

    Attributes:
        retriever: finds the evidence, as LangChain's retrievers do.
        model: writes; None where the composer does.
    """

    def __init__(self, quicktakes: QuickTakes, model: BaseChatModel | None = None) -> None:
        self._quicktakes = quicktakes
        self.retriever = QuickTakesRetriever(search=quicktakes.search)
        own = quicktakes.answerer.generator
        self._is_own = model is None and own is not None
        self.model = as_langchain(own.model) if model is None and own is not None else model
        self._name = own.model.name if model is None and own is not None else _name_of(model)

    def invoke(self, input: Question, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002 the base's name
        """Answer a question."""
        return _last(list(self.stream(input, config, **kwargs)))

    async def ainvoke(self, input: Question, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002 the base's name
        """Answer a question on an event loop."""
        return _last([event async for event in self.astream(input, config, **kwargs)])

    def stream(self, input: Question, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[AnswerEvent]:  # noqa: A002 the base's name
        """Give an answer event by event."""
        chat = self._quicktakes.chat
        with _portal(chat.portal if chat else None) as portal:
            yield from _in_thread(portal, lambda: self.astream(input, config, **kwargs))

    async def astream(
        self,
        input: Question,  # noqa: A002 the base's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[AnswerEvent]:
        """Give an answer event by event, on an event loop; to be closed where it is not read to its end."""

        async def once() -> AsyncIterator[Question]:
            yield input

        async for event in self._atransform_stream_with_config(once(), self._events, config, **kwargs):
            yield event

    async def _events(
        self, inputs: AsyncIterator[Question], run_manager: AsyncCallbackManagerForChainRun, config: RunnableConfig
    ) -> AsyncIterator[AnswerEvent]:
        child = patch_config(config, callbacks=run_manager.get_child())
        async for given in inputs:
            question, exclude = _read(given)
            retriever = self.retriever.model_copy(update={"exclude": frozenset(exclude)})
            await retriever.ainvoke(question, child)  # the search is remembered: the answer begins from it
            async with aclosing(self._writer(child).stream(question, exclude=exclude)) as events:
                async for event in events:
                    yield event

    def _writer(self, config: RunnableConfig) -> QuickTakes:
        """Return the corpus with the chain's model, which tells the callbacks of one call."""
        if self.model is None:
            return self._quicktakes
        told = cast("BaseChatModel", self.model.with_config(config))
        return with_chat_model(self._quicktakes, LangChainChatModel(told, self._name), keeps=self._is_own)


def _read(given: Question) -> tuple[str, Collection[str]]:
    if isinstance(given, str):
        return given, ()
    try:
        return given["question"], given.get("exclude", ())
    except KeyError as error:
        raise QuestionError('the chain takes a question, or {"question": ..., "exclude": [urls]}') from error


def _last(events: list[AnswerEvent]) -> Answer:
    return next(event for event in reversed(events) if isinstance(event, Answer))


def _name_of(model: BaseChatModel | None) -> str:
    if model is None:
        return ""
    parameters = model._get_ls_params()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] no public name has it
    return f"{parameters.get('ls_provider', 'langchain')}:{parameters.get('ls_model_name', type(model).__name__)}"


@contextmanager
def _portal(open_one: BlockingPortal | None) -> Generator[BlockingPortal]:
    if open_one is not None:
        yield open_one
        return
    with start_blocking_portal() as portal:
        yield portal


def _in_thread(portal: BlockingPortal, begin: Callable[[], AsyncIterator[AnswerEvent]]) -> Iterator[AnswerEvent]:
    """Give events as they come, all read by one task of an event loop in another thread."""
    came: SimpleQueue[AnswerEvent | None] = SimpleQueue()

    async def read() -> None:
        try:
            async for event in begin():
                came.put(event)
        finally:
            came.put(None)

    reading = portal.start_task_soon(read)
    try:
        while (event := came.get()) is not None:
            yield event
        reading.result()
    finally:
        reading.cancel()
