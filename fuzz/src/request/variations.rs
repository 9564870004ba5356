//! What the same request says when it is asked a little otherwise.

use docent_jsonapi::query::PageStyle;

use super::document::{Document, Identity};
use super::follow::follow;
use super::service::{Asked, BASE_URL, href, service};

/// Pages walked at most.
const WALK_MAX: usize = 40;
/// The largest page.
const ALL: u64 = 500;

/// Sparse fieldsets change what is shown of a resource, never which resources are there.
pub(super) fn check_fields(document: &Document<'_>) {
    if document.query.fields.is_empty() {
        return;
    }
    let Some(whole) = identities(document, |name| !name.starts_with("fields[")) else {
        panic!("no answer without fields")
    };
    assert_eq!(whole, shown(document), "with and without fields");
}

/// Included resources come besides the primary data, which is the same without them.
pub(super) fn check_include(document: &Document<'_>) {
    if document.query.include.is_none() {
        return;
    }
    let Some((data, _)) = identities(document, |name| name != "include" && !is_of_included(name)) else {
        panic!("no answer without include")
    };
    assert_eq!(data, document.identities(), "with and without include");
}

/// A resource satisfies a filter or its opposite: both together select everything.
pub(super) fn check_complement(document: &Document<'_>) {
    const DRUPAL: [&str; 6] = ["path", "operator", "value", "memberOf", "condition", "group"];
    let mut plain = String::new();
    let mut negated = String::new();
    for (name, value) in form_urlencoded::parse(document.asked.query.as_bytes()) {
        let Some(rest) = name.strip_prefix("filter[") else { continue };
        if DRUPAL.iter().any(|word| rest.contains(&format!("[{word}]"))) {
            return;
        }
        push_pair(&mut plain, &name, &value);
        push_pair(&mut negated, &format!("filter[not][{rest}"), &value);
    }
    if plain.is_empty() {
        return;
    }
    // One more group can be one too many.
    let (some, others, all) = (count(document, &plain), count(document, &negated), count(document, ""));
    let sum = some.zip(others).map(|(some, others)| some + others);
    let path = document.asked.path;
    assert!(sum.is_none() || sum == all, "{some:?} and {others:?} of {all:?}: {BASE_URL}{path}?{plain}");
}

/// In each style, the pages one behind the other are the list, and so they are from behind; the count is their number.
pub(super) fn check_walk(document: &Document<'_>, choice: u64) {
    let mut list = String::new();
    for (name, value) in form_urlencoded::parse(document.asked.query.as_bytes()) {
        if name == "sort" || name.starts_with("filter[") {
            push_pair(&mut list, &name, &value);
        }
    }
    let path = document.asked.path;
    let whole = format!("{BASE_URL}{path}?{list}page%5Blimit%5D={ALL}");
    let whole = follow(&whole, None);
    let all = whole.identities();
    let size = match &document.query.page.style {
        PageStyle::Offset { limit: size, .. }
        | PageStyle::Number { size, .. }
        | PageStyle::Cursor { size, .. } => *size,
        PageStyle::None => None,
    };
    let size = size.unwrap_or(7);
    if whole.value["links"].get("next").is_some() || all.len() as u64 / size > WALK_MAX as u64 {
        return;
    }
    assert_eq!(count(document, &list), Some(all.len() as u64));
    let start = match choice % 4 {
        0 => format!("page%5Blimit%5D={size}"),
        1 => format!("page%5Bnumber%5D=1&page%5Bsize%5D={size}"),
        _ => format!("page%5Bsize%5D={size}"),
    };
    let start = format!("{BASE_URL}{path}?{list}{start}");
    let (forward, end) = walk(start, "next");
    assert_eq!(forward, all, "pages of {size}, forward: {path}?{list}");
    let (mut backward, _) = walk(end, "prev");
    // Each page is in the order of the list; the pages came in the opposite order.
    backward.sort_by_key(|one| all.iter().position(|known| known == one));
    assert_eq!(backward, all, "pages of {size}, backward: {path}?{list}");
}

/// All identities from page to page, and the link to the last page.
fn walk(start: String, direction: &str) -> (Vec<Identity>, String) {
    let mut found = Vec::new();
    let mut link = start;
    for _ in 0..=WALK_MAX {
        let page = follow(&link, None);
        found.extend(page.identities());
        let Some(next) = href(&page.value["links"][direction]).map(str::to_owned) else {
            return (found, link);
        };
        link = next;
    }
    panic!("the pages do not end: {link}")
}

/// How many resources the document's list has with this filter; `None` if it is refused.
fn count(document: &Document<'_>, filter: &str) -> Option<u64> {
    let query = format!("{filter}page%5Bcount%5D=true&page%5Blimit%5D=1");
    let asked = Asked { query: &query, accept: None, content_type: None, ..document.asked };
    let response = service().answer(asked);
    let document = (response.status == 200).then(|| crate::json::parse(&response.body.concat()))?;
    Some(document["meta"]["count"].as_u64().expect("a count"))
}

/// Primary data and included resources of the same request with some of its parameters only.
fn identities(
    document: &Document<'_>,
    keeps: impl Fn(&str) -> bool,
) -> Option<(Vec<Identity>, Vec<Identity>)> {
    let mut query = String::new();
    for (name, value) in form_urlencoded::parse(document.asked.query.as_bytes()) {
        if keeps(&name) {
            push_pair(&mut query, &name, &value);
        }
    }
    let asked = Asked { query: query.trim_end_matches('&'), ..document.asked };
    let response = service().answer(asked);
    super::answer::check(&asked, &response).map(|document| shown(&document))
}

/// Primary data in order; included resources, which have no order.
fn shown(document: &Document<'_>) -> (Vec<Identity>, Vec<Identity>) {
    let mut included: Vec<Identity> = document.included().iter().map(super::document::identity).collect();
    included.sort_unstable();
    (document.identities(), included)
}

/// `page[PATH][limit]`
fn is_of_included(name: &str) -> bool {
    name.starts_with("page[") && name.ends_with("][limit]")
}

fn push_pair(query: &mut String, name: &str, value: &str) {
    let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    query.push_str(&pair);
    query.push('&');
}
