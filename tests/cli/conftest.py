"""The command line, run in this process with an embedder without a model, or as the installed script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from chromadb.api.client import SharedSystemClient
from jsonschema import Draft202012Validator

from rag.cli import main
from rag.testing import HashEmbedder, entry_text

Run = Callable[..., "Result"]
Check = Callable[[str, Any], None]

ENTRIES = {
    "leaves.md": ("Why do leaves look green?", "Leaves look green because chlorophyll reflects green light."),
    "kidneys.md": ("How do kidneys filter blood?", "Kidneys filter blood in nephrons. Each one has a fine sieve."),
    "ribosomes.md": ("What do ribosomes build?", "Ribosomes join amino acids into long chains."),
}


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Return standard output as JSON, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run in a folder with a small corpus, no environment of the tester's, and no model."""
    settings = """
        CORPUS_DIR DATA_DIR EMBEDDER RERANKER CHAT_MODEL JUDGE_MODEL SUPPORT DAILY_TOKENS DAILY_USD ANSWER_CACHE
        DATABASE_URL RETENTION_DAYS STREAMS RATE KEY_RATE DAILY_QUESTIONS LIMITS_URL CORS_ORIGINS
        """.split()
    for name in (
        *(f"QUICKTAKES_{setting}" for setting in settings),
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "FORCE_COLOR",
        "COLUMNS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("rag.wiring.embedders.MiniLMEmbedder", HashEmbedder)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    for path, (question, answer) in ENTRIES.items():
        (tmp_path / "corpus" / path).write_text(entry_text(question, answer), encoding="utf-8")
    yield
    SharedSystemClient.clear_system_cache()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs ``quicktakes`` with arguments; an error that escapes it fails the test."""

    def call(*arguments: str) -> Result:
        monkeypatch.setattr("sys.argv", ["quicktakes", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Result(code or 0, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def check_schema(repository: Path) -> Check:
    """Return a function that fails where an object breaks the schema of a command's JSON."""

    @cache
    def validator(name: str) -> Draft202012Validator:
        schema = json.loads((repository / f"docs/schemas/{name}.schema.json").read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        return Draft202012Validator(schema)

    def check(name: str, value: Any) -> None:
        validator(name).validate(value)

    return check


@pytest.fixture
def batch(tmp_path: Path) -> Callable[..., str]:
    """Return a function that writes the lines of a batch file and returns its path."""

    def write(*lines: Any) -> str:
        texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        file = tmp_path / "questions.jsonl"
        file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return str(file)

    return write
