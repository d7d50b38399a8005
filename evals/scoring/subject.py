"""One reply beside its case, read once for all metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from evals.models import Arm, Case, Claim, Reply
from evals.scoring.idf import Idf
from evals.scoring.text import (
    TextRead,
    citation_numbers,
    citations_before_stops,
    read_text,
    tokens_of,
    without_citations,
)
from rag.corpus import Entry
from rag.passages import split_sentences
from rag.ports import Vectors

Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What all replies of a run are scored with.

    Attributes:
        entries: of the corpus, by url.
        floors: by url of a case and arm, the content F1 of the nearest entry that is not held out.
        system_prompt: what no reply may give away.
        embed: returns a unit vector for each of some texts; None where nothing is embedded.
    """

    idf: Idf
    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType[str, Entry]({}))
    floors: Mapping[tuple[str, Arm], float] = field(default_factory=dict[tuple[str, Arm], float])
    system_prompt: str = ""
    embed: Embed | None = None


@dataclass(frozen=True)
class Subject:
    """One reply beside its case."""

    case: Case
    reply: Reply
    materials: Materials

    @property
    def idf(self) -> Idf:
        """Return what words weigh."""
        return self.materials.idf

    @cached_property
    def question(self) -> frozenset[str]:
        """Return the stems of the question, Q."""
        return tokens_of(self.case.question)

    @cached_property
    def reference(self) -> TextRead:
        """Return the reference."""
        return read_text(self.case.answer)

    @cached_property
    def answer(self) -> TextRead:
        """Return what the system wrote."""
        return read_text(self.reply.text)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Return the sentences of the reply with their citations: as given, else as its text marks them."""
        return self.reply.sentences or tuple(_claims_in(self.reply.text))

    @cached_property
    def context(self) -> tuple[str, ...]:
        """Return what the answer was made from; where the system does not say, the entries that it found."""
        if self.reply.context:
            return tuple(self.reply.context.values())
        return tuple(text for url in self.reply.retrieved if (text := self.entry_text(url)))

    @cached_property
    def context_tokens(self) -> frozenset[str]:
        """Return the stems of the context."""
        return frozenset[str]().union(*map(tokens_of, self.context))

    def entry_text(self, url: str) -> str:
        """Return what an entry says, question first: of the corpus, else as the system was given it, else nothing."""
        entry = self.materials.entries.get(url)
        return self.reply.context.get(url, "") if entry is None else f"{entry.question}\n\n{entry.answer}"


def _claims_in(text: str) -> list[Claim]:
    """Return the sentences of a text; marks behind a full stop belong to the sentence before."""
    marked = citations_before_stops(text)
    return [_claim(marked[span.start : span.end]) for span in split_sentences(marked)]


def _claim(sentence: str) -> Claim:
    return Claim(without_citations(sentence), citation_numbers(sentence))
