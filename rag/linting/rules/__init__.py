"""All rules, by their chapters: the first digit of a code is its chapter."""

from __future__ import annotations

from rag.linting.rule import CorpusRule, PageRule, Rule
from rag.linting.rules import layout, links, mathematics, names, prose, repeats, search_engines
from rag.linting.rules.comments import unknown_code_rule
from rag.linting.rules.reading import READER_RULES

_CHAPTERS = (layout, names, search_engines, links, mathematics, prose, repeats)
_FOUND = [value for chapter in _CHAPTERS for value in vars(chapter).values() if isinstance(value, Rule)]
_CODES = [each.code for each in (*READER_RULES, *_FOUND)]

PAGE_RULES: tuple[PageRule, ...] = (
    unknown_code_rule(_CODES),
    *(each for each in _FOUND if isinstance(each, PageRule)),
)
CORPUS_RULES: tuple[CorpusRule, ...] = tuple(each for each in _FOUND if isinstance(each, CorpusRule))
REPAIRS = {each.code: each.repair for each in READER_RULES}
RULES: tuple[Rule, ...] = tuple(sorted((*READER_RULES, *PAGE_RULES, *CORPUS_RULES), key=lambda each: each.code))

CHAPTERS = {
    "1": "Files that cannot be read",
    "2": "Keys and names",
    "3": "Search engines",
    "4": "Related articles",
    "5": "Mathematics",
    "6": "Answers",
    "7": "The same question more than once",
}
"""Title of each chapter, by the first digit of its codes."""

__all__ = ["CHAPTERS", "CORPUS_RULES", "PAGE_RULES", "READER_RULES", "REPAIRS", "RULES"]
