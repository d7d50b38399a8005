"""The judge that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evals.judging.judge import Judge
from evals.systems.endpoint import patient_model
from rag.errors import ConfigurationError
from rag.settings import Settings
from rag.wiring.chat import judge_model_names, make_candidate

if TYPE_CHECKING:
    from rag.adapters.openai_chat import OpenAIChatModel


def open_judge(settings: Settings, seed: str, concurrency: int | None = None) -> Judge | None:
    """Return the judge that ``QUICKTAKES_JUDGE_MODEL`` names; None where it names none.

    A single model: a judge that is another one whenever a server fails would measure nothing.

    Args:
        seed: of the run.
        concurrency: how many requests may be under way at once; None for as many as the settings allow.

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
    closers: list[OpenAIChatModel] = []
    model = patient_model(make_candidate(names[0], settings, closers), settings, concurrency)

    async def aclose() -> None:
        for closer in closers:
            await closer.aclose()

    return Judge(model, seed, aclose)
