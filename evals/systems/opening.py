"""Systems by the names that a person gives them."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from evals.models import Case
from evals.systems.endpoint import open_endpoint
from evals.systems.floors import Echo, NearestEntry, RandomEntry
from evals.systems.ours import NAME, open_ours, open_whole
from evals.systems.served import open_served
from evals.systems.system import System
from rag.corpus import Entry
from rag.errors import ConfigurationError
from rag.models import Usage
from rag.settings import Settings
from rag.wiring.chat import chat_model_names, judge_model_names, make_candidate

FLOORS: Final = ("floor:echo", "floor:random", "floor:nearest")
SERVED: Final = "served:"
"""How the names of services begin that a run tells."""

_AT_ADDRESS: Final = re.compile(r"^(openai:.+)@[0-9a-f]{8}$")
"""As `rag.adapters.openai_server.openai_fingerprint` names a model."""

SYSTEMS: Final = f"{', '.join((NAME, *FLOORS))}, the address of a service, a chat model as provider:model"


@contextmanager
def open_system(  # noqa: PLR0913 all that one of the systems is opened with
    name: str,
    settings: Settings,
    cases: Iterable[Case],
    entries: Mapping[str, Entry],
    corpus: str,
    *,
    concurrency: int | None = None,
) -> Generator[System]:
    """Open the system of a name.

    Args:
        name: ``quicktakes`` for our chain in this process, a floor, the address of our service, or a chat model.
        cases: that it will be asked, with what they plant.
        entries: of the corpus, by url; `corpus`: their hash.
        concurrency: how many cases are asked at once; see `evals.systems.open_endpoint`.

    Raises:
        ConfigurationError: there is no such system, or it cannot be opened.
    """
    match name:
        case "quicktakes":
            most = max(settings.chat_replies, concurrency or 0)  # an answer that had to wait would be made without
            with open_ours(replace(settings, chat_replies=most), cases) as ours:
                yield ours
        case "floor:echo":
            yield Echo()
        case "floor:random":
            yield RandomEntry(entries, corpus)
        case "floor:nearest":
            with open_whole(settings) as quicktakes:
                yield NearestEntry(entries, quicktakes)
        case _ if name.startswith(("http://", "https://", SERVED)):
            yield open_served(name.removeprefix(SERVED), settings.service_key)
        case _ if ":" in name:
            yield open_endpoint(name, settings, concurrency)
        case _:
            raise ConfigurationError(f"there is no system {name!r} to measure; there are {SYSTEMS}")


def asked_as(name: str) -> str:
    """Return what to open the system of a run by: a model's name without the hash of its server's address."""
    return _AT_ADDRESS.sub(r"\1", name)


def models_asked(name: str, settings: Settings) -> list[str]:
    """Return the names of the models that the system of a name asks; of a service, which does not tell, its own."""
    if name == NAME:
        return [*chat_model_names(settings), *judge_model_names(settings)]
    return [] if name in FLOORS else [name]


def require_known_prices(models: Iterable[str], settings: Settings) -> None:
    """Make sure that what models reply can be held to a ceiling.

    Raises:
        ConfigurationError: the price of one is not known, or it cannot be asked.
    """
    for name in models:
        is_model = not name.startswith(("http://", "https://", SERVED))
        if not is_model or make_candidate(name, settings, []).cost_usd(Usage(1, 1)) is None:
            raise ConfigurationError(
                f"nobody knows what replies of {name} cost, so no --most-usd can be held to; leave it out, and set "
                "QUICKTAKES_DAILY_TOKENS for a ceiling in tokens"
            )


def takes_plants(name: str) -> bool:
    """Return whether cases that plant entries can be asked of a system: only where the corpus is at hand."""
    return name == NAME or name in FLOORS
