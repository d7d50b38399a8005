"""What the harness speaks of: cases, what a system replied, and how that was scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "known_item",
    "held_out_paraphrase",
    "synthesis",
    "out_of_domain",
    "false_premise",
    "injection",
    "follow_up",
    "control",
]
Split = Literal["dev", "test"]
"""``dev`` is for choosing by; gates read ``test``."""

HoldOut = Literal["none", "entry", "neighbourhood"]
Expect = Literal["answer", "refuse", "correct_premise", "clarify"]
Author = Literal["human", "synthetic"]
Arm = Literal["open", "held_out"]
"""Whether a case is asked of the whole corpus, or as if what it was made from were not in it."""


@dataclass(frozen=True, slots=True)
class Nugget:
    """A fact that a good answer holds.

    Attributes:
        any_of: wordings, one of which stands within a sentence that states it; a word that ends in ``*`` has any end.
        polarity: ``negative`` for what a good answer denies.
        source: url of the entry that holds it, where a case needs several.
    """

    id: str
    text: str
    weight: Literal["vital", "okay"]
    any_of: tuple[str, ...]
    polarity: Literal["positive", "negative"] = "positive"
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer: an earlier turn, or an entry planted in a scratch copy of the corpus."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, how it is to be asked, and what a good answer is.

    Attributes:
        url: its key, as of any entry.
        corpus: what it is asked of: ``starter``, ``real``, or the name of a folder that cases were made from.
        answer: the reference.
        cluster: of cases that are not independent: rewordings of one entry, twins, turns of one conversation.
        sources: entries that hold the answer, by url: 2 for one that holds it whole, 1 for a good part.
        twin: url of the case that differs in one thing only.
        answerable: of a case made from a corpus, whether its other entries cover it; None where nobody said.
        sha256: of the file it was read from.
    """

    url: str
    kind: Kind
    split: Split
    cluster: str
    corpus: str
    question: str
    answer: str
    expect: Expect
    sources: Mapping[str, int] = field(default_factory=dict[str, int])
    hold_out: HoldOut = "none"
    nuggets: tuple[Nugget, ...] = ()
    must_not: tuple[str, ...] = ()
    turns: tuple[Exchange, ...] = ()
    plant: tuple[Exchange, ...] = ()
    canary: str | None = None
    twin: str | None = None
    answerable: bool | None = None
    author: Author = "human"
    reviewed_by: str | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of a reply: the entry, and the quote where the system gave one."""

    n: int
    url: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a reply, with the numbers of its citations."""

    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a system replied to a case: all that scoring needs, which then touches neither network nor index.

    Attributes:
        case: url of the case.
        repeat: from 0, where a case is asked several times.
        refused: whether the system itself says that it does not answer; None where it says nothing of it.
        sentences: of the text, in order; empty where the system gives the text only.
        retrieved: urls of the entries found, best first.
        context: the text that the answer was made from, by url.
        excluded: urls that were hidden from the system.
        prompt: all that a language model was sent; empty where none took part.
        error: why there is no answer; empty where there is one.
        confidence: how sure the system says it is, from 0 to 1; None where it says nothing of it.
    """

    case: str
    arm: Arm
    repeat: int = 0
    text: str = ""
    refused: bool | None = None
    sentences: tuple[Claim, ...] = ()
    citations: tuple[Cited, ...] = ()
    retrieved: tuple[str, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    excluded: tuple[str, ...] = ()
    prompt: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0
    error: str = ""
    confidence: float | None = None


FailureClass = Literal[
    "none",
    "not_retrieved",
    "retrieved_not_used",
    "used_wrongly",
    "invented",
    "wrongly_refused",
    "wrongly_answered",
    "no_reply",
]
"""What went wrong first, by how RAGChecker (Ru et al., 2024) tells retriever from generator, done without a judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """How one reply was scored.

    Attributes:
        metrics: by name; a metric that does not apply to the case is not there.
        unscored: why a metric that applies has no value, by its name.
        flags: what is to be looked at: pairs of sentences of other polarity, numbers from nowhere.
    """

    case: str
    arm: Arm
    repeat: int
    kind: Kind
    cluster: str
    split: Split
    author: Author
    metrics: Mapping[str, float]
    unscored: Mapping[str, str] = field(default_factory=dict[str, str])
    flags: tuple[str, ...] = ()
    failure: FailureClass = "none"
