"""What a reasoning model writes before its answer, kept out of the answer."""

from __future__ import annotations

from typing import Final

_OPENING: Final = "<think>"
_CLOSING: Final = "</think>"


class ThoughtFilter:
    """Drops ``<think>...</think>`` at the start of a reply that comes piece by piece; elsewhere it is text."""

    def __init__(self) -> None:
        self._held = ""
        self._is_thinking = False
        self._has_begun = False

    def feed(self, piece: str) -> str:
        """Return the answer's part of what has come; what may yet be a thought, or the blanks around one, is held."""
        if self._has_begun:
            return piece
        self._held += piece
        if not self._is_thinking and self._held.lstrip().startswith(_OPENING):
            self._is_thinking = True
        if self._is_thinking:
            return self._after_thought()
        start = self._held.lstrip()
        return "" if _OPENING.startswith(start) else self._begin(self._held)

    def flush(self) -> str:
        """Return what was held, at the reply's end: the start of no thought; a thought without end stays dropped."""
        return "" if self._is_thinking else self._begin(self._held)

    def _after_thought(self) -> str:
        _, closing, text = self._held.partition(_CLOSING)
        if closing:
            return self._begin(text.lstrip()) if text.strip() else self._hold_blanks()
        self._held = _OPENING + self._held[-len(_CLOSING) :]
        return ""

    def _hold_blanks(self) -> str:
        """Wait for the first word after a thought."""
        self._held = _OPENING + _CLOSING
        return ""

    def _begin(self, text: str) -> str:
        self._has_begun = True
        self._held = ""
        return text
