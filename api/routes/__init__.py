"""The endpoints, a module each for what belongs together."""

from api.routes import ask, entries, feedback, health, mcp, metrics, openai, search, threads, tutoring

ROUTERS = (
    ask.router,
    threads.router,
    feedback.router,
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
