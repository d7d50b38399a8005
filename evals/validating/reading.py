"""What people say of answers, to see which metrics say the same.

A file of JSON lines, all of one form. One answer a line, with a score, higher for better:

    {"question", "reference", "answer", "score": a number, "annotator"?, "cluster"?}

Or two answers a line, with which of them is better:

    {"question", "reference", "answer_a", "answer_b", "preference": "a" | "b" | "tie" or a number, "annotator"?,
     "cluster"?}

A preference as a number is above 0 for ``a``, below 0 for ``b``, and the further from 0 the clearer; ``a``, ``b`` and
``tie`` stand for 1, -1 and 0. ``annotator`` says who judged; what several say of the same is averaged. ``cluster``
names what is not independent, such as questions about one entry; the question by default.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from evals.labels import LabelLine, LabelsError, read_label_lines

Form = Literal["scores", "preferences"]

_SHARED: Final = ("question", "reference", "annotator", "cluster")
_KEYS: Final[dict[Form, tuple[str, ...]]] = {
    "scores": (*_SHARED, "answer", "score"),
    "preferences": (*_SHARED, "answer_a", "answer_b", "preference"),
}
_WORDS: Final = {"a": 1.0, "b": -1.0, "tie": 0.0}


@dataclass(frozen=True, slots=True)
class HumanItem:
    """One answer, or two, with what people say.

    Attributes:
        answers: one or two texts, as the file's form has it.
        said: a score or a preference, by annotator; who is not named is ``""``.
    """

    question: str
    reference: str
    answers: tuple[str, ...]
    cluster: str
    said: dict[str, float]

    @property
    def value(self) -> float:
        """Return what people say on average."""
        return math.fsum(self.said.values()) / len(self.said)


@dataclass(frozen=True, slots=True)
class HumanFile:
    """A file of people's judgements, each item once; `lines`: how many lines it has."""

    form: Form
    items: tuple[HumanItem, ...]
    lines: int


def read_human(file: Path) -> HumanFile:
    """Return what a file holds.

    Raises:
        LabelsError: it cannot be read, holds nothing, or a line is not as this module says; with file and line.
    """
    items: dict[tuple[str, ...], HumanItem] = {}
    form: Form | None = None
    n_lines = 0
    for line in read_label_lines(file):
        own: Form = "preferences" if "preference" in line.told or "answer_a" in line.told else "scores"
        if form not in {None, own}:
            raise line.wrong(f"all lines have one form: this one tells {own}, those before tell {form}")
        form, n_lines = own, n_lines + 1
        _add(items, _item(line, own), line)
    if form is None:
        raise LabelsError(f"{file}: holds no line")
    return HumanFile(form, tuple(items.values()), n_lines)


def _item(line: LabelLine, form: Form) -> HumanItem:
    line.allow(_KEYS[form])
    question = line.text("question")
    texts = ("answer",) if form == "scores" else ("answer_a", "answer_b")
    value = line.number("score") if form == "scores" else _preference(line)
    if not math.isfinite(value):
        raise line.wrong("what people say must be a finite number")
    return HumanItem(
        question=question,
        reference=line.text("reference"),
        answers=tuple(line.text(key) for key in texts),
        cluster=line.optional_text("cluster", question),
        said={line.optional_text("annotator", ""): value},
    )


def _preference(line: LabelLine) -> float:
    if isinstance(line.told.get("preference"), str):
        return _WORDS[line.choice("preference", tuple(_WORDS))]
    if "preference" not in line.told:
        raise line.wrong("'preference' is missing: a, b, tie or a number")
    return line.number("preference")


def _add(items: dict[tuple[str, ...], HumanItem], item: HumanItem, line: LabelLine) -> None:
    """Put an item to the others: what another annotator says of one that is there joins it."""
    known = items.setdefault((item.question, item.reference, *item.answers), item)
    if known is item:
        return
    ((annotator, value),) = item.said.items()
    if annotator in known.said:
        who = f"the annotator {annotator!r} judged it" if annotator else "it was judged"
        raise line.wrong(f"the same question and answer are there before, where {who}; name annotators that differ")
    if item.cluster != known.cluster:
        raise line.wrong(f"its cluster is {item.cluster!r}, and {known.cluster!r} where it is there before")
    known.said[annotator] = value


def ratings_of(items: Iterable[HumanItem]) -> tuple[list[list[float | None]], list[str]]:
    """Return each item's ratings in the order of all annotators, None where one gave none, and the items' clusters."""
    kept = list(items)
    names = sorted({name for item in kept for name in item.said})
    return [[item.said.get(name) for name in names] for item in kept], [item.cluster for item in kept]


def within_of(items: Sequence[HumanItem]) -> list[str] | None:
    """Return what each answer is compared within: its question, where one has several; None where none has."""
    questions = [item.question for item in items]
    return questions if len(set(questions)) < len(questions) else None
