"""Chapter 3: which descriptions and keywords are fragments, and which only look so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.linting import Finding

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("subject", "title", "is_right"),
    [
        ("Biology", "QuickTakes | Biology", True),
        ("Marine Studies", "QuickTakes | Marine Studies", True),
        ("Biology", "Quicktakes | Biology", False),
        ("Biology", "QuickTakes | Chemistry", False),
    ],
)
def test_the_seo_title_is_the_brand_and_the_subject(subject: str, title: str, is_right: object, found: Found) -> None:
    """QT300 points at a title of any other form, brand or subject."""
    points = found("QT300", subject=subject, seo_title=title)
    assert points == ([] if is_right else [title])


@pytest.mark.parametrize(("characters", "is_right"), [(49, False), (50, True), (320, True), (321, False)])
def test_the_bounds_of_a_description_are_allowed(characters: int, is_right: object, found: Found) -> None:
    """QT301 is given for fewer than 50 characters and for more than 320, not for 50 or 320."""
    description = "A" + "é" * (characters - 2) + "."
    assert found("QT301", description=description) == ([] if is_right else [description])


@pytest.mark.parametrize(
    ("description", "at"),
    [
        (r"ext{O}_2$, $, orbitals of oxygen", "ext{"),
        (r"The answer gives rac{1}{2} as the share of carriers.", "rac{"),
        (r"The answer counts 2 imes 10 cells.", "imes"),
        (r"The answer says why sugar ightarrow lactate.", "ightarrow"),
        (r"The answer says what $\text{O}_2 is.", r"$\text"),
        ("The answer says how newts regrow legs and what the", "e"),
        ("The answer says how newts regrow legs,", ","),
        ("newts, legs, blastema, regeneration", "n"),
    ],
)
def test_a_description_that_was_cut_is_found(description: str, at: str, found: Found) -> None:
    """QT302 points at what a lost command left, at a single dollar sign, or at the last character."""
    assert [text.startswith(at) for text in found("QT302", description=description)] == [True]


@pytest.mark.parametrize(
    "description",
    [
        "The answer says how newts regrow legs.",
        "mRNA carries the message from DNA to the ribosome.",
        "Do newts regrow legs? Yes!",
        "The answer says why a newt is called a “dragon.”",
        'The answer says why a newt is called a "dragon".',
        "The answer says how newts regrow legs (and tails).",
        "The answer says what $p^2 + 2pq + q^2 = 1$ means.",
        r"The answer says what costs \$5 and why.",
        "The answer says where the text{ure} and the next{most} cell lie.",
    ],
)
def test_whole_sentences_have_no_finding(description: str, found: Found) -> None:
    """QT302 leaves sentences alone, however they start and end, and pairs of dollar signs."""
    assert found("QT302", description=description) == []


@pytest.mark.parametrize(
    ("keywords", "at"),
    [
        ("newt,blastema,limb", ",blastema"),
        ("newt, blastema,limb", ",limb"),
        ("1,3-butadiene,newt,limb", ",newt"),
        ("newt,3-phosphoglycerate,limb", ",3-phospho"),
    ],
)
def test_a_comma_without_space_is_found(keywords: str, at: str, found: Found) -> None:
    """QT303 points at the first comma that separates keywords without a space."""
    assert [text.startswith(at) for text in found("QT303", keywords=keywords)] == [True]


@pytest.mark.parametrize(
    "keywords",
    [
        "newt, blastema, limb",
        "newt, 1,3-butadiene, limb",
        "newt, fructose 1,6-bisphosphate, β-1,4 bonds, 1,000 cells",
        "newt, N,N-dimethyltryptamine, limb",
        "newt, α,β-unsaturated acids, limb",
    ],
)
def test_a_comma_inside_a_name_has_no_finding(keywords: str, found: Found) -> None:
    """QT303 leaves commas alone that stand between the numbers or letters of a chemical name."""
    assert found("QT303", keywords=keywords) == []


@pytest.mark.parametrize(
    ("keywords", "at"),
    [
        ("newt, limb, Newt", "Newt"),
        ("newt, limb, newt", "newt"),
        ("newt,limb,newt", "newt"),
        ("newt, limb, , leg", " , leg"),
        ("newt, limb, leg,", ""),
    ],
)
def test_a_keyword_that_says_nothing_is_found(keywords: str, at: str, found: Found) -> None:
    """QT304 is given once for keywords that recur, in whatever case, and for empty ones, where the second stands."""
    assert found("QT304", keywords=keywords) == [at]


@pytest.mark.parametrize(
    ("keywords", "words"), [("newt, limb, NEWT", "the keyword 'NEWT' is given twice"), ("newt, , limb", "is empty")]
)
def test_a_keyword_that_says_nothing_is_named(
    keywords: str, words: str, lint_example: Callable[[str], list[Finding]]
) -> None:
    """QT304 tells a keyword that recurs, in whatever case, from an empty one."""
    findings = lint_example(f"seo:\n  page_keywords: >-\n    {keywords}")
    assert [words in finding.message for finding in findings if finding.code == "QT304"] == [True]


@pytest.mark.parametrize(
    "keywords",
    ["newt, newts, newt limb", "newt, 1,3-butadiene, 1,3-pentadiene", "1,3-butadiene,1,3-pentadiene,newt"],
)
def test_keywords_that_share_a_part_have_no_finding(keywords: str, found: Found) -> None:
    """QT304 leaves keywords alone that are alike only in part."""
    assert found("QT304", keywords=keywords) == []


@pytest.mark.parametrize(("count", "is_right"), [(2, False), (3, True), (25, True), (26, False)])
@pytest.mark.parametrize("separator", [", ", ","])
def test_the_bounds_of_the_keywords_are_allowed(count: int, is_right: object, separator: str, found: Found) -> None:
    """QT305 is given for fewer than 3 keywords and for more than 25, however they are separated."""
    keywords = separator.join(f"newt{number}" for number in range(count))
    assert found("QT305", keywords=keywords) == ([] if is_right else [keywords])


@pytest.mark.parametrize(
    ("keywords", "at"),
    [
        ("newt, $orall$ tissues, limb", "$orall$"),
        ("newt, limb, $", "$"),
        ("newt, -hydroxy acid, limb", "-hydroxy"),
        ("newt, ext{O}_2, limb", "ext{O}"),
        ("newt, limb, $x", "$x"),
        ("newt, ?, limb", "?"),
        ("newt, $orall$, limb, $", "$orall$"),
        ("newt, heta waves, sleep", "heta"),
    ],
)
def test_a_keyword_that_was_cut_is_found(keywords: str, at: str, found: Found) -> None:
    """QT306 points at half a formula, a command without its start, and a word without its first letter."""
    assert found("QT306", keywords=keywords)[0].startswith(at)


def test_each_fragment_is_found_at_its_own_place(found: Found) -> None:
    """QT306 points at a keyword, not at the same sign within another."""
    assert found("QT306", keywords="newt, $orall$ cells, $") == ["$orall$ cells, $", "$"]
    assert found("QT306", keywords="newt, -keto acid, x, -keto acid") == ["-keto acid, x, -keto acid", "-keto acid"]


@pytest.mark.parametrize(
    "keyword",
    [
        "-omics",
        "trans-",
        "Na⁺/K⁺ pump",
        "9:3:3:1 ratio",
        "1,3-butadiene",
        "I^A",
        "(+) strand",
        "5′ cap",
        "$p^2$",
        "−70 mV",
        "-70 mV",
        "25°C",
    ],
)
def test_a_keyword_of_signs_has_no_finding(keyword: str, found: Found) -> None:
    """QT306 leaves suffixes, ions, ratios, alleles and numbers alone."""
    assert found("QT306", keywords=f"newt, {keyword}, limb") == []
