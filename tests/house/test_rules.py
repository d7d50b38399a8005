"""The rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BANNED_NAMES = {"utils", "helpers", "common", "misc", "manager", "process", "data", "info", "obj"}
REGISTRY_HOSTS = re.compile(r"pypi\.(?:org|io)|pythonhosted|npmjs|deb\.debian|yarnpkg", re.IGNORECASE)


def tracked_files(*patterns: str) -> list[Path]:
    """Return the files that git tracks, or would."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603 our own words
    return [ROOT / line for line in output.splitlines() if (ROOT / line).is_file()]


def test_every_test_says_which_fact_it_proves() -> None:
    """A test function has a docstring."""
    for file in tracked_files("tests/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert ast.get_docstring(node), f"{file}:{node.lineno} {node.name}"


def test_tests_are_no_package() -> None:
    """No ``__init__.py`` stands under tests, so that tests import the installed product."""
    assert not tracked_files("tests/**/__init__.py")


def test_modules_have_names_that_say_what_they_are() -> None:
    """No module or folder has one of the names that could hold anything."""
    for file in tracked_files("rag/*.py", "api/*.py", "evals/*.py", "bench/*.py"):
        assert not BANNED_NAMES & set(file.relative_to(ROOT).with_suffix("").parts), file


def test_no_file_names_a_package_registry() -> None:
    """The project installs from whatever registry a machine is set up with; none is named in it."""
    for file in tracked_files():
        if file != Path(__file__) and file.suffix in {".py", ".md", ".toml", ".lock", ".yaml", ""}:
            assert not REGISTRY_HOSTS.search(file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize("name", sorted(file.name for file in ROOT.glob("requirements*.lock")))
def test_every_locked_package_has_hashes(name: str) -> None:
    """Each requirement of a lock file is pinned and followed by a hash."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pinned = [number for number, line in enumerate(lines) if re.match(r"[a-z0-9]", line, re.IGNORECASE)]
    assert pinned
    for number in pinned:
        assert "==" in lines[number], lines[number]
        assert "--hash=sha256:" in lines[number + 1], lines[number]


def test_the_readme_maps_every_folder() -> None:
    """README's map names each top-level folder that git tracks, but for tools' own."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    folders = {file.relative_to(ROOT).parts[0] for file in tracked_files() if file.parent != ROOT}
    for folder in folders - {".ci", "typings"}:
        assert f"`{folder}/`" in readme, folder


def test_the_readme_shows_the_two_commands_first() -> None:
    """The two commands stand on README's first screen."""
    first_screen = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40])
    assert "make ask Q=" in first_screen
    assert "make test" in first_screen
