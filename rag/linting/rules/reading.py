"""Chapter 1: what stops a file from being read, explained, and mended where that is safe."""

from __future__ import annotations

from rag.linting.rule import ReaderRule
from rag.linting.rules import repairs

_NEWT = "title: Why do newts regrow legs?"

READER_RULES = (
    ReaderRule(
        "QT100",
        "not-a-file",
        "Every `*.md` below a corpus is a file that can be opened, with a name in UTF-8.",
        "(a folder called `newts.md`, a dangling link, a file without permission to read)",
        "(a file)",
    ),
    ReaderRule("QT101", "not-utf-8", "Entries are UTF-8.", "(the bytes of another encoding)", "(UTF-8)"),
    ReaderRule(
        "QT102",
        "byte-order-mark",
        "A byte-order mark hides the first `---` from other readers.",
        "(the bytes EF BB BF before `---`)",
        "(`---` first)",
        repairs.without_byte_order_mark,
        mends=True,
    ),
    ReaderRule(
        "QT103",
        "carriage-return",
        "Lines end in LF, so that a file is the same bytes on every machine.",
        "(lines that end in CR LF)",
        "(lines that end in LF)",
        repairs.with_line_feeds,
        mends=True,
    ),
    ReaderRule(
        "QT104",
        "control-character",
        r"A wrong decoder makes control characters of LaTeX: of `\f` in `\forall` a form feed. YAML refuses them, and "
        "counts Unicode line ends as lines.",
        "(a form feed before `orall`)",
        r"(`\forall`)",
        repairs.with_lost_commands,
        mends=True,
    ),
    ReaderRule(
        "QT105",
        "too-large",
        "A file of more than 1 MiB is not an entry: the longest has under 10 kB.",
        "(2 MiB)",
        "(4 kB)",
    ),
    ReaderRule("QT106", "empty-file", "A file without text holds no entry.", "(nothing)", "(an entry)"),
    ReaderRule(
        "QT110",
        "no-opening-fence",
        "The header opens with `---` on the first line; below an empty one most readers see no header.",
        "(an empty line above `---`)",
        "(`---` on line 1)",
        repairs.without_empty_first_lines,
        mends=True,
    ),
    ReaderRule(
        "QT111",
        "no-closing-fence",
        "The header closes with a line `---`.",
        "(no second `---`)",
        "(`---` after the last key)",
    ),
    ReaderRule(
        "QT112",
        "not-keys",
        "The header is one set of keys with values.",
        "(a list, a single value or a second document)",
        "(keys with values)",
    ),
    ReaderRule(
        "QT120",
        "invalid-yaml",
        "The header is YAML. A plain value must not hold `: `, and a key needs its colon.",
        "title: Matter: its states",
        "title: >-\n    Why do newts regrow legs?",
        repairs.with_readable_yaml,
        mends=True,
    ),
    ReaderRule(
        "QT121",
        "alias",
        "Aliases and anchors make a small file large; write the value out.",
        f"author: &a QuickTakes\n{_NEWT}",
        "author: QuickTakes",
    ),
    ReaderRule(
        "QT122",
        "merge-key",
        "Merge keys hide which values an entry has; write them out.",
        "<<: {author: QuickTakes}",
        "author: QuickTakes",
    ),
    ReaderRule(
        "QT123",
        "too-deep",
        "An entry nests two levels deep; one of many levels is an attack on its reader.",
        "extra: [[[[[[[[[[]]]]]]]]]]",
        "score: -1.0",
    ),
    ReaderRule(
        "QT124", "repeated-key", "Of a key given twice, readers keep one or the other.", f"{_NEWT}\n{_NEWT}", _NEWT
    ),
    ReaderRule(
        "QT125",
        "tag",
        "Tags make other types of values, or run code in careless readers.",
        "author: !!str QuickTakes",
        "author: QuickTakes",
    ),
    ReaderRule("QT126", "key-not-a-word", "A key is one plain word.", "[a, b]: 1", "score: -1.0"),
    ReaderRule(
        "QT130",
        "missing-key",
        "An entry has all the keys that the format asks for.",
        "(no `question`)",
        "(a `question`)",
    ),
    ReaderRule(
        "QT131",
        "wrong-type",
        "Each key has its type: `id` a whole number, `date` a day, texts not empty.",
        "id: seven",
        "id: 7",
    ),
    ReaderRule(
        "QT132",
        "shared-line",
        "Each key starts a line of its own, so that it can be changed alone.",
        "seo: {title: QuickTakes | Biology, page_description: About newts, page_keywords: newt}",
        "seo:\n  title: QuickTakes | Biology",
    ),
    ReaderRule(
        "QT133",
        "related-gap",
        "Related articles are numbered from 1 without a gap.",
        "(related_article2 without related_article1)",
        "(related_article1)",
    ),
)
"""In the order of their codes; see `rag.corpus.parse_entry`."""
