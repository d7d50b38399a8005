"""Texts embedded together: each once, however many replies it is compared in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from evals.models import Case, Reply
from evals.scoring.citing import score_citations
from evals.scoring.grounding import score_sent_support
from evals.scoring.subject import Materials, Subject
from rag.ports import Vectors


def prepare(replies: Iterable[tuple[Case, Reply]], materials: Materials) -> Materials:
    """Return the materials to score some replies with, all that has to be embedded for them embedded in one go.

    In the order of their lengths, so that equal replies give equal vectors; without an embedder nothing changes.
    """
    if materials.embed is None:
        return materials
    wanted = sorted(_texts_of(replies, materials), key=lambda text: (len(text), text))
    if not wanted:
        return materials
    vectors, rows, embed = materials.embed(wanted), {text: row for row, text in enumerate(wanted)}, materials.embed

    def look_up(texts: Sequence[str]) -> Vectors:
        if not all(text in rows for text in texts):
            return embed(texts)
        return vectors[np.asarray([rows[text] for text in texts], dtype=np.intp)]

    return replace(materials, embed=look_up)


def _texts_of(replies: Iterable[tuple[Case, Reply]], materials: Materials) -> set[str]:
    """Return what scoring would have embedded: where nothing is near, it looks everywhere."""
    noted = set[str]()

    def note(texts: Sequence[str]) -> Vectors:
        noted.update(texts)
        return np.zeros((len(texts), 1), dtype=np.float32)

    noting = replace(materials, embed=note)
    for case, reply in replies:
        if reply.text.strip() and not reply.error:
            subject = Subject(case, reply, noting)
            score_sent_support(subject)
            score_citations(subject)
    return noted
