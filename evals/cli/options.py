"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

SUITE: Final = Path("evals/datasets/suite")
RUNS: Final = Path("runs")

Suite = Annotated[Path, typer.Option("--suite", help="Folder of cases.")]
Out = Annotated[Path, typer.Option("--out", help="Folder of runs; each has a folder of its own in it.")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]
Baseline = Annotated[Path | None, typer.Option("--baseline", help="The folder of a run to compare with.")]
Fast = Annotated[bool, typer.Option("--no-embedding", help="Leave out the metrics that embed sentences.")]
