"""Prices, shown before anything is sent, and approved."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from evals.batches import Approve, Spending
from rag.errors import ConfigurationError

Yes = Annotated[bool, typer.Option("--yes", help="Send batches without asking, whatever they cost.")]


def require_one_limit(*, batch: bool, most_usd: float | None) -> None:
    """Raise `ConfigurationError` for a ceiling beside a batch, whose price is approved as a whole."""
    if batch and most_usd is not None:
        raise ConfigurationError("the price of a batch is approved before it is sent; give --batch or --most-usd")


def approval(*, yes: bool) -> Approve:
    """Return what shows a price and says whether it may be spent: always for yes, else as is answered."""
    return _show_price if yes else _ask_price


def _show_price(spending: Spending) -> bool:
    typer.echo(f"to send: {spending}", err=True)
    return True


def _ask_price(spending: Spending) -> bool:
    """Show what would be sent and ask for it; without a terminal to ask at, the answer is no."""
    _show_price(spending)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        typer.echo("there is no terminal to ask; add --yes", err=True)
        return False
    return typer.confirm("Send them?", err=True)
