"""What only the harness raises."""

from __future__ import annotations

from rag.errors import QuickTakesError


class RunInvalidError(QuickTakesError):
    """A run proved to be worthless: what was to be hidden was seen. No score of it counts; who built the system acts."""


class RunStateError(QuickTakesError):
    """The folder of a run does not hold what is wanted of it; the operator must name another, or begin a new run."""
