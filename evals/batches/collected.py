"""Models whose replies a batch gave before."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from evals.batches.requests import BatchReply, BatchRequest, request_of
from evals.models import Arm, Case, Reply
from evals.systems import Endpoint, hash_of, messages_of, plain_reply
from rag.adapters.openai_params import reply_params
from rag.adapters.openai_reply import check_finish
from rag.errors import ProviderEmptyReplyError
from rag.models import ChatMessage, ReplyEnd, ReplyPart
from rag.ports import ChatModel


@dataclass(frozen=True, slots=True)
class Collected:
    """A model asked plainly, by the batch where that gave a reply, else now; implements `evals.systems.System`.

    A reply of the batch that is not whole is an error, as where it is waited for: it would end so again, at a price.

    Attributes:
        replies: by id of their request.
    """

    endpoint: Endpoint
    replies: Mapping[str, BatchReply] = field(repr=False)

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self.endpoint.name

    @property
    def fingerprint(self) -> str:
        """Return a hash beside the model's own: a provider may serve batches by other machines."""
        return hash_of("batch", self.endpoint.fingerprint)

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply to a case; see `Endpoint.answer`."""
        reply = None if case.plant else self.replies.get(_request(self.endpoint, case, repeat).custom_id)
        if reply is None or reply.error:
            return await self.endpoint.answer(case, arm, excluded, repeat)
        text = _whole(reply, self.name)
        blank = Reply(case=case.url, arm=arm, repeat=repeat, excluded=tuple(sorted(excluded)))
        return plain_reply(blank, messages_of(case), text, reply.usage, reply.cost_usd)

    async def aclose(self) -> None:
        """Close the connections that wait on the running event loop."""
        await self.endpoint.aclose()


@dataclass(frozen=True, slots=True)
class CollectedModel:
    """The same of a chat model, whatever it is asked; implements `rag.ports.ChatModel`.

    Attributes:
        replies: by id of their `chat_request`.
    """

    model: ChatModel
    replies: Mapping[str, BatchReply] = field(repr=False)

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self.model.name

    async def stream(self, messages: Sequence[ChatMessage], is_shown: Callable[[], bool]) -> AsyncGenerator[ReplyPart]:
        """Give the batch's reply at once, else the model's own; raises `ProviderError` where it is not whole."""
        reply = self.replies.get(chat_request(self.name, messages).custom_id)
        if reply is not None and not reply.error:
            yield _whole(reply, self.name)
            yield ReplyEnd(self.name, reply.usage, reply.cost_usd)
            return
        async with aclosing(self.model.stream(messages, is_shown)) as parts:
            async for part in parts:
                yield part


def _whole(reply: BatchReply, name: str) -> str:
    """Return the text of a reply; raises `ProviderError` where it is cut, filtered, broken off or empty."""
    check_finish(reply.finish_reason, name)
    if not reply.text.strip():
        raise ProviderEmptyReplyError(f"{name} finished a reply without a word; try another model")
    return reply.text


def chat_request(model: str, messages: Sequence[ChatMessage], repeat: int = 0) -> BatchRequest:
    """Return what a batch is to be asked, with the parameters of every reply."""
    return request_of(model, messages, reply_params(), repeat=repeat)


def endpoint_requests(endpoint: Endpoint, asked: Iterable[tuple[Case, int]]) -> list[BatchRequest]:
    """Return what a batch is to be asked for cases and repeats: those that plant entries have no request."""
    return [_request(endpoint, case, repeat) for case, repeat in asked if not case.plant]


def _request(endpoint: Endpoint, case: Case, repeat: int) -> BatchRequest:
    return chat_request(endpoint.name, messages_of(case), repeat)
