"""What a rule is: a code that never changes its meaning, an explanation with two examples, and a check."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rag.corpus import Entry, RelatedArticle
from rag.corpus.source import KeyPath
from rag.linting.page import Page
from rag.linting.summary import Summary


@dataclass(frozen=True, slots=True)
class LinkFix:
    """What the related article of a number, from 1, should be."""

    number: int
    article: RelatedArticle


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found in a file.

    Attributes:
        message: what is wrong and what to do about it.
        key: where it stands, below its parent if it has one; empty for the file as a whole.
        offset: characters into the key's value, as it reads.
        fix: the entry, the whole text of the file or one link, as it should be; None where that would be a guess.
    """

    message: str
    key: KeyPath = ()
    offset: int = 0
    fix: Entry | str | LinkFix | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What every rule says of itself.

    Attributes:
        code: ``QT`` and three digits; the first digit is the chapter.
        name: what it finds, in words with hyphens.
        why: one or two sentences of Markdown.
        bad, good: lines of a header that the rule finds, and that it does not; in brackets where no text can show it.
        mends: whether ``--fix`` mends what it finds, where that takes no guess.
    """

    code: str
    name: str
    why: str
    bad: str
    good: str
    mends: bool = field(default=False, kw_only=True)


def leave(text: str) -> str:
    """Mend nothing: what was meant cannot be known."""
    return text


@dataclass(frozen=True, slots=True)
class ReaderRule(Rule):
    """What stops a file from being read; found by `rag.corpus.parse_entry`.

    Attributes:
        repair: returns the whole text mended, or the same text where that would be a guess.
    """

    repair: Callable[[str], str] = leave


@dataclass(frozen=True, slots=True)
class PageRule(Rule):
    """A rule that one file can break by itself."""

    check: Callable[[Page], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class CorpusRule(Rule):
    """A rule that takes all entries together to break."""

    check: Callable[[Sequence[Summary]], Iterable[tuple[Summary, Fault]]]


def page_rule(
    code: str, name: str, *, bad: str, good: str, mends: bool = False
) -> Callable[[Callable[[Page], Iterable[Fault]]], PageRule]:
    """Return a decorator that makes a rule of a check; the check's docstring says why there is the rule."""
    return lambda check: PageRule(code, name, _why(check), bad, good, check, mends=mends)


def corpus_rule(
    code: str, name: str, *, bad: str, good: str, mends: bool = False
) -> Callable[[Callable[[Sequence[Summary]], Iterable[tuple[Summary, Fault]]]], CorpusRule]:
    """Return a decorator that makes a rule of a check; the check's docstring says why there is the rule."""
    return lambda check: CorpusRule(code, name, _why(check), bad, good, check, mends=mends)


def _why(check: Callable[..., object]) -> str:
    return " ".join((inspect.getdoc(check) or "").split())
