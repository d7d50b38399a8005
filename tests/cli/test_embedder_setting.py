"""Commands with the embedder that QUICKTAKES_EMBEDDER names, and what is said before anything is paid for."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.testing import EmbeddingsServer, entry_text
from rag.testing.embeddings_server import error_reply

Run = Callable[..., Any]

GREEN = "Why do leaves look green?"

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingsServer]:
    """Give a server of embeddings that takes a key, named in the environment."""
    with EmbeddingsServer() as running:
        monkeypatch.setenv("QUICKTAKES_EMBEDDER", "openai:hash")
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
        yield running


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what puts a person at a terminal, with what they type."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def type_in(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(text))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        monkeypatch.setenv("TERM", "dumb")

    return type_in


def write_entries(tmp_path: Path, count: int) -> None:
    """Write entries of two passages each."""
    for number in range(count):
        text = entry_text(f"What is cell number {number}?", f"Cell number {number} is a cell.")
        (tmp_path / f"corpus/n{number}.md").write_text(text, encoding="utf-8")


def test_without_a_terminal_nothing_is_bought(run: Run, server: EmbeddingsServer) -> None:
    """The error says how much there is to embed and which option approves it; no text was sent."""
    result = run("index", "sync")

    assert result.code == 1
    assert result.out == ""
    assert "to embed: 6 passages, about" in result.err
    assert "price unknown" in result.err
    assert "nothing was spent: add --yes" in result.err
    assert server.asked == []


def test_yes_buys_and_says_how_much(run: Run, server: EmbeddingsServer) -> None:
    """With --yes the cost is still said, on standard error; the second time there is nothing to say."""
    first, second = (run("index", "sync", "--yes", "--json") for _ in range(2))

    assert (first.code, second.code) == (0, 0)
    assert first.lines[0]["embedded"] == len(server.texts) == 6
    assert first.err.count("to embed: 6 passages") == 1
    assert second.err == ""


@pytest.mark.parametrize(("typed", "code", "sent"), [("y\n", 0, 6), ("n\n", 1, 0), ("\n", 1, 0), ("", 1, 0)])
def test_a_person_is_asked(  # noqa: PLR0913, PLR0917 a case has three parts
    run: Run, server: EmbeddingsServer, at_terminal: Callable[[str], None], typed: str, code: int, sent: int
) -> None:
    """Only a yes buys; no, nothing and the end of input do not."""
    at_terminal(typed)

    result = run("index", "sync")

    assert result.code == code
    assert "Embed them? [y/N]" in result.err
    assert len(server.texts) == sent


def test_questions_buy_little_and_never_much(run: Run, server: EmbeddingsServer, tmp_path: Path) -> None:
    """A small edit is followed without a word; a large one is refused with the command to run, and nothing is sent."""
    assert run("ask", GREEN).code == 0
    write_entries(tmp_path, 26)
    server.asked.clear()

    for command in (("ask", GREEN), ("search", GREEN), ("corpus", "related")):
        result = run(*command)
        assert result.code == 1
        assert "52 passages" in result.err
        assert "run 'quicktakes index sync'" in result.err
    assert server.asked == []


def test_a_server_without_a_key_is_not_asked_about(
    run: Run, server: EmbeddingsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody bills for it: commands work as with the default embedder."""
    monkeypatch.delenv("OPENAI_API_KEY")
    write_entries(tmp_path, 26)

    result = run("ask", GREEN)

    assert result.code == 0
    assert "chlorophyll" in result.out
    assert "to embed" not in result.err
    assert len(server.texts) > 58


def test_status_needs_neither_server_nor_key(
    run: Run, server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index says what it was built with; that it is in step is known without a call."""
    run("index", "sync", "--yes")
    server.asked.clear()
    monkeypatch.delenv("OPENAI_API_KEY")

    status = run("index", "status", "--json").lines[0]

    assert status["state"] == "in step"
    assert status["embedder"].startswith("openai:hash@")
    assert server.asked == []


def test_status_foretells_a_change_of_embedder(run: Run, server: EmbeddingsServer) -> None:
    """An index of the default embedder is not usable with another: the next sync builds it anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("QUICKTAKES_EMBEDDER")
        run("index", "sync")
    assert run("index", "status", "--json").lines[0]["state"] == "unusable"
    assert run("index", "sync", "--yes", "--json").lines[0]["rebuilt"]
    assert server.texts


def test_a_refusing_server_is_one_line(run: Run, server: EmbeddingsServer) -> None:
    """An error of the server's ends a command like any other."""
    server.scripts = [lambda _: error_reply(401, "bad key")]

    result = run("index", "sync", "--yes")

    assert result.code == 1
    assert "bad key" in result.err
    assert "check OPENAI_API_KEY" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("name", ["nonsense", "openai", "openai:", "openai: ", "minilm:x", "MiniLM", "cohere:embed"])
def test_an_unknown_embedder_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """By every command that needs one, with the forms that there are."""
    monkeypatch.setenv("QUICKTAKES_EMBEDDER", name)

    for command in (("ask", GREEN), ("index", "sync"), ("index", "status")):
        result = run(*command)
        assert result.code == 1
        assert "set QUICKTAKES_EMBEDDER to minilm, or to openai:<model>" in result.err


def test_openai_without_a_key_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to set; an empty setting is as if unset."""
    monkeypatch.setenv("QUICKTAKES_EMBEDDER", "openai:text-embedding-3-small")
    monkeypatch.setenv("OPENAI_API_KEY", "")

    result = run("ask", GREEN)

    assert result.code == 1
    assert "set OPENAI_API_KEY" in result.err


def test_an_empty_setting_is_the_default(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """QUICKTAKES_EMBEDDER set to nothing means minilm."""
    monkeypatch.setenv("QUICKTAKES_EMBEDDER", "")

    assert run("ask", GREEN).code == 0
