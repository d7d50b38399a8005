"""Grounding, citations, copying and retrieval, by examples reckoned by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from evals.models import Cited, Claim
from evals.scoring import prepare, score
from rag.ports import Vectors
from rag.testing import make_entry
from tests.evals.scored_replies import KIDNEY, OSMOSIS, make_case, make_reply, materials

SAID = "Osmosis carries fluid across membranes."
CONTEXT = {OSMOSIS: SAID, KIDNEY: "Kidneys filter blood plasma continuously."}


def _cited(*urls: str, text: str = SAID, **changes: object) -> dict[str, float]:
    """Return the metrics of a sentence that cites entries, both of which were found."""
    numbers = tuple(range(1, len(urls) + 1))
    citations = tuple(Cited(n, url) for n, url in zip(numbers, urls, strict=True))
    reply = make_reply(text, sentences=(Claim(text, numbers),), citations=citations, context=CONTEXT)
    return dict(score(make_case(), replace(reply, **changes), materials()).metrics)


def test_grounding_is_the_share_of_words_that_the_context_holds() -> None:
    """Of red, green, blue and pale, beyond the question, the context holds three: 0.75."""
    case = make_case(question="water")
    found = score(case, make_reply("water red green blue pale", context={OSMOSIS: "red green blue"}), materials())
    assert found.metrics["grounding"] == 0.75


def test_the_invented_sentence_is_found() -> None:
    """One sentence of four invented words leaves half of the whole, and nothing of the least."""
    text = "Red green blue pale. Iron gold lead zinc."
    found = score(make_case(), make_reply(text, context={OSMOSIS: "red green blue pale"}), materials()).metrics
    assert (found["grounding"], found["grounding_min"]) == (0.5, 0.0)


def test_a_sentence_of_the_questions_words_invents_nothing() -> None:
    """It adds nothing that could be without ground, so it is not the sentence that has the least."""
    case = make_case(question="Which red blood cells carry oxygen?")
    text = "Red blood cells carry oxygen. Iron gold lead zinc."
    found = score(case, make_reply(text, context={OSMOSIS: "iron gold lead zinc"}), materials()).metrics
    assert (found["grounding"], found["grounding_min"]) == (1.0, 1.0)


def test_refusals_are_not_grounded() -> None:
    """A refusal has no grounding, and that is nobody's fault."""
    found = score(make_case(), make_reply("I cannot answer.", refused=True, context=CONTEXT), materials())
    assert "grounding" not in {**found.metrics, **found.unscored}


@pytest.mark.parametrize(
    ("urls", "recall", "precision"),
    [((OSMOSIS,), 1.0, 1.0), ((KIDNEY,), 0.0, 0.0), ((OSMOSIS, KIDNEY), 1.0, 0.5), ((), 0.0, None)],
)
def test_citations_are_counted_as_alce_counts(urls: tuple[str, ...], recall: float, precision: float | None) -> None:
    """A sentence is supported by its citations together; one that adds nothing beside another that does is not good."""
    found = _cited(*urls)
    assert (found["citation_recall"], found.get("citation_precision")) == (recall, precision)


def test_two_entries_support_together_what_neither_does() -> None:
    """Where both are needed, both citations are good."""
    found = _cited(OSMOSIS, KIDNEY, text="Osmosis carries membranes; kidneys filter plasma.")
    assert (found["citation_recall"], found["citation_precision"]) == (1.0, 1.0)


def test_a_hidden_entry_supports_nothing() -> None:
    """A citation of what was hidden is invalid, and neither its recall nor its precision counts."""
    found = _cited(OSMOSIS, excluded=(OSMOSIS,))
    assert [found[f"citation_{name}"] for name in ("validity", "recall", "precision")] == [0.0, 0.0, 0.0]


def test_a_system_that_tells_nothing_retrieved_is_held_to_what_exists() -> None:
    """Its citation of an entry of the corpus is valid, that of no entry is not."""
    known = materials(entries={OSMOSIS: make_entry("What is osmosis?", SAID)})
    citations = (Cited(1, OSMOSIS), Cited(2, "/no/where"))
    reply = make_reply(SAID, citations=citations)
    assert score(make_case(), reply, known).metrics["citation_validity"] == 0.5
    assert score(make_case(), replace(reply, retrieved=(KIDNEY,)), known).metrics["citation_validity"] == 0.0


def test_what_a_reply_says_of_its_sources_needs_no_citation() -> None:
    """A hedge is no claim: one that cites nothing lowers no recall."""
    hedge = "The sources do not say what drives plasma onwards."
    sentences = (Claim(SAID, (1,)), Claim(hedge, ()))
    assert _cited(OSMOSIS, text=f"{SAID} {hedge}", sentences=sentences, refused=False)["citation_recall"] == 1.0


def test_a_mark_without_a_citation_is_invalid() -> None:
    """Of two marks, one that no citation belongs to: half of them are valid."""
    found = score(
        make_case(), make_reply(f"{SAID} [1][^2]", citations=(Cited(1, OSMOSIS),), context=CONTEXT), materials()
    ).metrics
    assert (found["citation_validity"], found["citation_precision"]) == (0.5, 0.5)


def test_the_cited_entries_are_held_against_the_sources() -> None:
    """One of two cited is the source: P 1/2, R 1, F1 2/3."""
    found = _cited(OSMOSIS, KIDNEY)
    names = ("precision", "recall", "f1")
    assert [found[f"citation_target_{name}"] for name in names] == [0.5, 1.0, 0.666667]


def test_a_hidden_source_is_no_target() -> None:
    """Held out, a case's own entry cannot be cited, so nothing is held against it."""
    found = _cited(KIDNEY, arm="held_out", excluded=(OSMOSIS,))
    assert "citation_recall" in found
    assert not [name for name in found if name.startswith("citation_target")]


def test_copying_counts_runs_of_eight_words() -> None:
    """Of a reply's two runs of eight, the entry holds one."""
    nine = "one two three four five six seven eight nine"
    found = score(make_case(), make_reply(nine, context={OSMOSIS: nine.removesuffix(" nine")}), materials()).metrics
    assert found["copy_share"] == 0.5


def test_retrieval_is_reckoned_as_trec_eval_reckons() -> None:
    """The full source (2) third and the part (1) first: nDCG (1 + 2/2) / (2 + 1/log2 3), reciprocal rank 1."""
    case = make_case(kind="known_item", sources={OSMOSIS: 2, KIDNEY: 1})
    found = score(case, make_reply("", retrieved=(KIDNEY, "/x", OSMOSIS)), materials()).metrics
    assert found["ndcg_at_10"] == pytest.approx(2 / (2 + 1 / math.log2(3)), abs=1e-6)
    assert (found["recall_at_5"], found["rr_at_10"], found["success_at_1"]) == (1.0, 1.0, 1.0)
    assert "content_f1" not in found


def test_each_text_is_embedded_once() -> None:
    """Prepared materials embed in one call, and score as unprepared ones do."""
    calls: list[Sequence[str]] = []

    def embed(texts: Sequence[str]) -> Vectors:
        calls.append(texts)
        vectors = np.asarray([[len(text), text.count("e") + 1.0] for text in texts], dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    case, reply = make_case(), make_reply(f"Clearly, {SAID}", context=CONTEXT)
    ready = prepare([(case, reply), (case, reply)], materials(embed=embed))
    found = score(case, reply, ready)
    assert len(calls) == 1
    assert len(set(calls[0])) == len(calls[0])
    assert found == score(case, reply, materials(embed=embed))
    assert found.metrics["sent_support"] == pytest.approx(1.0, abs=1e-3)
