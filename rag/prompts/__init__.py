"""What language models are asked, as Markdown with placeholders; each answer names the hash of its prompt."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Final

from rag.errors import ConfigurationError
from rag.models import ChatMessage

_SEPARATOR: Final = "\n===\n"
"""Between what a model is told and what it is given."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt in two parts.

    Attributes:
        name: of its file.
        system, user: its parts; ``$name`` stands for what is filled in.
        fingerprint: name and hash of the text.
    """

    name: str
    system: Template
    user: Template
    fingerprint: str

    def fill(self, **values: str) -> tuple[ChatMessage, ChatMessage]:
        """Return the messages with all placeholders filled in; what is filled in is never read as a placeholder."""
        return (
            ChatMessage("system", self.system.substitute(values)),
            ChatMessage("user", self.user.substitute(values)),
        )


def load_prompt(name: str, placeholders: Collection[str]) -> Prompt:
    """Return a prompt of this package, checked.

    Raises:
        ConfigurationError: its file was changed so that it no longer has these placeholders, or lacks one of its parts.
    """
    text = files("rag.prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")
    parts = [Template(part.strip()) for part in text.split(_SEPARATOR)]
    found = {placeholder for part in parts for placeholder in part.get_identifiers()}
    if len(parts) != 2 or found != set(placeholders) or not all(part.is_valid() for part in parts):
        raise ConfigurationError(
            f"the prompt {name}.md must have two parts and the placeholders {', '.join(sorted(placeholders))}; "
            f"it has {len(parts)} and {', '.join(sorted(found)) or 'none'}: restore it from the package"
        )
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Prompt(name, parts[0], parts[1], f"{name}:{digest}")
