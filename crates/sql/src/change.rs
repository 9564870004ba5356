//! The typed trees of statements that write, in no engine's words.
//!
//! As with reads, a tree holds names from the schema and positions of parameters, never values. Sets of rows are one
//! statement: what happens to a hundred members of a relationship is said with one list, not a hundred times.
//!
//! What a replaced relationship needs, `parent` and `list` being parameters:
//!
//! - an inverse of a foreign key: an [`Update`] to NULL of the parent's children outside of the list
//!   ([`Condition::InKeys`], negated), and an [`Update`] to the parent of those in it;
//! - a join table: a [`Delete`] of the parent's rows outside of the list, and an [`Insert`] of [`Links`].

use crate::schema::TableName;
use crate::statement::{Alias, ColumnName, Condition, Parameter};

/// The parameters that one statement may have.
pub const PARAMETERS_MAX: usize = 32_766;

/// A statement that writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// New rows.
    Insert(Insert),
    /// Other values in rows that are there.
    Update(Update),
    /// Fewer rows.
    Delete(Delete),
}

/// An INSERT.
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// The table.
    pub table: TableName,
    /// The rows.
    pub source: Source,
    /// Columns of a unique key: a row that is there already under its key is left as it is, and no other is made. Empty
    /// where such a row is refused. On SQLite alone.
    pub unless_known: Vec<String>,
    /// Columns of the new rows to hand out. The values are those after the insert itself, before triggers changed them.
    /// Rows come in the order given. Only where [`crate::render::Dialect::returns_inserted`].
    pub returning: Vec<String>,
}

/// Where the rows of an [`Insert`] come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// One row that takes the default of every column.
    Defaults,
    /// As many rows as said, each of the same columns.
    Values {
        /// The columns given; at least one.
        columns: Vec<String>,
        /// The parameter of the first row's first column. The others follow column by column, row by row.
        first: Parameter,
        /// How many rows; at least one. Texts repeat, and are kept prepared, when callers keep to a few counts.
        count: u16,
    },
    /// The rows of a join table that are missing.
    Links(Links),
}

/// Links one row with each of a list in a join table, where they are not linked already. A key given twice is one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Links {
    /// The columns that are the same in every row, and their values.
    pub near: Vec<(ColumnName, Parameter)>,
    /// The columns that hold the keys of the list.
    pub far: Vec<ColumnName>,
    /// The keys as they shall be stored: [`crate::Value::List`] for one column, [`crate::Value::Rows`] for several.
    pub list: Parameter,
    /// Whether the one row was made in the same transaction, so that nothing is linked with it yet. MySQL and MariaDB
    /// are then not asked what is linked: they lock the gap that they find there, and two who both hold it cannot
    /// both insert. The others lock nothing, and may hold rows that nothing keeps from outliving what they link.
    pub is_first: bool,
}

/// An UPDATE.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The table and its name in the condition.
    pub table: (TableName, Alias),
    /// Columns and their new values; at least one.
    pub assignments: Vec<(String, Assigned)>,
    /// Which rows.
    pub condition: Condition,
    /// Columns of the changed rows to hand out, in any order of rows. Values are those before triggers changed them.
    /// Only where [`crate::render::Dialect::returns_changed`].
    pub returning: Vec<String>,
}

/// The new value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned {
    /// Given with the query.
    Parameter(Parameter),
    /// NULL, whatever is given.
    Null,
}

/// A DELETE.
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// The table and its name in the condition.
    pub table: (TableName, Alias),
    /// Which rows.
    pub condition: Condition,
    /// Columns of the deleted rows to hand out, in any order of rows. Only where
    /// [`crate::render::Dialect::returns_changed`].
    pub returning: Vec<String>,
}
