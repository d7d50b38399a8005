"""The model's files: only the ones that were measured are used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters import minilm as minilm_module
from rag.adapters.minilm import MiniLMEmbedder
from rag.adapters.minilm_wheels import MODEL, TOKENIZER, ModelFile
from rag.errors import ConfigurationError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an installed package."""
    folder = tmp_path / "stand_in_wheel"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return folder


@pytest.mark.parametrize("file", [MODEL, TOKENIZER], ids=["model", "tokenizer"])
def test_a_file_with_one_changed_byte_is_refused(file: ModelFile, package: Path) -> None:
    """Another model would give other vectors in silence; the message names the file, both hashes and the command."""
    content = bytearray(file.read())
    content[len(content) // 2] ^= 1
    (package / "weights").write_bytes(content)
    tampered = replace(file, package=package.name, path="weights")
    with pytest.raises(ConfigurationError, match="make setup") as caught:
        tampered.read()
    assert str(package / "weights") in str(caught.value)
    assert file.sha256 in str(caught.value)


def test_an_unchanged_file_is_read_from_any_package(package: Path) -> None:
    """Where a file comes from can be changed in one place; what it holds cannot."""
    (package / "weights").write_bytes(TOKENIZER.read())
    assert replace(TOKENIZER, package=package.name, path="weights").read() == TOKENIZER.read()


def test_a_missing_file_is_refused(package: Path) -> None:
    """The message names the file and the command that brings it back."""
    with pytest.raises(ConfigurationError, match=r"gone.*make setup"):
        replace(MODEL, package=package.name, path="gone").read()


def test_a_missing_package_is_refused() -> None:
    """The message names the package and the command that installs it."""
    with pytest.raises(ConfigurationError, match=r"no_such_wheel.*make setup"):
        replace(MODEL, package="no_such_wheel").read()


@pytest.mark.parametrize("name", ["MODEL", "TOKENIZER"])
def test_the_embedder_checks_both_files_when_it_is_made(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No embedder exists that was made from another file."""
    monkeypatch.setattr(minilm_module, name, replace(getattr(minilm_module, name), sha256="0" * 64))
    with pytest.raises(ConfigurationError, match="make setup"):
        MiniLMEmbedder()
