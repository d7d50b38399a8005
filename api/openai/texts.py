"""An answer as the text of a chat message, and such a text read again when it comes back as history.

    Answered as: ...            where a follow-up was read as a question that stands alone

    Sentence. Sentence [1]      the answer with the numbers of its citations

    Sources:

    - [1] Title (Section) <address>

An abstention names the nearest entries in the place of sources. A client keeps no more of a conversation than such
texts: so all that a later question looks back at is read from them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from rag.footnotes import SUPPORT_MARKS
from rag.models import Answer, Citation, Suggestion
from rag.retrieval import MOST_CHARACTERS

_MOST_ANSWER: Final = 20_000
"""Characters of an answer that are read, as `api.schemas.HistoryTurn` bounds it: no answer of ours has as many."""

_RESOLVED: Final = "Answered as: "
_SOURCES: Final = "Sources:"
_NEAREST: Final = "Nearest entries:"

_FOOT: Final = re.compile(
    rf"(?:\A|\n\n)(?:(?P<sources>{_SOURCES})|{_NEAREST})\n\n(?P<lines>(?:- [^\n]+ <[^<>\n]+>(?:\n|\Z))+)\s*\Z"
)
_LINE: Final = re.compile(r"^- (?P<title>.+) <(?P<address>[^<>]+)>$", re.MULTILINE)
_NUMBERS: Final = re.compile(r" (?:\[\d+\])+(?= \||\W|\Z)")


@dataclass(frozen=True, slots=True)
class ReadReply:
    """What the text of a reply says.

    Attributes:
        text: of the answer, without what stands around and within it for a reader.
        resolved: the question that was answered, where it is named.
        cited: urls of the entries named as sources.
        suggestions: entries named as nearest.
    """

    text: str
    resolved: str | None = None
    cited: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


def head_of(resolved: str | None) -> str:
    """Return what stands above an answer: the question that a follow-up was read as."""
    return "" if resolved is None else f"{_RESOLVED}{_on_one_line(resolved)}\n\n"


def foot_of(answer: Answer, base_url: str) -> str:
    """Return what stands below an answer: its sources, or the nearest entries where there is no answer.

    Args:
        base_url: that entries' pages are found below, without a stroke at its end.
    """
    if answer.citations:
        return _list_below(_SOURCES, [_source(citation, base_url) for citation in answer.citations])
    if answer.status == "abstained" and answer.suggestions:
        lines = [f"- {_on_one_line(one.question)} <{base_url}{quote(one.url)}>" for one in answer.suggestions]
        return _list_below(_NEAREST, lines)
    return ""


def read_reply(text: str) -> ReadReply:
    """Read the text of a reply again; one that another model wrote is all answer."""
    foot = _FOOT.search(text)
    body = text if foot is None else text[: foot.start()]
    resolved: str | None = None
    if body.startswith(_RESOLVED) and "\n\n" in body:
        line, body = body.split("\n\n", 1)
        resolved = line.removeprefix(_RESOLVED)[:MOST_CHARACTERS]
    body = body[:_MOST_ANSWER]
    for mark in SUPPORT_MARKS.values():
        body = body.replace(mark, "")
    body = _NUMBERS.sub("", body)
    listed = (
        [] if foot is None else [(line["title"], _url_of(line["address"])) for line in _LINE.finditer(foot["lines"])]
    )
    if foot is not None and foot["sources"]:
        return ReadReply(body, resolved, tuple(dict.fromkeys(url for _, url in listed)))
    return ReadReply(body, resolved, suggestions=tuple(Suggestion(url, title) for title, url in listed))


def _source(citation: Citation, base_url: str) -> str:
    section = f" ({_on_one_line(citation.section)})" if citation.section else ""
    address = f"{base_url}{quote(citation.url)}?start={citation.start}&end={citation.end}"
    return f"- [{citation.n}] {_on_one_line(citation.title)}{section} <{address}>"


def _list_below(heading: str, lines: Sequence[str]) -> str:
    return "\n\n".join(["", heading, "\n".join(lines)])


def _url_of(address: str) -> str:
    """Return the url of the entry whose page has an address."""
    path = unquote(urlsplit(address).path)
    return path[max(path.find("/learn/"), 0) :]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
