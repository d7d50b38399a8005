"""Whether what is said is said by an entry: a verdict on every sentence."""

from rag.grounding.refuting import Refuter, SourceSentence
from rag.grounding.support import Sources, as_among_many

__all__ = ["Refuter", "SourceSentence", "Sources", "as_among_many"]
