"""What trivial systems reply to a run's tasks: computed anew each time, in moments."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from evals.models import Case, Reply, Scored
from evals.running.folder import RunFolder
from evals.running.lines import line_of, read_lines, reply_from, write_lines
from evals.running.planning import Task
from evals.running.scoring import Scorer
from evals.systems import FLOORS, System


def answer_by_floor(run: RunFolder, floor: System, cases: Mapping[str, Case], tasks: Sequence[Task]) -> None:
    """Ask a floor a run's tasks, each once however often it is repeated, and write its replies into the run."""

    async def ask_all() -> list[Reply]:
        once = [task for task in tasks if task.repeat == 0]
        return [await floor.answer(cases[task.case], task.arm, task.excluded, 0) for task in once]

    file = run.floor_replies(floor.name)
    file.parent.mkdir(exist_ok=True)
    write_lines(file, (line_of(asdict(reply)) for reply in asyncio.run(ask_all())))


def score_floors(run: RunFolder, cases: Mapping[str, Case], scorer: Scorer) -> dict[str, list[Scored]]:
    """Score what floors replied, and write the scores; return them by the floor's name, none for one not asked."""
    found: dict[str, list[Scored]] = {}
    for name in FLOORS:
        replies = [reply_from(line) for line in read_lines(run.floor_replies(name))]
        if replies:
            found[name] = [scorer(cases[reply.case], reply) for reply in replies]
            write_lines(run.floor_scores(name), map(line_of, found[name]))
    return found
