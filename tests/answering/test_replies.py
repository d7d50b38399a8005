"""A reply as it comes: sentences, the keys they cite, and how they are set."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.replies import MOST_CHARACTERS, Draft, ReplyReader

WORDS = [
    *(
        "Heat",
        "breaks",
        "bonds",
        "DNA",
        "e.g.",
        "E.",
        "coli",
        "37",
        "5.",
        "0.5",
        "No.",
        "Ca2+",
        "it",
        "**Bold**:",
        "$x$",
    ),
    *("[a1b]", "[c2d]", "[zzz]", "[1]", "[S]", "[Ca2+]", "[a1b, c2d]", "[a1b](http://x)", "NOT COVERED", '"so"', "(A)"),
    *(
        ".",
        "!",
        "?",
        ". ",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "  ",
        "- ",
        "1. ",
        "# ",
        "|",
        "$",
        "*",
        ")",
        '"',
        "]",
        "[",
        "\u00a0",
    ),
]
replies = st.lists(st.sampled_from(WORDS), max_size=60).map("".join) | st.lists(
    st.sampled_from(WORDS), max_size=60
).map(" ".join)


def read(pieces: list[str]) -> list[Draft]:
    """Return all sentences of a reply that comes in pieces."""
    reader = ReplyReader()
    return [draft for piece in pieces for draft in reader.feed(piece)] + reader.finish()


def said(reply: str) -> list[str]:
    """Return the texts of a reply's sentences, and see that single characters give the same."""
    whole = read([reply])
    assert read(list(reply)) == whole
    return [draft.text for draft in whole]


@given(replies, st.data())
def test_however_a_reply_is_cut_the_same_sentences_come_out(reply: str, data: st.DataObject) -> None:
    """Pieces are what a server makes them: tokens, lines, or all at once."""
    places = sorted(data.draw(st.lists(st.integers(0, len(reply)), max_size=20)))
    cuts = [0, *places, len(reply)]

    pieces = [reply[start:end] for start, end in pairwise(cuts)]
    assert read(pieces) == read([reply])
    assert read(list(reply)) == read([reply])


@given(replies)
def test_no_key_is_left_in_a_sentence_and_no_sentence_is_empty(reply: str) -> None:
    """What is shown has no key in it, whatever the model makes of them; but a link, which is refused as one."""
    for draft in read([reply]):
        assert draft.text.strip() == draft.text
        assert draft.text
        assert "[a1b]" not in draft.text.replace("[a1b](", "")
        assert not {"[1]", "[zzz]"} & set(draft.text.split())
        assert set(draft.keys) <= {"a1b", "c2d"}


@pytest.mark.parametrize(
    "reply",
    [
        "Heat breaks bonds [a1b]. Acid does too [c2d].",
        "Heat breaks bonds. [a1b] Acid does too. [c2d]",
        "Heat breaks bonds.[a1b] Acid does too.[c2d]",
        "Heat breaks bonds.[a1b]Acid does too.[c2d]",
        "Heat breaks bonds[a1b]. Acid does too[c2d].",
        "Heat breaks bonds [a1b].\nAcid does too [c2d].\n",
        "Heat breaks bonds [a1b].\r\nAcid does too [c2d].\r\n",
        "Heat breaks bonds [a1b].   Acid does too [c2d].  ",
        "Heat breaks bonds. [a1b]\nAcid does too. [c2d]",
    ],
)
def test_keys_belong_to_the_sentence_that_they_end(reply: str) -> None:
    """Before the full stop or behind it, with a space or none."""
    first, second = read([reply])

    assert (first.text, first.keys) == ("Heat breaks bonds.", ("a1b",))
    assert (second.text, second.keys) == ("Acid does too.", ("c2d",))


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("Heat breaks bonds [a1b][c2d].", ("a1b", "c2d")),
        ("Heat breaks bonds. [a1b] [c2d]", ("a1b", "c2d")),
        ("Heat breaks bonds [a1b, c2d].", ("a1b", "c2d")),
        ("Heat breaks bonds [a1b; c2d; a1b].", ("a1b", "c2d")),
        ("Heat [a1b] breaks bonds [c2d].", ("a1b", "c2d")),
        ("Heat breaks bonds [1].", ()),
        ("Heat breaks bonds [^1].", ()),
        ("Heat breaks bonds. [12, 13]", ()),
        ("Heat breaks bonds [source].", ()),
        ("Heat breaks bonds [doc 3].", ()),
        ("Heat breaks bonds [Source: a1b].", ("a1b",)),
        ("Heat breaks bonds [z9z].", ("z9z",)),
        ("Heat breaks bonds [zzz].", ()),
        ("Heat breaks bonds [entry47].", ()),
        ("Heat breaks bonds.", ()),
    ],
)
def test_keys_are_read_and_taken_out(written: str, keys: tuple[str, ...]) -> None:
    """One or several, ours or what models write in their place; whether a key is one of ours is for others to say."""
    assert read([written]) == [Draft("Heat breaks bonds.", keys, "paragraph")]


@pytest.mark.parametrize(
    "text",
    [
        "The rate rises with [S].",
        "[Ca2+] rises in the cell.",
        "At high [H+] [S] falls.",
        "It takes up [glucose] slowly.",
    ],
)
def test_concentrations_are_no_keys(text: str) -> None:
    """Square brackets are biology too."""
    assert said(f"Heat breaks bonds. {text} Acid does too. [a1b]") == ["Heat breaks bonds.", text, "Acid does too."]


def test_lists_and_paragraphs_are_told_apart() -> None:
    """Each line of a list is an item, whatever its mark; what follows on a line is a sentence of it."""
    drafts = read(["Bonds break. It is so.\n\n- Heat breaks them. It shakes.\n* Acid too.\n2) Salt too.\n\nAll do."])

    assert [(draft.text, draft.opening) for draft in drafts] == [
        ("Bonds break.", "paragraph"),
        ("It is so.", "sentence"),
        ("Heat breaks them.", "item"),
        ("It shakes.", "sentence"),
        ("Acid too.", "item"),
        ("Salt too.", "item"),
        ("All do.", "paragraph"),
    ]


@pytest.mark.parametrize("heading", ["# Heat. And cold.", "### Heat", "---", "| Heat | 37 |"])
def test_headings_rules_and_tables_are_dropped(heading: str) -> None:
    """What follows begins a paragraph."""
    drafts = read([f"Bonds break.\n{heading}\nAcid does too."])

    assert [(draft.text, draft.opening) for draft in drafts] == [
        ("Bonds break.", "paragraph"),
        ("Acid does too.", "paragraph"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Some bacteria, e.g. E. coli, swim.",
        "At 0.5 mM and pH 7.4 it is stable.",
        "J. D. Watson built a model.",
        "This is seen in Fig. 2 of the entry.",
        "Heat (i.e. fast motion) breaks bonds.",
        "It is 3.5 nm wide, cf. the ribosome.",
    ],
)
def test_abbreviations_and_numbers_end_no_sentence(sentence: str) -> None:
    """A full stop in a word or number is none."""
    assert said(f"Bonds break. {sentence} Acid does too.") == ["Bonds break.", sentence, "Acid does too."]


def test_a_reply_without_a_full_stop_is_one_sentence() -> None:
    """It comes when the reply has ended."""
    reader = ReplyReader()

    assert reader.feed("Heat breaks the bonds of the enzyme [a1b]") == []
    assert reader.finish() == [Draft("Heat breaks the bonds of the enzyme", ("a1b",), "paragraph")]
    assert reader.finish() == []


@pytest.mark.parametrize("reply", ["", " ", "\n\n", "# Heading", "[a1b]", "\r\n"])
def test_a_reply_of_nothing_gives_nothing(reply: str) -> None:
    """Blanks, headings and keys alone are no sentences."""
    assert said(reply) == []


def test_a_sentence_comes_with_the_word_behind_it() -> None:
    """Whoever reads along waits for one more word, no longer."""
    reader = ReplyReader()

    assert reader.feed("Heat breaks bonds. [a1b] ") == []
    assert [draft.text for draft in reader.feed("Acid ")] == ["Heat breaks bonds."]
    assert [draft.text for draft in reader.feed("does.\n")] == ["Acid does."]


@pytest.mark.parametrize("reply", ["NOT COVERED", "NOT COVERED.", "NOT COVERED\n", " NOT COVERED \r\n"])
def test_not_covered_is_a_sentence_of_its_own(reply: str) -> None:
    """For the generator to see."""
    assert [text.rstrip(".") for text in said(reply)] == ["NOT COVERED"]


@pytest.mark.parametrize(
    "unit",
    [
        "Heat breaks bonds. ",
        "x",
        "e.g. ",
        "$ . ",
        "[a1b] ",
        "[",
        "a.b ",
        "\n",
        "- ",
        "No. 1. ",
        "# ",
        "(((",
        "[k1111",
        "x" * 999 + " ",
    ],
)
def test_an_endless_reply_is_read_to_its_limit(unit: str) -> None:
    """What follows the limit is not looked at; a test without an end would show that work grows faster than a reply."""
    reader = ReplyReader()
    drafts = [draft for _ in range(3 * MOST_CHARACTERS // len(unit)) for draft in reader.feed(unit)]
    drafts += reader.finish()

    assert sum(len(draft.text) for draft in drafts) <= MOST_CHARACTERS
