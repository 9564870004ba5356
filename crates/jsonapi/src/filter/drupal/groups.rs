//! Groups of Drupal's grammar: from references to a tree.

use std::collections::HashMap;

use super::super::errors::{INVALID_FILTER_GROUP, error, too_deep};
use super::super::{Filter, MAX_DEPTH, tree};
use super::{Entry, Form, values};
use crate::error::{ErrorObject, suggest};
use crate::query::Errors;

/// The name of the group everything belongs to that names no other.
const ROOT: &str = "@root";

/// Members of the root group, in order of appearance. Whatever is wrong goes to `errors`; the result is only to be used
/// if nothing was.
pub(super) fn arrange(
    entries: &[Entry<'_>],
    by_key: &HashMap<&str, usize>,
    errors: &mut Errors,
) -> Vec<Filter> {
    let before = errors.count();
    let parents: Vec<Option<usize>> =
        entries.iter().map(|entry| report(parent(entry, entries, by_key), errors)).collect();
    let mut members = Members { of_root: Vec::new(), of: vec![Vec::new(); entries.len()] };
    let mut arranged: Vec<Option<Arranged>> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        arranged.push(report(Arranged::from(entry).map(Some), errors));
        match parents[index] {
            Some(group) => members.of[group].push(index),
            None => members.of_root.push(index),
        }
    }
    if errors.count() == before {
        for (index, entry) in entries.iter().enumerate() {
            if matches!(entry.form, Form::Group) && members.of[index].is_empty() {
                let detail = format!("The group `{}` has no members.", entry.key);
                errors.push(error(&INVALID_FILTER_GROUP, entry.first, detail));
            }
        }
        // One circle or chain shows up at each of its groups; the first stands for all.
        if let Some(found) = misplaced(entries, &parents) {
            errors.push(found);
        }
    }
    if errors.count() > before {
        return Vec::new();
    }
    members.of_root.iter().filter_map(|index| build(*index, &mut arranged, &members)).collect()
}

struct Members {
    of_root: Vec<usize>,
    of: Vec<Vec<usize>>,
}

/// What an entry comes to before groups get their members.
enum Arranged {
    Condition(Filter),
    All,
    Any,
}

impl Arranged {
    fn from(entry: &Entry<'_>) -> Result<Self, ErrorObject> {
        if entry.form != Form::Group {
            return values::condition(entry).map(|condition| Self::Condition(Filter::Condition(condition)));
        }
        let Some(given) = entry.conjunction else {
            let detail = format!("The group `{}` has no `[conjunction]`, which is `AND` or `OR`.", entry.key);
            return Err(error(&INVALID_FILTER_GROUP, entry.first, detail));
        };
        match given.value {
            "AND" => Ok(Self::All),
            "OR" => Ok(Self::Any),
            other => {
                let detail = format!("`{other}` is no conjunction; there are `AND` and `OR`.");
                Err(error(&INVALID_FILTER_GROUP, given.parameter, detail))
            }
        }
    }
}

/// The group an entry is in; `None` for the root.
fn parent(
    entry: &Entry<'_>,
    entries: &[Entry<'_>],
    by_key: &HashMap<&str, usize>,
) -> Result<Option<usize>, ErrorObject> {
    let Some(given) = entry.member_of.filter(|given| given.value != ROOT) else { return Ok(None) };
    let found = by_key.get(given.value).copied();
    if let Some(index) = found.filter(|index| entries[*index].form == Form::Group) {
        return Ok(Some(index));
    }
    let groups = entries.iter().filter(|entry| entry.form == Form::Group).map(|entry| entry.key);
    let hint = match suggest(given.value, groups) {
        _ if found.is_some() => "It is a condition.".to_owned(),
        Some(known) => format!("Did you mean `{known}`?"),
        None => format!("A group is made by `filter[{}][group][conjunction]`.", given.value),
    };
    let detail = format!("There is no group `{}`. {hint}", given.value);
    Err(error(&INVALID_FILTER_GROUP, given.parameter, detail))
}

/// The error of the first entry that is too deep inside groups or does not lead to the root at all.
fn misplaced(entries: &[Entry<'_>], parents: &[Option<usize>]) -> Option<ErrorObject> {
    let upwards = |from: usize| std::iter::successors(Some(from), |at| parents[*at]);
    let found = (0..entries.len()).find(|index| upwards(*index).nth(MAX_DEPTH + 1).is_some())?;
    // Without a circle no chain is longer than there are entries; with one, so many steps end inside it.
    let inside = upwards(found).nth(entries.len());
    let circle = inside.and_then(|inside| upwards(inside).take(entries.len()).min());
    let entry = &entries[circle.unwrap_or(found)];
    let parameter = entry.member_of.map_or(entry.first, |given| given.parameter);
    if circle.is_none() {
        return Some(too_deep(parameter));
    }
    let detail = format!("The group `{}` is, over its `[memberOf]`, a member of itself.", entry.key);
    Some(error(&INVALID_FILTER_GROUP, parameter, detail))
}

fn build(index: usize, arranged: &mut [Option<Arranged>], members: &Members) -> Option<Filter> {
    let combine = match arranged[index].take()? {
        Arranged::Condition(filter) => return Some(filter),
        Arranged::All => tree::all,
        Arranged::Any => tree::any,
    };
    Some(combine(members.of[index].iter().filter_map(|member| build(*member, arranged, members)).collect()))
}

fn report<T: Default>(result: Result<T, ErrorObject>, errors: &mut Errors) -> T {
    result.unwrap_or_else(|error| {
        errors.push(error);
        T::default()
    })
}
