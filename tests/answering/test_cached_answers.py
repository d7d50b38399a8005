"""Answers that a chat model wrote are given again where nothing that decides them has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from made_corpus import BIOLOGY, answerer_over, check_grounding, write_entries
from made_replies import PROMPT, CitingChatModel, answer_of, check_events, events_of, with_model

from rag.adapters.answer_cache import AnswerCache
from rag.answering import JUDGE_PLACEHOLDERS, Answerer, Judge, Keeper, keeping
from rag.errors import ProviderBrokeOffError, ProviderUnavailableError
from rag.models import (
    Answer,
    AnswerBegun,
    AnswerEvent,
    KeptAnswer,
    QuotedPlace,
    ReplyEnd,
    ReplyRestart,
    SentenceShown,
    Usage,
)
from rag.prompts import Prompt, load_prompt
from rag.testing import HashEmbedder, ScriptedChatModel

VIRUS = "How do influenza viruses get into cells?"
BINDS = "Influenza viruses bind sialic acid on the cell's surface."
FUSES = "Acid in the vesicle makes the viral envelope fuse with its membrane."
INVENTED = "Paris became the capital of France in 987. Elephants love bananas. Rockets fly to Mars. "
END = ReplyEnd("scripted", Usage(900, 30, reported=True), 0.002)
REPLY = f"{BINDS} {FUSES}"

Keeping = Callable[..., Answerer]


@pytest.fixture
def cache(tmp_path: Path) -> AnswerCache:
    """Return an empty cache."""
    return AnswerCache(tmp_path / "answers.sqlite3", 100)


@pytest.fixture
def keeping_answers(biology: Answerer, cache: AnswerCache) -> Keeping:
    """Return a function that has a model write answers, and keeps them."""

    def make(model: ScriptedChatModel, answerer: Answerer = biology) -> Answerer:
        return replace(with_model(answerer, model), keeper=Keeper(cache, "scripted"))

    return make


def scripted(*parts: str) -> ScriptedChatModel:
    """Return a model that replies always alike, and says what it took."""
    return ScriptedChatModel([[*(parts or (f"{BINDS} ", FUSES)), END]])


def test_an_answer_is_paid_for_once(keeping_answers: Keeping, biology: Answerer) -> None:
    """The second is the first word for word, costs nothing, and says so."""
    model = scripted()
    answerer = keeping_answers(model)
    first, second = events_of(answerer, VIRUS), events_of(answerer, VIRUS)
    written, cached = first[-1], second[-1]

    assert isinstance(written, Answer)
    assert isinstance(cached, Answer)
    check_grounding(cached, biology)
    assert len(model.asked) == 1
    assert (written.cached, written.usage, written.cost_usd) == (False, END.usage, END.cost_usd)
    assert (cached.cached, cached.usage, cached.cost_usd) == (True, Usage(reported=True), 0.0)
    assert cached.timings_ms.keys() == {"retrieve", "recall", "suggest", "total"}
    told = {"cached": False, "usage": None, "cost_usd": None, "timings_ms": {}}
    assert replace(cached, **told) == replace(written, **told)
    assert cached.provenance.prompt == PROMPT.fingerprint


def test_a_kept_answer_streams_as_it_was_written(keeping_answers: Keeping) -> None:
    """The same events in the same order: lists, paragraphs and notices too."""
    taken_up = "Influenza viruses are taken up in a vesicle."
    model = scripted(f"{BINDS}\n\n- {FUSES}\n- Elephants love bananas. {taken_up}\n\n{BINDS}")
    answerer = keeping_answers(model)
    first, second = events_of(answerer, VIRUS), events_of(answerer, VIRUS)

    assert len(model.asked) == 1
    assert list(map(type, first)) == list(map(type, second))
    assert first[0] == second[0]
    assert [shown_as(event) for event in first[1:-1]] == [shown_as(event) for event in second[1:-1]]
    assert isinstance(first[-1], Answer)
    assert isinstance(second[-1], Answer)
    assert first[-1].notices == second[-1].notices != ()


def shown_as(event: AnswerEvent) -> tuple[object, str]:
    """Return a sentence as it is shown, with its lead."""
    assert isinstance(event, SentenceShown)
    return event.sentence, event.lead


def test_a_part_that_is_not_covered_is_named_again(keeping_answers: Keeping) -> None:
    """A partial answer is kept as it is."""
    model = scripted(BINDS)
    answerer = keeping_answers(model)
    first, second = (answer_of(answerer, f"{VIRUS} What is the capital of France?") for _ in range(2))

    assert len(model.asked) == 1
    assert (first.status, first.text) == (second.status, second.text)
    assert second.cached
    assert second.status == "partial"


def test_each_thing_that_decides_an_answer_is_in_its_key(biology: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each changed alone gives another key; nothing else does, not even the order of what is hidden."""
    generator = with_model(biology, ScriptedChatModel()).generator
    assert generator is not None
    parts = biology._parts(biology.retriever.search(VIRUS, limit=10), ())
    (part,) = parts
    nearest, *others = part.found.evidence
    fewer = [replace(part, found=replace(part.found, evidence=(nearest, *others[:-1])))]
    turned = [replace(part, found=replace(part.found, evidence=(nearest, *reversed(others))))]
    prompt = Prompt("other", PROMPT.system, PROMPT.user, "other:1")
    keeper = Keeper(AnswerCache(Path("nowhere"), 1), "scripted")

    def key(question: str = VIRUS, exclude: Collection[str] = (), own=parts, by=generator) -> str:  # noqa: ANN001 as given
        return keeper.key(question, exclude, own, by, biology.store)

    keys = [
        key(),
        key(question=VIRUS.lower()),
        key(exclude=["/a"]),
        key(exclude=["/a", "/b"]),
        key(by=replace(generator, model=ScriptedChatModel(name="other"))),
        key(by=replace(generator, prompt=prompt)),
        key(by=replace(generator, policy="mark")),
        key(own=fewer),
        key(own=turned),
        key(own=[replace(part, question="What else?")]),
        key(own=[part, part]),
        key(own=[part, replace(part, is_covered=False)]),
    ]
    keys.append(key(by=replace(generator, judge=Judge(ScriptedChatModel(), PROMPT))))
    keys.append(key(by=replace(generator, judge=Judge(ScriptedChatModel(name="other"), PROMPT))))
    monkeypatch.setattr(keeping, "_FORMAT", -1)
    keys.append(key())
    monkeypatch.undo()
    assert len(set(keys)) == len(keys)
    assert key(exclude=["/b", "/a", "/b"]) == key(exclude=["/a", "/b"])
    assert replace(keeper, best="other").key(VIRUS, (), parts, generator, biology.store) == key()
    assert "influenza" not in key()


@pytest.mark.parametrize("edited", ["How do influenza viruses enter a cell?", "How does DNA become RNA?"])
def test_an_edit_of_an_entry_is_seen(keeping_answers: Keeping, tmp_path: Path, edited: str) -> None:
    """Of one that is cited and of one that is only evidence; the answer before the edit is kept beside the new one."""
    changed = {**BIOLOGY, edited: f"{BIOLOGY[edited]} It takes minutes."}
    before, after = (
        answerer_over(write_entries(tmp_path / name / "corpus", entries), tmp_path / name, HashEmbedder())
        for name, entries in (("before", BIOLOGY), ("after", changed))
    )
    model = scripted()
    asked = [
        (answer_of(keeping_answers(model, answerer), VIRUS), len(model.asked))
        for answerer in (before, after, after, before)
    ]

    assert [(answer.cached, calls) for answer, calls in asked] == [(False, 1), (False, 2), (True, 2), (True, 2)]
    assert all(edited in {one.title for one in answer.evidence} for answer, _ in asked)
    assert ("DNA" in edited) is (edited not in {one.title for one in asked[0][0].citations})


def test_an_index_that_finds_other_evidence_is_seen(keeping_answers: Keeping, tmp_path: Path) -> None:
    """A further entry about the same thing may answer better."""
    more = {**BIOLOGY, "How do viruses get into plant cells?": "Viruses get into plant cells through wounds."}
    answerers = [
        answerer_over(write_entries(tmp_path / str(n) / "corpus", entries), tmp_path / str(n), HashEmbedder())
        for n, entries in enumerate((BIOLOGY, more, BIOLOGY))
    ]
    model = scripted()

    assert [answer_of(keeping_answers(model, one), VIRUS).cached for one in answerers] == [False, False, True]


CUT = ProviderBrokeOffError("the chat server broke off its reply")
DOWN = ProviderUnavailableError("the chat server cannot be used now")


@pytest.mark.parametrize(
    "reply",
    [
        [DOWN],
        [f"{BINDS} ", "Acid in ", CUT],
        [f"{REPLY} ", CUT],
        [f"{BINDS} {INVENTED}", END],
        [INVENTED, END],
        ["NOT COVERED", END],
        [f"NOT COVERED\n{INVENTED}", END],
        ["# Viruses\n", END],
        ["Hm", ReplyRestart("cut"), REPLY, ReplyEnd("stand-in", Usage(), 0.0)],
    ],
    ids=["down", "cut", "cut late", "thin", "unsupported", "declined", "declined and more", "empty", "stand-in"],
)
def test_only_whole_answers_of_the_best_model_are_kept(keeping_answers: Keeping, reply: list[str]) -> None:
    """Nothing that failed, fell short, was completed, was declined, or was written by a stand-in."""
    model = ScriptedChatModel([reply, [REPLY, END]])
    answerer = keeping_answers(model)
    answer_of(answerer, VIRUS)
    second = answer_of(answerer, VIRUS)

    assert (len(model.asked), second.cached, second.text) == (2, False, REPLY)


def test_an_answer_that_its_judge_did_not_see_is_not_kept(keeping_answers: Keeping) -> None:
    """Once the judge answers, the answer is kept as it was judged."""
    answerer = keeping_answers(ScriptedChatModel([[REPLY, END]]))
    assert answerer.generator is not None
    judge = Judge(ScriptedChatModel([[DOWN], [DOWN], ["YES"]]), load_prompt("judge", JUDGE_PLACEHOLDERS))
    judged = replace(answerer, generator=replace(answerer.generator, judge=judge))

    assert [answer_of(judged, VIRUS).cached for _ in range(3)] == [False, False, True]


def test_what_costs_nothing_is_not_kept(keeping_answers: Keeping, biology: Answerer, tmp_path: Path) -> None:
    """Curated answers, abstentions, and what is composed without a model."""
    model = scripted()
    answerer = keeping_answers(model)
    for _ in range(2):
        for question in ("How does DNA become RNA?", "What is the capital of France?"):
            assert not answer_of(answerer, question).cached
    assert not answer_of(replace(biology, keeper=answerer.keeper), VIRUS).cached
    assert (model.asked, list(tmp_path.glob("answers*"))) == ([], [])


@pytest.mark.parametrize("after", [AnswerBegun, SentenceShown, "every sentence"])
def test_an_answer_that_is_not_read_to_its_end_is_not_kept(keeping_answers: Keeping, after: type | str) -> None:
    """Whoever leaves half way leaves nothing behind, not even where all sentences were shown."""
    model = scripted()
    answerer = keeping_answers(model)

    async def leave() -> None:
        seen = 0
        async with aclosing(answerer.stream(VIRUS)) as events:
            async for event in events:
                seen += 1
                if seen == 3 if isinstance(after, str) else isinstance(event, after):
                    break

    asyncio.run(leave())
    assert not answer_of(answerer, VIRUS).cached


def test_concurrent_streams_do_not_disturb_each_other(keeping_answers: Keeping) -> None:
    """All are whole; those that began before one was kept are written, those after it are given."""
    answerer = keeping_answers(scripted())

    async def read() -> list[AnswerEvent]:
        async with aclosing(answerer.stream(VIRUS)) as events:
            return [event async for event in events]

    async def read_all() -> list[list[AnswerEvent]]:
        return await asyncio.gather(*(read() for _ in range(8)))

    first, second = asyncio.run(read_all()), asyncio.run(read_all())
    for events in (*first, *second):
        check_events(events)
        assert isinstance(events[-1], Answer)
        assert events[-1].text == REPLY
    assert all(isinstance(events[-1], Answer) and events[-1].cached for events in second)


def change_text(kept: KeptAnswer) -> KeptAnswer:
    """Return an answer whose text lacks its sentences."""
    return replace(kept, text="Something else.")


def change_quote(kept: KeptAnswer) -> KeptAnswer:
    """Return an answer that quotes what no passage has."""
    return replace(kept, quotes=(replace(kept.quotes[0], end=9_999),))


def change_passage(kept: KeptAnswer) -> KeptAnswer:
    """Return an answer that quotes an unknown passage."""
    return replace(kept, quotes=(replace(kept.quotes[0], passage="gone"),))


def add_quote(kept: KeptAnswer) -> KeptAnswer:
    """Return an answer with a quote that no sentence cites."""
    return replace(kept, quotes=(*kept.quotes, QuotedPlace(kept.quotes[0].passage, 0, 1)))


def drop_quotes(kept: KeptAnswer) -> KeptAnswer:
    """Return an answer whose sentences cite what is not there."""
    return replace(kept, quotes=())


def drop_sentences(kept: KeptAnswer) -> KeptAnswer:
    """Return an answer of no sentence."""
    return replace(kept, sentences=(), quotes=())


@pytest.mark.parametrize(
    "change", [change_text, change_quote, change_passage, add_quote, drop_quotes, drop_sentences, None]
)
def test_a_kept_answer_that_does_not_fit_is_none(
    keeping_answers: Keeping, cache: AnswerCache, monkeypatch: pytest.MonkeyPatch, change: Callable[..., KeptAnswer]
) -> None:
    """What cannot be shown as it was, each sentence in the text and cited to its entry, is written anew."""
    model = scripted()
    answerer = keeping_answers(model)
    answer_of(answerer, VIRUS)
    get = cache.get

    def get_changed(_: AnswerCache, key: str) -> KeptAnswer | None:
        kept = get(key)
        return change(kept) if kept and change else kept

    monkeypatch.setattr(AnswerCache, "get", get_changed)
    assert answer_of(answerer, VIRUS).cached is (change is None)


def test_citations_are_numbered_as_they_were(keeping_answers: Keeping, biology: Answerer) -> None:
    """Where an answer cites several entries, each sentence keeps its own."""
    question = "Why does heat stop enzymes from working and how do influenza viruses get into cells?"
    model = CitingChatModel([[f"{FUSES} Heat breaks the weak bonds that hold an enzyme in shape. {BINDS}", END]])
    answerer = keeping_answers(model)
    first, second = answer_of(answerer, question), answer_of(answerer, question)

    assert second.cached
    assert len(second.citations) == 2
    assert (first.citations, first.sentences) == (second.citations, second.sentences)
    check_grounding(second, biology)
