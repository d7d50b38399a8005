"""Proofs, reply by reply, that what was to be hidden was not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from evals.cases.neighbourhood import grams_of
from evals.models import Case, Reply
from evals.running.planning import Task
from evals.scoring.text import blocks_of
from rag.corpus import Entry


@dataclass(frozen=True, slots=True)
class LeakCheck:
    """Compares replies with what was hidden from them.

    Attributes:
        entries: of the corpus, by url.
    """

    entries: Mapping[str, Entry]
    _grams: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def leaks(self, case: Case, task: Task, reply: Reply) -> list[str]:
        """Return what of a reply shows that a hidden entry was seen, one sentence each; nothing where nothing does."""
        return [*_of_urls(task, reply), *self._of_text(case, task, reply)]

    def _of_text(self, case: Case, task: Task, reply: Reply) -> Iterator[str]:
        """Give hidden runs of words in what was read or quoted, where nothing that may be seen holds them too."""
        hidden = {url: self._answer_grams(url) for url in task.excluded}
        if not any(hidden.values()):
            return
        allowed: set[str] | None = None
        for where, grams in self._shown(task, reply):
            for url, own in hidden.items():
                if not (found := own & grams):
                    continue
                allowed = self._allowed(case, task, reply) if allowed is None else allowed
                if left := sorted(found - allowed):
                    yield f"{where} holds {left[0]!r} of {url}"

    def _shown(self, task: Task, reply: Reply) -> Iterator[tuple[str, set[str]]]:
        """Give the runs of words of all that a reply shows, with where: of a quote those that its entry has not."""
        yield "the prompt", _grams_of_blocks(reply.prompt)
        yield from ((f"the context of {url}", _grams_of_blocks(text)) for url, text in reply.context.items())
        for one in reply.citations:
            own = set[str]() if one.url in task.excluded else self._answer_grams(one.url)
            yield f"the quote of {one.url}", _grams_of_blocks(one.quote) - own

    def _allowed(self, case: Case, task: Task, reply: Reply) -> set[str]:
        """Return the runs of words that a reply may have seen: the case's own, and those of entries not hidden."""
        own = (text for one in (*case.turns, *case.plant) for text in (one.question, one.answer))
        texts = (case.question, *own)
        grams = {gram for text in texts for gram in grams_of(text)}
        for url in {*reply.retrieved, *reply.context} - set(task.excluded):
            if url in self.entries:
                grams |= self._answer_grams(url) | grams_of(self.entries[url].question)
        return grams

    def _answer_grams(self, url: str) -> set[str]:
        if url not in self._grams:
            self._grams[url] = _grams_of_blocks(self.entries[url].answer) if url in self.entries else set()
        return self._grams[url]


def _grams_of_blocks(text: str) -> set[str]:
    """Return the runs of words within the blocks of a text: a list of short items is one.

    Where a heading was left out, the end of a section and the next one's beginning make a run that its entry has not.
    """
    return {gram for block in blocks_of(text) for gram in grams_of(block)}


def _of_urls(task: Task, reply: Reply) -> Iterator[str]:
    hidden = set(task.excluded)
    seen = {
        "was retrieved": reply.retrieved,
        "was cited": [one.url for one in reply.citations],
        "is in the context": reply.context,
    }
    for how, urls in seen.items():
        yield from (f"{url} {how}" for url in sorted(hidden & set(urls)))
    if missing := sorted(hidden - set(reply.excluded)):
        yield f"the system was not told to hide {missing[0]}"
