//! A database of our own for the differential test of writes: every kind of key and foreign key, and every kind of rule
//! that a database can hold its rows to.

use super::super::cells::Cell;
use super::rules::{Check, Computed, Rules, between, length, number, told};
use crate::harness::databases::Database;

const SCRIPT: &str = r"
PRAGMA foreign_keys = off;
CREATE TABLE teams (
  id INTEGER PRIMARY KEY, name VARCHAR(16) NOT NULL UNIQUE, motto TEXT DEFAULT 'onward', budget DECIMAL(10, 2) NOT NULL DEFAULT 10,
  founded DATE, active BOOLEAN NOT NULL DEFAULT 1, lead_id INTEGER UNIQUE REFERENCES people(id) ON DELETE SET NULL
);
CREATE TABLE people (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL CHECK (length(name) <= 12), nick TEXT COLLATE NOCASE UNIQUE,
  age INTEGER CHECK (age BETWEEN 0 AND 150), height REAL, seen DATETIME, wakes TIME, settings JSON, mark BLOB,
  role TEXT NOT NULL DEFAULT 'guest' CHECK (role IN ('guest', 'host', 'cook')), anything, password TEXT,
  starts INTEGER, ends INTEGER, number INTEGER,
  hours INTEGER GENERATED ALWAYS AS (ends - starts) VIRTUAL, label TEXT GENERATED ALWAYS AS (name || '/' || role) STORED,
  boss_id INTEGER REFERENCES people(id) ON DELETE SET NULL, team_id INTEGER REFERENCES teams(id),
  UNIQUE (team_id, number), CHECK (starts <= ends)
);
CREATE TABLE badges (person_id INTEGER PRIMARY KEY REFERENCES people(id) ON DELETE CASCADE, code UUID UNIQUE, color TEXT);
CREATE TABLE desks (id INTEGER PRIMARY KEY, spot TEXT, person_id INTEGER NOT NULL UNIQUE REFERENCES people(id) ON DELETE CASCADE);
CREATE TABLE rooms (
  code TEXT PRIMARY KEY NOT NULL CHECK (length(code) <= 6), label TEXT, size INTEGER NOT NULL DEFAULT 4, changes INTEGER NOT NULL DEFAULT 0
);
CREATE TRIGGER rooms_counted AFTER UPDATE ON rooms BEGIN UPDATE rooms SET changes = changes + 1 WHERE code = new.code; END;
CREATE TRIGGER rooms_inserted BEFORE INSERT ON rooms WHEN new.label = 'forbidden' BEGIN SELECT raise(ABORT, 'no such label'); END;
CREATE TRIGGER rooms_updated BEFORE UPDATE ON rooms WHEN new.label = 'forbidden' BEGIN SELECT raise(ABORT, 'no such label'); END;
CREATE TABLE bookings (
  room_code TEXT NOT NULL REFERENCES rooms(code) ON DELETE RESTRICT, slot INTEGER NOT NULL,
  booker_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE, note VARCHAR(20), price NUMERIC CHECK (price >= 0),
  PRIMARY KEY (room_code, slot)
);
CREATE TABLE visitors (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, room_code TEXT, slot INTEGER,
  FOREIGN KEY (room_code, slot) REFERENCES bookings(room_code, slot) ON DELETE SET NULL
);
CREATE TABLE stays (
  person_id INTEGER REFERENCES people(id) ON DELETE CASCADE, room_code TEXT REFERENCES rooms(code), since DATE, nights INTEGER DEFAULT 1,
  PRIMARY KEY (person_id, room_code)
);
CREATE TABLE devices (
  uid UUID PRIMARY KEY, name TEXT, owner_id INTEGER REFERENCES people(id) ON DELETE SET NULL, spare_of UUID UNIQUE REFERENCES devices(uid)
);
CREATE TABLE mails (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE);
CREATE TABLE letters (
  id INTEGER PRIMARY KEY, subject TEXT NOT NULL DEFAULT 'none', recipient TEXT REFERENCES mails(address),
  sender_id INTEGER NOT NULL REFERENCES mails(id)
);
CREATE TABLE labels (slug TEXT PRIMARY KEY NOT NULL DEFAULT 'plain', note TEXT);
CREATE TABLE room_devices (
  room_code TEXT NOT NULL REFERENCES rooms(code) ON DELETE CASCADE, device_uid UUID NOT NULL REFERENCES devices(uid),
  PRIMARY KEY (room_code, device_uid)
) WITHOUT ROWID;
CREATE TABLE friends (
  person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE, friend_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
  PRIMARY KEY (person_id, friend_id)
);
CREATE TABLE booking_devices (
  room_code TEXT NOT NULL, slot INTEGER NOT NULL, device_uid UUID NOT NULL REFERENCES devices(uid),
  PRIMARY KEY (room_code, slot, device_uid), FOREIGN KEY (room_code, slot) REFERENCES bookings(room_code, slot) ON DELETE CASCADE
);

INSERT INTO teams (id, name, lead_id) VALUES (1, 'reds', 1), (2, 'blues', NULL), (3, 'greens', 4), (7, 'none', NULL);
INSERT INTO people (id, name, nick, age, role, team_id, number, boss_id, starts, ends) VALUES
  (1, 'Ann', 'a', 30, 'host', 1, 1, NULL, 1, 5), (2, 'Ben', 'B', NULL, 'guest', 1, 2, 1, NULL, NULL),
  (3, 'Cyd', NULL, 5, 'cook', 2, 1, 1, 7, 7), (4, 'Dan', 'd', 80, 'guest', NULL, NULL, 4, NULL, 3), (9, 'Eve', NULL, 0, 'host', 3, NULL, 2, 2, NULL),
  (12, 'Fay', 'F f', NULL, 'guest', NULL, 5, NULL, NULL, NULL);
INSERT INTO badges VALUES (1, '6f9619ff-8b86-d011-b42d-00c04fc964ff', 'red'), (3, NULL, NULL);
INSERT INTO desks VALUES (1, 'window', 2), (2, 'door', 4);
INSERT INTO rooms VALUES ('a', 'Hall', 40, 0), ('b/c', NULL, 4, 2), ('d~e', 'Attic', 1, 0), ('50%', 'Half', 2, 9), ('ü', NULL, 3, 0);
INSERT INTO bookings VALUES ('a', 1, 1, NULL, 5), ('a', 2, 2, 'quiet', 0), ('d~e', 1, 3, NULL, NULL), ('50%', -4, 1, 'x', 2.5);
INSERT INTO visitors VALUES (1, 'Gus', 'a', 1), (2, 'Hal', 'd~e', 1), (3, 'Ida', NULL, NULL), (4, 'Joe', 'a', NULL);
INSERT INTO stays VALUES (1, 'a', '2025-01-31', 2), (1, 'd~e', NULL, NULL), (4, '50%', '2024-02-29', 1);
INSERT INTO devices VALUES
  ('00000000-0000-4000-8000-000000000001', 'lamp', 1, NULL), ('00000000-0000-4000-8000-000000000002', 'lamp', NULL, '00000000-0000-4000-8000-000000000001'),
  ('00000000-0000-4000-8000-000000000003', NULL, 3, NULL);
INSERT INTO mails VALUES (1, 'ann@e.test'), (2, 'ben@e.test'), (3, 'cyd@e.test');
INSERT INTO letters VALUES (1, 'hello', 'ann@e.test', 2), (2, 'none', NULL, 1), (3, 'again', 'ben@e.test', 1);
INSERT INTO labels VALUES ('red', NULL), ('a b', 'space');
INSERT INTO room_devices VALUES ('a', '00000000-0000-4000-8000-000000000001'), ('a', '00000000-0000-4000-8000-000000000003');
INSERT INTO friends VALUES (1, 2), (2, 1), (3, 3);
INSERT INTO booking_devices VALUES ('a', 1, '00000000-0000-4000-8000-000000000003'), ('d~e', 1, '00000000-0000-4000-8000-000000000003');

/* PostgreSQL
CREATE FUNCTION rooms_counted() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.changes := NEW.changes + 1; RETURN NEW; END $$;
CREATE TRIGGER rooms_counted BEFORE UPDATE ON rooms FOR EACH ROW EXECUTE FUNCTION rooms_counted();
CREATE FUNCTION rooms_checked() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'no such label'; END $$;
CREATE TRIGGER rooms_checked BEFORE INSERT OR UPDATE ON rooms FOR EACH ROW WHEN (NEW.label = 'forbidden')
  EXECUTE FUNCTION rooms_checked();
*/

/* MariaDB
CREATE TRIGGER rooms_inserted BEFORE INSERT ON rooms FOR EACH ROW
  IF NEW.label = 'forbidden' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such label'; END IF;
CREATE TRIGGER rooms_updated BEFORE UPDATE ON rooms FOR EACH ROW
  IF NEW.label = 'forbidden' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such label';
  ELSE SET NEW.changes = NEW.changes + 1; END IF;
*/
";

/// The database.
pub(super) fn database() -> Database {
    Database::from_script(SCRIPT)
}

/// Its rules.
pub(super) const RULES: Rules = Rules {
    no_case: &["people.nick"],
    checks: &[
        told("people", &["name"], |cells| length(cells) <= 12),
        told("people", &["age"], |cells| between(cells, 0.0, 150.0)),
        told("people", &["role"], |cells| ["guest", "host", "cook"].contains(&cells[0].id_text().as_str())),
        told("rooms", &["code"], |cells| length(cells) <= 6),
        told("bookings", &["price"], |cells| number(cells[0]) >= 0.0),
        Check {
            table: "people",
            columns: &["starts", "ends"],
            told: false,
            holds: |cells| number(cells[0]) <= number(cells[1]),
        },
    ],
    computed: &[
        Computed { table: "people", column: "hours", of: &["starts", "ends"], value: hours },
        Computed { table: "people", column: "label", of: &["name", "role"], value: label },
    ],
    counters: &[("rooms", "changes")],
    refused: &[("rooms", "label", "forbidden")],
    fitting: &[
        ("people.age", &["0", "7", "150", "null"]),
        ("people.role", &["\"guest\"", "\"host\"", "\"cook\""]),
        ("people.starts", &["1", "3", "null"]),
        ("people.ends", &["2", "4", "9", "null"]),
        ("people.number", &["1", "2", "3", "4", "null"]),
        (
            "people.nick",
            &["\"a\"", "\"A\"", "\"zed\"", "\"ö\"", "\"Ö\"", "\"N1\"", "\"n1\"", "\"n2\"", "\"n3\"", "null"],
        ),
        (
            "teams.name",
            &[
                "\"reds\"",
                "\"owls\"",
                "\"bats\"",
                "\"cats\"",
                "\"dogs\"",
                "\"elks\"",
                "\"Reds\"",
                "\"foxes\"",
            ],
        ),
        ("rooms.label", &["\"Hall\"", "\"Cellar\"", "null", "\"Forbidden\"", "\"forbidden\""]),
        ("bookings.slot", &["1", "2", "3", "4", "-4"]),
        ("bookings.price", &["\"0\"", "\"2.50\"", "\"100\"", "null"]),
        (
            "mails.address",
            &["\"ann@e.test\"", "\"m1@e.test\"", "\"m2@e.test\"", "\"m3@e.test\"", "\"m4@e.test\""],
        ),
    ],
};

fn hours(cells: &[&Cell]) -> Cell {
    match cells {
        [Cell::Integer(starts), Cell::Integer(ends)] => Cell::Integer(ends - starts),
        _ => unreachable!("only integers are stored there: {cells:?}"),
    }
}

fn label(cells: &[&Cell]) -> Cell {
    Cell::text(&format!("{}/{}", cells[0].id_text(), cells[1].id_text()))
}

#[test]
fn guild_is_mirrored() {
    crate::harness::mirror::compare(SCRIPT);
}
