"""Notes of a tutor's in a language model's words, where it says what they say and no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from rag.answering.fencing import make_request
from rag.answering.replies import Draft, ReplyReader
from rag.errors import ProviderError
from rag.grounding import Sources
from rag.models import Passage, ReplyEnd, ReplyRestart
from rag.ports import ChatModel
from rag.prompts import Prompt

_FOREIGN = re.compile(r"https?:|www\.|<[a-z/!]|\]\(|&[a-z#0-9]+;|`", re.IGNORECASE)
_LENGTH: Final = "as many sentences as there are notes, or a few more"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell; `citation`: number of what bears it out, None where nothing needs to."""

    text: str
    citation: int | None = None


@dataclass(slots=True)
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
        reader, drafts = ReplyReader(), list[Draft]()
        outcome = Reworded()
        try:
            async with aclosing(self.model.stream(request.messages, lambda: False)) as parts:
                async for part in parts:
                    if isinstance(part, str):
                        drafts += reader.feed(part)
                    elif isinstance(part, ReplyRestart):
                        reader, drafts = ReplyReader(), []
                    else:
                        drafts += reader.finish()
                        outcome.end = part
        except ProviderError as error:
            outcome.failure = error
            return outcome
        texts = [draft.text for draft in drafts]
        if not any(is_secret(text) or text.endswith("?") or _FOREIGN.search(text) for text in texts):
            sources = Sources([(passage, question) for passage in passages], self.weigh)
            outcome.sentences = tuple(_supported(texts, notes, sources))
        return outcome


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
