"""A chat model asked for verdicts, one narrow request at a time."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from evals.judging.judgement import Judgement, Question, reason_of
from evals.judging.prompting import fill_prompt, judge_prompt
from evals.judging.reading import NO_QUOTES, read_quotes, read_verdicts
from evals.systems import hash_of
from evals.systems.endpoint import PATIENCE_S
from rag.errors import ProviderError, ProviderReplyError
from rag.models import ChatMessage, total_usd
from rag.ports import ChatModel
from rag.prompts.asking import whole_reply

_FAMILIES: Final = {"chatgpt": "gpt", "o": "gpt", "text-davinci": "gpt", "gemma": "gemini", "mixtral": "mistral"}
"""Of models with other names from the same makers and the same training texts."""


async def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Judge:
    """Asks a chat model, which is to reply at temperature 0, as the product's adapters have it do.

    Attributes:
        seed: of the run; the fences of its requests are made from it.
        aclose: closes the connections that wait on the running event loop.
    """

    model: ChatModel
    seed: str = ""
    aclose: Callable[[], Awaitable[None]] = _nothing

    def key(self, question: Question) -> str:
        """Return what the judgement of a question is kept under."""
        texts = [f"{name}={question.texts[name]}" for name in sorted(question.texts)]
        told = (question.judge, question.case, question.arm, str(question.repeat), *question.items, *texts)
        return hash_of(self.model.name, judge_prompt(question.judge).fingerprint, *told)

    async def ask(self, question: Question) -> Judgement:
        """Return the judgement of a question, asked once more where an item got no verdict.

        Raises:
            ProviderError: the server refuses the request or nothing more may be spent: asking on would not help.
        """
        first = await self.attempt(question, 1)
        if not first.unscored:
            return first
        second = await self.attempt(question, 2)
        return replace(
            second if len(second.unscored) <= len(first.unscored) else first,
            prompt_tokens=first.prompt_tokens + second.prompt_tokens,
            completion_tokens=first.completion_tokens + second.completion_tokens,
            cost_usd=total_usd((first.cost_usd, second.cost_usd)),
        )

    def messages(self, question: Question, attempt: int) -> tuple[ChatMessage, ...]:
        """Return what the model is sent, the same whenever it is."""
        return fill_prompt(question, self.seed, attempt)

    async def attempt(self, question: Question, attempt: int) -> Judgement:
        """Return what one attempt comes to, from 1; raises as `ask`."""
        blank = blank_judgement(self, question)
        try:
            reply, end = await whole_reply(self.model, self.messages(question, attempt), PATIENCE_S)
        except ProviderError as error:
            if not error.retryable and not isinstance(error, ProviderReplyError):
                raise
            return replace(blank, unscored=dict.fromkeys(question.items, reason_of(error.fault)), cost_usd=None)
        spent = replace(
            blank,
            reply=reply,
            prompt_tokens=end.usage.prompt_tokens,
            completion_tokens=end.usage.completion_tokens,
            cost_usd=end.cost_usd,
        )
        return _read(spent, question)


def blank_judgement(judge: Judge, question: Question) -> Judgement:
    """Return the judgement of a question that nobody was asked."""
    return Judgement(
        key=judge.key(question),
        case=question.case,
        arm=question.arm,
        repeat=question.repeat,
        judge=question.judge,
        prompt=judge_prompt(question.judge).fingerprint,
        model=judge.model.name,
    )


def _read(spent: Judgement, question: Question) -> Judgement:
    verdicts, unscored = read_verdicts(spent.reply, question)
    if question.judge != "contradiction" or "contradicts" not in verdicts.values():
        return replace(spent, verdicts=verdicts, unscored=unscored)
    quotes = read_quotes(spent.reply, question.texts)
    if not quotes:
        return replace(spent, unscored=dict.fromkeys(question.items, NO_QUOTES))
    return replace(spent, verdicts=verdicts, unscored=unscored, quotes=tuple(quotes))


def self_preference_warning(judge: str, answerer: str) -> str | None:
    """Return what a report must say where a judge is of the family of what it judges; None where it is not.

    Models prefer their own words: Panickssery et al. (2024), "LLM evaluators recognize and favor their own
    generations".

    Args:
        judge: name of the judge's model, ``provider:model``.
        answerer: name of the model that wrote the answers.
    """
    family = family_of(judge)
    if family != family_of(answerer):
        return None
    return (
        f"The judge {judge} is of the same family ({family}) as {answerer}, which wrote the answers: judges prefer "
        "what sounds like themselves, so trust its verdicts less, or name a judge of another family."
    )


def family_of(name: str) -> str:
    """Return the family of a model that is named ``provider:model``, ``provider:owner/model`` or the like."""
    model = name.rpartition("@")[0] or name
    model = model.partition(":")[2] or model
    first = re.match(r"(?:text-davinci|[a-z]+)", model.rpartition("/")[2].lower())
    family = first[0] if first else model.lower()
    return _FAMILIES.get(family, family)
