//! Query parameters: the families `include`, `fields`, `sort`, `page` and `filter`, read without knowing any schema.
//!
//! [`parse`] decides everything that can be decided from the text alone and reports all problems together. Whether the
//! names in a [`Query`] exist is for whoever knows the types. The grammar of `filter` has its own
//! [module](crate::filter).

mod errors;
mod lists;
mod page;
mod rewrite;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::error::{ErrorObject, suggest};
use crate::filter::{self, Filter};
use crate::name::parameter_parts;

pub use errors::{
    INCLUDE_TOO_DEEP, INVALID_INCLUDE, INVALID_PAGE, INVALID_PARAMETER_NAME, INVALID_SORT, KINDS,
    MAX_SIZE_EXCEEDED, MAX_SIZE_EXCEEDED_TYPE, MIXED_PAGE_STYLES, PAGE_NOT_INCLUDED, REPEATED_PARAMETER,
    TOO_MANY_INCLUDE_PATHS, TOO_MANY_SORT_FIELDS, UNKNOWN_PARAMETER,
};
pub use page::{IncludedPage, PageParameters, PageStyle};
pub use rewrite::{replace_page, self_query};

/// Errors reported for one query at most: an answer must not be many times the size of its request.
pub const MAX_ERRORS: usize = 50;

/// Different fields in `sort` at most; rows that agree in so many are hardly told apart by one more.
pub const MAX_SORT_FIELDS: usize = 32;

/// What the query parameters ask for. The default asks for nothing in particular.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Paths of `include`; `Some` and empty for an empty value, which asks for no included resources (INC-07).
    pub include: Option<Vec<IncludePath>>,
    /// Each `fields[TYPE]`.
    pub fields: Vec<SparseFieldset>,
    /// Fields of `sort`, the most significant first; never empty.
    pub sort: Option<Vec<SortField>>,
    /// Everything of the `page` family.
    pub page: PageParameters,
    /// All filters as one tree.
    pub filter: Option<Filter>,
}

/// One path of `include`; a path given twice is kept once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncludePath {
    /// Names of relationships, from the primary data on.
    pub segments: Vec<String>,
}

/// One `fields[TYPE]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SparseFieldset {
    /// The type it is about.
    pub type_name: String,
    /// The names as given, legal or not; empty for an empty value, which asks for no fields (FIELDS-03).
    pub names: Vec<String>,
    /// The parameter's name, for errors.
    pub parameter: String,
}

/// One field of `sort`; of fields that repeat a path only the first is kept, since the others order nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortField {
    /// Names of relationships, then of an attribute.
    pub path: Vec<String>,
    /// Whether a `-` stood in front.
    pub descending: bool,
}

/// How much a query may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryLimits {
    /// Relationships in one path of `include`.
    pub include_depth: usize,
    /// Paths in `include`.
    pub include_paths: usize,
    /// Conditions in all filters together; and named groups, of Drupal's grammar, too.
    pub filter_conditions: usize,
    /// Size of a page.
    pub page_size_max: u64,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self { include_depth: 6, include_paths: 32, filter_conditions: 64, page_size_max: 500 }
    }
}

/// One parameter, decoded, with a name some family can have.
#[derive(Debug)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    /// What stands in the brackets.
    pub(crate) parts: Vec<&'a str>,
    pub(crate) value: &'a str,
}

/// Reads a query string, given without its `?` and still encoded (QUERY-01).
///
/// All problems are found, up to a generous number, and each error names its parameter decoded (QUERY-11).
///
/// ```
/// use docent_jsonapi::error::Source;
/// use docent_jsonapi::query::{Query, QueryLimits, parse};
///
/// let limits = QueryLimits::default();
/// assert_eq!(parse("", &limits), Ok(Query::default()));
///
/// let query = parse("fields%5Barticles%5D=title,author", &limits).unwrap();
/// assert_eq!(query.fields[0].type_name, "articles");
/// assert_eq!(query.fields[0].names, ["title", "author"]);
///
/// let errors = parse("page%5Bnope%5D=1", &limits).unwrap_err();
/// assert_eq!(errors[0].source, Some(Source::Parameter("page[nope]".to_owned())));
/// ```
pub fn parse(raw: &str, limits: &QueryLimits) -> Result<Query, Vec<ErrorObject>> {
    if raw.is_empty() {
        return Ok(Query::default());
    }
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(raw.as_bytes()).collect();
    let mut errors = Errors::default();
    let repeated = repeated(&pairs, &mut errors);
    let mut query = Query::default();
    let mut pages = Vec::new();
    let mut filters = Vec::new();
    for (index, (name, value)) in pairs.iter().enumerate() {
        if repeated.get(index).copied().unwrap_or(false) {
            continue;
        }
        let parts = if name.starts_with("filter[") { filter::parts(name) } else { parameter_parts(name) };
        let Some((base, parts)) = parts else {
            errors.push(invalid_name(name));
            continue;
        };
        let parameter = Parameter { name, parts, value };
        match (base, parameter.parts.as_slice()) {
            ("include", []) => query.include = Some(lists::include(value, limits, &mut errors)),
            ("sort", []) => query.sort = lists::sort(value, &mut errors),
            ("fields", [type_name]) if !type_name.is_empty() && !type_name.contains('.') => {
                query.fields.push(lists::fieldset(name, type_name, value));
            }
            ("page", [_, ..]) => pages.push(parameter),
            ("filter", [_, ..]) => filters.push(parameter),
            _ => errors.push(unknown(base, name)),
        }
    }
    query.page = page::read(&pages, query.include.as_deref(), limits, &mut errors);
    query.filter = filter::read(&filters, limits, &mut errors);
    if errors.list.is_empty() { Ok(query) } else { Err(errors.list) }
}

/// Finds parameters that repeat an earlier one, and reports each name once.
fn repeated(pairs: &[(Cow<'_, str>, Cow<'_, str>)], errors: &mut Errors) -> Vec<bool> {
    if pairs.len() < 2 {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|left, right| pairs[*left].0.cmp(&pairs[*right].0));
    let mut found = vec![false; pairs.len()];
    let mut last_reported = None;
    for window in order.windows(2) {
        let name = pairs[window[1]].0.as_ref();
        if pairs[window[0]].0 != name || name.ends_with("[]") {
            continue;
        }
        found[window[1]] = true;
        if last_reported.replace(name) != Some(name) {
            let detail = format!("`{name}` is given more than once.");
            errors.push(ErrorObject::new(&REPEATED_PARAMETER, detail).with_parameter(name));
        }
    }
    found
}

fn invalid_name(name: &str) -> ErrorObject {
    let detail = format!("`{name}` cannot be the name of a query parameter.");
    ErrorObject::new(&INVALID_PARAMETER_NAME, detail).with_parameter(name)
}

/// The refusal of a parameter with a legal name, in words that fit the family it resembles.
pub(crate) fn unknown(base: &str, name: &str) -> ErrorObject {
    let hint = match base {
        "include" | "sort" => format!("`{base}` takes nothing in brackets."),
        "fields" => "Sparse fieldsets are given per type, as `fields[TYPE]`.".to_owned(),
        "page" => "Pages are asked for as `page[limit]`, `page[offset]`, `page[number]`, `page[size]`, `page[after]`, \
                   `page[before]`, `page[count]` or `page[PATH][limit]`."
            .to_owned(),
        "filter" => "Filters are given as `filter[PATH]`, `filter[PATH][OPERATOR]` or in groups.".to_owned(),
        _ => match suggest(base, ["include", "fields", "sort", "page", "filter"].into_iter()) {
            Some(known) => format!("Did you mean `{known}`?"),
            None => "The parameters are `include`, `fields`, `sort`, `page` and `filter`.".to_owned(),
        },
    };
    ErrorObject::new(&UNKNOWN_PARAMETER, format!("There is no parameter `{name}`. {hint}"))
        .with_parameter(name)
}

/// The errors of one query, up to a maximum.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    list: Vec<ErrorObject>,
    /// Counts the errors that are not kept, too.
    count: usize,
}

impl Errors {
    pub(crate) fn push(&mut self, error: ErrorObject) {
        self.count += 1;
        if self.list.len() < MAX_ERRORS {
            self.list.push(error);
        }
    }

    pub(crate) const fn count(&self) -> usize {
        self.count
    }
}
