"""What one worker of the service holds open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from api.followed import FollowedCorpus
from api.limits import Limits
from api.metrics import Metrics
from api.remembering import Remembering
from api.runs import Runs
from api.searching import JoinedSearches
from rag.library import Library
from rag.records import Records
from rag.settings import Settings
from rag.wiring import QuickTakes


@dataclass(frozen=True, slots=True)
class Service:
    """The corpus, the searches and answers under way, what is remembered of them, and what is counted.

    `quicktakes` and `library` are those of the index in use now.
    """

    settings: Settings
    corpus: FollowedCorpus
    searches: JoinedSearches
    runs: Runs
    records: Records
    remembering: Remembering
    limits: Limits
    metrics: Metrics

    @property
    def quicktakes(self) -> QuickTakes:
        """Return what answers now; take it anew for each request."""
        return self.corpus.quicktakes

    @property
    def library(self) -> Library:
        """Return what entries are read from now; take it anew for each request."""
        return self.corpus.library


async def service_of(request: Request) -> Service:
    """Return the service that a request came to; on the event loop, as FastAPI calls what is not async in a thread."""
    return cast("Service", request.app.state.service)


ServiceOf = Annotated[Service, Depends(service_of)]
"""What an endpoint names as the type of a parameter to be given the service."""
