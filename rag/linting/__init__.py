"""The linter: what an editor should know of each file, with a fix where one is safe."""

from rag.linting.checking import Checks
from rag.linting.finding import Finding
from rag.linting.linter import LintReport, MendedFile, lint, selected_codes
from rag.linting.rule import Rule
from rag.linting.rules import CHAPTERS, RULES
from rag.linting.rules.repeats import questions_like

__all__ = [
    "CHAPTERS",
    "RULES",
    "Checks",
    "Finding",
    "LintReport",
    "MendedFile",
    "Rule",
    "lint",
    "questions_like",
    "selected_codes",
]
