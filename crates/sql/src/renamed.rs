//! Parts of a statement under other aliases, so that they can stand inside the same statement once more.

use crate::statement::{Alias, ColumnRef, Condition, Join, OrderTerm};

/// The same tree with every alias moved, so that it can be nested in itself.
pub(crate) struct Renamed(pub(crate) u16);

impl Renamed {
    pub(crate) fn alias(&self, alias: Alias) -> Alias {
        Alias(alias.0 + self.0)
    }

    pub(crate) fn column(&self, column: &ColumnRef) -> ColumnRef {
        ColumnRef { table: self.alias(column.table), column: column.column.clone() }
    }

    pub(crate) fn order_term(&self, term: &OrderTerm) -> OrderTerm {
        OrderTerm { column: self.column(&term.column), ..term.clone() }
    }

    pub(crate) fn join(&self, join: &Join) -> Join {
        Join {
            outer: join.outer,
            table: join.table.clone(),
            alias: self.alias(join.alias),
            on: join.on.iter().map(|(outer, inner)| (self.column(outer), inner.clone())).collect(),
        }
    }

    pub(crate) fn condition(&self, condition: &Condition) -> Condition {
        let mut renamed = condition.clone();
        self.rename(&mut renamed);
        renamed
    }

    fn rename(&self, condition: &mut Condition) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    self.rename(part);
                }
            }
            Condition::Not(part) => self.rename(part),
            Condition::Compare { column, .. }
            | Condition::InList { column, .. }
            | Condition::Text { column, .. }
            | Condition::Alike { column, .. }
            | Condition::IsNull(column)
            | Condition::IsNotNull(column) => column.table = self.alias(column.table),
            Condition::InKeys { columns, .. } => {
                for column in columns {
                    column.table = self.alias(column.table);
                }
            }
            Condition::Related(related) => {
                for column in &mut related.near {
                    column.table = self.alias(column.table);
                }
                related.alias = self.alias(related.alias);
                self.rename(&mut related.condition);
            }
        }
    }
}
