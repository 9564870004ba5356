-- The database the rules of JSON:API are checked on. Few rows, each there for a rule.
PRAGMA foreign_keys = on;

-- Names beyond ASCII and with a space; a text key.
CREATE TABLE "länder" (kürzel TEXT PRIMARY KEY NOT NULL, "voller name" TEXT NOT NULL, größe INTEGER);
INSERT INTO "länder" VALUES ('DE', 'Bundesrepublik Deutschland', 357592), ('FR', 'République française', 643801), ('日', '日本国', NULL);

CREATE TABLE artists (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_at TIMESTAMP, heimat_id TEXT REFERENCES "länder"(kürzel)
);
INSERT INTO artists VALUES
  (1, 'Ada', '2024-01-31 10:00:00', 'DE'), (2, 'Bela', '2024-02-29 23:59:59', 'FR'), (3, 'Čeněk', '2024-03-01 00:00:00', '日'),
  (4, 'Dora', '2024-03-01 00:00:00', NULL), (5, 'Nina', '2023-12-31 12:30:45', 'DE'), (6, 'Olaf', NULL, NULL),
  (7, 'Nobody', NULL, NULL);

-- One row per artist at most: to-one in both directions.
CREATE TABLE biographies (id INTEGER PRIMARY KEY, text TEXT NOT NULL, artist_id INTEGER NOT NULL UNIQUE REFERENCES artists(id));
INSERT INTO biographies VALUES (1, 'Born, sang.', 5), (2, 'Sings.', 1);

-- A self reference, JSON of any shape, a secret, characters that member names forbid.
CREATE TABLE people (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, settings JSON, mentor_id INTEGER REFERENCES people(id), password_hash TEXT,
  "a+b" TEXT, "c.d" TEXT
);
INSERT INTO people VALUES
  (1, 'Ann', '{"links":[1],"relationships":{"a":null},"type":7,"a+b":{"":[]},"deep":[[[{"x":[1.5,true,null,"ü"]}]]]}', NULL, 'x', 'plus', 'dot'),
  (2, 'Ben', '[1,"two",{"three":[]}]', 1, 'x', NULL, NULL), (3, 'Cyd', '{}', 1, 'x', NULL, NULL), (4, 'Dan', 'null', 3, 'x', NULL, NULL),
  (5, 'Eve', NULL, 5, 'x', NULL, NULL), (6, 'Fay', '"text"', NULL, NULL, NULL, NULL);

CREATE TABLE albums (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, year INTEGER, price NUMERIC(10,2), released DATE, live BOOLEAN NOT NULL DEFAULT 0,
  artist_id INTEGER NOT NULL REFERENCES artists(id), producer_id INTEGER REFERENCES people(id)
);
CREATE INDEX albums_artist ON albums(artist_id);
CREATE INDEX albums_producer ON albums(producer_id);
INSERT INTO albums VALUES
  (1, 'Blue Hour', 1998, 9.99, '1998-05-04', 0, 5, NULL), (2, 'Long Play', 2001, 12.5, '2001-09-10', 0, 5, 1),
  (3, 'Single', 1998, 2, '1998-01-01', 0, 1, 2), (4, 'Silence', 2010, NULL, NULL, 1, 2, NULL),
  (5, 'a b', 2001, 7, NULL, 0, 3, 1), (6, 'a+b', 1985, 7, NULL, 0, 3, 1), (7, 'Æther', 2001, 8, NULL, 1, 4, NULL),
  (8, '100% [live]', 2001, 8, NULL, 1, 4, 3), (9, 'Zebra', NULL, 1, NULL, 0, 6, NULL), (10, 'Apple, Pear', 1985, 3, NULL, 0, 6, NULL),
  (11, 'apple', 1985, 3, NULL, 0, 6, NULL), (12, 'Blue Hour', 2010, 4, NULL, 0, 1, 6);

CREATE TABLE tracks (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, seconds INTEGER NOT NULL, album_id INTEGER NOT NULL REFERENCES albums(id),
  writer_id INTEGER REFERENCES artists(id)
);
CREATE INDEX tracks_album ON tracks(album_id);
CREATE INDEX tracks_writer ON tracks(writer_id);
INSERT INTO tracks VALUES (10, 'Dusk', 180, 1, 5), (11, 'Dawn', 200, 1, 6), (12, 'Alone', 90, 3, NULL);
-- More than one page, and more than a page of ties.
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 65)
INSERT INTO tracks SELECT 100 + i, 'Part ' || i, 60 + (i * 37) % 7, 2, CASE WHEN i % 4 = 0 THEN NULL ELSE 1 + i % 6 END FROM n;

CREATE TABLE tags (id TEXT PRIMARY KEY NOT NULL, label TEXT);
INSERT INTO tags VALUES ('jazz', 'Jazz'), ('live', 'Live'), ('a/b', 'Slash'), ('unused', NULL);
CREATE TABLE album_tags (
  album_id INTEGER NOT NULL REFERENCES albums(id), tag_id TEXT NOT NULL REFERENCES tags(id), PRIMARY KEY (album_id, tag_id)
) WITHOUT ROWID;
INSERT INTO album_tags VALUES (2, 'jazz'), (2, 'live'), (3, 'jazz'), (7, 'a/b'), (7, 'live');

-- A composite key, of which one part is also a foreign key.
CREATE TABLE charts (id INTEGER PRIMARY KEY, country TEXT NOT NULL, week TEXT NOT NULL);
INSERT INTO charts VALUES (1, 'DE', '2001-W37'), (2, 'FR', '2001-W38'), (3, 'IT', '2001-W38');
CREATE TABLE chart_entries (
  chart_id INTEGER NOT NULL REFERENCES charts(id), position TEXT NOT NULL, album_id INTEGER REFERENCES albums(id), weeks INTEGER,
  PRIMARY KEY (chart_id, position)
);
INSERT INTO chart_entries VALUES (1, '1', 2, 3), (1, '2', 1, 1), (1, '~%', NULL, NULL), (2, '1', 2, NULL);

-- No rows at all.
CREATE TABLE labels (id INTEGER PRIMARY KEY, name TEXT NOT NULL, founder_id INTEGER REFERENCES people(id));

-- Columns named like members of documents.
CREATE TABLE words (id INTEGER PRIMARY KEY, type TEXT, links TEXT, meta JSON, relationships TEXT, attributes TEXT, lid TEXT);
INSERT INTO words VALUES (1, 'a type', 'some links', '[1]', 'relations', 'attributes', 'lid'), (2, NULL, NULL, NULL, NULL, NULL, NULL);
