//! Which columns identify the rows of a table.

use std::collections::BTreeSet;

use docent_sql::schema::{Table, TableKind};

use super::problem::{Problems, did_you_mean};
use super::survey::config_table;
use crate::overlay::TypeOverlay;

/// The columns that make the `id`, or why there are none.
///
/// The configured key, else the primary key, else of the unique keys over NOT NULL columns the one with the fewest
/// columns and, of several, the one whose columns come first in the table. A key that shows a secret is passed over:
/// every `id` and link would show it.
pub(super) fn choose(
    table: &Table,
    overlay: &TypeOverlay,
    is_secret: impl Fn(usize) -> bool,
    problems: &mut Problems,
) -> Result<Vec<usize>, String> {
    if table.kind == TableKind::Shadow {
        if let Some(key) = &overlay.key {
            problems.add(key, format!("`{}` is internal to a virtual table and is never served", table.name));
        }
        return Err("it is internal to a virtual table".to_owned());
    }
    if let Some(key) = configured(table, overlay, problems) {
        return Ok(key);
    }
    let hint = format!("name its key with `key = [\"…\"]` under `[types.{}]`", config_table(table));
    match table.kind {
        TableKind::View => return Err(format!("a view has no key of its own: {hint}")),
        TableKind::Virtual => return Err(format!("a virtual table has no key of its own: {hint}")),
        TableKind::Inherited => {
            return Err(format!("its rows are served as those of the table it inherits from: {hint}"));
        }
        TableKind::Table | TableKind::Shadow => {}
    }
    let mut unique: Vec<&Vec<usize>> = table.unique_keys.iter().collect();
    unique.retain(|key| !key.is_empty() && key.iter().all(|column| !table.columns[*column].nullable));
    unique.sort_by_key(|key| (key.len(), key.iter().copied().collect::<BTreeSet<_>>()));
    let primary = (!table.primary_key.is_empty()).then_some(&table.primary_key);
    let mut candidates = primary.into_iter().chain(unique).peekable();
    let Some(first) = candidates.peek().copied() else {
        return Err(format!("it has neither a primary key nor a unique key over NOT NULL columns: {hint}"));
    };
    let secret = first.iter().find(|column| is_secret(**column)).map(|column| &table.columns[*column].name);
    match (candidates.find(|key| !key.iter().any(|column| is_secret(*column))), secret) {
        (None, Some(secret)) => Err(format!(
            "every `id` would show its key column `{secret}`, whose name looks like a secret: serve it with \
             `fields.{secret}.show = true` under `[types.{}]`, or {hint}",
            config_table(table)
        )),
        (key, _) => Ok(key.unwrap_or(first).clone()),
    }
}

/// The key the configuration names, without what fits nothing; `None` if nothing of it fits.
fn configured(table: &Table, overlay: &TypeOverlay, problems: &mut Problems) -> Option<Vec<usize>> {
    let configured = overlay.key.as_ref()?;
    let mut key = Vec::new();
    for name in configured.get_ref() {
        let position = table.columns.iter().position(|column| &column.name == name.get_ref());
        match position {
            Some(column) if key.contains(&column) => {
                problems.add(name, format!("`{}` stands twice in this key", name.get_ref()));
            }
            Some(column) => key.push(column),
            None => {
                let columns = table.columns.iter().map(|column| column.name.as_str());
                let hint = did_you_mean(name.get_ref(), columns);
                problems.add(name, format!("`{}` has no column `{}`{hint}", table.name, name.get_ref()));
            }
        }
    }
    if configured.get_ref().is_empty() {
        problems.add(configured, "a key needs at least one column".to_owned());
    }
    // A part of a key is another key: better none than one that takes several rows for one.
    (!key.is_empty() && key.len() == configured.get_ref().len()).then_some(key)
}

/// Whether no two rows have the same values, NULL aside, in these columns.
pub(super) fn are_unique(table: &Table, key: &[usize], columns: &[usize]) -> bool {
    let keys = table.unique_keys.iter().map(Vec::as_slice).chain([table.primary_key.as_slice(), key]);
    keys.filter(|key| !key.is_empty()).any(|key| key.iter().all(|column| columns.contains(column)))
}

/// Whether the names could be meant for each other: equal but for the case of ASCII letters.
///
/// SQLite keeps the names in a foreign key as they were written there, which need not be the case of the definition.
pub(super) fn find_named<'a, T: 'a>(
    items: impl Iterator<Item = &'a T> + Clone,
    name_of: impl Fn(&T) -> &str,
    wanted: &str,
) -> Option<usize> {
    let mut exact = items.clone();
    if let Some(position) = exact.position(|item| name_of(item) == wanted) {
        return Some(position);
    }
    let mut alike = items.enumerate().filter(|(_, item)| name_of(item).eq_ignore_ascii_case(wanted));
    let (position, _) = alike.next()?;
    alike.next().is_none().then_some(position)
}
