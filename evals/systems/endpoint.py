"""A language model asked plainly, with no entry to answer from: what it knows by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from evals.models import Arm, Case, Reply
from evals.pacing import HeardChatModel
from evals.systems.system import Connected, hash_of, require_no_plant
from rag.chat_models import Candidate, CircuitBreaker, ResilientChatModel, Retries, Slots
from rag.errors import ConfigurationError
from rag.models import ChatMessage, Usage
from rag.ports import ChatModel
from rag.prompts.asking import whole_reply
from rag.settings import Settings
from rag.wiring.chat import chat_model_names, make_budget, make_candidate

if TYPE_CHECKING:
    from rag.adapters.openai_chat import OpenAIChatModel

_FORMAT: Final = "1"
"""Raised whenever a model would be asked otherwise."""

RETRIES: Final = Retries(most_calls=5, deadline_s=300.0, longest_pause_s=60.0)
"""Nobody waits for a reply, and limits are by the minute."""

PATIENCE_S: Final = RETRIES.deadline_s + 10.0
"""For all attempts at a reply, which end by themselves before it, and for the place of one that ends."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A chat model; implements `evals.systems.System`. What it cites, if anything, scoring reads from its text."""

    model: ChatModel
    closers: Sequence[Connected] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """Return the model's name: ``openai:gpt-5-mini``."""
        return self.model.name

    @property
    def fingerprint(self) -> str:
        """Return the hash of the model's name, which tells its address too."""
        return hash_of("endpoint", _FORMAT, self.model.name)

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply to a case; raises `QuestionError` where it plants entries, `ProviderError` where the model fails."""
        require_no_plant(case, self.name)
        messages = messages_of(case)
        text, end = await whole_reply(self.model, messages, PATIENCE_S)
        blank = Reply(case=case.url, arm=arm, repeat=repeat, excluded=tuple(sorted(excluded)))
        return plain_reply(blank, messages, text, end.usage, end.cost_usd)

    async def aclose(self) -> None:
        """Close the connections that wait on the running event loop."""
        for closer in self.closers:
            await closer.aclose()


def open_endpoint(spec: str, settings: Settings, concurrency: int | None = None) -> Endpoint:
    """Return a chat model by its name, held to the settings' daily budget.

    Args:
        spec: ``provider:model``, as ``QUICKTAKES_CHAT_MODEL`` has it; ``openai:`` is asked at ``OPENAI_BASE_URL``.
        concurrency: how many replies may be under way at once; None for as many as the settings allow.

    Raises:
        ConfigurationError: the name, the address or the key cannot be one, or a package is missing.
    """
    closers: list[OpenAIChatModel] = []
    names = chat_model_names(replace(settings, chat_model=spec))
    if len(names) != 1:
        raise ConfigurationError(f"one chat model is measured at a time, not {spec!r}; give one provider:model")
    candidate = make_candidate(names[0], settings, closers)
    return Endpoint(patient_model(candidate, settings, concurrency), closers)


def patient_model(candidate: Candidate, settings: Settings, concurrency: int | None) -> ChatModel:
    """Return a chat model that is asked as long as that may help, since nobody waits; see `open_endpoint`."""
    most = settings.chat_replies if concurrency is None else concurrency
    breaker = CircuitBreaker(candidate.model.name, RETRIES.most_calls * most)  # when all under way failed to the last
    heard = replace(candidate, model=HeardChatModel(candidate.model), breaker=breaker)
    return ResilientChatModel([heard], Slots(most), make_budget(settings), RETRIES)


def messages_of(case: Case) -> list[ChatMessage]:
    """Return a case as a conversation: its turns, then its question; nothing is added."""
    messages: list[ChatMessage] = []
    for turn in case.turns:
        messages += [ChatMessage("user", turn.question), ChatMessage("assistant", turn.answer)]
    return [*messages, ChatMessage("user", case.question)]


def plain_reply(
    blank: Reply, messages: Sequence[ChatMessage], text: str, usage: Usage, cost_usd: float | None
) -> Reply:
    """Return a reply with a model's text, and with what it was sent."""
    return replace(
        blank,
        text=text,
        prompt="\n\n".join(message.content for message in messages),
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost_usd=cost_usd,
    )
