"""Cases: read from their files, checked, written, and made from a corpus."""

from evals.cases.choosing import Choice, cases_over
from evals.cases.linting import is_warning, lint_cases
from evals.cases.making import changed_since_frozen, freeze_cases, make_cases, make_known_items
from evals.cases.neighbourhood import Neighbourhoods, grams_of
from evals.cases.reading import Cases, case_from, read_cases, read_references
from evals.cases.writing import block_of, case_entry, render_case

__all__ = [
    "Cases",
    "Choice",
    "Neighbourhoods",
    "block_of",
    "case_entry",
    "case_from",
    "cases_over",
    "changed_since_frozen",
    "freeze_cases",
    "grams_of",
    "is_warning",
    "lint_cases",
    "make_cases",
    "make_known_items",
    "read_cases",
    "read_references",
    "render_case",
]
