"""The corpus as it is open now, opened anew when its index changes."""

from __future__ import annotations

import asyncio
import gc
import logging
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Final

from api.given import GivenAnswers
from rag.errors import IndexStateError, QuickTakesError
from rag.library import Library
from rag.ports import Embedder
from rag.settings import Settings
from rag.wiring import QuickTakes, index_folder, open_for_reading

_LOOK_S: Final = 0.5
"""Between two looks at which generation is in use: a file of five bytes."""

_RETIRED_S: Final = 300.0
"""How long a generation stays open that others took the place of: longer than any answer from it takes."""

_MISSPELT: Final = "How do cels divde, and what becomes of ther chromosomes?"
"""So that the dictionaries are looked into as well."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Opened:
    """One generation, open; `name` is None where there is none and the files themselves were read."""

    name: str | None
    quicktakes: QuickTakes
    answers: GivenAnswers
    library: Library
    closer: ExitStack


class FollowedCorpus:
    """Gives the corpus as it is open now; take it anew for each request."""

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._settings = settings
        self._embedder = embedder
        self._open = self._open_newest()
        _leave_to_itself()
        self._retired: list[_Opened] = []

    @property
    def quicktakes(self) -> QuickTakes:
        """Return what answers."""
        return self._open.quicktakes

    @property
    def answers(self) -> GivenAnswers:
        """Return what tells answers, those that were given before among them."""
        return self._open.answers

    @property
    def library(self) -> Library:
        """Return what the entries are read from."""
        return self._open.library

    @property
    def generation(self) -> str | None:
        """Return the name of the generation that is open; None where there is none to use."""
        return self._open.name

    def newest(self) -> str | None:
        """Return the name of the generation that is in use on disk; None where there is none."""
        try:
            return index_folder(self._settings).current_folder().name
        except IndexStateError:
            return None

    async def follow(self) -> None:
        """Open each generation that is put in use, until cancelled; one that cannot be opened is told once."""
        told: str | None = None
        while True:
            await asyncio.sleep(_LOOK_S)
            newest = self.newest()
            if newest in {self.generation, told}:
                continue
            try:
                self._replace(await asyncio.to_thread(self._open_newest))
            except (QuickTakesError, OSError) as error:
                told = newest
                _log.warning("generation %s was not opened: %s", newest, error)
            except Exception:  # noqa: BLE001 the next generation may open; this service answers on
                told = newest
                _log.exception("generation %s was not opened", newest)

    async def aclose(self) -> None:
        """Close everything."""
        for opened in (*self._retired, self._open):
            await _close(opened)

    def _replace(self, newer: _Opened) -> None:
        older, self._open = self._open, newer
        _leave_to_itself()
        self._retired.append(older)
        asyncio.get_running_loop().call_later(_RETIRED_S, self._retire, older)
        _log.info("answering from generation %s", newer.name)

    def _retire(self, older: _Opened) -> None:
        self._retired.remove(older)
        asyncio.create_task(_close(older))  # noqa: RUF006 nobody waits for it

    def _open_newest(self) -> _Opened:
        with ExitStack() as failed:
            quicktakes, _ = failed.enter_context(open_for_reading(self._settings, self._embedder))
            _warm_up(quicktakes)
            retriever = quicktakes.retriever
            library = Library(self._settings.corpus_dir, retriever.store, retriever.snapshot)
            return _Opened(_generation_of(quicktakes), quicktakes, GivenAnswers(quicktakes), library, failed.pop_all())


def _generation_of(quicktakes: QuickTakes) -> str | None:
    """Return the generation that is open; not the one in use by now, which may have been put in use meanwhile."""
    if quicktakes.retriever.snapshot.words_only:
        return None
    return quicktakes.answerer.provenance.index.rpartition(":")[2]


def _leave_to_itself() -> None:
    """Have Python look no more for cycles in what was opened: it lives as long as the process, or goes by itself.

    To look through it again and again took a seventh of the time that searches take (`make bench-service`). To look
    through it once more takes a sixth of a second in which nothing else runs, at each new index.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _warm_up(quicktakes: QuickTakes) -> None:
    """Read what is read once, before many threads want it at once: each would read it for itself, in seconds."""
    answerer = replace(quicktakes.answerer, generator=None, keeper=None)
    replace(quicktakes, chat=None, answerer=answerer).ask(_MISSPELT)


async def _close(opened: _Opened) -> None:
    if opened.quicktakes.chat is not None:
        await opened.quicktakes.chat.aclose()
    await asyncio.to_thread(opened.closer.close)
