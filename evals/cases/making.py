"""Cases made of a corpus alone: each entry's own question, with the entry and its neighbours hidden, or to be found."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np

from evals.cases.neighbourhood import Neighbourhoods, Terms, near_duplicates
from evals.cases.writing import render_case
from evals.models import Case, Split
from rag.corpus import Entry, find_files, read_file, write_file
from rag.errors import CorpusError, QuestionError
from rag.ports import Vectors

ANSWERABLE_F1: Final = 0.4
UNANSWERABLE_F1: Final = 0.25
"""How the best entry that is left scores against the answer where the others surely answer, and surely do not.

Of 482 entries whose relevant others were judged (`datasets/retrieval-dev`), 92 % of the 247 above the one bound have
one among those left, and 74 % of the 103 below the other have none. Four other measures told less: the best cosine of
questions, and the share of the answer that the nearest one, three or five entries hold.
"""

FROZEN: Final = "frozen.json"
"""What says which cases were made: a suite whose hashes are others is another suite."""

_DAY: Final = dt.date(2026, 1, 1)
_DEV_OF_TEN: Final = 3
_LONGEST_NAME: Final = 200
"""Bytes of a file's name, of the 255 that file systems allow."""


def make_cases(entries: Sequence[Entry], questions: Vectors, found: Neighbourhoods, corpus: str) -> list[Case]:
    """Return a held-out case for each entry but refusals, in their order.

    Near-duplicates share a cluster, and so a split, which a hash of the cluster draws: three in ten are for tuning.

    Args:
        questions: vectors of the entries' questions, in their order.
        corpus: the name that the cases call it by.
    """
    terms = Terms(entries)
    place_of = {entry.url: place for place, entry in enumerate(entries)}
    return [
        dataclasses.replace(
            case,
            kind="held_out_paraphrase",
            hold_out="neighbourhood",
            answerable=_answerable(terms, place_of[case.url], [place_of[url] for url in found.of([case.url])]),
        )
        for case in make_known_items(entries, questions, corpus)
    ]


def make_known_items(entries: Sequence[Entry], questions: Vectors, corpus: str) -> list[Case]:
    """Return a case for each entry but refusals, in which the entry is to be found by its own question.

    What is answered then is the known text, so retrieval alone is scored. See `make_cases`.
    """
    groups = near_duplicates(entries, questions)
    cluster_of = {place: PurePosixPath(entries[min(group)].url).name for group in groups for place in group}
    return [
        Case(
            url=entry.url,
            kind="known_item",
            split=_split_of(cluster_of[place]),
            cluster=cluster_of[place],
            corpus=corpus,
            question=entry.question,
            answer=entry.answer,
            expect="answer",
            sources={entry.url: 2},
            author="human",
        )
        for place, entry in enumerate(entries)
        if not entry.no_index
    ]


def _answerable(terms: Terms, place: int, hidden: Sequence[int]) -> bool | None:
    """Return whether the entries that are left answer as an entry does; None where the measure does not say."""
    scores = terms.content_f1(place)
    scores[np.array(hidden)] = 0
    best = float(scores.max())
    if best >= ANSWERABLE_F1:
        return True
    return False if best < UNANSWERABLE_F1 else None


def _split_of(cluster: str) -> Split:
    return "dev" if int(hashlib.sha256(cluster.encode()).hexdigest(), 16) % 10 < _DEV_OF_TEN else "test"


def freeze_cases(cases: Sequence[Case], folder: Path, corpus_sha256: str) -> str:
    """Write cases and the hashes that they are known by into a new folder; return the hash of them all.

    Raises:
        QuestionError: there is something in the folder: a suite that was frozen is not written over.
        ConfigurationError: it cannot be written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise QuestionError(f"{folder} is not empty, and frozen cases are not written over; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    hashes: dict[str, str] = {}
    for number, case in enumerate(cases, start=1):
        text = render_case(case, number, _DAY)
        name = f"{number:05d}-{PurePosixPath(case.url).name}"[:_LONGEST_NAME] + ".md"
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        hashes[name] = hashlib.sha256(text.encode()).hexdigest()
    told = {"corpus": corpus_sha256, "cases": hashes}
    whole = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    # last, and in one step: a folder without it is not frozen
    write_file(folder / FROZEN, json.dumps({**told, "sha256": whole}, indent=1, sort_keys=True) + "\n")
    return whole


def changed_since_frozen(folder: Path) -> list[str]:
    """Return the files of a frozen suite that changed, left or came, of all that cases are read from, by their paths.

    None where the suite was not frozen.

    Raises:
        QuestionError: what says how it was frozen cannot be read.
        ConfigurationError: the folder cannot be listed.
    """
    file = folder / FROZEN
    if not file.is_file():
        return []
    try:
        frozen: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))["cases"]
    except (ValueError, KeyError, TypeError) as error:
        raise QuestionError(f"{file} cannot be read ({error}); make the cases anew in another folder") from error
    now = {one.relative_to(folder).as_posix(): _hash_of(one) for one in find_files(folder)}
    return sorted({name for name, _ in frozen.items() ^ now.items()})


def _hash_of(file: Path) -> str:
    """Return the hash of a case's file; nothing of one that cannot be read, which was never frozen so."""
    try:
        return hashlib.sha256(read_file(file)).hexdigest()
    except CorpusError:
        return ""
