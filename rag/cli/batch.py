"""Questions from a file of JSON lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rag.errors import QuestionError
from rag.retrieval import check_question
from rag.wire import Json


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One question of a batch file, with the id to give back as it came.

    A line's ``history``, a list, is accepted; answers do not depend on it yet.
    """

    id: Json
    question: str


def read_batch(file: Path) -> list[BatchLine]:
    """Return the questions of a file, all read and checked before the first is answered; empty lines are skipped.

    Raises:
        QuestionError: the file or a line cannot be used; the message names file and line.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"cannot read batch file {file}: {error}") from error
    return [_read_line(line, f"{file}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _read_line(line: str, place: str) -> BatchLine:
    try:
        value: object = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"{place}: not a JSON object: {error}") from error
    fields = cast("dict[str, Json]", value) if isinstance(value, dict) else {}
    question = fields.get("question")
    if not isinstance(question, str) or not isinstance(fields.get("history", []), list):
        raise QuestionError(f'{place}: must be an object such as {{"id": "1", "question": "...", "history": []}}')
    try:
        check_question(question)
    except QuestionError as error:
        raise QuestionError(f"{place}: {error}") from error
    return BatchLine(fields.get("id"), question)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
