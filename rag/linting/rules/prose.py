"""Chapter 6: what an answer says, and what never belonged to it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from html import unescape

from rag.corpus import PLACEHOLDER, on_a_course
from rag.linting.page import Page
from rag.linting.rule import Fault, page_rule
from rag.linting.rules.blanks import without_code, without_maths

_ANSWER = ("answer",)
_SENTENCE_END = re.compile(r"[.!?…。][\"”’'»)\]*_`]*$")
_TEXT_END = re.compile(r"(?:[.!?…][\"”’»)\]*_]*|`|\$|\\\)|\\\]|\|)$")
_HAS_LETTER = re.compile(r"[^\W_]")
_SENTENCE_INSIDE = re.compile(r"[a-z)][.!?] +[A-Z]")
_LIST_ITEM = re.compile(r" *(?:[-*+•]|\d{1,3}[.)]|[A-Za-z][.)]) ")
_BARE_MARK = re.compile(r" *(?:[-*+•]|\d{1,3}[.)])")
_FORMULA = re.compile(r"[→⇌⟶=]")
_CUT_WORD = re.compile(r"\b(?:a|an|and|as|by|for|from|in|into|is|of|on|or|that|the|their|to|which|with)$")
_MARKER = (
    r"(?:!?\[[^\]\n]*\](?:\([^)\n]*\))?|【[^】\n]*】|<[^>\n]+>|"
    "[\U0001f000-\U0001faff\u2600-\u263f\u2643-\u27bf\u2b00-\u2bff\ufe0f\u200d])"
)
_STRAY_END = re.compile(rf"(?<=[.!?…\"”’)*_\n])[ \n]*(?P<stray>{_MARKER}(?:[ \n]*{_MARKER})*)$")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
_TELEPHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\d{1,3}[ .-]?(?:\(?\d{1,4}\)?[ .-]?){2,4}\d{2,4}|"
    r"(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[ .-]\d{4}|"
    r"(?:1[ -])?8(?:00|88|77|66|55|44|33|22)-(?=[A-Z\d-]*[A-Z])[A-Z\d-]{6,10})(?![\w-]|\.\d)"
)
_HYPHENS = str.maketrans({"‐": "-", "‑": "-", "–": "-"})
_LIKE_A_NUMBER = re.compile(r"\d{3}[ .)‐‑–-]|\+\d")
_SOURCE = r"(?:information|context|text|content|passages?|documents?|sources?|excerpts?|material)"
_BOILERPLATE = re.compile(
    r"(?:(?<=the )|(?<=all )|(?<=\())gathered information\b|"
    r"as an? (?:ai|artificial intelligence|(?:large )?language model)\b|"
    rf"(?:based on|according to) the (?:provided|given|supplied|retrieved) {_SOURCE}\b|"
    rf"(?:from|in) the (?:provided|supplied|retrieved) {_SOURCE}\b|"
    rf"(?:based on|according to) the {_SOURCE} (?:provided|given|supplied|gathered)\b|based on the search results|"
    r"according to the (?:text|passage|lecture|slides|notes)\b|"
    r"i hope this helps|let me know if|feel free to ask|my knowledge cut-?off|my training data|"
    r"here(?:['’]s| is) (?:a|the|your) (?:revised|rewritten|improved) (?:answer|version)\b"
)
_BOILERPLATE_HINTS = (
    *("gathered", "provided", "supplied", "retrieved", "given", "search results", "according to the", "as an ai"),
    *(
        "artificial",
        "language model",
        "i hope",
        "let me know",
        "feel free",
        "my knowledge",
        "my training",
        "revised",
        "rewritten",
        "improved",
    ),
)
_GREETING = re.compile(r"(?:Certainly|Sure|Of course|Absolutely|Great question)[!,.] ")
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[\"']|&(?:#\d{2,5}|#x[0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d?);")
_MISREAD = re.compile("[Â-ô][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,3}|\ufffd")
_MEANT = re.compile("[\u00a0-\u00ff\u0370-\u03ff\u2000-\u22ff]")
_LONGEST_MARKER = 200


@page_rule(
    "QT600",
    "truncated",
    bad="answer: >-\n    Newts regrow legs because the cells of the",
    good="answer: >-\n    Newts regrow legs because the cells of the stump divide.",
)
def truncated(page: Page) -> Iterator[Fault]:
    """An answer that stops in the middle of a sentence was cut: what followed is lost, and what is there misleads."""
    answer = page.entry.answer.rstrip()
    if not page.entry.no_index and not _stray_end(answer) and not _is_whole(answer):
        yield Fault(
            f"the answer stops in the middle of a sentence: {answer[-50:]!r}; complete it", _ANSWER, len(answer) - 1
        )


def _is_whole(answer: str) -> bool:
    """Return whether an answer ends with what can end one: a sentence, formula, code, table or list of phrases."""
    *above, last = answer.split("\n")
    if _BARE_MARK.fullmatch(last) or _CUT_WORD.search(last):
        return False
    if _TEXT_END.search(last) or (_FORMULA.search(last) and not any(above[-1:])):
        return True
    bare_items = [line for line in above if _LIST_ITEM.match(line) and not _SENTENCE_END.search(line.rstrip())]
    return bool(bare_items and _LIST_ITEM.match(last) and not _SENTENCE_INSIDE.search(last))


@page_rule(
    "QT601",
    "csv-quoting",
    bad='answer: >-\n    "Newts say ""grow"" to their legs."',
    good='answer: >-\n    Newts say "grow" to their legs.',
    mends=True,
)
def csv_quoting(page: Page) -> Iterator[Fault]:
    """A whole answer in quotation marks, those inside doubled, came out of a CSV file unread."""
    answer = page.entry.answer
    inner = answer[1:-1]
    if len(answer) > 2 and answer[0] == answer[-1] == '"' and _are_doubled(inner):
        fix = dataclasses.replace(page.entry, answer=inner.replace('""', '"'))
        yield Fault(
            "the answer is quoted as in a CSV file; remove the outer marks and halve the inner ones", _ANSWER, fix=fix
        )


def _are_doubled(inner: str) -> bool:
    """Return whether there are quotation marks, each beside its double: else the outer pair may be meant."""
    return '"' in inner and '"' not in inner.replace('""', "")


@page_rule(
    "QT602",
    "stray-ending",
    bad="answer: >-\n    Newts regrow legs. [Badge]",
    good="answer: >-\n    Newts regrow legs.",
)
def stray_ending(page: Page) -> Iterator[Fault]:
    """A badge, marker or emoji after the last sentence belonged to the page that the answer was taken from."""
    if found := _stray_end(page.entry.answer.rstrip()):
        stray = found["stray"]
        yield Fault(f"{stray!r} stands after the last sentence; delete it", _ANSWER, found.start("stray"))


def _stray_end(answer: str) -> re.Match[str] | None:
    return _STRAY_END.search(answer, max(0, len(answer) - _LONGEST_MARKER))


@page_rule(
    "QT603",
    "refusal-indexed",
    bad="answer: >-\n    I cannot answer this question based on the available information.",
    good="no_index: True\nanswer: >-\n    I cannot answer this question based on the available information.",
    mends=True,
)
def refusal_indexed(page: Page) -> Iterator[Fault]:
    """An answer that is itself a refusal is marked `no_index`, so that search engines do not offer it."""
    if not page.entry.no_index and page.reason_left_out == "refusal":
        fix = dataclasses.replace(page.entry, no_index=True)
        yield Fault("the answer is a refusal; add 'no_index: True', or answer the question", _ANSWER, fix=fix)


@page_rule(
    "QT604",
    "half-refusal",
    bad="answer: >-\n    Newts regrow legs. The provided text does not mention frogs.",
    good="answer: >-\n    Newts regrow legs. Adult frogs do not.",
)
def half_refusal(page: Page) -> Iterator[Fault]:
    """An answer that says what its sources lack tells a student about those sources, not about biology.

    It is never cited.
    """
    if not page.entry.no_index and page.reason_left_out == "half-refusal":
        yield Fault("the answer says that its sources lack something; find it out, or leave it out", _ANSWER)


@page_rule(
    "QT605",
    "course-bound",
    bad="question: >-\n    What does the midterm ask about newts?",
    good="question: >-\n    Why do newts regrow legs?",
)
def course_bound(page: Page) -> Iterator[Fault]:
    """A question about somebody's course or exam has no answer that holds for other readers.

    It is never cited.
    """
    if not page.entry.no_index and (found := on_a_course(page.entry.question)):
        yield Fault(f"the question is bound to a course: {found!r}; ask it of the subject", ("question",))


@page_rule(
    "QT606",
    "e-mail-address",
    bad="answer: >-\n    Ask about newts at newts@example.org.",
    good="answer: >-\n    Ask the society for newts.",
)
def e_mail_address(page: Page) -> Iterator[Fault]:
    """Addresses go stale, and belong to people who were not asked."""
    for found in _EMAIL.finditer(page.entry.answer) if "@" in page.entry.answer else ():
        yield Fault(f"an e-mail address: {found.group()}; delete it", _ANSWER, found.start())


@page_rule(
    "QT607",
    "telephone-number",
    bad="answer: >-\n    Ask about newts at 555-012-3456.",
    good="answer: >-\n    The sequence was found in 5550123456 reads.",
)
def telephone_number(page: Page) -> Iterator[Fault]:
    """Telephone numbers go stale, and belong to people who were not asked."""
    answer = page.entry.answer
    if not _LIKE_A_NUMBER.search(answer):  # ten times faster than the whole pattern, and rarely there
        return
    for found in _TELEPHONE.finditer(answer.translate(_HYPHENS)):
        yield Fault(f"a telephone number: {found.group()}; delete it", _ANSWER, found.start())


@page_rule(
    "QT608",
    "boilerplate",
    bad="answer: >-\n    Based on the gathered information, newts regrow legs.",
    good="answer: >-\n    Newts regrow legs.",
)
def boilerplate(page: Page) -> Iterator[Fault]:
    """What a language model says of itself or of its sources is not part of an answer."""
    answer = page.entry.answer
    if page.entry.no_index:
        return
    lower = _lower(answer)
    is_likely = any(hint in lower for hint in _BOILERPLATE_HINTS)  # five times faster than the whole pattern
    if found := _GREETING.match(answer) or (_BOILERPLATE.search(lower) if is_likely else None):
        words = answer[found.start() : found.end()].strip()
        yield Fault(f"{words!r} is a language model speaking of itself; reword the sentence", _ANSWER, found.start())


@page_rule(
    "QT609",
    "unclosed-markup",
    bad="answer: >-\n    The **stump grows.",
    good="answer: >-\n    The **stump** grows.",
)
def unclosed_markup(page: Page) -> Iterator[Fault]:
    """A code fence or bold that is opened and not closed changes how all that follows is shown."""
    answer = page.entry.answer
    if answer.count("```") % 2:
        yield Fault("a code fence ``` is opened and not closed", _ANSWER, answer.rindex("```"))
        return
    text = without_maths(without_code(answer).replace("(**)", "    "))  # a mark of significance
    for start, paragraph in _paragraphs(text):
        if paragraph.count("**") % 2:
            yield Fault("bold ** is opened and not closed in this paragraph", _ANSWER, start + paragraph.rindex("**"))


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for paragraph in text.split("\n"):
        yield start, paragraph
        start += len(paragraph) + 1


@page_rule("QT610", "answer-length", bad="answer: >-\n    Because.", good="(40 to 600 words)")
def answer_length(page: Page) -> Iterator[Fault]:
    """An answer of a few words explains nothing, and one of many pages is not read.

    The bounds are `answer-words` in the corpus's settings.
    """
    least, most = page.config.answer_words
    found = page.entry.answer.replace("|", " ").split()
    words = sum(1 for word in found if word[0].isalnum() or _HAS_LETTER.search(word))
    if not least <= words <= most and not page.entry.no_index:
        yield Fault(f"the answer has {words} words; it should have {least} to {most}", _ANSWER)


@page_rule(
    "QT611",
    "placeholder",
    bad="answer: >-\n    To be written.",
    good="answer: >-\n    Newts regrow legs because cells of the stump divide.",
)
def placeholder(page: Page) -> Iterator[Fault]:
    """`quicktakes corpus new` leaves this where an editor must write; until then the entry is never cited."""
    for key, value in _texts(page):
        if value.startswith(PLACEHOLDER):
            yield Fault(f"{'.'.join(key)} is still to be written", key)


@page_rule(
    "QT612",
    "escape-left",
    bad="answer: >-\n    Salt &amp; water at 5 \\u00b0C.",
    good="answer: >-\n    Salt & water at 5 °C.",
)
def escape_left(page: Page) -> Iterator[Fault]:
    """Escapes of JSON and HTML are shown to readers as they are: an entry holds the character itself."""
    for key, value in _texts(page):
        for found in _ESCAPE.finditer(without_code(value)):
            if not found.group().startswith("&") or unescape(found.group()) != found.group():
                yield Fault(
                    f"{found.group()!r} is an escape that was never decoded; write the character", key, found.start()
                )
                break


@page_rule(
    "QT613",
    "misread-encoding",
    bad="answer: >-\n    The newtâ€™s leg.",
    good="answer: >-\n    The newt’s leg.",
)
def misread_encoding(page: Page) -> Iterator[Fault]:
    """`â€™` is an apostrophe whose bytes were read in another encoding."""
    for key, value in _texts(page):
        if found := next((found for found in _MISREAD.finditer(value) if _is_misread(found.group())), None):
            around = value[max(0, found.start() - 15) : found.end() + 15]
            yield Fault(f"text read in the wrong encoding: {around!r}; write it as it was meant", key, found.start())


def _is_misread(text: str) -> bool:
    """Return whether the bytes of a text in Windows-1252 are a character of UTF-8 that an answer would hold."""
    if text == "\ufffd":
        return True
    written = b"".join(each.encode("cp1252", "ignore") or each.encode("latin-1", "ignore") for each in text)
    return bool(_MEANT.match(written.decode("utf-8", "ignore")))


def _lower(text: str) -> str:
    """Return a text in lower case and of the same length, which `str.lower` alone does not promise."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(each.lower()[0] for each in text)


def _texts(page: Page) -> Iterator[tuple[tuple[str, ...], str]]:
    entry = page.entry
    yield ("question",), entry.question
    yield _ANSWER, entry.answer
    yield ("seo", "page_description"), entry.seo.page_description
    yield ("seo", "page_keywords"), entry.seo.page_keywords
