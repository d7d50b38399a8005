"""The commands ``quicktakes eval ...``, of the room that measures the product: it knows this room, not this room it."""

from __future__ import annotations

from importlib import import_module
from typing import Final, cast

import typer
from typer.core import TyperGroup
from typer.main import get_group

_COMMANDS: Final = "evals.cli"
"""By its name, as the service is handed to uvicorn; it is imported where one of its commands is named."""


class _LateGroup(TyperGroup):
    """Commands that are looked up where they are needed; typer's own types of them are private."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the names of the commands."""
        return _own().list_commands(ctx)

    def get_command(self, ctx: typer.Context, cmd_name: str):  # noqa: ANN202 # pyright: ignore[reportIncompatibleMethodOverride]
        """Return a command; None where there is none of that name."""
        return _own().get_command(ctx, cmd_name)


def _own() -> TyperGroup:
    return get_group(cast("typer.Typer", import_module(_COMMANDS).eval_app))


eval_app = typer.Typer(
    cls=_LateGroup, help="Measure answers: cases, runs and scores.", no_args_is_help=True, rich_markup_mode=None
)
