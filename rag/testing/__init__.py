"""Doubles for the ports, and entries to test with: what uses QuickTakes can be tested without a model."""

from rag.testing.bulk_embedder import InlineBulkEmbedder
from rag.testing.chat_model import HangingChatModel, ScriptedChatModel
from rag.testing.embedder import HashEmbedder
from rag.testing.embeddings_server import EmbeddingsServer
from rag.testing.entries import entry_text, make_entry
from rag.testing.reranker import HashReranker
from rag.testing.vectors import MemoryVectorIndex

__all__ = [
    "EmbeddingsServer",
    "HangingChatModel",
    "HashEmbedder",
    "HashReranker",
    "InlineBulkEmbedder",
    "MemoryVectorIndex",
    "ScriptedChatModel",
    "entry_text",
    "make_entry",
]
