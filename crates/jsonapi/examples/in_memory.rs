//! A complete server without the server: reads an `Accept` header and a query string, and writes the document that
//! answers `GET /articles` over a list in memory.
//!
//! ```sh
//! cargo run --example in_memory -- 'filter[year][gte]=1843&sort=-year&include=author&page[limit]=2'
//! cargo run --example in_memory -- 'sort=titel&page[limit]=9999'
//! ```
#![allow(clippy::print_stdout)]

use std::cmp::Ordering;

use docent_jsonapi::document::{Document, DocumentLinks, Identifier, NameError, Relationship, Resource};
use docent_jsonapi::error::{ErrorKind, ErrorObject, status_of, suggest, write_document};
use docent_jsonapi::filter::{Condition, Filter, Operator};
use docent_jsonapi::media_type::{Applied, Negotiated, Offer, negotiate};
use docent_jsonapi::query::{INVALID_SORT, PageStyle, Query, QueryLimits, parse, replace_page, self_query};

struct Author {
    id: &'static str,
    name: &'static str,
}

struct Article {
    id: &'static str,
    title: &'static str,
    year: i64,
    author: &'static Author,
}

static ADA: Author = Author { id: "1", name: "Ada Lovelace" };
static GRACE: Author = Author { id: "2", name: "Grace Hopper" };
static ARTICLES: [Article; 3] = [
    Article { id: "1", title: "Notes on the Analytical Engine", year: 1843, author: &ADA },
    Article { id: "2", title: "The Education of a Computer", year: 1952, author: &GRACE },
    Article { id: "3", title: "A Scientific Class", year: 1834, author: &ADA },
];
const FIELDS: [&str; 2] = ["title", "year"];

static UNSUPPORTED: ErrorKind = ErrorKind {
    status: 400,
    code: "unsupported",
    title: "Unsupported by this example",
    about: "The example knows the fields `title` and `year`, the relationship `author` and pages by offset.",
};

fn main() -> Result<(), NameError> {
    let raw = std::env::args().nth(1).unwrap_or_else(|| "include=author&sort=-year&page[limit]=2".to_owned());
    let (status, body) = answer(Some("application/vnd.api+json"), &raw)?;
    println!("{status}\n{}", String::from_utf8_lossy(&body));
    Ok(())
}

/// Status and body for `GET /articles`.
fn answer(accept: Option<&str>, raw: &str) -> Result<(u16, Vec<u8>), NameError> {
    let mut out = Vec::new();
    match understand(accept, raw) {
        Ok((applied, query)) => {
            write_articles(&mut out, &applied, raw, &query)?;
            Ok((200, out))
        }
        Err(errors) => {
            write_document(&mut out, "request-1", &errors, &Applied::default());
            Ok((status_of(&errors), out))
        }
    }
}

/// Negotiates, parses, and checks what the crate cannot know: whether the names exist.
fn understand(accept: Option<&str>, raw: &str) -> Result<(Applied, Query), Vec<ErrorObject>> {
    let Negotiated::Document(applied) = negotiate(accept, &Offer::default()).map_err(|error| vec![error])?
    else {
        unreachable!("no page was offered");
    };
    let query = parse(raw, &QueryLimits::default())?;
    let mut errors = Vec::new();
    for field in query.sort.iter().flatten() {
        let name = field.path.join(".");
        if !FIELDS.contains(&name.as_str()) {
            let hint = suggest(&name, FIELDS.into_iter()).map(|known| format!(" Did you mean `{known}`?"));
            let detail = format!("Articles have no `{name}` to sort by.{}", hint.unwrap_or_default());
            errors.push(ErrorObject::new(&INVALID_SORT, detail).with_parameter("sort"));
        }
    }
    for path in query.include.iter().flatten().filter(|path| path.segments != ["author"]) {
        let detail = format!("Articles have no `{}` to include.", path.segments.join("."));
        errors.push(ErrorObject::new(&UNSUPPORTED, detail).with_parameter("include"));
    }
    for condition in query.filter.iter().flat_map(Filter::conditions) {
        if condition.path != ["year"] || condition.values.iter().any(|value| value.parse::<i64>().is_err()) {
            let detail = "Articles can be filtered by `year`, a number.";
            errors.push(ErrorObject::new(&UNSUPPORTED, detail).with_parameter(&condition.parameter));
        }
    }
    if !matches!(query.page.style, PageStyle::None | PageStyle::Offset { .. }) {
        errors.push(ErrorObject::new(&UNSUPPORTED, "Pages are by `page[limit]` and `page[offset]`."));
    }
    if errors.is_empty() { Ok((applied, query)) } else { Err(errors) }
}

fn write_articles(out: &mut Vec<u8>, applied: &Applied, raw: &str, query: &Query) -> Result<(), NameError> {
    let mut articles: Vec<&Article> = ARTICLES
        .iter()
        .filter(|article| query.filter.as_ref().is_none_or(|filter| holds(filter, article)))
        .collect();
    articles.sort_by(|left, right| compare(query, left, right));
    let (limit, offset) = match query.page.style {
        PageStyle::Offset { limit, offset } => (limit.unwrap_or(10), offset),
        _ => (10, 0),
    };
    let (limit, offset) =
        (usize::try_from(limit).unwrap_or(10), usize::try_from(offset).unwrap_or(usize::MAX));
    let after_page = offset.saturating_add(limit);
    let next = (after_page < articles.len())
        .then(|| replace_page(raw, &[("limit", &limit.to_string()), ("offset", &after_page.to_string())]));
    let links = DocumentLinks {
        this: Some(format!("/articles?{}", self_query(raw)).into()),
        next: next.map(|query| format!("/articles?{query}").into()),
        ..DocumentLinks::default()
    };

    let page: Vec<&Article> = articles.into_iter().skip(offset).take(limit).collect();
    let mut data = Document::new(out, applied).links(&links).collection();
    for article in &page {
        data.push(&resource(article, query)?);
    }
    let data = data.end();
    if query.include.is_none() {
        data.finish();
        return Ok(());
    }
    let mut included = data.included();
    for article in page.iter().filter(|_| query.include.as_ref().is_some_and(|paths| !paths.is_empty())) {
        let mut author = Resource::new("people", article.author.id)?;
        if is_wanted(query, "people", "name") {
            author.attribute("name", article.author.name)?;
        }
        included.push(&author);
    }
    included.end().finish();
    Ok(())
}

fn resource(article: &Article, query: &Query) -> Result<Resource, NameError> {
    let mut resource = Resource::new("articles", article.id)?;
    if is_wanted(query, "articles", "title") {
        resource.attribute("title", article.title)?;
    }
    if is_wanted(query, "articles", "year") {
        resource.attribute("year", article.year)?;
    }
    if is_wanted(query, "articles", "author") {
        let author = Identifier::new("people", article.author.id);
        resource.relationship("author", &Relationship::to_one(Some(author)))?;
    }
    resource.link(format!("/articles/{}", article.id));
    Ok(resource)
}

/// Whether a field is to be sent: all are, unless `fields` lists those of the type.
fn is_wanted(query: &Query, type_name: &str, field: &str) -> bool {
    let fieldset = query.fields.iter().find(|fieldset| fieldset.type_name == type_name);
    fieldset.is_none_or(|fieldset| fieldset.names.iter().any(|name| name == field))
}

fn compare(query: &Query, left: &Article, right: &Article) -> Ordering {
    let by_fields = query.sort.iter().flatten().map(|field| {
        let order =
            if field.path == ["year"] { left.year.cmp(&right.year) } else { left.title.cmp(right.title) };
        if field.descending { order.reverse() } else { order }
    });
    // The id comes last, so that the order is total and pages are stable.
    by_fields.fold(Ordering::Equal, Ordering::then).then(left.id.cmp(right.id))
}

fn holds(filter: &Filter, article: &Article) -> bool {
    match filter {
        Filter::All(members) => members.iter().all(|member| holds(member, article)),
        Filter::Any(members) => members.iter().any(|member| holds(member, article)),
        Filter::Not(inner) => !holds(inner, article),
        Filter::Condition(condition) => condition_holds(condition, article.year),
    }
}

fn condition_holds(condition: &Condition, year: i64) -> bool {
    let values: Vec<i64> = condition.values.iter().filter_map(|value| value.parse().ok()).collect();
    match (condition.operator, values.as_slice()) {
        (Operator::Equal, [value]) => year == *value,
        (Operator::NotEqual, [value]) => year != *value,
        (Operator::Greater, [value]) => year > *value,
        (Operator::GreaterOrEqual, [value]) => year >= *value,
        (Operator::Less, [value]) => year < *value,
        (Operator::LessOrEqual, [value]) => year <= *value,
        (Operator::In, list) => list.contains(&year),
        (Operator::NotIn, list) => !list.contains(&year),
        (Operator::Between, [low, high]) => (*low..=*high).contains(&year),
        (Operator::NotBetween, [low, high]) => !(*low..=*high).contains(&year),
        (Operator::NotNull, _) => true,
        _ => false,
    }
}
