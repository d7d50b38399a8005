"""Options that several commands share."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from rag.settings import Settings

CorpusDir = Annotated[
    Path | None,
    typer.Option("--corpus-dir", help="Folder of entries (QUICKTAKES_CORPUS_DIR, else corpus)."),
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder for indexes and caches (QUICKTAKES_DATA_DIR, else .quicktakes)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to standard output.")]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="URL", help="Leave this entry out, as if it were not there; repeatable."),
]
Batch = Annotated[
    Path | None,
    typer.Option(
        "--batch", metavar="FILE.jsonl", help='Lines of {"id", "question"}; one JSON object a line comes back.'
    ),
]


def settings_from(corpus_dir: Path | None, data_dir: Path | None) -> Settings:
    """Return the environment's settings with the command line's over them."""
    given = {"corpus_dir": corpus_dir, "data_dir": data_dir}
    return dataclasses.replace(
        Settings.from_environment(), **{name: value for name, value in given.items() if value is not None}
    )
