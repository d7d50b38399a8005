"""The commands ``quicktakes corpus ...``."""

from __future__ import annotations

import typer

from rag.cli.editing import new_command, related_command
from rag.cli.inspecting import diff_command, schema_command, show_command, stats_command
from rag.cli.lint import lint_command

corpus_app = typer.Typer(help="Check, inspect and extend the corpus.", no_args_is_help=True, rich_markup_mode=None)
for name, command in {
    "lint": lint_command,
    "stats": stats_command,
    "show": show_command,
    "new": new_command,
    "related": related_command,
    "diff": diff_command,
    "schema": schema_command,
}.items():
    corpus_app.command(name)(command)
