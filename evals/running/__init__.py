"""Runs: planned, answered and scored, each stage alone and again."""

from evals.running.answering import Asking, answer_tasks
from evals.running.folder import RunFolder, begin_run, list_runs, manifest_of, resume_run
from evals.running.leaks import LeakCheck
from evals.running.lines import line_of, read_lines, write_lines
from evals.running.planning import ARMS, Task, plan_tasks
from evals.running.scoring import Scorer, replies_of, score_run, write_answers

__all__ = [
    "ARMS",
    "Asking",
    "LeakCheck",
    "RunFolder",
    "Scorer",
    "Task",
    "answer_tasks",
    "begin_run",
    "line_of",
    "list_runs",
    "manifest_of",
    "plan_tasks",
    "read_lines",
    "replies_of",
    "resume_run",
    "score_run",
    "write_answers",
    "write_lines",
]
