"""A chat model's short reply is read as a whole, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from rag.errors import ProviderBrokeOffError, ProviderTooSlowError, ProviderUnavailableError
from rag.models import ChatMessage, ReplyEnd, ReplyRestart, Usage
from rag.prompts.asking import whole_reply
from rag.testing import HangingChatModel, ScriptedChatModel
from rag.testing.chat_model import ScriptedPart

ASKED = (ChatMessage("user", "Is it so?"),)
END = ReplyEnd("small", Usage(9, 1, reported=True), 0.25)


def reply_of(parts: Sequence[ScriptedPart]) -> tuple[str, ReplyEnd]:
    """Return what is read of a scripted reply."""
    return asyncio.run(whole_reply(ScriptedChatModel([parts]), ASKED, 5.0))


def test_a_reply_is_its_pieces_and_its_end() -> None:
    """With what it cost."""
    assert reply_of(["It ", "is.", END]) == ("It is.", END)


def test_what_came_before_a_restart_is_void() -> None:
    """Only the attempt that counts is read."""
    assert reply_of(["No, it", ReplyRestart("broke off"), "Yes.", END])[0] == "Yes."


def test_a_failure_is_raised_with_nothing_of_the_reply() -> None:
    """At once, or amid the reply."""
    for parts in ([ProviderUnavailableError("down")], ["It ", ProviderUnavailableError("down")]):
        with pytest.raises(ProviderUnavailableError):
            reply_of(parts)


def test_a_reply_that_takes_too_long_is_left() -> None:
    """Patience is for all of it, and the reply is closed."""
    model = HangingChatModel([["It is"]])
    with pytest.raises(ProviderTooSlowError, match=r"more than 0\.05 s"):
        asyncio.run(whole_reply(model, ASKED, 0.05))
    assert model.open == 0


def test_a_reply_without_its_end_is_no_reply() -> None:
    """Whatever a model does."""

    class Endless(ScriptedChatModel):
        async def stream(self, messages, is_shown):  # noqa: ANN001, ANN202, ARG002 the port's
            yield "It is."

    with pytest.raises(ProviderBrokeOffError):
        asyncio.run(whole_reply(Endless(), ASKED, 5.0))
