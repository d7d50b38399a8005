"""What is scored: anything that replies to a case."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Protocol, runtime_checkable

import rag
from evals.models import Arm, Case, Reply
from rag.errors import QuestionError


class System(Protocol):
    """Replies to cases, as if the entries that are hidden from it were not there."""

    @property
    def name(self) -> str:
        """Return how reports name it: ``quicktakes``, ``floor:echo``."""
        ...

    @property
    def fingerprint(self) -> str:
        """Return a hash of all that decides its replies, as far as it is known: replies of two are never mixed."""
        ...

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply to a case.

        Args:
            excluded: urls of entries to hide: neither found, nor read, nor cited.
            repeat: from 0; a system that draws lots draws others for each.

        Raises:
            QuickTakesError: it cannot reply; what comes of it is recorded as a reply without a text.
        """
        ...


@runtime_checkable
class Connected(Protocol):
    """A system that holds connections, which wait on the event loop that it was asked on."""

    async def aclose(self) -> None:
        """Close them."""
        ...


def require_no_plant(case: Case, name: str) -> None:
    """Refuse a case that plants entries, of a system whose corpus is out of reach; raises `QuestionError`."""
    if case.plant:
        raise QuestionError(f"{case.url} plants entries, and {name} has no corpus to plant them in; ask our own chain")


def hash_of(*told: str) -> str:
    """Return the hash of some texts in their order."""
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def code_hash() -> str:
    """Return the hash of the product's own code and prompts, as they are installed: a commit need not be known."""
    folder = Path(rag.__file__).parent
    files = sorted(file for file in folder.rglob("*") if file.suffix in {".py", ".md", ".txt", ".json"})
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
