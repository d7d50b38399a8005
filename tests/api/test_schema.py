"""The service keeps to the document that describes it, whatever is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_service import ENTRIES, LEAVES
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.python.asgi import shutdown_lifespans

from api import create_app
from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text

load_all_checks()
IS_WHOLE = settings.get_current_profile_name() == "whole"
"""As `make test-schema` asks for it."""

CASES = settings().max_examples if IS_WHOLE else 17
"""Drawn for each endpoint, of what the document allows and of what it forbids; some have no more than one."""

POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def _drawn() -> list[tuple[str, str, GenerationMode]]:
    """Return each endpoint with what is to be sent to it; one that only has a path can be sent nothing forbidden."""
    drawn: list[tuple[str, str, GenerationMode]] = []
    for path, methods in create_app(Settings()).openapi()["paths"].items():
        for method, described in methods.items():
            takes = "requestBody" in described or any(one["in"] != "path" for one in described.get("parameters", ()))
            drawn += [(method, path, mode) for mode in ((POSITIVE, NEGATIVE) if takes else (POSITIVE,))]
    return drawn


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give the document of a service over three entries."""
    folder: Path = tmp_path_factory.mktemp("schema")
    (folder / "corpus").mkdir()
    for path, (question, answer) in ENTRIES.items():
        (folder / "corpus" / path).write_text(entry_text(question, answer), encoding="utf-8")
    records = f"sqlite:///{folder}/records.sqlite3"
    own = Settings(folder / "corpus", folder / "data", database_url=records, rate="1000000/second", daily_questions=0)
    app = create_app(own, HashEmbedder())
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    shutdown_lifespans()


def _stream(case: schemathesis.Case) -> None:
    case.headers["Accept"] = "text/event-stream"


def _name_an_entry(case: schemathesis.Case) -> None:
    case.path_parameters["path"] = LEAVES.removeprefix("/")


def _end_with_a_question(case: schemathesis.Case) -> None:
    case.body["messages"].append({"role": "user", "content": "Why do leaves look green?"})


_COMPLETIONS: dict[str, Callable[[schemathesis.Case], None]] = {
    "/api/ask": _stream,
    "/api/entries/{path}": _name_an_entry,
    "/v1/chat/completions": _end_with_a_question,
}
"""What is hardly ever drawn, and needed for an answer that is no error."""


@pytest.mark.parametrize(("method", "path", "mode"), _drawn())
def test_replies_are_as_described(described: Any, method: str, path: str, mode: GenerationMode) -> None:
    """No reply breaks its schema, no error is undeclared, and what the document forbids is refused.

    What it allows may be refused as well, by a declared error: that a question says nothing is not for a schema to see.
    """

    @settings(
        max_examples=CASES,
        deadline=None,
        derandomize=not IS_WHOLE,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(is_answered=st.booleans(), case=described[path][method].as_strategy(generation_mode=mode))
    def is_as_described(case: schemathesis.Case, *, is_answered: bool) -> None:
        if is_answered and mode is POSITIVE:
            _COMPLETIONS.get(path, lambda _: None)(case)
        case.call_and_validate(excluded_checks=[CHECKS.get_one("positive_data_acceptance")])

    is_as_described()
