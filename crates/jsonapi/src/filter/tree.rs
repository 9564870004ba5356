//! The tree both grammars are read into.

use std::borrow::Cow;

use super::Operator;

/// A filter: a condition, or conditions combined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All of them hold. Never empty, if read from a query.
    All(Vec<Filter>),
    /// At least one holds. Never empty, if read from a query.
    Any(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// A single condition.
    Condition(Condition),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Names of relationships, then of a field. A path of Drupal's grammar may have names that are no member
    /// names, and are thus unknown to anybody else.
    pub path: Vec<String>,
    /// How to compare.
    pub operator: Operator,
    /// What to compare with, as text: none for [`Operator::Null`] and [`Operator::NotNull`], two for ranges, at least one
    /// for lists, otherwise one.
    pub values: Vec<String>,
    /// The parameter that gives the value, for errors; without a value the one that gives the operator.
    pub parameter: String,
}

impl Filter {
    /// All conditions in the tree, in order.
    ///
    /// ```
    /// use docent_jsonapi::query::{QueryLimits, parse};
    ///
    /// let query = parse("filter[or][0][a]=1&filter[or][1][not][b]=2", &QueryLimits::default()).unwrap();
    /// let filter = query.filter.unwrap();
    /// let paths: Vec<_> = filter.conditions().into_iter().map(|condition| condition.path.join(".")).collect();
    /// assert_eq!(paths, ["a", "b"]);
    /// ```
    pub fn conditions(&self) -> Vec<&Condition> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'a>(&'a self, found: &mut Vec<&'a Condition>) {
        match self {
            Self::All(members) | Self::Any(members) => {
                for member in members {
                    member.collect(found);
                }
            }
            Self::Not(inner) => inner.collect(found),
            Self::Condition(condition) => found.push(condition),
        }
    }
}

impl Condition {
    /// The parameter that gives the path, for errors. It is the same as [`parameter`](Self::parameter) in the native
    /// grammar, and often another one in Drupal's.
    ///
    /// ```
    /// use docent_jsonapi::query::{QueryLimits, parse};
    ///
    /// let raw = "filter[x][condition][path]=nope&filter[x][condition][value]=1";
    /// let filter = parse(raw, &QueryLimits::default()).unwrap().filter.unwrap();
    /// assert_eq!(filter.conditions()[0].parameter, "filter[x][condition][value]");
    /// assert_eq!(filter.conditions()[0].path_parameter(), "filter[x][condition][path]");
    /// ```
    pub fn path_parameter(&self) -> Cow<'_, str> {
        match self.drupal_key() {
            Some((key, true)) => Cow::Owned(format!("filter[{key}][condition][path]")),
            Some((key, false)) if key != self.path.join(".") => Cow::Owned(format!("filter[{key}][path]")),
            _ => Cow::Borrowed(&self.parameter),
        }
    }

    /// The parameter that gives the operator, for errors; see [`path_parameter`](Self::path_parameter). A condition of
    /// Drupal's grammar that names no operator means [`Operator::Equal`], and is known by its value.
    pub fn operator_parameter(&self) -> Cow<'_, str> {
        match self.drupal_key() {
            Some(_) if self.operator == Operator::Equal => Cow::Borrowed(&self.parameter),
            Some((key, true)) => Cow::Owned(format!("filter[{key}][condition][operator]")),
            Some((key, false)) => Cow::Owned(format!("filter[{key}][operator]")),
            None => Cow::Borrowed(&self.parameter),
        }
    }

    /// The key of a condition in Drupal's grammar, and whether it is written in the long form.
    fn drupal_key(&self) -> Option<(&str, bool)> {
        let (_, parts) = super::parts(&self.parameter)?;
        match parts.as_slice() {
            [key, "condition", "value" | "operator", ..] => Some((key, true)),
            [key, "value" | "operator", ..] if *key != "not" => Some((key, false)),
            _ => None,
        }
    }
}

/// All of the filters; a single one stands for itself.
pub(super) fn all(filters: Vec<Filter>) -> Filter {
    single(filters).unwrap_or_else(Filter::All)
}

/// Any of the filters; a single one stands for itself.
pub(super) fn any(filters: Vec<Filter>) -> Filter {
    single(filters).unwrap_or_else(Filter::Any)
}

fn single(mut filters: Vec<Filter>) -> Result<Filter, Vec<Filter>> {
    match filters.pop() {
        Some(only) if filters.is_empty() => Ok(only),
        Some(last) => {
            filters.push(last);
            Err(filters)
        }
        None => Err(filters),
    }
}
