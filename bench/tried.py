"""Levers that were tried and not kept: `make bench-tried CORPUS=...`.

Over the answerable questions of both splits: ours; near-duplicate entries collapsed; the question moved towards the
best sections found (pseudo-relevance feedback); and late interaction, where each token of a question meets its nearest
token in the entry, with the token states of the same model made on the spot for the best entries. The last takes
minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

from bench.questions import DevelopmentQuestion, load_questions, open_corpora
from bench.ranking import FIGURES, figures_of
from rag.adapters.minilm_wheels import MODEL, TOKENIZER
from rag.cli.progress import show_progress
from rag.passages import embedded_text
from rag.ports import Rows, Vectors
from rag.retrieval import Retriever
from rag.retrieval.retriever import Candidates
from rag.retrieval.terms import TermMatch, match_terms

_RERANKED = 20
_SAME = 0.95
_MOVED = 0.2
_BEST_SECTIONS = 3


def main() -> None:
    """Run the measurement and print a table for each split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    answerable = [one for one in load_questions() if one.relevant]
    with open_corpora(parser.parse_args().corpus_dir) as corpora:
        trials = {name: Trial(corpus.retriever) for name, corpus in corpora.items()}
        results: list[tuple[DevelopmentQuestion, dict[str, list[str]]]] = []
        with show_progress("Trying") as progress:
            for number, one in enumerate(answerable, start=1):
                results.append((one, trials[one.corpus].rankings(one.question)))
                progress(number, len(answerable))
    for split in ("dev", "test"):
        own = [(one, rankings) for one, rankings in results if one.split == split]
        table = Table("tried", *FIGURES, title=f"{split}: {len(own)} answerable questions")
        for name in own[0][1]:
            means = np.mean([figures_of(one, rankings[name]) for one, rankings in own], axis=0)
            table.add_row(name, *(f"{mean:.3f}" for mean in means))
        Console().print(table)


class TokenStates:
    """The model's last states, a unit vector a token."""

    def __init__(self) -> None:
        self._tokenizer: Tokenizer = Tokenizer.from_str(TOKENIZER.read().decode())
        self._tokenizer.no_padding()
        self._session = onnxruntime.InferenceSession(
            MODEL.read(), onnxruntime.SessionOptions(), providers=["CPUExecutionProvider"]
        )

    def of(self, text: str) -> Vectors:
        """Return the states of a text's tokens, shape ``(tokens, 384)``."""
        ids = np.array([self._tokenizer.encode(text).ids[:256]], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(["last_hidden_state"], inputs)[0][0][1:-1]
        return (states / np.linalg.norm(states, axis=1, keepdims=True)).astype(np.float32)


@dataclass(slots=True)
class Trial:
    """One corpus, searched in each way."""

    retriever: Retriever
    _states: TokenStates = field(default_factory=TokenStates)
    _of_entries: dict[int, Vectors] = field(default_factory=dict[int, Vectors])

    def rankings(self, question: str) -> dict[str, list[str]]:
        """Return the urls found in each way, best first."""
        query = self.retriever.reader.read(question)
        matched = match_terms(query.concepts, self.retriever.snapshot.postings)
        vector = self.retriever.embedder.embed([query.text])[0]
        found = self.retriever.candidates(vector, matched)
        order = np.argsort(-found.fused, kind="stable")
        late = found.fused.copy()
        best = order[:_RERANKED]
        late[best] += 10 + self._late(query.text, found.entries[best])
        return {
            "ours": self._urls(found, order),
            "near-duplicates collapsed": self._urls(found, self._distinct(found, order)),
            "moved towards the best sections": self._moved(vector, matched, found, order),
            "late interaction over the best 20": self._urls(found, np.argsort(-late, kind="stable")),
        }

    def _urls(self, found: Candidates, order: Iterable[int]) -> list[str]:
        return [self.retriever.snapshot.urls[int(found.entries[place])] for place in order]

    def _distinct(self, found: Candidates, order: Rows) -> list[int]:
        means = np.add.reduceat(self.retriever.snapshot.sections.vectors(found.section_rows), found.begins, axis=0)
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        kept: list[int] = []
        for place in order:
            if all(means[place] @ means[other] < _SAME for other in kept):
                kept.append(int(place))
        return kept

    def _moved(self, vector: Vectors, matched: TermMatch, found: Candidates, order: Rows) -> list[str]:
        ends = [*found.begins[1:], len(found.section_rows)]
        best = [
            found.begins[place] + int(np.argmax(found.section_cosines[found.begins[place] : ends[place]]))
            for place in order[:_BEST_SECTIONS]
        ]
        near = self.retriever.snapshot.sections.vectors(found.section_rows[best]).mean(axis=0)
        moved = (1 - _MOVED) * vector + _MOVED * near
        again = self.retriever.candidates((moved / np.linalg.norm(moved)).astype(np.float32), matched)
        return self._urls(again, np.argsort(-again.fused, kind="stable"))

    def _late(self, text: str, entries: Rows) -> Vectors:
        """Return the mean cosine of the question's tokens to their nearest tokens in each entry."""
        asked = self._states.of(text)
        return np.array([(asked @ self._states_of(int(entry)).T).max(axis=1).mean() for entry in entries])

    def _states_of(self, entry: int) -> Vectors:
        if entry not in self._of_entries:
            _, *sections = self.retriever.store.passages([self.retriever.snapshot.urls[entry]])
            states = [self._states.of(embedded_text(section)) for section in sections]
            self._of_entries[entry] = np.concatenate(states)
        return self._of_entries[entry]


if __name__ == "__main__":
    main()
