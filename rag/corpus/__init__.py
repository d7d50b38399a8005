"""Entries: read from their files, written back byte for byte, loaded by the folder."""

from rag.corpus.entry import Entry, RelatedArticle, Seo, new_entry, slug_of
from rag.corpus.files import Corpus, decode_entry, find_files, load_corpus, printable_path, read_entry, read_file, repeated_url, require_folder
from rag.corpus.knowledge import reason_left_out
from rag.corpus.newlines import UnwritableTextError, decode_newlines, encode_newlines
from rag.corpus.reader import parse_entry
from rag.corpus.stats import CorpusStats, corpus_stats
from rag.corpus.writer import render_entry

__all__ = [
    "Corpus",
    "CorpusStats",
    "Entry",
    "RelatedArticle",
    "Seo",
    "UnwritableTextError",
    "corpus_stats",
    "decode_entry",
    "decode_newlines",
    "encode_newlines",
    "find_files",
    "load_corpus",
    "new_entry",
    "parse_entry",
    "printable_path",
    "read_entry",
    "read_file",
    "reason_left_out",
    "render_entry",
    "repeated_url",
    "require_folder",
    "slug_of",
]
