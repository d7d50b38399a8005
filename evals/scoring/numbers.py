"""Numbers: those of a reply that come from nowhere, and those of vital facts that it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from evals.scoring.outcome import Outcomes
from evals.scoring.subject import Subject
from evals.scoring.text import read_text

_WORDS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
}  # fmt: skip
"""One is none of them: it stands for a thing as often as it counts."""

_SCALES: Final = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_UNITS: Final = {
    spelling: unit
    for unit, spellings in {
        "%": "% percent", "°c": "°c celsius", "k": "kelvin", "nm": "nm nanometre nanometer nanometres nanometers",
        "µm": "µm μm um micrometre micrometer micrometres micrometers micron microns",
        "mm": "mm millimetre millimeter millimetres millimeters",
        "cm": "cm centimetre centimeter centimetres centimeters",
        "m": "m metre meter metres meters", "km": "km kilometre kilometer kilometres kilometers",
        "g": "g gram grams", "kg": "kg kilogram kilograms", "mg": "mg milligram milligrams", "µg": "µg μg ug",
        "da": "da dalton daltons", "kda": "kda", "l": "l litre liter litres liters", "ml": "ml", "µl": "µl μl",
        "s": "s second seconds", "ms": "ms millisecond milliseconds", "min": "min minute minutes", "h": "h hour hours",
        "d": "day days", "wk": "week weeks", "mo": "month months", "y": "year years", "mv": "mv millivolt millivolts",
        "kj": "kj kilojoule kilojoules", "kcal": "kcal", "j": "J joule joules", "bp": "bp",
        "kb": "kb kilobase kilobases", "mmhg": "mmhg", "kpa": "kpa", "atm": "atm", "x": "fold times",
        "M": "M molar", "mM": "mM mmol millimolar", "µM": "µM μM uM micromolar", "nM": "nM nanomolar",
    }.items()
    for spelling in spellings.split()
}  # fmt: skip
"""Spellings that hold a capital letter are read as they are written, before all others in lower case."""

_NUMBER: Final = re.compile(
    r"(?<![\w.,^])(?P<digits>[-−]?\d+(?:,\d{3})+(?:\.\d+)?(?!\d)|[-−]?\d+(?:\.\d+)?)(?![\w^]*[A-Za-z]\d)"
    r"|\b(?P<word>" + "|".join(_WORDS) + r")\b",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    r"[ -]?(?P<scale>" + "|".join(_SCALES) + r")?\b[ -]?(?P<unit>per ?cent\b|%|°\s?C\b|[A-Za-zµμ]+)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """A number as it is compared.

    Attributes:
        value: with its scale, thousands joined.
        unit: in one spelling; empty for what is no unit of the list.
    """

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}".strip()

    def agrees(self, other: Number) -> bool:
        """Return whether both may be the same: one value, and one unit where both have one."""
        return self.value == other.value and (self.unit == other.unit or not self.unit or not other.unit)


@lru_cache(maxsize=32_768)
def numbers_in(text: str) -> frozenset[Number]:
    """Return the numbers of a text; digits within names (CO2, p53) and citation or list numbers are none."""
    return frozenset[Number]().union(*(_numbers_of(sentence.plain) for sentence in read_text(text).sentences))


@lru_cache(maxsize=65_536)
def _numbers_of(plain: str) -> frozenset[Number]:
    return frozenset(_number(found, plain) for found in _NUMBER.finditer(plain))


def _number(found: re.Match[str], plain: str) -> Number:
    digits, word = found["digits"], found["word"]
    value = float(digits.replace(",", "").replace("−", "-").lstrip("-")) if digits else float(_WORDS[word.lower()])
    after = _AFTER.match(plain, found.end())
    if after is None:
        return Number(value, "")
    scale, unit = (after["scale"] or "").lower(), re.sub(r"\s", "", after["unit"] or "")
    return Number(value * _SCALES.get(scale, 1.0), _UNITS.get(unit) or _UNITS.get(unit.lower(), ""))


def numbers_from_nowhere(subject: Subject) -> list[Number]:
    """Return the numbers of a reply that neither its context nor its question has."""
    told = numbers_in(subject.reply.text)
    if not told:
        return []
    known = {one for text in (*subject.context, subject.case.question) for one in numbers_in(text)}
    return _unmatched(told, known)


def score_numbers(subject: Subject) -> Outcomes:
    """Count the numbers from nowhere, and those of vital nuggets that the reply lacks."""
    wanted = {one for nugget in subject.case.nuggets if nugget.weight == "vital" for one in numbers_in(nugget.text)}
    missed = _unmatched(wanted, numbers_in(subject.reply.text))
    nowhere = {"numbers_unsupported": float(len(numbers_from_nowhere(subject)))} if subject.context else {}
    return {**nowhere, "numbers_missed": float(len(missed))}


def _unmatched(numbers: Iterable[Number], known: Iterable[Number]) -> list[Number]:
    others = list(known)
    return [one for one in sorted(numbers) if not any(one.agrees(other) for other in others)]
