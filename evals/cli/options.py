"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from evals.errors import RunStateError
from evals.running import RunFolder, list_runs
from rag.settings import Settings

SUITE: Final = Path("evals/datasets/suite")
BASELINE: Final = Path("evals/baseline")

Suite = Annotated[Path, typer.Option("--suite", help="Folder of cases.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Folder of runs, each in a folder of its own (QUICKTAKES_RUNS_DIR, else runs)."),
]
Run = Annotated[
    Path | None, typer.Argument(metavar="[RUN]", help="The folder of a run; else the newest in the folder of runs.")
]
MostUsd = Annotated[
    float | None,
    typer.Option("--most-usd", min=0, help="Ask nothing more once the run has cost so much, in dollars."),
]
Fast = Annotated[bool, typer.Option("--no-embedding", help="Leave out the metrics that embed sentences.")]


def runs_folder(out: Path | None) -> Path:
    """Return the folder of runs."""
    return Settings.from_environment().runs_dir if out is None else out


def folder_of(run: Path | None, out: Path | None) -> RunFolder:
    """Return a run by its folder, else the newest.

    Raises:
        RunStateError: none is named, and there is none.
    """
    if run is not None:
        return RunFolder(run)
    runs = list_runs(runs_folder(out))
    if not runs:
        raise RunStateError(
            f"there is no run in {runs_folder(out)}; make one with 'quicktakes eval run', or name its folder"
        )
    return runs[-1]
