"""Cases back to their files."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

import yaml

from evals.cases.reading import BLOCK, case_from
from evals.models import Case, Exchange, Nugget
from rag.corpus import Entry, UnwritableTextError, new_entry, parse_entry, render_entry
from rag.corpus.header import Value

_DAY: Final = dt.date(2026, 1, 1)
"""Of answers: equal runs give equal files, whenever they are made."""


def case_entry(case: Case, id: int, date: dt.date) -> Entry:  # noqa: A002 the format's name
    """Return the whole entry that a case is kept as.

    Its subject is the one that the folder in its url names, without one its corpus; its file is the url's last part.
    What search engines would read says what the case is for.
    """
    url = PurePosixPath(case.url)
    (subject,) = url.parts[2:-1][:1] or (case.corpus,)
    entry = new_entry(
        id=id,
        date=date,
        question=case.question,
        answer=case.answer,
        subject=subject.replace("-", " ").title(),
        page_description=f"An evaluation case of kind {case.kind}, split {case.split}, over the corpus {case.corpus}.",
        page_keywords=f"{case.kind}, {case.split}, {case.cluster}",
    )
    extra = MappingProxyType({BLOCK: block_of(case)})
    return dataclasses.replace(entry, url=case.url, file_name=f"{url.name}.md", extra=extra)


def answer_entry(case: Case, text: str, id: int, *, refused: bool) -> Entry:  # noqa: A002 the format's name
    """Return an answer to a case as an entry under the case's url; a refusal is marked as the publisher marks one."""
    entry = case_entry(case, id, _DAY)
    description = f"An answer to an evaluation case of kind {case.kind}."
    seo = dataclasses.replace(entry.seo, page_description=description)
    return dataclasses.replace(entry, answer=text, seo=seo, no_index=refused, extra=MappingProxyType({}))


def block_of(case: Case) -> dict[str, Value]:
    """Return the block ``eval`` of a case; what is at its default is left out."""
    block: dict[str, Value] = {
        "kind": case.kind,
        "split": case.split,
        "cluster": case.cluster,
        "corpus": case.corpus,
        "expect": case.expect,
        "hold_out": case.hold_out,
        "sources": dict(case.sources),
        "nuggets": [_nugget(nugget) for nugget in case.nuggets],
        "must_not": list(case.must_not),
        "turns": [_exchange(turn) for turn in case.turns],
        "plant": [_exchange(planted) for planted in case.plant],
        "canary": case.canary,
        "twin": case.twin,
        "answerable": case.answerable,
        "author": case.author,
        "reviewed_by": case.reviewed_by,
    }
    return {key: value for key, value in block.items() if value not in (None, [], {})}


def _nugget(nugget: Nugget) -> dict[str, Value]:
    block: dict[str, Value] = {"id": nugget.id, "text": nugget.text, "weight": nugget.weight}
    block["any_of"] = list(nugget.any_of)
    if nugget.polarity != "positive":
        block["polarity"] = nugget.polarity
    if nugget.source is not None:
        block["source"] = nugget.source
    return block


def _exchange(exchange: Exchange) -> dict[str, Value]:
    return {"question": exchange.question, "answer": exchange.answer}


def render_case(case: Case, id: int, date: dt.date) -> str:  # noqa: A002 the format's name
    """Return the text of a case's file: an entry as the product writes it, its block ``eval`` on lines of its own.

    Raises:
        UnwritableTextError: a value has no form in the format; see `rag.corpus.render_entry`.
    """
    entry = case_entry(case, id, date)
    source = parse_entry(render_entry(entry), entry.file_name).source
    if source is None:  # pragma: no cover what is parsed has a source
        raise AssertionError("an entry that was parsed has no source")
    blocks = (_lines_of(entry.extra) if block.path == (BLOCK,) else block.text for block in source.blocks)
    text = source.opening + "".join(blocks) + source.closing
    back = case_from(text.encode(), Path(entry.file_name))
    if dataclasses.replace(back, sha256=case.sha256) != case:
        raise UnwritableTextError(f"{case.url} would read back as another case; check the texts of its block '{BLOCK}'")
    return text


class _Dumper(yaml.SafeDumper):
    """Writes every value out: the format has no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 yaml's
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002 yaml's
        super().increase_indent(flow, False)


def _lines_of(extra: Mapping[str, Value]) -> str:
    return yaml.dump(dict(extra), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)  # pyright: ignore[reportUnknownMemberType] typed loosely
