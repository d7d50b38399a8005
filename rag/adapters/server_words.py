"""What servers say when they fail, as short lines and seconds."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Final

_MOST_REASON: Final = 300
"""Characters of a server's own words that are passed on."""


def reason_of(error: Exception, secret: str | None = None) -> str:
    """Return an error's message, and its cause's, as one short line."""
    words = f"{str(error).rstrip('.')}: {error.__cause__}" if error.__cause__ else str(error)
    return shortened(words, secret)


def shortened(words: str, secret: str | None = None) -> str:
    """Return a server's words as one short line."""
    line = " ".join(words.replace(secret, "***").split() if secret else words.split())
    return line if len(line) <= _MOST_REASON else line[:_MOST_REASON] + "..."


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a reply's headers ask to wait: as milliseconds, seconds or a date; None without them."""
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1_000
        else:
            seconds = float(headers["retry-after"])
    except KeyError:
        return None
    except ValueError:
        seconds = _seconds_until(headers.get("retry-after", ""))
    return seconds if isfinite(seconds) and seconds >= 0 else None


def _seconds_until(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, OverflowError):
        return -1.0
