//! What a role of the database may do with its tables.

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::TableName;

/// The privileges of a role. Tables that are not here may not be touched.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Privileges {
    /// By table.
    pub tables: BTreeMap<TableName, TablePrivileges>,
}

/// What a role may do with one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TablePrivileges {
    /// Columns that can be read.
    pub select: BTreeSet<String>,
    /// Columns that new rows can be given.
    pub insert: BTreeSet<String>,
    /// Columns that can be changed.
    pub update: BTreeSet<String>,
    /// Whether rows can be deleted.
    pub delete: bool,
    /// Whether the database may hide rows of it from the role.
    pub hides_rows: bool,
}
