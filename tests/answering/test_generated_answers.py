"""Answers that a chat model writes, and what becomes of them where it does not."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from made_corpus import check_grounding
from made_replies import PROMPT, CitingChatModel, answer_of, events_of, with_model

from rag.answering import Answerer
from rag.answering.reply import ABSTENTION, NOT_COVERED
from rag.answering.written import _lead_after
from rag.errors import ProviderBrokeOffError, ProviderUnavailableError
from rag.models import Answer, AnswerBegun, ReplyEnd, ReplyRestart, SentenceShown, Usage
from rag.testing import ScriptedChatModel

NEURON = "Why is the inside of a resting neuron negative?"
CHARGE = "What do potassium leak channels do to the charge inside a resting nerve cell?"
VIRUS = "How do influenza viruses get into cells?"
BINDS = "Influenza viruses bind sialic acid on the cell's surface"
FUSES = "Acid in the vesicle makes the viral envelope fuse with its membrane"
INVENTED = "Paris became the capital of France in 987. Elephants love bananas. Rockets fly to Mars. "
DOWN = ProviderUnavailableError("the chat server cannot be used now")
CUT = ProviderBrokeOffError("the chat server broke off its reply")

NOT_SHOWN = (
    "{} sentences that the language model wrote are not shown: "
    "no entry says them, or its own words stand there already."
)


def test_a_curated_answer_needs_no_model(biology: Answerer) -> None:
    """An entry's own question is answered by its answer, and nothing is asked of anybody."""
    model = ScriptedChatModel()
    answer = answer_of(with_model(biology, model), NEURON)

    assert (answer.status, answer.rung, model.asked) == ("answered", "curated", [])
    assert (answer.usage, answer.cost_usd, answer.provenance.model) == (None, 0.0, None)
    assert answer.text == biology.ask(NEURON).text


def test_thin_evidence_needs_no_model(biology: Answerer) -> None:
    """What the corpus does not hold is declined before anything is sent."""
    model = ScriptedChatModel()
    events = events_of(with_model(biology, model), "What is the capital of France?")

    (begun, answer) = events
    assert isinstance(begun, AnswerBegun)
    assert isinstance(answer, Answer)
    assert (begun.rung, answer.status, answer.rung, answer.text) == ("generated", "abstained", "generated", ABSTENTION)
    assert model.asked == []


def test_without_a_model_the_stream_is_the_composed_answer(biology: Answerer) -> None:
    """The same events, all at once."""
    answer, asked = answer_of(biology, CHARGE), biology.ask(CHARGE)

    assert (answer.rung, answer.text, answer.sentences) == ("composed", asked.text, asked.sentences)


def test_a_generated_answer_is_what_the_model_wrote(biology: Answerer) -> None:
    """Its sentences, without their keys, each cited to where an entry says it."""
    model = CitingChatModel([[f"{BINDS} {{0}}. ", f"{FUSES}. ", "{0}"]])
    answer = answer_of(with_model(biology, model), VIRUS)

    assert (answer.status, answer.rung, answer.notices) == ("answered", "generated", ())
    assert answer.text == f"{BINDS}. {FUSES}."
    assert [(one.support, one.verbatim, one.citations) for one in answer.sentences] == [("supported", False, (1,))] * 2
    assert answer.citations[0].url == "/learn/biology/questions/how-do-influenza-viruses-enter-a-cell"


def test_an_answer_names_its_model_its_prompt_and_its_cost(biology: Answerer) -> None:
    """As the model's server told it."""
    end = ReplyEnd("openai:small", Usage(900, 30, reported=True), 0.002)
    answer = answer_of(with_model(biology, ScriptedChatModel([[f"{BINDS}.", end]])), VIRUS)

    assert (answer.provenance.model, answer.provenance.prompt) == ("openai:small", PROMPT.fingerprint)
    assert (answer.usage, answer.cost_usd) == (end.usage, 0.002)
    assert {"retrieve", "first sentence", "generate", "suggest", "total"} == set(answer.timings_ms)


def test_lists_stay_lists(biology: Answerer) -> None:
    """As paragraphs stay paragraphs; what was left out takes its bullet with it, not its neighbour's."""
    taken_up = "Influenza viruses are taken up in a vesicle."
    reply = f"{BINDS}.\n\n- {FUSES}.\n- Elephants love bananas in Africa. {taken_up}\n\n{BINDS}."
    answer = answer_of(with_model(biology, ScriptedChatModel([[reply]])), VIRUS)

    assert answer.text == f"{BINDS}.\n\n- {FUSES}.\n- {taken_up}\n\n{BINDS}."
    assert answer.notices == (NOT_SHOWN.format("1 of the 5"),)


@pytest.mark.parametrize("reply", ["NOT COVERED", "NOT COVERED.", "**NOT COVERED**", "NOT COVERED: no entry says it."])
def test_a_model_may_decline(biology: Answerer, reply: str) -> None:
    """Where it finds no answer in the evidence there is none, and the composer does not know better."""
    answer = answer_of(with_model(biology, ScriptedChatModel([[reply]])), VIRUS)

    assert (answer.status, answer.rung, answer.text, answer.notices) == ("abstained", "generated", ABSTENTION, ())
    assert answer.provenance.model == "scripted"
    assert answer.suggestions


def test_a_refusal_that_is_cut_off_is_none(biology: Answerer) -> None:
    """A reply that is not whole declines nothing: the composer answers."""
    answer = answer_of(with_model(biology, ScriptedChatModel([["NOT COVERED\n", CUT]])), VIRUS)

    assert (answer.status, answer.rung) == ("answered", "composed")


def test_a_part_that_is_not_covered_is_named(biology: Answerer) -> None:
    """The model is asked about the whole question with evidence for what is covered."""
    model = ScriptedChatModel([[f"{BINDS}."]])
    answer = answer_of(with_model(biology, model), f"{VIRUS} What is the capital of France?")

    assert (answer.status, answer.rung) == ("partial", "generated")
    assert answer.text == f"{BINDS}.\n\n{NOT_COVERED} What is the capital of France?"
    assert "sialic" in model.asked[0][1].content


@pytest.mark.parametrize("key", ["[z9z]", "[1]", "[source 3]", "[^2]", "[zzz]", "[z9z, y8y]"])
def test_keys_that_a_model_invents_are_never_shown(biology: Answerer, key: str) -> None:
    """What stands with them is checked as if they were not there, and cited to where it is said."""
    answer = answer_of(with_model(biology, ScriptedChatModel([[f"{BINDS} {key}. {key} {FUSES}. {key}"]])), VIRUS)

    assert "[" not in answer.text
    assert "sialic" in answer.text
    assert len(answer.citations) == 1


def test_where_nothing_is_supported_the_composer_answers(biology: Answerer) -> None:
    """As it would without a model, and a notice says that a model wrote something else."""
    answer, composed = answer_of(with_model(biology, ScriptedChatModel([[INVENTED]])), VIRUS), biology.ask(VIRUS)

    assert (answer.status, answer.rung, answer.text) == ("answered", "composed", composed.text)
    assert answer.sentences == composed.sentences
    assert answer.citations == composed.citations
    assert answer.notices == (NOT_SHOWN.format("3 of the 3"),)
    assert answer.usage is not None


def test_a_reply_without_a_sentence_is_told(biology: Answerer) -> None:
    """Headings alone answer nothing."""
    answer = answer_of(with_model(biology, ScriptedChatModel([["# Viruses\n\n---\n"]])), VIRUS)

    assert answer.rung == "composed"
    assert answer.notices == ("The answer was put together from the entries: the language model wrote no sentence.",)


def test_where_most_is_left_out_the_composer_goes_on(biology: Answerer) -> None:
    """Below what was shown, with what was not said yet; citations count on."""
    reply = f"{FUSES}. {INVENTED}"
    answer = answer_of(
        with_model(biology, ScriptedChatModel([[reply]])),
        "Why does heat stop enzymes from working and how do influenza viruses get into cells?",
    )

    assert (answer.status, answer.rung) == ("answered", "generated")
    first, *rest = answer.sentences
    assert not first.verbatim
    assert rest
    assert all(one.verbatim for one in rest)
    assert len({one.text for one in answer.sentences}) == len(answer.sentences)
    assert f"{first.text}\n\n{rest[0].text}" in answer.text
    assert any("weak bonds" in one.text for one in rest)
    assert not any("then makes the viral envelope fuse" in one.text for one in rest)


def test_what_a_model_said_is_not_said_again(biology: Answerer) -> None:
    """Not in the entry's words either, and nothing that leans on what is skipped follows."""
    composed = biology.ask(CHARGE)
    said = " ".join(one.text for one in composed.sentences[:1])
    answer = answer_of(with_model(biology, ScriptedChatModel([[f"{said} {INVENTED}"]])), CHARGE)

    assert [one.text for one in answer.sentences].count(said) == 1
    assert {one.text for one in answer.sentences} <= {one.text for one in composed.sentences}


@pytest.mark.parametrize(
    ("skipped", "lead", "begins"),
    [
        (" ", " ", " "),
        ("\n\n", " ", "\n\n"),
        ("\n\n[Osmosis] ", " ", "\n\n[Osmosis] "),
        ("\n- ", "\n- ", "\n- "),
        ("\n- [Pump] ", "\n- ", "\n- "),
        ("\n- [Pump] ", " ", "\n- [Pump] "),
        ("\n\n[Mitosis]\n\n- [Phase] ", "\n- ", "\n\n[Mitosis]\n\n- "),
        ("\n\n[Mitosis]\n\n- ", "\n\n[Meiosis]\n\n- ", "\n\n[Meiosis]\n\n- "),
        ("", " ", ""),
        ("", "\n- ", "\n- "),
    ],
)
def test_what_is_skipped_leaves_its_place_but_no_name(skipped: str, lead: str, begins: str) -> None:
    """A heading stays above the points that are left; a name goes with the point that it stands before."""
    assert _lead_after(skipped, lead) == begins


def test_a_failure_before_anything_is_shown_leaves_the_composed_answer(biology: Answerer) -> None:
    """With a notice; no model is named, nothing is billed that is known."""
    answer, composed = answer_of(with_model(biology, ScriptedChatModel([[DOWN]])), VIRUS), biology.ask(VIRUS)

    assert (answer.status, answer.rung, answer.text) == ("answered", "composed", composed.text)
    assert answer.notices == (f"The answer was put together from the entries without the language model: {DOWN}",)
    assert (answer.provenance, answer.usage, answer.cost_usd) == (biology.provenance, None, 0.0)


def test_half_a_sentence_is_not_shown(biology: Answerer) -> None:
    """What came before the failure was no whole sentence; that it was written is counted."""
    model = ScriptedChatModel([["Influenza viruses bind sialic ", CUT]])
    answer = answer_of(with_model(biology, model), VIRUS)

    assert (answer.rung, answer.text) == ("composed", biology.ask(VIRUS).text)
    assert answer.usage is not None
    assert answer.usage.completion_tokens > 0
    assert not answer.usage.reported
    assert answer.cost_usd is None
    assert answer.provenance.model is None


def test_what_was_shown_before_a_failure_stays(biology: Answerer) -> None:
    """The composer completes it, and a notice says why; the model that wrote its beginning is named."""
    model = ScriptedChatModel([[f"{BINDS}. ", "Acid in ", CUT]])
    answer = answer_of(with_model(biology, model), VIRUS)

    assert (answer.status, answer.rung) == ("answered", "generated")
    assert answer.text.startswith(f"{BINDS}.\n\n")
    assert answer.sentences[-1].verbatim
    assert answer.notices == (
        f"The rest of the answer was put together from the entries without the language model: {CUT}",
    )
    assert (answer.provenance.model, answer.provenance.prompt) == ("scripted", PROMPT.fingerprint)
    assert answer.cost_usd is None


def test_a_failure_when_all_is_said_claims_no_completion(biology: Answerer) -> None:
    """Where the composer has nothing to add, the notice does not say that it did."""
    said = " ".join(one.text for one in biology.ask(VIRUS).sentences)
    answer = answer_of(with_model(biology, ScriptedChatModel([[f"{said} And ", CUT]])), VIRUS)

    assert answer.text == said
    assert answer.notices == (f"The language model did not finish its answer: {CUT}",)


def test_a_restart_forgets_what_was_not_shown(biology: Answerer) -> None:
    """Sentences half said, left out or declined by the attempt before count for nothing."""
    for before in ("Acid in the", INVENTED, "NOT COVERED\n"):
        model = ScriptedChatModel([[before, ReplyRestart("cut"), f"{BINDS}."]])
        answer = answer_of(with_model(biology, model), VIRUS)

        assert (answer.status, answer.rung, answer.text) == ("answered", "generated", f"{BINDS}.")
        assert answer.notices == ()


def test_a_restart_may_decline(biology: Answerer) -> None:
    """Then nothing is said of what the attempt before wrote."""
    model = ScriptedChatModel([[INVENTED, ReplyRestart("cut"), "NOT COVERED"]])
    answer = answer_of(with_model(biology, model), VIRUS)

    assert (answer.status, answer.notices) == ("abstained", ())


@pytest.mark.parametrize("word", ["elephants", "centrifugally", "yesterday"])
def test_one_word_that_no_entry_has_is_one_too_many(biology: Answerer, word: str) -> None:
    """Also in a corpus so small that every word is rare."""
    answer = answer_of(with_model(biology, ScriptedChatModel([[f"{BINDS} {word}."]])), VIRUS)

    assert (answer.rung, word in answer.text, "bind sialic acid" in answer.text) == ("generated", False, True)


@pytest.mark.parametrize("policy", ["strict", "mark"])
def test_what_is_partly_supported_goes_by_the_policy(biology: Answerer, policy: str) -> None:
    """Strictly it gives way to the entry's words; else it is shown and marked."""
    wild = "Influenza viruses bind sialic acid on the cell's surface, as elephants discovered in Africa."
    answerer = with_model(biology, ScriptedChatModel([[wild]]), "mark" if policy == "mark" else "strict")
    answer = events_of(answerer, VIRUS)[-1]

    assert isinstance(answer, Answer)
    assert [one.support for one in answer.sentences] == ["supported" if policy == "strict" else "partly"]
    assert (wild in answer.text) is (policy == "mark")
    assert all(one.verbatim is (policy == "strict") for one in answer.sentences)


def test_the_model_is_told_when_something_is_shown(biology: Answerer) -> None:
    """Before the first sentence it may begin anew, after it no more; so nothing is ever taken back."""
    seen: list[bool] = []

    class Watching(ScriptedChatModel):
        async def stream(self, messages, is_shown):  # noqa: ANN001, ANN202 as its base
            async with aclosing(super().stream(messages, is_shown)) as parts:
                async for part in parts:
                    seen.append(is_shown())
                    yield part

    answer_of(
        with_model(biology, Watching([["Influenza viruses ", "bind sialic acid on the cell. ", "Acid ", "in "]])), VIRUS
    )

    assert seen == [False, False, False, True, True]


def test_sentences_come_while_the_model_writes(biology: Answerer) -> None:
    """The first is shown before the last is written."""
    order: list[str] = []

    async def read() -> None:
        model = ScriptedChatModel([[f"{BINDS}. Acid ", lambda: order.append("written on"), f"{FUSES[5:]}."]])
        async with aclosing(with_model(biology, model).stream(VIRUS)) as events:
            async for event in events:
                order.append(type(event).__name__)  # noqa: PERF401 the model appends between

    asyncio.run(read())
    assert order == ["AnswerBegun", "SentenceShown", "written on", "SentenceShown", "Answer"]


@pytest.mark.parametrize("after", [AnswerBegun, SentenceShown])
def test_a_reader_who_leaves_ends_the_models_reply(biology: Answerer, after: type) -> None:
    """Closing the stream closes it at once, wherever it is."""
    model = ScriptedChatModel([[f"{BINDS}. {FUSES}. ", f"{BINDS}. "] * 5])

    async def leave() -> int:
        events = with_model(biology, model).stream(VIRUS)
        async for event in events:
            if isinstance(event, after):
                break
        await events.aclose()
        return model.open

    assert asyncio.run(leave()) == 0


def test_a_sentence_in_the_entrys_words_cites_them(biology: Answerer) -> None:
    """A wrong number is put right from the entry, at its own place."""
    question = "Which ions does the sodium-potassium pump move out of a resting neuron?"
    reply = "The sodium-potassium pump moves 7 sodium ions out for every two potassium ions in."
    answer = answer_of(with_model(biology, ScriptedChatModel([[reply]])), question)

    assert "7" not in answer.text
    assert "three sodium ions out" in answer.text
    check_grounding(answer, biology)
