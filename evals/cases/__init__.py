"""Cases: read from their files, checked, written, and made from a corpus."""

from evals.cases.linting import is_warning, lint_cases
from evals.cases.patterns import holds, holds_any, pattern_words, sentence_words
from evals.cases.reading import Cases, Place, case_from, read_case, read_cases
from evals.cases.writing import block_of, case_entry, render_case

__all__ = [
    "Cases",
    "Place",
    "block_of",
    "case_entry",
    "case_from",
    "holds",
    "holds_any",
    "is_warning",
    "lint_cases",
    "pattern_words",
    "read_case",
    "read_cases",
    "render_case",
    "sentence_words",
]
