"""How near the embedder comes to ONNX Runtime's best: `make bench-embedding CORPUS=folder`.

The raw figures are ONNX Runtime alone over the same texts, already in tokens and sorted by length, pooled as the
embedder pools them; the embedder's own includes the tokenizer. Rounds are interleaved, and medians compared.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

from rag.adapters.minilm import MiniLMEmbedder
from rag.adapters.minilm_wheels import MODEL, TOKENIZER
from rag.corpus import load_corpus
from rag.passages import embedded_text, passages_of

_TEXTS = 400
_ROUNDS = 3
_SETTINGS = ((1, 1), (1, 2), (1, 4), (1, 8), (2, 8), (2, 32))
"""Threads of each session, and texts of each batch; as many sessions as use all cores."""


def main() -> None:
    """Run the measurement and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    embedder = MiniLMEmbedder()
    entries = load_corpus(parser.parse_args().corpus_dir).entries.values()
    passages = [one for entry in entries for one in passages_of(entry, embedder.count_tokens, embedder.max_tokens)]
    texts = [embedded_text(one) for one in passages[:: max(1, len(passages) // _TEXTS)]][:_TEXTS]
    runs: dict[str, Callable[[], object]] = {"the embedder": lambda: embedder.embed(texts)}
    for threads, batch in _SETTINGS:
        runs[f"ONNX Runtime, {threads} thread(s) a session, batch {batch}"] = _raw(texts, threads, batch)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(_ROUNDS):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - started)
    rates = {name: len(texts) / statistics.median(own) for name, own in times.items()}
    best = max(rate for name, rate in rates.items() if name.startswith("ONNX"))
    table = Table("run", "texts/s", "of the best raw figure")
    for name, rate in rates.items():
        table.add_row(name, f"{rate:.1f}", f"{rate / best:.2f}")
    Console().print(table)


def _raw(texts: Sequence[str], threads: int, batch: int) -> Callable[[], object]:
    tokenizer: Tokenizer = Tokenizer.from_str(TOKENIZER.read().decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(MiniLMEmbedder.max_tokens)  # pyright: ignore[reportUnknownMemberType] its **kwargs
    ids = sorted((encoding.ids for encoding in tokenizer.encode_batch(list(texts))), key=len)
    batches = [_inputs(ids[start : start + batch]) for start in range(0, len(ids), batch)]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    count = max(1, (os.cpu_count() or 1) // threads)
    sessions = [
        onnxruntime.InferenceSession(MODEL.read(), options, providers=["CPUExecutionProvider"]) for _ in range(count)
    ]

    def embed_share(place: int) -> None:
        _embed(sessions[place], batches[place::count])

    def run() -> None:
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(embed_share, range(count)))

    return run


def _inputs(ids: Sequence[Sequence[int]]) -> dict[str, np.ndarray]:
    padded = np.zeros((len(ids), max(map(len, ids))), dtype=np.int64)
    mask = np.zeros_like(padded)
    for row, own in enumerate(ids):
        padded[row, : len(own)] = own
        mask[row, : len(own)] = 1
    return {"input_ids": padded, "attention_mask": mask, "token_type_ids": np.zeros_like(padded)}


def _embed(session: onnxruntime.InferenceSession, batches: Sequence[dict[str, np.ndarray]]) -> None:
    for inputs in batches:
        states = session.run(["last_hidden_state"], inputs)[0]
        weights = inputs["attention_mask"][..., np.newaxis].astype(np.float32)
        means = (states * weights).sum(axis=1) / weights.sum(axis=1)
        np.linalg.norm(means, axis=1, keepdims=True)


if __name__ == "__main__":
    main()
