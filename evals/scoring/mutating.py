"""Replies spoilt in known ways: what a metric makes of them tells what it sees."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from evals.models import Case, Cited, Claim, Reply
from evals.scoring.idf import Idf
from evals.scoring.patterns import holds
from evals.scoring.reference import content_overlap
from evals.scoring.subject import Materials
from evals.scoring.text import read_sentence, read_text, tokens_of
from rag.corpus import Entry
from rag.passages import split_sentences

_VERB: Final = re.compile(
    r"\b(is|are|was|were|can|could|will|would|may|must|should|has|have|does|do)\b(?! (?:not|no|never)\b)"
)
_NOT: Final = re.compile(r" (?:not|never)\b")
_DIGITS: Final = re.compile(r"(?<![\w.,])\d+(?:\.\d+)?(?!\w)")
_COUNT: Final = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten)\b")
_NEXT_COUNT: Final[Mapping[str, str]] = {
    "two": "five", "three": "eight", "four": "seven", "five": "nine", "six": "ten", "seven": "two", "eight": "three",
    "nine": "four", "ten": "six",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoiling:
    """What a reply is spoilt with.

    Attributes:
        neighbour: the entry that is nearest to the reference, of those that the case was not made from.
        stranger: an entry far from it.
    """

    case: Case
    idf: Idf
    neighbour: Entry
    stranger: Entry


Mutation = Callable[[Reply, Spoiling], Reply | None]
"""Returns a spoilt reply; None where it holds nothing to spoil so."""


def reference_reply(case: Case, materials: Materials) -> Reply:
    """Return the reply of a perfect system: the reference, cited to the sources, which it found and read."""
    read = {url: entry for url in case.sources if (entry := materials.entries.get(url))}
    numbers = tuple(range(1, len(read) + 1))
    spans = split_sentences(case.answer)
    return Reply(
        case=case.url,
        arm="open",
        text=case.answer,
        refused=False,
        sentences=tuple(Claim(case.answer[span.start : span.end], numbers) for span in spans),
        citations=tuple(Cited(n, url) for n, url in zip(numbers, read, strict=True)),
        retrieved=tuple(read),
        context={url: f"{entry.question}\n\n{entry.answer}" for url, entry in read.items()},
    )


def spoiling_of(case: Case, materials: Materials) -> Spoiling | None:
    """Return what a case's reply is spoilt with; None where the corpus has fewer than two other entries."""
    reference, question = tokens_of(case.answer), tokens_of(case.question)

    def likeness(entry: Entry) -> tuple[float, str]:
        found = content_overlap(tokens_of(entry.answer), reference, question, materials.idf)
        return (0.0 if found is None else found[0]), entry.url

    others = sorted((entry for url, entry in materials.entries.items() if url not in case.sources), key=likeness)
    return Spoiling(case, materials.idf, others[-1], others[0]) if len(others) > 1 else None


def _with_sentences(reply: Reply, claims: Sequence[Claim]) -> Reply | None:
    """Return a reply of other sentences; None where they are the same."""
    text = " ".join(claim.text for claim in claims)
    return None if tuple(claims) == reply.sentences else replace(reply, text=text, sentences=tuple(claims))


def _change_first(reply: Reply, spoiling: Spoiling, change: Callable[[str], str]) -> Reply | None:
    """Return a reply with one sentence changed: the first that states a vital nugget, else the first, that can be."""
    vital = [wording for one in spoiling.case.nuggets if one.weight == "vital" for wording in one.any_of]
    stating = {claim: any(holds(one, [read_sentence(claim.text)]) for one in vital) for claim in reply.sentences}
    for place, claim in sorted(enumerate(reply.sentences), key=lambda pair: (not stating[pair[1]], pair[0])):
        changed = change(claim.text)
        if changed != claim.text:
            own = list(reply.sentences)
            own[place] = replace(claim, text=changed)
            return _with_sentences(reply, own)
    return None


def negate(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Deny one sentence, or take its denial away."""

    def change(text: str) -> str:
        return _NOT.sub("", text, count=1) if _NOT.search(text) else _VERB.sub(r"\1 not", text, count=1)

    return _change_first(reply, spoiling, change)


def swap_antonym(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Put the opposite of one word in its place."""
    pattern, opposites = _swaps()
    return _change_first(
        reply, spoiling, lambda text: pattern.sub(lambda found: opposites[found[0].lower()], text, count=1)
    )


@cache
def _swaps() -> tuple[re.Pattern[str], Mapping[str, str]]:
    lines = files("evals.scoring").joinpath("swaps.txt").read_text(encoding="utf-8").splitlines()
    cut = [line.partition("|") for line in lines if not line.startswith("#")]
    pairs = [(one.strip(), two.strip()) for one, _, two in cut]
    opposites = {two: one for one, two in reversed(pairs)} | dict(reversed(pairs))
    longest_first = sorted(opposites, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.IGNORECASE), opposites


def change_number(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Put another number in the place of one: three times it and seven for digits."""

    def change(text: str) -> str:
        if _DIGITS.search(text):
            return _DIGITS.sub(lambda found: f"{3 * float(found[0]) + 7:g}", text, count=1)
        return _COUNT.sub(lambda found: _NEXT_COUNT[found[0]], text, count=1)

    return _change_first(reply, spoiling, change)


def swap_entity(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Put the weightiest word of a far entry in the place of the reply's own, wherever that stands."""
    words = [word for sentence in read_text(reply.text).sentences for word in _named(sentence.plain)]
    foreign = [word for word in _named(read_text(spoiling.stranger.answer).plain) if word not in words]
    if not words or not foreign:
        return None
    weightiest, other = _weightiest(words, spoiling.idf), _weightiest(foreign, spoiling.idf)
    changed = re.compile(rf"\b{re.escape(weightiest)}\b", re.IGNORECASE)
    return _with_sentences(reply, [replace(one, text=changed.sub(other, one.text)) for one in reply.sentences])


def _named(plain: str) -> list[str]:
    return re.findall(r"\b[a-z]{5,}\b", plain.lower())


def _weightiest(words: Sequence[str], idf: Idf) -> str:
    return max(sorted(set(words)), key=lambda word: idf.total(tokens_of(word)))


def drop_vital(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Leave out every sentence that states the first vital nugget."""
    vital = next((nugget for nugget in spoiling.case.nuggets if nugget.weight == "vital"), None)
    if vital is None:
        return None
    stated = [any(holds(one, [read_sentence(claim.text)]) for one in vital.any_of) for claim in reply.sentences]
    kept = [claim for claim, states in zip(reply.sentences, stated, strict=True) if not states]
    return _with_sentences(reply, kept) if kept else None


def shuffle_sentences(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Put the sentences in another order."""
    own = list(reply.sentences)
    random.Random(spoiling.case.url).shuffle(own)  # noqa: S311 no secret: the order is to be the same each time
    return _with_sentences(reply, own if own != list(reply.sentences) else own[::-1])


def pad(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Write as much again behind the reply, of a far entry, with the last sentence's citations."""
    text = spoiling.stranger.answer
    filler = [text[span.start : span.end] for span in split_sentences(text)]
    length, added = len(reply.text.split()), list[Claim]()
    while sum(len(claim.text.split()) for claim in added) < length and len(added) < len(filler):
        added.append(Claim(filler[len(added)], reply.sentences[-1].citations if reply.sentences else ()))
    return _with_sentences(reply, [*reply.sentences, *added])


def paste_neighbour(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Give the nearest entry's answer in place of the reply, with the reply's citations."""
    numbers = tuple(one.n for one in reply.citations)
    text = spoiling.neighbour.answer
    return _with_sentences(reply, [Claim(text[one.start : one.end], numbers) for one in split_sentences(text)])


def echo_question(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Give the question in place of the reply, with the reply's citations."""
    return _with_sentences(reply, [Claim(spoiling.case.question, tuple(one.n for one in reply.citations))])


def strip_citations(reply: Reply, _spoiling: Spoiling) -> Reply | None:
    """Leave all citations out."""
    own = tuple(replace(claim, citations=()) for claim in reply.sentences)
    return replace(reply, sentences=own, citations=()) if reply.citations else None


def cite_neighbour(reply: Reply, spoiling: Spoiling) -> Reply | None:
    """Cite the nearest entry, which was found too, in the place of each source."""
    if not reply.citations:
        return None
    url = spoiling.neighbour.url
    own = tuple(replace(claim, citations=(1,) if claim.citations else ()) for claim in reply.sentences)
    return replace(reply, sentences=own, citations=(Cited(1, url),), retrieved=(*reply.retrieved, url))


MUTATIONS: Final[Mapping[str, Mutation]] = MappingProxyType({
    "negate": negate,
    "swap antonym": swap_antonym,
    "change number": change_number,
    "swap entity": swap_entity,
    "drop vital nugget": drop_vital,
    "shuffle sentences": shuffle_sentences,
    "pad x2": pad,
    "paste neighbour": paste_neighbour,
    "echo question": echo_question,
    "strip citations": strip_citations,
    "cite neighbour": cite_neighbour,
})  # fmt: skip
