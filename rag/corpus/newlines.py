r"""The publisher's newline: a backslash and an n inside a one-line folded scalar.

The text is not JSON-escaped, so LaTeX keeps its single backslashes, and in 154 of the publisher's files the same two
characters begin a LaTeX command. The rules here are those measured over all 35,915 files: ``\neg``, ``\neq``,
``\nabla``, ``\notin``, ``\not`` and ``\nmid`` are commands when no letter follows, and so is ``\nu``, except directly
after an opening ``$$``, where it is a newline and the variable u.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.errors import QuickTakesError

_REST = r"(?P<command>(?:eg|eq|abla|otin|ot|mid|u)(?![A-Za-z]))?"
_WRITTEN = re.compile(r"\\n" + _REST)
_REAL = re.compile("\n" + _REST)


class UnwritableTextError(QuickTakesError):
    """A text has no form in the entry format; whoever wrote it must change it."""


def decode_newlines(written: str) -> str:
    r"""Return an answer as it reads: each ``\n`` a newline, each LaTeX command that begins so untouched."""
    return _replace(_WRITTEN, written, newline="\n", before_command=lambda match: match.group())


def encode_newlines(text: str) -> str:
    r"""Return an answer as it is written, on one line.

    `decode_newlines` gives the text back, but for one space: a line that begins like the rest of a LaTeX command
    (``not`` alone, ``u`` in an equation) is written with a space before it, which Markdown does not show.

    Raises:
        UnwritableTextError: the text holds a backslash and an n that would be read back as a newline.
    """
    written = _replace(_REAL, text, newline="\\n", before_command=lambda match: f"\\n {match['command']}")
    if decode_newlines(written).replace("\n ", "\n") != text.replace("\n ", "\n"):
        line = next((line for line in text.split("\n") if decode_newlines(line) != line), text)
        raise UnwritableTextError(
            f"an answer cannot hold a backslash followed by n, which the format reads as a newline: {line[:80]!r}; "
            r"write the command another way (\ne as \neq)"
        )
    return written


def _replace(
    pattern: re.Pattern[str], text: str, *, newline: str, before_command: Callable[[re.Match[str]], str]
) -> str:
    """Replace newlines in one pass, counting ``$$`` to know where an equation opens."""
    pieces: list[str] = []
    end = dollars = 0
    for match in pattern.finditer(text):
        before = text[end : match.start()]
        dollars += before.count("$$")
        command = match["command"] or ""
        is_variable_u = command == "u" and before.endswith("$$") and dollars % 2 == 1
        pieces += [before, before_command(match) if command and not is_variable_u else newline + command]
        end = match.end()
    return "".join((*pieces, text[end:]))
