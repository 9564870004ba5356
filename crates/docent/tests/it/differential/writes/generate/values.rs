//! Random values of attributes: such that the column accepts, and such that it does not.

use serde_json::{Value, json};

use super::super::super::cells::Kind;
use super::super::super::model::Type;
use super::WriteGenerator;
use crate::harness::engine::Engine;

const WORDS: [&str; 12] =
    ["", "a", "b", "lamp", "Zoë", "ß", "李雷", "😀", "it's", "\"quoted\"", "back\\slash", "x/y~z"];

const UUIDS: [&str; 6] = [
    "00000000-0000-4000-8000-000000000001",
    "00000000-0000-4000-8000-000000000009",
    "10000000-0000-4000-8000-00000000000a",
    "1E000000-0000-4000-8000-00000000000B",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "123e4567-e89b-12d3-a456-426614174000",
];

impl WriteGenerator<'_> {
    /// A value for a column.
    pub(super) fn value(&mut self, owner: &Type, column: usize) -> Value {
        let facts = &owner.columns[column];
        let place = format!("{}.{}", owner.table, facts.name);
        let fitting = self.store.rules.fitting.iter().find(|(name, _)| *name == place);
        if let Some((_, values)) = fitting {
            return serde_json::from_str(self.random.pick::<&str>(values)).unwrap();
        }
        if !facts.not_null && !owner.key.contains(&column) && self.random.percent(20) {
            return Value::Null;
        }
        let is_counted = self.store.rules.counters.contains(&(owner.table.as_str(), facts.name.as_str()));
        if is_counted && Engine::under_test().is_strict() {
            // One more than the greatest number is no number there.
            return json!(self.random.between(-3, 40));
        }
        self.value_of(facts.kind)
    }

    fn value_of(&mut self, kind: Kind) -> Value {
        match kind {
            Kind::Boolean => json!(self.random.percent(50)),
            Kind::Integer => match self.random.below(12) {
                0 => json!(i64::MAX),
                1 => json!(i64::MIN),
                _ => json!(self.random.between(-3, 40)),
            },
            Kind::Float => {
                self.random.pick(&[json!(0), json!(-1.25), json!(1e300), json!(7), json!(0.1)]).clone()
            }
            Kind::Decimal => {
                json!(self.random.pick(&["0", "0.99", "-12.50", "100", "007.70", "999999999.999999"]))
            }
            Kind::Text => json!(self.random.pick(&WORDS)),
            Kind::Uuid => json!(self.random.pick(&UUIDS)),
            Kind::Date => json!(self.random.pick(&["2024-02-29", "1999-12-31", "0001-01-01"])),
            Kind::Time => json!(self.random.pick(&["10:00", "23:59:59", "00:00:00.125"])),
            Kind::Timestamp => {
                json!(self.random.pick(&["2024-02-29T10:00:00", "1999-12-31T23:59", "2025-01-31T00:00:00.5"]))
            }
            Kind::Json => self
                .random
                .pick(&[
                    json!({"links": [1], "deep": {"a": null}}),
                    json!([]),
                    json!("text"),
                    json!(7),
                    json!(1.5),
                    json!(true),
                ])
                .clone(),
            Kind::Binary => json!(self.random.pick(&["", "AA==", "//79", "aGVsbG8="])),
            Kind::Any => {
                self.random.pick(&[json!("5"), json!("word"), json!(5), json!(2.5), json!("")]).clone()
            }
        }
    }

    /// A value that a column of that kind may well refuse.
    pub(super) fn odd_value(&mut self, kind: Kind) -> Value {
        let anywhere = [
            json!(true),
            json!(5),
            json!(1.5),
            json!("x"),
            json!([]),
            json!({}),
            json!([1]),
            json!(u64::MAX),
        ];
        let of_kind: &[&str] = match kind {
            Kind::Decimal => &["1e3", "", ".5", "1.", "1234567890.1234567", "abc", "NaN", "+1", " 1"],
            Kind::Date => &["2025-02-30", "2025-1-1", "20250101", "2025-01-01T00:00:00", "today"],
            Kind::Time => &["24:00", "10", "10:60", "10:00:", "noon"],
            Kind::Timestamp => {
                &["2025-01-31", "2025-02-29T10:00", "2025-01-31T24:00", "2025-01-31T10:00Z", "now"]
            }
            Kind::Uuid => {
                &["", "00000000-0000-4000-8000-00000000000", "g0000000-0000-4000-8000-000000000001"]
            }
            Kind::Binary => &["a", "aGVsbG8", "aGVsbG8=\n", "a-_=", "===="],
            Kind::Text => &[
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "a\0b",
            ],
            Kind::Integer | Kind::Float | Kind::Boolean => &["1", "", "true"],
            Kind::Json | Kind::Any => &["x", "\0"],
        };
        if self.random.percent(50) {
            self.random.pick(&anywhere).clone()
        } else if kind == Kind::Decimal && Engine::under_test().is_strict() {
            // How many digits there may be depends on the column.
            json!(self.random.pick(&["1e3", "", ".5", "abc"]))
        } else {
            json!(self.random.pick(of_kind))
        }
    }

    /// An id that a client may choose, of one column.
    pub(super) fn new_key(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Uuid => (*self.random.pick(&UUIDS)).to_owned(),
            Kind::Integer => self.random.between(-3, 40).to_string(),
            _ => {
                format!("{}{}", self.random.pick(&["k", "ä", "a~", "b/", "%4", "x y"]), self.random.below(60))
            }
        }
    }
}
