"""The service over the starter corpus, once with no language model and once with a scripted one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from running import run_service

from rag.settings import Settings
from rag.testing import HashEmbedder
from rag.testing.openai_server import OpenAIServer


@pytest.fixture(scope="session")
def starter(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for the starter corpus."""
    return Settings(repository / "corpus", tmp_path_factory.mktemp("starter"))


@pytest.fixture(scope="session")
def service_url(starter: Settings) -> Iterator[str]:
    """Give the address of a service without a language model; its tests are marked with ``allow_hosts``."""
    with run_service(starter, HashEmbedder()) as url:
        yield url


@pytest.fixture
def model_server() -> Iterator[OpenAIServer]:
    """Give a server that speaks OpenAI's protocol as it is scripted."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def written_url(starter: Settings, service_url: str, model_server: OpenAIServer, tmp_path: Path) -> Iterator[str]:
    """Give the address of a service whose answers the scripted model writes; none is kept."""
    assert service_url  # its index is there to be copied
    shutil.copytree(starter.data_dir, tmp_path / "starter")
    settings = replace(
        starter,
        data_dir=tmp_path / "starter",
        chat_model="openai:scripted",
        openai_base_url=model_server.url,
        answer_cache=0,
    )
    with run_service(settings, HashEmbedder()) as url:
        yield url
