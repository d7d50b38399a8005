"""From a question to an answer that says nothing its entries do not."""

from rag.answering.answerer import Answerer
from rag.answering.composer import Composer
from rag.answering.fencing import PLACEHOLDERS
from rag.answering.generator import AnswerGenerator
from rag.answering.keeping import Keeper

__all__ = ["PLACEHOLDERS", "AnswerGenerator", "Answerer", "Composer", "Keeper"]
