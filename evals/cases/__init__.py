"""Cases: read from their files, checked, written, and made from a corpus."""

from evals.cases.choosing import Choice, cases_over
from evals.cases.linting import is_warning, lint_cases
from evals.cases.making import changed_since_frozen, freeze_cases, make_cases
from evals.cases.neighbourhood import Neighbourhoods, find_neighbours, grams_of
from evals.cases.reading import Cases, Place, case_from, read_cases, read_references
from evals.cases.writing import answer_entry, block_of, case_entry, render_case

__all__ = [
    "Cases",
    "Choice",
    "Neighbourhoods",
    "Place",
    "answer_entry",
    "block_of",
    "case_entry",
    "case_from",
    "cases_over",
    "changed_since_frozen",
    "find_neighbours",
    "freeze_cases",
    "grams_of",
    "is_warning",
    "lint_cases",
    "make_cases",
    "read_cases",
    "read_references",
    "render_case",
]
