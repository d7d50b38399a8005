"""Chat models of any provider that LangChain knows, as ours."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Final, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata

from rag.adapters.chat_limits import ChatLimits, TimedReply
from rag.adapters.langchain_errors import check_finish, finish_reason_of, translate, words_of
from rag.errors import ConfigurationError, ProviderEmptyReplyError, ProviderError
from rag.models import ChatMessage, ChatRole, ReplyEnd, ReplyPart, Usage

_MESSAGES: Final[dict[ChatRole, type[BaseMessage]]] = {
    "system": SystemMessage,
    "user": HumanMessage,
    "assistant": AIMessage,
}


class LangChainChatModel:
    """Asks one of LangChain's chat models; implements the port `rag.ports.ChatModel`.

    Only text is taken from a reply, never reasoning. Usage is what the provider reports, else nothing; the price of a
    reply is not known.

    Args:
        model: to be made with its own retries off, since retrying is the caller's.
        name: as provenance has it: ``anthropic:claude-haiku-4-5``.
        limits: a provider that has no async stream goes on in its thread for a while where one is passed.
    """

    def __init__(self, model: BaseChatModel, name: str, limits: ChatLimits | None = None) -> None:
        self.name = name
        self._model = model
        self._limits = limits or ChatLimits()

    async def stream(self, messages: Sequence[ChatMessage], is_shown: Callable[[], bool]) -> AsyncGenerator[ReplyPart]:
        """Give a reply piece by piece, and last of all its `ReplyEnd`; there is one attempt, whatever is shown.

        Raises:
            ProviderError: the reply failed; what came before is not whole.
        """
        received = _Received()
        try:
            async with aclosing(self._texts(messages, received)) as texts:
                async for text in texts:
                    yield text
        except ProviderError:
            raise
        except Exception as error:  # each provider raises classes of its own, and none of them is known here
            raise translate(error, self.name, amid=received.has_text) from error
        check_finish(received.finish_reason, self.name)
        if not received.has_text:
            raise ProviderEmptyReplyError(f"{self.name} gave a reply without text")
        yield ReplyEnd(self.name, received.usage, cost_usd=None)

    async def _texts(self, messages: Sequence[ChatMessage], received: _Received) -> AsyncGenerator[str]:
        asked = [_MESSAGES[message.role](content=message.content) for message in messages]
        chunks = cast("AsyncGenerator[AIMessageChunk]", self._model.astream(asked))
        async with aclosing(chunks):
            reply = TimedReply(chunks, self._limits, self.name)
            while (chunk := await reply.next_part()) is not None:
                received.add(chunk)
                if received.has_text:
                    reply.text_came()
                if chunk.text:
                    yield str(chunk.text)


class _Received:
    """What is known of a reply besides its text.

    Attributes:
        has_text: whether anything but white space came.
    """

    def __init__(self) -> None:
        self.has_text = False
        self.finish_reason: str | None = None
        self.usage = Usage()

    def add(self, chunk: AIMessage) -> None:
        self.has_text = self.has_text or bool(chunk.text.strip())
        self.finish_reason = finish_reason_of(chunk.response_metadata) or self.finish_reason
        if chunk.usage_metadata is not None:
            self._count(chunk.usage_metadata)

    def _count(self, tokens: UsageMetadata) -> None:
        prompt = self.usage.prompt_tokens + tokens["input_tokens"]
        self.usage = Usage(prompt, self.usage.completion_tokens + tokens["output_tokens"], reported=True)


def load_langchain_chat(name: str, limits: ChatLimits | None = None) -> LangChainChatModel:
    """Return the chat model that is named ``provider:model``, as LangChain's ``init_chat_model`` names providers.

    Its key and address are taken from the environment variables of the provider's package.

    Raises:
        ConfigurationError: the name is none, a package is missing, or the provider's package refuses the model.
    """
    provider, _, model = name.partition(":")
    if not provider or not model:
        raise ConfigurationError(
            f"chat model {name!r} is no name; write provider:model, such as anthropic:claude-haiku-4-5"
        )
    try:
        from langchain.chat_models import init_chat_model  # noqa: PLC0415 an extra, which need not be installed
    except ImportError as error:
        raise ConfigurationError(
            f"chat model {name!r} needs a package that is not installed ({words_of(error)}); "
            "run: pip install 'quicktakes-rag[providers]'"
        ) from error
    try:
        made = init_chat_model(model, model_provider=provider, max_retries=0)
    except ImportError as error:
        raise ConfigurationError(f"chat model {name!r} cannot be loaded; {words_of(error)}") from error
    except Exception as error:  # each provider's package refuses names and missing keys with classes of its own
        raise ConfigurationError(
            f"chat model {name!r} cannot be made ({words_of(error)}); check its name and key"
        ) from error
    return LangChainChatModel(made, name, limits)
