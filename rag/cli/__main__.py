"""``python -m rag.cli`` is ``quicktakes``."""

from rag.cli.app import main

main()
