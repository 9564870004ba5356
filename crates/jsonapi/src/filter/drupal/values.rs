//! Conditions of Drupal's grammar: operator, path and values of one entry.

use super::super::errors::{INVALID_FILTER, INVALID_FILTER_VALUE, UNKNOWN_FILTER_OPERATOR, error};
use super::super::{Condition, Operator};
use super::{CONDITION_WORDS, Entry, Form, unknown_part};
use crate::error::{ErrorObject, suggest};
use crate::query::Parameter;

/// The values of one condition: `[value]`, `[value][]` or `[value][0]`.
#[derive(Debug, Default)]
pub(super) struct Values<'a> {
    /// Index and value; a scalar has index 0.
    list: Vec<(u64, &'a str)>,
    /// The index of a `[value][]` that comes next.
    next: u64,
    /// The parameter that gives the first one.
    first: Option<&'a str>,
    scalar: bool,
}

impl<'a> Values<'a> {
    pub(super) fn add(&mut self, index: &[&str], parameter: &Parameter<'a>) -> Result<(), ErrorObject> {
        let at = match index {
            [] => None,
            [""] => Some(self.next),
            [digits] => Some(digits.parse().map_err(|_| unknown_part(parameter, &CONDITION_WORDS))?),
            _ => return Err(unknown_part(parameter, &CONDITION_WORDS)),
        };
        if let Some(first) = self.first
            && (self.scalar || at.is_none())
        {
            let detail =
                format!("`{}` contradicts `{first}`: a value is either single or a list.", parameter.name);
            return Err(error(&INVALID_FILTER_VALUE, parameter.name, detail));
        }
        self.scalar = at.is_none();
        self.first.get_or_insert(parameter.name);
        let at = at.unwrap_or(0);
        self.next = self.next.max(at.saturating_add(1));
        self.list.push((at, parameter.value));
        Ok(())
    }

    /// The values in order of their indexes.
    fn in_order(&self) -> Vec<String> {
        let mut list = self.list.clone();
        list.sort_by_key(|(index, _)| *index);
        list.into_iter().map(|(_, value)| value.to_owned()).collect()
    }
}

/// The condition an entry stands for.
pub(super) fn condition(entry: &Entry<'_>) -> Result<Condition, ErrorObject> {
    let path = path(entry)?;
    let operator = operator(entry)?;
    let values = entry.values.in_order();
    let word = operator.drupal();
    let at_value = entry.values.first.unwrap_or(entry.first);
    let refused = |detail: String| Err(error(&INVALID_FILTER_VALUE, at_value, detail));
    match values.len() {
        0 if operator.takes_nothing() => {}
        _ if operator.takes_nothing() => return refused(format!("`{word}` takes no value.")),
        0 => return refused(format!("The condition `{}` has no value.", entry.key)),
        count if operator.takes_range() && count != 2 => {
            return refused(format!(
                "`{word}` takes two values, as in `[value][]=1` and `[value][]=9`, not {count}."
            ));
        }
        count if count > 1 && !operator.takes_list() && !operator.takes_range() => {
            return refused(format!("`{word}` takes one value, not {count}."));
        }
        _ => {}
    }
    let at_operator = entry.operator.map_or(entry.first, |given| given.parameter);
    let parameter = entry.values.first.unwrap_or(at_operator).to_owned();
    Ok(Condition { path, operator, values, parameter })
}

fn path(entry: &Entry<'_>) -> Result<Vec<String>, ErrorObject> {
    let (path, parameter) = match (entry.path, entry.form) {
        (Some(given), _) => (given.value, given.parameter),
        (None, Form::Short) => (entry.key, entry.first),
        (None, _) => {
            let detail = format!("The condition `{}` has no `[path]`.", entry.key);
            return Err(error(&INVALID_FILTER, entry.first, detail));
        }
    };
    if path.split('.').any(str::is_empty) {
        let detail = format!("`{path}` is not a path of names joined by dots.");
        return Err(error(&INVALID_FILTER, parameter, detail));
    }
    Ok(path.split('.').map(str::to_owned).collect())
}

fn operator(entry: &Entry<'_>) -> Result<Operator, ErrorObject> {
    let Some(given) = entry.operator else { return Ok(Operator::Equal) };
    Operator::from_drupal(given.value).ok_or_else(|| {
        let hint = match suggest(given.value, Operator::drupal_words()) {
            Some(known) => format!("Did you mean `{known}`?"),
            None => format!("The operators are {}.", Operator::drupal_words().collect::<Vec<_>>().join(", ")),
        };
        let detail = format!("There is no operator `{}`. {hint}", given.value);
        error(&UNKNOWN_FILTER_OPERATOR, given.parameter, detail)
    })
}
