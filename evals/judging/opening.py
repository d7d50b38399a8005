"""The judge that the settings name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from evals.judging.judge import Judge
from rag.chat_models import Candidate, CircuitBreaker, DailyBudget, ResilientChatModel
from rag.errors import ConfigurationError
from rag.settings import Settings
from rag.wiring.chat import SPENDING, judge_model_names

if TYPE_CHECKING:
    from rag.ports import ChatModel


def open_judge(settings: Settings, seed: str) -> Judge | None:
    """Return the judge that ``QUICKTAKES_JUDGE_MODEL`` names; None where it names none.

    A single model: a judge that is another one whenever a server fails would measure nothing.

    Args:
        seed: of the run.

    Raises:
        ConfigurationError: several are named, or the name, address or key cannot be one, or a package is missing.
    """
    names = judge_model_names(settings)
    if not names:
        return None
    if len(names) > 1:
        raise ConfigurationError(
            f"a run is judged by one model, not by {', '.join(names)}; set QUICKTAKES_JUDGE_MODEL to one of them"
        )
    candidate, aclose = _candidate(names[0], settings)
    budget = DailyBudget(settings.data_dir / SPENDING, settings.daily_tokens, settings.daily_usd)
    model: ChatModel = ResilientChatModel([candidate], budget=budget)
    return Judge(model, seed) if aclose is None else Judge(model, seed, aclose)


def _candidate(name: str, settings: Settings) -> tuple[Candidate, Callable[[], Awaitable[None]] | None]:
    provider, _, model = name.partition(":")
    if provider != "openai":
        from rag.adapters.langchain_chat import load_langchain_chat  # noqa: PLC0415 takes seconds to import

        return Candidate(load_langchain_chat(name), CircuitBreaker(name)), None
    from rag.adapters.openai_chat import OpenAIChatModel  # noqa: PLC0415 the package takes a second to import

    own = OpenAIChatModel(model, settings.openai_base_url, settings.openai_api_key)
    return Candidate(own, CircuitBreaker(own.name), own.cost_usd), own.aclose
