//! The example in `docs/how-to/use-the-library.md`, line for line, and tests that it does what the page says.

use docent_jsonapi::document::{Document, NameError, Resource};
use docent_jsonapi::error::{ErrorKind, ErrorObject, status_of, write_document};
use docent_jsonapi::media_type::{Applied, Negotiated, Offer, negotiate};
use docent_jsonapi::query::{INVALID_SORT, Query, QueryLimits, parse};

struct Book {
    id: u32,
    title: String,
}

/// What to send back, whatever the HTTP library.
struct Answer {
    status: u16,
    content_type: String,
    body: Vec<u8>,
}

static UNSUPPORTED: ErrorKind = ErrorKind {
    status: 400,
    code: "unsupported-parameter",
    title: "Unsupported parameter",
    about: "Books can be sorted, but not filtered, paged or fetched with others.",
};

/// Answers `GET /books`, given the header `Accept`, the raw query string and an id for the log.
fn get_books(mut books: Vec<Book>, accept: Option<&str>, query: &str, id: &str) -> Result<Answer, NameError> {
    let mut body = Vec::new();
    let (status, applied) = match understand(accept, query) {
        Ok((applied, query)) => {
            for field in query.sort.iter().flatten().rev() {
                books.sort_by(|left, right| left.title.cmp(&right.title));
                if field.descending {
                    books.reverse();
                }
            }
            write_books(&mut body, &applied, &books)?;
            (200, applied)
        }
        Err(errors) => {
            write_document(&mut body, id, &errors, &Applied::default());
            (status_of(&errors), Applied::default())
        }
    };
    Ok(Answer { status, content_type: applied.content_type().into_owned(), body })
}

/// Negotiates, parses, and refuses what this server does not know.
fn understand(accept: Option<&str>, query: &str) -> Result<(Applied, Query), Vec<ErrorObject>> {
    let negotiated = negotiate(accept, &Offer::default()).map_err(|error| vec![error])?;
    let Negotiated::Document(applied) = negotiated else { unreachable!("no page was offered") };
    let query = parse(query, &QueryLimits::default())?;

    let mut errors = Vec::new();
    for field in query.sort.iter().flatten().filter(|field| field.path != ["title"]) {
        let detail = format!("Books cannot be sorted by `{}`.", field.path.join("."));
        errors.push(ErrorObject::new(&INVALID_SORT, detail).with_parameter("sort"));
    }
    if query.include.is_some() {
        errors.push(ErrorObject::new(&UNSUPPORTED, "Books have no relationships.").with_parameter("include"));
    }
    for condition in query.filter.iter().flat_map(docent_jsonapi::filter::Filter::conditions) {
        errors.push(
            ErrorObject::new(&UNSUPPORTED, "Books cannot be filtered.").with_parameter(&condition.parameter),
        );
    }
    if errors.is_empty() { Ok((applied, query)) } else { Err(errors) }
}

fn write_books(out: &mut Vec<u8>, applied: &Applied, books: &[Book]) -> Result<(), NameError> {
    let mut data = Document::new(out, applied).collection();
    for book in books {
        let mut resource = Resource::new("books", book.id.to_string())?;
        resource.attribute("title", book.title.as_str())?;
        resource.link(format!("/books/{}", book.id));
        data.push(&resource);
    }
    data.end().finish();
    Ok(())
}

#[track_caller]
fn check(accept: Option<&str>, query: &str, status: u16, expected: &str) {
    let book = |id: u32, title: &str| Book { id, title: title.to_owned() };
    let books = vec![book(1, "Dune"), book(2, "Emma"), book(3, "Beloved")];
    let answer = get_books(books, accept, query, "r1").unwrap();
    assert_eq!(answer.content_type, "application/vnd.api+json");
    let body = String::from_utf8(answer.body).unwrap();
    assert_eq!(answer.status, status, "{body}");
    assert!(body.contains(expected), "{expected} is not in {body}");
}

#[test]
fn the_example_works() {
    check(
        None,
        "sort=-title",
        200,
        r#""data":[{"type":"books","id":"2","attributes":{"title":"Emma"},"links":"#,
    );
    check(Some("image/png"), "", 406, "not-acceptable");
    check(None, "sort=titel&include=author&filter[x]=1", 400, r#""id":"r1.3","status":"400""#);
    check(None, "foo=bar", 400, "unknown-parameter");
}

#[test]
fn the_page_shows_the_example() {
    let page = std::fs::read_to_string(super::root().join("docs/how-to/use-the-library.md")).unwrap();
    let shown: Vec<_> =
        super::blocks::blocks(&page).into_iter().filter(|block| block.language == "rust").collect();
    assert!(!shown.is_empty());
    for block in shown {
        assert!(include_str!("library.rs").contains(&block.text), "line {} differs", block.line);
    }
}
