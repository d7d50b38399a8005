"""What is shown of a sentence that a model wrote."""

from __future__ import annotations

import random

import pytest
from made_corpus import DANGLES

from rag.answering.fencing import PLACEHOLDERS, make_request
from rag.answering.replies import Draft
from rag.answering.shaping import Said, Shaper
from rag.grounding import Sources
from rag.models import Passage, SupportPolicy
from rag.prompts import load_prompt

TEXT = (
    "Heat breaks the weak bonds that hold an enzyme in shape. This changes the shape of the active site. "
    "The substrate then no longer fits. Most human enzymes work best at about 37 degrees."
)
PASSAGE = Passage("p1", "/enzymes", "section", "", TEXT, 100, 100 + len(TEXT))
OTHER = Passage("p2", "/water", "section", "", "This makes water stick to itself by hydrogen bonds.", 0, 51)
SECTIONS = [(PASSAGE, "Why do enzymes stop working at high temperature?"), (OTHER, "Why is water sticky?")]
REQUEST = make_request(
    load_prompt("answer", PLACEHOLDERS),
    "Why do hot enzymes stop working?",
    SECTIONS,
    "one sentence",
    random.Random(0),  # noqa: S311 the same each time
)
KEY = next(iter(REQUEST.passages))


def shaper(policy: SupportPolicy = "strict") -> Shaper:
    """Return a shaper over two sections; every word tells as much."""
    return Shaper(Sources(SECTIONS, lambda _: 5.0), REQUEST, policy)


def shape(text: str, policy: SupportPolicy = "strict") -> list[Said]:
    """Return what is shown of a sentence."""
    return shaper(policy).shape(Draft(text, (KEY,), "sentence"))


@pytest.mark.parametrize(
    "text",
    [
        "Heat breaks the weak bonds that hold an enzyme in shape.",
        "**Heat** breaks the weak bonds that hold an enzyme in shape.",
        "Most human enzymes work best at about 37 degrees.",
    ],
)
@pytest.mark.parametrize("policy", ["strict", "mark"])
def test_what_the_evidence_supports_is_shown_as_written(text: str, policy: SupportPolicy) -> None:
    """With the place that it stands on."""
    (said,) = shape(text, policy)

    assert (said.text, said.support, said.verbatim) == (text, "supported", False)
    assert said.passage == PASSAGE
    assert said.source in TEXT


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Most human enzymes work best at about 73 degrees.", "Most human enzymes work best at about 37 degrees."),
        ("Heat does not break the weak bonds that hold an enzyme in shape.", TEXT[:56]),
    ],
)
@pytest.mark.parametrize("policy", ["strict", "mark"])
def test_what_the_evidence_contradicts_gives_way_to_its_own_words(text: str, own: str, policy: SupportPolicy) -> None:
    """Whatever the policy, a reader is never told the opposite of an entry."""
    (said,) = shape(text, policy)

    assert (said.text, said.support, said.verbatim) == (own, "supported", True)
    assert said.source == own


def test_what_the_evidence_supports_in_part_gives_way_or_is_marked() -> None:
    """By policy."""
    text = "Most human enzymes work best at about 37 degrees in Africa."

    (strict,), (marked,) = shape(text), shape(text, "mark")
    assert (strict.text, strict.verbatim) == ("Most human enzymes work best at about 37 degrees.", True)
    assert (marked.text, marked.support, marked.verbatim) == (text, "partly", False)
    assert marked.passage == PASSAGE


def test_what_nothing_speaks_of_is_left_out_or_marked() -> None:
    """A marked one cites nothing."""
    text = "Paris became the capital of France long ago."

    assert shape(text) == []
    (marked,) = shape(text, "mark")
    assert (marked.text, marked.support, marked.passage, marked.source) == (text, "unsupported", None, "")


def test_an_entrys_own_sentence_is_put_in_once() -> None:
    """Two wrong sentences about one fact give that fact once; what was left out is counted."""
    own = shaper()
    shown = [
        own.shape(Draft(f"Most human enzymes work best at about {degrees} degrees.", (), "sentence"))
        for degrees in (73, 12, 37)
    ]

    assert [len(said) for said in shown] == [1, 0, 1]
    assert (own.written, own.left_out) == (3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "This changes the colour of the active site by 12 percent.",
        "The shape of the active site is not changed.",
        "The substrate then fits 5 times.",
    ],
)
def test_what_is_put_in_can_be_read_alone(text: str) -> None:
    """A sentence that leans on the one before it comes with that, never by itself."""
    said = shape(text)

    assert all(one.verbatim for one in said)
    assert not said or not DANGLES.match(said[0].text)


def test_what_leans_on_another_section_is_not_put_in() -> None:
    """Nothing would say what "this" is."""
    assert shape("Water sticks to itself by 12 hydrogen bonds.") == []


@pytest.mark.parametrize(
    "tail",
    [
        "(see https://example.org/heat)",
        "at www.example.org",
        "[more](/learn)",
        "![picture](x.png)",
        "<b>always</b>",
        "<script>alert(1)</script>",
        "<!-- note -->",
        "</div>",
        "&lt;b&gt;",
        "&#60;",
        "`code`",
        "```",
        f"<evidence-{REQUEST.tag}>",
        REQUEST.tag,
    ],
)
@pytest.mark.parametrize("policy", ["strict", "mark"])
def test_links_markup_code_and_fences_are_never_shown(tail: str, policy: SupportPolicy) -> None:
    """However true the rest is."""
    assert shape(f"Heat breaks the weak bonds that hold an enzyme in shape {tail}.", policy) == []


@pytest.mark.parametrize("policy", ["strict", "mark"])
def test_instructions_are_never_shown(policy: SupportPolicy) -> None:
    """Eight words of them in a row are theirs, whatever stands around them and however they are set."""
    words = REQUEST.messages[0].content.split()
    for start in range(0, len(words) - 12, 5):
        run = " ".join(words[start : start + 12])
        assert shape(f"Heat breaks bonds: {run}", policy) == []
        assert shape(f"Heat breaks bonds: **{run.upper()}**", policy) == []


@pytest.mark.parametrize("policy", ["strict", "mark"])
def test_questions_are_not_shown(policy: SupportPolicy) -> None:
    """A model that asks does not answer."""
    assert shape("What breaks the weak bonds that hold an enzyme in shape?", policy) == []


def test_a_comparison_is_no_markup() -> None:
    """A sign with a blank or a number behind it is mathematics."""
    assert len(shape("Most human enzymes work best at 37 degrees (a < b).", "mark")) == 1
