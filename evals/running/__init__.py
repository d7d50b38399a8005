"""Runs: planned, answered and scored, each stage alone and again."""

from evals.running.answering import Asking, answer_tasks, open_tasks
from evals.running.floors import answer_by_floor, score_floors
from evals.running.folder import RunFolder, begin_run, list_runs, manifest_of, new_run, resume_run
from evals.running.leaks import LeakCheck
from evals.running.lines import append_line, line_of, mend_end, read_lines, write_lines
from evals.running.materials import TextEmbedder, keep_materials, materials_of
from evals.running.planning import ARMS, Task, plan_tasks
from evals.running.rows import embedder_of, rows_in, scored_run
from evals.running.scoring import Replied, Scorer, replies_of, score_run, write_answers

__all__ = [
    "ARMS",
    "Asking",
    "LeakCheck",
    "Replied",
    "RunFolder",
    "Scorer",
    "Task",
    "TextEmbedder",
    "answer_by_floor",
    "answer_tasks",
    "append_line",
    "begin_run",
    "embedder_of",
    "keep_materials",
    "line_of",
    "list_runs",
    "manifest_of",
    "materials_of",
    "mend_end",
    "new_run",
    "open_tasks",
    "plan_tasks",
    "read_lines",
    "replies_of",
    "resume_run",
    "rows_in",
    "score_floors",
    "score_run",
    "scored_run",
    "write_answers",
    "write_lines",
]
