"""Made entries in both dialects, and the publisher's real files where they are present."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
REAL = REPOSITORY / "../shared/quicktakes"

DIALECT_A = r"""---
_schema: default
id: -7
date: 2025-01-31
title: Why do newts regrow legs?
article_title: Why do newts regrow legs?
date_format: MMM DD, YYYY
post_on_text: Posted on
seo:
  title: QuickTakes | Biology
  page_description: >-
    The answer explains how a stump forms new tissue.
  page_keywords: >-
    newt,blastema,limb
author: QuickTakes
question: >-
    Why do newts regrow legs?
answer: >-
    Newts regrow legs because stump cells divide.\n\n1. **Closing**: skin grows.\n2. **Growing**: $v \neq 0$.
subject: Biology
file_name: why-do-newts-regrow-legs.md
url: /learn/biology/questions/why-do-newts-regrow-legs
---

&nbsp;"""

DIALECT_B = r"""---
_schema: default
id: 41
date: 2026-01-31
title: >-
    How do eels sense fields?
article_title: >-
    How do eels sense fields?
date_format: MMM DD, YYYY
post_on_text: Posted on
seo:
  title: QuickTakes | Marine Studies
  page_description: >-
    The answer explains what an electroreceptor does.
  page_keywords: >-
    eel, electroreceptor, field
author: QuickTakes
question: >-
    How do eels sense fields?
no_index: True
answer: >-
    Eels sense fields with electroreceptors.\n\nEach one is a canal filled with jelly.
subject: Marine Studies
file_name: how-do-eels-sense-fields.md
url: /learn/marine-studies/questions/how-do-eels-sense-fields
score: -1.0
related_article1:
    id: 42
    title: >-
        What is a canal?
    subject: Marine Studies
    url: /learn/marine-studies/questions/what-is-a-canal
related_article2:
    id: -43
    title: >-
        What is jelly made of?
    subject: Biology
    url: /learn/biology/questions/what-is-jelly-made-of
---

&nbsp;"""


@pytest.fixture(scope="session")
def dialect_a() -> str:
    """A made entry in dialect A: plain titles, no score, no related articles."""
    return DIALECT_A


@pytest.fixture(scope="session")
def dialect_b() -> str:
    """A made entry in dialect B: folded titles, score, related articles; and no_index."""
    return DIALECT_B


@pytest.fixture(scope="session", params=[DIALECT_A, DIALECT_B], ids=["dialect_a", "dialect_b"])
def made_text(request: pytest.FixtureRequest) -> str:
    """The text of a made entry, in each dialect."""
    return request.param


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """The folder of the publisher's own files."""
    if not REAL.is_dir():
        pytest.skip("the publisher's files are not present beside the repository")
    return REAL


@pytest.fixture(scope="session")
def real_texts(real_folder: Path) -> dict[str, str]:
    """The text of every real entry that parses, by its path below the folder."""
    content = real_folder / "content"
    return {str(path.relative_to(content)): path.read_bytes().decode() for path in sorted(content.rglob("*.md"))}


@pytest.fixture(scope="session")
def starter_corpus() -> Path:
    """The project's own corpus."""
    return REPOSITORY / "corpus"
