"""The stage that scores: of a run's own files alone, so that any old run can be scored anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from evals.cases.writing import answer_entry
from evals.errors import RunStateError
from evals.models import Case, Reply, Scored
from evals.running.folder import RunFolder
from evals.running.lines import line_of, write_lines
from evals.running.planning import Task
from rag.corpus import UnwritableTextError, render_entry

Scorer = Callable[[Case, Reply], Scored]


Replied = tuple[Case, Task, Reply]
"""A reply with what it was asked."""


def replies_of(run: RunFolder) -> list[Replied]:
    """Return what was replied, in the order of the plan: what scores, answers and reports are made of.

    Raises:
        RunStateError: a task has no reply yet, or a case is not there.
        RunInvalidError: something leaked.
    """
    run.require_valid()
    fingerprint = str(run.told()["system"]["fingerprint"])
    kept, cases = run.kept_replies(), run.cases().cases
    found: list[Replied] = []
    for task in run.tasks():
        reply, case = kept.get(task.key(fingerprint)), cases.get(task.case)
        if reply is None or case is None or case.sha256 != task.case_sha256:
            raise RunStateError(
                f"{run.path} has no reply to {task.case} ({task.arm}, repeat {task.repeat}); "
                f"end it with 'quicktakes eval run --resume {run.path}'"
            )
        found.append((case, task, reply))
    return found


def score_run(run: RunFolder, replies: Iterable[Replied], scorer: Scorer) -> list[Scored]:
    """Score all replies of a run, and write the scores: the same bytes for the same replies and scorer."""
    scored = [scorer(case, reply) for case, _, reply in replies]
    write_lines(run.scores, map(line_of, scored))
    return scored


def write_answers(run: RunFolder, replies: Iterable[Replied]) -> int:
    """Write the first reply to each case as an entry, to be read and edited as any other; return how many there are.

    Its file begins with its number in the plan: urls of two subjects may end alike. A reply without a text has none,
    nor has one with a text that the format has no form for.
    """
    written = 0
    for number, (case, task, reply) in enumerate(replies, start=1):
        if task.repeat or not reply.text.strip():
            continue
        try:
            text = render_entry(answer_entry(case, reply.text, number, refused=reply.refused is True))
        except UnwritableTextError:
            continue
        file = run.entries / task.arm / f"{number:05d}-{PurePosixPath(case.url).name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
        written += 1
    return written
