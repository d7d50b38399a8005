"""What an index must have been built with, and must hold, to be used."""

from __future__ import annotations

from collections.abc import Mapping

from rag.errors import IndexStateError
from rag.indexing.generation import Generation
from rag.passages import RECIPE

FORMAT = "4"
"""Version of the catalog's tables and of the snapshot's files; an index of another version is built anew."""


def built_with(embedder: str) -> dict[str, str]:
    """Return what an index must have been built with to be usable; `embedder` is its fingerprint."""
    return {"format": FORMAT, "recipe": RECIPE, "embedder": embedder}


def require_usable(generation: Generation, wanted: Mapping[str, str]) -> None:
    """Refuse an index that was not built with what is wanted (see `built_with`), or whose parts do not fit.

    Raises:
        IndexStateError: the message says what is wrong.
    """
    catalog, snapshot = generation.catalog, generation.snapshot
    meta = catalog.meta()
    for name, value in wanted.items():
        if meta.get(name) != value:
            raise IndexStateError(
                f"the index in {generation.folder} was built with {name} {meta.get(name, '?')}, not with {value}; "
                "run 'quicktakes index sync'"
            )
    sections = catalog.passage_counts().get("section", 0)
    if catalog.urls() != list(snapshot.urls) or sections != int(snapshot.first_sections[-1]):
        raise IndexStateError(
            f"catalog and searchable arrays in {generation.folder} hold different entries; "
            "run 'quicktakes index doctor'"
        )


def is_usable(generation: Generation, wanted: Mapping[str, str]) -> bool:
    """Return whether `require_usable` accepts an index."""
    try:
        require_usable(generation, wanted)
    except IndexStateError:
        return False
    return True
