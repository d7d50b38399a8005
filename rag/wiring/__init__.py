"""The only place that turns settings into objects."""

from rag.wiring.embedders import (
    embedder_fingerprint,
    load_embedder,
    load_ray_embedder,
    load_reranker,
    open_serving_embedder,
)
from rag.wiring.indexes import (
    index_folder,
    index_status,
    roll_back_index,
    sync_index,
    treat_index,
    verify_index,
    watch_corpus,
)
from rag.wiring.opening import open_for_reading, open_index, open_quicktakes, open_synced
from rag.wiring.quicktakes import QuickTakes, with_chat_model

__all__ = [
    "QuickTakes",
    "embedder_fingerprint",
    "index_folder",
    "index_status",
    "load_embedder",
    "load_ray_embedder",
    "load_reranker",
    "open_for_reading",
    "open_index",
    "open_quicktakes",
    "open_serving_embedder",
    "open_synced",
    "roll_back_index",
    "sync_index",
    "treat_index",
    "verify_index",
    "watch_corpus",
    "with_chat_model",
]
