"""Messages read as a question and what was asked and answered before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from api.openai.errors import RefusedRequestError
from api.openai.requests import ContentPart, Message
from api.openai.texts import read_reply
from rag.conversation import Resolution, Turn, resolve, turn_of
from rag.retrieval import MOST_CHARACTERS

NOT_OBEYED: Final = "System messages were not obeyed: answers are made from the entries alone."

_MOST_TURNS: Final = 100
"""The newest are read: as many questions are kept of a thread that is too long (`rag.conversation.HISTORY_TOKENS`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a conversation asks.

    Attributes:
        question: the last message of the user.
        history: the turns before it.
        notices: what was not made use of, to be told with the answer.
    """

    question: str
    history: tuple[Turn, ...]
    notices: tuple[str, ...]


def read_conversation(messages: Sequence[Message]) -> Asked:
    """Read messages; those of the system and of tools are left out.

    Raises:
        RefusedRequestError: the last message is not the user's, or holds something else than text.
    """
    said = [(place, one) for place, one in enumerate(messages) if one.role not in {"system", "developer"}]
    if not said or said[-1][1].role != "user":
        place = said[-1][0] if said else 0
        raise RefusedRequestError(
            "the last message has to be the user's: it is the question", f"messages[{place}].role", "invalid_value"
        )
    place, last = said[-1]
    question = _question_in(last, place)
    notices = (NOT_OBEYED,) if len(said) < len(messages) else ()
    return Asked(question, _turns([one for _, one in said[:-1]]), notices)


def _turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for question, reply in list(_exchanges(messages))[-_MOST_TURNS:]:
        turns.append(_turn(question, reply, turns))
    return tuple(turns)


def _exchanges(messages: Sequence[Message]) -> Iterator[tuple[str, str]]:
    """Give each question with what was replied to it, which may be nothing."""
    question: str | None = None
    replies: list[str] = []
    for message in messages:
        if message.role == "user":
            if question is not None:
                yield question, "\n\n".join(replies)
            question, replies = _text_of(message), []
        elif message.role == "assistant" and (text := _text_of(message)):
            replies.append(text)
    if question is not None:
        yield question, "\n\n".join(replies)


def _turn(question: str, reply: str, before: Sequence[Turn]) -> Turn:
    question = question[:MOST_CHARACTERS]  # a longer one was refused when it was asked here
    read = read_reply(reply)
    asked = resolve(question, before)
    if read.resolved is not None:
        asked = Resolution(question, read.resolved, asked.reason, "follow_up")
    return replace(turn_of(asked, read.text), cited=read.cited, suggestions=read.suggestions)


def _question_in(message: Message, place: int) -> str:
    if message.content is None:
        raise RefusedRequestError("the question is empty; ask something", f"messages[{place}].content", "invalid_value")
    if not isinstance(message.content, str):
        for number, part in enumerate(message.content):
            if part.type != "text":
                raise RefusedRequestError(
                    f"a question is text, and {part.type[:50]!r} is none; leave that part out",
                    f"messages[{place}].content[{number}]",
                    "unsupported_value",
                )
    return _text_of(message)


def _text_of(message: Message) -> str:
    """Return the text of a message; parts that are none are left out."""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    return "\n".join(_said_in(part) for part in message.content if _said_in(part))


def _said_in(part: ContentPart) -> str:
    return part.text or part.refusal or ""
