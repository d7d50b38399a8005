r"""The publisher's newline: a backslash and an n inside a one-line folded scalar.

The text is not JSON-escaped, so LaTeX keeps its single backslashes, and in 154 of the publisher's files the same two
characters begin a LaTeX command. The rules here are those measured over all 35,915 files: ``\neg``, ``\neq``,
``\nabla``, ``\notin``, ``\not`` and ``\nmid`` are commands when no letter follows, and so is ``\nu``, except directly
after an opening ``$$``, where it is a newline and the variable u.
"""

from __future__ import annotations

import re

from rag.errors import QuickTakesError

_NEWLINE_OR_COMMAND = re.compile(r"\\n(?P<command>(?:eg|eq|abla|otin|ot|mid|u)(?![A-Za-z]))?")


class UnwritableTextError(QuickTakesError):
    """A text has no form in the entry format; whoever wrote it must change it."""


def decode_newlines(written: str) -> str:
    r"""Return an answer as it reads: each ``\n`` a newline, each LaTeX command that begins so untouched."""

    def decode(match: re.Match[str]) -> str:
        if match["command"] and not _is_variable_u(written, match):
            return match.group()
        return "\n" + (match["command"] or "")

    return _NEWLINE_OR_COMMAND.sub(decode, written)


def encode_newlines(text: str) -> str:
    r"""Return an answer as it is written, on one line.

    `decode_newlines` gives the text back, but for one space: a line that begins like the rest of a LaTeX command
    (``not only``) is written with a space before it, which Markdown does not show.

    Raises:
        UnwritableTextError: the text holds a backslash and an n that would be read back as a newline.
    """
    first, *rest = text.split("\n")
    written = first
    for line in rest:
        written = _append_line(written, line)
    if decode_newlines(written).replace("\n ", "\n") != text.replace("\n ", "\n"):
        line = next(line for line in text.split("\n") if decode_newlines(line) != line)
        raise UnwritableTextError(
            f"an answer cannot hold a backslash followed by n, which the format reads as a newline: {line[:80]!r}; "
            r"write the command another way (\ne as \neq)"
        )
    return written


def _append_line(written: str, line: str) -> str:
    joined = f"{written}\\n{line}"
    found = _NEWLINE_OR_COMMAND.match(joined, len(written))
    reads_as_command = found and found["command"] and not _is_variable_u(joined, found)
    return f"{written}\\n {line}" if reads_as_command else joined


def _is_variable_u(written: str, match: re.Match[str]) -> bool:
    before = written[: match.start()]
    return match["command"] == "u" and before.endswith("$$") and before.count("$$") % 2 == 1
