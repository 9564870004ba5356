//! Foreign keys, followed: which of them lead to rows of another table, and which do not and why.

use docent_sql::schema::{ForeignKey, ReferentialAction, Table};

use super::keys::{are_unique, find_named};

/// A foreign key that leads to exactly one row: tables and columns exist and what it refers to is unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Name of the constraint, if it has one.
    pub(super) constraint: Option<String>,
    /// Columns here; where the columns there are the target's key, in the order of that key.
    pub(super) columns: Vec<usize>,
    /// Position of the table it refers to.
    pub(super) target: usize,
    /// Columns there, paired with `columns`.
    pub(super) target_columns: Vec<usize>,
    /// Whether no two rows here refer to the same row there.
    pub(super) unique: bool,
    /// What happens here when the row there is deleted.
    pub(super) on_delete: ReferentialAction,
    /// Whether each row here that refers to another is known to find it.
    pub(super) holds: bool,
}

/// A foreign key that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeadEnd {
    /// Columns here.
    pub(super) columns: Vec<usize>,
    /// Why it leads nowhere.
    pub(super) reason: String,
}

/// Follows one foreign key of `table`. `tables` gives all tables with their keys.
pub(super) fn follow(
    (table, key): (&Table, &[usize]),
    foreign_key: &ForeignKey,
    tables: &[(&Table, &[usize])],
) -> Result<Reference, DeadEnd> {
    let dead_end = |reason: String| DeadEnd { columns: foreign_key.columns.clone(), reason };
    let wanted = &foreign_key.references;
    let same_schema = tables.iter().map(|(table, _)| *table).enumerate();
    let (positions, same_schema): (Vec<usize>, Vec<&Table>) =
        same_schema.filter(|(_, table)| table.name.schema == wanted.schema).unzip();
    let found = find_named(same_schema.iter(), |table| &table.name.name, &wanted.name);
    let target =
        found.map(|at| positions[at]).ok_or_else(|| dead_end(format!("there is no table `{wanted}`")))?;
    let (there, target_key) = tables[target];
    let target_columns = if foreign_key.referenced_columns.is_empty() {
        there.primary_key.clone()
    } else {
        let find = |name: &String| {
            find_named(there.columns.iter(), |column| &column.name, name)
                .ok_or_else(|| dead_end(format!("`{}` has no column `{name}`", there.name)))
        };
        foreign_key.referenced_columns.iter().map(find).collect::<Result<_, _>>()?
    };
    if target_columns.len() != foreign_key.columns.len() || target_columns.is_empty() {
        return Err(dead_end(format!("it refers to another number of columns of `{}`", there.name)));
    }
    if !are_unique(there, target_key, &target_columns) {
        let names: Vec<&str> =
            target_columns.iter().map(|column| there.columns[*column].name.as_str()).collect();
        return Err(dead_end(format!("`{}({})` is not unique", there.name, names.join(", "))));
    }
    for (near, far) in foreign_key.columns.iter().zip(&target_columns) {
        let (near, far) = (&table.columns[*near], &there.columns[*far]);
        if near.collation != far.collation {
            let by = far.collation.as_deref().unwrap_or("BINARY");
            let reason =
                format!("`{}({})` is compared by {by}, `{}` is not", there.name, far.name, near.name);
            return Err(dead_end(reason));
        }
    }
    let (columns, target_columns) = in_key_order(target_key, &foreign_key.columns, target_columns);
    let unique = are_unique(table, key, &columns);
    let (constraint, on_delete) = (foreign_key.name.clone(), foreign_key.on_delete);
    let holds = foreign_key.holds;
    Ok(Reference { constraint, columns, target, target_columns, unique, on_delete, holds })
}

/// What happens where a foreign key is declared twice: what keeps the row there from going counts.
pub(super) fn stricter(one: ReferentialAction, other: ReferentialAction) -> ReferentialAction {
    match other {
        ReferentialAction::NoAction | ReferentialAction::Restrict => other,
        _ => one,
    }
}

/// The pairs of columns in the order of the target's key, if they are the pairs of that key; else as they are.
fn in_key_order(key: &[usize], near: &[usize], far: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
    let position = |column: &usize| far.iter().position(|one| one == column);
    match key.iter().map(position).collect::<Option<Vec<usize>>>() {
        Some(order) if order.len() == far.len() => (order.iter().map(|at| near[*at]).collect(), key.to_vec()),
        _ => (near.to_vec(), far),
    }
}
