"""Batches from beginning to end: approved, submitted, looked at until they end, and what did not come asked again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from evals.batches.costs import Spending, estimate
from evals.batches.kept import KeptBatch, KeptBatches
from evals.batches.requests import BatchReply, BatchRequest, reply_of
from evals.systems import hash_of
from rag.adapters.openai_batches import PRICE_SHARE, OpenAIBatches
from rag.adapters.openai_errors import shortened
from rag.errors import ConfigurationError, NotApprovedError, ProviderError
from rag.settings import Settings

_MOST_ROUNDS: Final = 3
"""How often what did not come is asked for by a batch; each may take a day."""

_LOOK_EVERY_S: Final = 30.0

Approve = Callable[[Spending], bool]
"""Is shown what requests cost at most, and says whether they may be sent."""


@dataclass(frozen=True, slots=True)
class Batches:
    """A provider's batches, and a folder where what is known of them is kept.

    Attributes:
        tell: is told, in a sentence, whatever a batch does.
        sleep: waits between two looks.
    """

    provider: OpenAIBatches
    kept: KeptBatches
    tell: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep

    def replies(self, requests: Sequence[BatchRequest], approve: Approve) -> dict[str, BatchReply]:
        """Return the reply to each request by its id: kept, collected from batches under way, or asked for now.

        What expires, fails or is missing goes into another batch; after `_MOST_ROUNDS` it has an error. Where the
        provider has no batches, requests are sent one by one. What was approved and sent is not sent again by a process
        that goes on in the same folder.

        Raises:
            NotApprovedError: what is missing was not approved; batches under way go on.
            ProviderError: the provider cannot be reached, or refuses: what was sent is kept.
        """
        failures = self.collect()
        is_approved = False
        for _ in range(_MOST_ROUNDS):
            missing = self.missing(requests)
            if not missing:
                break
            if not is_approved:
                _require_approved(estimate(missing, self.provider.cost_usd), approve)
                is_approved = True
            if self.submit(missing):
                failures |= self.collect()
            else:
                self.tell("the server has no batches: requests are sent one by one, at the full price")
                _require_approved(estimate(missing, self.provider.cost_usd, is_batch=False), approve)
                failures |= self._ask_each(missing)
                break
        came = self.kept.replies()
        nothing = BatchReply(error="nothing came of it")
        wanted = (one.custom_id for one in requests)
        return {own: came.get(own) or failures.get(own, nothing) for own in wanted}

    def missing(self, requests: Sequence[BatchRequest]) -> list[BatchRequest]:
        """Return the requests without a reply that no batch under way asks either, each once."""
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
        """Wait until no batch is under way, and keep what came; return what failed, by id."""
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
        while not (state := self.provider.look(batch.batch)).is_ended:
            self.sleep(_LOOK_EVERY_S)
        read = [self._read(line) for file in state.files for line in self.provider.read(file).splitlines()]
        own = {custom_id: reply for custom_id, reply in read if custom_id in set(batch.requests)}
        good = {custom_id: reply for custom_id, reply in own.items() if not reply.error}
        self.kept.end(batch, good)
        self.tell(f"batch {batch.batch} {state.status}: {len(good):,} of {len(batch.requests):,} replies came")
        why = BatchReply(error=state.reason or f"the batch {state.status}, and nothing came of it")
        return {one: own.get(one, why) for one in batch.requests if one not in good}

    def _line(self, request: BatchRequest) -> bytes:
        body = self.provider.body(request.messages, request.params)
        line = {"custom_id": request.custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}
        return json.dumps(line).encode() + b"\n"

    def _read(self, line: bytes) -> tuple[str, BatchReply]:
        """Return the id and the reply of a line; one that cannot be read is nobody's."""
        try:
            told: Any = json.loads(line)
            response: Mapping[str, Any] = told["response"] or {"status_code": 0, "body": told["error"]}
            if response["status_code"] == 200:
                return str(told["custom_id"]), self._priced(reply_of(response["body"]), PRICE_SHARE)
            reason = shortened(json.dumps(response["body"]))
            return str(told["custom_id"]), BatchReply(error=f"{response['status_code']}: {reason}")
        except (ValueError, KeyError, TypeError):
            return "", BatchReply(error="a line that cannot be read")

    def _ask_each(self, requests: Sequence[BatchRequest]) -> dict[str, BatchReply]:
        failures: dict[str, BatchReply] = {}
        for request in requests:
            try:
                body = self.provider.ask(self.provider.body(request.messages, request.params))
                reply = self._priced(reply_of(body), 1.0)
            except ProviderError as error:
                reply = BatchReply(error=f"{type(error).__name__}: {error}")
            if reply.error:
                failures[request.custom_id] = reply
            else:
                self.kept.add({request.custom_id: reply})
        return failures

    def _priced(self, reply: BatchReply, share: float) -> BatchReply:
        usd = self.provider.cost_usd(reply.usage)
        return replace(reply, cost_usd=None if usd is None else usd * share)


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
    with closing(OpenAIBatches(model, settings.openai_base_url, settings.openai_api_key)) as own:
        yield Batches(own, KeptBatches(folder), tell)


def _require_approved(spending: Spending, approve: Approve) -> None:
    if not approve(spending):
        raise NotApprovedError(f"not approved, so nothing was sent: {spending}")
