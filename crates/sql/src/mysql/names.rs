//! The names of unique keys, which the server tells when it refuses a row, and their columns, which it does not.

use std::collections::HashMap;

use crate::violation::Violation;

/// The unique keys of every table by name.
#[derive(Debug, Default)]
pub(super) struct Names {
    keys: HashMap<String, Vec<Key>>,
}

#[derive(Debug)]
struct Key {
    table: String,
    columns: Vec<String>,
}

impl Names {
    /// Notes a unique key.
    pub(super) fn add(&mut self, table: String, name: String, columns: Vec<String>) {
        self.keys.entry(name).or_default().push(Key { table, columns });
    }

    /// Says which columns a broken key has, and of which table it is: the one written, or where a trigger wrote another,
    /// the only one that has a key of that name.
    pub(super) fn complete(&self, violation: &mut Violation) {
        let Some(keys) = violation.constraint.as_ref().and_then(|name| self.keys.get(name)) else { return };
        let written = keys.iter().find(|key| Some(&key.table) == violation.table.as_ref());
        let found = match (written, keys.as_slice()) {
            (Some(key), _) => key,
            (None, [only]) => only,
            _ => return,
        };
        violation.table = Some(found.table.clone());
        violation.columns.clone_from(&found.columns);
    }
}
