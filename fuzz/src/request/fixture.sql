-- A blog, and beside it what people do to their databases.

PRAGMA foreign_keys = OFF;

CREATE TABLE people (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, born DATE, boss_id INTEGER REFERENCES people(id));
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL, body TEXT,
    published BOOLEAN NOT NULL DEFAULT 0, created_at TIMESTAMP NOT NULL, price NUMERIC(10,2),
    author_id INTEGER NOT NULL REFERENCES people(id), editor_id INTEGER REFERENCES people(id),
    title_length INTEGER GENERATED ALWAYS AS (length(title)) VIRTUAL);
CREATE INDEX articles_author ON articles(author_id);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY, body TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES articles(id),
    author_id INTEGER NOT NULL REFERENCES people(id), reply_to INTEGER REFERENCES comments(id));
CREATE INDEX comments_article ON comments(article_id);
CREATE TABLE tags (id TEXT PRIMARY KEY NOT NULL, label TEXT);
CREATE TABLE article_tags (
    article_id INTEGER NOT NULL REFERENCES articles(id), tag_id TEXT NOT NULL REFERENCES tags(id),
    PRIMARY KEY (article_id, tag_id)) WITHOUT ROWID;
INSERT INTO people VALUES
    (1, 'Ada', '1815-12-10', NULL), (2, 'Grace', '1906-12-09', 1), (3, 'Zoë', NULL, 1), (4, '', '0000-00-00', 4);
INSERT INTO articles VALUES
    (1, 'one', 'One', 'First', 1, '2025-01-01 10:00:00', 0.99, 1, NULL),
    (2, 'two', 'Two', NULL, 0, '2025-01-02T10:00:00', 5, 1, 2),
    (3, '', 'Three % _ \ "', 'Third', 1, '2025-01-03 10:00:00.123', NULL, 2, 1),
    (-4, 'Ü', 'ǅ straße İ', x'00ff', 2, 'yesterday', 1e300, 4, 4),
    (9223372036854775807, 'max', 'max', 'NUL' || char(0) || 'inside', 0, 0, -9223372036854775808, 3, 3),
    (-9223372036854775808, 'min', 'min', CAST(x'66ff6f' AS TEXT), 0, 1.5, 9e999, 3, 3);
INSERT INTO comments (id, body, article_id, author_id, reply_to)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 160)
    SELECT i, 'Comment ' || (i % 7), 1 + (i % 2), 1 + (i % 3), CASE WHEN i % 4 THEN nullif(i / 2, 0) END FROM n;
INSERT INTO tags VALUES
    ('rust', 'Rust'), ('sql', 'SQL'), ('a/b', 'Slash'), ('', 'Empty'), ('.', NULL), ('..', NULL), ('%2F', 'Escape'),
    ('~', 'Tilde'), ('ü', 'Ü'), ('a b+c', 'Blank'), ('"\', 'Quote'), ('relationships', 'Word'), ('1,2', 'Comma');
INSERT INTO article_tags SELECT 1, id FROM tags;
INSERT INTO article_tags VALUES (3, 'a/b'), (3, ''), (-4, '.'), (9223372036854775807, '..');

-- Links of every kind: to a unique column, one to one, one that is the key itself, to both ends of one type, a join
-- table with more to tell.
CREATE TABLE votes (id INTEGER PRIMARY KEY, article_slug TEXT REFERENCES articles(slug), points INT);
INSERT INTO votes VALUES (1, 'one', 1), (2, 'one', 2), (3, '', NULL), (4, NULL, 0);
CREATE TABLE passports (number TEXT PRIMARY KEY NOT NULL, person_id INTEGER UNIQUE REFERENCES people(id));
INSERT INTO passports VALUES ('A~1', 1), ('B%2', 2), ('C', NULL);
CREATE TABLE person_details (person_id INTEGER PRIMARY KEY REFERENCES people(id), shoe_size REAL);
INSERT INTO person_details VALUES (1, 38.5), (3, 1e-300);
CREATE TABLE friendships (
    person_id INTEGER NOT NULL REFERENCES people(id), friend_id INTEGER NOT NULL REFERENCES people(id),
    PRIMARY KEY (person_id, friend_id));
INSERT INTO friendships VALUES (1, 2), (2, 1), (1, 1), (3, 4);
CREATE TABLE memberships (
    person_id INTEGER NOT NULL REFERENCES people(id), club TEXT NOT NULL, since DATE, PRIMARY KEY (person_id, club));
INSERT INTO memberships VALUES (1, 'chess', '2020-02-30'), (1, 'a~b', NULL), (2, '%7E', NULL), (2, '', NULL);

-- Keys of several columns, also as foreign keys, partly NULL, and to the own table.
CREATE TABLE stock (warehouse TEXT, item INTEGER, amount INTEGER, PRIMARY KEY (warehouse, item)) WITHOUT ROWID;
INSERT INTO stock VALUES ('north', 1, 10), ('a~b', 1, 0), ('%', -1, NULL), ('', 0, 5), ('/', 2, 7), ('north', 2, 10);
CREATE TABLE moves (
    id INTEGER PRIMARY KEY, warehouse TEXT, item INTEGER, at DATETIME,
    FOREIGN KEY (warehouse, item) REFERENCES stock(warehouse, item));
INSERT INTO moves VALUES
    (1, 'north', 1, '2025-01-01 00:00:00'), (2, 'north', NULL, NULL), (3, NULL, NULL, 1700000000), (4, '', 0, '2025-01-01'),
    (5, '%', -1, '2025-01-01T00:00:00Z'), (6, 'north', 1, '2025-01-01 00:00');
CREATE TABLE nodes (
    tree TEXT NOT NULL, node INTEGER NOT NULL, parent INTEGER, title,
    PRIMARY KEY (tree, node), FOREIGN KEY (tree, parent) REFERENCES nodes(tree, node));
INSERT INTO nodes VALUES ('t', 1, NULL, 'root'), ('t', 2, 1, 2), ('t', 3, 1, 3.5), ('t', 4, 4, x'34'), ('u', 1, 1, NULL);

-- Keys of every storage class, and rows without one.
CREATE TABLE files (hash BLOB PRIMARY KEY NOT NULL, content BLOB, kind VARCHAR(10));
INSERT INTO files VALUES (x'', x'', NULL), (x'00', x'0001', 'k'), (x'fffefd', zeroblob(40), 'K'), ('text', 'text', '');
CREATE TABLE previews (id INTEGER PRIMARY KEY, file BLOB REFERENCES files(hash), small BLOB);
INSERT INTO previews VALUES (1, x'00', NULL), (2, x'fffefd', x'ff'), (3, NULL, NULL), (4, x'', NULL), (5, 'text', 5);
CREATE TABLE loose (key PRIMARY KEY, value);
INSERT INTO loose VALUES
    (NULL, 'nobody'), (NULL, 'nobody'), (1, 'integer'), ('1', 'text'), (1.5, NULL), (x'31', 'blob'), ('', 'empty'), ('x', 1),
    (9e999, -9e999), (1e15, 1e15), (-0.0, 0), ('MQ==', 'text like a blob'), ('é', 'É');
CREATE TABLE loose_links (id INTEGER PRIMARY KEY, loose_id REFERENCES loose(key));
INSERT INTO loose_links VALUES (1, 1), (2, '1'), (3, 1.5), (4, x'31'), (5, ''), (6, NULL), (7, 9e999), (8, 'é');
INSERT INTO loose VALUES
    ('''1''', 'quoted'), ('x''31''', 'text like bytes'), ('inf', NULL), ('1.5', NULL), ('-0.0', NULL), ('a' || char(0) || 'b', NULL),
    (x'', NULL);
CREATE TABLE pairs (left, right NUMERIC, value, PRIMARY KEY (left, right));
INSERT INTO pairs VALUES
    (1, 1, 'integers'), ('1', 1, 'text first'), (x'31', 1, 'bytes first'), (1, 'x', NULL), (1, 1.5, NULL), (NULL, 1, 'nobody'),
    ('~', '%', NULL), ('''~''', 9e999, NULL), ('', '', NULL), (x'', x'', NULL);
CREATE TABLE pair_links (id INTEGER PRIMARY KEY, l, r, FOREIGN KEY (l, r) REFERENCES pairs(left, right));
INSERT INTO pair_links VALUES
    (1, 1, 1), (2, '1', 1), (3, x'31', '1'), (4, '~', '%'), (5, '''~''', 9e999), (6, x'', x''), (7, 1, NULL), (8, 1, 'nothing');
CREATE TABLE reals (key REAL PRIMARY KEY, value INTEGER);
INSERT INTO reals VALUES
    (0.1, 1), (1, 2), (1e300, 3), (-9e999, 4), ('text', 5), (5e-324, 6), (9007199254740993, 7), (x'00', 8);
CREATE TABLE real_links (id INTEGER PRIMARY KEY, whole INTEGER REFERENCES reals(key), same REAL REFERENCES reals(key));
INSERT INTO real_links VALUES
    (1, 1, 0.1), (2, 0.1, 1), (3, 9007199254740993, 9007199254740992), (4, -9e999, 'text'), (5, x'00', 5e-324);
CREATE TABLE days (day DATE PRIMARY KEY NOT NULL, previous DATE REFERENCES days(day));
INSERT INTO days VALUES ('2025-01-01', NULL), ('2025-01-02', '2025-01-01'), (45000, '2025-01-02'), ('', 45000), (1.5, '');
CREATE TABLE moments (at TIMESTAMP NOT NULL UNIQUE, flag BOOLEAN, uuid UUID, PRIMARY KEY (at, flag, uuid));
INSERT INTO moments VALUES ('2025-01-01 10:00:00', 1, 'AB'), ('2025-01-01T10:00:00', 0, 'ab'), (1.5, 7, x'ab'), ('', '', '');
CREATE TABLE accounts (name TEXT COLLATE RTRIM PRIMARY KEY NOT NULL, json JSON UNIQUE);
INSERT INTO accounts VALUES ('a', '1'), ('b ', '[]'), ('c', NULL), ('  ', '{}');
CREATE TABLE account_links (id INTEGER PRIMARY KEY, name TEXT REFERENCES accounts(name), json TEXT REFERENCES accounts(json));
INSERT INTO account_links VALUES (1, 'a   ', '1'), (2, 'b', '[]'), (3, '', NULL), (4, 'C', '2');
CREATE TABLE broken_text (key TEXT PRIMARY KEY NOT NULL, next TEXT REFERENCES broken_text(key));
INSERT INTO broken_text VALUES
    -- Relationships to keys that are not UTF-8 are not followed: a list of keys cannot hold them.
    (CAST(x'ff' AS TEXT), NULL), (CAST(x'fe' AS TEXT), NULL), (char(65533), NULL), ('a', char(65533)),
    (CAST(x'6100ff' AS TEXT), NULL);
CREATE TABLE cells (tenant BLOB, place BLOB, next BLOB, PRIMARY KEY (tenant, place), FOREIGN KEY (tenant, next) REFERENCES cells);
INSERT INTO cells VALUES (x'00', x'ff', x'00'), (x'00', x'00', NULL), (x'', x'', x''), ('text', x'7e', x'7e'), (x'74657874', x'7e', 5);
CREATE TABLE codes (code TEXT PRIMARY KEY, meaning TEXT, next TEXT REFERENCES codes(code));
INSERT INTO codes VALUES (NULL, 'a', 'x'), (NULL, 'b', NULL), ('x', 'c', 'y'), ('y', NULL, 'x'), ('z', 'd', 'z');

-- A column of every type, with values that fit and values that do not.
CREATE TABLE kinds (
    id INTEGER PRIMARY KEY, a_date DATE, a_time TIME, stamp DATETIME, zoned TIMESTAMPTZ, uuid UUID, json JSON,
    flag BOOLEAN, number REAL, decimal DECIMAL(20,4), whole BIGINT, anything, bytes BLOB, text CLOB COLLATE NOCASE);
INSERT INTO kinds VALUES
    (1, '2025-01-31', '10:30', '2025-01-31 10:30:00', '2025-01-31T10:30:00+01:00', 'AB-CD', '{"a":[1,null]}', 1, 1.5, 0.1, 7,
     'any', x'00', 'Text'),
    (2, 45000, 0.5, 1738319400, '2025-01-31T09:30:00Z', NULL, 'no json', 7, -0.0, 12345678901234567890, -7, 5, 'text', 'text'),
    (3, 'soon', 'noon', '', x'00', x'01', '', 'yes', 'nan', 'much', 'many', x'05', 5, 5),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (5, '', '', '2025-01-31 10:30', 0, '', '1e400', NULL, 9e999, -9e999, 1.5, -9e999, x'', '');
CREATE TABLE strict_kinds (id TEXT PRIMARY KEY NOT NULL, i INT, r REAL, t TEXT, b BLOB, a ANY) STRICT;
INSERT INTO strict_kinds VALUES ('1', 1, 1, '1', x'31', '1'), ('2', NULL, NULL, NULL, NULL, 1), ('A', 0, 0, 'a', x'', x'');

-- Names.
CREATE TABLE "order" (id INTEGER PRIMARY KEY, "group" TEXT, "select" INTEGER, "not" TEXT, "or" TEXT, "and" TEXT, "condition" TEXT);
INSERT INTO "order" VALUES (1, 'g', 1, 'n', 'o', 'a', 'c'), (2, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE "we""ird [name]" (
    "the key" INTEGER PRIMARY KEY, "a.b" TEXT, "[x]" TEXT, "type" TEXT, "id" TEXT, "ключ" TEXT, "`" TEXT, "self" TEXT, "links" TEXT,
    "order id" INTEGER REFERENCES "order"(id), ":p1" TEXT, "?1" TEXT, "'" TEXT);
INSERT INTO "we""ird [name]" VALUES
    (1, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 1, 'i', 'j', 'k'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE "Empty Table" (id INTEGER PRIMARY KEY, "order" INTEGER REFERENCES "order"(id));
CREATE TABLE "relationships" (id INTEGER PRIMARY KEY, "relationships" INTEGER REFERENCES "relationships"(id));
INSERT INTO "relationships" VALUES (1, 1), (2, NULL);
CREATE TABLE "schemas" (id INTEGER PRIMARY KEY, articles TEXT);
INSERT INTO "schemas" VALUES (1, 'x');

-- Foreign keys that SQLite follows although the texts differ, and some that lead nowhere.
CREATE TABLE colours (name TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, hex TEXT);
INSERT INTO colours VALUES ('Red', 'f00'), ('Green', '0f0');
CREATE TABLE cars (id INTEGER PRIMARY KEY, colour TEXT REFERENCES colours(name), owner_id TEXT REFERENCES people(id));
INSERT INTO cars VALUES (1, 'Red', '1'), (2, 'red', '2'), (3, 'GREEN', NULL), (4, 'blue', '99'), (5, NULL, 'nobody');
