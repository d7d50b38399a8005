"""The command that serves the corpus to other programs' models."""

from __future__ import annotations

import asyncio

from rag.cli.opening import open_corpus, warn
from rag.cli.options import CorpusDir, DataDir


def mcp_command(corpus_dir: CorpusDir = None, data_dir: DataDir = None) -> None:
    """Serve search, ask and read_entry as tools of the Model Context Protocol, on standard input and output.

    For programs that start it themselves; name this command in their settings. It ends when its client leaves.

    Example: quicktakes mcp --corpus-dir corpus
    """
    from rag.mcp import McpServer

    with open_corpus(corpus_dir, data_dir, None) as quicktakes:
        warn(quicktakes.notices)
        server = McpServer(lambda: quicktakes)
        if quicktakes.chat is None:
            asyncio.run(server.serve_stdio())
        else:  # where connections to models are kept and closed
            quicktakes.chat.portal.call(server.serve_stdio)
