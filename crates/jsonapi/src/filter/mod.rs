//! Filters: two grammars, one tree.
//!
//! The native grammar writes a condition as `filter[path]=value` or `filter[path][operator]=value` and groups as
//! `filter[or][0][…]`, `filter[and][0][…]` and `filter[not][…]`. Drupal's grammar names each condition and group and
//! lets them refer to each other with `memberOf`. Both may appear in one query; everything at the top is combined by
//! "and". The family is read by [`query::parse`](crate::query::parse); what paths and values mean is for whoever knows
//! the types.
//!
//! ```
//! use docent_jsonapi::filter::{Filter, Operator};
//! use docent_jsonapi::query::{QueryLimits, parse};
//!
//! let native = "filter[year][gte]=2000";
//! let drupal = "filter[x][condition][path]=year&filter[x][condition][operator]=>%3D&filter[x][condition][value]=2000";
//! for query in [native, drupal] {
//!     let query = parse(query, &QueryLimits::default()).unwrap();
//!     let Some(Filter::Condition(condition)) = query.filter else { panic!("one condition makes no group") };
//!     assert_eq!(condition.path, ["year"]);
//!     assert_eq!(condition.operator, Operator::GreaterOrEqual);
//!     assert_eq!(condition.values, ["2000"]);
//! }
//! ```

mod drupal;
mod errors;
mod native;
mod operator;
#[cfg(test)]
mod tests;
mod tree;

use crate::name::{is_member_name, parts_where};
use crate::query::{Errors, Parameter, QueryLimits};

pub use errors::{
    FILTER_TOO_DEEP, INVALID_FILTER, INVALID_FILTER_GROUP, INVALID_FILTER_VALUE, KINDS,
    TOO_MANY_FILTER_CONDITIONS, UNKNOWN_FILTER_OPERATOR,
};
pub use operator::{Operator, split_list};
pub use tree::{Condition, Filter};

/// Groups inside each other at most, in either grammar.
pub const MAX_DEPTH: usize = 16;

/// The parts of a parameter of the family. In addition to what any family may have, a step of a path may be
/// `entity:TYPE`, by which Drupal picks one of the types a reference can lead to.
pub(crate) fn parts(name: &str) -> Option<(&str, Vec<&str>)> {
    let is_step = |step: &str| is_member_name(step.strip_prefix("entity:").unwrap_or(step));
    parts_where(name, |part| part.split('.').all(is_step))
}

/// Reads the whole family into one tree.
pub(crate) fn read(
    parameters: &[Parameter<'_>],
    limits: &QueryLimits,
    errors: &mut Errors,
) -> Option<Filter> {
    if parameters.is_empty() {
        return None;
    }
    let before = errors.count();
    let mut native = native::Group::default();
    let mut drupal = drupal::Entries::default();
    for parameter in parameters {
        let result =
            if drupal::is_drupal(&parameter.parts) { drupal.add(parameter) } else { native.add(parameter) };
        if let Err(error) = result {
            errors.push(error);
        }
        let conditions = native.conditions() + drupal.conditions();
        if conditions.max(drupal.groups()) > limits.filter_conditions {
            let what = if conditions > limits.filter_conditions { "conditions" } else { "groups" };
            errors.push(errors::too_many(what, parameter.name, limits.filter_conditions));
            return None;
        }
    }
    let mut filters = native.into_filters();
    if !drupal.is_empty() {
        filters.extend(drupal.into_filters(errors));
    }
    if errors.count() > before { None } else { Some(tree::all(filters)) }
}
