//! What writes must know of a table: what its values must keep to, who chooses keys, and what cannot be written at all.

use docent_sql::schema::{Column, ColumnType, Literal, Rule, Table};

use super::Here;
use super::survey::Surveyed;
use crate::model::{CheckRule, ClientIds, Limits};

/// What the schema demands of one column alone.
pub(super) fn limits(table: &Table, column: usize) -> Limits {
    let rules = table.checks.iter().flat_map(|check| &check.rules);
    let rules = rules.filter(|(about, _)| *about == column).map(|(_, rule)| rule.clone());
    let Column { length_max, range, digits, .. } = &table.columns[column];
    let range = range.map(|(least, greatest)| {
        let bound = Literal::Integer;
        [
            Rule::Least { bound: bound(least), inclusive: true },
            Rule::Greatest { bound: bound(greatest), inclusive: true },
        ]
    });
    let rules = rules.chain(range.into_iter().flatten()).collect();
    Limits { length_max: *length_max, digits: *digits, rules }
}

/// The checks of a table.
pub(super) fn checks(table: &Table) -> Vec<CheckRule> {
    let name = |column: &usize| table.columns[*column].name.clone();
    let check = |check: &docent_sql::schema::Check| CheckRule {
        name: check.name.clone(),
        columns: check.columns.iter().map(name).collect(),
    };
    table.checks.iter().map(check).collect()
}

/// Whether the database fills the column in when a create leaves it out.
fn fills_itself(column: &Column) -> bool {
    column.has_default || column.auto_increment || column.generated
}

/// Whether clients may choose ids unless configured otherwise.
///
/// Not where the database makes them: keys it numbers or computes, and integers with a default. They must where a part
/// of the key has no default and no field to come from.
pub(super) fn client_ids(here: &Here<'_>) -> ClientIds {
    let one = here.table();
    let columns = || one.key.iter().map(|column| &one.table.columns[*column]);
    if columns().any(|column| column.auto_increment) || one.is_any_read_only(&one.key) {
        return ClientIds::Forbid;
    }
    if let [column] = columns().collect::<Vec<_>>()[..]
        && column.has_default
        && column.column_type == ColumnType::Integer
    {
        return ClientIds::Forbid;
    }
    let given = |column: &usize| fills_itself(&one.table.columns[*column]) || is_writable(here, *column);
    if one.key.iter().all(given) { ClientIds::Allow } else { ClientIds::Require }
}

/// Whether a field that can be written holds the column.
fn is_writable(here: &Here<'_>, column: usize) -> bool {
    let (one, own) = (here.table(), &here.own[here.at]);
    if one.is_column_read_only(column) {
        return false;
    }
    let mut references = one.references.iter().zip(&own.references);
    own.attributes.iter().any(|attribute| attribute.served && attribute.column == column)
        || references.any(|(reference, named)| {
            named.served && reference.columns.contains(&column) && !one.is_any_read_only(&reference.columns)
        })
}

/// Why no row can be created: a column that nobody could fill.
pub(super) fn cannot_create(here: &Here<'_>, client_ids: ClientIds) -> Option<String> {
    let one = here.table();
    if one.is_read_only() {
        return None;
    }
    let by_id = |column: &usize| client_ids != ClientIds::Forbid && one.key.contains(column);
    let unfilled = (0..one.table.columns.len())
        .filter(|column| is_required(one, *column) && !by_id(column))
        .find(|column| !is_writable(here, *column))?;
    let why = if one.is_column_read_only(unfilled) {
        "is read-only"
    } else if one.key.contains(&unfilled) {
        "is not left to clients (`client_ids`)"
    } else {
        "is not served"
    };
    Some(format!("its column `{}` has no default, may not be NULL and {why}", one.column(unfilled)))
}

/// Why no row can be added to a join table by linking two resources: a further column that must be filled.
pub(super) fn cannot_add(one: &Surveyed<'_>, linking: &[usize]) -> Option<String> {
    let unfilled = (0..one.table.columns.len())
        .filter(|column| !linking.contains(column))
        .find(|column| is_required(one, *column))?;
    let table = &one.table.name;
    Some(format!("the column `{}` of `{table}` has no default and may not be NULL", one.column(unfilled)))
}

/// Whether a new row needs a value for the column. Rows with NULL in the key are no resources, even where the database
/// takes them.
fn is_required(one: &Surveyed<'_>, column: usize) -> bool {
    let stored = &one.table.columns[column];
    !fills_itself(stored) && (!stored.nullable || one.key.contains(&column))
}
