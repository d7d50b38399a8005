"""What the service counts and times, for Prometheus; nothing in it tells what was asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import (
    MultiProcessCollector,
    mark_process_dead,  # pyright: ignore[reportUnknownVariableType] its arguments have no types
)

_STAGE_BUCKETS_S: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
_REQUEST_BUCKETS_S: Final = (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)


class Metrics:
    """The figures of one application.

    Args:
        shared_dir: folder where the processes of one service add theirs up; None for those of this process alone.
            prometheus_client decides by its environment when it is imported, so `quicktakes serve` sets both.
    """

    def __init__(self, shared_dir: Path | None = None) -> None:
        self._shared_dir = shared_dir
        own = self._registry = CollectorRegistry()
        self._answers = Counter(
            "quicktakes_answers",
            "Answers by how they were made; source: made, kept (a model wrote it before), given (told again)",
            ["rung", "status", "mode", "source"],
            registry=own,
        )
        self._failed = Counter("quicktakes_answers_failed", "Answers that ended with an error", ["code"], registry=own)
        self._under_way = Gauge(
            "quicktakes_answers_under_way", "Answers being made", registry=own, multiprocess_mode="livesum"
        )
        self._stages = Histogram(
            "quicktakes_answer_stage_seconds",
            "Stages of answers that were made",
            ["stage"],
            registry=own,
            buckets=_STAGE_BUCKETS_S,
        )
        self._tokens = Counter("quicktakes_model_tokens", "Tokens of chat models", ["kind"], registry=own)
        self._cost = Counter("quicktakes_model_cost_usd", "Cost of chat models where it is known", registry=own)
        self._problems = Counter("quicktakes_problems", "Requests that got a problem", ["code"], registry=own)
        self._requests = Histogram(
            "quicktakes_request_seconds",
            "Requests from their first byte to the last of the response",
            ["method", "route", "status"],
            registry=own,
            buckets=_REQUEST_BUCKETS_S,
        )

    def answer_began(self) -> None:
        """Count an answer in."""
        self._under_way.inc()

    def answer_made(self, answer: Mapping[str, Any], source: str) -> None:
        """Count an answer out that was given whole.

        Args:
            answer: as the doors give it.
            source: ``made``, ``kept`` or ``given``.
        """
        self._under_way.dec()
        self._answers.labels(answer["rung"], answer["status"], answer["mode"], source).inc()
        if source == "given":
            return
        for stage, milliseconds in answer["timings_ms"].items():
            self._stages.labels(stage).observe(milliseconds / 1000)
        usage = answer["usage"] or {"prompt_tokens": 0, "completion_tokens": 0}
        self._tokens.labels("prompt").inc(usage["prompt_tokens"])
        self._tokens.labels("completion").inc(usage["completion_tokens"])
        self._cost.inc(answer["cost_usd"] or 0.0)

    def answer_failed(self, code: str) -> None:
        """Count an answer out that ended with an error."""
        self._under_way.dec()
        self._failed.labels(code).inc()

    def request_ended(self, method: str, route: str, status: int, seconds: float, code: str | None) -> None:
        """Count a request.

        Args:
            route: its template, or that there is none: whatever a caller makes up is no label.
            code: of its problem, if it got one.
        """
        self._requests.labels(method, route, str(status)).observe(seconds)
        if code is not None:
            self._problems.labels(code).inc()

    def render(self) -> bytes:
        """Return all figures in Prometheus' text format; those of all processes where they share a folder."""
        if self._shared_dir is None:
            return generate_latest(self._registry)
        for file in self._shared_dir.glob("gauge_live*.db"):
            number = int(file.stem.rpartition("_")[2])
            if not _is_alive(number):
                mark_process_dead(number, str(self._shared_dir))
        together = CollectorRegistry()
        MultiProcessCollector(together, str(self._shared_dir))
        return generate_latest(together)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
