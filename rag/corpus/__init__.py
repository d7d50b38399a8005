"""Entries: read from their files, written back byte for byte, loaded by the folder."""

from rag.corpus.config import CorpusConfig, corpus_config
from rag.corpus.differences import EntryChange, corpus_differences
from rag.corpus.entry import Entry, RelatedArticle, Seo, folder_of, new_entry, slug_of
from rag.corpus.files import (
    Corpus,
    decode_entry,
    decode_text,
    find_files,
    is_entry_name,
    list_files,
    load_corpus,
    printable_path,
    read_entry,
    read_file,
    repeated_url,
    require_folder,
)
from rag.corpus.knowledge import PLACEHOLDER, on_a_course, reason_left_out
from rag.corpus.newlines import UnwritableTextError, decode_newlines, encode_newlines
from rag.corpus.reader import MAX_BYTES, parse_entry
from rag.corpus.saving import write_file, write_new
from rag.corpus.schema import entry_schema
from rag.corpus.skeleton import place_for, skeleton
from rag.corpus.stats import CorpusStats, corpus_stats
from rag.corpus.writer import render_entry

__all__ = [
    "MAX_BYTES",
    "PLACEHOLDER",
    "Corpus",
    "CorpusConfig",
    "CorpusStats",
    "Entry",
    "EntryChange",
    "RelatedArticle",
    "Seo",
    "UnwritableTextError",
    "corpus_config",
    "corpus_differences",
    "corpus_stats",
    "decode_entry",
    "decode_newlines",
    "decode_text",
    "encode_newlines",
    "entry_schema",
    "find_files",
    "folder_of",
    "is_entry_name",
    "list_files",
    "load_corpus",
    "new_entry",
    "on_a_course",
    "parse_entry",
    "place_for",
    "printable_path",
    "read_entry",
    "read_file",
    "reason_left_out",
    "render_entry",
    "repeated_url",
    "require_folder",
    "skeleton",
    "slug_of",
    "write_file",
    "write_new",
]
