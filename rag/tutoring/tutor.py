"""The tutor: answers in their modes, students' answers checked, questions asked."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace

from rag.answering import Answerer, Composer
from rag.errors import NotFoundError, QuestionError
from rag.models import HINT_LEVELS, Answer, Check, Mode, QuizQuestion
from rag.prompts import Prompt
from rag.tutoring.checking import Checked, Checker, Quotes, check_answer, feedback_on, notes_on
from rag.tutoring.entries import entry_behind, facts_about
from rag.tutoring.hinting import Hinter
from rag.tutoring.quiz import candidates_of, draw_question
from rag.tutoring.rewording import Rewording, told
from rag.tutoring.simplifying import LENGTHS, SimplerComposer
from rag.tutoring.sources import EntrySource, read_entry

_SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Tutor:
    """Teaches what the entries say.

    Attributes:
        answerer: explains.
        simpler, rewording: what a language model is asked for; used where the answerer has one.
    """

    answerer: Answerer
    simpler: Prompt
    rewording: Prompt

    def in_mode(self, mode: Mode, level: int | None) -> Answerer | Hinter:
        """Return what answers in a mode.

        Raises:
            QuestionError: there is no such mode or level, or a level is given that is no hint's.
        """
        if level is not None and (mode != "hint" or level not in HINT_LEVELS):
            raise QuestionError(f"level {level} cannot be given: 1 to {HINT_LEVELS[-1]}, and for a hint only")
        if mode == "explain":
            return self.answerer
        if mode == "hint":
            return Hinter(self.answerer, self._rewording(), level or HINT_LEVELS[0])
        if mode != "simpler":
            raise QuestionError(f"there is no mode {mode!r}; name explain, simpler or hint")
        own, retriever = self.answerer.generator, self.answerer.retriever
        composer = SimplerComposer(Composer(retriever.embedder, retriever.snapshot.postings), retriever)
        generator = None if own is None else replace(own, prompt=self.simpler, lengths=LENGTHS)
        return replace(self.answerer, composer=composer, generator=generator, curates=False)

    def check(self, asked: str, answer: str, *, exclude: Collection[str] = ()) -> Check:
        """Check a student's answer without a language model.

        Args:
            asked: a question, or the url of an entry, which begins with a stroke.
            exclude: urls of entries to check as if they were not in the corpus.

        Raises:
            QuestionError: the question or the answer is empty, too long or broken.
            NotFoundError: no entry has the url.
        """
        return self._check(asked, answer, exclude)[0]

    async def check_in_words(self, asked: str, answer: str, *, exclude: Collection[str] = ()) -> Check:
        """Check a student's answer; the feedback is a language model's wording, where it says just the same."""
        check, found = self._check(asked, answer, exclude)
        rewording = self._rewording()
        if rewording is None or found is None:
            return check
        reworded = await rewording.reword(check.question, notes_on(*found), lambda _: False)
        check = told(check, reworded, rewording.prompt, "feedback")
        return replace(check, feedback=" ".join(reworded.sentences)) if reworded.sentences else check

    def quiz(
        self,
        topic: str | None = None,
        *,
        url: str | None = None,
        exclude: Collection[str] = (),
        seed: int | None = None,
    ) -> QuizQuestion:
        """Return a question to a student; see `rag.tutoring.quiz.draw_question`.

        Args:
            seed: None to draw one.

        Raises:
            QuestionError: a topic and a url are given, or all there is was asked already.
        """
        if topic is not None and url is not None:
            raise QuestionError("a topic and a url are given; give one of the two, or neither")
        drawn = secrets.randbelow(_SEEDS) if seed is None else seed
        retriever = self.answerer.retriever
        return draw_question(retriever, candidates_of(retriever, topic, url), exclude, drawn)

    def _rewording(self) -> Rewording | None:
        own = self.answerer.generator
        return None if own is None else Rewording(own.model, self.rewording, own.weigh)

    def _check(self, asked: str, answer: str, exclude: Collection[str]) -> tuple[Check, tuple[Checked, Quotes] | None]:
        check_answer(answer)
        asked = asked.strip()
        if asked.startswith("/"):
            store = self.answerer.store
            if asked not in set(self.answerer.retriever.snapshot.urls) or asked in exclude:
                raise NotFoundError(f"there is no entry {asked[:200]!r}; 'quicktakes search' lists the urls of entries")
            return self._set_beside(store.question_of(asked), asked, answer)
        explained = replace(self.answerer, generator=None).ask(asked, exclude=exclude)
        if explained.status == "abstained":
            return _abstained(explained), None
        check, found = self._set_beside(explained.question, entry_behind(explained).url, answer)
        return replace(check, notices=explained.notices), found

    def _set_beside(self, question: str, url: str, answer: str) -> tuple[Check, tuple[Checked, Quotes]]:
        retriever, store = self.answerer.retriever, self.answerer.store
        facts = facts_about(url, question, retriever)
        quotes = Quotes(url, store.question_of(url), store.answer_of(url))
        checker = Checker(retriever.embedder, retriever.reader, retriever.snapshot.postings.weight)
        checked = checker.check(answer, self._source(url), facts, quotes)
        return _check(question, self.answerer, checked, quotes), (checked, quotes)

    def _source(self, url: str) -> EntrySource:
        store = self.answerer.store
        passages = tuple(passage for passage in store.passages([url]) if passage.kind == "section")
        return read_entry(passages, store.question_of(url), self.answerer.retriever.embedder)


def _check(question: str, answerer: Answerer, checked: Checked, quotes: Quotes) -> Check:
    return Check(
        question=question,
        status="checked",
        url=quotes.url,
        title=quotes.title,
        score=checked.score,
        facts=checked.facts,
        sentences=checked.sentences,
        citations=quotes.citations(),
        feedback=feedback_on(checked, quotes),
        suggestions=(),
        provenance=answerer.provenance,
    )


def _abstained(answer: Answer) -> Check:
    return Check(
        question=answer.question,
        status="abstained",
        url="",
        title="",
        score=0.0,
        facts=(),
        sentences=(),
        citations=(),
        feedback=answer.text,
        suggestions=answer.suggestions,
        provenance=answer.provenance,
        notices=answer.notices,
    )
