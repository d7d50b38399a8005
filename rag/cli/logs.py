"""Lines of log, for people and for programs."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Literal

LogFormat = Literal["text", "json"]


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON: time, level, who says what, and what is told with it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """Writes a record as a line to read, and an exception below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 logging's
        """Return the line."""
        fields = (f"{name}={value}" for name, value in _fields(record).items())
        return " ".join([super().formatMessage(record), *fields])


def log_config(log_format: LogFormat, *, quiet: bool) -> dict[str, Any]:
    """Return how to log, for `logging.config.dictConfig`, which uvicorn calls in each of its processes.

    Args:
        quiet: whether requests and answers that went well have no line.
    """
    formatter = JsonLines if log_format == "json" else TextLines
    told = {"level": "WARNING" if quiet else "INFO"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "api": {"level": "INFO"},
            "rag": {"level": "INFO"},
            "uvicorn": {"level": "INFO"},
            "api.requests": told,
            "api.answers": told,
        },
    }


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return getattr(record, "fields", {})
