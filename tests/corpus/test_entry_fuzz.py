"""Whatever the text, reading it gives an entry or a located problem."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rag import parse_entry, render_entry
from rag.corpus import UnwritableTextError, decode_entry
from rag.errors import CorpusError

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=80)
TOKENS = st.sampled_from(
    [
        *(
            "---\n",
            "---",
            "...\n",
            "\n",
            "\n\n",
            "\n  ",
            "\n    ",
            "\t",
            " ",
            "\r",
            "\ufeff",
            "\x85",
            "\u2028",
            "\x00",
            "\ud800",
        ),
        *(
            "id: 1\n",
            "date: 2026-01-01\n",
            "title: ",
            "seo:\n",
            "  title: a\n",
            "answer: >-\n    ",
            "question: |\n  ",
            "url: a\n",
        ),
        *(
            "score: -1.0\n",
            "no_index: True\n",
            "related_article1:\n",
            "related_article2: {id: 1}\n",
            "_schema: default\n",
        ),
        *(
            "- ",
            "? ",
            ": ",
            ":",
            "{",
            "}",
            "[",
            "]",
            ",",
            "&a ",
            "*a ",
            "!t ",
            "!!int ",
            "<<: ",
            "<<",
            "# c\n",
            "|",
            ">-",
            ">+2\n",
        ),
        *(
            '"',
            "'",
            "\\",
            "\\n",
            "\\nu ",
            "$$",
            "%YAML 1.1\n",
            "@",
            "`",
            "~",
            "null",
            "=",
            "é",
            "😀",
            "word",
            "0x1f",
            "1e999",
            "9" * 30,
        ),
    ]
)
YAML_LIKE = st.lists(TOKENS, max_size=25).map("".join)


def assert_entry_or_problem(text: str) -> None:
    """Read a text: it round-trips and can change, or gives one problem on one of its lines."""
    try:
        entry = parse_entry(text, "x.md")
    except CorpusError as error:
        (problem,) = error.problems
        assert problem.path == "x.md"
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.code.startswith("QT1")
        assert "\n" not in str(problem)
        return
    assert render_entry(entry) == text
    changed = dataclasses.replace(entry, id=entry.id + 1, seo=dataclasses.replace(entry.seo, page_keywords="a, b"))
    try:
        written = render_entry(changed)
    except UnwritableTextError:
        return
    assert parse_entry(written) == changed


@settings(deadline=None, max_examples=300)
@given(text=ANY_TEXT)
def test_random_text_gives_an_entry_or_one_problem(text: str) -> None:
    """Text of any characters, lone surrogates included, raises nothing but a problem."""
    assert_entry_or_problem(text)


@settings(deadline=None, max_examples=500)
@given(header=YAML_LIKE, body=YAML_LIKE)
def test_random_yaml_between_fences_gives_an_entry_or_one_problem(header: str, body: str) -> None:
    """YAML put together at random raises nothing but a problem on one of its lines."""
    assert_entry_or_problem(f"---\n{header}\n---\n{body}")


@settings(deadline=None, max_examples=500)
@given(draw=st.data())
def test_a_mutated_entry_gives_an_entry_or_one_problem(made_text: str, draw: st.DataObject) -> None:
    """An entry with pieces cut out or put in is read and can still change, or is one problem on one of its lines."""
    text = made_text
    for _ in range(draw.draw(st.integers(1, 4))):
        start = draw.draw(st.integers(0, len(text)))
        end = min(len(text), start + draw.draw(st.integers(0, 12)))
        text = text[:start] + draw.draw(st.one_of(st.just(""), TOKENS, ANY_TEXT)) + text[end:]
    assert_entry_or_problem(text)


@settings(deadline=None, max_examples=400)
@given(draw=st.data())
def test_an_entry_with_its_lines_mixed_gives_an_entry_or_one_problem(made_text: str, draw: st.DataObject) -> None:
    """Lines moved, doubled, dropped or indented otherwise raise nothing but a problem."""
    lines = made_text.split("\n")
    for _ in range(draw.draw(st.integers(1, 3))):
        place = draw.draw(st.integers(0, len(lines) - 1))
        line = lines.pop(place)
        indent = " " * draw.draw(st.integers(0, 6))
        copies = draw.draw(st.sampled_from([[], [line, line], [indent + line.lstrip()], [line]]))
        target = draw.draw(st.one_of(st.just(place), st.integers(0, len(lines))))
        lines[target:target] = copies
    assert_entry_or_problem("\n".join(lines))


@settings(deadline=None, max_examples=300)
@given(draw=st.data(), noise=st.binary(max_size=6))
def test_mutated_bytes_give_an_entry_or_one_problem(made_text: str, draw: st.DataObject, noise: bytes) -> None:
    """Bytes put anywhere into a file raise nothing but a problem."""
    content = made_text.encode()
    place = draw.draw(st.integers(0, len(content)))
    mutated = content[:place] + noise + content[place:]
    try:
        entry = decode_entry(mutated, Path("x.md"))
    except CorpusError as error:
        (problem,) = error.problems
        assert 1 <= problem.line <= mutated.count(b"\n") + 1
        return
    assert render_entry(entry).encode() == mutated
