"""What the wording of a sentence tells about it: whether it can stand in an answer, and beside what."""

from __future__ import annotations

import re

from rag.passages import plain_text, words_of

_LEAST_WORDS = 5
_LABEL = re.compile(r"\*\*(?P<label>[^*\n]{1,80}?)\s*:?\*\*\s*:?\s*")
_NO_STATEMENT = re.compile(r"\||\$\$|```|!\[|---")
_LEADS_ON = re.compile(r"[:;,]\**$")
_ABOUT_THE_ANSWER = re.compile(
    r"\b(?:here(?:['’]s| is| are)|(?:as|the) follow(?:s|ing)\b.{0,40}(?:points?|steps?|overview|breakdown|ways)|"
    r"gathered information|let['’]s|as (?:mentioned|noted|discussed|described|shown) (?:above|earlier|below)|"
    r"see (?:above|below)|(?:figures?|scheme|table|diagram|example) below|below (?:is|are))",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"\W*(?:(?:\w+ ){0,3}(?:this|these|those|such(?! as))|its|their|that|it|they|he|she|his|her|both|each of|one of|"
    r"another|the (?:process|former|latter|same|other|second|next|resulting|above)|however|therefore|thus|hence|"
    r"moreover|furthermore|additionally|in addition|also|then|finally|similarly|conversely|instead|as a result|"
    r"consequently|for (?:example|instance)|in contrast|on the other hand|and|but|or|so|first|second|secondly|third|"
    r"thirdly|next|here|there(?:fore| is| are)?|specifically|likewise|meanwhile|nevertheless|nonetheless|indeed|"
    r"otherwise)\b",
    re.IGNORECASE,
)
_SUMS_UP = re.compile(
    r"\W*(?:in (?:summary|conclusion|essence|short)|overall|to summari[sz]e|to conclude)\b", re.IGNORECASE
)
_STARTS_WITH_VERB = re.compile(
    r"\W*(?:(?:typically|usually|often|generally|commonly|primarily|mainly|also|not) )?"
    r"(?:(?:is|are|has|have|can|may|will|must|such as|due to|includes?|including|contains?|containing|consists?|"
    r"consisting|involves?|involving|occurs?|occurring|provides?|providing|helps?|helping|allows?|allowing|acts?|acting|"
    r"serves?|serving|plays?|produces?|producing|releases?|refers?|results?|leads?|causes?|requires?|uses?|responsible|"
    r"known|found|made|shields|protects|ensures?|enables?|supports?|stores?|carries|transports?|maintains?|regulates?|"
    r"controls?)|\w+ed (?:by|in|from|to|of|for|with|on|at|as|into|through))\b",
    re.IGNORECASE,
)
_GENERIC_LABEL = re.compile(
    r"(?:the )?(?:structure|functions?|definition|examples?|location|roles?|purpose|process|mechanism|importance|"
    r"significance|characteristics?|features?|description|overview|effects?|outcomes?|results?|causes?|types?|"
    r"components?|composition|formation|products?|steps?|stages?|advantages?|disadvantages?|key (?:features|points)|"
    r"applications?|uses?)",
    re.IGNORECASE,
)


def says_nothing(text: str) -> bool:
    """Return whether a sentence is a fragment, a table row, a formula, a question, a lead-in, or about the answer."""
    patterns = (_NO_STATEMENT, _LEADS_ON, _ABOUT_THE_ANSWER)
    is_fragment = len(plain_text(text).split()) < _LEAST_WORDS or (label_of(text) is None and lacks_subject(text))
    return is_fragment or text.endswith("?") or any(pattern.search(text) for pattern in patterns)


def leans_back(text: str) -> bool:
    """Return whether a sentence's opening refers to the one before it; after a bold label it refers to the label."""
    return label_of(text) is None and bool(_LEANS_BACK.match(plain_text(text)))


def sums_up(text: str) -> bool:
    """Return whether a sentence closes an answer: "In summary, ..."."""
    return bool(_SUMS_UP.match(text))


def label_of(text: str) -> str | None:
    """Return the bold label that a text starts with, if there is one."""
    found = _LABEL.match(text)
    return found["label"].strip(" :") if found else None


def lacks_subject(text: str) -> bool:
    """Return whether a sentence does not say what it is about, so that only its heading or the point above does.

    ``Composed of two fatty acids.`` and ``**Structure**: Consists of ...`` do.
    """
    label = label_of(text)
    says_what = label is not None and not _GENERIC_LABEL.fullmatch(label)
    return not says_what and bool(_STARTS_WITH_VERB.match(_LABEL.sub("", text, count=1)))


def defines(text: str, question: str) -> bool:
    """Return whether a question asks what something is and the sentence says that: "Osmosis is ..."."""
    asked = _WHAT_IS.match(question.strip())
    if asked is None:
        return False
    opening = re.compile(
        rf"\W*(?:an? |the )?{re.escape(asked['thing'])}\W+(?:\(.+?\)\W+)?(?:is|are|refers?|means?)\b", re.IGNORECASE
    )
    return bool(opening.match(plain_text(text)))


def is_generic(label: str) -> bool:
    """Return whether a label names an aspect ("Structure", "Function") and not a thing."""
    return bool(_GENERIC_LABEL.fullmatch(label))


_WHAT_IS = re.compile(r"(?:what(?:'s| is| are)|define) (?:an? |the )?(?P<thing>[^?]{2,60}?)\s*\??$", re.IGNORECASE)


def facts_in(plain: str) -> tuple[list[str], frozenset[str]]:
    """Return the numbers and the negations of a sentence: what must be equal where two sentences say the same."""
    words = words_of(plain)
    return [word for word in words if word[0].isdigit()], frozenset(words) & _NEGATIONS


_NEGATIONS = frozenset(
    "no not never without cannot cant dont doesnt isnt arent wont neither nor lacks lack unable fails absent".split()
)
