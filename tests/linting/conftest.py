r"""Two made entries without a fault, the lines of an example laid over one of them, and the linter run on files."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from rag.corpus import slug_of
from rag.linting import Checks, Finding, lint, selected_codes

REAL = Path(__file__).resolve().parents[2] / "../shared/quicktakes"

NEWT_FILE = "why-do-newts-regrow-legs.md"
NEWT = r"""---
_schema: default
id: 7
date: 2026-01-31
title: Why do newts regrow legs?
article_title: Why do newts regrow legs?
date_format: MMM DD, YYYY
post_on_text: Posted on
seo:
  title: QuickTakes | Biology
  page_description: >-
    The answer explains how the stump of a newt's leg forms new tissue, and why ours does not.
  page_keywords: >-
    newt, blastema, limb, wound healing
author: QuickTakes
question: >-
    Why do newts regrow legs?
answer: >-
    Newts regrow legs because the cells of the stump become young again, divide, and form a bud.\n\n1. **Closing**: skin grows over the wound within a day and leaves no scar.\n2. **Growing**: the bud below the skin, called blastema, divides and then builds bone, muscle and nerve.\n\nIn summary, the stump repeats what the embryo did.
subject: Biology
file_name: why-do-newts-regrow-legs.md
url: /learn/biology/questions/why-do-newts-regrow-legs
---

&nbsp;"""  # noqa: E501 an answer stands on one line
"""In dialect A: plain titles, no score, no related articles."""

EEL_FILE = "how-do-eels-sense-fields.md"
EEL = r"""---
_schema: default
id: 8
date: 2026-01-31
title: >-
    How do eels sense fields?
article_title: >-
    How do eels sense fields?
date_format: MMM DD, YYYY
post_on_text: Posted on
seo:
  title: QuickTakes | Biology
  page_description: >-
    The answer explains what an electroreceptor does, and what an eel learns from its own discharge.
  page_keywords: >-
    eel, electroreceptor, field, discharge
author: QuickTakes
question: >-
    How do eels sense fields?
answer: >-
    Eels sense fields with electroreceptors, small pits in the skin that are filled with jelly and lined by hair cells.\n\n- **Own field**: a weak discharge surrounds the eel, and a stone or a fish bends it.\n- **Strange fields**: a muscle that moves gives a small voltage, and the pits notice it from a metre away.
subject: Biology
file_name: how-do-eels-sense-fields.md
url: /learn/biology/questions/how-do-eels-sense-fields
score: -1.0

---

&nbsp;"""  # noqa: E501 an answer stands on one line
"""In dialect B: folded titles and a score, and an empty line before the fence for want of related articles."""

_ORDER = (
    *("_schema", "id", "date", "title", "article_title", "date_format", "post_on_text", "seo", "author", "question"),
    *("no_index", "answer", "subject", "file_name", "url", "score"),
    *(f"related_article{number}" for number in range(1, 6)),
)
_FOLDED_TITLES = "title: >-\n    Why do newts regrow legs?\narticle_title: >-\n    Why do newts regrow legs?"
_NEWER = re.compile(r"^(?:score|related_article\d|(?:article_)?title: >-)", re.MULTILINE)


class Laid(NamedTuple):
    """An entry with an example's keys in the place of its own."""

    text: str
    example_lines: frozenset[int]
    """Line numbers, from 1, that hold the example's keys."""


class _Piece(NamedTuple):
    text: str
    is_example: bool


def _keys_of(lines: str) -> dict[str, str]:
    """Cut header lines at the keys that start in the first column; a comment belongs to the key below it.

    Lines of a key that is given twice stand together.
    """
    found: dict[str, str] = {}
    comments = key = ""
    for line in lines.splitlines(keepends=True):
        if line.startswith("#"):
            comments += line
            continue
        if not line.startswith((" ", "\n")):
            key = line.partition(":")[0].rstrip()
            found[key] = found.get(key, "") + comments
            comments = ""
        found[key] += line
    return found


def _lay_over(base: str, example: str) -> list[_Piece]:
    """Put the keys of an example where those of the base stand, in the example's order; new ones in the format's."""
    kept, given = _keys_of(base), _keys_of(example)
    takers = iter([key for key in given if key in kept])
    order = [next(takers) if key in given else key for key in kept]
    for key in given:
        if key not in order:
            rank = _ORDER.index(key) if key in _ORDER else len(_ORDER)
            before = [place for place, other in enumerate(order) if other in _ORDER and _ORDER.index(other) < rank]
            order.insert(before[-1] + 1 if before else 0, key)
    pieces: list[_Piece] = []
    for key in order:
        if key == "seo" and given.get(key, "").startswith("seo:\n"):
            children = [textwrap.dedent(text.removeprefix("seo:\n")) for text in (kept[key], given[key])]
            laid = [_Piece(textwrap.indent(piece.text, "  "), piece.is_example) for piece in _lay_over(*children)]
            pieces += [_Piece("seo:\n", is_example=False), *laid]
        else:
            pieces.append(_Piece(given.get(key, kept.get(key, "")), key in given))
    return pieces


def lay(example: str) -> Laid:
    """Lay the lines of an example over the newt; where they are of the newer dialect, over the newt in that dialect."""
    header, fence, body = NEWT.removeprefix("---\n").rpartition("---\n")
    if _NEWER.search(example):
        header = "".join(piece.text for piece in _lay_over(header, _FOLDED_TITLES + "\n"))
    text, lines = "---\n", set[int]()
    for piece in _lay_over(header, example.rstrip("\n") + "\n"):
        if piece.is_example:
            first = text.count("\n") + 1
            lines.update(range(first, first + piece.text.count("\n")))
        text += piece.text
    return Laid(text + fence + body, frozenset(lines))


def entry_on(question: str, *, entry_id: int, answer: str = "", **lines: str) -> str:
    """Return the newt's text as an entry on another question."""
    slug = slug_of(question)
    keys = {
        "id": f"id: {entry_id}",
        "title": f"title: {question}",
        "article_title": f"article_title: {question}",
        "question": f"question: >-\n    {question}",
        "file_name": f"file_name: {slug}.md",
        "url": f"url: /learn/biology/questions/{slug}",
        **({"answer": f"answer: >-\n    {answer}"} if answer else {}),
        **lines,
    }
    return lay("\n".join(keys[key] for key in _ORDER if key in keys)).text


LintFiles = Callable[[Mapping[str, str | bytes]], list[Finding]]


@pytest.fixture
def newt() -> str:
    """A made entry in dialect A that no rule finds fault with."""
    return NEWT


@pytest.fixture
def eel() -> str:
    """A made entry in dialect B that no rule finds fault with, the newt's neighbour."""
    return EEL


@pytest.fixture
def lay_over_newt() -> Callable[[str], Laid]:
    """A function that lays an example's lines over the newt."""
    return lay


@pytest.fixture
def make_entry() -> Callable[..., str]:
    """A function that makes the newt's text an entry on another question."""
    return entry_on


@pytest.fixture
def lint_files(tmp_path: Path) -> LintFiles:
    """A function that writes files by their names, in their order, and runs every rule on them together."""

    def run(files: Mapping[str, str | bytes]) -> list[Finding]:
        paths = [tmp_path / name for name in files]
        for path, content in zip(paths, files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(lint(paths, Checks(selected_codes((), ()))).findings)

    return run


@pytest.fixture
def lint_example(lint_files: LintFiles) -> Callable[[str], list[Finding]]:
    """A function that lints the newt under an example's lines, beside the eel."""
    return lambda example: lint_files({NEWT_FILE: lay(example).text, EEL_FILE: EEL})


@pytest.fixture
def found(lint_files: LintFiles) -> Callable[..., list[str]]:
    """A function that gives one code's findings in the newt with another value: for each the text it points at."""
    forms = {
        "answer": "answer: >-\n    {}",
        "question": "question: >-\n    {}",
        "seo_title": "seo:\n  title: {}",
        "description": "seo:\n  page_description: >-\n    {}",
        "keywords": "seo:\n  page_keywords: >-\n    {}",
    }

    def run(code: str, **values: str) -> list[str]:
        text = lay("\n".join(forms.get(key, key + ": {}").format(value) for key, value in values.items())).text
        lines = text.split("\n")
        return [
            lines[finding.line - 1][finding.column - 1 :]
            for finding in lint_files({NEWT_FILE: text})
            if finding.code == code
        ]

    return run


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """The folder of the publisher's own files."""
    if not REAL.is_dir():
        pytest.skip("the publisher's files are not present beside the repository")
    return REAL
