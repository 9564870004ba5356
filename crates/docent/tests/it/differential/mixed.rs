//! A database of our own for the differential test: NULLs, ties, mixed storage classes, letters of many alphabets,
//! awkward keys, and every shape of foreign key. Made anew each time, always the same; with the values that an engine
//! other than SQLite cannot hold replaced, if that is under test.

use std::fmt::Write as _;

use super::random::Random;
use crate::harness::databases::Database;
use crate::harness::engine::Engine;

/// Columns declared COLLATE NOCASE.
pub(crate) const NO_CASE: &[&str] = &["people.nick"];

const SCHEMA: &str = r#"
PRAGMA foreign_keys = off;
CREATE TABLE places (code TEXT PRIMARY KEY, name TEXT, type TEXT, "id" INTEGER, founded DATE) WITHOUT ROWID;
CREATE TABLE people (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, nick TEXT COLLATE NOCASE, age INTEGER, score REAL, balance DECIMAL(10, 2),
  active BOOLEAN, born DATE, seen DATETIME, logged TIMESTAMP, settings JSON, mark BLOB, anything, password TEXT,
  boss_id INTEGER REFERENCES people(id), home_code TEXT REFERENCES places(code)
);
CREATE TABLE profiles (person_id INTEGER PRIMARY KEY REFERENCES people(id), bio TEXT, "größe" INTEGER);
CREATE TABLE articles (
  id INTEGER PRIMARY KEY, title TEXT, words INTEGER, author_id INTEGER NOT NULL REFERENCES people(id),
  editor_id INTEGER REFERENCES people(id), published DATETIME
);
CREATE TABLE comments (
  uid TEXT PRIMARY KEY, body TEXT, article_id INTEGER NOT NULL REFERENCES articles(id), author_id INTEGER REFERENCES people(id),
  reply_to TEXT REFERENCES comments(uid), stars INTEGER
);
CREATE TABLE "tag list" (slug TEXT PRIMARY KEY, "the name" TEXT, weight REAL);
CREATE TABLE article_tags (article_id INTEGER NOT NULL REFERENCES articles(id), tag TEXT NOT NULL REFERENCES "tag list"(slug),
  PRIMARY KEY (article_id, tag));
CREATE TABLE memberships (person_id INTEGER NOT NULL REFERENCES people(id), place_code TEXT NOT NULL REFERENCES places(code),
  role TEXT, since INTEGER, PRIMARY KEY (place_code, person_id));
CREATE TABLE visits (year INTEGER NOT NULL, number TEXT NOT NULL, note TEXT, visitor_id INTEGER REFERENCES people(id),
  PRIMARY KEY (year, number));
CREATE TABLE receipts (id INTEGER PRIMARY KEY, visit_year INTEGER, visit_number TEXT, amount NUMERIC, waiter_email TEXT REFERENCES waiters(email),
  FOREIGN KEY (visit_year, visit_number) REFERENCES visits(year, number));
CREATE TABLE waiters (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, deputy_id INTEGER UNIQUE REFERENCES waiters(id));
CREATE TABLE nobodies (id INTEGER PRIMARY KEY, word TEXT, person_id INTEGER REFERENCES people(id));
"#;

const NAMES: [&str; 24] = [
    "Ann",
    "ann",
    "ANN",
    "Bob",
    "Zoë",
    "zoe",
    "ÉMILE",
    "émile",
    "Straße",
    "STRASSE",
    "İzmir",
    "ıspanak",
    "Ωmega",
    "ωMEGA",
    "李雷",
    "😀 smile",
    "100%",
    "under_score",
    "O'Brien",
    "back\\slash",
    "com,ma",
    "a+b&c=d",
    " leading",
    "Ǆ",
];

const KEYS: [&str; 16] = [
    "a/b",
    "50%",
    "a~b",
    "a b",
    "ü",
    "a?b#c",
    "+",
    "%41",
    "x,y",
    "relationships",
    "back\\slash",
    "A",
    "a",
    "null",
    "0",
    "Ωλ",
];

/// The database.
pub(super) fn database() -> Database {
    Database::from_script(&script())
}

/// What makes it.
pub(crate) fn script() -> String {
    let is_strict = Engine::under_test().is_strict();
    let mut random = Random::new(7, "mixed", 0);
    let schema = if is_strict { SCHEMA.replace("anything,", "anything TEXT,") } else { SCHEMA.to_owned() };
    let mut script = schema + "BEGIN;\n";
    let mut writer = Writer { random: &mut random, script: &mut script, is_strict };
    writer.places();
    writer.people();
    writer.articles();
    writer.comments();
    writer.links();
    writer.visits();
    script.push_str("COMMIT;\n");
    script
}

struct Writer<'a> {
    random: &'a mut Random,
    script: &'a mut String,
    /// Whether columns are to hold values of their own type alone.
    is_strict: bool,
}

impl Writer<'_> {
    /// Inserts a row. Each value comes with the number of cases in a hundred in which it is NULL instead.
    fn insert(&mut self, table: &str, values: &[(usize, String)]) {
        let value = |(chance, value): &(usize, String)| {
            if self.random.percent(*chance) { "NULL".to_owned() } else { value.clone() }
        };
        let values: Vec<String> = values.iter().map(value).collect();
        writeln!(self.script, "INSERT OR IGNORE INTO {table} VALUES ({});", values.join(", ")).unwrap();
    }

    fn number(&mut self, low: i64, high: i64) -> String {
        self.random.between(low, high).to_string()
    }

    fn text(&mut self, choices: &[&str]) -> String {
        let choice: &&str = self.random.pick(choices);
        quote(choice)
    }

    fn date(&mut self) -> String {
        format!(
            "{}-{:02}-{:02}",
            self.random.between(2019, 2025),
            self.random.between(1, 12),
            self.random.between(1, 28)
        )
    }

    fn moment(&mut self, separator: char) -> String {
        let date = self.date();
        let (hour, minute) = (self.random.between(0, 23), self.random.between(0, 5) * 10);
        let seconds = *self.random.pick(&["", ":00", ":30", ":30.25"]);
        format!("{date}{separator}{hour:02}:{minute:02}{seconds}")
    }

    fn places(&mut self) {
        for (index, key) in KEYS.iter().enumerate() {
            let (name, kind) = (self.text(&NAMES), self.text(&["city", "City", "village", ""]));
            let founded = quote(&self.date());
            let number = (100 - index % 5).to_string();
            self.insert("places", &[(0, quote(key)), (20, name), (0, kind), (0, number), (30, founded)]);
        }
    }

    fn people(&mut self) {
        let broken = if self.is_strict { "[[]]" } else { "broken {" };
        for id in 1..=150 {
            let anything = match self.random.below(6) {
                _ if self.is_strict => self.text(&["1", "2.5", "abc", "ABC", ""]),
                0 => self.number(-3, 3),
                1 => format!("{}.5", self.random.between(-3, 3)),
                2 => self.text(&["1", "2.5", "abc", "ABC", ""]),
                3 => "x'616263'".to_owned(),
                4 => "9007199254740993".to_owned(),
                _ => "NULL".to_owned(),
            };
            let age = match self.random.below(12) {
                _ if self.is_strict => self.number(30, 40),
                0 => "'unknown'".to_owned(),
                1 => "33.5".to_owned(),
                _ => self.number(30, 40),
            };
            let values = [
                (0, id.to_string()),
                (0, self.text(&NAMES)),
                (30, self.text(&NAMES)),
                (15, age),
                (20, self.random.pick(&["0", "-1.5", "2.25", "1e3", "0.1", "1e-7"]).to_string()),
                (15, format!("{}.{:02}", self.random.between(-5, 20), self.random.below(100))),
                (20, self.number(0, 1)),
                (20, quote(&self.date())),
                (20, quote(&self.moment(' '))),
                (20, quote(&self.moment('T'))),
                (30, self.text(&["{\"a\":[1,null,{\"b\":\"é\"}]}", "[]", broken, "null", "\"text\""])),
                (40, format!("x{}", self.text(&["00ff", "", "616263", "fe"]))),
                (0, anything),
                (0, "'hidden'".to_owned()),
                (30, self.number(1, 150)),
                (30, self.text(&KEYS)),
            ];
            self.insert("people", &values);
            if self.random.percent(40) {
                let values = [(0, id.to_string()), (0, self.text(&NAMES)), (30, self.number(150, 155))];
                self.insert("profiles", &values);
            }
        }
    }

    fn articles(&mut self) {
        for index in 0..200 {
            let id = if index == 0 { i64::MAX } else { index * 3 - 50 };
            let values = [
                (0, id.to_string()),
                (15, self.text(&NAMES)),
                (20, self.number(0, 9)),
                (0, self.number(1, 60)),
                (40, self.number(1, 60)),
                (25, quote(&self.moment(' '))),
            ];
            self.insert("articles", &values);
        }
    }

    fn comments(&mut self) {
        let uid =
            |index: i64| quote(&format!("{}{index}", KEYS[usize::try_from(index).unwrap() % KEYS.len()]));
        for index in 0..500 {
            // One article has more comments than an included relationship shows.
            let article = if self.random.percent(20) { 10 } else { self.random.between(1, 199) * 3 - 50 };
            let values = [
                (0, uid(index)),
                (10, self.text(&NAMES)),
                (0, article.to_string()),
                (20, self.number(1, 150)),
                (60, uid(self.random.between(0, 499))),
                (30, self.number(1, 5)),
            ];
            self.insert("comments", &values);
        }
    }

    fn links(&mut self) {
        for key in KEYS {
            let values =
                [(0, quote(key)), (20, self.text(&NAMES)), (20, format!("{}.5", self.random.between(0, 3)))];
            self.insert("\"tag list\"", &values);
        }
        for _ in 0..450 {
            let article = self.random.between(1, 199) * 3 - 50;
            let values = [(0, article.to_string()), (0, self.text(&KEYS))];
            self.insert("article_tags", &values);
        }
        for _ in 0..120 {
            let role = self.text(&["chair", "Chair", "member"]);
            let values =
                [(0, self.number(1, 40)), (0, self.text(&KEYS)), (20, role), (20, self.number(2000, 2005))];
            self.insert("memberships", &values);
        }
    }

    fn visits(&mut self) {
        for index in 1..=12 {
            let deputy = if index < 9 { (index + 1).to_string() } else { "NULL".to_owned() };
            self.insert(
                "waiters",
                &[(0, index.to_string()), (0, quote(&format!("w{index}@e.test"))), (0, deputy)],
            );
        }
        for index in 0..80_usize {
            let year = (2020 + index % 4).to_string();
            let number = quote(&format!("{}{}", KEYS[index % KEYS.len()], index / 8));
            let values =
                [(0, year.clone()), (0, number.clone()), (20, self.text(&NAMES)), (20, self.number(1, 150))];
            self.insert("visits", &values);
            for _ in 0..self.random.below(3) {
                let amount = format!("{}.{}", self.random.between(0, 9), self.random.below(10) * 5);
                let waiter = format!("'w{}@e.test'", self.random.between(1, 12));
                let values = [
                    (100, String::new()),
                    (15, year.clone()),
                    (0, number.clone()),
                    (0, amount),
                    (20, waiter),
                ];
                self.insert("receipts", &values);
            }
        }
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
