"""From a question to an answer that says nothing its entries do not."""

from rag.answering.answerer import Answerer
from rag.answering.composer import Composer

__all__ = ["Answerer", "Composer"]
