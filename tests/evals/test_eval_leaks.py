"""Three proofs that what is hidden is not seen: each kind of leak is planted in a real run, and each ends it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from small_runs import HIDDEN_WORDS, KIDNEYS, OSMOSIS, Scripted, asking, new_run, osmosis_case

from evals.errors import RunInvalidError
from evals.models import Arm, Case, Cited, Reply
from evals.running import (
    LeakCheck,
    RunFolder,
    Task,
    answer_by_floor,
    answer_tasks,
    manifest_of,
    read_lines,
    replies_of,
    resume_run,
)
from evals.systems import Echo, Ours, RandomEntry, System, open_ours
from evals.systems.recording import RecordingChatModel
from rag.corpus import load_corpus
from rag.models import ChatMessage, ReplyPart
from rag.settings import Settings
from rag.testing import ScriptedChatModel, make_entry
from rag.wiring import with_chat_model


def require_invalid(run: RunFolder, system: System, corpus: Path, *told: str) -> None:
    """Ask a run, and see that it is invalid for good: nothing of it is scored, shown or gone on with."""
    with pytest.raises(RunInvalidError, match=r"is invalid"):
        answer_tasks(asking(run, system, corpus))
    leaks = [line["leak"] for line in read_lines(run.errors)]
    for words in told:
        assert any(words in leak for leak in leaks), leaks
    with pytest.raises(RunInvalidError):
        replies_of(run)  # what scores, answers and reports are made of
    with pytest.raises(RunInvalidError):
        resume_run(run, run.told())
    assert not run.scores.exists()
    assert not run.entries.exists()
    assert not any(reply.arm == "held_out" for reply in run.kept_replies().values())


def test_our_chain_as_it_is_leaks_nothing(small: Settings, tmp_path: Path) -> None:
    """The proofs below fail for what is planted, not for how the run is made: without it, the run is whole."""
    case = osmosis_case()
    with open_ours(small, [case]) as ours:
        run, tasks = new_run(tmp_path, [case], ours)
        assert answer_tasks(asking(run, ours, small.corpus_dir)) == len(tasks) == 2
    held_out, whole = run.kept_replies().values()
    assert OSMOSIS not in held_out.retrieved
    assert whole.citations[0].url == OSMOSIS
    assert not run.errors.exists()


def test_retrieval_that_ignores_what_is_hidden_ends_the_run(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First proof: the hidden url is among what was retrieved and cited."""
    ask: Callable[..., Any] = getattr(__import__("evals.systems.ours", fromlist=["_last"]), "_last")  # noqa: B009 private
    monkeypatch.setattr("evals.systems.ours._last", lambda quicktakes, case, _hidden: ask(quicktakes, case, ()))
    case = osmosis_case()
    with open_ours(small, [case]) as ours:
        run, _ = new_run(tmp_path, [case], ours)
        told = (f"{OSMOSIS} was retrieved", f"{OSMOSIS} was cited", f"{OSMOSIS} is in the context")
        require_invalid(run, ours, small.corpus_dir, *told)


class Knowing:
    """Tells a model more than it was asked to: the hidden answer, under no url; implements `rag.ports.ChatModel`."""

    def __init__(self, model: RecordingChatModel) -> None:
        self.name = model.name
        self._model = model

    async def stream(self, messages: Sequence[ChatMessage], is_shown: Callable[[], bool]) -> AsyncGenerator[ReplyPart]:
        """Give the model's reply to more than was asked."""
        more = ChatMessage("system", f"By the way: {HIDDEN_WORDS}")
        async with aclosing(self._model.stream([more, *messages], is_shown)) as parts:
            async for part in parts:
                yield part


def test_a_prompt_that_holds_a_hidden_answer_ends_the_run(small: Settings, tmp_path: Path) -> None:
    """Second proof: eight words of it in a row were sent to the model, though no url tells."""
    case = osmosis_case(question="How do kidneys filter blood by osmosis?")
    with open_ours(small, [case]) as ours:
        model = Knowing(RecordingChatModel(ScriptedChatModel()))
        knowing = replace(ours, quicktakes=with_chat_model(ours.quicktakes, model))
        run, _ = new_run(tmp_path, [case], knowing, arms=["held_out"])
        require_invalid(run, knowing, small.corpus_dir, "the prompt holds '")
        assert OSMOSIS in read_lines(run.errors)[0]["leak"]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Gives one reply, but for what identifies it; implements `System`."""

    reply: Reply
    name: str = "fixed"
    fingerprint: str = "fixed:1"

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Give the reply."""
        return replace(self.reply, case=case.url, arm=arm, repeat=repeat, excluded=tuple(sorted(excluded)))


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(case="", arm="open", context={KIDNEYS: HIDDEN_WORDS}), f"the context of {KIDNEYS} holds '"),
        (Reply(case="", arm="open", prompt=HIDDEN_WORDS.upper()), "the prompt holds '"),
        (Reply(case="", arm="open", retrieved=(KIDNEYS, OSMOSIS)), "was retrieved"),
        (Reply(case="", arm="open", citations=(Cited(1, OSMOSIS),)), "was cited"),
        (Reply(case="", arm="open", citations=(Cited(1, KIDNEYS, HIDDEN_WORDS),)), f"the quote of {KIDNEYS} holds '"),
    ],
)
def test_each_place_of_a_leak_is_enough(small: Settings, tmp_path: Path, reply: Reply, told: str) -> None:
    """Under another entry's url, in other letters, found and not cited, cited and not found, quoted as another's."""
    system = Fixed(reply)
    run, _ = new_run(tmp_path, [osmosis_case()], system, arms=["held_out"])
    require_invalid(run, system, small.corpus_dir, told)


def test_what_a_visible_entry_says_too_is_no_leak(small: Settings, tmp_path: Path) -> None:
    """Words that an entry which may be seen shares with the hidden one were rightly there to be read."""
    kidneys = small.corpus_dir / "kidneys.md"
    kidneys.write_text(kidneys.read_text("utf-8").replace("Each one has a fine sieve.", HIDDEN_WORDS), "utf-8")
    system = Fixed(Reply(case="", arm="open", retrieved=(KIDNEYS,), context={KIDNEYS: HIDDEN_WORDS}))
    run, _ = new_run(tmp_path, [osmosis_case()], system, arms=["held_out"])
    assert answer_tasks(asking(run, system, small.corpus_dir)) == 1


def test_the_case_itself_may_hold_what_is_hidden(small: Settings, tmp_path: Path) -> None:
    """A question that quotes the hidden answer is sent, and is no leak."""
    system = Fixed(Reply(case="", arm="open", prompt=f"Is this so? {HIDDEN_WORDS}"))
    run, _ = new_run(tmp_path, [osmosis_case(question=f"Is this so? {HIDDEN_WORDS}")], system, arms=["held_out"])
    assert answer_tasks(asking(run, system, small.corpus_dir)) == 1


@dataclass(frozen=True, slots=True)
class KeptByCase:
    """Keeps the replies of our chain under a key that ignores what was hidden; implements `System`."""

    ours: Ours
    kept: dict[str, Reply] = field(default_factory=dict[str, Reply])
    name: str = "kept"
    fingerprint: str = "kept:1"

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Give what was replied to the case before."""
        if case.url not in self.kept:
            self.kept[case.url] = await self.ours.answer(case, arm, excluded, repeat)
        return replace(self.kept[case.url], arm=arm, repeat=repeat, excluded=tuple(sorted(excluded)))


def test_a_kept_answer_given_for_a_held_out_case_ends_the_run(small: Settings, tmp_path: Path) -> None:
    """Third proof, in a run: the whole corpus is asked first, and what it said is given when its entry is hidden."""
    case = osmosis_case()
    with open_ours(small, [case]) as ours:
        system = KeptByCase(ours)
        run, _ = new_run(tmp_path, [case], system, arms=["open", "held_out"])
        require_invalid(run, system, small.corpus_dir, f"{OSMOSIS} was retrieved")


def test_a_system_that_was_told_less_than_all_is_no_proof(small: Settings, tmp_path: Path) -> None:
    """A reply that does not say that all was hidden, as was asked, is itself a leak."""

    class Deaf(Scripted):
        async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
            return replace(await Scripted.answer(self, case, arm, excluded, repeat), excluded=())

    system = Deaf()
    run, _ = new_run(tmp_path, [osmosis_case()], system, arms=["held_out"])
    require_invalid(run, system, small.corpus_dir, f"the system was not told to hide {OSMOSIS}")


def test_a_manifest_tells_systems_apart(tmp_path: Path) -> None:
    """Replies of a system with another fingerprint are never taken for this one's."""
    run, tasks = new_run(tmp_path, [osmosis_case()], Scripted())
    other = manifest_of(list(run.cases().cases.values()), tasks, Scripted(fingerprint="scripted:2"), {"corpus": "c"})
    assert tasks[0].key("scripted:1") != tasks[0].key("scripted:2")
    assert other != run.told()


def test_the_end_of_a_section_before_the_next_is_no_leak() -> None:
    """Where a heading is left out of a context, words on both sides of it make a run that a hidden entry may have."""
    hidden = make_entry("What is hidden?", "It serves uptake of food and removal of waste. In short it matters.")
    seen = make_entry("What is seen?", "It serves uptake of food and removal of waste.\n\n### End\n\nIn short, no.")
    case = osmosis_case()
    context = {seen.url: "It serves uptake of food and removal of waste.\n\nIn short, no."}
    reply = Reply(case=case.url, arm="held_out", retrieved=(seen.url,), context=context, excluded=(hidden.url,))
    task = Task(case.url, case.sha256, "held_out", 0, (hidden.url,))
    check = LeakCheck({one.url: one for one in (hidden, seen)})
    assert check.leaks(case, task, reply) == []


def _leaks(answer: str, sent: str) -> list[str]:
    """Return what the check says of an answer that is hidden and a prompt that was sent."""
    hidden, case = make_entry("What is hidden?", answer), osmosis_case()
    reply = Reply(case=case.url, arm="held_out", prompt=sent, excluded=(hidden.url,))
    return LeakCheck({hidden.url: hidden}).leaks(case, Task(case.url, case.sha256, "held_out", 0, (hidden.url,)), reply)


def test_a_hidden_list_of_short_items_is_a_leak() -> None:
    """No item has eight words, and the list has: it is one block, written with newlines or with their signs."""
    items = "- a thin sieve\n- a long loop\n- two fine tubes\n- one wide duct"
    assert _leaks(items, f"Answer from this:\n\n{items}\n\nBe brief.")
    assert _leaks(items.replace("\n", r"\n"), items)
    assert _leaks(items, "- a thin sieve\n\n- two fine tubes\n\n- one wide duct") == []


def test_a_quote_of_what_its_own_entry_says_is_no_leak() -> None:
    """A visible entry may be quoted, though it was not found and a hidden one says the same."""
    hidden, seen = make_entry("What is hidden?", HIDDEN_WORDS), make_entry("What is seen?", HIDDEN_WORDS)
    case = osmosis_case()
    check = LeakCheck({one.url: one for one in (hidden, seen)})
    task = Task(case.url, case.sha256, "held_out", 0, (hidden.url,))
    reply = Reply(case=case.url, arm="held_out", citations=(Cited(1, seen.url, HIDDEN_WORDS),), excluded=(hidden.url,))
    assert check.leaks(case, task, reply) == []


class Peeking(RandomEntry):
    """Draws from all entries, and says that it hid what it was to hide."""

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Copy an entry, hidden or not."""
        seen = await RandomEntry.answer(self, case, arm, self.entries.keys() - {OSMOSIS}, repeat)
        told = {KIDNEYS: seen.text}
        return replace(seen, retrieved=(KIDNEYS,), citations=(), context=told, excluded=tuple(sorted(excluded)))


def test_a_floor_that_leaks_ends_the_run(small: Settings, tmp_path: Path) -> None:
    """What trivial systems say is held against what was hidden too, by its words; the run is invalid for good."""
    case, entries = osmosis_case(), load_corpus(small.corpus_dir).entries
    run, tasks = new_run(tmp_path, [case], Scripted(), arms=["held_out"])
    cases = run.cases().cases
    for floor in (Echo(), RandomEntry(entries, "c")):
        answer_by_floor(run, floor, cases, tasks)
    assert not run.errors.exists()
    with pytest.raises(RunInvalidError, match=rf"floor:random: the context of {KIDNEYS} holds '.*{OSMOSIS}"):
        answer_by_floor(run, Peeking(entries, "c"), cases, tasks)
    with pytest.raises(RunInvalidError):
        replies_of(run)
