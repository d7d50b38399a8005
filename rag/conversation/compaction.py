"""What of a thread is kept where all of it would be too long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from rag.conversation.turns import Turn

HISTORY_TOKENS: Final = 2_000
"""Of a thread: some ten turns whole, and the questions of a hundred. A word points back four turns at most."""


def compact(history: Sequence[Turn], most_tokens: int, count_tokens: Callable[[str], int]) -> list[Turn]:
    """Return the newest turns whole, older ones as their resolved questions only, without the oldest; in their order.

    What is dropped is always older than what is kept.

    Args:
        most_tokens: of the resolved questions and the answers that are kept, together.
        count_tokens: of a text, as whoever reads the turns counts them.
    """
    kept: list[Turn] = []
    left = most_tokens
    are_whole = True
    for turn in reversed(history):
        asked, answered = count_tokens(turn.resolved), count_tokens(turn.answer_text) if turn.answer_text else 0
        are_whole = are_whole and asked + answered <= left
        left -= asked + answered if are_whole else asked
        if left < 0:
            break
        kept.append(turn if are_whole else replace(turn, answer_text=""))
    return kept[::-1]
