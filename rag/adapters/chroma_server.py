"""Chroma on a server, reached over HTTP: bounded in time, its errors told apart by who must act."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.api.fastapi import FastAPI
from chromadb.api.models.Collection import Collection
from chromadb.auth.utils import maybe_set_tenant_and_database
from chromadb.config import DEFAULT_DATABASE, DEFAULT_TENANT, System
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import AuthorizationError, ChromaAuthError, ChromaError, NotFoundError, RateLimitError, error_types

from rag.errors import ConfigurationError, IndexStateError, IndexUnavailableError

CONNECT_S: Final = 5.0
"""How long a connection may take, in seconds."""

ANSWER_S: Final = 30.0
"""How long the server may be silent, in seconds: it stores 5,000 vectors, the most in one call, in 2 to 6."""

_REFUSED = (401, 403)
_NOT_OURS = (404, 405, 410)
"""What an address that is no Chroma server of version 1 replies; a missing collection is told apart by its words."""


class ChromaServer:
    """A Chroma server; nothing is asked of it before a collection is.

    Args:
        url: ``http://host:port`` or ``https://host:port``.
        token: sent as ``X-Chroma-Token`` with each request.

    Raises:
        ConfigurationError: the url or the token cannot be one.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.place = url.rstrip("/")
        self._settings = _settings(self.place, token)

    def collection(self, name: str, configuration: CreateCollectionConfiguration | None) -> Collection:
        """Return a collection, made with the configuration if there is one."""
        api, tenant, database = self._connected
        if configuration is None:
            model = api.get_collection(name, tenant=tenant, database=database)
        else:
            model = api.get_or_create_collection(name, configuration=configuration, tenant=tenant, database=database)
        return Collection(client=api, model=model, embedding_function=None)

    def delete(self, name: str) -> None:
        """Delete a collection, if it is there."""
        with self.translated(), suppress(NotFoundError):
            api, tenant, database = self._connected
            api.delete_collection(name, tenant=tenant, database=database)

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        connected = self.__dict__.pop("_connected", None)
        if connected:
            connected[0].close()

    @contextmanager
    def translated(self) -> Generator[None]:
        """Translate what Chroma and its HTTP client raise in a block.

        Raises:
            IndexUnavailableError: the server cannot be reached, is too slow, or failed.
            ConfigurationError: what answers is not a Chroma server of version 1, or it refuses the token.
            IndexStateError: the server cannot do what was asked.
        """
        try:
            yield
        except httpx.TimeoutException as error:
            raise self._unavailable(f"did not answer within {ANSWER_S:g} s") from error
        except httpx.HTTPStatusError as error:
            raise self._by_status(error.response.status_code) from error
        except (httpx.DecodingError, json.JSONDecodeError) as error:
            raise self._not_chroma() from error
        except httpx.HTTPError as error:
            raise self._unavailable(f"cannot be reached ({error})") from error
        except (ChromaAuthError, AuthorizationError) as error:
            raise self._by_status(_REFUSED[0]) from error
        except RateLimitError as error:
            raise self._unavailable(f"wants fewer requests ({error})") from error
        except ChromaError as error:
            raise IndexStateError(
                f"the Chroma server at {self.place} cannot do what was asked ({error}); open the index again, which a "
                "sync may have replaced, or run 'quicktakes index sync'"
            ) from error

    @cached_property
    def _connected(self) -> tuple[_BoundedAPI, str, str]:
        """The server's API, and the tenant and database that are ours."""
        api = _BoundedAPI(System(self._settings))
        try:
            _require_batches(api.get_pre_flight_checks())
            tenant, database = maybe_set_tenant_and_database(
                api.get_user_identity(), True, DEFAULT_TENANT, DEFAULT_DATABASE
            )
        except BaseException:
            api.close()
            raise
        return api, tenant or DEFAULT_TENANT, database or DEFAULT_DATABASE

    def _by_status(self, status: int) -> ConfigurationError | IndexStateError:
        if status in _REFUSED:
            return ConfigurationError(
                f"the Chroma server at {self.place} refuses us (HTTP {status}); set QUICKTAKES_CHROMA_TOKEN to a token "
                "that it accepts"
            )
        if status in _NOT_OURS or status < 400:
            return self._not_chroma()
        return self._unavailable(f"failed (HTTP {status})")

    def _unavailable(self, how: str) -> IndexUnavailableError:
        return IndexUnavailableError(
            f"the Chroma server at {self.place} {how}; start it ('chroma run --path FOLDER --port PORT'), or mend "
            "QUICKTAKES_CHROMA_URL"
        )

    def _not_chroma(self) -> ConfigurationError:
        return ConfigurationError(
            f"what answers at {self.place} is not a Chroma server of version 1; mend QUICKTAKES_CHROMA_URL"
        )


class _BoundedAPI(FastAPI):
    """Chroma's HTTP client, which by itself waits for ever and raises a bare `Exception` for what is not Chroma."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._session.timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        self._session.event_hooks = {"response": [_require_chroma]}

    def close(self) -> None:
        self._session.close()


def _require_chroma(response: httpx.Response) -> None:
    """Let pass what Chroma's client understands: JSON, and errors in Chroma's words."""
    if response.is_success:
        if not response.headers.get("content-type", "").startswith("application/json"):
            raise httpx.DecodingError("the reply is not JSON", request=response.request)
        return
    response.read()
    if not _is_chroma_error(response):
        raise httpx.HTTPStatusError(f"HTTP {response.status_code}", request=response.request, response=response)


def _is_chroma_error(response: httpx.Response) -> bool:
    try:
        reply: Any = response.json()
    except ValueError:
        return False
    return isinstance(reply, dict) and {"error", "message"} <= reply.keys() and reply["error"] in error_types


def _require_batches(checks: object) -> None:
    """Let pass what a Chroma server tells of itself; another server may reply to anything."""
    if not isinstance(checks, dict) or "max_batch_size" not in checks:
        raise httpx.DecodingError("the reply is not Chroma's")


def _settings(url: str, token: str | None) -> ChromaSettings:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == -1 or parts.path or parts.query:
        raise ConfigurationError(f"{url!r} is no address of a server; set QUICKTAKES_CHROMA_URL to http://HOST:PORT")
    if token is not None and not (token.isascii() and token.isprintable()):
        raise ConfigurationError("the token in QUICKTAKES_CHROMA_TOKEN holds characters that no header can")
    secure = parts.scheme == "https"
    return ChromaSettings(
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=parts.hostname,
        chroma_server_http_port=port or (443 if secure else 80),
        chroma_server_ssl_enabled=secure,
        chroma_server_headers={"X-Chroma-Token": token} if token else {},
        anonymized_telemetry=False,
    )
