//! Collections of configuration: filtered, sorted and cut into pages in memory.
//!
//! The meaning is that of Drupal's queries on configuration: case never counts, values are compared as PHP compares
//! them, a `*` in a path stands for every key.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::filter::{self, Group, Member};
use super::number::leading;
use super::page::Page;
use super::parameters::Parameters;
use super::path::resolve_config;
use super::sort::{self, SortField};
use super::test::{Operator, Test};
use crate::error::Refusal;
use crate::php::Php;
use crate::site::{EntityTypeIndex, ResourceTypeIndex, Site};

/// A page of a collection of configuration.
#[derive(Debug)]
pub struct ConfigQuery {
    /// The page.
    pub page: Page,
    entity_type: EntityTypeIndex,
    filter: Option<Group<String>>,
    sort: Vec<(SortField, String)>,
}

impl ConfigQuery {
    /// Reads `filter`, `sort` and `page` of a request for a type of configuration.
    pub fn read(
        site: &Site,
        resource_type: ResourceTypeIndex,
        parameters: &Parameters,
    ) -> Result<Self, Refusal> {
        let filter = filter::read(parameters, |given, _| resolve_config(site, resource_type, given))?;
        if let Some(filter) = &filter {
            check(filter)?;
        }
        let sort = sort::read(parameters)?;
        let page = Page::read(parameters)?;
        let resolved = sort.into_iter().map(|field| {
            let path = resolve_config(site, resource_type, &field.path)?;
            Ok((field, path))
        });
        let entity_type = site[resource_type].entity_type;
        Ok(Self { page, entity_type, filter, sort: resolved.collect::<Result<_, Refusal>>()? })
    }

    /// The names of what is on the page, in order, and whether there is a page after it. Configuration counts as it is
    /// in the language given.
    pub fn run(&self, site: &Site, langcode: &str) -> (Vec<String>, bool) {
        let all = site.config_entities(self.entity_type);
        let all: Vec<(&str, Cow<'_, Php>)> =
            all.map(|(name, value)| (name, site.config_in(langcode, name, value))).collect();
        let records: Vec<(&str, &Php)> = all.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        let mut found = self.matching(&records);
        let limit = usize::try_from(self.page.limit).unwrap_or(usize::MAX);
        let has_more = found.len() > limit;
        found.truncate(limit);
        (found.into_iter().map(str::to_owned).collect(), has_more)
    }

    /// Which of these are on the page, and one more if there is a page after it. They are given in the order of their
    /// names.
    fn matching<'r>(&self, records: &[(&'r str, &'r Php)]) -> Vec<&'r str> {
        let all: Vec<usize> = (0..records.len()).collect();
        let mut found = match &self.filter {
            None => all,
            Some(filter) => matching(filter, records),
        };
        // Each order is laid over the one before, so that the last counts most.
        for (field, path) in &self.sort {
            found.sort_by(|left, right| {
                compare(value_at(records[*left].1, path), value_at(records[*right].1, path))
            });
            if field.by_largest {
                found.reverse();
            }
        }
        let offset = usize::try_from(self.page.offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(self.page.limit).unwrap_or(usize::MAX).saturating_add(1);
        found.into_iter().skip(offset).take(limit).map(|index| records[index].0).collect()
    }
}

/// Refuses what such queries know nothing of.
fn check(group: &Group<String>) -> Result<(), Refusal> {
    for member in &group.members {
        match member {
            Member::Condition { test, .. }
                if matches!(test.operator, Operator::Between | Operator::NotBetween) =>
            {
                return Err(Refusal::bad_request("Invalid condition operator."));
            }
            Member::Condition { .. } => {}
            Member::Group(group) => check(group)?,
        }
    }
    Ok(())
}

/// Which records a group leaves. Those that satisfy single conditions come before those that satisfy groups within.
fn matching(group: &Group<String>, records: &[(&str, &Php)]) -> Vec<usize> {
    let mut singles = Vec::new();
    let mut groups = Vec::new();
    for member in &group.members {
        match member {
            Member::Condition { path, test } => {
                singles.push((path.split('.').collect::<Vec<_>>(), lowercase(test)));
            }
            Member::Group(group) => groups.push(group),
        }
    }
    let holds = |index: &usize| {
        let mut conditions = singles.iter().map(|(path, test)| matches_at(records[*index].1, path, test));
        if group.any { conditions.any(|holds| holds) } else { conditions.all(|holds| holds) }
    };
    let mut found: Vec<usize> = (0..records.len()).filter(holds).collect();
    for inner in groups {
        let matched = matching(inner, records);
        if group.any {
            let others: Vec<usize> = matched.into_iter().filter(|index| !found.contains(index)).collect();
            found.extend(others);
        } else {
            found.retain(|index| matched.contains(index));
        }
    }
    found
}

fn lowercase(test: &Test) -> Test {
    Test { operator: test.operator, values: test.values.iter().map(|value| value.to_lowercase()).collect() }
}

fn matches_at(data: &Php, path: &[&str], test: &Test) -> bool {
    let Some((name, rest)) = path.split_first() else { return false };
    let holds = |value: Option<&Php>| {
        let value = value.filter(|value| **value != Php::Null);
        if rest.is_empty() {
            return matches(value, test);
        }
        value.is_some_and(|value| matches!(value, Php::Array(_)) && matches_at(value, rest, test))
    };
    if *name == "*" { data.values().any(|value| holds(Some(value))) } else { holds(member(data, name)) }
}

/// The member of that name, which may be a number.
fn member<'p>(data: &'p Php, name: &str) -> Option<&'p Php> {
    data.entries().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn matches(value: Option<&Php>, test: &Test) -> bool {
    match test.operator {
        Operator::IsNull => return value.is_none(),
        Operator::IsNotNull => return value.is_some(),
        _ => {}
    }
    let Some(scalar) = value.and_then(Scalar::of) else { return false };
    let first = test.values.first().map(String::as_str).unwrap_or_default();
    let ordering = scalar.compare(first);
    match test.operator {
        Operator::Equal => ordering == Ordering::Equal,
        Operator::NotEqual => ordering != Ordering::Equal,
        Operator::Greater => ordering == Ordering::Greater,
        Operator::GreaterOrEqual => ordering != Ordering::Less,
        Operator::Less => ordering == Ordering::Less,
        Operator::LessOrEqual => ordering != Ordering::Greater,
        Operator::In => test.values.iter().any(|known| scalar.compare(known) == Ordering::Equal),
        Operator::NotIn => test.values.iter().all(|known| scalar.compare(known) != Ordering::Equal),
        Operator::Starts => scalar.text().starts_with(first),
        Operator::Contains => scalar.text().contains(first),
        Operator::Ends => scalar.text().ends_with(first),
        Operator::Between | Operator::NotBetween | Operator::IsNull | Operator::IsNotNull => false,
    }
}

/// A value that is neither missing nor a list; texts in lower case.
enum Scalar {
    Bool(bool),
    Text(String),
}

impl Scalar {
    fn of(value: &Php) -> Option<Self> {
        Some(match value {
            Php::Bool(value) => Scalar::Bool(*value),
            Php::Integer(number) => Scalar::Text(number.to_string()),
            Php::Float(number) => Scalar::Text(number.to_string()),
            Php::Text(bytes) => Scalar::Text(String::from_utf8_lossy(bytes).to_lowercase()),
            Php::Null | Php::Array(_) | Php::Object { .. } => return None,
        })
    }

    fn text(&self) -> &str {
        match self {
            Scalar::Bool(value) => {
                if *value {
                    "1"
                } else {
                    ""
                }
            }
            Scalar::Text(text) => text,
        }
    }

    fn compare(&self, other: &str) -> Ordering {
        match self {
            Scalar::Bool(value) => value.cmp(&!matches!(other, "" | "0")),
            Scalar::Text(text) => compare_texts(text, other),
        }
    }
}

/// As PHP compares texts: by their numbers if both are numbers.
fn compare_texts(left: &str, right: &str) -> Ordering {
    let (left_number, right_number) = (leading(left), leading(right));
    match (left_number.number, right_number.number) {
        (Some(one), Some(other)) if left_number.is_all && right_number.is_all => {
            one.partial_cmp(&other).unwrap_or(Ordering::Equal)
        }
        _ => left.cmp(right),
    }
}

fn value_at<'p>(data: &'p Php, path: &str) -> Option<&'p Php> {
    path.split('.').try_fold(data, member).filter(|value| **value != Php::Null)
}

/// As PHP orders values, case and all.
fn compare(left: Option<&Php>, right: Option<&Php>) -> Ordering {
    let is_bool = |value: Option<&Php>| matches!(value, Some(Php::Bool(_)));
    if is_bool(left) || is_bool(right) {
        let truth = |value: Option<&Php>| value.is_some_and(Php::as_bool);
        return truth(left).cmp(&truth(right));
    }
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, Some(value)) => compare_with_nothing(value).reverse(),
        (Some(value), None) => compare_with_nothing(value),
        (Some(Php::Array(left)), Some(Php::Array(right))) => left.len().cmp(&right.len()),
        (Some(Php::Array(_)), Some(_)) => Ordering::Greater,
        (Some(_), Some(Php::Array(_))) => Ordering::Less,
        (Some(left), Some(right)) => compare_texts(&text_of(left), &text_of(right)),
    }
}

fn compare_with_nothing(value: &Php) -> Ordering {
    match value {
        Php::Text(text) if text.is_empty() => Ordering::Equal,
        Php::Text(_) => Ordering::Greater,
        value => value.as_bool().cmp(&false),
    }
}

fn text_of(value: &Php) -> String {
    match value {
        Php::Integer(number) => number.to_string(),
        Php::Float(number) => number.to_string(),
        Php::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}
