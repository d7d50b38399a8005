"""Chapter 4: related articles."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rag.corpus import RelatedArticle
from rag.linting.page import Page
from rag.linting.rule import Fault, LinkFix, corpus_rule, page_rule
from rag.linting.summary import Summary

_NEWT = "/learn/biology/questions/why-do-newts-regrow-legs"


def _example(url: str, title: str) -> str:
    return f"related_article1:\n    id: 8\n    title: >-\n        {title}\n    subject: Biology\n    url: {url}"


_GOOD = _example("/learn/biology/questions/how-do-eels-sense-fields", "How do eels sense fields?")


@corpus_rule(
    "QT400", "related-missing", bad=_example("/learn/biology/questions/what-is-gone", "What is gone?"), good=_GOOD
)
def related_missing(entries: Sequence[Summary]) -> Iterator[tuple[Summary, Fault]]:
    """A related article is an entry of the corpus.

    Lint the whole corpus, or links to the entries left out are reported too.
    """
    urls = {entry.url for entry in entries}
    for entry in entries:
        for number, link in enumerate(entry.related, start=1):
            if link.url not in urls:
                yield (
                    entry,
                    Fault(f"no entry has the url {link.url}; link to another", (f"related_article{number}", "url")),
                )


@page_rule("QT401", "related-itself", bad=_example(_NEWT, "Why do newts regrow legs?"), good=_GOOD, mends=True)
def related_itself(page: Page) -> Iterator[Fault]:
    """An entry is not related to itself: a reader who follows the link stays where they are."""
    for number, link in enumerate(page.entry.related, start=1):
        if link.url == page.entry.url:
            yield _without(page, number, "the entry links to itself")


@page_rule(
    "QT402", "related-repeated", bad=_GOOD + "\n" + _GOOD.replace("article1", "article2"), good=_GOOD, mends=True
)
def related_repeated(page: Page) -> Iterator[Fault]:
    """Five places are few: no entry takes two of them."""
    urls = [link.url for link in page.entry.related]
    for number, link in enumerate(urls, start=1):
        if link in urls[: number - 1] and link != page.entry.url:
            yield _without(page, number, f"{link} is linked to twice")


def _without(page: Page, number: int, what: str) -> Fault:
    if _has_comments(page):  # of which link they would speak then is a guess
        return Fault(f"{what}; remove the link", (f"related_article{number}", "url"))
    related = (*page.entry.related[: number - 1], *page.entry.related[number:])
    return Fault(
        f"{what}; remove the link",
        (f"related_article{number}", "url"),
        fix=dataclasses.replace(page.entry, related=related),
    )


def _has_comments(page: Page) -> bool:
    """Return whether comments stand among the links, or right above the first."""
    blocks = [block for _, block in page.blocks.values()]
    first = next(place for place, block in enumerate(blocks) if block.path[0].startswith("related_"))
    below = any("#" in block.split()[1] for block in blocks[max(0, first - 1) :])
    return below or any(block.comment_beside() for block in blocks[first:])


@corpus_rule("QT403", "related-differs", bad=_GOOD.replace("fields?", "field lines?"), good=_GOOD, mends=True)
def related_differs(entries: Sequence[Summary]) -> Iterator[tuple[Summary, Fault]]:
    """A related article gives the id, title and subject of the entry that its url names.

    What differs was changed there since.
    """
    by_url: dict[str, list[Summary]] = defaultdict(list)
    for entry in entries:
        by_url[entry.url].append(entry)
    for entry in entries:
        for number, link in enumerate(entry.related, start=1):
            targets = by_url.get(link.url, [])
            differing = [_differing_keys(link, target) for target in targets]
            if targets and all(differing):
                yield entry, _differs(number, targets, differing[0])


def _differs(number: int, targets: list[Summary], wrong: list[str]) -> Fault:
    target = targets[0]
    right = RelatedArticle(id=target.id, title=target.title, subject=target.subject, url=target.url)
    message = f"{' and '.join(wrong)} of the link differ from {target.path}, which has {getattr(target, wrong[0])!r}"
    # Of several files with one url, which is meant is a guess; and some values have no form in a link.
    can_be_written = all(value == value.strip() and "\n" not in value for value in (right.title, right.subject))
    fix = LinkFix(number, right) if len(targets) == 1 and can_be_written else None
    return Fault(message, (f"related_article{number}", wrong[0]), fix=fix)


def _differing_keys(link: RelatedArticle, target: Summary) -> list[str]:
    return [key for key in ("id", "title", "subject") if getattr(link, key) != getattr(target, key)]
