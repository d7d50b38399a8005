"""The stage that asks: every reply is written as it comes, so a run that is stopped goes on where it was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import IO

from evals.errors import RunInvalidError
from evals.models import Case, Reply
from evals.pacing import Pace, Purse, ask_each
from evals.running.folder import RunFolder
from evals.running.leaks import LeakCheck
from evals.running.lines import append_line, line_of, mend_end
from evals.running.planning import Task
from evals.systems import Connected, System
from rag.errors import QuickTakesError, SpendingLimitError

Progress = Callable[[int, int], None]
"""Called with how many tasks are done and how many there are."""


@dataclass(frozen=True, slots=True)
class Asking:
    """All that a run's tasks are asked with.

    Attributes:
        cases: by url.
        concurrency: how many tasks are under way at most.
        purse: what the run may cost, what it has cost before included.
        heard: called with each reply that was kept.
    """

    run: RunFolder
    cases: Mapping[str, Case]
    system: System
    leaks: LeakCheck
    progress: Progress
    concurrency: int = 1
    purse: Purse = field(default_factory=Purse)
    heard: Callable[[Case, Reply], None] = lambda _, __: None


def answer_tasks(asking: Asking) -> int:
    """Ask what a run has no reply to yet; return how many tasks were asked. A reply that failed is asked for again.

    Raises:
        RunInvalidError: a reply shows that something hidden was seen; the run is marked as invalid, and stops.
        StoppedError: the run has cost what it may.
        SpendingLimitError: the day's replies have.
        KeyboardInterrupt: as it came; what was replied until then is kept.
    """
    for file in (asking.run.replies, asking.run.timings):
        mend_end(file)
    total, wanted = len(asking.run.tasks()), open_tasks(asking.run, asking.system.fingerprint)
    asyncio.run(_ask_all(asking, wanted, total))
    return len(wanted)


def open_tasks(run: RunFolder, system: str) -> list[Task]:
    """Return the tasks of a run that a system has not replied to, or failed at; it is named by its fingerprint."""
    kept = run.kept_replies()
    replied = {key for key, reply in kept.items() if not reply.error}
    return [task for task in run.tasks() if task.key(system) not in replied]


async def _ask_all(asking: Asking, tasks: Sequence[Task], total: int) -> None:
    done = total - len(tasks)
    asking.progress(done, total)
    with ExitStack() as opened:
        replies, timings = (
            opened.enter_context(file.open("a", encoding="utf-8", newline="\n"))
            for file in (asking.run.replies, asking.run.timings)
        )

        async def ask(task: Task) -> None:
            nonlocal done
            began = time.perf_counter()
            reply = await _ask(asking, task)
            seconds = time.perf_counter() - began
            asking.purse.pay(reply.cost_usd)
            _record(asking, task, reply, replies)
            timing = {"case": task.case, "arm": task.arm, "repeat": task.repeat, "seconds": seconds}
            append_line(timings, line_of(timing))
            asking.heard(asking.cases[task.case], reply)
            done += 1
            asking.progress(done, total)

        try:
            await ask_each(tasks, ask, Pace(asking.concurrency), asking.purse)
        finally:
            if isinstance(asking.system, Connected):
                await asking.system.aclose()


async def _ask(asking: Asking, task: Task) -> Reply:
    case = asking.cases[task.case]
    try:
        return await asking.system.answer(case, task.arm, task.excluded, task.repeat)
    except RunInvalidError as error:
        _mark_invalid(asking, task, [str(error)])
        raise
    except SpendingLimitError:
        raise
    except QuickTakesError as error:
        told = f"{type(error).__name__}: {error}"
        return Reply(case=task.case, arm=task.arm, repeat=task.repeat, excluded=task.excluded, error=told)


def _record(asking: Asking, task: Task, reply: Reply, replies: IO[str]) -> None:
    """Write a reply down, or that it shows what was hidden."""
    leaks = asking.leaks.leaks(asking.cases[task.case], task, reply)
    if leaks:
        _mark_invalid(asking, task, leaks)
        asking.run.require_valid()
    append_line(replies, line_of({"key": task.key(asking.system.fingerprint), "reply": asdict(reply)}))


def _mark_invalid(asking: Asking, task: Task, leaks: Sequence[str]) -> None:
    with asking.run.errors.open("a", encoding="utf-8", newline="\n") as errors:
        for leak in leaks:
            append_line(errors, line_of({"case": task.case, "arm": task.arm, "repeat": task.repeat, "leak": leak}))
