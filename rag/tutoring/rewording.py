"""Notes of a tutor's in a language model's words, where it says what they say and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from rag.answering.fencing import make_request
from rag.answering.replies import ReplyReader
from rag.answering.shaping import holds_markup
from rag.errors import ProviderError
from rag.grounding import Sources
from rag.models import Answer, Check, Passage, ReplyEnd
from rag.ports import ChatModel
from rag.prompts import Prompt
from rag.prompts.asking import whole_reply

_PATIENCE_S: Final = 60.0
"""As long as an answer may take; then the notes stay as they are."""

_Told = TypeVar("_Told", Answer, Check)
_LENGTH: Final = "as many sentences as there are notes, or a few more"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell; `citation`: number of what bears it out, None where nothing needs to."""

    text: str
    citation: int | None = None


@dataclass(frozen=True, slots=True)
class Reworded:
    """What came of a model's wording.

    Attributes:
        sentences: to show in place of the notes; empty where they stay as they are.
        end: of the reply; None where it is not whole.
        failure: why it is not.
    """

    sentences: tuple[str, ...] = ()
    end: ReplyEnd | None = None
    failure: ProviderError | None = None


@dataclass(frozen=True, slots=True)
class Rewording:
    """Has a chat model say notes again.

    The model is given the notes, and not the entries: of a hint it cannot give away what it was not told, and what it
    knows itself is looked for in what it says.

    Attributes:
        weigh: how telling a stem is, for the checks.
    """

    model: ChatModel
    prompt: Prompt
    weigh: Callable[[str], float]

    async def reword(self, question: str, notes: Sequence[Note], is_secret: Callable[[str], bool]) -> Reworded:
        """Return a model's wording of notes; nothing of it where a sentence says something else, or a note is left out.

        A failure of the model is no error here: the notes stay as they are.

        Args:
            is_secret: whether a sentence says what must not be said.
        """
        passages = [_passage(number, note) for number, note in enumerate(notes)]
        request = make_request(self.prompt, question, [(passage, "") for passage in passages], _LENGTH)
        try:
            said, end = await whole_reply(self.model, request.messages, _PATIENCE_S)
        except ProviderError as error:
            return Reworded(failure=error)
        reader = ReplyReader()
        texts = [draft.text for draft in (*reader.feed(said), *reader.finish())]
        if any(is_secret(text) or text.endswith("?") or holds_markup(text) for text in texts):
            return Reworded(end=end)
        sources = Sources([(passage, question) for passage in passages], self.weigh)
        return Reworded(tuple(_supported(texts, notes, sources)), end)


def told(reply: _Told, reworded: Reworded, prompt: Prompt, what: str) -> _Told:
    """Return a reply that says what a model's wording of it took, and what became of that; its text is left as it is.

    Args:
        what: the reply is, for a reader.
    """
    end = reworded.end
    if end is not None:
        reply = replace(reply, usage=end.usage, cost_usd=end.cost_usd)
    if reworded.sentences and end is not None:
        return replace(reply, provenance=replace(reply.provenance, model=end.model, prompt=prompt.fingerprint))
    notice = f"The language model's wording of the {what} is not shown: it says more or less than was to be said."
    if reworded.failure is not None:
        notice = f"The {what} was put together without the language model: {reworded.failure}"
    return replace(reply, notices=(*reply.notices, notice))


def _supported(texts: Sequence[str], notes: Sequence[Note], sources: Sources) -> Iterator[str]:
    """Give sentences with the citations of the notes that say them; none where one says more, or a note is missing."""
    verdicts = [sources.check(text) for text in texts]
    said = [int(one.passage.id) for one in verdicts if one.support == "supported" and one.passage is not None]
    if len(said) < len(texts) or set(said) != set(range(len(notes))):
        return
    for text, number in zip(texts, said, strict=True):
        citation = notes[number].citation
        yield text if citation is None else f"{text} [{citation}]"


def _passage(number: int, note: Note) -> Passage:
    return Passage(str(number), "", "section", "", note.text, 0, len(note.text))
