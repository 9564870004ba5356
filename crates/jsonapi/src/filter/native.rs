//! The native grammar: `filter[path]`, `filter[path][operator]`, `filter[or][0][…]`, `filter[not][…]`.

use super::errors::{INVALID_FILTER, INVALID_FILTER_VALUE, UNKNOWN_FILTER_OPERATOR, error, too_deep};
use super::{Condition, Filter, MAX_DEPTH, Operator, split_list, tree};
use crate::error::{ErrorObject, suggest};
use crate::query::{Parameter, unknown};

/// Conditions and groups combined by "and".
#[derive(Debug, Default)]
pub(super) struct Group<'a> {
    own: Vec<Condition>,
    /// Members of `and` and of `or`, by index.
    and: Vec<(&'a str, Group<'a>)>,
    or: Vec<(&'a str, Group<'a>)>,
    not: Option<Box<Group<'a>>>,
    /// Number of conditions in all of it.
    conditions: usize,
}

impl<'a> Group<'a> {
    pub(super) fn add(&mut self, parameter: &Parameter<'a>) -> Result<(), ErrorObject> {
        self.insert(&parameter.parts, parameter, 0)
    }

    /// Number of conditions in it, groups counted in.
    pub(super) const fn conditions(&self) -> usize {
        self.conditions
    }

    fn insert(
        &mut self,
        parts: &[&'a str],
        parameter: &Parameter<'a>,
        depth: usize,
    ) -> Result<(), ErrorObject> {
        let (group, rest) = match parts {
            ["and", index, rest @ ..] if is_index(index) => (indexed(&mut self.and, index), rest),
            ["or", index, rest @ ..] if is_index(index) => (indexed(&mut self.or, index), rest),
            ["not", rest @ ..] if !rest.is_empty() => (&mut **self.not.get_or_insert_default(), rest),
            _ => {
                self.own.push(condition(parts, parameter)?);
                self.conditions += 1;
                return Ok(());
            }
        };
        if depth == MAX_DEPTH {
            return Err(too_deep(parameter.name));
        }
        if rest.is_empty() {
            let detail = format!("`{0}` lacks a condition, as in `{0}[title]`.", parameter.name);
            return Err(error(&INVALID_FILTER, parameter.name, detail));
        }
        group.insert(rest, parameter, depth + 1)?;
        self.conditions += 1;
        Ok(())
    }

    /// The members as filters, to be combined by "and".
    pub(super) fn into_filters(self) -> Vec<Filter> {
        let mut filters: Vec<Filter> = self.own.into_iter().map(Filter::Condition).collect();
        filters.extend(self.and.into_iter().map(|(_, group)| group.into_filter()));
        if !self.or.is_empty() {
            filters.push(tree::any(self.or.into_iter().map(|(_, group)| group.into_filter()).collect()));
        }
        filters.extend(self.not.map(|group| Filter::Not(Box::new(group.into_filter()))));
        filters
    }

    fn into_filter(self) -> Filter {
        tree::all(self.into_filters())
    }
}

fn indexed<'g, 'a>(groups: &'g mut Vec<(&'a str, Group<'a>)>, index: &'a str) -> &'g mut Group<'a> {
    let at = groups.iter().position(|(given, _)| *given == index).unwrap_or_else(|| {
        groups.push((index, Group::default()));
        groups.len() - 1
    });
    &mut groups[at].1
}

fn is_index(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn condition(parts: &[&str], parameter: &Parameter<'_>) -> Result<Condition, ErrorObject> {
    let (path, operator, values) = match parts {
        [path] if !path.is_empty() => (path, Operator::Equal, vec![parameter.value.to_owned()]),
        [path, word] if !path.is_empty() => {
            let operator =
                Operator::from_word(word).ok_or_else(|| unknown_operator(path, word, parameter))?;
            let (operator, values) = values(operator, parameter)?;
            (path, operator, values)
        }
        [word @ ("or" | "and"), ..] => return Err(not_numbered(word, parameter)),
        _ => return Err(unknown("filter", parameter.name)),
    };
    let path = path.split('.').map(str::to_owned).collect();
    Ok(Condition { path, operator, values, parameter: parameter.name.to_owned() })
}

/// The values for an operator, and the operator they make: `null=false` turns into "not null".
fn values(operator: Operator, parameter: &Parameter<'_>) -> Result<(Operator, Vec<String>), ErrorObject> {
    let refused = |detail: String| error(&INVALID_FILTER_VALUE, parameter.name, detail);
    if operator.takes_nothing() {
        return match parameter.value {
            "true" => Ok((Operator::Null, Vec::new())),
            "false" => Ok((Operator::NotNull, Vec::new())),
            other => Err(refused(format!("`null` takes `true` or `false`, not `{other}`."))),
        };
    }
    if operator.takes_range() {
        let values = split_list(parameter.value);
        if values.len() != 2 {
            let (word, count) = (operator.native(), values.len());
            return Err(refused(format!("`{word}` takes two values separated by a comma, not {count}.")));
        }
        return Ok((operator, values));
    }
    let values =
        if operator.takes_list() { split_list(parameter.value) } else { vec![parameter.value.to_owned()] };
    Ok((operator, values))
}

fn unknown_operator(path: &str, word: &str, parameter: &Parameter<'_>) -> ErrorObject {
    if matches!(path, "or" | "and") {
        return not_numbered(path, parameter);
    }
    let hint = if let Some(known) = suggest(word, Operator::native_words()) {
        format!("Did you mean `{known}`?")
    } else {
        let words: Vec<_> = Operator::native_words().collect();
        let words = words.join(", ");
        format!("The operators are {words}; steps of a path are joined by dots, as in `filter[author.name]`.")
    };
    error(&UNKNOWN_FILTER_OPERATOR, parameter.name, format!("There is no operator `{word}`. {hint}"))
}

fn not_numbered(word: &str, parameter: &Parameter<'_>) -> ErrorObject {
    let detail = format!("Members of `{word}` are numbered, as in `filter[{word}][0][title]`.");
    error(&INVALID_FILTER, parameter.name, detail)
}
