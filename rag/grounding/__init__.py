"""Whether what is said is said by an entry: a verdict on every sentence."""

from rag.grounding.refuting import Refuter, SourceSentence
from rag.grounding.support import Sources

__all__ = ["Refuter", "SourceSentence", "Sources"]
