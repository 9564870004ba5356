-- A database of everything SQLite allows and a server is not prepared for. Few rows, each there for a reason.
PRAGMA foreign_keys = off;

-- Reserved words, quotes, spaces and other alphabets as names.
CREATE TABLE "select" ("from" INTEGER PRIMARY KEY, "where" TEXT, "group" TEXT, "order by" INTEGER, "and" TEXT);
INSERT INTO "select" VALUES (1, 'limit', 'having', 3, 'or'), (2, NULL, 'union', NULL, '--'), (3, ''';drop', '"', -1, '/*');
CREATE TABLE "it's ""quoted""" ("a'b" INTEGER PRIMARY KEY, "c""d" TEXT, "e[f]" TEXT, "g`h" TEXT, "i.j" TEXT, "k,l" TEXT);
INSERT INTO "it's ""quoted""" VALUES (1, 'c', 'e', 'g', 'i', 'k'), (2, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE "Größe Ω" ("Schlüssel" TEXT PRIMARY KEY, "naïve café" TEXT, "日本" INTEGER, "😀" TEXT);
INSERT INTO "Größe Ω" VALUES ('ä', 'é', 1, '😀'), ('漢字', NULL, NULL, '👩‍👩‍👧'), ('plain', 'plain', 0, '');
CREATE TABLE "two  spaces" (id INTEGER PRIMARY KEY, "first name" TEXT, "größe_id" TEXT REFERENCES "Größe Ω"("Schlüssel"));
INSERT INTO "two  spaces" VALUES (1, 'Ann', 'ä'), (2, 'Ben', NULL), (3, NULL, '漢字');
CREATE TABLE "percent%41" (id INTEGER PRIMARY KEY, "50%" TEXT, "a/b" TEXT, "x?y=z&w#v" TEXT);
INSERT INTO "percent%41" VALUES (1, 'half', 'slash', 'query');

-- No key, a key made of a unique NOT NULL column, a unique column that may be NULL.
CREATE TABLE keyless (word TEXT, number INTEGER);
INSERT INTO keyless VALUES ('a', 1), ('a', 1), (NULL, NULL);
CREATE TABLE keyed_by_unique (code TEXT NOT NULL UNIQUE, word TEXT);
INSERT INTO keyed_by_unique VALUES ('x', 'one'), ('y', 'two');
CREATE TABLE maybe_unique (code TEXT UNIQUE, word TEXT);
INSERT INTO maybe_unique VALUES ('x', 'one'), (NULL, 'two');
CREATE TABLE keyless_child (keyless_word TEXT REFERENCES keyless(word), note TEXT);

-- Storage variants.
CREATE TABLE no_rowid (code TEXT PRIMARY KEY, word TEXT) WITHOUT ROWID;
INSERT INTO no_rowid VALUES ('b', 'two'), ('a', 'one'), ('', 'empty');
CREATE TABLE strict_one (id INTEGER PRIMARY KEY, i INT, r REAL, t TEXT, b BLOB, a ANY) STRICT;
INSERT INTO strict_one VALUES (1, 1, 1.5, 'text', x'00ff', 'any'), (2, NULL, NULL, NULL, NULL, 7), (3, -9223372036854775808, 0.0, '', x'', x'41');
CREATE TABLE computed (
  id INTEGER PRIMARY KEY, a INTEGER, b INTEGER,
  total INTEGER GENERATED ALWAYS AS (a + b) VIRTUAL,
  label TEXT GENERATED ALWAYS AS (a || '-' || b) STORED
);
INSERT INTO computed (id, a, b) VALUES (1, 1, 2), (2, NULL, 2);

-- Keys with every character that means something in a URL or in an id.
CREATE TABLE text_keys (name TEXT PRIMARY KEY, note TEXT);
INSERT INTO text_keys VALUES
  ('a/b', 'slash'), ('50%', 'percent'), ('a~b', 'tilde'), ('a b', 'space'), ('ü', 'unicode'), ('', 'empty'), ('a?b#c', 'query'),
  ('..', 'dots'), ('.', 'dot'), ('+', 'plus'), ('%41', 'escape'), ('a,b', 'comma'), ('relationships', 'word'), ('a\b', 'backslash'),
  ('null', 'word'), (NULL, 'no key, no resource');
CREATE TABLE text_key_notes (id INTEGER PRIMARY KEY, text_key TEXT REFERENCES text_keys(name), body TEXT);
INSERT INTO text_key_notes VALUES (1, 'a/b', 'x'), (2, 'a~b', 'y'), (3, '', 'z'), (4, NULL, 'w'), (5, 'a,b', 'v'), (6, 'a/b', 'u'), (7, '..', 't');
CREATE TABLE blob_keys (hash_value BLOB PRIMARY KEY, note TEXT);
INSERT INTO blob_keys VALUES (x'00', 'zero'), (x'', 'empty'), (x'fffefd', 'three'), (x'61', 'a');
CREATE TABLE real_keys (at REAL PRIMARY KEY, note TEXT);
INSERT INTO real_keys VALUES (1.0, 'one'), (0.1, 'tenth'), (1e300, 'large'), (-2.5, 'negative');
CREATE TABLE big_keys (id INTEGER PRIMARY KEY, note TEXT);
INSERT INTO big_keys VALUES (9223372036854775807, 'largest'), (-9223372036854775808, 'smallest'), (0, 'zero'), (9007199254740993, 'beyond a double');
CREATE TABLE loose_keys (k PRIMARY KEY, note TEXT);
INSERT INTO loose_keys VALUES (1, 'integer'), ('one', 'text'), (2.5, 'real'), (NULL, 'none');

-- Values of every storage class in every column.
CREATE TABLE dynamic (
  id INTEGER PRIMARY KEY, whole INTEGER, real_number REAL, money NUMERIC(10,2), text_value TEXT, bytes BLOB, yes BOOLEAN,
  day DATE, moment DATETIME, hour TIME, document JSON, identifier UUID, untyped, odd "FROBNICATE"
);
INSERT INTO dynamic VALUES
  (1, 1, 1.5, 0.99, 'text', x'0102', 1, '2025-01-31', '2025-01-31 10:00:00', '10:00:00', '{"a":[1,null]}', '6f9619ff-8b86-d011-b42d-00c04fc964ff', 1, 'x'),
  (2, 'one', 'half', 'much', 5, 'text', 'maybe', 20250131, 1738317600, 36000, 'not json', 'NOT A UUID', 'text', 7),
  (3, 1.5, 2, 5, 1.5, 7, 2, '31.01.2025', '2025-01-31T10:00:00.25', 'noon', '[1', x'00', x'ff', 1.25),
  (4, x'41', x'42', x'43', x'44', 1.5, 0, 2460706.5, '2025-01-31T10:00:00Z', '', '12', '', 2.5, x'00'),
  (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (6, 9223372036854775807, 9e999, 9e999, CAST(x'61ff62' AS TEXT), x'', 'true', '', '', NULL, 'null', NULL, -9e999, ''),
  (7, -9223372036854775808, -9e999, -9e999, char(0) || 'after nul', zeroblob(3), 'false', 'today', '2025-01-31', '10:00', '"x"', NULL, 1e-320, NULL),
  (8, 0, -0.0, 12345678901234567890, char(0x1f) || '"\' || char(0x2028) || '</script>', NULL, NULL, NULL, NULL, NULL, ' {} ', NULL, 1e15, NULL);

-- Columns named like the members every resource has, and columns that look like secrets.
CREATE TABLE reserved (key_value INTEGER PRIMARY KEY, id TEXT, type TEXT, attributes TEXT, relationships TEXT, links TEXT, meta TEXT, lid TEXT);
INSERT INTO reserved VALUES (1, 'an id', 'a type', 'a', 'r', 'l', 'm', 'lid'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, login TEXT, password TEXT, password_hash TEXT, secret_answer TEXT, api_key TEXT, access_token TEXT, salt TEXT, passwd TEXT, pass TEXT
);
INSERT INTO accounts VALUES (1, 'ann', 'hidden1', 'hidden2', 'hidden3', 'hidden4', 'hidden5', 'hidden6', 'hidden7', 'hidden8');

-- Foreign keys of every shape.
CREATE TABLE nodes (id INTEGER PRIMARY KEY, name TEXT, parent_id INTEGER REFERENCES nodes(id), next_id INTEGER UNIQUE REFERENCES nodes);
INSERT INTO nodes VALUES (1, 'root', NULL, 2), (2, 'left', 1, 3), (3, 'right', 1, NULL), (4, 'loop', 4, 4);
CREATE TABLE editions (isbn TEXT, edition INTEGER, title TEXT, follows_isbn TEXT, follows_edition INTEGER,
  PRIMARY KEY (isbn, edition), FOREIGN KEY (follows_isbn, follows_edition) REFERENCES editions(isbn, edition));
INSERT INTO editions VALUES ('a~1', 1, 'first', NULL, NULL), ('a~1', 2, 'second', 'a~1', 1), ('50%', 1, 'half', NULL, 1), ('a', 11, 'eleven', 'a~1', 2),
  (NULL, 1, 'no key, no resource', NULL, NULL);
CREATE TABLE loans (id INTEGER PRIMARY KEY, isbn TEXT, edition INTEGER, borrower INTEGER REFERENCES nodes(id), lender INTEGER REFERENCES nodes(id),
  FOREIGN KEY (isbn, edition) REFERENCES editions);
INSERT INTO loans VALUES (1, 'a~1', 1, 1, 2), (2, 'a~1', 2, 2, 1), (3, '50%', 1, NULL, NULL), (4, NULL, NULL, 1, 1), (5, 'a~1', NULL, 3, NULL);
CREATE TABLE orphans (id INTEGER PRIMARY KEY, gone_id INTEGER REFERENCES no_such_table(id), bad_id INTEGER REFERENCES nodes(no_such_column),
  keyless_id TEXT REFERENCES keyless(word));
INSERT INTO orphans VALUES (1, 7, 8, 'a'), (2, NULL, NULL, NULL);
CREATE TABLE mail (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE);
CREATE TABLE letters (id INTEGER PRIMARY KEY, recipient TEXT REFERENCES mail(address), sender_id INTEGER REFERENCES mail(id), sender TEXT);
INSERT INTO mail VALUES (1, 'ann@e.test'), (2, 'ben@e.test');
INSERT INTO letters VALUES (1, 'ann@e.test', 2, 'typed'), (2, 'ben@e.test', NULL, NULL), (3, NULL, 1, 'x');
CREATE TABLE passports (holder_id INTEGER PRIMARY KEY REFERENCES nodes(id), number TEXT);
INSERT INTO passports VALUES (1, 'P1'), (3, 'P3');

-- Join tables: between two types, from a type to itself, with a column more.
CREATE TABLE node_mail (node_id INTEGER NOT NULL REFERENCES nodes(id), mail_id INTEGER NOT NULL REFERENCES mail(id), PRIMARY KEY (node_id, mail_id));
INSERT INTO node_mail VALUES (1, 1), (1, 2), (2, 1);
CREATE TABLE node_links (from_id INTEGER NOT NULL REFERENCES nodes(id), to_id INTEGER NOT NULL REFERENCES nodes(id), PRIMARY KEY (from_id, to_id)) WITHOUT ROWID;
INSERT INTO node_links VALUES (1, 2), (1, 3), (3, 1), (4, 4);
CREATE TABLE node_text_keys (node_id INTEGER REFERENCES nodes(id), text_key TEXT REFERENCES text_keys(name), weight REAL, PRIMARY KEY (node_id, text_key));
INSERT INTO node_text_keys VALUES (1, 'a/b', 0.5), (1, 'a~b', 1), (2, '', NULL);

-- Views, full-text search, an index on an expression, a partial unique index, a trigger.
CREATE VIEW node_names AS SELECT id, name FROM nodes;
CREATE VIEW broken_view AS SELECT no_column FROM no_such_table;
CREATE VIRTUAL TABLE search USING fts5(title, body);
INSERT INTO search VALUES ('one', 'some words'), ('two', 'other words');
CREATE INDEX nodes_lower ON nodes(lower(name));
CREATE UNIQUE INDEX loans_partial ON loans(borrower) WHERE lender IS NULL;
CREATE TRIGGER nodes_insert AFTER INSERT ON nodes BEGIN UPDATE nodes SET name = name WHERE id = new.id; END;
CREATE TABLE empty_one (id INTEGER PRIMARY KEY, word TEXT);
