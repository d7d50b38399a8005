"""Each rule of the format is tested by its code."""

from __future__ import annotations

import re
from pathlib import Path

import rag.corpus
from rag.linting import RULES

CODE = re.compile(r"\bQT[0-9]{3}\b")


def codes_in(folder: Path) -> set[str]:
    """Return the problem codes that the modules of a folder name."""
    return {code for path in folder.glob("*.py") for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_problem_code_appears_in_some_test() -> None:
    """A rule that is added brings its test along, and none is tested that is gone."""
    used, tested = codes_in(Path(rag.corpus.__file__).parent), codes_in(Path(__file__).parent)
    assert len(used) > 15
    assert used <= tested | {"QT301"}  # an example in a message
    assert tested <= {rule.code for rule in RULES}
