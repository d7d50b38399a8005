"""A generated answer while it grows, and how the composer completes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.answering.assembly import Assembly, leads_in
from rag.answering.generator import Outcome
from rag.answering.premises import FalsePremise
from rag.answering.replies import Opening
from rag.answering.reply import Part, Reply, abstained, with_gaps
from rag.answering.shaping import Said
from rag.answering.wording import leans_back
from rag.models import CorrectedPremise, Search, Sentence, SentenceShown


@dataclass(slots=True)
class Written:
    """A generated answer while it grows: what is shown, and what came of the model.

    Attributes:
        composed: what stands in place of it all, where nothing that the model wrote is shown.
        is_completed: whether it ends with sentences of the composer's.
        corrected: what of the question its first sentences correct; they are ours, not the model's.
    """

    assembly: Assembly
    outcome: Outcome
    composed: Reply | None = None
    is_completed: bool = False
    corrected: CorrectedPremise | None = None
    _correcting: list[Sentence] = field(default_factory=list[Sentence])

    def correct(self, false: FalsePremise) -> Iterator[SentenceShown]:
        """Begin with what the entries say instead of a premise, and give it."""
        for one in false.shown:
            number = self.assembly.citations.cite(one.passage, one.span)
            self._correcting.append(Sentence(one.text, (number,), "supported"))
        numbers = dict.fromkeys(n for one in self._correcting for n in one.citations)
        self.corrected = CorrectedPremise(false.statement, tuple(numbers))
        for sentence, lead in zip(self._correcting, leads_in(false.text, self._correcting), strict=True):
            yield self.assembly.append(sentence, lead)

    def add(self, said: Said, opening: Opening) -> SentenceShown:
        """Put what the model wrote at the end, and return what to show of it; it begins below what was corrected."""
        begins = bool(self._correcting) and not self._own
        return self.assembly.add(said, "paragraph" if begins and opening == "sentence" else opening)

    @property
    def _own(self) -> list[Sentence]:
        """Return the sentences that stand below what was corrected."""
        return self.assembly.sentences[len(self._correcting) :]

    def is_thin(self) -> bool:
        """Return whether the reply is not whole, or most of it was left out; not where the model declined."""
        if self.outcome.failure is not None:
            return True
        if not self._own:
            return not self.outcome.declined
        return 2 * self.outcome.left_out > self.outcome.written

    def is_whole(self) -> bool:
        """Return whether all that is shown is what the model wrote, in a whole reply that was judged if it is to be."""
        is_all = bool(self.assembly.sentences) and not self.is_completed and not self.outcome.unjudged
        return is_all and not self.is_thin()

    def complete(self, composed: Reply) -> Iterator[SentenceShown]:
        """Put the composer's sentences at the end, but what was said, and give them."""
        if not self._own and composed.sentences:
            self.composed = composed
        cited = {one.n: one for one in composed.citations.citations()}
        for sentence, lead in self._unsaid(composed):
            numbers = tuple(self.assembly.citations.adopt(cited[n], composed.citations) for n in sentence.citations)
            is_first = not self.assembly.sentences
            begins = lead if is_first or self.is_completed else "\n\n" + lead.lstrip()
            self.is_completed = True
            yield self.assembly.append(replace(sentence, citations=numbers), begins)

    def _unsaid(self, composed: Reply) -> Iterator[tuple[Sentence, str]]:
        """Give the composer's sentences that were not said, nor lean on one that is skipped, each with its lead."""
        told = [one.source for one in self.outcome.said if one.support == "supported"]
        told += [one.text for one in self._correcting]
        skipped: str | None = None
        for sentence, lead in zip(composed.sentences, leads_in(composed.text, composed.sentences), strict=True):
            begins = lead if skipped is None else _lead_after(skipped, lead)
            leans_on_skipped = skipped is not None and leans_back(sentence.text)
            is_row = sentence.text.startswith("|")
            if not is_row and (leans_on_skipped or any(sentence.text in source for source in told)):
                skipped = begins
            else:
                skipped = None
                yield sentence, begins

    def reply(self, found: Search, parts: Sequence[Part]) -> Reply:
        """Return what the answer is in the end."""
        notices = [*found.notices, *(one for part in parts for one in part.found.notices), *self.notices()]
        if self.composed is not None and self.corrected is None:
            return replace(self.composed, notices=notices)
        if not self.assembly.sentences:
            return abstained("generated", self.assembly.citations, notices)
        uncovered = [part.question for part in parts if not part.is_covered]
        return Reply(
            "partial" if uncovered else "answered",
            "generated" if self._own and self.composed is None else "composed",
            with_gaps(self.assembly.text, uncovered),
            tuple(self.assembly.sentences),
            self.assembly.citations,
            notices,
            self.corrected,
        )

    def notices(self) -> Iterator[str]:
        """Give what the reader should know of how it was written."""
        if self.outcome.unjudged:
            yield "The judge did not answer: sentences were checked by rules alone."
        failure = self.outcome.failure
        if failure is not None and self.is_completed:
            what = "The answer was" if self.composed else "The rest of the answer was"
            yield f"{what} put together from the entries without the language model: {failure}"
        elif failure is not None:
            yield f"The language model did not finish its answer: {failure}"
        elif self.composed and not self.outcome.written:
            yield "The answer was put together from the entries: the language model wrote no sentence."
        elif self.outcome.left_out:
            many = f"{self.outcome.left_out} of the {self.outcome.written} sentences"
            why = "no entry says them, or its own words stand there already"
            yield f"{many} that the language model wrote are not shown: {why}."


def _lead_after(skipped: str, lead: str) -> str:
    """Return what stands before a sentence once the one before it is skipped, which had a lead of its own.

    One that went on takes its place, name and all; a further point of a list takes the list's heading.
    """
    if lead.startswith("\n\n"):
        return lead
    return skipped.rpartition("\n")[0] + lead if lead.startswith("\n") else skipped
