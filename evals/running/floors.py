"""What trivial systems reply to a run's tasks: computed anew each time, in moments."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from evals.models import Case, Reply, Scored
from evals.running.folder import RunFolder
from evals.running.leaks import LeakCheck
from evals.running.lines import append_line, line_of, read_lines, reply_from, write_lines
from evals.running.planning import Task
from evals.running.scoring import Scorer
from evals.systems import FLOORS, NearestEntry, RandomEntry, System


def answer_by_floor(run: RunFolder, floor: System, cases: Mapping[str, Case], tasks: Sequence[Task]) -> None:
    """Ask a floor a run's tasks, each once however often it is repeated, and write its replies into the run.

    Raises:
        RunInvalidError: a reply shows that something hidden was seen; the run is marked as invalid.
    """

    async def ask_all() -> list[tuple[Task, Reply]]:
        once = [task for task in tasks if task.repeat == 0]
        return [(task, await floor.answer(cases[task.case], task.arm, task.excluded, 0)) for task in once]

    replies = asyncio.run(ask_all())
    _refuse_leaks(run, floor, cases, replies)
    file = run.floor_replies(floor.name)
    file.parent.mkdir(exist_ok=True)
    write_lines(file, (line_of(asdict(reply)) for _, reply in replies))


def _refuse_leaks(
    run: RunFolder, floor: System, cases: Mapping[str, Case], replies: Sequence[tuple[Task, Reply]]
) -> None:
    """Hold replies against the entries that a floor copies from; one that has none can name what was hidden only."""
    check = LeakCheck(floor.entries if isinstance(floor, NearestEntry | RandomEntry) else {})
    leaks = [
        {"case": task.case, "arm": task.arm, "repeat": task.repeat, "leak": f"{floor.name}: {leak}"}
        for task, reply in replies
        for leak in check.leaks(cases[task.case], task, reply)
    ]
    if leaks:
        with run.errors.open("a", encoding="utf-8", newline="\n") as errors:
            for leak in leaks:
                append_line(errors, line_of(leak))
        run.require_valid()


def score_floors(run: RunFolder, cases: Mapping[str, Case], scorer: Scorer) -> dict[str, list[Scored]]:
    """Score what floors replied, and write the scores; return them by the floor's name, none for one not asked."""
    found: dict[str, list[Scored]] = {}
    for name in FLOORS:
        replies = [reply_from(line) for line in read_lines(run.floor_replies(name))]
        if replies:
            found[name] = [scorer(cases[reply.case], reply) for reply in replies]
            write_lines(run.floor_scores(name), map(line_of, found[name]))
    return found
