import {FOLDER_TABLE} from '../../file-index/index-database.ts'

/** PRAGMA user_version of an index that this code reads. A change of the schema, the tokenizer or the facts raises it, and old indexes are rebuilt. */
export const SCHEMA_VERSION = 4

/** What memories are looked up by. Made behind the rows where an index is built as a whole: that costs a third. */
export const LOOK_UPS = `
  CREATE INDEX memory_time ON memory (timestamp, id);
  CREATE UNIQUE INDEX memory_file ON memory (folder, name);
  CREATE INDEX memory_reversed ON memory (reversed);
  CREATE INDEX memory_type ON memory (type, timestamp, id);
  CREATE INDEX memory_unprocessed ON memory (timestamp, id) WHERE processed = 0;
  CREATE INDEX memory_session ON memory (session, timestamp, id) WHERE session IS NOT NULL;
  CREATE INDEX memory_in_session ON memory (timestamp, id, session) WHERE session IS NOT NULL;
`

/**
 * `words` is the full-text index: rows of a term, without positions or counts, which ranking reads from memory.terms. Terms arrive joined by
 * blanks and are never split again: its tokenizer takes every category of characters but separators and controls as part of a word.
 * `vocabulary` holds in how many memories a term stands. `memory.reversed` is the id backwards, for looking ids up by their ending.
 * `memory.speaker` is a folded name, '' for the person, with a '?' before it where it is only how a note begins.
 * `words` also holds what memories are filtered by (markers.ts), and `counted` in how many memories each type and tag and "unprocessed" is.
 * `vector` holds what a model made of a memory's text (float32, little-endian), with a hash of that text.
 * `totals.language` is the language whose terms these are: in another one they would find nothing.
 * `superseded` holds which memory (`row`, told at `at`) says that another (`target`, an id) is no longer so.
 */
export const SCHEMA = `
  CREATE TABLE memory (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    reversed TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    type TEXT NOT NULL,
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    mtime REAL NOT NULL,
    size INTEGER NOT NULL,
    processed INTEGER NOT NULL,
    private INTEGER NOT NULL,
    session TEXT,
    speaker TEXT NOT NULL,
    tags TEXT NOT NULL,
    terms TEXT NOT NULL,
    asked TEXT NOT NULL,
    asking REAL NOT NULL,
    person REAL NOT NULL,
    flags INTEGER NOT NULL
  );
  CREATE TABLE tag (tag TEXT NOT NULL, timestamp INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (tag, timestamp, row)) WITHOUT ROWID;
  CREATE TABLE superseded (target TEXT NOT NULL, row INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (target, row)) WITHOUT ROWID;
  CREATE INDEX superseded_row ON superseded (row);
  CREATE TABLE vocabulary (term TEXT PRIMARY KEY, frequency INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE speaker (name TEXT PRIMARY KEY, memories INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE counted (name TEXT PRIMARY KEY, memories INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE vector (row INTEGER PRIMARY KEY, model TEXT NOT NULL, text TEXT NOT NULL, embedding BLOB NOT NULL);
  CREATE INDEX vector_model ON vector (model);
  CREATE TABLE totals (memories INTEGER NOT NULL, terms INTEGER NOT NULL, bytes INTEGER NOT NULL, language TEXT);
  INSERT INTO totals VALUES (0, 0, 0, NULL);
  ${FOLDER_TABLE}
  CREATE VIRTUAL TABLE words USING fts5 (
    terms, content = '', contentless_delete = 1, detail = none,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Cf Cn Co Cs'"
  );
  PRAGMA user_version = ${SCHEMA_VERSION};
`
