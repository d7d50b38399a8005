"""The endpoints, a module each for what belongs together."""

from api.routes import ask, entries, health, mcp, metrics, openai, search, tutoring

ROUTERS = (
    ask.router,
    tutoring.router,
    search.router,
    entries.router,
    openai.router,
    mcp.router,
    health.router,
    metrics.router,
)
"""All of them, in the order of the document that describes them."""

__all__ = ["ROUTERS"]
