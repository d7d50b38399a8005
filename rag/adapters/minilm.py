"""The default embedder: all-MiniLM-L6-v2 on ONNX Runtime, on the processor, with no network."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from queue import SimpleQueue
from typing import Final

import numpy as np
from tokenizers import Tokenizer

from rag.adapters.minilm_wheels import MODEL, TOKENIZER
from rag.ports import Vectors
from rag.settings import forbid_telemetry

forbid_telemetry()
import onnxruntime  # noqa: E402 only then

DIMENSIONS: Final = 384

_MAX_TOKENS: Final = 256
"""The model's training length (its model card); longer input would be cut off silently."""

_BATCH_SIZE: Final = 4
"""Two one-thread sessions at batch 1 to 4 gave twice the passages per second of two threads at batch 32 (bench/)."""

_MAX_SESSIONS: Final = 8

_WORTH_A_POOL: Final = 64
"""Below this many texts, opening more sessions takes longer than it saves."""


class MiniLMEmbedder:
    """Mean-pooled, unit-length vectors of 384 dimensions; implements the port `rag.ports.Embedder`.

    Sessions have one thread each: one for a first question, and several from the first large batch on.

    Args:
        most_sessions: how many that may be; there are never more than cores.

    Raises:
        ConfigurationError: a model file is missing or is not the one pinned in `minilm_wheels`.
    """

    fingerprint = f"all-MiniLM-L6-v2-int8:{MODEL.sha256[:12]}:{TOKENIZER.sha256[:12]}"
    max_tokens = _MAX_TOKENS
    batch_size = 1_024
    usd_per_million_tokens = 0.0

    def __init__(self, most_sessions: int = _MAX_SESSIONS) -> None:
        self._most_sessions = most_sessions
        self._model = MODEL.read()
        self._tokenizer: Tokenizer = Tokenizer.from_str(TOKENIZER.read().decode())
        # The file ships with padding to 128 and truncation at 128 switched on; both would change every vector.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)  # pyright: ignore[reportUnknownMemberType] its **kwargs have no type
        self._sessions: SimpleQueue[onnxruntime.InferenceSession] = SimpleQueue()
        self._sessions.put(self._open_session())
        self._opened = 1
        self._opening = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    @cached_property
    def _counter(self) -> Tokenizer:
        counter: Tokenizer = Tokenizer.from_str(self._tokenizer.to_str())
        counter.no_truncation()
        return counter

    def count_tokens(self, text: str) -> int:
        """Return the length of a text in tokens, the two marks around it included."""
        return len(self._counter.encode(text).ids)

    @property
    def most_at_once(self) -> int:
        """Return how many sessions there may be."""
        return min(os.cpu_count() or 1, self._most_sessions)

    def open_sessions(self) -> None:
        """Open all sessions that there may be, for callers on many threads."""
        with self._opening:
            for _ in range(self._opened, self.most_at_once):
                self._sessions.put(self._open_session())
            self._opened = self.most_at_once

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the unit-length vectors of texts, shape ``(len(texts), 384)``, in their order."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        batches = [by_length[start : start + _BATCH_SIZE] for start in range(0, len(texts), _BATCH_SIZE)]

        def fill(batch: list[int]) -> None:
            vectors[batch] = self._embed_batch([texts[place] for place in batch])

        if len(texts) < _WORTH_A_POOL:
            for batch in batches:
                fill(batch)
        else:
            list(self._workers().map(fill, batches))
        return vectors

    def _embed_batch(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(texts)
        longest = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(texts), longest), dtype=np.int64)
        mask = np.zeros((len(texts), longest), dtype=np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        session = self._sessions.get()
        try:
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            states = session.run(["last_hidden_state"], inputs)[0]
        finally:
            self._sessions.put(session)
        weights = mask[..., np.newaxis].astype(np.float32)
        means = (states * weights).sum(axis=1) / weights.sum(axis=1)
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    def _workers(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self.open_sessions()
            self._pool = ThreadPoolExecutor(self.most_at_once, thread_name_prefix="embed")
        return self._pool

    def _open_session(self) -> onnxruntime.InferenceSession:
        """Open a session in 0.3 s, optimised: a question then takes 9 ms, where the graph as it is takes 30 ms."""
        levels = onnxruntime.GraphOptimizationLevel
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = levels.ORT_ENABLE_BASIC
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(self._model, options, providers=["CPUExecutionProvider"])
