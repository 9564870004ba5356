//! Demands on values as conditions on columns, with the values as parameters.
//!
//! A text that is compared with a number counts as the number it begins with, or as 0: so MariaDB has it, and here it is
//! the same on every engine.

use std::sync::Arc;

use docent_sql::Value;
use docent_sql::statement::{
    Alias, ColumnName, ColumnRef, Comparison, Condition, Parameter, TextMatch, Values,
};

use super::number::leading;
use super::place::ValueKind;
use super::test::{Operator, Test};

/// The values of a statement in the making.
#[derive(Debug, Default)]
pub(super) struct Comparing {
    pub(super) parameters: Vec<Value>,
}

/// A column that is not compared with a value.
pub(super) fn column_ref(table: Alias, name: &str) -> ColumnRef {
    typed(table, name, "")
}

fn typed(table: Alias, name: &str, comparison_type: &str) -> ColumnRef {
    let comparison_type: Arc<str> = comparison_type.into();
    ColumnRef { table, column: ColumnName { name: name.to_owned(), comparison_type, values: Values::Plain } }
}

fn never() -> Condition {
    Condition::Any(Vec::new())
}

impl Comparing {
    /// A value, to be named in conditions.
    pub(super) fn parameter(&mut self, value: Value) -> Parameter {
        self.parameters.push(value);
        Parameter(u16::try_from(self.parameters.len() - 1).unwrap_or(u16::MAX))
    }

    /// What a column must be.
    pub(super) fn test(&mut self, table: Alias, name: &str, kind: ValueKind, test: &Test) -> Condition {
        let values = &test.values;
        let mut each = |comparison: Comparison| -> Vec<Condition> {
            values.iter().map(|value| self.compare(table, name, kind, comparison, value)).collect()
        };
        let one = |mut conditions: Vec<Condition>| conditions.pop().unwrap_or_else(never);
        match test.operator {
            Operator::Equal => one(each(Comparison::Equal)),
            Operator::NotEqual => one(each(Comparison::NotEqual)),
            Operator::Greater => one(each(Comparison::Greater)),
            Operator::GreaterOrEqual => one(each(Comparison::GreaterOrEqual)),
            Operator::Less => one(each(Comparison::Less)),
            Operator::LessOrEqual => one(each(Comparison::LessOrEqual)),
            Operator::In => Condition::Any(each(Comparison::Equal)),
            Operator::NotIn => Condition::All(each(Comparison::NotEqual)),
            Operator::Between => {
                let (mut low, mut high) = (each(Comparison::GreaterOrEqual), each(Comparison::LessOrEqual));
                low.truncate(1);
                low.extend(high.pop());
                Condition::All(low)
            }
            Operator::NotBetween => {
                let (mut below, mut above) = (each(Comparison::Less), each(Comparison::Greater));
                below.truncate(1);
                below.extend(above.pop());
                Condition::Any(below)
            }
            Operator::Starts => self.part(table, name, kind, TextMatch::Starts, values),
            Operator::Contains => self.part(table, name, kind, TextMatch::Contains, values),
            Operator::Ends => self.part(table, name, kind, TextMatch::Ends, values),
            Operator::IsNull => Condition::IsNull(column_ref(table, name)),
            Operator::IsNotNull => Condition::IsNotNull(column_ref(table, name)),
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
                    (None, Some(number)) => (typed(table, name, "numeric"), Value::Real(number)),
                    (whole, _) => (typed(table, name, "bigint"), Value::Integer(whole.unwrap_or_default())),
                }
            }
            // MariaDB refuses to compare such a column with what it cannot hold.
            ValueKind::Ascii if !value.is_ascii() => {
                return match comparison {
                    Comparison::NotEqual => Condition::IsNotNull(column_ref(table, name)),
                    _ => never(),
                };
            }
            ValueKind::Text | ValueKind::Ascii | ValueKind::CaselessText => {
                (typed(table, name, "text"), Value::Text(value.to_owned()))
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
        let column = typed(table, name, if kind == ValueKind::Number { "numeric" } else { "text" });
        let value = self.parameter(Value::Text(value.to_owned()));
        Condition::Alike { column, part: Some(part), value }
    }
}
