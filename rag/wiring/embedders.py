"""Settings into what embeds and reranks."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial

from rag.adapters.joining_embedder import JoiningEmbedder
from rag.adapters.minilm import MiniLMEmbedder
from rag.errors import ConfigurationError
from rag.ports import BulkEmbedder, Embedder, Reranker
from rag.settings import DEFAULT_EMBEDDER, Settings


def load_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings name.

    Raises:
        ConfigurationError: there is none of that name, the default's files are missing or are not the ones it was
            measured with, or a server's address or key is missing or cannot be one.
    """
    model = _openai_model(settings)
    if model is None:
        return MiniLMEmbedder()
    from rag.adapters.openai_embedder import OpenAIEmbedder  # noqa: PLC0415 the package takes a second to import

    return OpenAIEmbedder(model, settings.openai_base_url, settings.openai_api_key)


@contextmanager
def open_serving_embedder(settings: Settings) -> Generator[Embedder]:
    """Give the embedder that the settings name, set up for many questions at once; raises as `load_embedder`.

    The default uses all cores, and embeds together what waits together; a server is asked as it is.
    """
    embedder = load_embedder(settings)
    if not isinstance(embedder, MiniLMEmbedder):
        yield embedder
        return
    embedder.open_sessions()
    with closing(JoiningEmbedder(embedder, embedder.most_at_once)) as joining:
        yield joining


def load_ray_embedder(settings: Settings) -> BulkEmbedder:
    """Return what embeds on Ray with the embedder that the settings name.

    Raises:
        ConfigurationError: Ray is not installed, or there is no embedder of that name.
    """
    from rag.adapters.ray_embedding import RayBulkEmbedder  # noqa: PLC0415 few need it

    load = partial(_load_on_worker, settings.embedder, settings.openai_base_url)
    return RayBulkEmbedder(load, embedder_fingerprint(settings), settings.ray_address)


def _load_on_worker(embedder: str, openai_base_url: str | None) -> Embedder:
    """Return an embedder for one core; a key is taken from the worker's own environment and never sent there."""
    settings = replace(Settings.from_environment(), embedder=embedder, openai_base_url=openai_base_url)
    return MiniLMEmbedder(most_sessions=1) if _openai_model(settings) is None else load_embedder(settings)


def embedder_fingerprint(settings: Settings) -> str:
    """Return the fingerprint of the embedder that the settings name, without loading it and with no key.

    Raises:
        ConfigurationError: there is none of that name, or its server's address cannot be one.
    """
    model = _openai_model(settings)
    if model is None:
        return MiniLMEmbedder.fingerprint
    from rag.adapters.openai_server import openai_fingerprint  # noqa: PLC0415 the package takes a second to import

    return openai_fingerprint(model, settings.openai_base_url)


def _openai_model(settings: Settings) -> str | None:
    """Return the model's name of ``openai:<model>``, or None for ``minilm``."""
    if model := _model_at_openai(settings.embedder):
        return model
    if settings.embedder != DEFAULT_EMBEDDER:
        raise ConfigurationError(
            f"there is no embedder {settings.embedder!r}; set QUICKTAKES_EMBEDDER to {DEFAULT_EMBEDDER}, or to "
            "openai:<model>, such as openai:text-embedding-3-small"
        )
    return None


def load_reranker(settings: Settings) -> Reranker | None:
    """Return the reranker that the settings name, if they name one.

    Raises:
        ConfigurationError: there is none of that name, or its server's address or key is missing or cannot be one.
    """
    if settings.reranker is None:
        return None
    model = _model_at_openai(settings.reranker)
    if model is None:
        raise ConfigurationError(
            f"there is no reranker {settings.reranker!r}; set QUICKTAKES_RERANKER to openai:<model>, such as "
            "openai:bge-reranker-v2-m3, or unset it to do without"
        )
    from rag.adapters.openai_reranker import OpenAIReranker  # noqa: PLC0415 the package takes a second to import

    return OpenAIReranker(model, settings.openai_base_url, settings.openai_api_key)


def _model_at_openai(name: str) -> str | None:
    """Return the model's name of ``openai:<model>``, or None for anything else."""
    provider, _, model = name.partition(":")
    return model.strip() or None if provider == "openai" else None
