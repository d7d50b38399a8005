"""A tutor: hints, simpler answers, students' answers checked, questions to them; all from the entries."""

from rag.tutoring.facts import KeyFact, key_facts
from rag.tutoring.hinting import Hinter
from rag.tutoring.hints import secrets_of
from rag.tutoring.tutor import Tutor

__all__ = ["Hinter", "KeyFact", "Tutor", "key_facts", "secrets_of"]
