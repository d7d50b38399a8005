"""A judge is believed as far as it says what people say."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from evals.judging import Judge, Judging, LabelledItem, TaskCalibration, calibrate, read_labelled
from evals.judging.judgement import CREDITS
from evals.judging.metrics import SWAPPED
from evals.labels import LabelsError
from evals.statistics import Agreement, Sampling
from evals.statistics.correcting import corrected_mean
from rag.corpus import decode_newlines, load_corpus
from rag.models import ChatMessage, ReplyEnd, ReplyPart, Usage

SAMPLING = Sampling(draws=300)
DATASET = Path("evals/datasets/judges/calibration.jsonl")
TASKS = ("nuggets", "support", "contradiction", "pairwise")


@dataclass
class ActingModel:
    """Replies what a function of the labelled item says; implements `rag.ports.ChatModel`.

    Attributes:
        act: given the item and whether a pair's answer b is shown first, returns a word of the menu.
    """

    items: Sequence[LabelledItem]
    act: Callable[[LabelledItem, bool], str]
    name: str = "acting"
    asked: int = field(default=0)

    async def stream(
        self,
        messages: Sequence[ChatMessage],
        is_shown: Callable[[], bool],  # noqa: ARG002 the port's
    ) -> AsyncGenerator[ReplyPart]:
        """Reply with a verdict, and the quotes that one judge must give."""
        self.asked += 1
        told = messages[-1].content
        item = next(one for one in self.items if all(_clean(text) in _clean(told) for text in one.texts.values()))
        is_swapped = item.task == "pairwise" and told.index("<first-") > 0 and _is_swapped(item, told)
        word = self.act(item, is_swapped)
        if item.task == "contradiction":
            yield f'answer: "{_words(item.texts["answer"])}"\nreference: "{_words(item.texts["reference"])}"\n'
        yield f"verdict: {word}"
        yield ReplyEnd(self.name, Usage(1, 1), 0.0)


def _clean(text: str) -> str:
    return "".join(text.replace("</second>", "").replace("</answer>", "").split())


def _words(text: str) -> str:
    return " ".join(text.split()[:3])


def _is_swapped(item: LabelledItem, told: str) -> bool:
    first = told.partition("<first-")[2].partition("</first-")[0]
    return _clean(item.texts["answer_b"]) in _clean(first)


def right(item: LabelledItem, is_swapped: bool) -> str:  # noqa: FBT001 what the model asks with
    """Return what people say."""
    return SWAPPED[item.label] if is_swapped else item.label


@pytest.fixture(scope="module")
def items(repository: Path) -> list[LabelledItem]:
    """Return the labelled items of the harness."""
    return read_labelled(repository / DATASET)


def judging_of(items: Sequence[LabelledItem], act: Callable[[LabelledItem, bool], str]) -> Judging:
    """Return a judge that acts so."""
    return Judging(Judge(ActingModel(items, act), "run"))


def test_a_judge_that_is_right_may_gate(items: list[LabelledItem]) -> None:
    """It agrees fully, with itself too, and in both orders."""
    found = calibrate(items, judging_of(items, right), SAMPLING)

    assert set(found.tasks) == set(TASKS)
    for task, one in found.tasks.items():
        assert (one.n, one.unscored, one.kappa.value, one.alpha.value) == (15, {}, 1.0, 1.0)
        assert one.self_consistency == 1
        assert one.swap_consistency == (1 if task == "pairwise" else None)
        assert all(count == 0 for label, row in one.confusion.items() for word, count in row.items() if word != label)
        assert all(agreed == of for agreed, of in one.by_stratum.values())
        assert found.may_gate(task)
    assert found.may_gate_metric("judge_support")


def test_a_judge_that_draws_lots_may_not(items: list[LabelledItem]) -> None:
    """Its agreement is about that of chance, and it contradicts itself."""
    chance = random.Random(5)  # noqa: S311 lots, no secrets
    found = calibrate(items, judging_of(items, lambda item, _: chance.choice(list(CREDITS[item.task]))), SAMPLING)

    assert not any(map(found.may_gate, TASKS))
    assert all(abs(one.kappa.value or 0) < 0.5 for one in found.tasks.values())
    assert all((one.self_consistency or 0) < 0.9 for one in found.tasks.values())
    assert (found.tasks["pairwise"].swap_consistency or 0) < 0.8


def test_a_judge_that_always_says_yes_may_not(items: list[LabelledItem]) -> None:
    """It is right often, true to itself, and worth nothing: kappa is 0."""
    yes = {"nuggets": "support", "support": "full", "contradiction": "consistent", "pairwise": "a"}
    found = calibrate(items, judging_of(items, lambda item, _: yes[item.task]), SAMPLING)

    for task, one in found.tasks.items():
        assert one.kappa.value == pytest.approx(0)
        assert one.self_consistency == 1
        assert not found.may_gate(task)
    assert found.tasks["pairwise"].swap_consistency == 0
    assert found.tasks["pairwise"].confusion["b"] == {"b": 0, "tie": 6, "a": 0}


def test_the_bar_is_a_kappa_of_six_tenths(items: list[LabelledItem]) -> None:
    """Of items that are half and half, four fifths right are a kappa of 0.6, and one less is not enough."""
    (first, *_) = [item for item in items if item.task == "contradiction"]
    words = ("consistent", "contradicts")
    made = [
        replace(
            first, id=str(n), cluster=str(n), label=words[n % 2], texts={**first.texts, "question": f"Number {n}|?"}
        )
        for n in range(20)
    ]

    def with_wrong(count: int) -> float:
        wrong = {item.id for item in made[:count]}
        act = lambda item, _: words[words.index(item.label) ^ (item.id in wrong)]  # noqa: E731
        one = calibrate(made, judging_of(made, act), SAMPLING).tasks["contradiction"]
        assert one.may_gate == (count <= 4)
        return one.kappa.value or 0.0

    assert with_wrong(4) == pytest.approx(0.6)
    assert with_wrong(5) < 0.6


def test_what_has_no_verdict_is_counted_apart(items: list[LabelledItem]) -> None:
    """It lowers no kappa, and is told with its reason; a judge of whom nobody labelled anything may not gate."""
    own = [item for item in items if item.task == "support"]
    act = lambda item, _: "perhaps" if item.label == "none" else item.label  # noqa: E731
    found = calibrate(own, judging_of(own, act), SAMPLING)

    assert found.tasks["support"].unscored == {"judge: off the menu": 3}
    assert (found.tasks["support"].n, found.tasks["support"].kappa.value) == (12, 1.0)
    assert not found.may_gate("pairwise")
    assert not found.may_gate_metric("judge_contradiction")
    assert found.may_gate_metric("content_f1")
    none = calibrate(own, judging_of(own, lambda *_: "perhaps"), SAMPLING).tasks["support"]
    assert (none.n, none.kappa.value, none.self_consistency, none.may_gate) == (0, None, None, False)


def test_a_calibration_goes_on_where_it_was(items: list[LabelledItem]) -> None:
    """Each item is asked twice and each pair four times, and what is kept is not asked again."""
    kept: list = []
    model = ActingModel(items, right)
    calibrate(items, Judging(Judge(model, "run"), record=kept.append), SAMPLING)
    assert model.asked == 45 * 2 + 15 * 4

    calibrate(items, Judging(Judge(model, "run"), kept=kept), SAMPLING)
    assert model.asked == 150


def test_a_mean_is_corrected_from_100_labels_on(items: list[LabelledItem]) -> None:
    """A judge that is generous by a fifth is brought down by a fifth."""
    (first, *_) = [item for item in items if item.task == "contradiction"]
    made = [
        replace(
            first, id=str(n), cluster=str(n), label="consistent", texts={**first.texts, "question": f"Number {n}|?"}
        )
        for n in range(100)
    ]
    act = lambda item, _: "contradicts" if int(item.id) % 5 == 0 else item.label  # noqa: E731
    values, clusters = [1.0, 0.0] * 50, [str(number) for number in range(100)]
    one = calibrate(made, judging_of(made, act), SAMPLING).tasks["contradiction"]
    corrected = one.correct(values, clusters)

    assert corrected is not None
    assert (corrected.raw, corrected.bias, corrected.mean) == pytest.approx((0.5, 0.2, 0.3))
    few = calibrate(made[:99], judging_of(made, act), SAMPLING).tasks["contradiction"]
    assert few.correct(values, clusters) is None


def test_corrected_means_keep_their_promise() -> None:
    """In about 95 of 100 draws the interval holds the truth, where the raw mean is off by a tenth."""
    generator = np.random.default_rng(11)
    held = 0
    for _ in range(300):
        truth = generator.random(600) < 0.6
        said = np.where(generator.random(600) < 0.75, truth, generator.random(600) < 1.0)
        names = [str(number) for number in range(600)]
        errors = said[:150].astype(float) - truth[:150]
        found = corrected_mean(list(said[150:].astype(float)), names[150:], list(errors), names[:150])
        assert found.raw > 0.62
        assert found.interval is not None
        held += 0.6 in found.interval
    assert 0.91 <= held / 300 <= 0.98


def test_one_cluster_has_no_interval() -> None:
    """Nothing is known of what varies between clusters."""
    assert corrected_mean([1.0, 0.0], ["a", "a"], [0.0, 1.0], ["b", "c"]).interval is None


def test_the_labelled_items_stand_on_the_starter_corpus(items: list[LabelledItem], repository: Path) -> None:
    """15 for each judge, every word of the menus, six kinds; sources and references are the entries' own sentences."""
    entries = load_corpus(repository / "corpus").entries
    assert Counter(item.task for item in items) == dict.fromkeys(TASKS, 15)
    assert {(item.task, item.label) for item in items} == {(task, word) for task in TASKS for word in CREDITS[task]}
    assert min(Counter(item.stratum for item in items).values()) >= 5
    for item in items:
        answer = " ".join(decode_newlines(entries[f"/learn/biology/questions/{item.cluster}"].answer).split())
        for sentence in (item.texts.get("source") or item.texts.get("reference") or "").split(". "):
            assert sentence.rstrip(".") in answer


GOOD = {"task": "support", "id": "s1", "stratum": "control", "label": "full", "item": {"claim": "A.", "source": "B."}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "taste"}, "'task' is 'taste'; it must be one of"),
        ({"label": "yes"}, "'label' is 'yes'; it must be one of contradicts, none, partial, full"),
        ({"item": {"claim": "A."}}, "'source' must be text"),
        ({"item": {"claim": "A.", "source": "B.", "answer": "C."}}, "there is no key 'answer'"),
        ({"item": "A."}, "'item' must be an object"),
        ({"stratum": None}, "'stratum' must be text"),
        ({"id": "s0"}, "the id 's0' is taken by .*:1"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    """By file and line."""
    file = tmp_path / "labels.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in ({**GOOD, "id": "s0"}, GOOD | changes)), encoding="utf-8")
    with pytest.raises(LabelsError, match=rf"labels\.jsonl:2: {message}"):
        read_labelled(file)


def test_a_file_without_items_is_refused(tmp_path: Path) -> None:
    """As is one that is not there."""
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n\n")
    with pytest.raises(LabelsError, match="holds no item"):
        read_labelled(empty)
    with pytest.raises(LabelsError, match="cannot be read"):
        read_labelled(tmp_path / "missing.jsonl")


def test_a_judge_that_mostly_says_nothing_may_not_gate() -> None:
    """Two right verdicts of fifteen agree wholly with people, and show nothing."""
    one = TaskCalibration(
        n=2,
        unscored={"judge: unreadable": 13},
        kappa=Agreement(1.0, None, 2, 2),
        alpha=Agreement(1.0, None, 2, 2),
        confusion={},
        by_stratum={},
        self_consistency=None,
        swap_consistency=None,
        errors=(),
        error_clusters=(),
    )
    assert not one.may_gate
    assert replace(one, unscored={}).may_gate
