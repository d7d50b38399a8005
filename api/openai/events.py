"""An answer under way, told in OpenAI's manner: chunks as they come, and the whole."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from fastapi.sse import format_sse_event

from api.asking import Asked, Remember
from api.openai.completions import Chunks, Form, completion_of
from api.openai.errors import ErrorReply, error_reply
from api.runs import RunEvent
from rag.models import Answer
from rag.wiring import QuickTakes


async def completion_events(
    quicktakes: QuickTakes, asked: Asked, form: Form, remember: Remember, run: str
) -> AsyncGenerator[RunEvent]:
    """Give the chunks of a completion while its answer is made; the last event also has the completion whole.

    Args:
        run: as for `api.asking.answer_events`.
    """
    own = replace(form, run=run)
    chunks = Chunks(own)
    events = quicktakes.stream(
        asked.question, exclude=asked.exclude, history=asked.history, mode=asked.mode, level=asked.level
    )
    async with aclosing(events) as made:
        async for event in made:
            told = list(chunks.of(event))
            if isinstance(event, Answer):
                await remember(event, run)
                yield RunEvent("done", {"chunks": told, "completion": completion_of(event, own)})
            else:
                yield RunEvent("chunks", {"chunks": told})


def as_chunks(event: RunEvent, _: str) -> bytes:
    """Return an event as OpenAI's clients read a stream: without names and ids, and with a last line of its own."""
    if event.name == "error":
        return _line(json.dumps(error_of(event.content["problem"])))
    lines = [_line(json.dumps(chunk, ensure_ascii=False)) for chunk in event.content["chunks"]]
    return b"".join([*lines, _line("[DONE]")] if event.name == "done" else lines)


def error_of(problem: Mapping[str, Any]) -> ErrorReply:
    """Return a problem as OpenAI words errors."""
    return error_reply(openai_status(problem), problem["detail"], code=problem["type"].rpartition(":")[2])


def openai_status(problem: Mapping[str, Any]) -> int:
    """Return the status of a problem as OpenAI has it, which refuses what cannot be read with 400."""
    status = int(problem["status"])
    return int(HTTPStatus.BAD_REQUEST) if status == HTTPStatus.UNPROCESSABLE_ENTITY else status


def _line(text: str) -> bytes:
    return format_sse_event(data_str=text)
