"""What only the harness raises."""

from __future__ import annotations

from rag.errors import QuickTakesError


class RunInvalidError(QuickTakesError):
    """What was to be hidden was seen, or may have been: no score of the run counts. Who built the system must act."""

    exit_code = 3


class StoppedError(QuickTakesError):
    """The operator stopped a run, or nothing more may be spent on it; the message says how it goes on."""

    exit_code = 130  # as shells tell Ctrl-C


class RunStateError(QuickTakesError):
    """The folder of a run does not hold what is wanted of it; the operator must name another, or begin a new run."""
