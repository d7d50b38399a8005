"""The tools of the Model Context Protocol, as this service gives them to whoever calls them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Final

from fastapi import Request

from api.people import person_of
from api.problems import problem_of
from api.service import Service
from rag.mcp import McpServer

calling: Final[ContextVar[Request]] = ContextVar("calling")
"""The request that calls a tool: the protocol's own server, which passes it on, tells the tool nothing of it."""


def mcp_server(service: Service) -> McpServer:
    """Return what serves the tools."""
    return McpServer(
        lambda: service.quicktakes,
        lambda error: problem_of(error)["detail"],
        lambda answer: service.remembering.remember(None, answer, ""),
        lambda: _admitted(service),
    )


@asynccontextmanager
async def _admitted(service: Service) -> AsyncGenerator[None]:
    """Count a question, and take the place of an answer under way; raises `DoorError` where it may not be asked."""
    person = await person_of(calling.get())
    if person.key is None:
        await service.limits.take_question(person.address)
    with service.runs.place():
        yield
