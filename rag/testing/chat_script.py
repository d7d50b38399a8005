"""What a scripted chat server replies, as values, as JSON, and where nothing is scripted."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args

from rag.passages import split_sentences

ChatFault = Literal["stall", "cut", "error", "malformed", "html", "no choices", "endless"]
"""What goes wrong amid a reply: nothing more is sent; the connection is cut; an error is told; an event is no JSON; the
reply is a web page; no event has a choice; blanks are sent for ever."""

_PIECE: Final = re.compile(r"\s*\S+|\s+$")
_FENCED: Final = re.compile(
    r"^(```|~~~)[^\n]*\n(.*?)^\1|<(\w*evidence[\w-]*|document|passage)\b[^>]*>(.*?)</\3>", re.MULTILINE | re.DOTALL
)
_KEYED: Final = re.compile(
    r"^(?P<key>\[\w+\]) [^\n]*\n(?:[^\n.]{0,80}\n)?(?P<text>.*?)(?=^\[\w+\] |\Z)", re.MULTILINE | re.DOTALL
)
"""A piece of evidence below its key, its question and its heading."""

_MOST_SENTENCES: Final = 3
"""So many sentences of evidence make an answer."""


@dataclass(slots=True)
class ChatAsked:
    """One request to a chat model.

    Attributes:
        body: as it was sent.
        at_s: when, by `time.monotonic`.
        left: set when the client closed the connection before the reply's end.
        left_after_s: seconds from the request until then; None where it did not.
    """

    body: Mapping[str, Any]
    authorization: str | None = None
    at_s: float = field(default_factory=time.monotonic)
    left: threading.Event = field(default_factory=threading.Event)
    left_after_s: float | None = None

    @property
    def prompt(self) -> str:
        """Return the messages' texts, one below the other."""
        return "\n\n".join(str(message.get("content") or "") for message in self.body.get("messages", []))

    def leave(self) -> None:
        """Record that the client has gone."""
        self.left_after_s = time.monotonic() - self.at_s
        self.left.set()


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What a server says to a request.

    Attributes:
        pieces: of text, or one text, which is then cut at its words.
        thoughts: what comes before them as ``reasoning_content``.
        value: what is replied as JSON, in place of text.
        tool_calls: as ``(name, arguments)``; they come after the text.
        finish_reason: None where the reply ends without one.
        has_usage: whether usage is reported, where it is asked for.
        first_delay_s: before the reply begins.
        delay_s: before each further piece.
        fault: what goes wrong, after so many pieces as `fault_after` says.
        status: other than 200 makes it an error, with `message`, `code` and `headers`; the message is also an error's
            that is told amid a reply.
    """

    pieces: Sequence[str] | str = ()
    thoughts: Sequence[str] = ()
    value: Any = None
    tool_calls: Sequence[tuple[str, str]] = ()
    finish_reason: str | None = "stop"
    has_usage: bool = True
    first_delay_s: float = 0.0
    delay_s: float = 0.0
    fault: ChatFault | None = None
    fault_after: int = 1
    status: int = 200
    message: str = "the server had an error"
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def texts(self) -> list[str]:
        """Return the pieces of text one by one."""
        text = self.pieces if self.value is None else json.dumps(self.value)
        return _PIECE.findall(text) if isinstance(text, str) else list(text)


ChatScript = Callable[[ChatAsked], ChatReply]


def echo_reply(asked: ChatAsked) -> ChatReply:
    """Return the first sentences of the evidence that the last message holds between fences, with their keys.

    Fences are three backticks or tildes, or tags whose name has ``evidence`` in it or is ``document`` or ``passage``.
    """
    if "response_format" in asked.body and asked.body["response_format"].get("type") == "json_schema":
        return ChatReply(status=400, message="no JSON is scripted for this request: give a step with a value")
    told = str(asked.body["messages"][-1].get("content") or "") if asked.body.get("messages") else ""
    evidence = "\n".join(found[2] or found[4] or "" for found in _FENCED.finditer(told))
    sentences = [
        f"{block[span.start : span.end]}{key}"
        for key, block in _blocks(evidence)
        for span in split_sentences(block)[:_MOST_SENTENCES]
    ]
    return ChatReply(" ".join(sentences[:_MOST_SENTENCES]) or "The prompt holds no evidence between fences.")


def _blocks(evidence: str) -> list[tuple[str, str]]:
    """Return the texts of evidence, each with the key to cite it by; one that has none stands for all."""
    found = [(f" {block['key']}", block["text"]) for block in _KEYED.finditer(evidence)]
    return found or [("", evidence)]


def read_script(file: Path) -> list[ChatReply]:
    """Return the replies that a JSON file holds: a list of texts, and of objects with the fields of `ChatReply`.

    Raises:
        ValueError: it is something else.
    """
    steps: Any = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(steps, list):
        raise ValueError(f"{file} is no list of replies")  # noqa: TRY004 one error for one caller
    return [_reply_of(step) for step in steps]  # pyright: ignore[reportUnknownVariableType] JSON


def _reply_of(step: Any) -> ChatReply:
    if isinstance(step, str):
        return ChatReply(step)
    known = {each.name for each in fields(ChatReply)}
    if not isinstance(step, dict) or not step.keys() <= known:
        raise ValueError(f"a reply is a text, or an object with some of {', '.join(sorted(known))}: {step!r:.200}")
    reply = ChatReply(**step)  # pyright: ignore[reportUnknownArgumentType] JSON
    if reply.fault is not None and reply.fault not in get_args(ChatFault):
        raise ValueError(f"a fault is one of {', '.join(get_args(ChatFault))}: {reply.fault!r}")
    return reply
