"""A model whose replies a batch gave before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from evals.batches.requests import BatchReply, BatchRequest, request_of
from evals.models import Arm, Case, Reply
from evals.systems import Endpoint, hash_of, messages_of, plain_reply
from rag.adapters.openai_params import reply_params
from rag.adapters.openai_reply import check_finish
from rag.errors import ProviderEmptyReplyError


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
        check_finish(reply.finish_reason, self.name)
        if not reply.text.strip():
            raise ProviderEmptyReplyError(f"{self.name} finished a reply without a word; try another model")
        blank = Reply(case=case.url, arm=arm, repeat=repeat, excluded=tuple(sorted(excluded)))
        return plain_reply(blank, messages_of(case), reply.text, reply.usage, reply.cost_usd)

    async def aclose(self) -> None:
        """Close the connections that wait on the running event loop."""
        await self.endpoint.aclose()


def endpoint_requests(endpoint: Endpoint, asked: Iterable[tuple[Case, int]]) -> list[BatchRequest]:
    """Return what a batch is to be asked for cases and repeats: those that plant entries have no request."""
    return [_request(endpoint, case, repeat) for case, repeat in asked if not case.plant]


def _request(endpoint: Endpoint, case: Case, repeat: int) -> BatchRequest:
    return request_of(endpoint.name, messages_of(case), reply_params(), repeat=repeat)
