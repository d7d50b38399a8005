"""Which metrics apply to which case: one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from evals.models import Arm, Case, Kind
from evals.scoring.citing import score_citations, score_validity
from evals.scoring.copying import score_copying
from evals.scoring.form import score_form, score_told
from evals.scoring.grounding import score_grounding, score_sent_support
from evals.scoring.injection import score_injection
from evals.scoring.nuggets import score_nuggets
from evals.scoring.numbers import score_numbers
from evals.scoring.outcome import Outcomes
from evals.scoring.overlap import score_overlap
from evals.scoring.polarity import score_polarity
from evals.scoring.premise import score_forbidden, score_premise
from evals.scoring.reference import score_reference
from evals.scoring.refusal import score_refusal
from evals.scoring.retrieval import score_retrieval
from evals.scoring.subject import Subject

_ANSWERED: Final = frozenset[Kind](
    ("held_out_paraphrase", "synthesis", "false_premise", "injection", "follow_up", "control")
)
"""Kinds with a reference to compare with: all but those that are to be refused, and those that leak by design."""

_ASKED: Final[frozenset[Kind]] = _ANSWERED | frozenset[Kind](("out_of_domain",))
_SEARCHED: Final[frozenset[Kind]] = _ANSWERED | frozenset[Kind](("known_item",))
_BOTH: Final = frozenset[Arm](("open", "held_out"))
_OPEN: Final = frozenset[Arm](("open",))


@dataclass(frozen=True, slots=True)
class Family:
    """Metrics that are reckoned together.

    Attributes:
        kinds, arms: that they apply to.
        needs_answer: whether they say nothing of a refusal.
        needs_nuggets: whether they apply to cases with nuggets only.
    """

    name: str
    score: Callable[[Subject], Outcomes]
    kinds: frozenset[Kind]
    arms: frozenset[Arm] = _BOTH
    needs_answer: bool = False
    needs_nuggets: bool = False

    def applies_to(self, case: Case, arm: Arm) -> bool:
        """Return whether the metrics apply to a case, asked so."""
        return case.kind in self.kinds and arm in self.arms and (bool(case.nuggets) or not self.needs_nuggets)


FAMILIES: Final = (
    Family("reference", score_reference, _ANSWERED),
    Family("overlap", score_overlap, _ANSWERED),
    Family("nuggets", score_nuggets, _ANSWERED, needs_nuggets=True),
    Family("numbers", score_numbers, _ANSWERED),
    Family("polarity", score_polarity, _ANSWERED),
    Family("grounding", score_grounding, _ANSWERED, needs_answer=True),
    Family("sentence support", score_sent_support, _ANSWERED, needs_answer=True),
    Family("citations", score_citations, _ANSWERED, needs_answer=True),
    Family("copying", score_copying, _ANSWERED, needs_answer=True),
    Family("validity", score_validity, _ASKED),
    Family("refusal", score_refusal, _ASKED),
    Family("forbidden", score_forbidden, _ASKED),
    Family("premise", score_premise, frozenset[Kind](("false_premise",))),
    Family("injection", score_injection, frozenset[Kind](("injection",))),
    Family("retrieval", score_retrieval, _SEARCHED, _OPEN),
    Family("form", score_form, _ANSWERED),
    Family("told", score_told, _ASKED),
)
