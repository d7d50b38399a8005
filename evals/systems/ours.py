"""Our own chain, in process: asked as a reader asks it, with what is hidden hidden inside retrieval."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass, replace
from typing import Final

from evals.models import Arm, Case, Exchange, Reply
from evals.systems.filling import filled
from evals.systems.planting import hold_copy, planted_entries
from evals.systems.recording import RecordingChatModel, recorded
from evals.systems.system import code_hash, hash_of
from rag.conversation import Turn, resolve, turn_of
from rag.errors import IndexStateError
from rag.models import Answer
from rag.settings import Settings
from rag.wire import answer_to_json
from rag.wiring import QuickTakes, open_quicktakes, with_chat_model

NAME: Final = "quicktakes"


@dataclass(frozen=True, slots=True)
class Ours:
    """The product, as its settings open it; implements `evals.systems.System`.

    Attributes:
        quicktakes: open on the corpus.
        planted: open on a copy that holds what cases plant; None where none does.
        plants: urls of all that is planted: a case sees its own only.
    """

    name: str
    fingerprint: str
    quicktakes: QuickTakes
    planted: QuickTakes | None = None
    plants: frozenset[str] = frozenset()

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply to a case; see `System.answer`."""
        quicktakes, hidden = self.quicktakes, set(excluded)
        if case.plant and self.planted is not None:
            quicktakes = self.planted
            hidden |= self.plants - {entry.url for entry in planted_entries(case)}
        with recorded() as sent:
            answer = await _last(quicktakes, case, hidden)
        blank = Reply(case=case.url, arm=arm, repeat=repeat, excluded=tuple(sorted(hidden)), prompt="\n\n".join(sent))
        sections = {one.url: [own.passage.text for own in one.sections] for one in answer.evidence}
        return filled(blank, answer_to_json(answer), sections)

    async def aclose(self) -> None:
        """Close the connections that wait on the running event loop."""
        for quicktakes in (self.quicktakes, self.planted):
            if quicktakes is not None and quicktakes.chat is not None:
                await quicktakes.chat.aclose()


@contextmanager
def open_ours(settings: Settings, cases: Iterable[Case] = ()) -> Generator[Ours]:
    """Open our chain on the settings' corpus, and on a copy with all that some cases plant where some do.

    Raises:
        ConfigurationError: the corpus or the embedder cannot be opened.
        IndexStateError: the corpus could be searched by words only.
        NotApprovedError: the index would have to be brought in step, and that would cost money.
    """
    with_plants = [case for case in cases if case.plant]
    plants = frozenset(entry.url for case in with_plants for entry in planted_entries(case))
    with ExitStack() as opened:
        quicktakes = opened.enter_context(open_whole(settings))
        planted = None
        if with_plants:
            copy = opened.enter_context(hold_copy(settings, with_plants))
            planted = opened.enter_context(open_whole(replace(settings, corpus_dir=copy)))
        yield Ours(NAME, _fingerprint(quicktakes, planted), quicktakes, planted, plants)


@contextmanager
def open_whole(settings: Settings) -> Generator[QuickTakes]:
    """Open a corpus that answers as it is set up to or not at all: a reader is helped by less, a measurement is not."""
    with open_quicktakes(settings) as quicktakes:
        if quicktakes.notices:
            raise IndexStateError(f"the corpus cannot be measured as it is: {' '.join(quicktakes.notices)}")
        yield replace(_recorded(quicktakes), substitute=None)


def _recorded(quicktakes: QuickTakes) -> QuickTakes:
    """Return an open corpus whose models are listened to, and that keeps no answer: a kept one is a copy, unproven."""
    generator = quicktakes.answerer.generator
    if generator is None:
        return quicktakes
    judge = generator.judge and replace(generator.judge, model=RecordingChatModel(generator.judge.model))
    answerer = replace(quicktakes.answerer, generator=replace(generator, judge=judge))
    return with_chat_model(replace(quicktakes, answerer=answerer), RecordingChatModel(generator.model), keeps=False)


def _fingerprint(*opened: QuickTakes | None) -> str:
    """Return the hash of code, entries, embedder, models and prompt; an index that is rebuilt changes nothing."""
    told = [code_hash()]
    for quicktakes in opened:
        if quicktakes is not None:
            provenance, generator = quicktakes.answerer.provenance, quicktakes.answerer.generator
            told += [provenance.corpus, provenance.index.partition(":")[0], provenance.embedder]
            if generator is not None:
                judge = generator.judge.model.name if generator.judge else ""
                told += [generator.model.name, generator.prompt.fingerprint, generator.policy, judge]
    return hash_of(*told)


async def _last(quicktakes: QuickTakes, case: Case, hidden: Collection[str]) -> Answer:
    history = history_of(case.turns)
    async with aclosing(quicktakes.stream(case.question, exclude=hidden, history=history)) as events:
        async for event in events:
            if isinstance(event, Answer):
                return event
    raise AssertionError("an answer has no end")  # pragma: no cover the last event is the answer


def history_of(turns: Sequence[Exchange]) -> list[Turn]:
    """Return earlier questions and answers as a conversation, each read in the light of those before it."""
    history: list[Turn] = []
    for turn in turns:
        history.append(turn_of(resolve(turn.question, history), turn.answer))
    return history
