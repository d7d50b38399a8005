"""What only the harness raises."""

from __future__ import annotations

from rag.errors import QuickTakesError


class RunInvalidError(QuickTakesError):
    """What was to be hidden was seen, or may have been: no score of the run counts. Who built the system must act."""


class RunStateError(QuickTakesError):
    """The folder of a run does not hold what is wanted of it; the operator must name another, or begin a new run."""
