"""The corpus's own bounds: `quicktakes.toml` beside or above its files, or a table of `pyproject.toml`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import cast

from rag.errors import ConfigurationError

Range = tuple[int, int]
"""The least and the most, both allowed."""

_TABLE = "corpus"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusConfig:
    """What an editor can set; the bounds were measured over the publisher's files.

    Attributes:
        folder: that the file of settings stands in; its patterns are relative to it.
        select, ignore: codes of lint rules, or beginnings of codes, to run and to leave out.
        ignore_in: codes to leave out by file, a glob pattern each.
        description_characters: of the SEO description; 1 in 100 of the publisher's is outside the default.
        answer_words: of the answer; a handful of the publisher's are outside the default.
        keywords: how many an entry has; all of the publisher's Biology entries are within the default.
        ids: from which new entries take the next free number; None for one more than the highest.
    """

    folder: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ignore_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    description_characters: Range = (50, 320)
    answer_words: Range = (40, 600)
    keywords: Range = (3, 25)
    ids: Range | None = None

    def ignored_in(self, path: Path) -> tuple[str, ...]:
        """Return the codes, or beginnings of codes, that are left out for a file."""
        if self.folder is None or not self.ignore_in:
            return ()
        name = os.path.relpath(os.path.realpath(path), self.folder)
        return tuple(code for pattern, codes in self.ignore_in.items() if fnmatch(name, pattern) for code in codes)


def corpus_config(path: Path) -> CorpusConfig:
    """Return the settings that hold for a file or folder: those of the nearest file of settings at or above it.

    Raises:
        ConfigurationError: the file is not TOML, or holds a setting that does not exist or has another type.
    """
    start = path.resolve()
    for folder in (start, *start.parents):
        for name in ("quicktakes.toml", "pyproject.toml"):
            file = folder / name
            if file.is_file() and (table := _table_of(file)) is not None:
                return _config_from(table, file)
    return CorpusConfig()


def _table_of(file: Path) -> dict[str, object] | None:
    try:
        content = cast("dict[str, object]", tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error
    if file.name == "pyproject.toml":
        content = _child(_child(content, "tool", file), "quicktakes", file)
        if _TABLE not in content:
            return None
    elif stray := sorted(content.keys() - {_TABLE}):
        raise ConfigurationError(f"{file}: {stray[0]} must stand below [{_TABLE}], where all settings are")
    return _child(content, _TABLE, file)


def _child(table: dict[str, object], key: str, file: Path) -> dict[str, object]:
    child = table.get(key, {})
    if not isinstance(child, dict):
        raise ConfigurationError(f"{file}: {key} must be a table")
    return cast("dict[str, object]", child)


def _config_from(table: dict[str, object], file: Path) -> CorpusConfig:
    readers = {
        "select": _codes,
        "ignore": _codes,
        "ignore-in": _codes_by_pattern,
        **dict.fromkeys(("description-characters", "answer-words", "keywords", "ids"), _range),
    }
    settings: dict[str, object] = {}
    for name, value in table.items():
        if name not in readers:
            known = ", ".join(readers)
            raise ConfigurationError(f"{file}: [{_TABLE}] has no setting {name!r}; it has {known}")
        try:
            settings[name.replace("-", "_")] = readers[name](value)
        except ValueError as error:
            raise ConfigurationError(f"{file}: {_TABLE}.{name} must be {error}, not {value!r}") from error
    return CorpusConfig(folder=file.parent, **settings)  # pyright: ignore[reportArgumentType] each was read by its reader


def _codes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError('a list of rule codes such as ["QT301"]')  # noqa: TRY004 not a caller's mistake
    codes = cast("list[object]", value)
    if not all(isinstance(code, str) for code in codes):
        raise ValueError('a list of rule codes such as ["QT301"]')
    return tuple(map(str, codes))


def _codes_by_pattern(value: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError('a table such as {"drafts/*" = ["QT301"]}')  # noqa: TRY004 not a caller's mistake
    return {pattern: _codes(codes) for pattern, codes in cast("dict[str, object]", value).items()}


def _range(value: object) -> Range:
    match value:
        case [int() as least, int() as most] if least <= most and not {bool} & {type(least), type(most)}:
            return least, most
        case _:
            raise ValueError("two whole numbers, the least and the most")
