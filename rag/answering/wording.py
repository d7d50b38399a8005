"""What the wording of a sentence tells about it: whether it can stand in an answer, and beside what."""

from __future__ import annotations

import re

from rag.passages import plain_text, stem, words_of

_LEAST_WORDS = 5
_LABEL = re.compile(r"\*\*(?P<label>[^*\n]{1,80}?)\s*:?\*\*\s*:?\s*")
_NO_STATEMENT = re.compile(r"\||\$\$|```|!\[|---|(?:→|->|⇌).*[^.!]$")
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
    r"(?:the |key |main |common |general |overall |biological |basic )*(?:structures?|functions?|functionality|"
    r"definition|examples?(?: in nature)?|locations?|roles?|purpose|process|mechanisms?(?: of action)?|importance|"
    r"significance|characteristics?|features?|descriptions?|overview|effects?|impacts?|outcomes?|results?|causes?|"
    r"types?|components?|composition|formation|products?|steps?|stages?|advantages?|disadvantages?|points|"
    r"applications?|uses?|focus|scope|scale|goals?|aims?|methods?|approach|duration|timing|size|shape|specificity|"
    r"efficiency|stability|regulation|transport|driving force|direction(?: of movement)?|"
    r"energy (?:source|requirements?|release)|(?:graphical|mathematical|structural) representation|assumptions?|"
    r"growth pattern|resource availability|reactants?|inputs?|outputs?|symptoms?|treatment|prevention|habitat|"
    r"behaviou?r|diet|origin|discovery|conditions?|limitations?|benefits?|costs?|differences|similarities|"
    r"comparison|conclusion|summary|introduction|background|structure and functions?|implications|details|"
    r"(?:chemical |physical )?properties|occurrence|visualization|principle|nature|response|determinants)",
    re.IGNORECASE,
)
"""Of the labels that most entries use, those that name an aspect and not a thing."""

_CLOSING_HEAD = re.compile(r"(?:conclusion|summary|in summary|overall|key takeaways?)\b", re.IGNORECASE)
_REFERS = re.compile(
    r"\W*(?:(?:\w+ ){0,3}(?:this|these|those|such(?! as))|(?:\w+ )?(?:it|its|they|their))\b", re.IGNORECASE
)
_REFERS_TO_MANY = re.compile(r"\W*(?:\w+ ){1,3}(?:these|those)\b", re.IGNORECASE)
_LEGEND = re.compile(r"\W*[A-Za-z]0?(?:\(\w\))?(?: ?=| (?:is|are|represents?|denotes?|stands for)\b)")
_SAYS_LITTLE = re.compile(
    r"\b(?:plays?|is|are) (?:an? )?(?:\w+ )?(?:crucial|essential|vital|critical|fundamental|significant|important|key|"
    r"pivotal)\b|"
    r"\b(?:two|three|several) (?:\w+ )?(?:distinct|fundamental|different|key|main|important) |"
    r"\bunderstanding\b|\bit is important to note\b|\binsights? into\b|\bhas significant applications?\b|"
    r"\bis a critical aspect\b|\bcan be influenced by several\b",
    re.IGNORECASE,
)
_THING = re.compile(
    r"(?:an? |the )?"
    r"(?P<thing>(?!this|these|those|it|they|there|such|one|both|each|in|at|on|by|for|when|if|while)[\w'’-]+"
    r"(?: (?!of|in|that|which|and|or|to)[\w'’-]+){0,3})(?: \([^)]{1,40}\))?,? "
    r"(?:is|are|refers? to|means?) (?P<what>(?:an?|the|one of)\b.*)",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"(?:(?:in|by|during|through|of|with|for) )?"
    r"(?:(?P<pronoun>it|its|they|their)\b|(?P<which>this|these|such an?) (?P<noun>[\w-]+))",
    re.IGNORECASE,
)
_PLURAL = frozenset({"they", "their", "these"})
_NUMBER_WORDS = frozenset("two three four five six seven eight nine ten twelve half third quarter twice".split())


def says_nothing(text: str) -> bool:
    """Return whether a sentence is a fragment, a table row, a formula, a question, a lead-in, or about the answer."""
    patterns = (_NO_STATEMENT, _LEADS_ON, _ABOUT_THE_ANSWER)
    plain = plain_text(text)
    is_fragment = len(plain.split()) < _LEAST_WORDS or (label_of(text) is None and lacks_subject(text))
    return (
        is_fragment
        or text.endswith("?")
        or bool(_LEGEND.match(plain))
        or any(pattern.search(text) for pattern in patterns)
    )


def leans_back(text: str) -> bool:
    """Return whether a sentence's opening refers to the one before it.

    After a bold label it refers to the label, unless it speaks of several things ("In response to these signals").
    """
    if label_of(text) is None:
        return bool(_LEANS_BACK.match(plain_text(text)))
    return bool(_REFERS_TO_MANY.match(_body(text)))


def refers(text: str) -> bool:
    """Return whether a sentence, its label aside, opens with a word for something named before: "This process ..."."""
    return bool(_REFERS.match(_body(text)))


def _body(text: str) -> str:
    """Return a sentence as plain words without its label."""
    return plain_text(_LABEL.sub("", text, count=1))


def closes(heading: str) -> bool:
    """Return whether what stands under a heading sums an answer up."""
    return bool(_CLOSING_HEAD.match(heading))


def says_little(plain: str) -> bool:
    """Return whether a sentence praises its subject ("plays a crucial role") more than it tells of it."""
    return bool(_SAYS_LITTLE.search(plain))


def holds_number(plain: str) -> bool:
    """Return whether a sentence gives a number."""
    return any(character.isdigit() for character in plain) or not _NUMBER_WORDS.isdisjoint(words_of(plain))


def name_of_reference(before: str, plain: str) -> str | None:
    """Return what the opening of a sentence refers to, where the one before it leaves no doubt.

    ``Osmosis is a process ...`` before ``This process ...`` or ``It ...`` leaves none: what is defined is the subject
    of both. Without a definition, or with a noun that it does not use, there is doubt.

    Args:
        before: the sentence before, as plain words; `plain`: the one that refers.
    """
    defined, back = _THING.match(before), _BACK.match(plain)
    if defined is None or back is None:
        return None
    thing, what = defined["thing"], words_of(defined["what"])[:12]
    is_plural = bool(re.search(r"\bare\b", before[: defined.start("what")]))
    noun = stem(back["noun"].lower()) if back["noun"] else None
    same = noun is None or noun in {stem(word) for word in (*words_of(thing), *what)}
    same = same and is_plural == ((back["pronoun"] or back["which"]).lower() in _PLURAL)
    return thing[0].upper() + thing[1:] if same else None


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


def defines(plain: str, question: str) -> bool:
    """Return whether a question asks what something is and the sentence says that: "Osmosis is ..."."""
    asked = _WHAT_IS.match(question.strip())
    if asked is None:
        return False
    opening = re.compile(
        rf"\W*(?:an? |the )?{re.escape(asked['thing'])}\W+(?:\(.+?\)\W+)?(?:is|are|refers?|means?)\b", re.IGNORECASE
    )
    return bool(opening.match(plain))


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
