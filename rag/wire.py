"""Results as the JSON that batch files, `--json` and the service speak; docs/schemas holds its schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TypeAlias

from rag.models import Answer, Check, Evidence, QuizQuestion, Search
from rag.retrieval import certainty_parts, rank_parts

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"


def answer_to_json(answer: Answer, line_id: Json = None) -> dict[str, Json]:
    """Return an answer as JSON, with the id of the line it replies to, if there is one."""
    return {
        **_identity(line_id),
        "question": answer.question,
        "status": answer.status,
        "rung": answer.rung,
        "text": answer.text,
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "citations": [asdict(citation) for citation in answer.citations],
        "suggestions": [asdict(suggestion) for suggestion in answer.suggestions],
        "evidence": [evidence_to_json(evidence) for evidence in answer.evidence],
        "provenance": asdict(answer.provenance),
        "timings_ms": answer.timings_ms,
        "notices": list(answer.notices),
        "usage": None if answer.usage is None else asdict(answer.usage),
        "cost_usd": answer.cost_usd,
        "corrected": None if answer.corrected is None else asdict(answer.corrected),
        "resolved": answer.resolved,
        "carried": answer.carried,
        "cached": answer.cached,
        "mode": answer.mode,
        "level": answer.level,
    }


def check_to_json(check: Check) -> dict[str, Json]:
    """Return what became of a student's answer as JSON."""
    return {
        "question": check.question,
        "status": check.status,
        "url": check.url,
        "title": check.title,
        "score": check.score,
        "facts": [asdict(fact) for fact in check.facts],
        "sentences": [asdict(sentence) for sentence in check.sentences],
        "citations": [asdict(citation) for citation in check.citations],
        "feedback": check.feedback,
        "suggestions": [asdict(suggestion) for suggestion in check.suggestions],
        "provenance": asdict(check.provenance),
        "notices": list(check.notices),
        "usage": None if check.usage is None else asdict(check.usage),
        "cost_usd": check.cost_usd,
    }


def quiz_to_json(asked: QuizQuestion) -> dict[str, Json]:
    """Return a question to a student as JSON."""
    return {
        "question": asked.question,
        "url": asked.url,
        "points": asked.points,
        "seed": asked.seed,
        "notices": list(asked.notices),
    }


def search_to_json(
    search: Search, timings_ms: Mapping[str, float], line_id: Json = None, *, explain: bool = False
) -> dict[str, Json]:
    """Return a search as JSON, with the id of the line it replies to, if there is one.

    Args:
        explain: say how the question was read, and what each signal gave each entry.
    """
    query = search.query
    reply: dict[str, Json] = {
        **_identity(line_id),
        "query": query.question,
        "results": [evidence_to_json(one) | ({"why": _explained(one)} if explain else {}) for one in search.evidence],
        "notices": list(search.notices),
        "timings_ms": dict(timings_ms),
    }
    if explain:
        rewrites = [asdict(rewrite) for rewrite in query.rewrites]
        concepts = [asdict(concept) for concept in query.concepts]
        reply["read_as"] = {"text": query.text, "rewrites": rewrites, "concepts": concepts}
    return reply


def _explained(evidence: Evidence) -> dict[str, Json]:
    """Return an entry's signals, what each adds to its rank and certainty, what matched, and a reranker's score."""
    signals = {name: value for name, value in asdict(evidence.signals).items() if name not in {"matched", "words_only"}}
    return {
        "signals": _rounded(signals),
        "rank_parts": _rounded(rank_parts(evidence.signals)),
        "certainty_parts": _rounded(certainty_parts(evidence.signals)),
        "matched": list(evidence.signals.matched),
        **({} if evidence.relevance is None else {"relevance": evidence.relevance}),
    }


def _rounded(numbers: Mapping[str, float]) -> dict[str, Json]:
    return {name: round(number, 4) for name, number in numbers.items()}


def _identity(line_id: Json) -> dict[str, Json]:
    return {} if line_id is None else {"id": line_id}


def evidence_to_json(evidence: Evidence) -> dict[str, Json]:
    """Return an entry as it was found, with its best passage, as JSON."""
    passage = evidence.passage
    return {
        "rank": evidence.rank,
        "url": evidence.url,
        "title": evidence.title,
        "score": round(evidence.score, 4),
        "passage": {
            "section": passage.section,
            "text": passage.text,
            "start": passage.start,
            "end": passage.end,
        },
    }
