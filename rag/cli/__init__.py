"""The command line: ``quicktakes``."""

from rag.cli.app import main

__all__ = ["main"]
