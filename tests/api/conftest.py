"""Fixtures of the tests of the doors: the application in this process, and over the starter corpus on a port."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from chromadb.api.client import SharedSystemClient
from made_service import ENTRIES, serving
from running import run_service
from starlette.testclient import TestClient

from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text
from rag.testing.openai_server import OpenAIServer

hypothesis.settings.register_profile("whole", max_examples=300)  # `make test-schema`


UNLIMITED = {"rate": "1000000/second", "daily_questions": 0}
"""What most tests are about is not how much may be asked."""


@pytest.fixture(scope="session", autouse=True)
def untouched_collector() -> Iterator[None]:
    """Leave Python's search for cycles as it is: this process opens hundreds of services, and does other things too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.followed._leave_to_itself", lambda: None)
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Give settings with a corpus of three entries and no language model."""
    (tmp_path / "corpus").mkdir()
    for path, (question, answer) in ENTRIES.items():
        (tmp_path / "corpus" / path).write_text(entry_text(question, answer), encoding="utf-8")
    yield Settings(
        tmp_path / "corpus", tmp_path / "scratch", database_url=f"sqlite:///{tmp_path}/records.sqlite3", **UNLIMITED
    )
    SharedSystemClient.clear_system_cache()


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """Give a client of the running application."""
    with serving(settings) as own:
        yield own


@pytest.fixture(scope="session")
def starter(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for the starter corpus."""
    folder = tmp_path_factory.mktemp("starter")
    records = f"sqlite:///{folder}/records.sqlite3"
    return Settings(repository / "corpus", folder, database_url=records, **UNLIMITED)


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
        database_url=f"sqlite:///{tmp_path}/records.sqlite3",
        chat_model="openai:scripted",
        openai_base_url=model_server.url,
        answer_cache=0,
    )
    with run_service(settings, HashEmbedder()) as url:
        yield url
