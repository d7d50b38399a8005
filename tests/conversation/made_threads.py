"""Threads of questions, as a conversation keeps them."""

from __future__ import annotations

from rag.conversation import Turn, resolve, turn_of


def thread(*questions: str, answer: str = "") -> list[Turn]:
    """Return the turns of questions asked one after another, each resolved against those before, all answered alike."""
    history: list[Turn] = []
    for question in questions:
        history.append(turn_of(resolve(question, history), answer))
    return history
