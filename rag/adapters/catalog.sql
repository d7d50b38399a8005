-- What an index generation holds besides its vectors. Everything here can be made anew from the corpus.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row a corpus file: what it held when it was last read. Either an entry, or why it gave none.
CREATE TABLE files (
    path TEXT PRIMARY KEY,      -- relative to the corpus folder
    sha256 TEXT NOT NULL,
    url TEXT,                   -- of the entry, where the file holds a usable one
    left_out TEXT,              -- why a readable entry is not knowledge
    problem TEXT                -- where the file could not be used
) WITHOUT ROWID;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,       -- decoded: passages' offsets count its characters
    words TEXT NOT NULL,        -- distinct, lower case, separated by spaces
    terms BLOB NOT NULL         -- little-endian int32: vocabulary.id, occurrences in question, topics and answer; repeated
);

-- Stems, not text: see rag.passages.terms.
CREATE TABLE vocabulary (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE);

CREATE TABLE passages (
    id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    section TEXT NOT NULL,
    text TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL
);  -- those of an entry are written together, and so lie together: a search reads those of ten
CREATE INDEX passages_in_order ON passages (url, kind, start, "end", id);
CREATE INDEX passages_by_kind ON passages (kind); -- counting them would else read every text
