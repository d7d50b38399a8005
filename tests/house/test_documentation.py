"""The documents say what is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_every_problem_code_is_documented_once() -> None:
    """docs/rules.md explains exactly the codes that the reader and the linter can give."""
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "rag").rglob("*.py"))
    documented = re.findall(r"^### (QT\d{3}) ", (ROOT / "docs/rules.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(documented) == len(set(documented))
    assert set(documented) == set(re.findall(r'"(QT\d{3})"', sources))


@pytest.mark.parametrize("document", ["README.md"])
def test_python_in_documents_runs(
    document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept_vectors: Callable[[Path], None]
) -> None:
    """The Python shown in a document runs as it stands, from the root of the project."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("QUICKTAKES_DATA_DIR", str(tmp_path))
    kept_vectors(tmp_path)
    blocks = re.findall(r"```python\n(.+?)```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, document, "exec"), {})  # noqa: S102 our own document


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link of a Markdown document names a file or folder that exists."""
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document}: {target}"


def test_architecture_names_every_room() -> None:
    """docs/architecture.md has each module and package directly below rag."""
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for room in (ROOT / "rag").iterdir():
        if room.stem not in {"__init__", "__pycache__", "py"}:
            assert f"rag/{room.stem}`" in page, room
