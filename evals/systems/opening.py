"""Systems by the names that a person gives them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Final

from evals.models import Case
from evals.systems.floors import Echo, NearestEntry, RandomEntry
from evals.systems.ours import NAME, open_ours
from evals.systems.system import System
from rag.corpus import Entry
from rag.errors import ConfigurationError
from rag.settings import Settings
from rag.wiring import open_quicktakes

FLOORS: Final = ("floor:echo", "floor:random", "floor:nearest")
SYSTEMS: Final = (NAME, *FLOORS)


@contextmanager
def open_system(
    name: str, settings: Settings, cases: Iterable[Case], entries: Mapping[str, Entry], corpus: str
) -> Generator[System]:
    """Open the system of a name.

    Args:
        name: ``quicktakes`` for our chain in this process, or a floor.
        cases: that it will be asked, with what they plant.
        entries: of the corpus, by url; `corpus`: their hash.

    Raises:
        ConfigurationError: there is no such system, or it cannot be opened.
    """
    match name:
        case "quicktakes":
            with open_ours(settings, cases) as ours:
                yield ours
        case "floor:echo":
            yield Echo()
        case "floor:random":
            yield RandomEntry(entries, corpus)
        case "floor:nearest":
            with open_quicktakes(settings) as quicktakes:
                yield NearestEntry(entries, quicktakes)
        case _:
            raise ConfigurationError(f"there is no system {name!r} to measure; there are {', '.join(SYSTEMS)}")
