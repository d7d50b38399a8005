"""The commands ``quicktakes keys ...``."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from rag.cli.options import AsJson
from rag.cli.output import write_json
from rag.settings import Settings
from rag.wire import Json

if TYPE_CHECKING:
    from rag.records import Key, Records

keys_app = typer.Typer(help="Make, list and revoke keys of the service.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(show_default=False, help="What to call the key; no two in use are called alike.")]
NameOrPrefix = Annotated[str, typer.Argument(show_default=False, help="The key's name, or the prefix it is listed by.")]
InScope = Annotated[
    Literal["ask", "edit", "admin"],
    typer.Option("--scope", help="What it is for: asking; editing, too; everything."),
]


@keys_app.command("create")
def create_command(name: Name, scope: InScope = "ask", as_json: AsJson = False) -> None:
    """Make a key, and show its secret, once: only a hash of it is kept.

    The secret alone is on standard output, to be put where it will be used. Keys are kept where
    QUICKTAKES_DATABASE_URL says, else in quicktakes-records.sqlite3 in this folder.

    Example: quicktakes keys create "reading room" --scope ask
    """
    with _records() as records:
        key, secret = records.keys.create(name, scope)
    if as_json:
        write_json({**_as_json(key), "secret": secret})
        return
    typer.echo(f"Key {name!r} may {scope}; this is its secret, which cannot be shown again:", err=True)
    typer.echo(secret)


@keys_app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the keys, also those that were revoked, by the beginning of their secrets.

    Example: quicktakes keys list --json
    """
    with _records() as records:
        keys = records.keys.list()
    if as_json:
        write_json([_as_json(key) for key in keys])
        return
    table = Table("prefix", "name", "scope", "created", "last used", "revoked", box=None, pad_edge=False)
    for key in keys:
        table.add_row(
            key.prefix,
            key.name,
            key.scope,
            f"{key.created:%Y-%m-%d}",
            "never" if key.last_used is None else key.last_used.isoformat(),
            "" if key.revoked is None else f"{key.revoked:%Y-%m-%d}",
        )
    Console().print(table, markup=False)


@keys_app.command("revoke")
def revoke_command(name: NameOrPrefix, as_json: AsJson = False) -> None:
    """Make a key worthless, at once and for ever; whoever signed in with it is signed out.

    Example: quicktakes keys revoke "reading room"
    """
    with _records() as records:
        key = records.keys.revoke(name)
    if as_json:
        write_json(_as_json(key))
    else:
        typer.echo(f"Key {key.name!r} ({key.prefix}) is revoked.")


@contextmanager
def _records() -> Generator[Records]:
    from rag.records import open_records

    with open_records(Settings.from_environment().database_url) as records:
        yield records


def _as_json(key: Key) -> dict[str, Json]:
    return {
        "name": key.name,
        "prefix": key.prefix,
        "scope": key.scope,
        "created": key.created.isoformat(),
        "last_used": None if key.last_used is None else key.last_used.isoformat(),
        "revoked": None if key.revoked is None else key.revoked.isoformat(),
    }
