"""A corpus read into memory, to be searched by words only where its index cannot be used."""

from __future__ import annotations

from pathlib import Path

from rag.indexing.compiling import compile_words
from rag.indexing.reading import FileReader, indexed_entry
from rag.indexing.scan import corpus_hash, find_changes
from rag.indexing.writing import BATCH_FILES, Progress, silent
from rag.models import CatalogChange
from rag.ports import Catalog, Embedder
from rag.retrieval import Snapshot


def read_words(corpus_dir: Path, catalog: Catalog, embedder: Embedder, progress: Progress | None = None) -> Snapshot:
    """Put all entries of a corpus into an empty catalog, and return its snapshot, which has no vectors.

    Args:
        embedder: counts tokens, so that passages are the index's; nothing is embedded.

    Raises:
        ConfigurationError: the corpus folder does not exist.
    """
    paths = find_changes(corpus_dir, {}).paths
    reader = FileReader(paths)
    names = sorted(paths)
    report = progress or silent
    for start in range(0, len(names), BATCH_FILES):
        readings = [reader.read(name) for name in names[start : start + BATCH_FILES]]
        entries = [indexed_entry(reading.entry, embedder) for reading in readings if reading.entry]
        catalog.apply(CatalogChange((), (), [reading.record for reading in readings], entries))
        report(start + len(readings), len(names))
    catalog.set_meta({"corpus": corpus_hash(catalog.files().values())})
    return compile_words(catalog)
