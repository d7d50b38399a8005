"""Nothing reports on the user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EMBED = "from rag.adapters.minilm import MiniLMEmbedder; MiniLMEmbedder().embed(['osmosis'])"


def test_embedding_leaves_no_trace_in_the_home_folder(tmp_path: Path) -> None:
    """ONNX Runtime writes no device id: what would carry its reports is never made."""
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", EMBED], env=environment, check=True)  # noqa: S603 our own words
    assert not list(tmp_path.rglob("*"))


LANGCHAIN = """
import sys
asked = []
watched = {"socket.connect", "socket.getaddrinfo"}
sys.addaudithook(lambda event, args: asked.append((event, args)) if event in watched else None)
from langchain.chat_models import init_chat_model
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.prompts import ChatPromptTemplate
chain = ChatPromptTemplate.from_template("{question}") | GenericFakeChatModel(messages=iter(["one", "two"]))
assert chain.invoke({"question": "Why?"}).content == "one"
assert "".join(chunk.content for chunk in chain.stream({"question": "Why?"})) == "two"

sys.exit(repr(asked) if asked else 0)
"""


def test_a_chain_of_langchains_reports_nothing_unasked(tmp_path: Path) -> None:
    """Where LangSmith's variables are not set, no host is looked up, none connected to and no file written."""
    asked = ("LANGSMITH_", "LANGCHAIN_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(asked)}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", LANGCHAIN], env=environment, check=True)  # noqa: S603 our own words
    assert not list(tmp_path.rglob("*"))
