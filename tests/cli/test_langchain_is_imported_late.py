"""LangChain takes seconds to import: only what uses it pays."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASK = """
import rag.wiring.embedders
from rag.cli import main
from rag.testing import HashEmbedder
rag.wiring.embedders.MiniLMEmbedder = HashEmbedder
sys.argv = ["quicktakes", "ask", "Why do leaves look green?"]
try:
    main()
except SystemExit as ended:
    assert ended.code in {None, 0}, ended.code
"""


@pytest.mark.parametrize("use", ["import rag", "import rag.cli", ASK], ids=["import", "commands", "ask"])
def test_without_a_chat_model_langchain_is_not_imported(use: str) -> None:
    """Neither importing the product nor asking a question without a model brings LangChain or what reports for it."""
    vendors = "{'langchain', 'langchain_core', 'langsmith', 'langgraph'}"
    code = f"import sys\n{use}\nbrought = {vendors} & set(sys.modules)\nassert not brought, brought"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 our own words
    assert run.returncode == 0, run.stderr
    if use == ASK:
        assert "chlorophyll" in run.stdout
