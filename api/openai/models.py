"""The names that clients choose a way of answering by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from typing_extensions import TypedDict

from rag.models import HINT_LEVELS, Mode


@dataclass(frozen=True, slots=True)
class Way:
    """How a question is to be answered; `level`: of a hint, None for anything else."""

    mode: Mode
    level: int | None = None


WAYS: Final[Mapping[str, Way]] = {
    "quicktakes": Way("explain"),
    "quicktakes-simpler": Way("simpler"),
    "quicktakes-hint": Way("hint", HINT_LEVELS[0]),
    **{f"quicktakes-hint-{level}": Way("hint", level) for level in HINT_LEVELS[1:]},
}
"""By the names of models."""

_CREATED: Final = 1_764_288_000
"""When all of them came to be, as clients sort models by it: 28 November 2025, in seconds since 1970."""


class ModelReply(TypedDict):
    """A way of answering, as clients list models."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(TypedDict):
    """All ways of answering."""

    object: Literal["list"]
    data: list[ModelReply]


def model_reply(name: str) -> ModelReply:
    """Return a way of answering as a model, by its name."""
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "quicktakes"}
