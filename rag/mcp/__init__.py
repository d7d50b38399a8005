"""The Model Context Protocol: other programs' models search the corpus, ask it and read its entries."""

from rag.mcp.server import HttpDoor, McpServer

__all__ = ["HttpDoor", "McpServer"]
