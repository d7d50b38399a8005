"""Frozen values as JSON, by their own fields, and read back strictly: what is not exactly such a value is refused.

Pydantic (2.14) would do, but for half a surrogate pair, which a model's reply may hold and it neither writes nor reads.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from functools import lru_cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Value = TypeVar("_Value")


def to_json(value: DataclassInstance) -> str:
    """Return a value of strings, numbers, tuples of one type and other such values as JSON, in ASCII."""
    return json.dumps(asdict(value), separators=(",", ":"))


def from_json(text: str, kind: type[_Value]) -> _Value:
    """Return the value that `to_json` wrote.

    Raises:
        ValueError: the text is something else: no JSON, a field missing or too many, a value of another type.
    """
    try:
        return cast("_Value", _read(json.loads(text), kind))
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _read(told: Any, kind: Any) -> object:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        _require(isinstance(told, list), told, kind)
        return tuple(_read(one, arguments[0]) for one in told)
    if origin is Literal:
        _require(isinstance(told, str) and told in arguments, told, kind)
        return told
    if origin in {Union, UnionType}:
        return None if told is None and type(None) in arguments else _read(told, arguments[0])
    if is_dataclass(kind):
        own, hints = cast("dict[str, Any]", told), _types_of(kind)
        _require(isinstance(told, dict) and list(own) == list(hints), own, kind)
        return cast("type", kind)(**{name: _read(own[name], hints[name]) for name in hints})
    _require(type(told) is kind, told, kind)
    return told


@lru_cache
def _types_of(kind: type[DataclassInstance]) -> dict[str, Any]:
    """Return the types of a value's fields, in their order; to read them takes a hundred times what a value does."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _require(claim: bool, told: object, kind: object) -> None:  # noqa: FBT001 the one argument it is about
    if not claim:
        raise ValueError(f"no {kind}: {told!r:.80}")
