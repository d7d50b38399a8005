"""How a file that cannot be read is mended without a guess: each takes the text and returns it, mended or as it was."""

from __future__ import annotations

import re

from rag.corpus.header import HeaderError, read_header

_FOLDED_WITHOUT_COLON = re.compile(r"^( *[a-z_0-9]+) +(>-?) *$")
_PLAIN = re.compile(r"(?P<indent> *)(?P<key>[a-z_0-9]+): (?P<value>.+)")
_OPENS_TEXT = re.compile(r": *[>|][-+0-9]*(?: +#.*)?$")
_QUESTION = re.compile(r"^question: >-\n +(.+)$", re.MULTILINE)
_FORM_FEED = re.compile("\f(?=(?:orall|rac|lat|rown|box|box|orce)(?![a-z]))")
_KEYS_WITH_TEXT = {"title", "article_title", "subject"}


def without_byte_order_mark(text: str) -> str:
    """Remove the byte-order mark."""
    return text.removeprefix("\ufeff")


def with_line_feeds(text: str) -> str:
    """End lines as the format does."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def without_empty_first_lines(text: str) -> str:
    """Remove empty lines above the first fence."""
    rest = text.lstrip("\n")
    return rest if rest.startswith("---") else text


def with_lost_commands(text: str) -> str:
    r"""Write a form feed that a decoder made of ``\f`` as that again, where a LaTeX command follows from it."""
    return _FORM_FEED.sub(r"\\f", text)


def with_readable_yaml(text: str) -> str:
    """Add the colon that a folded key lost, and fold the plain titles that YAML cannot read."""
    question = _QUESTION.search(text)
    lines: list[str] = []
    text_of_indent: int | None = None  # set within the text of a key under >- or |-
    for written in text.split("\n"):
        indent = len(written) - len(written.lstrip(" "))
        if text_of_indent is not None and (not written.strip() or indent > text_of_indent):
            lines.append(written)
            continue
        line = _FOLDED_WITHOUT_COLON.sub(r"\1: \2", written)
        text_of_indent = indent if _OPENS_TEXT.search(line) else None
        plain = _PLAIN.fullmatch(line) if text_of_indent is None else None
        lines.append(_folded(plain, question[1] if question else "") if plain else line)
    return "\n".join(lines)


def _folded(line: re.Match[str], question: str) -> str:
    """Return a title's line with its text under ``>-``, where YAML cannot read it and what is meant is known."""
    indent, key, value = line["indent"], line["key"], line["value"].rstrip()
    if key not in _KEYS_WITH_TEXT or _is_readable(line.group()):
        return line.group()
    if value.startswith(("'", '"')):
        if question not in {value, value.replace('"', "")}:
            return line.group()
        value = question
    return f"{indent}{key}: >-\n{indent}    {value}"


def _is_readable(line: str) -> bool:
    try:
        read_header(line)
    except HeaderError:
        return False
    return True
