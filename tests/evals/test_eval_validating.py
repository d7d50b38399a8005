"""Metrics are held against what people say, and the file that says it is checked line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scipy import stats

from evals.labels import LabelsError
from evals.scoring import Idf, Materials, content_f1
from evals.statistics import Sampling, WithPeople
from evals.validating import Validation, read_human, validate, validation_json, validation_markdown

SAMPLING = Sampling(draws=300)
IDF = Idf("every word weighs the same", 100, {})
FACTS = ("water enters by osmosis", "solutes lower its potential", "cells swell", "walls resist", "pressure builds up")
REFERENCE = ". ".join(FACTS) + "."
QUESTIONS = [f"What happens to {plant} in a pond?" for plant in "oak elm ivy fern moss rice leek kelp".split()]


def stating(count: int) -> str:
    """Return an answer that states so many facts of the reference, and as many others as it lacks."""
    others = [f"birds sing song {number}" for number in range(5 - count)]
    return ". ".join([*FACTS[:count], *others]) + "."


def written(folder: Path, *lines: object) -> Path:
    """Write lines of JSON into a file, and return it."""
    file = folder / "human.jsonl"
    file.write_text(
        "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines), encoding="utf-8"
    )
    return file


def scored_line(question: str, count: int, value: float, **changes: object) -> dict[str, object]:
    """Return a line with a score."""
    return {"question": question, "reference": REFERENCE, "answer": stating(count), "score": value, **changes}


def paired_line(question: str, a: int, b: int, preference: object, **changes: object) -> dict[str, object]:
    """Return a line with a preference."""
    texts = {"reference": REFERENCE, "answer_a": stating(a), "answer_b": stating(b)}
    return {"question": question, **texts, "preference": preference, **changes}


def found_of(validation: Validation, metric: str) -> WithPeople:
    """Return how a metric goes with people."""
    return next(one.found for one in validation.metrics if one.metric == metric)


def test_a_metric_that_ranks_as_people_do_has_a_correlation_of_one(tmp_path: Path) -> None:
    """Answers that state more of the reference score more, and are scored higher by people here."""
    counts = [1, 2, 3, 4, 5, 1, 3, 5]
    lines = [scored_line(question, count, count) for question, count in zip(QUESTIONS, counts, strict=True)]
    validation = validate(read_human(written(tmp_path, *lines)), Materials(idf=IDF), SAMPLING)
    found = found_of(validation, "content_f1")

    assert found.spearman.value == pytest.approx(1)
    assert found.pearson.value == pytest.approx(1, abs=0.03)
    assert found.pairwise.value == 1
    assert found.spearman.interval is not None
    assert (validation.n_items, validation.n_clusters, validation.is_within, validation.people) == (8, 8, False, None)


def test_people_who_see_it_the_other_way_turn_the_sign(tmp_path: Path) -> None:
    """Minus one, and no pair alike."""
    lines = [scored_line(question, count, -count) for question, count in zip(QUESTIONS, [1, 2, 3, 4] * 2, strict=True)]
    found = found_of(validate(read_human(written(tmp_path, *lines)), sampling=SAMPLING), "content_f1")
    assert (found.spearman.value, found.pairwise.value) == (pytest.approx(-1), 0)


def test_answers_to_one_question_are_compared_with_one_another(tmp_path: Path) -> None:
    """Where one question is harder than another, what people say across them is no matter of the answers."""
    lines = [
        scored_line(QUESTIONS[number], count, count + 100 * easy)
        for number, (first, easy) in enumerate([(1, 0), (3, -1), (2, 0), (1, 3)])
        for count in (first, first + 1)
    ]
    validation = validate(read_human(written(tmp_path, *lines)), sampling=SAMPLING)
    found = found_of(validation, "content_f1")
    assert validation.is_within
    assert found.pairwise.value == 1
    assert (found.spearman.value or 0) < 0.5


def test_of_pairs_the_share_that_is_preferred_alike_is_told(tmp_path: Path) -> None:
    """Three of four here; people's ties count for nothing in it."""
    lines = [
        paired_line(QUESTIONS[0], 4, 1, "a"),
        paired_line(QUESTIONS[1], 1, 3, "b"),
        paired_line(QUESTIONS[2], 2, 5, "b"),
        paired_line(QUESTIONS[3], 3, 2, "b"),
        paired_line(QUESTIONS[4], 5, 1, "tie"),
    ]
    validation = validate(read_human(written(tmp_path, *lines)), sampling=SAMPLING)
    assert validation.form == "preferences"
    assert found_of(validation, "content_f1").pairwise.value == pytest.approx(0.75)


def test_preferences_may_be_graded(tmp_path: Path) -> None:
    """The difference of both scores goes with how much better people find one."""
    pairs = [(5, 1), (1, 5), (3, 2), (2, 3), (4, 2), (1, 3)]
    lines = [paired_line(question, a, b, a - b) for question, (a, b) in zip(QUESTIONS, pairs, strict=False)]
    validation = validate(read_human(written(tmp_path, *lines)), Materials(idf=IDF), SAMPLING)
    found = found_of(validation, "content_f1")
    f1 = [content_f1(stating(count), REFERENCE, QUESTIONS[0], IDF) or 0 for count in range(6)]
    theirs = stats.pearsonr([f1[a] - f1[b] for a, b in pairs], [a - b for a, b in pairs])[0]
    assert found.pearson.value == pytest.approx(theirs, abs=1e-4)
    assert found.pairwise.value == 1


def test_what_several_say_is_averaged_and_compared(tmp_path: Path) -> None:
    """An item is one item however many judged it, and how far they agree stands beside the metrics."""
    lines = [
        scored_line(question, count, count + shift, annotator=name)
        for question, count in zip(QUESTIONS, [1, 2, 3, 4, 5, 1, 3, 5], strict=True)
        for name, shift in (("ann", 0.0), ("bob", 0.4))
    ]
    human = read_human(written(tmp_path, *lines))
    validation = validate(human, sampling=SAMPLING)
    assert (validation.n_items, validation.n_lines) == (8, 16)
    assert human.items[0].value == pytest.approx(1.2)
    assert validation.people is not None
    assert 0.9 < (validation.people.value or 0) < 1


def test_clusters_widen_intervals_and_words_may_be_weighed_by_a_corpus(tmp_path: Path) -> None:
    """Questions about one entry are drawn together; a corpus's weights are told by their hash."""
    counts = [1, 2, 3, 4, 5, 1, 3, 5]
    lines = [
        scored_line(question, count, count + (number % 3), cluster=f"entry {number // 2}")
        for number, (question, count) in enumerate(zip(QUESTIONS, counts, strict=True))
    ]
    human = read_human(written(tmp_path, *lines))
    validation = validate(human, Materials(idf=IDF), SAMPLING)
    assert validation.n_clusters == 4
    assert validation.idf == IDF.corpus
    assert validation.idf != validate(human, sampling=SAMPLING).idf


def test_a_metric_that_needs_more_than_a_reference_is_left_out(tmp_path: Path) -> None:
    """As is one that says the same of all answers."""
    lines = [scored_line(question, count, count) for question, count in zip(QUESTIONS, [1, 2, 3, 4] * 2, strict=True)]
    names = {one.metric for one in validate(read_human(written(tmp_path, *lines)), sampling=SAMPLING).metrics}
    assert {"content_f1", "rouge_lsum", "chrf"} <= names
    assert not {one for one in names if one.startswith(("grounding", "citation", "nugget", "refus", "false_answer"))}


def test_of_metrics_that_count_faults_less_is_better(tmp_path: Path) -> None:
    """One that finds fault where people do goes with them: its sign is turned."""
    wrong = "Plant cells do not swell when water enters by osmosis."
    lines = [
        {"question": question, "reference": wrong.replace("do not ", ""), "answer": answer, "score": score}
        for question, answer, score in zip(
            QUESTIONS, [wrong, wrong.replace("do not ", "")] * 4, [1, 4] * 4, strict=True
        )
    ]
    validation = validate(read_human(written(tmp_path, *lines)), Materials(idf=IDF), SAMPLING)
    assert found_of(validation, "polarity_flags").spearman.value == pytest.approx(1)


def test_it_is_told_as_a_table_and_as_json(tmp_path: Path) -> None:
    """The same bytes each time, the metric that goes best with people first."""
    lines = [scored_line(question, count, count) for question, count in zip(QUESTIONS, [1, 2, 3, 4] * 2, strict=True)]
    human = read_human(written(tmp_path, *lines))
    validation = validate(human, sampling=SAMPLING)
    markdown = validation_markdown(validation)
    told = json.loads(validation_json(validation))

    assert validation_json(validate(human, sampling=SAMPLING)) == validation_json(validation)
    assert "| metric | n | Pearson | Spearman | pairwise |" in markdown
    assert "Too few clusters to compare metrics by." in markdown
    best = told["metrics"][0]
    assert best["spearman"]["value"] == max(one["spearman"]["value"] for one in told["metrics"])
    assert f"| {best['metric']} | 8 | " in markdown
    assert told["people"] is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is not JSON"),
        ("[1]", "must be a JSON object"),
        ('{"score": NaN}', "is not JSON"),
        (scored_line("Q?", 1, 1, reference=" "), "'reference' must be text, and not empty"),
        (scored_line("Q?", 1, 1, score="good"), "'score' must be a number"),
        (scored_line("Q?", 1, 1, score=True), "'score' must be a number"),
        ('{"question": "Q?", "reference": "R.", "answer": "A.", "score": 1e999}', "must be a finite number"),
        (scored_line("Q?", 1, 1, rating=4), "there is no key 'rating'"),
        (paired_line("Q?", 1, 2, "a"), "all lines have one form"),
        (scored_line(QUESTIONS[0], 1, 2), "the same question and answer are there before"),
        (scored_line(QUESTIONS[0], 1, 2, annotator="ann", cluster="x"), "its cluster is 'x'"),
    ],
)
def test_a_wrong_line_is_told_by_file_and_number(tmp_path: Path, line: object, message: str) -> None:
    """Blank lines count, and are nothing."""
    file = written(tmp_path, scored_line(QUESTIONS[0], 1, 1), "", line)
    with pytest.raises(LabelsError, match=rf"human\.jsonl:3: .*{message}"):
        read_human(file)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (paired_line("Q?", 1, 2, "left"), "'preference' is 'left'; it must be one of a, b, tie"),
        (paired_line("Q?", 1, 2, None), "'preference' must be a number"),
        ({"question": "Q?", "reference": "R.", "answer_a": "A.", "answer_b": "B."}, "'preference' is missing"),
        (paired_line("Q?", 1, 2, "a", answer="A."), "there is no key 'answer'"),
    ],
)
def test_a_wrong_preference_is_told(tmp_path: Path, line: object, message: str) -> None:
    """With what may stand there."""
    with pytest.raises(LabelsError, match=rf"human\.jsonl:1: {message}"):
        read_human(written(tmp_path, line))


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    """It is refused."""
    with pytest.raises(LabelsError, match="holds no line"):
        read_human(written(tmp_path))
