//! Conditions on keys.

use docent_catalog::model::StoredColumn;
use docent_sql::Value;
use docent_sql::statement::{Alias, ColumnRef, Comparison, Condition};

use super::{Resolver, column_ref, names};

impl Resolver<'_> {
    /// Each column has its part of a key.
    pub(super) fn key_condition(&mut self, columns: &[ColumnRef], parts: Vec<Value>) -> Condition {
        let equal = |(column, value)| {
            let value = self.push(value);
            Condition::Compare { column, comparison: Comparison::Equal, value, timestamp: false }
        };
        let mut parts: Vec<Condition> = columns.iter().cloned().zip(parts).map(equal).collect();
        if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) }
    }
}

/// Whether columns that refer to `far` hold a key just as its own type does.
pub(crate) fn hold_key(columns: &[StoredColumn], far: &[StoredColumn], key: &[StoredColumn]) -> bool {
    names(far) == names(key)
        && columns.iter().zip(key).all(|(column, part)| column.column_type == part.column_type)
}

/// The key condition with its columns in another table.
pub(super) fn moved(condition: Condition, alias: Alias) -> Condition {
    map_columns(condition, &|column| ColumnRef { table: alias, column: column.column.clone() })
}

/// The key condition on columns that refer to the key.
pub(crate) fn renamed(
    condition: Condition,
    alias: Alias,
    key: &[StoredColumn],
    columns: &[StoredColumn],
) -> Condition {
    map_columns(condition, &|column| {
        let position = key.iter().position(|part| part.name == column.column.name).unwrap_or_default();
        column_ref(alias, &columns[position])
    })
}

fn map_columns(condition: Condition, map: &dyn Fn(&ColumnRef) -> ColumnRef) -> Condition {
    match condition {
        Condition::All(parts) => {
            Condition::All(parts.into_iter().map(|part| map_columns(part, map)).collect())
        }
        Condition::Compare { column, comparison, value, timestamp } => {
            Condition::Compare { column: map(&column), comparison, value, timestamp }
        }
        // Key conditions have no other parts.
        other => other,
    }
}
