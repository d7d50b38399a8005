"""Items that people judged, to measure judges on.

A file of JSON lines, one item a line:

    {"task": "nuggets" | "support" | "contradiction" | "pairwise", "id": its name, "stratum": kind of the case,
     "label": what people say, "item": what is judged, "cluster": of items that are not independent; its id by default,
     "annotator": who said so, optional}

| task | item | labels |
| --- | --- | --- |
| nuggets | question, answer, nugget | support, partial, none |
| support | claim, source | full, partial, none, contradicts |
| contradiction | question, reference, answer | contradicts, consistent |
| pairwise | question, reference, answer_a, answer_b | a, b, tie |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from evals.judging.asking import ANSWER, listed, pair_requests
from evals.judging.judgement import CREDITS, JudgeName, Question
from evals.labels import LabelLine, LabelsError, read_label_lines

_KEYS: Final = ("task", "id", "stratum", "label", "item", "cluster", "annotator")
_ITEM_KEYS: Final[Mapping[JudgeName, tuple[str, ...]]] = {
    "nuggets": ("question", "answer", "nugget"),
    "support": ("claim", "source"),
    "contradiction": ("question", "reference", "answer"),
    "pairwise": ("question", "reference", "answer_a", "answer_b"),
}


@dataclass(frozen=True, slots=True)
class LabelledItem:
    """An item with what people say of it.

    Attributes:
        texts: what is judged, by the keys of the file.
    """

    task: JudgeName
    id: str
    cluster: str
    stratum: str
    label: str
    texts: Mapping[str, str]

    def questions(self, repeat: int) -> tuple[Question, ...]:
        """Return what a judge is asked of it: two questions for a pair, else one."""
        texts = dict(self.texts)
        if self.task == "pairwise":
            asked, answers = (texts["question"], texts["reference"]), (texts["answer_a"], texts["answer_b"])
            return pair_requests(self.id, "open", repeat, asked, answers)
        if self.task == "nuggets":
            texts["facts"] = listed([texts.pop("nugget")])
        return (Question(judge=self.task, case=self.id, arm="open", repeat=repeat, items=(ANSWER,), texts=texts),)


def read_labelled(file: Path) -> list[LabelledItem]:
    """Return the items of a file.

    Raises:
        LabelsError: the file cannot be read, or a line of it is no item, or names one a second time.
    """
    items: list[LabelledItem] = []
    ids: dict[str, str] = {}
    for line in read_label_lines(file):
        item = _item(line)
        if item.id in ids:
            raise line.wrong(f"the id {item.id!r} is taken by {ids[item.id]}")
        ids[item.id] = line.place
        items.append(item)
    if not items:
        raise LabelsError(f"{file}: holds no item")
    return items


def _item(line: LabelLine) -> LabelledItem:
    line.allow(_KEYS)
    task = cast("JudgeName", line.choice("task", tuple(CREDITS)))
    child = line.child("item")
    child.allow(_ITEM_KEYS[task])
    return LabelledItem(
        task=task,
        id=line.text("id"),
        cluster=line.optional_text("cluster", line.text("id")),
        stratum=line.text("stratum"),
        label=line.choice("label", tuple(CREDITS[task])),
        texts={key: child.text(key) for key in _ITEM_KEYS[task]},
    )
