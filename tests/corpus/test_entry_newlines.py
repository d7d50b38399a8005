r"""The publisher's newline, a backslash and an n, is told from LaTeX commands that begin with the same characters."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import parse_entry
from rag.corpus import UnwritableTextError, decode_newlines, encode_newlines

COMMANDS = ["neg", "neq", "nabla", "nu", "notin", "not", "nmid"]
LOOKS_LIKE_COMMAND = re.compile(r"\n(?:eg|eq|abla|otin|ot|mid|u)(?![A-Za-z])")
COMMAND = re.compile(r"\\n(?:eg|eq|abla|otin|ot|mid|u)(?![A-Za-z])")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("after", [" x", "(x)", "_1", "{x}", "\\in", "$", ".", "2", "", "\\n"])
def test_a_latex_command_that_begins_like_a_newline_is_kept(command: str, after: str) -> None:
    r"""Each command of the format stays whole where no letter follows it."""
    assert decode_newlines(f"$a \\{command}{after}") == f"$a \\{command}" + ("\n" if after == "\\n" else after)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_newline_before_a_word_that_begins_like_a_command_is_a_newline(command: str) -> None:
    """Where a letter follows, the characters are a newline and a word."""
    assert decode_newlines(f"a\\{command}xy") == f"a\n{command[1:]}xy"


def test_any_other_backslash_n_is_a_newline() -> None:
    r"""Also ``\ne)``, which is a newline and the list item e), and ``\nat``, a newline and a word."""
    assert decode_newlines(r"a\nb\n\n1. c\nd)\ne) f\nat\nE") == "a\nb\n\n1. c\nd)\ne) f\nat\nE"


def test_nu_directly_after_an_opening_double_dollar_is_a_newline_and_u() -> None:
    """A displayed formula that starts on its own line may begin with the variable u."""
    assert decode_newlines(r"so $$\nu = v + at\n$$ and") == "so $$\nu = v + at\n$$ and"
    assert decode_newlines(r"$$a$$ then $$\nu_1$$") == "$$a$$ then $$\nu_1$$"


@pytest.mark.parametrize(
    "text", [r"$E = h\nu$", r"$\nu = c$", r"$$E = h\nu$$", r"\(\nu\)", r"$$ \nu = 1$$", r"$$a$$\nu b", r"at \nu, x"]
)
def test_nu_anywhere_else_is_the_greek_letter(text: str) -> None:
    """Inside a formula that has begun, or behind single dollars, it is the frequency."""
    assert decode_newlines(text) == text


def test_the_last_backslash_of_a_row_break_and_newline_belongs_to_the_newline() -> None:
    r"""``\\\n`` is a LaTeX row break, then a newline."""
    assert decode_newlines(r"1 & 2 \\\n3 & 4 \\\n\end{matrix}") == "1 & 2 \\\\\n3 & 4 \\\\\n\\end{matrix}"


def test_no_other_escape_is_decoded() -> None:
    """LaTeX that would be a control character or a quote to a JSON decoder is untouched."""
    text = r"\text{a} \frac{1}{2} \beta \rightarrow \theta \forall \vec \alpha \u0041 \x41 \" \' \\ \t \r \0"
    assert decode_newlines(text) == text


@pytest.mark.parametrize(
    "written",
    [
        r"a\nb",
        r"$x \neq 0$\n\n- $\nabla f$",
        r"1 & 2 \\\n3",
        r"$$\nu = 1\n$$",
        r"$h\nu$",
        r"d)\ne) f",
        r"p \neg q\nnot so",
        r"a\n",
        r"\na",
        r"\n\n\n",
    ],
)
def test_what_was_decoded_encodes_to_what_was_written(written: str) -> None:
    """Encoding undoes decoding, collision or not."""
    assert encode_newlines(decode_newlines(written)) == written


@pytest.mark.parametrize("word", ["eg", "eq", "abla", "u", "otin", "ot", "mid"])
def test_a_line_that_begins_like_the_rest_of_a_command_gets_a_space(word: str) -> None:
    """The one space, which Markdown does not show, keeps the newline a newline."""
    assert encode_newlines(f"a\n{word} b") == f"a\\n {word} b"
    assert decode_newlines(encode_newlines(f"a\n{word} b")) == f"a\n {word} b"


@pytest.mark.parametrize(
    "text",
    ["a\\nb", "\\ne", "$\\ne$", "x\n\\nearrow", "$$\\nu$$", "$$ one\na $$ b $$\\nu c"],
    ids=["word", "ne", "ne in formula", "later line", "nu after opening", "nu after an opening begun on another line"],
)
def test_a_backslash_n_that_would_read_back_as_a_newline_is_refused(text: str) -> None:
    """What the format cannot hold is refused with an error of ours that says how to write it."""
    with pytest.raises(UnwritableTextError, match="another way"):
        encode_newlines(text)


ANSWERS = st.lists(
    st.sampled_from(
        [
            "\\",
            "\\\\",
            "\n",
            "\n",
            "n",
            "u",
            "eq",
            "eg",
            "mid",
            "not",
            "ot",
            "abla",
            "$",
            "$$",
            " ",
            "x",
            "1.",
            "\\n",
            "\\nu ",
            "\\neq ",
            "é",
        ]
    ),
    max_size=14,
).map("".join)


@settings(deadline=None, max_examples=1000)
@given(answer=ANSWERS)
def test_encoding_then_decoding_gives_the_answer_back(answer: str) -> None:
    """Any answer returns, but for the one space before a line that looks like a command; or it is refused."""
    try:
        written = encode_newlines(answer)
    except UnwritableTextError:
        assert "\\n" in answer
        return
    assert "\n" not in written
    decoded = decode_newlines(written)
    assert encode_newlines(decoded) == written
    if LOOKS_LIKE_COMMAND.search(answer):
        assert decoded.replace("\n ", "\n") == answer.replace("\n ", "\n")
    else:
        assert decoded == answer


@settings(deadline=None, max_examples=1000)
@given(written=ANSWERS.map(lambda text: text.replace("\n", "\\n")))
def test_decoding_then_encoding_gives_the_written_answer_back(written: str) -> None:
    """Every written answer can be decoded and encoded again, without exception."""
    assert encode_newlines(decode_newlines(written)) == written


@settings(deadline=None)
@given(text=st.text())
def test_text_without_backslashes_is_an_answer_of_any_script(text: str) -> None:
    """Text that holds no backslash always has a form."""
    answer = text.replace("\\", "").replace("\n", "\n-")
    assert decode_newlines(encode_newlines(answer)) == answer


@pytest.mark.parametrize("piece", ["x\\n", "\\nu ", "$$\\nu ", "\\neq ", "\\\\\\n"])
def test_a_long_answer_is_decoded_and_encoded_quickly(piece: str) -> None:
    """The time grows with the length of an answer, not with its square, whatever it repeats."""
    written = piece * (150_000 // len(piece))
    started = time.perf_counter()
    assert encode_newlines(decode_newlines(written)) == written
    assert time.perf_counter() - started < 2


@pytest.mark.real_entries
def test_no_real_answer_keeps_a_backslash_n_that_is_not_a_command(real_texts: dict[str, str]) -> None:
    """Once decoded, the two characters stand in real answers only where a LaTeX command begins."""
    for path, text in real_texts.items():
        answer = parse_entry(text, path).answer
        assert answer.count("\\n") == len(COMMAND.findall(answer)), path


@pytest.mark.real_entries
@pytest.mark.parametrize(
    ("tag", "expected"),
    [("nu-newline-u", r"\$\$\nu(?![a-z])"), ("nu-greek", r"\\nu(?![a-z])"), ("latex-n-collision", COMMAND.pattern)],
)
def test_the_collisions_in_real_files_are_decided_as_measured(
    real_folder: Path, real_texts: dict[str, str], tag: str, expected: str
) -> None:
    """Each real file that is tagged with a collision shows its reading in the decoded answer."""
    rows = [line.split("\t") for line in (real_folder / "edge-cases.tsv").read_text(encoding="utf-8").splitlines()]
    paths = [row[1].removeprefix("content/") for row in rows if row[0] == tag]
    assert len(paths) >= 3
    assert [path for path in paths if not re.search(expected, parse_entry(real_texts[path]).answer)] == []
