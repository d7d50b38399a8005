"""A follow-up is answered as the question that it stands for, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters.answer_cache import AnswerCache
from rag.answering import Keeper
from rag.conversation import Turn, resolve, turn_of
from rag.models import Answer, AnswerBegun, Suggestion
from rag.settings import Settings
from rag.testing import HashEmbedder, ScriptedChatModel, entry_text
from rag.wiring import QuickTakes, open_synced, with_chat_model

FIRST = "What do ribosomes build?"
FOLLOW_UP = "And why do they matter?"


@pytest.fixture(scope="module")
def quicktakes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickTakes]:
    """Give a corpus of two entries, open, with the double for an embedder."""
    folder: Path = tmp_path_factory.mktemp("history")
    (folder / "corpus").mkdir()
    for name, question, answer in (
        ("a", "Why do ribosomes matter?", "Ribosomes matter because every protein of a cell is built by ribosomes."),
        ("b", "What do ribosomes build?", "Ribosomes join amino acids into chains that fold into proteins."),
    ):
        (folder / "corpus" / f"{name}.md").write_text(entry_text(question, answer), encoding="utf-8")
    with open_synced(Settings(folder / "corpus", folder / "data"), HashEmbedder()) as (opened, _):
        yield opened


@pytest.fixture
def history(quicktakes: QuickTakes) -> list[Turn]:
    """Return the first turn of a conversation about ribosomes."""
    return [turn_of(resolve(FIRST, []), quicktakes.ask(FIRST).text)]


def test_a_follow_up_names_what_it_was_read_as(quicktakes: QuickTakes, history: list[Turn]) -> None:
    """The answer keeps the question as it was asked, and says which one was answered, and why."""
    answer = quicktakes.ask(FOLLOW_UP, history=history)
    assert answer.question == FOLLOW_UP
    assert answer.resolved == resolve(FOLLOW_UP, history).resolved != FOLLOW_UP
    assert "ribosomes" in answer.carried
    assert "every protein of a cell" in answer.text


def test_a_question_that_stands_alone_is_answered_as_without_history(
    quicktakes: QuickTakes, history: list[Turn]
) -> None:
    """History changes nothing of it."""
    question = "Why do ribosomes matter?"
    with_history, without = quicktakes.ask(question, history=history), quicktakes.ask(question)
    assert (with_history.text, with_history.resolved) == (without.text, None)


def test_history_does_not_make_up_for_missing_evidence(quicktakes: QuickTakes, history: list[Turn]) -> None:
    """A follow-up about what the corpus lacks is declined, however well the turn before was answered."""
    assert quicktakes.ask("What do they cost at the market in Paris?", history=history).status == "abstained"


def test_streamed_events_name_it_too(quicktakes: QuickTakes, history: list[Turn]) -> None:
    """The beginning and the answer say which question is answered, whatever writes it."""
    told = "Ribosomes matter because every protein of a cell is built by ribosomes."
    ready = with_chat_model(quicktakes, ScriptedChatModel([[told]]))

    async def read() -> list[object]:
        return [event async for event in ready.stream(FOLLOW_UP, history=history)]

    begun, *_, answer = asyncio.run(read())
    assert isinstance(begun, AnswerBegun)
    assert isinstance(answer, Answer)
    assert begun.resolved == answer.resolved == resolve(FOLLOW_UP, history).resolved
    assert begun.question == answer.question == FOLLOW_UP


def test_what_a_conversation_has_shown_is_not_suggested(tmp_path: Path) -> None:
    """Neither what was asked or cited, nor what was suggested, in any turn before; whether it is streamed or not."""
    (tmp_path / "corpus").mkdir()
    for number, about in enumerate(("matter", "move", "grow", "split", "bind", "fold", "age", "work", "start")):
        entry = entry_text(f"Why do ribosomes {about} in cells?", f"Ribosomes {about} in cells because they must.")
        (tmp_path / "corpus" / f"{number}.md").write_text(entry, encoding="utf-8")
    history: list[Turn] = []
    shown: set[str] = set()
    with open_synced(Settings(tmp_path / "corpus", tmp_path / "data"), HashEmbedder()) as (opened, _):
        question = "Why do ribosomes matter in cells?"
        for _ in range(2):
            answer = opened.ask(question, history=history)
            streamed = asyncio.run(last_of(opened, question, history))
            assert answer.suggestions
            assert streamed.suggestions == answer.suggestions
            assert not {one.url for one in answer.suggestions} & shown
            history.append(turn_of(resolve(question, history), answer.text, answer.citations, answer.suggestions))
            shown |= {one.url for one in (*answer.citations, *answer.suggestions)}
            question = answer.suggestions[0].question


def test_two_readers_share_a_text_and_nothing_of_each_other(quicktakes: QuickTakes, tmp_path: Path) -> None:
    """Their questions differ, and come to the same: the answer is written once, each is told how its own was read."""
    told = "Ribosomes matter because every protein of a cell is built by ribosomes."
    model = ScriptedChatModel([[told]])
    ready = with_chat_model(quicktakes, model)
    file = tmp_path / "answers.sqlite3"
    ready = replace(ready, answerer=replace(ready.answerer, keeper=Keeper(AnswerCache(file, 9), model.name)))
    one, other = (
        [turn_of(resolve(FIRST, []), secret, suggestions=offered)]
        for secret, offered in (
            ("Ribosomes of Anna join acids.", [Suggestion("/anna", "What does Anna ask?")]),
            ("Ribosomes of Bert join acids.", []),
        )
    )
    first = asyncio.run(last_of(ready, "What do these matter for?", one))
    second = asyncio.run(last_of(ready, "What do they matter for?", other))
    alone = asyncio.run(last_of(ready, str(first.resolved), []))

    assert (len(model.asked), first.cached, second.cached, alone.cached) == (1, False, True, True)
    assert first.text == second.text == alone.text
    assert first.resolved == second.resolved == alone.question
    assert (first.question, second.question) == ("What do these matter for?", "What do they matter for?")
    assert (second.carried, alone.resolved, alone.carried) == ('"they" read as "ribosomes"', None, "")
    stored = b"".join(one.read_bytes() for one in tmp_path.glob("answers.sqlite3*"))
    assert told.encode() in stored
    assert not [word for word in (b"Anna", b"Bert", b"matter for", b"anna") if word in stored]


async def last_of(opened: QuickTakes, question: str, history: list[Turn]) -> Answer:
    """Return a streamed answer."""
    events = [event async for event in opened.stream(question, history=history)]
    assert isinstance(events[-1], Answer)
    return events[-1]


def test_a_follow_up_is_corrected_as_the_question_that_it_stands_for(tmp_path: Path) -> None:
    """What it takes for granted is read from its resolved wording."""
    (tmp_path / "corpus").mkdir()
    for name, question, answer in (
        ("a", "What does calcitonin do?", "Calcitonin inhibits osteoclasts, which dissolve the mineral of bones."),
        ("b", "How do fungi feed?", "Fungi secrete enzymes and absorb what is digested."),
        ("c", "What do ribosomes build?", "Ribosomes join amino acids into chains that fold into proteins."),
    ):
        (tmp_path / "corpus" / f"{name}.md").write_text(entry_text(question, answer), encoding="utf-8")
    with open_synced(Settings(tmp_path / "corpus", tmp_path / "data"), HashEmbedder()) as (opened, _):
        asked = resolve("What does calcitonin do?", [])
        turns = [turn_of(asked, opened.ask(asked.question).text)]
        answer = opened.ask("Why does it stimulate osteoclasts?", history=turns)

    assert answer.resolved == "Why does calcitonin stimulate osteoclasts?"
    assert answer.corrected is not None
    assert answer.corrected.statement == "calcitonin stimulate osteoclasts"
