"""Our service by its address: asked as another program asks it, wherever it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from evals.models import Arm, Case, Reply
from evals.pacing import heard
from evals.systems.filling import filled
from evals.systems.system import hash_of, require_no_plant
from rag.errors import ProviderRateLimitError, ProviderReplyError
from rag.pauses import pause_s

if TYPE_CHECKING:
    from rag.adapters.service_client import ServiceClient

_FORMAT: Final = "1"
"""Raised whenever the same service would be asked otherwise."""

_MOST_CALLS: Final = 8
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 60.0
"""The service's own limits are by the minute; one that asks for more, as for the next day, is not waited for."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running service; implements `evals.systems.System`.

    It shows the best passage of each entry that it found and every quote that it cites, which are the context that
    proofs and scores see; what its language model was sent it does not show.

    Attributes:
        sleep: waits where the service asks for it.
    """

    client: ServiceClient
    fingerprint: str
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    @property
    def name(self) -> str:
        """Return the service's address."""
        return f"served:{self.client.name}"

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply to a case; raises `QuestionError` where it plants entries, `ProviderError` where the service fails."""
        require_no_plant(case, self.name)
        hidden = sorted(excluded)
        history = [{"question": turn.question, "answer": turn.answer} for turn in case.turns]
        told = await self._asked({"question": case.question, "history": history, "exclude": hidden})
        blank = Reply(case=case.url, arm=arm, repeat=repeat, excluded=tuple(hidden))
        try:
            sections = {one["url"]: [one["passage"]["text"]] for one in told["evidence"]}
            return filled(blank, told, sections)
        except (KeyError, TypeError) as error:
            raise ProviderReplyError(
                f"{self.name} gave a reply that is no answer of ours ({type(error).__name__}: {error}); check that it "
                "is a QuickTakes service of this version"
            ) from error

    async def aclose(self) -> None:
        """Close the connections that wait on the running event loop."""
        await self.client.aclose()

    async def _asked(self, body: dict[str, object]) -> Any:
        """Return the service's answer, asked for again when it says that it may be."""
        for calls in range(1, _MOST_CALLS):
            try:
                with heard():
                    return await self.client.post("/api/ask", body)
            except ProviderRateLimitError as error:
                if (error.retry_after_s or 0) > _LONGEST_PAUSE_S:
                    raise
                wait_s = pause_s(error, calls, _FIRST_PAUSE_S, _LONGEST_PAUSE_S)
            await self.sleep(wait_s)
        with heard():
            return await self.client.post("/api/ask", body)


def open_served(url: str, key: str | None = None) -> Served:
    """Return the service at an address, which must be there: its version and its index are its fingerprint.

    Raises:
        ConfigurationError: the url cannot be one.
        ProviderError: nothing replies there, or something else does.
    """
    from rag.adapters.service_client import ServiceClient  # noqa: PLC0415 what it asks with takes long to import

    client = ServiceClient(url, key)
    ready, described = client.get("/readyz"), client.get("/openapi.json")
    try:
        told = (str(described["info"]["title"]), str(described["info"]["version"]), str(ready["generation"]))
    except (KeyError, TypeError) as error:
        raise ProviderReplyError(
            f"{client.name} is no QuickTakes service: {error} is not told; check the url"
        ) from error
    return Served(client, hash_of("served", _FORMAT, client.name, *told))
