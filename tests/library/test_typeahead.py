"""Questions found by what is typed of them."""

from __future__ import annotations

import pytest

from rag.library import Typeahead

TITLES = [
    ("/a", "What is DNA?"),
    ("/b", "How is DNA copied, and what copies it?"),
    ("/c", "How do cells copy themselves?"),
    ("/d", "Was ist Größe?"),
]


@pytest.mark.parametrize(
    ("typed", "urls"),
    [
        ("what is", ["/a", "/b"]),
        ("DNA", ["/a", "/b"]),
        ("copy", ["/c"]),
        ("cop", ["/c", "/b"]),
        ("na", []),
        ("dna what", ["/a", "/b"]),
        ("GRÖSSE", ["/d"]),
        ("  ?", []),
        ("", []),
        ("what is dna copied and so on", []),
    ],
)
def test_each_word_typed_begins_a_word_of_the_question(typed: str, urls: list[str]) -> None:
    """Those that begin with what was typed come first, then those with its words in a row, then the shortest."""
    assert Typeahead(TITLES).complete(typed, 8) == urls


def test_no_more_are_returned_than_asked_for() -> None:
    """The limit holds."""
    assert Typeahead(TITLES).complete("what", 1) == ["/a"]
