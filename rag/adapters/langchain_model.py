"""Our chat models, as LangChain's."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Sequence
from contextlib import aclosing, closing
from queue import SimpleQueue
from typing import Any, Final

from anyio.from_thread import start_blocking_portal
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import agenerate_from_stream, generate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from rag.errors import ProviderBrokeOffError, QuestionError
from rag.models import ChatMessage, ChatRole, ReplyEnd
from rag.ports import ChatModel

_ROLES: Final[dict[type[BaseMessage], ChatRole]] = {
    SystemMessage: "system",
    HumanMessage: "user",
    AIMessage: "assistant",
    AIMessageChunk: "assistant",
}


def as_langchain(model: ChatModel) -> BaseChatModel:
    """Return a LangChain chat model that streams from one of ours, called with or without an event loop."""
    return _LangChainModel(model)


class _LangChainModel(BaseChatModel):
    """A LangChain chat model over one of ours.

    LangChain cannot take back what it has streamed, so every piece counts as shown.

    Args:
        port: is asked; it takes text messages only, and no stop words.
    """

    _port: ChatModel

    def __init__(self, port: ChatModel) -> None:
        super().__init__()
        self._port = port

    @property
    def _llm_type(self) -> str:
        return "quicktakes"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self._port.name}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with closing(_in_a_thread(self._chunks(_asked(messages, stop)))) as chunks:
            for chunk in chunks:
                if run_manager is not None:
                    run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async with aclosing(self._chunks(_asked(messages, stop))) as chunks:
            async for chunk in chunks:
                if run_manager is not None:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

    async def _chunks(self, asked: Sequence[ChatMessage]) -> AsyncGenerator[ChatGenerationChunk]:
        shown = False
        async with aclosing(self._port.stream(asked, lambda: shown)) as parts:
            async for part in parts:
                if isinstance(part, str):
                    shown = True
                    yield ChatGenerationChunk(message=AIMessageChunk(content=part))
                if isinstance(part, ReplyEnd):
                    yield ChatGenerationChunk(message=_last_chunk(part))
                    return
        raise ProviderBrokeOffError(f"{self._port.name} broke off its reply: it had no end")


def _asked(messages: Sequence[BaseMessage], stop: Sequence[str] | None) -> list[ChatMessage]:
    if stop:
        raise QuestionError("this chat model takes no stop words; leave them out")
    if unknown := {type(message).__name__ for message in messages if type(message) not in _ROLES}:
        raise QuestionError(
            f"this chat model takes no {', '.join(sorted(unknown))}; give it what system, human and AI say"
        )
    return [ChatMessage(_ROLES[type(message)], str(message.text)) for message in messages]


def _last_chunk(end: ReplyEnd) -> AIMessageChunk:
    prompt, completion = end.usage.prompt_tokens, end.usage.completion_tokens
    return AIMessageChunk(
        content="",
        usage_metadata=UsageMetadata(input_tokens=prompt, output_tokens=completion, total_tokens=prompt + completion),
        response_metadata={"finish_reason": "stop", "model_name": end.model},
        chunk_position="last",
    )


def _in_a_thread(chunks: AsyncGenerator[ChatGenerationChunk]) -> Generator[ChatGenerationChunk]:
    """Give chunks as they come, all read by one task of an event loop in a thread of its own.

    One task, since time limits and cancellation inside a stream belong to the task that reads it.
    """
    came: SimpleQueue[ChatGenerationChunk | None] = SimpleQueue()

    async def read() -> None:
        try:
            async with aclosing(chunks):
                async for chunk in chunks:
                    came.put(chunk)
        finally:
            came.put(None)

    with start_blocking_portal() as portal:  # a reader who leaves raises out of it, and it cancels the task
        reading = portal.start_task_soon(read)
        while (chunk := came.get()) is not None:
            yield chunk
        reading.result()
