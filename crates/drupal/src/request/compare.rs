//! Demands on values as conditions on columns, with the values as parameters.
//!
//! A text that is compared with a number counts as the number it begins with, or as 0: so MariaDB has it, and here it is
//! the same on every engine.

use docent_sql::Value;
use docent_sql::statement::{Alias, Comparison, Condition, Parameter, TextMatch};

use super::number::leading;
use super::place::ValueKind;
use super::test::{Operator, Test};
use crate::statement::{column, typed_column};

/// The values of a statement in the making.
#[derive(Debug, Default)]
pub(super) struct Comparing {
    pub(super) parameters: Vec<Value>,
}

fn never() -> Condition {
    Condition::Any(Vec::new())
}

/// Many conditions in groups of few: engines take only so many in a row.
fn flat(conditions: Vec<Condition>, group: fn(Vec<Condition>) -> Condition) -> Condition {
    const ROW: usize = 32;
    if conditions.len() <= ROW {
        return group(conditions);
    }
    let mut rows = Vec::new();
    let mut conditions = conditions.into_iter().peekable();
    while conditions.peek().is_some() {
        rows.push(group(conditions.by_ref().take(ROW).collect()));
    }
    group(rows)
}

impl Comparing {
    /// A value, to be named in conditions.
    pub(super) fn parameter(&mut self, value: Value) -> Parameter {
        self.parameters.push(value);
        Parameter(u16::try_from(self.parameters.len() - 1).unwrap_or(u16::MAX))
    }

    /// What a column must be.
    pub(super) fn test(&mut self, table: Alias, name: &str, kind: ValueKind, test: &Test) -> Condition {
        let values = test.values.as_slice();
        let mut compare =
            |comparison: Comparison, value: &String| self.compare(table, name, kind, comparison, value);
        let mut first = |comparison| values.first().map_or_else(never, |value| compare(comparison, value));
        match test.operator {
            Operator::Equal => first(Comparison::Equal),
            Operator::NotEqual => first(Comparison::NotEqual),
            Operator::Greater => first(Comparison::Greater),
            Operator::GreaterOrEqual => first(Comparison::GreaterOrEqual),
            Operator::Less => first(Comparison::Less),
            Operator::LessOrEqual => first(Comparison::LessOrEqual),
            Operator::In => {
                flat(values.iter().map(|value| compare(Comparison::Equal, value)).collect(), Condition::Any)
            }
            Operator::NotIn => flat(
                values.iter().map(|value| compare(Comparison::NotEqual, value)).collect(),
                Condition::All,
            ),
            Operator::Between => {
                let low = first(Comparison::GreaterOrEqual);
                let high = values.get(1).map(|value| compare(Comparison::LessOrEqual, value));
                Condition::All(std::iter::once(low).chain(high).collect())
            }
            Operator::NotBetween => {
                let below = first(Comparison::Less);
                let above = values.get(1).map(|value| compare(Comparison::Greater, value));
                Condition::Any(std::iter::once(below).chain(above).collect())
            }
            Operator::Starts => self.part(table, name, kind, TextMatch::Starts, values),
            Operator::Contains => self.part(table, name, kind, TextMatch::Contains, values),
            Operator::Ends => self.part(table, name, kind, TextMatch::Ends, values),
            Operator::IsNull => Condition::IsNull(column(table, name)),
            Operator::IsNotNull => Condition::IsNotNull(column(table, name)),
        }
    }

    fn compare(
        &mut self,
        table: Alias,
        name: &str,
        kind: ValueKind,
        comparison: Comparison,
        value: &str,
    ) -> Condition {
        let (column, value) = match kind {
            ValueKind::Number => {
                let found = leading(value);
                match (found.whole, found.number) {
                    (None, Some(number)) => (typed_column(table, name, "numeric"), Value::Real(number)),
                    (whole, _) => {
                        (typed_column(table, name, "bigint"), Value::Integer(whole.unwrap_or_default()))
                    }
                }
            }
            // MariaDB refuses to compare such a column with what it cannot hold.
            ValueKind::Ascii if !value.is_ascii() => {
                return match comparison {
                    Comparison::NotEqual => Condition::IsNotNull(column(table, name)),
                    _ => never(),
                };
            }
            ValueKind::Text | ValueKind::Ascii | ValueKind::CaselessText => {
                (typed_column(table, name, "text"), Value::Text(value.to_owned()))
            }
        };
        let value = self.parameter(value);
        match (kind, comparison) {
            (ValueKind::CaselessText, Comparison::Equal) => Condition::Alike { column, part: None, value },
            (ValueKind::CaselessText, Comparison::NotEqual) => {
                let is_there = Condition::IsNotNull(column.clone());
                let same = Condition::Alike { column, part: None, value };
                Condition::All(vec![is_there, Condition::Not(Box::new(same))])
            }
            _ => Condition::Compare { column, comparison, value, timestamp: false },
        }
    }

    fn part(
        &mut self,
        table: Alias,
        name: &str,
        kind: ValueKind,
        part: TextMatch,
        values: &[String],
    ) -> Condition {
        let value = values.first().map(String::as_str).unwrap_or_default();
        if kind == ValueKind::Ascii && !value.is_ascii() {
            return never();
        }
        let column = typed_column(table, name, if kind == ValueKind::Number { "numeric" } else { "text" });
        let value = self.parameter(Value::Text(value.to_owned()));
        Condition::Alike { column, part: Some(part), value }
    }
}
