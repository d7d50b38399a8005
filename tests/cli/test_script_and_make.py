"""The installed script and the Makefile's commands, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Check = Callable[[str, Any], None]

STUB = '#!/bin/sh\nprintf "%s\\0" "$@" > arguments\nexit "${STUB_CODE:-0}"\n'


@pytest.fixture(scope="session")
def script() -> Path:
    """Return the installed command."""
    return Path(sys.executable).with_name("quicktakes")


def _run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 our own commands
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )


def test_the_script_answers_with_the_default_embedder(script: Path, check_schema: Check) -> None:
    """A first call builds the index and answers; a second process finds it, and standard error stays empty."""
    first = _run(script, "ask", "why do leaves look green", "--json")
    second = _run(script, "search", "chlorophyll", "--json")

    assert (first.returncode, first.stderr) == (0, "")
    answer = json.loads(first.stdout)
    check_schema("ask", answer)
    assert answer["rung"] == "curated"
    assert answer["provenance"]["embedder"].startswith("all-MiniLM-L6-v2-int8:")
    assert (second.returncode, second.stderr) == (0, "")
    check_schema("search", json.loads(second.stdout))


def test_the_script_reports_an_error_without_a_traceback(script: Path) -> None:
    """Exit code 1 and one line on standard error."""
    result = _run(script, "index", "status", "--corpus-dir", "nowhere")

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


@pytest.fixture
def project(tmp_path: Path, repository: Path) -> Path:
    """Return a folder with the Makefile, set up as far as make can tell, and a quicktakes that notes its arguments."""
    folder = tmp_path / "project"
    scripts = folder / ".venv/bin"
    scripts.mkdir(parents=True)
    shutil.copy(repository / "Makefile", folder)
    made = ["requirements-uv.lock", "requirements.lock", "pyproject.toml", ".venv/bin/uv", ".venv/.ready"]
    for age, name in enumerate(made, start=1):
        (folder / name).touch()
        os.utime(folder / name, (age, age))
    (scripts / "quicktakes").write_text(STUB)
    (scripts / "quicktakes").chmod(0o755)
    return folder


def _arguments(project: Path) -> list[str]:
    return (project / "arguments").read_text().split("\0")[:-1]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("way", ["argument", "environment"])
@pytest.mark.parametrize(
    "question",
    [
        "Why is the inside of a resting neuron negative?",
        'What does "resting" mean?',
        "What's the cell's role?",
        "Why does $5 matter? Or $HOME, $$, $(HOME) and ${HOME}?",
        "Is `touch pwned` run? Or $(shell touch pwned)? Or $(touch pwned)?",
        "back\\slash \\n \\\\ end\\",
        "semi; touch pwned # and & | > pwned",
        "--help",
        "100 % of % signs",
        "*",
    ],
)
def test_make_ask_passes_the_question_as_it_was_typed(project: Path, question: str, way: str) -> None:
    """Quotes, dollars, backquotes and calls of make's functions reach quicktakes literally, and nothing runs."""
    given = (f"Q={question}",) if way == "argument" else ()
    environment = {} if way == "argument" else {"Q": question}

    result = _run("make", "-C", project, "ask", *given, **environment)

    assert result.returncode == 0, result.stderr
    assert _arguments(project) == ["ask", "--corpus-dir", "corpus", "--", question]
    assert not (project / "pwned").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_ask_takes_another_corpus(project: Path) -> None:
    """CORPUS may hold spaces."""
    _run("make", "-C", project, "ask", "Q=Why?", "CORPUS=../my entries")

    assert _arguments(project) == ["ask", "--corpus-dir", "../my entries", "--", "Why?"]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(("code", "failed"), [("0", False), ("3", False), ("1", True), ("2", True)])
def test_make_ask_fails_only_for_errors(project: Path, code: str, *, failed: bool) -> None:
    """Abstaining is an answer; an error is make's error too."""
    assert (_run("make", "-C", project, "ask", "Q=Why?", STUB_CODE=code).returncode != 0) == failed


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_alone_lists_the_commands(project: Path) -> None:
    """Plain make shows what there is, and does nothing."""
    result = _run("make", "-C", project)

    assert result.returncode == 0
    for command in ("setup", "ask", "test", "check", "help"):
        assert f"\n{command} " in f"\n{result.stdout}"
    assert not (project / "arguments").exists()
