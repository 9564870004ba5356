//! A sports club: the shapes of keys and foreign keys that the other databases lack.
//!
//! Keys made of foreign keys, in part and in whole; a foreign key to what is no key; join tables of a type with itself
//! and with a key of several parts; a join table that is a type of its own; one-to-one in every way.

use std::fmt::Write as _;

use crate::differential::random::Random;

const SCHEMA: &str = r"
PRAGMA foreign_keys = off;
CREATE TABLE lockers (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, size INTEGER, note TEXT);
CREATE TABLE members (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, level INTEGER, rank TEXT NOT NULL, paid BOOLEAN, joined DATE, fee DECIMAL(8, 2),
  mentor_id INTEGER REFERENCES members(id), locker_code TEXT UNIQUE REFERENCES lockers(code)
);
CREATE TABLE badges (member_id INTEGER PRIMARY KEY REFERENCES members(id), color TEXT, number INTEGER NOT NULL);
CREATE TABLE friends (
  member_id INTEGER NOT NULL REFERENCES members(id), friend_id INTEGER NOT NULL REFERENCES members(id),
  PRIMARY KEY (member_id, friend_id)
);
CREATE TABLE courts (hall TEXT NOT NULL, number INTEGER NOT NULL, surface TEXT, price DECIMAL(8, 2), PRIMARY KEY (hall, number));
CREATE TABLE bookings (
  hall TEXT NOT NULL, number INTEGER NOT NULL, slot INTEGER NOT NULL, member_id INTEGER REFERENCES members(id), note TEXT,
  made DATETIME, PRIMARY KEY (hall, number, slot), FOREIGN KEY (hall, number) REFERENCES courts(hall, number)
);
CREATE TABLE booking_members (
  hall TEXT NOT NULL, number INTEGER NOT NULL, slot INTEGER NOT NULL, member_id INTEGER NOT NULL REFERENCES members(id),
  PRIMARY KEY (hall, number, slot, member_id), FOREIGN KEY (hall, number, slot) REFERENCES bookings(hall, number, slot)
);
CREATE TABLE grades (
  court_hall TEXT NOT NULL, court_number INTEGER NOT NULL, member_id INTEGER NOT NULL REFERENCES members(id), points INTEGER,
  PRIMARY KEY (member_id, court_hall, court_number), FOREIGN KEY (court_hall, court_number) REFERENCES courts(hall, number)
);
CREATE TABLE devices (
  uid UUID PRIMARY KEY NOT NULL, name TEXT, owner_id INTEGER REFERENCES members(id), spare_of UUID UNIQUE REFERENCES devices(uid)
);
";

const WORDS: [&str; 10] = ["Ann", "ann", "Zoë", "O'Brien", "$user.id", "100%", "", "a,b", "red", "Red"];

/// What makes it.
pub(super) fn script() -> String {
    let mut random = Random::new(11, "club", 0);
    let mut script = SCHEMA.to_owned();
    let mut insert = |table: &str, values: &[String]| {
        writeln!(script, "INSERT OR IGNORE INTO {table} VALUES ({});", values.join(", ")).unwrap();
    };
    let or_null = |random: &mut Random, chance: usize, value: String| {
        if random.percent(chance) { "NULL".to_owned() } else { value }
    };
    let word = |random: &mut Random| quote(random.pick::<&str>(&WORDS));
    for id in 1..=30 {
        let values =
            [id.to_string(), quote(&format!("L{id}")), random.below(4).to_string(), word(&mut random)];
        insert("lockers", &values);
    }
    for id in 1..=60_usize {
        let (name, rank) = (word(&mut random), quote(["guest", "player", "trainer"][id % 3]));
        let level = random.below(6).to_string();
        let paid = random.below(2).to_string();
        let joined =
            quote(&format!("20{}-0{}-1{}", 10 + random.below(15), 1 + random.below(9), random.below(9)));
        let fee = format!("{}.{}", random.below(40), random.below(100));
        let mentor = random.between(1, 60).to_string();
        let locker = if id % 2 == 0 { quote(&format!("L{}", id / 2)) } else { "NULL".to_owned() };
        let level = or_null(&mut random, 15, level);
        let (paid, joined) = (or_null(&mut random, 10, paid), or_null(&mut random, 20, joined));
        let (fee, mentor) = (or_null(&mut random, 20, fee), or_null(&mut random, 30, mentor));
        insert("members", &[id.to_string(), name, level, rank, paid, joined, fee, mentor, locker]);
        if random.percent(60) {
            let color = word(&mut random);
            insert("badges", &[id.to_string(), color, random.below(9).to_string()]);
        }
    }
    for hall in ["A/1", "b~", "C%", "ü x"] {
        for number in 1..=4 {
            let (surface, price) = (word(&mut random), format!("{}.5", random.below(9)));
            let surface = or_null(&mut random, 20, surface);
            insert("courts", &[quote(hall), number.to_string(), surface, price]);
            for slot in 0..6 {
                let member = random.between(1, 60).to_string();
                let (member, note) = (or_null(&mut random, 20, member), word(&mut random));
                let made = quote(&format!("2025-01-0{} 1{}:30:00", 1 + random.below(9), random.below(9)));
                let key = [quote(hall), number.to_string(), slot.to_string()];
                insert("bookings", &[key.as_slice(), &[member, note, made]].concat());
                for _ in 0..random.below(4) {
                    insert(
                        "booking_members",
                        &[key.as_slice(), &[random.between(1, 60).to_string()]].concat(),
                    );
                }
            }
            for _ in 0..6 {
                let member = random.between(1, 60).to_string();
                insert("grades", &[quote(hall), number.to_string(), member, random.below(10).to_string()]);
            }
        }
    }
    for _ in 0..90 {
        insert("friends", &[random.between(1, 60).to_string(), random.between(1, 60).to_string()]);
    }
    let uid = |number: usize| quote(&format!("00000000-0000-4000-8000-0000000000{number:02}"));
    for number in 1..=25 {
        let owner = random.between(1, 60).to_string();
        let (name, owner) = (word(&mut random), or_null(&mut random, 25, owner));
        let spare = if number % 3 == 0 { uid(number - 1) } else { "NULL".to_owned() };
        insert("devices", &[uid(number), name, owner, spare]);
    }
    script
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
