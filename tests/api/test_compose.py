"""compose.yaml and Dockerfile say what runs: the same processes, started by hand, answer a question."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from served_process import served

from rag.settings import Settings
from rag.testing.openai_server import OpenAIServer

Services = dict[str, dict[str, Any]]


def _filled(value: str) -> str:
    """Return a value with the defaults of its variables in their places."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


@pytest.fixture
def services(repository: Path) -> Services:
    """Return what compose.yaml starts."""
    return yaml.safe_load((repository / "compose.yaml").read_text(encoding="utf-8"))["services"]


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_layout_answers_a_question(services: Services, settings: Settings, chroma_url: str) -> None:
    """With its command and its environment, but for PostgreSQL and Redis, the service answers through all parts."""
    api = services["api"]
    program, serve, *options = api["command"]
    assert (program, serve) == ("quicktakes", "serve")
    assert options[:4] == ["--host", "0.0.0.0", "--port", "8000"]  # noqa: S104 inside a container
    with OpenAIServer() as model:
        parts = {"http://chroma:8000": chroma_url, "http://model:8100/v1": model.url}
        environment = {name: _filled(value) for name, value in api["environment"].items()}
        environment = {name: parts.get(value, value) for name, value in environment.items()}
        assert environment.pop("QUICKTAKES_DATABASE_URL").startswith("postgresql://")
        assert environment.pop("QUICKTAKES_LIMITS_URL").startswith("redis://")
        with served(settings, environment, *options[4:]) as process:
            body = {"question": "Is it true that leaves look green, and why is that?"}
            answer = httpx.post(f"{process.url}/api/ask", json=body, timeout=60).json()
        assert answer["rung"] == "generated"
        assert answer["provenance"]["model"].startswith("openai:scripted")
        assert model.chats
    assert (settings.data_dir.parent / "records.sqlite3").exists()


def test_every_part_is_reached_by_the_name_and_port_that_it_has(services: Services, repository: Path) -> None:
    """Addresses name services that there are, at the ports that their commands listen on; settings are ones we read."""
    environment = {name: _filled(value) for name, value in services["api"]["environment"].items()}
    read = (repository / "rag/settings.py").read_text(encoding="utf-8")
    assert all(f'"{name}"' in read for name in environment)
    ports = {"postgres": "5432", "redis": "6379"}
    ports |= {
        name: one["command"][one["command"].index("--port") + 1]
        for name, one in services.items()
        if "--port" in one.get("command", ())
    }
    named = re.findall(r"(?:@|//)(\w+):(\d+)", " ".join(environment.values()))
    assert {name for name, _ in named} == set(services) - {"api"} == set(services["api"]["depends_on"])
    for name, port in (found for found in named if found[0] in services):
        assert ports[name] == port


def test_parts_from_our_lock_file_have_its_version(services: Services, repository: Path) -> None:
    """The Chroma server is the version that its client is locked at."""
    locked = re.search(
        r"^chromadb==(\S+)", (repository / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert locked is not None
    assert services["chroma"]["image"] == f"chromadb/chroma:{locked[1]}"


def test_the_image_is_made_of_what_there_is(repository: Path) -> None:
    """Every file that the Dockerfile copies is there, and not left out by .dockerignore; it starts as compose does."""
    lines = (repository / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in shlex.split(line)[1:-1]]
    ignored = (repository / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"rag", "api", "requirements.lock"} <= set(copied)
    for name in copied:
        assert (repository / name).exists()
        assert name not in ignored
