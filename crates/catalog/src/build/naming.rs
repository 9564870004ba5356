//! How names are made from the schema, and who gets a name that several want.
//!
//! Nothing here depends on the order in which tables or constraints are listed. Where several want one name, a rule
//! that treats them alike decides; numbers (`_2`, `_3`) come last, in the order of tables and columns.

use std::collections::{HashMap, HashSet};

use docent_jsonapi::name::is_member_name;

/// Endings of a foreign key's column that its relationship does without; the first that fits goes.
const KEY_ENDINGS: [&str; 6] = ["_id", "_uuid", "_key", "_fk", "Id", "ID"];

/// Whether a field may not have this name (RES-13).
pub(super) fn is_taken_by_identity(name: &str) -> bool {
    matches!(name, "type" | "id")
}

/// Why `name` cannot be the name of a type, if it cannot.
pub(super) fn type_name_fault(name: &str) -> Option<String> {
    (!is_member_name(name)).then(|| {
        format!(
            "`{name}` is no member name: letters, digits and, between them, `-`, `_` and spaces are allowed"
        )
    })
}

/// Why `name` cannot be the name of a field, if it cannot.
pub(super) fn field_name_fault(name: &str) -> Option<String> {
    if is_taken_by_identity(name) {
        return Some(format!("a field cannot be named `{name}`: every resource object has that member"));
    }
    type_name_fault(name)
}

/// The name of a to-one relationship from the only column of its foreign key: without its ending, if that leaves one.
pub(super) fn without_key_ending(column: &str) -> &str {
    let stripped = KEY_ENDINGS.iter().find_map(|ending| column.strip_suffix(ending)).unwrap_or(column);
    // `AUTHOR_ID` loses `ID` and then the separator.
    let stripped = stripped.trim_end_matches(['_', '-', ' ']);
    let says_something = stripped.chars().any(|c| c.is_ascii_alphanumeric() || !c.is_ascii());
    if says_something { stripped } else { column }
}

/// The first of `name`, `name_2`, `name_3`, … that is free.
pub(super) fn numbered(name: &str, taken: &HashSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 1u32;
    while taken.contains(&candidate) {
        number += 1;
        candidate = format!("{name}_{number}");
    }
    candidate
}

/// A member name for each thing, in the order given: its own name where that is legal and not reserved, else what
/// `fallback` makes of it. Own names come first, so a made-up name never takes one away; clashes of made-up names
/// are numbered in the order given.
pub(super) fn verbatim_first(names: &[&str], fallback: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let made: Vec<Option<String>> = names.iter().map(|name| fallback(name)).collect();
    let mut taken: HashSet<String> = names
        .iter()
        .zip(&made)
        .filter(|(_, made)| made.is_none())
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let given = names.iter().zip(made).map(|(name, made)| match made {
        None => (*name).to_owned(),
        Some(made) => {
            let name = numbered(&made, &taken);
            taken.insert(name.clone());
            name
        }
    });
    given.collect()
}

/// Gives each of several fields the first of its wanted names that is not taken and that no other field wants at the
/// same time: all that want one name go on to their next. A field whose names are used up gets its last one with a
/// number, in the order given. Names given are added to `taken`; names a field cannot have are skipped.
pub(super) fn assign(taken: &mut HashSet<String>, wanted: &[Vec<String>]) -> Vec<String> {
    let legal = |name: &&String| is_member_name(name) && !is_taken_by_identity(name);
    let mut waiting: Vec<_> =
        wanted.iter().map(|names| names.iter().filter(legal).peekable()).enumerate().collect();
    let mut given: Vec<Option<String>> = vec![None; wanted.len()];
    while waiting.iter_mut().any(|(_, names)| names.peek().is_some()) {
        let mut wishes: HashMap<String, usize> = HashMap::new();
        for (_, names) in &mut waiting {
            if let Some(name) = names.peek() {
                *wishes.entry((*name).clone()).or_default() += 1;
            }
        }
        waiting.retain_mut(|(field, names)| {
            let name = names.next().filter(|name| wishes[*name] == 1 && !taken.contains(*name));
            given[*field] = name.cloned();
            name.is_none()
        });
        taken.extend(given.iter().flatten().cloned());
    }
    let mut finish = |(field, name): (usize, Option<String>)| {
        name.unwrap_or_else(|| {
            let last = wanted[field].iter().rfind(legal).map_or("related", String::as_str);
            let name = numbered(last, taken);
            taken.insert(name.clone());
            name
        })
    };
    given.into_iter().enumerate().map(&mut finish).collect()
}
