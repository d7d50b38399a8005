"""A real language model, where one is installed: `make test-live`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from smollm2_server import missing_package, run_smollm2

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark this folder's tests, and skip them where the model is not installed."""
    lacking = missing_package()
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.live)
        item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
        if lacking:
            item.add_marker(pytest.mark.skip(reason=f"{lacking} is not installed here: make test-live"))


@pytest.fixture(scope="session")
def model_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the base url of a server with a real language model; it takes no key and serves `smollm2_server.MODEL`."""
    with run_smollm2(tmp_path_factory.mktemp("model") / "server.log") as url:
        yield url
