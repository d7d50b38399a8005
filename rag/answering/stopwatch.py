"""How long the stages of an answer take."""

from __future__ import annotations

import time


class Stopwatch:
    """Tells the stages of an answer apart in time."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """End a stage; one that ended before stays as it was."""
        now = time.perf_counter()
        if stage not in self._laps:
            self._laps[stage] = _ms(now - self._last)
            self._last = now

    def timings_ms(self) -> dict[str, float]:
        """Return how long each stage took, and all of them."""
        return {**self._laps, "total": _ms(time.perf_counter() - self._began)}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
