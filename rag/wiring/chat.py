"""Settings into a generator of answers, and the event loop that it runs on for callers without one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rag.adapters.answer_cache import AnswerCache
from rag.answering import JUDGE_PLACEHOLDERS, PLACEHOLDERS, Answerer, AnswerGenerator, Judge, Keeper
from rag.chat_models import Candidate, CircuitBreaker, DailyBudget, ResilientChatModel, Slots
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

ANSWERS = "answers.sqlite3"
"""The answers that models wrote, there too."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A generator that is ready to be used.

    Attributes:
        keeper: of its answers; None where none are kept.
        portal: into an event loop of its own.
    """

    generator: AnswerGenerator
    keeper: Keeper | None
    portal: BlockingPortal
    _models: Sequence[OpenAIChatModel] = ()

    async def aclose(self) -> None:
        """Close the connections that wait on the running event loop; those of the portal's close with it."""
        for model in self._models:
            await model.aclose()


@contextmanager
def open_chat(settings: Settings, weigh: Callable[[str], float]) -> Generator[Chat | None]:
    """Give what writes answers with the chat models that the settings name, best first; None where they name none.

    Args:
        weigh: how telling a stem is; see `rag.answering.AnswerGenerator`.

    Raises:
        ConfigurationError: a model's name, address or key cannot be one, or a package is missing.
    """
    names = chat_model_names(settings)
    judges = judge_model_names(settings)
    if not names:
        yield None
        return
    from anyio.from_thread import start_blocking_portal  # noqa: PLC0415 only where there is a model

    closers: list[OpenAIChatModel] = []
    budget = make_budget(settings)
    candidates = [make_candidate(name, settings, closers) for name in names]
    model = ResilientChatModel(candidates, Slots(settings.chat_replies), budget)
    second = [make_candidate(name, settings, closers) for name in judges]
    judge = ResilientChatModel(second, Slots(settings.chat_replies), budget) if second else None
    generator = make_generator(model, weigh, settings.support, judge)
    with _open_keeper(settings, candidates[0]) as keeper, start_blocking_portal() as portal:
        try:
            yield Chat(generator, keeper, portal, closers)
        finally:
            for closer in closers:
                portal.call(closer.aclose)


def chat_model_names(settings: Settings) -> list[str]:
    """Return the chat models that the settings name, best first.

    Raises:
        ConfigurationError: one is not named ``provider:model``.
    """
    return _names(settings.chat_model, "QUICKTAKES_CHAT_MODEL")


def judge_model_names(settings: Settings) -> list[str]:
    """Return the judges that the settings name, as `chat_model_names`."""
    return _names(settings.judge_model, "QUICKTAKES_JUDGE_MODEL")


def _names(setting: str | None, variable: str) -> list[str]:
    names = [name.strip() for name in (setting or "").split(",") if name.strip()]
    for name in names:
        provider, _, model = name.partition(":")
        if not provider.strip() or not model.strip():
            raise ConfigurationError(
                f"there is no chat model {name!r}; set {variable} to provider:model, such as "
                "openai:gpt-5-mini, or to several, best first, with commas between"
            )
    return names


def make_generator(
    model: ChatModel, weigh: Callable[[str], float], support: SupportPolicy, judge: ChatModel | None = None
) -> AnswerGenerator:
    """Return what writes answers with a chat model; raises `ConfigurationError` where a prompt was damaged."""
    second = None if judge is None else Judge(judge, load_prompt("judge", JUDGE_PLACEHOLDERS))
    return AnswerGenerator(model, load_prompt("answer", PLACEHOLDERS), weigh, support, second)


@contextmanager
def _open_keeper(settings: Settings, best: Candidate) -> Generator[Keeper | None]:
    if not settings.answer_cache:
        yield None
        return
    with closing(AnswerCache(settings.data_dir / ANSWERS, settings.answer_cache)) as cache:
        yield Keeper(cache, best.model.name)


def make_budget(settings: Settings) -> DailyBudget:
    """Return what may be spent in a day, counted in the data folder."""
    return DailyBudget(settings.data_dir / SPENDING, settings.daily_tokens, settings.daily_usd)


def make_tutor(answerer: Answerer) -> Tutor:
    """Return what teaches with an answerer; raises `ConfigurationError` where one of its prompts was damaged."""
    return Tutor(answerer, *_tutor_prompts())


@cache
def _tutor_prompts() -> tuple[Prompt, Prompt]:
    return load_prompt("simpler", PLACEHOLDERS), load_prompt("rewording", PLACEHOLDERS)


def make_candidate(name: str, settings: Settings, closers: list[OpenAIChatModel]) -> Candidate:
    """Return a chat model that is named ``provider:model``; one whose connections are to be closed joins `closers`."""
    provider, _, model = name.partition(":")
    if provider != "openai":
        from rag.adapters.langchain_chat import load_langchain_chat  # noqa: PLC0415 takes seconds to import

        return Candidate(load_langchain_chat(name), CircuitBreaker(name))
    from rag.adapters.openai_chat import OpenAIChatModel  # noqa: PLC0415 the package takes a second to import

    own = OpenAIChatModel(model, settings.openai_base_url, settings.openai_api_key)
    closers.append(own)
    return Candidate(own, CircuitBreaker(own.name), own.cost_usd)
