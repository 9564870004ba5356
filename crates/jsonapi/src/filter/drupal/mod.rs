//! Drupal's grammar: named conditions and groups that refer to each other.

mod groups;
mod values;

use std::collections::HashMap;

use super::Filter;
use super::errors::{INVALID_FILTER, error};
use crate::error::{ErrorObject, suggest};
use crate::query::{Errors, Parameter};

use values::Values;

const CONDITION_WORDS: [&str; 4] = ["path", "operator", "value", "memberOf"];
const GROUP_WORDS: [&str; 2] = ["conjunction", "memberOf"];

/// Whether a filter parameter is of this grammar. `not` with a condition on a field that happens to be called like one
/// of the grammar's words stays native.
pub(super) fn is_drupal(parts: &[&str]) -> bool {
    match parts {
        ["not", "condition", word, ..] => CONDITION_WORDS.contains(word),
        ["not", "group", word, ..] => GROUP_WORDS.contains(word),
        ["not", ..] => false,
        [_, word, ..] => matches!(*word, "condition" | "group") || CONDITION_WORDS.contains(word),
        _ => false,
    }
}

/// How an entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `filter[key][value]`: the key is the path, unless there is a `[path]`.
    Short,
    /// `filter[key][condition][value]`.
    Long,
    /// `filter[key][group][conjunction]`.
    Group,
}

/// A value and the parameter that gives it.
#[derive(Debug, Clone, Copy)]
struct Given<'a> {
    value: &'a str,
    parameter: &'a str,
}

/// Everything under one key.
#[derive(Debug)]
struct Entry<'a> {
    key: &'a str,
    form: Form,
    /// The first parameter with this key.
    first: &'a str,
    path: Option<Given<'a>>,
    operator: Option<Given<'a>>,
    values: Values<'a>,
    conjunction: Option<Given<'a>>,
    member_of: Option<Given<'a>>,
}

/// All conditions and groups, in order of appearance.
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    list: Vec<Entry<'a>>,
    by_key: HashMap<&'a str, usize>,
    conditions: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) const fn conditions(&self) -> usize {
        self.conditions
    }

    pub(super) const fn groups(&self) -> usize {
        self.list.len() - self.conditions
    }

    pub(super) fn add(&mut self, parameter: &Parameter<'a>) -> Result<(), ErrorObject> {
        let [key, rest @ ..] = parameter.parts.as_slice() else {
            return Err(unknown_part(parameter, &CONDITION_WORDS));
        };
        let (form, words) = match rest {
            ["condition", words @ ..] => (Form::Long, words),
            ["group", words @ ..] => (Form::Group, words),
            words => (Form::Short, words),
        };
        if key.is_empty() {
            let detail = format!("`{}` lacks the name of its condition or group.", parameter.name);
            return Err(error(&INVALID_FILTER, parameter.name, detail));
        }
        let entry = self.entry(key, form, parameter.name);
        if entry.form != form {
            let detail = format!(
                "`{}` contradicts `{}`: one key stands for one condition or group.",
                parameter.name, entry.first
            );
            return Err(error(&INVALID_FILTER, parameter.name, detail));
        }
        entry.set(words, parameter)
    }

    fn entry(&mut self, key: &'a str, form: Form, first: &'a str) -> &mut Entry<'a> {
        let at = *self.by_key.entry(key).or_insert_with(|| {
            self.conditions += usize::from(form != Form::Group);
            self.list.push(Entry {
                key,
                form,
                first,
                path: None,
                operator: None,
                values: Values::default(),
                conjunction: None,
                member_of: None,
            });
            self.list.len() - 1
        });
        &mut self.list[at]
    }

    /// The members of the root group.
    pub(super) fn into_filters(self, errors: &mut Errors) -> Vec<Filter> {
        groups::arrange(&self.list, &self.by_key, errors)
    }
}

impl<'a> Entry<'a> {
    fn set(&mut self, words: &[&'a str], parameter: &Parameter<'a>) -> Result<(), ErrorObject> {
        let given = Some(Given { value: parameter.value, parameter: parameter.name });
        match (self.form, words) {
            (Form::Group, ["conjunction"]) => self.conjunction = given,
            (_, ["memberOf"]) => self.member_of = given,
            (Form::Short | Form::Long, ["path"]) => self.path = given,
            (Form::Short | Form::Long, ["operator"]) => self.operator = given,
            (Form::Short | Form::Long, ["value", index @ ..]) => return self.values.add(index, parameter),
            (Form::Group, _) => return Err(unknown_part(parameter, &GROUP_WORDS)),
            _ => return Err(unknown_part(parameter, &CONDITION_WORDS)),
        }
        Ok(())
    }
}

fn unknown_part(parameter: &Parameter<'_>, words: &[&'static str]) -> ErrorObject {
    let last = parameter.parts.last().copied().unwrap_or_default();
    let detail = match suggest(last, words.iter().copied()) {
        Some(known) if known != last => format!("There is no `[{last}]` here. Did you mean `[{known}]`?"),
        _ => format!("`{}` is of no known form; there can be [{}].", parameter.name, words.join("], [")),
    };
    error(&INVALID_FILTER, parameter.name, detail)
}
