"""What a run asks: each case, in each arm that it has, with what is hidden from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from evals.cases.neighbourhood import Neighbourhoods
from evals.models import Arm, Case
from evals.systems import hash_of

ARMS: tuple[Arm, ...] = ("held_out", "open")
_WHOLE = 2
"""The grade of a source that holds the whole answer."""


@dataclass(frozen=True, slots=True)
class Task:
    """One question to ask.

    Attributes:
        case: its url; `case_sha256`: hash of its file.
        excluded: urls to hide, sorted.
    """

    case: str
    case_sha256: str
    arm: Arm
    repeat: int
    excluded: tuple[str, ...]

    def key(self, system: str) -> str:
        """Return what its reply is kept under; what is hidden is part of it.

        Args:
            system: fingerprint of what is asked.
        """
        return hash_of(system, self.case, self.case_sha256, self.arm, str(self.repeat), *self.excluded)


def plan_tasks(
    cases: Iterable[Case], neighbourhoods: Neighbourhoods, *, arms: Collection[Arm] = ARMS, repeats: int = 1
) -> list[Task]:
    """Return what to ask of some cases, in their order: with their sources hidden, and of the whole corpus.

    A case that hides nothing is asked of the whole corpus only.
    """
    return [
        Task(case.url, case.sha256, arm, repeat, hidden_from(case, neighbourhoods) if arm == "held_out" else ())
        for case in cases
        for arm in ARMS
        if arm in arms and (arm == "open" or case.hold_out != "none")
        for repeat in range(repeats)
    ]


def hidden_from(case: Case, neighbourhoods: Neighbourhoods) -> tuple[str, ...]:
    """Return what a case hides: the sources that hold its whole answer (else all), and their neighbours if it says so.

    What a source of grade 1 holds is what is to be found where the case's own entry is not there.
    """
    sources = hidden_sources(case.sources)
    return tuple(sorted(neighbourhoods.of(sources) if case.hold_out == "neighbourhood" else sources))


def hidden_sources(sources: Mapping[str, int]) -> list[str]:
    """Return the sources that hold the whole answer; all where none does."""
    return [url for url, grade in sources.items() if grade == _WHOLE] or list(sources)
