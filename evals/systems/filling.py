"""Replies from our answers, whichever way they came: in process, or as the JSON of the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evals.models import Cited, Claim, Reply


def filled(blank: Reply, answer: Mapping[str, Any], sections: Mapping[str, Sequence[str]]) -> Reply:
    """Return a reply with all that an answer tells.

    Args:
        blank: names the case, the arm and what was hidden.
        answer: as `rag.wire.answer_to_json` has it.
        sections: of the evidence, by url, as many as are known; what is cited beside them is added.

    Raises:
        KeyError, TypeError: it is no answer.
    """
    usage: Mapping[str, int] = answer["usage"] or {"prompt_tokens": 0, "completion_tokens": 0}
    context = {url: "\n\n".join(texts) for url, texts in sections.items()}
    citations = tuple(Cited(one["n"], one["url"], one["quote"]) for one in answer["citations"])
    for cited in citations:  # a part of a question has evidence of its own
        if cited.quote not in context.get(cited.url, ""):
            context[cited.url] = f"{context.get(cited.url, '')}\n\n{cited.quote}".strip()
    return replace(
        blank,
        text=answer["text"],
        refused=answer["status"] == "abstained",
        sentences=tuple(Claim(one["text"], tuple(one["citations"])) for one in answer["sentences"]),
        citations=citations,
        retrieved=tuple(dict.fromkeys([*(one["url"] for one in answer["evidence"]), *(one.url for one in citations)])),
        context=context,
        prompt_tokens=usage["prompt_tokens"],
        completion_tokens=usage["completion_tokens"],
        cost_usd=answer["cost_usd"],
        confidence=max((one["score"] for one in answer["evidence"]), default=None),
    )
