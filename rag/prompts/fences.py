"""Marks around what a model is given as data, that the data can neither close nor foresee."""

from __future__ import annotations

import random
import re
from string import ascii_lowercase, digits

_FENCE = re.compile(r"<\s*/?\s*(?:evidence|history|question|sentence)(?:[^<>]*>)?", re.IGNORECASE)


def draw_tag(chance: random.Random) -> str:
    """Return the tag of one request's fences, drawn anew each time."""
    return "".join(chance.choices(ascii_lowercase + digits, k=12))


def unfenced(text: str) -> str:
    """Return a text without anything that looks like one of our fences, or does once another is taken out of it."""
    while (without := _FENCE.sub("", text)) != text:
        text = without
    return text
