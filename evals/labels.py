"""What people said, as JSON lines: read with errors that name the file and the line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rag.errors import QuickTakesError


class LabelsError(QuickTakesError):
    """Who keeps a file of people's labels must change the line that the message names."""


@dataclass(frozen=True, slots=True)
class LabelLine:
    """One line of a file of labels; what is missing or of another type is told with its place.

    Attributes:
        place: ``file:line``.
    """

    place: str
    told: Mapping[str, object]

    def wrong(self, message: str) -> LabelsError:
        """Return the error that says what is wrong with this line."""
        return LabelsError(f"{self.place}: {message}")

    def allow(self, keys: Collection[str]) -> None:
        """Refuse keys that nothing reads; raises `LabelsError`."""
        for key in self.told:
            if key not in keys:
                raise self.wrong(f"there is no key {key!r}; there are {', '.join(keys)}")

    def text(self, key: str) -> str:
        """Return a text that is not empty; raises `LabelsError`."""
        value = self.told.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{key!r} must be text, and not empty")
        return value

    def optional_text(self, key: str, default: str) -> str:
        """Return a text that need not be there; raises `LabelsError`."""
        return self.text(key) if self.told.get(key) is not None else default

    def number(self, key: str) -> float:
        """Return a number; raises `LabelsError`."""
        value = self.told.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(f"{key!r} must be a number")
        return float(value)

    def choice(self, key: str, choices: Collection[str]) -> str:
        """Return one of some words; raises `LabelsError`."""
        value = self.text(key)
        if value not in choices:
            raise self.wrong(f"{key!r} is {value[:40]!r}; it must be one of {', '.join(choices)}")
        return value

    def child(self, key: str) -> LabelLine:
        """Return an object within this one; raises `LabelsError`."""
        value = self.told.get(key)
        if not isinstance(value, dict):
            raise self.wrong(f"{key!r} must be an object")
        return LabelLine(self.place, cast("dict[str, object]", value))


def read_label_lines(file: Path) -> Iterator[LabelLine]:
    """Yield the lines of a file that are not blank.

    Raises:
        LabelsError: the file cannot be read, or a line is no JSON object.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelsError(f"{file}: cannot be read as UTF-8 text ({error})") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            told: object = json.loads(line, parse_constant=_refuse)
        except ValueError as error:
            raise LabelsError(f"{file}:{number}: is not JSON ({error})") from error
        if not isinstance(told, dict):
            raise LabelsError(f"{file}:{number}: must be a JSON object")
        yield LabelLine(f"{file}:{number}", cast("dict[str, object]", told))


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no number")
