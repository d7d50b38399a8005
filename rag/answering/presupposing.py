"""What a question takes for granted, as plain statements, read from its form alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rag.answering.questions import parts_of, sides_of

_ASSERTS: Final = r"(?:do|does|did|is|are|was|were|can|has|have|had|must)"
"""Verbs that assert where they come before their subject; "would", "could" and "should" suppose."""

_ASKS_FOR_A_REASON: Final = re.compile(
    rf"(?:but |so |then |and )?(?:(?:why|how|when|where) (?P<verb>{_ASSERTS})|how come|"
    r"what (?:causes|makes|lets|allows))"
    r" (?P<said>.+)",
    re.IGNORECASE,
)
_TAKES_AS_GIVEN: Final = re.compile(
    r"(?:since|because|given that|given|as|considering that|seeing that|knowing that|if it is true that) "
    r"(?P<said>(?:[^,;]|,(?=\d{3}))+)[,;] *(?P<rest>.+)",
    re.IGNORECASE,
)
_WAS_TOLD: Final = re.compile(
    r"(?:i|we|my \w+|our \w+) (?:(?:have|had|was|were|just|always|once) )*"
    r"(?:read|heard|learnt|learned|thought|told(?: me| us)?|taught|said|says|know|remember|believe|think) (?:that )?"
    r"(?P<said>[^,;.?]+)(?:[,;.?] *(?P<rest>.*))?",
    re.IGNORECASE,
)
_WANTS_A_YES: Final = re.compile(
    r"(?:(?:isn['’]t|is not|wasn['’]t) it (?:true|the case|a fact|so|correct) that|is it not (?:true|the case) that|"
    r"am i right that|surely) (?P<said>[^?]+)|"
    r"(?P<tagged>[^?]+?), (?:right|correct|true|yes|no|(?:is|are|do|does|did|was|were|has|have|can)n['’]t (?:it|they|"
    r"he|she|there|that)|(?:is|are|do|does|did|was|were|has|have|can) (?:it|they|there))",
    re.IGNORECASE,
)
_COUNT: Final = r"(?P<count>one|single|two|three|four|five|six|seven|eight|nine|ten|\d+)"
_COUNTED: Final = (
    re.compile(rf"\bthe {_COUNT} (?P<things>[\w-]+(?: [\w-]+)?) (?:of|in) (?P<whole>(?:an?|the) [\w-]+(?: [\w-]+)?)"),
    re.compile(rf"\b(?P<whole>(?:an?|the) (?:[\w-]+ )?[\w-]+)['’]s? {_COUNT} (?P<things>[\w-]+)"),
)
"""Definite counts: "the four chambers of the fish heart", "the fish heart's four chambers"."""

_ASIDE: Final = re.compile(r"^(?P<thing>[^,]+), (?:which|who) (?P<said>[^,]+), (?P<rest>.+)$", re.IGNORECASE)
"""A clause in commas after the subject of a question: "the fish heart, which has four chambers, ..."."""

_GUESS: Final = re.compile(
    r"(?:which|what) \w+ (?:of|in) (?P<whole>(?:an? |the )?\w+) (?P<does>[^,?]+), (?P<thing>(?:an?|the) [\w ]+)",
    re.IGNORECASE,
)
"""An answer that is put beside its question: "Which organelle of a bacterium makes ATP, the mitochondrion?"."""

_SPEAKERS: Final = frozenset("you we i u scientists biologists researchers people someone students".split())
_SUPPOSES: Final = re.compile(
    r"\b(?:would|could|should|might|if|unless|suppose|imagine|differ|compared?)\b", re.IGNORECASE
)
_REFERS: Final = re.compile(r"^(?:it|they|this|that|these|those|he|she|there|such)\b", re.IGNORECASE)
_GOES_ON: Final = re.compile(
    r",? (?:given|even|despite|instead|but|while|whereas|although|though|because|since|so that|in order to|"
    r"and (?:how|why))\b.*"
)
"""What may follow a statement in a question, and is another one."""

_SO: Final = re.compile(r"\bso (?!that\b)")
_LEAST_WORDS, _MOST_WORDS = 3, 30
"""Fewer words say nothing that can be compared; of more a question in form is a text."""


def presupposed_by(question: str) -> list[str]:
    """Return what a question takes for granted, each thing as a statement without its final stop.

    The statement keeps the words of the question in their order; the verb that was moved before its subject is left
    out: "Why do plants take up oxygen?" takes for granted that "plants take up oxygen". Empty where the form leaves
    doubt: a question that supposes ("would", "if"), compares, or asks how one does something.
    """
    statements = (
        " ".join(_SO.sub("", _GOES_ON.sub("", one)).split()).strip(" ?.!,")
        for part in parts_of(question)
        for one in _read(part.strip())
    )
    return [one for one in dict.fromkeys(statements) if _is_statement(one)]


def _read(asked: str) -> Iterator[str]:
    asked = asked.strip(" ?.!")
    yield from _counts_in(asked)
    given = _TAKES_AS_GIVEN.fullmatch(asked) or _WAS_TOLD.fullmatch(asked)
    if given is not None:
        yield given["said"]
        yield from _read(given["rest"] or "")
        return
    wanted = _WANTS_A_YES.fullmatch(asked)
    if wanted is not None:
        yield wanted["said"] or wanted["tagged"]
        return
    guess = _GUESS.fullmatch(asked)
    if guess is not None:
        yield f"{guess['whole']} has {guess['thing']}"
        yield f"{guess['thing']} {guess['does']}"
        return
    reason = _ASKS_FOR_A_REASON.fullmatch(asked)
    if reason is not None and sides_of(asked) is None:
        said = _with_passive(reason["said"], reason["verb"])
        aside = _ASIDE.match(said)
        if aside is not None:
            yield f"{aside['thing']} {aside['said']}"
            said = f"{aside['thing']} {aside['rest']}"
        yield said


def _with_passive(said: str, verb: str | None) -> str:
    """Return a statement with its verb where a passive has it: "light is absorbed by leaves"."""
    is_passive = verb is not None and verb.lower() in {"is", "are", "was", "were"}
    return re.sub(r"(\w+ed|\w+en) by\b", rf"{verb} \g<1> by", said, count=1) if is_passive else said


def _counts_in(asked: str) -> Iterator[str]:
    for form in _COUNTED:
        for found in form.finditer(asked):
            yield f"{found['whole']} has {found['count']} {found['things']}"


def _is_statement(text: str) -> bool:
    words = text.lower().split()
    is_long_enough = _LEAST_WORDS <= len(words) <= _MOST_WORDS
    return is_long_enough and words[0] not in _SPEAKERS and not _SUPPOSES.search(text) and not _REFERS.match(text)
