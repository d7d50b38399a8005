"""From a question to an answer that says nothing its entries do not."""

from rag.answering.answerer import Answerer
from rag.answering.assembly import leads_in
from rag.answering.composer import Composer
from rag.answering.fencing import PLACEHOLDERS
from rag.answering.generator import AnswerGenerator
from rag.answering.judging import JUDGE_PLACEHOLDERS, Judge
from rag.answering.keeping import Keeper

__all__ = [
    "JUDGE_PLACEHOLDERS",
    "PLACEHOLDERS",
    "AnswerGenerator",
    "Answerer",
    "Composer",
    "Judge",
    "Keeper",
    "leads_in",
]
