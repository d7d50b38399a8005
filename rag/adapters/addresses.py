"""Addresses of servers, as they may be shown."""

from __future__ import annotations

from urllib.parse import urlsplit


def label_of(url: str) -> str | None:
    """Return an address without what may be secret in it (user, password, query); None where it is none of HTTP."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
