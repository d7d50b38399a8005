"""What is said in a conversation without being a question to search for."""

from __future__ import annotations

import re
from typing import Final, Literal

_THANKS: Final = (
    r"thanks?(?: (?:you|a lot|so much|very much|again|for \w+(?: \w+)?))*|thank you|thx|ty|cheers|much appreciated"
)
_HELLO: Final = r"hi+|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day|night)|greetings|how are you(?: doing)?"
_BYE: Final = r"bye|goodbye|bye bye|see (?:you|ya)(?: \w+)?|farewell|that(?:'|’)?s all|that is all"
_PLEASED: Final = (
    r"ok|okay|k|cool|great|nice|perfect|awesome|wow|good|fine|sure|right|alright|interesting|got it|i see|makes sense|"
    r"(?:that|this|it) (?:makes sense|helps|helped|was helpful|is helpful|is great|is clear)|"
    r"i understand|understood|amazing|brilliant|very \w+|lol|haha|yes|yep|yeah|no|nope"
)
_FILLER: Final = r"there|again|now|then|so|a lot|so much|very much|everyone|all|and|well|oh|ah|man|mate"

_GREETING: Final = re.compile(
    rf"(?:(?:{_THANKS}|{_HELLO}|{_BYE}|{_PLEASED})(?:[\s,.!]+|$)(?:(?:{_FILLER})(?:[\s,.!]+|$))*)+", re.IGNORECASE
)

_SAY: Final = (
    r"(?:say|explain|put|phrase|rephrase|reword|repeat|simplify|summari[sz]e|shorten|expand|elaborate|clarify|word)"
)
_SAID: Final = r"(?:that|this|it|your (?:answer|reply|response|explanation)|the (?:answer|last answer|above)|yourself)"
_ASK: Final = r"(?:please |pls |ok |so |hm+ |sorry,? )*(?:(?:can|could|would|will) (?:you|u) (?:please |pls )?)?"
_MANNER: Final = (
    r"(?:again|please|more|much|a bit|a little|simply|simpler|simple|shorter|briefly|clearly|clearer|differently|"
    r"another way|easily|slowly|terms?|words?|language|english|one|two|three|a|an|the|few|single|sentences?|lines?|"
    r"bullet|points?|list|table|detail|details|further|short|in|into|as|with|using|for|to|me|my|like|i'?m|five|5|"
    r"child|kid|beginner|way|plain|layman'?s|other|than|up|on|less|technical|lay|easier|brief|own|basic|make|out)"
)
_META: Final = re.compile(
    rf"{_ASK}(?:"
    rf"{_SAY}(?: (?:{_SAID}|{_MANNER}))*(?: {_SAID})?(?: {_MANNER})*|"
    rf"(?:sum|break|give) (?:{_SAID} )?(?:up|down)(?: {_SAID})?(?: {_MANNER})*|"
    rf"make {_SAID}(?: {_MANNER})+|"
    rf"(?:{_MANNER} ?){{1,4}}|"
    r"(?:i )?(?:still )?(?:do ?n[o'’]?t|didn[’']?t|can[’']?t) (?:get|understand|follow)"
    r"(?: (?:it|that|this|you|your answer|a word))?|"
    r"(?:i(?:'|’)?m|i am) (?:confused|lost|not sure(?: i (?:get|understand|follow)(?: it| that)?)?)|"
    r"(?:huh|what|eh|pardon|sorry|come again|really|seriously|go on|continue|tell me more|more|"
    r"too (?:long|short|complicated|difficult|hard|technical)|"
    r"(?:that(?:'|’)?s|this is|that is) (?:too )?(?:long|short|complicated|hard|wrong|confusing))|"
    r"what (?:do|did) you mean(?: by (?:that|this))?|"
    r"what does (?:that|this) mean in (?:plain|simple|simpler|lay|other) (?:english|terms|words|language)|"
    r"are you (?:sure|certain|a (?:bot|robot|human|person|machine)|an ai|real|human|chatgpt)"
    r"(?: about (?:that|this|it))?|"
    r"(?:is|was) (?:that|this|your answer) (?:correct|right|true|accurate|up to date|reliable)|"
    r"(?:where|how) (?:did|do) you (?:get|find|know|learn)(?: (?:that|this|it|all (?:that|this)))?"
    r"(?: (?:from|information|out))*|"
    r"(?:what|which) (?:are|is|were|was) (?:your|the) (?:sources?|references?)(?: (?:for|of) (?:that|this))?|"
    r"(?:sources?|references?|citations?|source)|(?:show|give|cite)(?: me)? (?:your |the )?(?:sources?|references?)|"
    r"who (?:are you|made you|wrote (?:that|this))|what (?:can|do) you do|what are you|"
    r"(?:what did i|what did you|what was my|what were we) [\w ]{1,40}"
    r")",
    re.IGNORECASE,
)
_MOST_CHARACTERS: Final = 120
"""What is longer is more than a word about an answer; it also bounds the time that matching takes."""

_MARKS: Final = re.compile(r"[\s.!?…:;,)(]+$")


def small_talk(said: str) -> Literal["meta", "greeting"] | None:
    """Return ``greeting`` for greetings and thanks, ``meta`` for talk about an answer, None for anything else."""
    if len(said) > _MOST_CHARACTERS:
        return None
    words = _MARKS.sub("", " ".join(said.split()))
    if _GREETING.fullmatch(words):
        return "greeting"
    return "meta" if words and _META.fullmatch(words) else None
