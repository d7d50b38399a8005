"""Follow-ups that the rules leave alone, read by a language model that may name nothing new."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cache
from typing import Final

from rag.conversation.resolving import needs_history, resolve
from rag.conversation.turns import Resolution, Turn
from rag.errors import ProviderError
from rag.grounding.words import read_words
from rag.models import ReplyEnd
from rag.passages import terms_of, words_of
from rag.ports import ChatModel
from rag.prompts import Prompt, load_prompt
from rag.prompts.asking import whole_reply
from rag.prompts.fences import draw_tag, unfenced

_PATIENCE_S: Final = 5.0
"""How long a reader waits for a question to be read; then it is searched for as the rules read it."""

_MOST_CHARACTERS: Final = 300
"""Of a question read: what is longer is no question."""

_REPLACED: Final = frozenset(
    """
    it its they them their this that these those one ones he him his she her there and but so or then too also what how
    about the a an
    """.split()
)
"""Words of a follow-up that its reading may lack: they stand for something, or lead over to the question."""


async def resolve_with(model: ChatModel, question: str, history: Sequence[Turn]) -> tuple[Resolution, ReplyEnd | None]:
    """Read a question in the light of the turns before it: by rules, and by a model where `resolve` gives up.

    The model is asked only about a question that speaks of something it does not name, and believed only where it keeps
    every word that tells and takes each further one from the conversation. Where it fails, the rules' reading stands.

    Returns:
        The resolution, and the end of the model's reply with what it cost; None where none was read to its end.
    """
    by_rules = resolve(question, history)
    if by_rules.kind != "stands_alone" or not history or not needs_history(question):
        return by_rules, None
    said, end = await _ask(model, question, history)
    read = _first_line(said)
    if not _is_credible(read, question, history):
        return by_rules, end
    return Resolution(question, read, "completed from the conversation by the language model", "follow_up"), end


async def _ask(model: ChatModel, question: str, history: Sequence[Turn]) -> tuple[str, ReplyEnd | None]:
    """Return what the model says and the end of its reply; nothing where it fails or takes too long."""
    turns = "\n".join(f"Question: {turn.resolved}\nAnswer: {turn.answer_text}" for turn in history)
    messages = _prompt().fill(
        tag=draw_tag(secrets.SystemRandom()), history=unfenced(turns), question=unfenced(question)
    )
    try:
        return await whole_reply(model, messages, _PATIENCE_S)
    except ProviderError:
        return "", None


@cache
def _prompt() -> Prompt:
    return load_prompt("resolve", {"tag", "history", "question"})


def _first_line(said: str) -> str:
    lines = (line.strip().strip("\"'“”*` ") for line in said.splitlines())
    return next((line for line in lines if line), "")


def _is_credible(read: str, question: str, history: Sequence[Turn]) -> bool:
    """Return whether a model only carried what was said before into a question, and something at all."""
    if not read or len(read) > _MOST_CHARACTERS:
        return False
    asked, given = set(terms_of(question)), set(terms_of(read))
    said = {term for turn in history for term in terms_of(f"{turn.resolved} {turn.answer_text}")}
    is_carried = not given <= asked and given <= asked | said
    own, words = set(words_of(question)), set(words_of(read))
    turned_round = _negated(read) - _negated(question) - _negated(history[-1].resolved)
    return is_carried and own - _REPLACED <= words and not turned_round


def _negated(text: str) -> set[str]:
    return {word.stem for word in read_words(text) if word.role == "negation"}
