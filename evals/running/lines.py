"""JSON lines of a run: appended and flushed one by one, or written whole; equal values give equal bytes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from evals.errors import RunStateError
from evals.models import Cited, Claim, Reply
from rag.durable import flush_names

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_DECIMALS: Final = 6

Line = dict[str, Any]


def line_of(value: DataclassInstance | Mapping[str, object]) -> str:
    r"""Return a value as one line of JSON: keys sorted, numbers rounded to six decimals.

    Half a surrogate, which a model may end on and no file can hold, is escaped as JSON does: ``\ud83d``.
    """
    told = dict(value) if isinstance(value, Mapping) else asdict(value)
    line = json.dumps(_rounded(told), ensure_ascii=False, sort_keys=True, allow_nan=False)
    return line.encode(errors="backslashreplace").decode() + "\n"


def _rounded(value: object) -> object:
    match value:
        case float():
            return round(value, _DECIMALS) + 0.0  # -0.0 is 0.0
        case Mapping():
            return {str(key): _rounded(one) for key, one in cast("Mapping[object, object]", value).items()}
        case list() | tuple():
            return [_rounded(one) for one in cast("Sequence[object]", value)]
        case _:
            return value


def append_line(file: IO[str], line: str) -> None:
    """Append a line that is on the disk when this returns: what was paid for is not lost with the machine."""
    file.write(line)
    file.flush()
    os.fsync(file.fileno())


def read_lines(file: Path) -> list[Line]:
    """Return the lines of a file; none where there is no file. A last line that was cut short is left out.

    Raises:
        RunStateError: another line is no JSON object.
    """
    try:
        whole = file.read_bytes().split(b"\n")[:-1]
    except (FileNotFoundError, NotADirectoryError):
        return []
    lines: list[Line] = []
    for number, line in enumerate(whole, start=1):
        try:
            told: object = json.loads(line)
        except ValueError as error:
            raise RunStateError(
                f"{file}:{number} is not JSON ({error}); delete the line, and resume the run"
            ) from error
        if not isinstance(told, dict):
            raise RunStateError(f"{file}:{number} is no JSON object; delete the line, and resume the run")
        lines.append(cast("Line", told))
    return lines


def mend_end(file: Path) -> None:
    """Cut off a last line that a kill left without its end, so that the next one begins a line."""
    if not file.exists():
        return
    with file.open("rb+") as opened:
        content = opened.read()
        opened.truncate(content.rfind(b"\n") + 1)


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """Write a whole file in one step: a kill leaves the one before, or this one."""
    new = file.with_name(f".{file.name}.new")
    with new.open("w", encoding="utf-8", newline="\n") as opened:
        opened.writelines(lines)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
    flush_names(file.parent)


def reply_from(told: Line) -> Reply:
    """Return the reply that a line holds.

    Raises:
        RunStateError: the line holds something else.
    """
    try:
        own: Line = {**told, "retrieved": tuple(told["retrieved"]), "excluded": tuple(told["excluded"])}
        own["sentences"] = tuple(Claim(one["text"], tuple(one["citations"])) for one in told["sentences"])
        own["citations"] = tuple(Cited(one["n"], one["url"], one["quote"]) for one in told["citations"])
        return Reply(**own)
    except (KeyError, TypeError) as error:
        raise RunStateError(f"no reply to a case: {str(told)[:120]} ({error})") from error
