"""Settings into a generator of answers, and the event loop that it runs on for callers without one."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rag.answering import PLACEHOLDERS, Answerer, AnswerGenerator
from rag.chat_models import Candidate, CircuitBreaker, DailyBudget, ResilientChatModel
from rag.errors import ConfigurationError
from rag.models import SupportPolicy
from rag.ports import ChatModel
from rag.prompts import Prompt, load_prompt
from rag.settings import Settings
from rag.tutoring import Tutor

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

    from rag.adapters.openai_chat import OpenAIChatModel

SPENDING = "spending.sqlite3"
"""What each day's replies took, in the data folder."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A generator that is ready to be used.

    Attributes:
        portal: into an event loop of its own.
    """

    generator: AnswerGenerator
    portal: BlockingPortal


@contextmanager
def open_chat(settings: Settings, weigh: Callable[[str], float]) -> Generator[Chat | None]:
    """Give what writes answers with the chat models that the settings name, best first; None where they name none.

    Args:
        weigh: how telling a stem is; see `rag.answering.AnswerGenerator`.

    Raises:
        ConfigurationError: a model's name, address or key cannot be one, or a package is missing.
    """
    names = chat_model_names(settings)
    if not names:
        yield None
        return
    from anyio.from_thread import start_blocking_portal  # noqa: PLC0415 only where there is a model

    closers: list[OpenAIChatModel] = []
    candidates = [_candidate(name, settings, closers) for name in names]
    budget = DailyBudget(settings.data_dir / SPENDING, settings.daily_tokens, settings.daily_usd)
    model = ResilientChatModel(candidates, budget=budget)
    with start_blocking_portal() as portal:
        try:
            yield Chat(make_generator(model, weigh, settings.support), portal)
        finally:
            for closer in closers:
                portal.call(closer.aclose)


def chat_model_names(settings: Settings) -> list[str]:
    """Return the chat models that the settings name, best first.

    Raises:
        ConfigurationError: one is not named ``provider:model``.
    """
    names = [name.strip() for name in (settings.chat_model or "").split(",") if name.strip()]
    for name in names:
        provider, _, model = name.partition(":")
        if not provider.strip() or not model.strip():
            raise ConfigurationError(
                f"there is no chat model {name!r}; set QUICKTAKES_CHAT_MODEL to provider:model, such as "
                "openai:gpt-5-mini, or to several, best first, with commas between"
            )
    return names


def make_generator(model: ChatModel, weigh: Callable[[str], float], support: SupportPolicy) -> AnswerGenerator:
    """Return what writes answers with a chat model; raises `ConfigurationError` where its prompt was damaged."""
    return AnswerGenerator(model, load_prompt("answer", PLACEHOLDERS), weigh, support)


def make_tutor(answerer: Answerer) -> Tutor:
    """Return what teaches with an answerer; raises `ConfigurationError` where one of its prompts was damaged."""
    return Tutor(answerer, *_tutor_prompts())


@cache
def _tutor_prompts() -> tuple[Prompt, Prompt]:
    return load_prompt("simpler", PLACEHOLDERS), load_prompt("rewording", PLACEHOLDERS)


def _candidate(name: str, settings: Settings, closers: list[OpenAIChatModel]) -> Candidate:
    """Return a chat model that is named ``provider:model``; one whose connections are to be closed joins `closers`."""
    provider, _, model = name.partition(":")
    if provider != "openai":
        from rag.adapters.langchain_chat import load_langchain_chat  # noqa: PLC0415 takes seconds to import

        return Candidate(load_langchain_chat(name), CircuitBreaker(name))
    from rag.adapters.openai_chat import OpenAIChatModel  # noqa: PLC0415 the package takes a second to import

    own = OpenAIChatModel(model, settings.openai_base_url, settings.openai_api_key)
    closers.append(own)
    return Candidate(own, CircuitBreaker(own.name), own.cost_usd)
