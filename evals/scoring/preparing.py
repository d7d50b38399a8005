"""Texts embedded together: each once, however many replies it is compared in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from evals.models import Case, Reply
from evals.scoring.citing import score_citations
from evals.scoring.grounding import score_sent_support
from evals.scoring.subject import Materials, Subject
from rag.ports import Vectors


def prepare(replies: Iterable[tuple[Case, Reply]], materials: Materials) -> Materials:
    """Return the materials to score some replies with, all that has to be embedded for them embedded in one go."""
    kept = [(case, reply) for case, reply in replies if reply.text.strip() and not reply.error]

    def compare(noting: Materials) -> None:
        for case, reply in kept:
            subject = Subject(case, reply, noting)
            score_sent_support(subject)
            score_citations(subject)

    return embed_once(compare, materials)


def embed_once(compare: Callable[[Materials], object], materials: Materials) -> Materials:
    """Return the materials with the vectors of all that comparing has embedded where nothing is near anything.

    Texts are embedded in the order of their lengths, so that equal ones give equal vectors; without an embedder nothing
    changes.
    """
    embed = materials.embed
    if embed is None:
        return materials
    noted = set[str]()

    def note(texts: Sequence[str]) -> Vectors:
        noted.update(texts)
        return np.zeros((len(texts), 1), dtype=np.float32)

    compare(replace(materials, embed=note))
    if not noted:
        return materials
    wanted = sorted(noted, key=lambda text: (len(text), text))
    rows, vectors = {text: row for row, text in enumerate(wanted)}, embed(wanted)

    def look_up(texts: Sequence[str]) -> Vectors:
        if not all(text in rows for text in texts):
            return embed(texts)
        return vectors[np.asarray([rows[text] for text in texts], dtype=np.intp)]

    return replace(materials, embed=look_up)
