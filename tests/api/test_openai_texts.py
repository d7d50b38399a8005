"""An answer as a chat message, and read again when it comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_answers import SUGGESTED, events_of, made_abstention, made_answer

from api.openai.completions import Chunk, Chunks, Form, completion_of
from api.openai.conversations import NOT_OBEYED, read_conversation
from api.openai.errors import RefusedRequestError
from api.openai.requests import ChatRequest, Message, way_of
from api.openai.texts import read_reply
from rag.conversation import resolve, turn_of
from rag.models import Answer

BASE_URL = "http://127.0.0.1:8000"
RESOLVED = replace(made_answer(), resolved="Why do leaves look green?", carried='"they" read as "leaves"')
ANSWERS = [made_answer(), made_abstention(), RESOLVED, replace(made_abstention(), suggestions=())]


def content_of(answer: Answer) -> str:
    """Return the text that a client gets."""
    return completion_of(answer, Form("quicktakes", BASE_URL))["choices"][0]["message"]["content"]


def _text_in(chunks: list[Chunk]) -> str:
    return "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])


def messages(*texts: str) -> list[Message]:
    """Return messages of a user and an assistant in turn."""
    return [Message(role="assistant" if place % 2 else "user", content=text) for place, text in enumerate(texts)]


def test_numbers_stand_in_the_text_and_sources_below() -> None:
    """Each run of sentences with its numbers, rows of a table with theirs inside, and a line for each source."""
    assert content_of(made_answer()) == (
        "Leaves look green. Chlorophyll reflects green light, and absorbs the rest. [1]\n\n"
        "| Leaf | Root |\n| --- | --- |\n| green | white [2] |\n\n"
        "It is broken down in autumn. [1][2] Nobody knows why. *(no entry says this)*\n\n"
        "Sources:\n\n"
        "- [1] Why do leaves look green? (Light) <http://127.0.0.1:8000/learn/b/questions/leaves?start=0&end=18>\n"
        "- [2] What is a root <for>? <http://127.0.0.1:8000/learn/b/questions/r%C3%B6ots?start=7&end=12>"
    )


def test_an_abstention_is_a_reply_that_says_so() -> None:
    """With the nearest entries, as a normal completion."""
    assert content_of(made_abstention()) == (
        "The corpus does not answer this question.\n\nNearest entries:\n\n"
        "- What do ribosomes build? <http://127.0.0.1:8000/learn/b/questions/r%C3%ADbosomes>"
    )
    assert completion_of(made_abstention(), Form("m", BASE_URL))["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("answer", ANSWERS)
def test_chunks_hold_the_same_text_as_the_whole(answer: Answer) -> None:
    """Joined, they are the content of the completion; each sentence is in the chunk of its event."""
    chunks = Chunks(Form("quicktakes", BASE_URL))
    told = [_text_in(list(chunks.of(event))) for event in events_of(answer)]
    assert "".join(told) == content_of(answer)
    for sentence, text in zip(answer.sentences, told[1:], strict=False):
        assert sentence.text.removesuffix("|").rstrip() in text


def test_the_last_chunks_tell_reason_answer_and_usage() -> None:
    """Every chunk before says that usage is to come; the last has no choice."""
    chunks = Chunks(Form("quicktakes", BASE_URL, ("Beware.",), includes_usage=True))
    told = [chunk for event in events_of(made_answer()) for chunk in chunks.of(event)]
    *texts, end, usage = told
    assert told[0]["choices"][0]["delta"].get("role") == "assistant"
    assert {one["choices"][0]["finish_reason"] for one in texts} == {None}
    assert end["choices"][0]["finish_reason"] == "stop"
    assert end.get("quicktakes", {})["answer"]["notices"] == ["Beware."]
    assert usage["choices"] == []
    assert usage.get("usage") == {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert {str(one.get("usage", "absent")) for one in (*texts, end)} == {"None"}
    assert len({(one["id"], one["created"], one["model"]) for one in told}) == 1


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_reply_that_comes_back_is_the_turn_that_it_was(answer: Answer) -> None:
    """A client keeps nothing but texts, and later questions look back at the same as in a thread kept here."""
    asked = replace(resolve(answer.question, []), resolved=answer.resolved or answer.question)
    shown = answer.suggestions if answer.status == "abstained" else ()
    kept = turn_of(asked, answer.text, answer.citations, shown)

    read = read_conversation(messages(answer.question, content_of(answer), "And in autumn?")).history

    assert read == (kept,)


def test_what_another_model_wrote_is_answer_and_nothing_else() -> None:
    """Only a list of ours is taken for one."""
    for text in (
        "Sources: books.",
        "Leaves.\n\nSources:\n\nNature, 2001",
        "Answered as: nothing",
        "",
        "x\n\nSources:\n\n- a",
    ):
        read = read_reply(text)
        assert (read.text, read.resolved, read.cited, read.suggestions) == (text, None, (), ())
    assert read_reply(content_of(made_abstention())).suggestions == SUGGESTED


def test_the_last_message_of_the_user_is_the_question() -> None:
    """What a system or a tool says is left out, and the former is told."""
    given = [
        Message(role="system", content="Answer in French."),
        *messages("What do ribosomes build?", "Proteins."),
        Message(role="tool", content="42"),
        Message.model_validate({"role": "assistant", "content": None, "tool_calls": []}),
        Message.model_validate({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "a"}}]}),
        Message.model_validate(
            {"role": "user", "content": [{"type": "text", "text": "And"}, {"type": "text", "text": "why?"}]}
        ),
        Message(role="developer", content="Be rude."),
    ]
    asked = read_conversation(given)
    assert asked.question == "And\nwhy?"
    assert [(turn.question, turn.answer_text) for turn in asked.history] == [
        ("What do ribosomes build?", "Proteins."),
        ("", ""),
    ]
    assert asked.notices == (NOT_OBEYED,)
    assert read_conversation(messages("Why?")).notices == ()


def test_follow_ups_in_the_history_are_resolved_in_turn() -> None:
    """Where another model answered them, no line of ours says what they were read as."""
    asked = read_conversation(
        messages("What do ribosomes build?", "Proteins.", "Why do they matter?", "They do.", "Why?")
    )
    assert [turn.resolved for turn in asked.history] == ["What do ribosomes build?", "Why do ribosomes matter?"]


def test_a_conversation_without_end_is_read_in_bounds() -> None:
    """Its newest turns, and no more of a text than can have been said here."""
    asked = read_conversation(
        [*messages("x " * 100_000, "[1] a." * 100_000) * 150, Message(role="user", content="Why?")]
    )
    assert len(asked.history) == 100
    assert {(len(turn.question), len(turn.answer_text)) for turn in asked.history} == {(4_000, 20_000)}


@pytest.mark.parametrize(
    ("last", "param", "told"),
    [
        ({"role": "assistant", "content": "Leaves are"}, "messages[1].role", "the user's"),
        ({"role": "tool", "content": "42"}, "messages[1].role", "the user's"),
        (
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"}]},
            "messages[1].content[1]",
            "image_url",
        ),
        ({"role": "user", "content": None}, "messages[1].content", "empty"),
    ],
)
def test_what_is_no_question_is_refused(last: dict[str, object], param: str, told: str) -> None:
    """The part of the request that is to blame is named."""
    with pytest.raises(RefusedRequestError, match=told) as refused:
        read_conversation([Message(role="user", content="Why?"), Message.model_validate(last)])
    assert refused.value.param == param


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("n", 2),
        ("logprobs", True),
        ("top_logprobs", 3),
        ("tool_choice", "required"),
        ("tool_choice", {"type": "function", "function": {"name": "f"}}),
        ("function_call", {"name": "f"}),
        ("response_format", {"type": "json_object"}),
        ("modalities", ["text", "audio"]),
        ("stop", ["\n"]),
        ("model", "gpt-5"),
    ],
)
def test_what_cannot_be_given_is_refused(param: str, value: object) -> None:
    """By the name of the parameter."""
    request = {"model": "quicktakes", "messages": [{"role": "user", "content": "Why?"}], param: value}
    with pytest.raises(RefusedRequestError) as refused:
        way_of(ChatRequest.model_validate(request))
    assert refused.value.param == param


def test_what_does_no_harm_is_ignored() -> None:
    """Sampling, lengths, tools that need not be called, and what nobody knows yet."""
    request = {
        "model": "quicktakes-hint-2",
        "messages": [{"role": "user", "content": "Why?", "name": "Ada"}],
        "temperature": 2,
        "max_tokens": 5,
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "tool_choice": "auto",
        "n": 1,
        "logprobs": False,
        "stop": [],
        "response_format": {"type": "text"},
        "unheard_of": {"a": [1]},
    }
    way = way_of(ChatRequest.model_validate(request))
    assert (way.mode, way.level) == ("hint", 2)
