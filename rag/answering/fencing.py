"""Evidence and question as a model is given them: data behind a fence that neither can close."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, digits

from rag.models import ChatMessage, Passage
from rag.prompts import Prompt
from rag.prompts.fences import draw_tag, unfenced

PLACEHOLDERS = frozenset({"tag", "length", "example", "evidence", "question", "correction"})

_CORRECTION = """

The question takes for granted what the entries contradict. It is false that:

<question-{tag}>
{statement}
</question-{tag}>

The student is told so, and what the entries say instead, right above your answer. Repeat neither."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked.

    Attributes:
        messages: system and user message.
        passages: what was given, by its key: a letter, a digit and a letter, drawn anew each time.
        tag: of the fences, drawn anew each time.
    """

    messages: tuple[ChatMessage, ...]
    passages: Mapping[str, Passage]
    tag: str


def make_request(  # noqa: PLR0913 all that a model is sent
    prompt: Prompt,
    question: str,
    sections: Sequence[tuple[Passage, str]],
    length: str,
    chance: random.Random | None = None,
    *,
    false: str | None = None,
) -> Request:
    """Return the request for an answer to a question from some sections, each with its entry's question.

    Args:
        length: how long an answer to ask for, in words.
        false: what the question takes for granted and the entries contradict.
        chance: draws the keys and the tag; nobody outside can foresee them where it is None.
    """
    chance = chance or secrets.SystemRandom()
    tag = draw_tag(chance)
    keys = _draw_keys(len(sections) + 1, chance)
    blocks = [
        unfenced(f"[{key}] {title}\n{passage.section}\n{passage.text}").replace("\n\n", "\n")
        for key, (passage, title) in zip(keys, sections, strict=False)
    ]
    messages = prompt.fill(
        tag=tag,
        length=length,
        example=keys[-1],
        evidence="\n\n".join(blocks),
        question=unfenced(question),
        correction="" if false is None else _CORRECTION.format(tag=tag, statement=unfenced(false)),
    )
    passages = {key: passage for key, (passage, _) in zip(keys, sections, strict=False)}
    return Request(messages, passages, tag)


def _draw_keys(count: int, chance: random.Random) -> list[str]:
    keys: dict[str, None] = {}
    while len(keys) < count:
        keys[chance.choice(ascii_lowercase) + chance.choice(digits) + chance.choice(ascii_lowercase)] = None
    return list(keys)
