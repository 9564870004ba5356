//! Query strings: parsing never fails otherwise than with errors the caller can act on, serializing again loses
//! nothing, and a pagination link asks for another page and for nothing else.

use std::collections::HashSet;
use std::time::Duration;

use cpu_time::ThreadTime;
use docent_jsonapi::error::{self, ErrorObject, Source};
use docent_jsonapi::filter::{self, Condition, Filter, Operator};
use docent_jsonapi::media_type::Applied;
use docent_jsonapi::query::{self, PageParameters, PageStyle, Query, QueryLimits, replace_page, self_query};
use docent_jsonapi::{cursor, name};

/// Far above what 8 KiB take, far below what a quadratic step makes of them.
const TIME_MAX: Duration = Duration::from_millis(100);
const ERRORS_MAX: usize = 50;
/// The deepest tree that [`filter::MAX_DEPTH`] groups can make: an index and what it combines are a level each.
const TREE_DEPTH_MAX: usize = 2 * filter::MAX_DEPTH + 2;

/// Checks one query string.
pub fn check(data: &[u8]) {
    let raw = String::from_utf8_lossy(data);
    let limits = QueryLimits::default();
    let begun = ThreadTime::now();
    let parsed = query::parse(&raw, &limits);
    let spent = begun.elapsed();
    assert!(spent < TIME_MAX, "parsing {} bytes took {spent:?}", raw.len());

    let names: HashSet<String> =
        form_urlencoded::parse(raw.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    match &parsed {
        Ok(query) => check_query(query, &limits, &names),
        Err(errors) => check_errors(errors, &names, raw.len()),
    }

    let rewritten = self_query(&raw);
    assert!(rewritten.bytes().all(stands_in_links), "{rewritten:?}");
    assert_eq!(self_query(&rewritten), rewritten, "serializing twice");
    assert_eq!(query::parse(&rewritten, &limits), parsed, "{rewritten:?} means something else");
    check_pages(&raw, parsed.ok().as_ref(), &limits);
    check_cursor(&raw);
}

fn stands_in_links(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"*-._%+=&".contains(&byte)
}

fn check_errors(errors: &[ErrorObject], names: &HashSet<String>, length: usize) {
    assert!(!errors.is_empty() && errors.len() <= ERRORS_MAX, "{} errors", errors.len());
    for error in errors {
        assert_eq!(error.kind.status, 400, "{error:?}");
        let Some(Source::Parameter(parameter)) = &error.source else { panic!("no parameter: {error:?}") };
        assert!(names.contains(parameter), "not a parameter of the request: {error:?}");
        let known = [query::KINDS, filter::KINDS, cursor::KINDS].concat();
        assert!(known.contains(&error.kind), "not in a list of kinds: {error:?}");
        assert!(!error.detail.is_empty());
    }
    let mut document = Vec::new();
    error::write_document(&mut document, "1", errors, &Applied::default());
    let value = crate::json::parse(&document);
    assert_eq!(value["errors"].as_array().map(Vec::len), Some(errors.len()));
    // A short request cannot have a very long answer.
    assert!(document.len() < 32 * 1024 + 12 * length, "{length} bytes are answered by {}", document.len());
}

fn check_query(query: &Query, limits: &QueryLimits, names: &HashSet<String>) {
    if let Some(paths) = &query.include {
        assert!(paths.len() <= limits.include_paths);
        for (index, path) in paths.iter().enumerate() {
            assert!((1..=limits.include_depth).contains(&path.segments.len()));
            assert!(path.segments.iter().all(|segment| name::is_member_name(segment)), "{path:?}");
            assert!(!paths[..index].contains(path), "{path:?} twice");
        }
    }
    if let Some(fields) = &query.sort {
        assert!(!fields.is_empty());
        assert!(fields.iter().all(|field| field.path.iter().all(|name| name::is_member_name(name))));
    }
    for fieldset in &query.fields {
        assert!(names.contains(&fieldset.parameter), "{fieldset:?}");
        assert!(name::is_member_name(&fieldset.type_name), "{fieldset:?}");
    }
    check_page(&query.page, query, limits, names);
    if let Some(filter) = &query.filter {
        let conditions = filter.conditions();
        assert!((1..=limits.filter_conditions).contains(&conditions.len()));
        for condition in conditions {
            check_condition(condition, names);
        }
        check_tree(filter, TREE_DEPTH_MAX);
    }
}

fn check_page(page: &PageParameters, query: &Query, limits: &QueryLimits, names: &HashSet<String>) {
    let sizes = 1..=limits.page_size_max;
    let size = match &page.style {
        PageStyle::None => None,
        PageStyle::Offset { limit, .. } => *limit,
        PageStyle::Number { number, size } => {
            assert!(*number > 0);
            *size
        }
        PageStyle::Cursor { size, after, before } => {
            assert!(size.is_some() || after.is_some() || before.is_some());
            assert!(after.iter().chain(before).all(|cursor| !cursor.is_empty()));
            *size
        }
    };
    assert!(size.is_none_or(|size| sizes.contains(&size)), "{page:?}");
    for included in &page.included {
        assert!(sizes.contains(&included.limit) && names.contains(&included.parameter), "{included:?}");
        let mut paths = query.include.iter().flatten();
        assert!(paths.any(|path| path.segments.starts_with(&included.path)), "{included:?}");
    }
}

fn check_condition(condition: &Condition, names: &HashSet<String>) {
    assert!(!condition.path.is_empty() && !condition.path.iter().any(String::is_empty), "{condition:?}");
    let parameters =
        [condition.parameter.as_str(), &condition.path_parameter(), &condition.operator_parameter()];
    for parameter in parameters {
        assert!(names.contains(parameter), "no parameter {parameter:?}: {condition:?}");
    }
    let count = condition.values.len();
    let fits = match condition.operator {
        Operator::Null | Operator::NotNull => count == 0,
        Operator::Between | Operator::NotBetween => count == 2,
        Operator::In | Operator::NotIn => count > 0,
        _ => count == 1,
    };
    assert!(fits, "{condition:?}");
}

fn check_tree(filter: &Filter, depth_left: usize) {
    assert!(depth_left > 0, "too deep");
    match filter {
        Filter::All(members) | Filter::Any(members) => {
            assert!(members.len() > 1, "a group of {}", members.len());
            for member in members {
                check_tree(member, depth_left - 1);
            }
        }
        Filter::Not(inner) => check_tree(inner, depth_left - 1),
        Filter::Condition(_) => {}
    }
}

fn check_pages(raw: &str, parsed: Option<&Query>, limits: &QueryLimits) {
    let size = Some(10);
    let styles: [(&[(&str, &str)], PageStyle); 3] = [
        (&[("limit", "10"), ("offset", "20")], PageStyle::Offset { limit: size, offset: 20 }),
        (&[("number", "3"), ("size", "10")], PageStyle::Number { number: 3, size }),
        (
            &[("size", "10"), ("after", "[&=%+ü")],
            PageStyle::Cursor { size, after: Some("[&=%+ü".to_owned()), before: None },
        ),
    ];
    for (page, style) in styles {
        let link = replace_page(raw, page);
        assert!(link.bytes().all(stands_in_links), "{link:?}");
        assert_eq!(replace_page(&link, page), link, "asking for the same page twice");
        let Some(parsed) = parsed else { continue };
        let mut expected = parsed.clone();
        expected.page.style = style;
        assert_eq!(query::parse(&link, limits).as_ref(), Ok(&expected), "{link:?}");
    }
}

/// A text that is taken for a cursor is one that was given out.
fn check_cursor(raw: &str) {
    if let Some(bytes) = cursor::decode(raw) {
        assert_eq!(cursor::encode(&bytes), raw);
    }
    assert_eq!(cursor::decode(&cursor::encode(raw.as_bytes())).as_deref(), Some(raw.as_bytes()));
}
