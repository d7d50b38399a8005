"""Batches from beginning to end: approved, submitted, looked at until they end, and what did not come asked again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evals.batches.costs import Spending, estimate
from evals.batches.kept import KeptBatch, KeptBatches
from evals.batches.requests import BatchReply, BatchRequest, reply_of
from evals.systems import hash_of
from rag.adapters.openai_prices import BATCH_SHARE
from rag.adapters.server_words import shortened
from rag.errors import ConfigurationError, NotApprovedError, ProviderTooSlowError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.adapters.openai_batches import BatchState, OpenAIBatches

_MOST_ROUNDS: Final = 3
"""How often what did not come is asked for by a batch; each may take a day."""

_LOOK_EVERY_S: Final = 30.0
_PATIENCE_S: Final = 26 * 3_600.0
"""For one batch: the day within which the provider is to end it, and two hours for what it does after that."""

_EXPIRED: Final = 0
"""In place of a status, of a line whose request was never made."""

Approve = Callable[[Spending], bool]
"""Is shown what requests cost at most, and says whether they may be sent."""


@dataclass(frozen=True, slots=True)
class Batches:
    """A provider's batches, and a folder where what is known of them is kept.

    Attributes:
        tell: is told, in a sentence, whatever a batch does.
        sleep: waits between two looks; `clock`: in seconds.
    """

    provider: OpenAIBatches
    kept: KeptBatches
    tell: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def replies(self, requests: Sequence[BatchRequest], approve: Approve) -> dict[str, BatchReply]:
        """Return the reply to each request by its id: kept, collected from batches under way, or asked for now.

        What expires, is missing, or fails for a while goes into another batch; after `_MOST_ROUNDS` it has an error, as
        has what the provider refuses for good, and everything where it has no batches. Those with an error are left to
        be asked one by one, so their full price is shown too before this returns. What was approved and sent is not
        sent again by a process that goes on in the same folder, whatever came of it.

        Raises:
            NotApprovedError: what is missing was not approved; batches under way go on, and what came is kept.
            ProviderError: the provider cannot be reached, refuses, or lets `_PATIENCE_S` pass: what was sent is kept.
        """
        failures = self._ask(requests, approve)
        came = self.kept.replies()
        replies = {one.custom_id: came.get(one.custom_id) or failures[one.custom_id] for one in requests}
        left = [one for own, one in {one.custom_id: one for one in requests}.items() if replies[own].error]
        self.approve_live(left, "have no reply by the batch, and are to be sent one by one", approve)
        return replies

    def approve_live(self, requests: Sequence[BatchRequest], why: str, approve: Approve) -> None:
        """Have the full price of requests approved that no batch is asked for; of none, nothing is asked.

        Args:
            why: they are sent one by one, told after their number.

        Raises:
            NotApprovedError: it was not.
        """
        if requests:
            self.tell(f"{len(requests):,} requests {why}")
            _require_approved(estimate(requests, self.provider.cost_usd, is_batch=False), approve)

    def _ask(self, requests: Sequence[BatchRequest], approve: Approve) -> dict[str, BatchReply]:
        """Ask for what is missing until it is there, or as often as it may be; return what failed, by id."""
        failures = self.collect()
        is_approved = False
        for _ in range(_MOST_ROUNDS):
            missing = self.missing(requests)
            if missing and not is_approved:
                _require_approved(estimate(missing, self.provider.cost_usd), approve)
                is_approved = True
            if not missing:
                break
            if not self.submit(missing):
                self.tell("the server has no batches")
                return {one.custom_id: BatchReply(error="the server has no batches") for one in missing}
            failures |= self.collect()
        return failures

    def missing(self, requests: Sequence[BatchRequest]) -> list[BatchRequest]:
        """Return the requests of which nothing is kept and that no batch under way asks, each once."""
        asked = {own for batch in self.kept.under_way() for own in batch.requests}
        known = self.kept.replies().keys() | asked
        return [one for own, one in {one.custom_id: one for one in requests}.items() if own not in known]

    def submit(self, requests: Sequence[BatchRequest]) -> bool:
        """Send requests as one batch; return whether the provider has batches. That it is sent is kept first."""
        ids = tuple(one.custom_id for one in requests)
        batch = KeptBatch(hash_of(str(len(self.kept.batches())), *ids)[:32], ids)
        self.kept.put(batch)
        return self._send(batch, b"".join(self._line(one) for one in requests))

    def collect(self) -> dict[str, BatchReply]:
        """Wait until no batch is under way, and keep what came for good; return what failed for a while, by id."""
        failures: dict[str, BatchReply] = {}
        for batch in self.kept.under_way():
            found = batch.batch or self.provider.find(batch.mark)
            if not found:  # the process ended before it was made
                self.kept.drop(batch)
                continue
            known = replace(batch, batch=found)
            self.kept.put(known)
            failures |= self._await(known)
        return failures

    def _send(self, batch: KeptBatch, lines: bytes) -> bool:
        found = self.provider.submit(lines, batch.mark)
        if found is None:
            self.kept.drop(batch)
            return False
        self.kept.put(replace(batch, batch=found))
        self.tell(f"batch {found} has {len(batch.requests):,} requests")
        return True

    def _await(self, batch: KeptBatch) -> dict[str, BatchReply]:
        state = self._ended(batch)
        wanted = set(batch.requests)
        read = [self._read(line) for file in state.files for line in self.provider.read(file).splitlines()]
        own = {custom_id: reply for custom_id, reply in read if custom_id in wanted}
        final = {custom_id: reply for custom_id, reply in own.items() if not reply.may_pass}
        self.kept.end(batch, final)
        good = sum(not reply.error for reply in final.values())
        self.tell(f"batch {batch.batch} {state.status}: {good:,} of {len(batch.requests):,} replies came")
        why = BatchReply(error=state.reason or f"the batch {state.status}, and nothing came of it", may_pass=True)
        return {one: own.get(one, why) for one in batch.requests if one not in final}

    def _ended(self, batch: KeptBatch) -> BatchState:
        """Return how a batch ended, once it has."""
        due = self.clock() + _PATIENCE_S
        while not (state := self.provider.look(batch.batch)).is_ended:
            if self.clock() >= due:
                raise ProviderTooSlowError(
                    f"batch {batch.batch} is still {state.status!r} after {_PATIENCE_S / 3_600:.0f} h; go on in the "
                    "same folder to wait for it again, or cancel it at the provider first to ask anew for what is "
                    "missing"
                )
            self.sleep(_LOOK_EVERY_S)
        return state

    def _line(self, request: BatchRequest) -> bytes:
        body = self.provider.body(request.messages, request.params)
        line = {"custom_id": request.custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}
        return json.dumps(line).encode() + b"\n"

    def _read(self, line: bytes) -> tuple[str, BatchReply]:
        """Return the id and the reply of a line; one that cannot be read is nobody's."""
        try:
            told: Any = json.loads(line)
            response: Mapping[str, Any] = told["response"] or {"status_code": _EXPIRED, "body": told["error"]}
            status = int(response["status_code"])
            if status == 200:
                return str(told["custom_id"]), self._priced(reply_of(response["body"]))
            reason = shortened(json.dumps(response["body"]))
            may_pass = status in {_EXPIRED, 429} or status >= 500
            return str(told["custom_id"]), BatchReply(error=f"{status}: {reason}", may_pass=may_pass)
        except (ValueError, KeyError, TypeError):
            return "", BatchReply(error="a line that cannot be read")

    def _priced(self, reply: BatchReply) -> BatchReply:
        usd = self.provider.cost_usd(reply.usage)
        return replace(reply, cost_usd=None if usd is None else usd * BATCH_SHARE)


@contextmanager
def open_batches(
    spec: str, settings: Settings, folder: Path, tell: Callable[[str], None] = lambda _: None
) -> Generator[Batches]:
    """Give the batches of a chat model, kept in a folder.

    Args:
        spec: ``openai:<model>``, asked at the settings' address with their key.

    Raises:
        ConfigurationError: it is another provider's, or the address or the key cannot be one.
    """
    provider, _, model = spec.partition(":")
    if provider != "openai" or not model:
        raise ConfigurationError(f"batches are sent in OpenAI's protocol only, not to {spec!r}; give openai:<model>")
    from rag.adapters.openai_batches import OpenAIBatches  # noqa: PLC0415 the package takes a second to import

    with closing(OpenAIBatches(model, settings.openai_base_url, settings.openai_api_key)) as own:
        yield Batches(own, KeptBatches(folder), tell)


def _require_approved(spending: Spending, approve: Approve) -> None:
    if not approve(spending):
        raise NotApprovedError(f"not approved, so they were not sent: {spending}")
