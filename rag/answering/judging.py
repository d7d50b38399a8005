"""A second opinion on sentences that passed: a language model that may reject, and never accept."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final

from rag.errors import ProviderError
from rag.models import ReplyEnd
from rag.ports import ChatModel
from rag.prompts import Prompt
from rag.prompts.asking import whole_reply
from rag.prompts.fences import draw_tag, unfenced

JUDGE_PLACEHOLDERS = frozenset({"tag", "title", "evidence", "sentence"})

_PATIENCE_S: Final = 10.0
"""How long a sentence is held back for a judgement; then the rules' verdict stands."""

_NO: Final = re.compile(r"\W*no\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says of a sentence.

    Attributes:
        rejects: the sentence says what its source does not.
        end: of the reply, with what it cost; None where the judge failed, and the rules' verdict stands.
    """

    rejects: bool
    end: ReplyEnd | None


@dataclass(frozen=True, slots=True)
class Judge:
    """Asks a chat model whether a source bears a sentence out.

    It is asked about sentences that the rules of `rag.grounding` support, and can only take that back: a judge that
    lies, or obeys what it reads, puts the entry's own words in the place of a model's, and nothing worse.
    """

    model: ChatModel
    prompt: Prompt

    async def judge(self, sentence: str, source: str, title: str) -> Judgement:
        """Return what the model says of a sentence, its source and the question that the source's entry answers."""
        messages = self.prompt.fill(
            tag=draw_tag(secrets.SystemRandom()),
            title=unfenced(title),
            evidence=unfenced(source),
            sentence=unfenced(sentence),
        )
        try:
            said, end = await whole_reply(self.model, messages, _PATIENCE_S)
        except ProviderError:
            return Judgement(rejects=False, end=None)
        return Judgement(bool(_NO.match(said)), end)
