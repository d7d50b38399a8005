"""Chapter 3: the block that search engines read."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from rag.corpus import Entry
from rag.linting.page import Page
from rag.linting.rule import Fault, page_rule
from rag.linting.rules.fragments import lost_command

_DESCRIPTION = ("seo", "page_description")
_KEYWORDS = ("seo", "page_keywords")
_SENTENCE_END = re.compile(r"(?<!\.\.)[.!?][\"”’')\]]*$")
_DOLLAR = re.compile(r"(?<!\\)\$")
_LOCANTS = re.compile(r"(?<![^\s,-])(?:\d+|[A-Zα-ω])['′]?(?:,(?:\d+|[A-Zα-ω])['′]?)+(?=-)")
_NO_SPACE = re.compile(r"(?<!\d),(?=\S)|,(?=[^\s\d])")
_INSIDE = "\0"
_LOST_LETTER = re.compile(r"-(?!(?:omics|ase|ose|itis|ology)s?\b)[A-Za-z]")
_SIGNS = re.compile(r"[!-/:-@\[-`{-~]*")


@page_rule("QT300", "seo-title", bad="seo:\n  title: Biology", good="seo:\n  title: QuickTakes | Biology", mends=True)
def seo_title(page: Page) -> Iterator[Fault]:
    """`seo.title` is `QuickTakes | ` and the subject."""
    wanted = f"QuickTakes | {page.entry.subject}"
    if page.entry.seo.title != wanted:
        yield Fault(f"seo.title must be {wanted!r}", ("seo", "title"), fix=_with_seo(page.entry, "title", wanted))


@page_rule(
    "QT301",
    "description-length",
    bad="seo:\n  page_description: >-\n    About newts.",
    good="seo:\n  page_description: >-\n    The answer explains how the stump of a newt's leg forms new tissue.",
)
def description_length(page: Page) -> Iterator[Fault]:
    """A description of a few words tells a reader nothing, and search engines cut a long one.

    The bounds are `description-characters` in the corpus's settings.
    """
    least, most = page.config.description_characters
    length = len(page.entry.seo.page_description)
    if not least <= length <= most:
        yield Fault(f"the description has {length} characters; it should have {least} to {most}", _DESCRIPTION)


@page_rule(
    "QT302",
    "description-fragment",
    bad="seo:\n  page_description: >-\n    ext{O}_2$, $, molecular orbitals of oxygen and magnets",
    good="seo:\n  page_description: >-\n    The answer shows in the orbitals of oxygen why it is drawn to a magnet.",
)
def description_fragment(page: Page) -> Iterator[Fault]:
    r"""A description is whole sentences.

    What a lost escape leaves behind (`ext{O}_2$` of `\text{O}_2`), a single `$` or a missing end say that it was
    cut.
    """
    text = page.entry.seo.page_description
    if lost := lost_command(text):
        message = f"{lost.group()!r} is what a lost backslash left of a LaTeX command"
        yield Fault(f"{message}; write the description anew", _DESCRIPTION, lost.start())
    elif len(signs := [sign.start() for sign in _DOLLAR.finditer(text)]) % 2:
        message = "a single '$' stands in the description; complete or delete the formula"
        yield Fault(message, _DESCRIPTION, signs[-1])
    elif not _SENTENCE_END.search(text):
        yield Fault("the description stops in the middle of a sentence; complete it", _DESCRIPTION, len(text) - 1)


@page_rule(
    "QT303",
    "keyword-separator",
    bad="seo:\n  page_keywords: >-\n    newt,blastema,limb",
    good="seo:\n  page_keywords: >-\n    newt, blastema, limb",
    mends=True,
)
def keyword_separator(page: Page) -> Iterator[Fault]:
    """Keywords are separated by a comma and a space, as in 9 of 10 of the publisher's files.

    Commas between digits, as in `1,3-butadiene`, are left alone.
    """
    text = _with_names_whole(page.entry.seo.page_keywords)
    if found := _NO_SPACE.search(text):
        fix = _with_seo(page.entry, "page_keywords", _NO_SPACE.sub(", ", text).replace(_INSIDE, ","))
        yield Fault("keywords are separated by a comma without a space; write ', '", _KEYWORDS, found.start(), fix)


@page_rule(
    "QT304",
    "keyword-repeated",
    bad="seo:\n  page_keywords: >-\n    newt, limb, Newt",
    good="seo:\n  page_keywords: >-\n    newt, limb, blastema",
    mends=True,
)
def keyword_repeated(page: Page) -> Iterator[Fault]:
    """A keyword given twice says nothing new, and an empty one nothing at all."""
    words: dict[str, str] = {}
    for _, keyword in _keywords(page):
        words.setdefault(keyword.lower(), keyword)
    kept = ", ".join(filter(None, words.values()))
    seen: set[str] = set()
    for start, keyword in _keywords(page):
        if not keyword or keyword.lower() in seen:
            what = f"the keyword {keyword!r} is given twice" if keyword else "a keyword is empty"
            yield Fault(f"{what}; keep one of each", _KEYWORDS, start, _with_seo(page.entry, "page_keywords", kept))
            return
        seen.add(keyword.lower())


@page_rule(
    "QT305",
    "keyword-count",
    bad="seo:\n  page_keywords: >-\n    newt",
    good="seo:\n  page_keywords: >-\n    newt, limb, blastema",
)
def keyword_count(page: Page) -> Iterator[Fault]:
    """Too few keywords find no reader, too many name what the answer is not about.

    The bounds are `keywords` in the corpus's settings.
    """
    least, most = page.config.keywords
    count = len(_keywords(page))
    if not least <= count <= most:
        yield Fault(f"there are {count} keywords; there should be {least} to {most}", _KEYWORDS)


@page_rule(
    "QT306",
    "keyword-fragment",
    bad="seo:\n  page_keywords: >-\n    newt, limb, $orall$ tissues, $",
    good="seo:\n  page_keywords: >-\n    newt, limb, tissue",
)
def keyword_fragment(page: Page) -> Iterator[Fault]:
    r"""A keyword is a word or a short phrase.

    It is not a formula cut in two, a command without its backslash, or a word whose first letter was lost:
    `-hydroxy acid`.
    """
    for start, keyword in _keywords(page):
        is_cut = keyword.count("$") % 2 or keyword.count("{") != keyword.count("}") or _SIGNS.fullmatch(keyword)
        if keyword and (is_cut or lost_command(keyword) or _LOST_LETTER.match(keyword)):
            yield Fault(f"the keyword {keyword!r} is a fragment; write or delete it", _KEYWORDS, start)


def _keywords(page: Page) -> list[tuple[int, str]]:
    """Return the keywords, each with its offset; the commas of names such as 1,3-butadiene separate nothing."""
    found: list[tuple[int, str]] = []
    start = 0
    for part in _with_names_whole(page.entry.seo.page_keywords).split(","):
        keyword = part.strip()
        found.append((start + part.find(keyword), keyword.replace(_INSIDE, ",")))
        start += len(part) + 1
    return found


def _with_names_whole(keywords: str) -> str:
    """Return keywords with the commas inside chemical names, and between digits, written as another character."""
    whole = _LOCANTS.sub(lambda name: name.group().replace(",", _INSIDE), keywords)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", _INSIDE, whole)


def _with_seo(entry: Entry, field: str, value: str) -> Entry:
    return dataclasses.replace(entry, seo=dataclasses.replace(entry.seo, **{field: value}))
