"""The judges' prompts: Markdown beside this file, filled so that a text within cannot end its own fence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

from evals.judging.judgement import JudgeName, Question
from evals.systems import hash_of
from rag.errors import ConfigurationError
from rag.models import ChatMessage
from rag.prompts import Prompt

PLACEHOLDERS: Final[Mapping[JudgeName, frozenset[str]]] = {
    "nuggets": frozenset({"question", "answer", "facts"}),
    "support": frozenset({"claim", "source"}),
    "contradiction": frozenset({"question", "reference", "answer"}),
    "pairwise": frozenset({"question", "reference", "first", "second"}),
}
"""What fills each prompt, beside the tag of its fences."""

_SEPARATOR: Final = "\n===\n"
_TAG_LENGTH: Final = 12
_FENCE: Final = re.compile(
    rf"<\s*/?\s*(?:{'|'.join(sorted(frozenset[str]().union(*PLACEHOLDERS.values())))})(?:[^<>]*>)?", re.IGNORECASE
)


@cache
def judge_prompt(judge: JudgeName) -> Prompt:
    """Return a judge's prompt, checked.

    Raises:
        ConfigurationError: its file was changed so that it no longer has its placeholders, or lacks one of its parts.
    """
    text = files("evals.judging").joinpath(f"{judge}.md").read_text(encoding="utf-8")
    parts = [Template(part.strip()) for part in text.split(_SEPARATOR)]
    found = frozenset(placeholder for part in parts for placeholder in part.get_identifiers())
    wanted = PLACEHOLDERS[judge] | {"tag"}
    if len(parts) != 2 or found != wanted or not all(part.is_valid() for part in parts):
        raise ConfigurationError(
            f"the judge's prompt {judge}.md must have two parts and the placeholders {', '.join(sorted(wanted))}: "
            "restore it from the package"
        )
    digest = hashlib.sha256(text.encode()).hexdigest()[:_TAG_LENGTH]
    return Prompt(f"judge-{judge}", parts[0], parts[1], f"judge-{judge}:{digest}")


def fill_prompt(question: Question, seed: str, attempt: int) -> tuple[ChatMessage, ...]:
    """Return the messages of a request, all that is judged between fences.

    Args:
        seed: of the run: with the texts it makes the tag, so that a run is the same when it is done again, while who
            writes an answer cannot know the tag.
        attempt: changes the tag, as the question's repeat does, so that a server that remembers replies is asked anew,
            and a batch holds each request once.
    """
    clean = {name: unfenced(text) for name, text in question.texts.items()}
    tag = hash_of(seed, str(question.repeat), str(attempt), *(clean[name] for name in sorted(clean)))[:_TAG_LENGTH]
    return judge_prompt(question.judge).fill(tag=tag, **clean)


def unfenced(text: str) -> str:
    """Return a text without anything that looks like one of the judges' fences, or does once another is taken out."""
    while (without := _FENCE.sub("", text)) != text:
        text = without
    return text
