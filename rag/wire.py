"""Results as the JSON that batch files, `--json` and the service speak; docs/schemas holds its schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TypeAlias

from rag.models import Answer, Evidence

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
        "evidence": [_evidence_to_json(evidence) for evidence in answer.evidence],
        "provenance": asdict(answer.provenance),
        "timings_ms": answer.timings_ms,
    }


def search_to_json(
    query: str, results: Sequence[Evidence], timings_ms: Mapping[str, float], line_id: Json = None
) -> dict[str, Json]:
    """Return the results of a search as JSON, with the id of the line it replies to, if there is one."""
    return {
        **_identity(line_id),
        "query": query,
        "results": [_evidence_to_json(evidence) for evidence in results],
        "timings_ms": dict(timings_ms),
    }


def _identity(line_id: Json) -> dict[str, Json]:
    return {} if line_id is None else {"id": line_id}


def _evidence_to_json(evidence: Evidence) -> dict[str, Json]:
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
