-- The database the rules about writing are checked on. Few rows, each there for a rule. Other engines have what their
-- comments say instead of the triggers and the view.
PRAGMA foreign_keys = on;

-- A self reference, a unique column, a text with a length.
CREATE TABLE authors (
  id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, email TEXT UNIQUE, born DATE, mentor_id INTEGER REFERENCES authors(id)
);
INSERT INTO authors VALUES
  (1, 'Ada', 'ada@books.test', '1980-05-01', NULL), (2, 'Bela', NULL, NULL, 1), (3, 'Cyd', 'cyd@books.test', NULL, 1),
  (4, 'Dora', NULL, NULL, NULL);

-- To-one in both directions: one that can be cut, one that cannot.
CREATE TABLE portraits (id INTEGER PRIMARY KEY, caption TEXT, author_id INTEGER UNIQUE REFERENCES authors(id));
INSERT INTO portraits VALUES (1, 'Ada, smiling', 1), (2, 'Nobody', NULL), (3, 'Bela, reading', 2);
CREATE TABLE contracts (id INTEGER PRIMARY KEY, fee NUMERIC(10,2), author_id INTEGER NOT NULL UNIQUE REFERENCES authors(id));
INSERT INTO contracts VALUES (1, 100, 1);

CREATE TABLE publishers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO publishers VALUES (1, 'Owl House'), (2, 'Paper Bird');

-- Foreign keys with and without NULL, defaults, checks, a generated column, and columns that triggers fill in. `isbn` and
-- `publisher` are read-only by configuration.
CREATE TABLE books (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, subtitle TEXT, year INTEGER CHECK (year BETWEEN 1450 AND 2100), reprinted INTEGER,
  state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'final')), in_print BOOLEAN NOT NULL DEFAULT 1, extra JSON,
  isbn TEXT, code TEXT, revision INTEGER NOT NULL DEFAULT 1, shout TEXT GENERATED ALWAYS AS (upper(title)) VIRTUAL,
  author_id INTEGER NOT NULL REFERENCES authors(id), editor_id INTEGER REFERENCES authors(id),
  publisher_id INTEGER REFERENCES publishers(id),
  CHECK (reprinted > year)
);
CREATE INDEX books_author ON books(author_id);
CREATE INDEX books_editor ON books(editor_id);
CREATE TRIGGER books_code AFTER INSERT ON books BEGIN UPDATE books SET code = 'B-' || NEW.id WHERE id = NEW.id; END;
CREATE TRIGGER books_revision AFTER UPDATE OF title ON books
BEGIN UPDATE books SET revision = OLD.revision + 1 WHERE id = NEW.id; END;
INSERT INTO books (id, title, subtitle, year, isbn, author_id, editor_id, publisher_id, extra) VALUES
  (1, 'Maps', 'An atlas', 1999, 'i-1', 1, 2, 1, '{"pages":[1,2]}'), (2, 'Tides', NULL, 2005, 'i-2', 1, NULL, 1, NULL),
  (3, 'Glass', NULL, NULL, NULL, 2, 2, NULL, NULL);

-- Children that cannot be without their parent, and two columns that are unique together.
CREATE TABLE chapters (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, position INTEGER NOT NULL, book_id INTEGER NOT NULL REFERENCES books(id),
  UNIQUE (book_id, position)
);
INSERT INTO chapters VALUES (1, 'North', 1, 1), (2, 'South', 2, 1), (3, 'Ebb', 3, 2), (4, 'Flow', 1, 2);

-- Children that can.
CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, book_id INTEGER REFERENCES books(id));
INSERT INTO notes VALUES (1, 'first', 1), (2, 'second', 1), (3, 'third', 2), (4, 'loose', NULL);

-- Children that go with their parent, and a trigger that refuses.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY, stars INTEGER NOT NULL, book_id INTEGER NOT NULL REFERENCES books(id) ON DELETE CASCADE
);
CREATE TRIGGER reviews_stars BEFORE INSERT ON reviews WHEN NEW.stars < 1
BEGIN SELECT RAISE(ABORT, 'A review has at least one star.'); END;
INSERT INTO reviews VALUES (1, 5, 3), (2, 4, 3);

-- A key only the client can choose; many to many.
CREATE TABLE tags (id TEXT PRIMARY KEY NOT NULL, label TEXT);
INSERT INTO tags VALUES ('novel', 'Novel'), ('classic', 'Classic'), ('sea', 'Sea'), ('a/b~c', NULL);
CREATE TABLE book_tags (
  book_id INTEGER NOT NULL REFERENCES books(id), tag_id TEXT NOT NULL REFERENCES tags(id), PRIMARY KEY (book_id, tag_id)
) WITHOUT ROWID;
INSERT INTO book_tags VALUES (1, 'novel'), (1, 'classic'), (2, 'sea');

-- Keys that are UUIDs, many to many with a column of its own, and a key that client or database may choose.
CREATE TABLE readers (id UUID PRIMARY KEY NOT NULL, name TEXT NOT NULL);
INSERT INTO readers VALUES
  ('0b0e7f0a-0000-4000-8000-000000000001', 'Rita'), ('0b0e7f0a-0000-4000-8000-000000000002', 'Saul');
CREATE TABLE loans (
  book_id INTEGER NOT NULL REFERENCES books(id), reader_id UUID NOT NULL REFERENCES readers(id),
  since DATE NOT NULL DEFAULT '2020-01-01', PRIMARY KEY (book_id, reader_id)
);
INSERT INTO loans VALUES (1, '0b0e7f0a-0000-4000-8000-000000000001', '2024-02-29');
CREATE TABLE vouchers (id TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(8)))), worth INTEGER);
INSERT INTO vouchers VALUES ('ten', 10);

-- A key of which one part is a foreign key and the other an attribute.
CREATE TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO shelves VALUES (1, 'Left'), (2, 'Right');
CREATE TABLE slots (
  shelf_id INTEGER NOT NULL REFERENCES shelves(id), place TEXT NOT NULL, label TEXT, book_id INTEGER REFERENCES books(id),
  PRIMARY KEY (shelf_id, place)
);
INSERT INTO slots VALUES (1, 'a', 'top', 1), (1, '~%', NULL, NULL);

-- What cannot be created, as a column that needs a value is hidden; and what cannot be written at all.
CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, password_hash TEXT NOT NULL);
INSERT INTO members VALUES (1, 'Tess', 'x');
CREATE VIEW catalogue AS SELECT books.id AS id, books.title AS title, authors.name AS author
  FROM books JOIN authors ON authors.id = books.author_id;

-- Nothing but a key; each kind of value; names that are special elsewhere.
CREATE TABLE blanks (id INTEGER PRIMARY KEY);
CREATE TABLE specimens (
  id INTEGER PRIMARY KEY, flag BOOLEAN, whole INTEGER, ratio REAL, price NUMERIC(10,2), label VARCHAR(5), day DATE, clock TIME,
  moment TIMESTAMP, instant TIMESTAMPTZ, code UUID, bytes BLOB, extra JSON, anything
);
INSERT INTO specimens (id) VALUES (1);
CREATE TABLE terms (
  id INTEGER PRIMARY KEY, type TEXT, links TEXT, meta JSON, relationships TEXT, attributes TEXT, lid TEXT, "größte länge" INTEGER,
  "a+b" TEXT
);
INSERT INTO terms (id, "a+b") VALUES (1, 'plus');

/* PostgreSQL
CREATE FUNCTION books_code() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN UPDATE books SET code = 'B-' || NEW.id WHERE id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER books_code AFTER INSERT ON books FOR EACH ROW EXECUTE FUNCTION books_code();
CREATE FUNCTION books_revision() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN UPDATE books SET revision = OLD.revision + 1 WHERE id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER books_revision AFTER UPDATE OF title ON books FOR EACH ROW EXECUTE FUNCTION books_revision();
CREATE FUNCTION reviews_stars() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'A review has at least one star.'; END $$;
CREATE TRIGGER reviews_stars BEFORE INSERT ON reviews FOR EACH ROW WHEN (NEW.stars < 1) EXECUTE FUNCTION reviews_stars();
CREATE VIEW catalogue AS SELECT books.id AS id, books.title AS title, authors.name AS author
  FROM books JOIN authors ON authors.id = books.author_id;
*/

/* MariaDB
CREATE TRIGGER books_code BEFORE INSERT ON books FOR EACH ROW
  SET NEW.code = concat('B-', IF(NEW.id = 0, (SELECT auto_increment FROM information_schema.tables
    WHERE table_schema = database() AND table_name = 'books'), NEW.id));
CREATE TRIGGER books_revision BEFORE UPDATE ON books FOR EACH ROW
  SET NEW.revision = IF(NEW.title <=> OLD.title, NEW.revision, OLD.revision + 1);
CREATE TRIGGER reviews_stars BEFORE INSERT ON reviews FOR EACH ROW
  IF NEW.stars < 1 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'A review has at least one star.'; END IF;
CREATE VIEW catalogue AS SELECT books.id AS id, books.title AS title, authors.name AS author
  FROM books JOIN authors ON authors.id = books.author_id;
*/
